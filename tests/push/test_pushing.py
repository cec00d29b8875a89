"""What browsers show: what is news to whoever does not look, once and in one place, and gone once it is seen."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from recado.actions import (
    alerts,
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
from recado.actions.notices import NoticesChanges
from recado.actions.people import OperatorChanges
from recado.db import people as people_rows
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.alerts import PUSH_MINUTES, RING_MINUTES, SUPERVISOR_MINUTES
from recado.domain.deliveries import LEASE_US
from recado.domain.errors import NotFound
from recado.domain.notices import Chosen
from recado.domain.people import SESSION_IDLE_S
from recado.domain.push import ATTEMPTS_MAX
from tests.mail.posts import reads, says, talk
from tests.push.pushes import pushing
from tests.world import Chat, World, new_client_id

HOUR_S = 3600


def chooses(world: World, operator: Operator, **chosen: Any) -> None:
    world.act(notices.change, operator, NoticesChanges(Chosen(**chosen)))


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


async def test_what_waits_is_shown_to_the_department_until_somebody_takes_it(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        ana, bruno, clara = "ana", "bruno", "clara"
        for one, name in ((world.ana, ana), (world.bruno, bruno), (world.clara, clara)):
            await pushes.subscribes(one, name)
        chat = world.waiting(world.lucia, "Is anybody there?")
        await pushes.turn()
        tag = f"waiting-{chat.id}"
        assert pushes.shown(ana) == ["Un visitante espera: Is anybody there?"]
        assert pushes.last(ana)["url"] == f"/desk/{chat.id}"
        assert pushes.shown(clara) == [], "it is another department's"
        world.answers(world.bruno, chat.id, "I am")
        await pushes.turn()
        await pushes.turn()
        for name in (ana, bruno):
            assert pushes.shown(name)[1:] == [f"clear {tag}"]
        world.writes(world.lucia, "Good")
        await pushes.turn()
        assert pushes.shown(bruno)[2:] == ["Un visitante: Good"]
        assert len(pushes.shown(ana)) == 2
        world.act(conversations.read, world.bruno, chat.id, 9)
        await pushes.turn()
        assert pushes.shown(bruno)[3:] == [f"clear conversation-{chat.id}"]


@pytest.mark.parametrize(("customers", "count"), [("mine", 0), ("none", 0), ("all", 1)])
async def test_what_waits_is_shown_to_who_wants_that(world: World, tmp_path: Path, customers: str, count: int) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.ana, "phone")
        chooses(world, world.ana, customers=customers)
        world.waiting()
        await pushes.turn()
        assert len(pushes.shown("phone")) == count


def grows_loud(world: World, chat: Chat, minutes: int) -> None:
    """So much time goes by, and what waits is heard as often as it is due."""
    for _ in range(minutes):
        world.clock.pass_s(60)
        world.act(alerts.rise, SYSTEM, chat.id)


async def test_what_grows_loud_is_shown_once_more_also_to_who_has_read_it(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.ana, "ana")
        await pushes.subscribes(world.sara, "sara")
        chat = world.waiting()
        await pushes.turn()
        world.act(conversations.read, world.ana, chat.id, 9)
        await pushes.turn()
        grows_loud(world, chat, PUSH_MINUTES)
        for _ in range(3):
            await pushes.turn()
        waits = "Un visitante espera: Hello?"
        assert pushes.shown("ana") == [waits, f"clear waiting-{chat.id}", waits]
        assert pushes.shown("sara") == [waits, waits]
        grows_loud(world, chat, SUPERVISOR_MINUTES)
        for _ in range(3):
            await pushes.turn()
        assert len(pushes.shown("ana")) == 3, "the last step is for supervisors"
        assert pushes.shown("sara") == [waits] * 3
        world.act(alerts.acknowledge, world.sara, chat.id)
        await pushes.turn()
        await pushes.turn()
        assert pushes.shown("ana")[3:] == [f"clear waiting-{chat.id}"]


async def test_what_was_acknowledged_is_not_shown_again(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.ana, "ana")
        chat = world.waiting()
        await pushes.turn()
        grows_loud(world, chat, RING_MINUTES)
        world.act(alerts.acknowledge, world.bruno, chat.id)
        grows_loud(world, chat, SUPERVISOR_MINUTES)
        await pushes.turn()
        assert len(pushes.shown("ana")) == 1


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
