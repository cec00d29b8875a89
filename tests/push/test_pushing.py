"""What browsers show: what is news to whoever does not look, once and in one place, and gone once it is seen."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from recado.actions import (
    conversations,
    direct_entries,
    direct_people,
    directs,
    notes,
    notices,
    people,
    push,
    queue,
)
from recado.actions import pushing as actions
from recado.actions.people import OperatorChanges
from recado.db import people as people_rows
from recado.desk import SYSTEM
from recado.domain.deliveries import LEASE_US
from recado.domain.errors import NotFound
from recado.domain.people import SESSION_IDLE_S
from recado.domain.push import ATTEMPTS_MAX
from tests.mail.posts import reads, says, talk
from tests.push.pushes import chooses, pushing
from tests.world import World, new_client_id

HOUR_S = 3600


async def test_what_a_colleague_writes_is_shown_folded_and_taken_away_once_it_is_seen(
    world: World, tmp_path: Path
) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "laptop")
        await pushes.subscribes(world.bruno, "phone")
        which = talk(world, world.ana, world.bruno, body="first")
        await pushes.turn()
        says(world, world.ana, which, "second")
        await pushes.turn()
        await pushes.turn()
        reads(world, world.bruno, which)
        await pushes.turn()
        await pushes.turn()
        for one in ("laptop", "phone"):
            told = ["Ana Roca: first", "Ana Roca: second", f"clear direct-{which}"]
            assert pushes.shown(one) == told
            assert [push.headers["topic"] for push in pushes.service.pushes] == [
                pushes.service.pushes[0].headers["topic"]
            ] * 6
        shown = pushes.service.to("phone")[1]
        assert (shown["tag"], shown["url"], shown["count"]) == (f"direct-{which}", f"/internal/{which}", 2)


async def test_nobody_else_s_browser_is_told_nor_one_s_own(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        for number, one in enumerate(world.team):
            await pushes.subscribes(one, str(number))
        talk(world, world.ana, world.bruno)
        await pushes.turn()
        assert [push.path for push in pushes.service.pushes] == ["/1"]


async def test_whoever_looks_at_a_page_is_shown_nothing(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "phone")
        page = pushes.looks(world.bruno)
        which = talk(world, world.ana, world.bruno, body="seen on the page")
        await pushes.turn()
        assert pushes.shown("phone") == []
        world.desk.presence.see(page, visible=False)
        await pushes.turn()
        assert pushes.shown("phone") == [], "the page has told it"
        says(world, world.ana, which, "not seen on the page")
        await pushes.turn()
        assert pushes.shown("phone") == ["Ana Roca: not seen on the page"]


async def test_whoever_looks_at_another_process_is_shown_nothing(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "phone")
        world.desk.bus.elsewhere.note_visible("other", world.bruno.id, visible=True)
        which = talk(world, world.ana, world.bruno)
        await pushes.turn()
        assert pushes.shown("phone") == []
        world.desk.bus.elsewhere.note_visible("other", world.bruno.id, visible=False)
        says(world, world.ana, which, "again")
        await pushes.turn()
        assert pushes.shown("phone") == ["Ana Roca: again"]


@pytest.mark.parametrize("loss", ["left", "deleted", "disabled"])
async def test_what_is_no_longer_theirs_to_read_is_not_shown_and_taken_away(
    world: World, tmp_path: Path, loss: str
) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "phone")
        which = talk(world, world.ana, world.bruno, world.sara)
        await pushes.turn()
        says(world, world.ana, which, "not for you")
        match loss:
            case "left":
                world.act(direct_people.leave, world.bruno, which)
            case "deleted":
                for seq in (1, 2):
                    world.act(direct_entries.delete, world.ana, which, seq)
            case _:
                changes = OperatorChanges(disabled=True)
                world.act(people.change_operator, world.adela, world.bruno.id, changes)
        await pushes.turn()
        await pushes.turn()
        # A disabled operator's sessions have ended, and with them what their browsers may be told.
        assert pushes.shown("phone")[1:] == ([] if loss == "disabled" else [f"clear direct-{which}"])


async def test_a_browser_is_told_for_as_long_as_its_session(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        here = await pushes.subscribes(world.bruno, "phone")
        await pushes.subscribes(world.bruno, "laptop")
        assert here.session is not None
        world.database.write_blocking(lambda tx: people_rows.end_session(tx, here.session or b""))
        which = talk(world, world.ana, world.bruno)
        await pushes.turn()
        assert (pushes.shown("phone"), len(pushes.shown("laptop"))) == ([], 1)
        world.clock.pass_s(SESSION_IDLE_S)
        says(world, world.ana, which, "two weeks later")
        await pushes.turn()
        assert len(pushes.shown("laptop")) == 1


async def test_a_browser_that_somebody_else_signs_in_to_tells_them_alone(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "shared")
        endpoint = f"https://localhost:{pushes.service.port}/shared"
        await pushes.subscribes(world.clara, "shared")
        assert [(row.operator_id, row.endpoint) for row in pushes.rows("push_subscriptions")] == [
            (world.clara.id, endpoint)
        ]
        talk(world, world.ana, world.bruno)
        await pushes.turn()
        assert pushes.service.pushes == []


async def test_a_browser_that_is_gone_is_forgotten_and_one_that_is_refused_is_noted(
    world: World, tmp_path: Path
) -> None:
    async with pushing(world, tmp_path) as pushes:
        for one in ("gone", "refused", "well"):
            await pushes.subscribes(world.bruno, one)
        pushes.service.answers |= {"/gone": lambda: "410 Gone", "/refused": lambda: "403 No"}
        talk(world, world.ana, world.bruno)
        await pushes.turn()
        kept = {row.name.rpartition(" ")[2]: row.failed_at for row in pushes.rows("push_subscriptions")}
        assert set(kept) == {"refused", "well"}
        assert kept["refused"] is not None
        assert kept["well"] is None
        pushes.service.answers.clear()
        talk(world, world.ana, world.bruno)
        await pushes.turn()
        assert [row.failed_at for row in pushes.rows("push_subscriptions")] == [None, None]


async def test_who_was_not_reached_is_told_again_and_nobody_else(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        for one in ("slow", "well"):
            await pushes.subscribes(world.bruno, one)
        pushes.service.answers["/slow"] = lambda: "429 Later\r\nRetry-After: 300"
        talk(world, world.ana, world.bruno)
        await pushes.turn()
        pushes.service.answers.clear()
        await pushes.after(240)
        assert pushes.shown("slow") == []
        await pushes.after(120)
        await pushes.after(HOUR_S)
        assert (len(pushes.shown("slow")), len(pushes.shown("well"))) == (1, 1)


async def test_a_service_that_stays_away_is_given_up(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "phone")
        pushes.service.answers["/phone"] = lambda: "503 Busy"
        which = talk(world, world.ana, world.bruno)
        for _ in range(ATTEMPTS_MAX + 5):
            await pushes.after(2 * HOUR_S)
        assert pushes.service.connections == ATTEMPTS_MAX
        pushes.service.answers.clear()
        says(world, world.ana, which, "again")
        await pushes.turn()
        assert len(pushes.shown("phone")) == 1


async def test_what_is_seen_while_it_is_sent_is_taken_away(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "phone")
        which = talk(world, world.ana, world.bruno)

        def seen() -> str:
            pushes.service.answers.clear()
            reads(world, world.bruno, which)
            return "201 Created"

        pushes.service.answers["/phone"] = seen
        await pushes.turn()
        assert pushes.shown("phone") == ["Ana Roca: Good morning", f"clear direct-{which}"]


async def test_a_process_that_dies_while_it_sends_leaves_it_to_the_next(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "phone")
        talk(world, world.ana, world.bruno)
        await pushes.notifying.note()
        (due,) = world.act(actions.sift, SYSTEM, frozenset(), 10)
        assert world.act(actions.take, SYSTEM, due, frozenset()) is not None
        await pushes.another().send_due()
        assert pushes.shown("phone") == []
        await pushes.after(LEASE_US / 1_000_000)
        assert len(pushes.shown("phone")) == 1


async def test_of_several_processes_one_tells(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "phone")
        for number in range(8):
            talk(world, world.ana, world.bruno, body=f"number {number}")
        await pushes.notifying.note()
        await asyncio.gather(*(pushes.another().send_due() for _ in range(4)))
        assert len(set(pushes.shown("phone"))) == len(pushes.shown("phone")) == 8


async def test_what_comes_in_quiet_hours_is_shown_at_their_end(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "phone")
        world.act(notices.disturb_not, world.bruno, world.clock() + HOUR_S * 1_000_000)
        talk(world, world.ana, world.bruno)
        await pushes.after(HOUR_S - 60)
        assert pushes.shown("phone") == []
        await pushes.after(120)
        assert len(pushes.shown("phone")) == 1


@pytest.mark.parametrize("chosen", [{"push": False}, {"internal": "none"}, {"internal": "mentions"}])
async def test_whoever_does_not_want_it_is_shown_nothing(world: World, tmp_path: Path, chosen: dict[str, Any]) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "phone")
        chooses(world, world.bruno, **chosen)
        talk(world, world.ana, world.bruno)
        await pushes.turn()
        assert pushes.shown("phone") == []


async def test_a_mention_in_a_note_is_shown(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.ana, "phone")
        chat = world.waiting()
        world.act(conversations.read, world.ana, chat.id, 9)
        world.act(notes.add, world.bruno, chat.id, new_client_id(), "look, Ana", [world.ana.id])
        await pushes.turn()
        assert pushes.shown("phone")[-1] == "Bruno Sanz te menciona: look, Ana"


async def test_what_a_process_that_died_has_not_noted_is_found(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "phone")
        world.desk.hub.on_told = None
        which, chat = talk(world, world.ana, world.bruno), world.waiting()
        await pushes.notifying.sweep()
        await pushes.outbox.send_due()
        assert sorted(pushes.shown("phone")) == ["Ana Roca: Good morning", "Un visitante espera: Hello?"]
        reads(world, world.bruno, which)
        world.act(queue.claim, world.ana, chat.id)
        await pushes.notifying.sweep()
        await pushes.outbox.send_due()
        assert sorted(pushes.shown("phone"))[2:] == [f"clear direct-{which}", f"clear waiting-{chat.id}"]


async def test_a_mute_conversation_shows_nothing_and_what_it_showed_is_taken_away(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.bruno, "phone")
        which = talk(world, world.ana, world.bruno)
        await pushes.turn()
        world.act(directs.hear, world.bruno, which, "none")
        says(world, world.ana, which, "again")
        await pushes.turn()
        await pushes.turn()
        assert pushes.shown("phone")[1:] == [f"clear direct-{which}"]


async def test_where_nobody_is_told_nothing_is_looked_at(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.turn()
        talk(world, world.ana, world.bruno)
        world.waiting()
        assert not pushes.notifying._wanted.is_set()
        await pushes.notifying.sweep()
        assert pushes.rows() == []


async def test_what_is_removed_is_told_no_more(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        phone = await pushes.subscribes(world.bruno, "phone")
        laptop = await pushes.subscribes(world.bruno, "laptop")
        (one, _) = pushes.rows("push_subscriptions")
        world.act(push.remove, laptop, one.id)
        world.act(push.unsubscribe, laptop)
        world.act(push.unsubscribe, phone)
        assert pushes.rows("push_subscriptions") == []


def test_one_s_own_alone_are_removed(world: World) -> None:
    with pytest.raises(NotFound):
        world.act(push.remove, world.ana, 1)
