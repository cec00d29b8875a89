"""Who is sent an e-mail, of what, and when: what is unseen for a minute, once, to whoever may still read it."""

from typing import Any

import pytest

from recado.actions import alerts, direct_entries, direct_people, directs, entries, notes, notices, people
from recado.actions import deliveries as actions
from recado.actions.notices import NoticesChanges
from recado.actions.people import OperatorChanges
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.alerts import SUPERVISOR_MINUTES
from recado.domain.deliveries import LATEST_US, Owed, Run
from recado.domain.notices import Chosen, Quiet
from tests.mail.posts import MINUTE_S, Post, posting, read, reads, says, talk, text_of
from tests.world import World, new_client_id

HOUR_S = 3600
START_MINUTE = 15 * 60 + 6
"""The world begins at 15:06:40 UTC on a Sunday."""


def chooses(world: World, operator: Operator, zone: str | None = None, **chosen: Any) -> None:
    world.act(notices.change, operator, NoticesChanges(Chosen(**chosen), zone))


def disables(world: World, operator: Operator, *, disabled: bool = True) -> None:
    world.act(people.change_operator, world.adela, operator.id, OperatorChanges(disabled=disabled))


def states(post: Post) -> list[str]:
    return [row.state for row in post.rows()]


async def test_what_is_unseen_for_a_minute_is_told_once_until_it_is_read(world: World) -> None:
    async with posting(world) as post:
        which = talk(world, world.ana, world.bruno, body="first")
        await post.after(MINUTE_S - 1)
        assert post.mails == []
        await post.after(2)
        says(world, world.ana, which, "second")
        await post.after(HOUR_S)
        (mail,) = post.mails
        assert mail.to == ("bruno@shop.example",)
        assert read(mail)["Subject"] == "Ana Roca has written to you"
        reads(world, world.bruno, which)
        says(world, world.ana, which, "third")
        await post.after(MINUTE_S - 1)
        assert len(post.mails) == 1
        await post.after(HOUR_S)
        assert len(post.mails) == 2
        assert read(post.mails[0])["Message-ID"] != read(post.mails[1])["Message-ID"]
        assert read(post.mails[0])["References"] == read(post.mails[1])["References"]
        assert "third" in text_of(post.mails[1])
        assert "first" not in text_of(post.mails[1])


async def test_what_is_seen_within_the_minute_is_told_to_nobody(world: World) -> None:
    async with posting(world) as post:
        which = talk(world, world.ana, world.bruno)
        await post.after(MINUTE_S - 5)
        reads(world, world.bruno, which)
        await post.after(HOUR_S)
        assert post.mails == []


async def test_the_minute_is_that_of_what_is_unseen(world: World) -> None:
    """Whoever reads along and is a message behind has not been away."""
    async with posting(world) as post:
        which = talk(world, world.ana, world.bruno)
        await post.after(MINUTE_S - 5)
        seq = says(world, world.ana, which, "second")
        reads(world, world.bruno, which, seq - 1)
        await post.after(30)
        assert post.mails == []
        await post.after(30)
        assert len(post.mails) == 1


async def test_each_who_takes_part_is_told_and_nobody_of_their_own_words(world: World) -> None:
    async with posting(world) as post:
        which = talk(world, world.ana, world.bruno, world.sara, name="Inventario")
        says(world, world.bruno, which, "here")
        await post.after(HOUR_S)
        subjects = {mail.to[0]: read(mail)["Subject"] for mail in post.mails}
        assert subjects == {
            "ana@shop.example": "Bruno Sanz has written in “Inventario”",
            "bruno@shop.example": "Ana Roca has written in “Inventario”",
            "sara@shop.example": "Ana Roca and others have written in “Inventario”: 2 messages",
        }


async def test_an_admin_and_a_supervisor_hear_nothing_of_what_others_say(world: World) -> None:
    async with posting(world) as post:
        talk(world, world.ana, world.bruno)
        await post.after(HOUR_S)
        assert {mail.to for mail in post.mails} == {("bruno@shop.example",)}


@pytest.mark.parametrize("when", ["before it is due", "before it is looked at", "while it is due"])
async def test_whoever_may_not_read_it_any_more_is_not_told(world: World, when: str) -> None:
    async with posting(world) as post:
        which = talk(world, world.ana, world.bruno, world.sara)
        await post.after(30 if when == "before it is due" else 0)
        if when == "while it is due":
            world.clock.pass_s(MINUTE_S)
        world.act(direct_people.leave, world.bruno, which)
        disables(world, world.sara)
        await post.after(HOUR_S)
        assert post.mails == []


async def test_whoever_is_added_again_is_told_of_what_they_may_read(world: World) -> None:
    async with posting(world) as post:
        which = talk(world, world.ana, world.bruno, world.sara, body="before")
        world.act(direct_people.leave, world.bruno, which)
        says(world, world.ana, which, "meanwhile")
        world.act(direct_people.add, world.ana, which, [world.bruno.id], from_start=False)
        await post.after(HOUR_S)
        assert post.to(world.bruno) == []
        says(world, world.ana, which, "after")
        await post.after(HOUR_S)
        (mail,) = post.to(world.bruno)
        assert "after" in text_of(mail)
        assert "meanwhile" not in text_of(mail)
        assert "before" not in text_of(mail)


async def test_whoever_is_shown_all_is_told_once_of_all(world: World) -> None:
    async with posting(world) as post:
        which = talk(world, world.ana, world.bruno, body="before")
        world.act(direct_people.add, world.ana, which, [world.sara.id], from_start=True)
        await post.after(HOUR_S)
        await post.after(HOUR_S)
        (mail,) = post.to(world.sara)
        assert "before" in text_of(mail)


async def test_what_was_taken_back_or_deleted_is_told_to_nobody(world: World) -> None:
    async with posting(world) as post:
        one, other = (talk(world, world.ana, world.bruno, body=body) for body in ("undone", "deleted"))
        world.act(direct_entries.undo, world.ana, one, 1)
        world.act(direct_entries.delete, world.ana, other, 1)
        await post.after(HOUR_S)
        assert post.mails == []
        says(world, world.ana, other, "instead")
        await post.after(HOUR_S)
        (mail,) = post.mails
        assert "instead" in text_of(mail)
        assert "deleted" not in text_of(mail)


async def test_what_comes_in_quiet_hours_is_told_at_their_end_unless_it_is_seen_by_then(world: World) -> None:
    quiet = Quiet(START_MINUTE - 60, START_MINUTE + 120, [0, 1, 2, 3, 4, 5, 6])
    async with posting(world) as post:
        for one in (world.bruno, world.sara):
            chooses(world, one, quiet=quiet)
        talk(world, world.ana, world.bruno)
        seen = talk(world, world.ana, world.sara)
        await post.after(HOUR_S)
        await post.after(HOUR_S - MINUTE_S)
        assert post.mails == []
        reads(world, world.sara, seen)
        await post.after(2 * MINUTE_S)
        assert [mail.to for mail in post.mails] == [("bruno@shop.example",)]


async def test_quiet_hours_are_those_of_the_reader_s_own_zone(world: World) -> None:
    """At 15:06 UTC it is 12:06 in Montevideo."""
    async with posting(world) as post:
        quiet = Quiet(11 * 60, 13 * 60, [0, 1, 2, 3, 4, 5, 6])
        chooses(world, world.bruno, "America/Montevideo", quiet=quiet)
        chooses(world, world.sara, "Europe/Madrid", quiet=quiet)
        talk(world, world.ana, world.bruno, world.sara)
        await post.after(2 * MINUTE_S)
        assert [mail.to for mail in post.mails] == [("sara@shop.example",)]
        await post.after(HOUR_S)
        assert len(post.to(world.bruno)) == 1


async def test_whoever_can_be_disturbed_again_sooner_is_told_then(world: World) -> None:
    async with posting(world) as post:
        world.act(notices.disturb_not, world.bruno, world.clock() + 8 * HOUR_S * 1_000_000)
        talk(world, world.ana, world.bruno)
        await post.after(HOUR_S)
        assert post.mails == []
        world.act(notices.disturb_not, world.bruno, None)
        await post.turn()
        assert len(post.mails) == 1


@pytest.mark.parametrize("chosen", [{"email": False}, {"internal": "none"}])
async def test_whoever_does_not_want_it_is_not_told(world: World, chosen: dict[str, Any]) -> None:
    async with posting(world) as post:
        chooses(world, world.bruno, **chosen)
        talk(world, world.ana, world.bruno, world.sara)
        await post.after(HOUR_S)
        assert [mail.to for mail in post.mails] == [("sara@shop.example",)]


async def test_whoever_wants_it_no_more_by_then_is_not_told(world: World) -> None:
    async with posting(world) as post:
        talk(world, world.ana, world.bruno)
        await post.after(30)
        chooses(world, world.bruno, email=False)
        await post.after(HOUR_S)
        assert post.mails == []
        assert states(post) == ["dropped"]


async def test_of_a_conversation_that_is_not_heard_of_mentions_alone_are_told(world: World) -> None:
    async with posting(world) as post:
        which = talk(world, world.ana, world.bruno, world.sara, body="not for you")
        world.act(directs.hear, world.bruno, which, "mentions")
        world.act(directs.hear, world.sara, which, "none")
        await post.after(HOUR_S)
        assert post.mails == []
        says(world, world.ana, which, "for you", mentions=[world.bruno.id, world.sara.id])
        await post.after(HOUR_S)
        (mail,) = post.mails
        assert mail.to == ("bruno@shop.example",)
        assert "for you" in text_of(mail)
        assert "not for you" not in text_of(mail)


async def test_whoever_is_mentioned_in_a_note_is_told_until_they_have_seen_it(world: World) -> None:
    async with posting(world) as post:
        chat = world.waiting()
        for body in ("look", "and look"):
            world.act(notes.add, world.bruno, chat.id, new_client_id(), body, [world.ana.id])
        world.act(notes.add, world.bruno, chat.id, new_client_id(), "for nobody")
        await post.after(HOUR_S)
        (mail,) = post.mails
        assert (mail.to, read(mail)["Subject"]) == (("ana@shop.example",), "Bruno Sanz mentions you in a note")
        assert "for nobody" not in text_of(mail)
        assert f"https://desk.example/desk/{chat.id}" in text_of(mail)
        world.act(notes.add, world.bruno, chat.id, new_client_id(), "again", [world.ana.id])
        await post.after(HOUR_S)
        assert len(post.mails) == 1


async def test_whoever_cannot_read_the_note_any_more_is_not_told(world: World) -> None:
    async with posting(world) as post:
        chat = world.waiting()
        world.act(notes.add, world.bruno, chat.id, new_client_id(), "look", [world.ana.id])
        world.answers(world.bruno, chat.id, "I have it")
        await post.after(HOUR_S)
        assert post.mails == []


async def test_a_mention_that_an_edit_brings_is_told_too(world: World) -> None:
    async with posting(world) as post:
        chat = world.waiting()
        world.act(notes.add, world.bruno, chat.id, new_client_id(), "look")
        world.act(entries.edit, world.bruno, chat.id, 2, "look, Ana", 0, [world.ana.id])
        await post.after(HOUR_S)
        assert len(post.to(world.ana)) == 1


async def test_what_nobody_hears_is_told_to_the_department_s_supervisors(world: World) -> None:
    async with posting(world) as post:
        chat = world.waiting()
        for _ in range(SUPERVISOR_MINUTES):
            await post.after(MINUTE_S)
            world.act(alerts.rise, SYSTEM, chat.id)
        assert post.mails == []
        await post.after(HOUR_S)
        await post.after(HOUR_S)
        (mail,) = post.mails
        assert (mail.to, read(mail)["Subject"]) == (
            ("sara@shop.example",),
            "A visitor is waiting and nobody has answered",
        )


async def test_what_a_process_that_died_has_not_noted_is_found(world: World) -> None:
    async with posting(world) as post:
        world.desk.hub.on_told = None
        talk(world, world.ana, world.bruno)
        world.act(notes.add, world.bruno, world.waiting().id, new_client_id(), "look", [world.ana.id])
        await post.after(HOUR_S)
        assert {mail.to[0] for mail in post.mails} == {"bruno@shop.example", "ana@shop.example"}


async def test_whoever_begins_to_be_told_is_not_told_of_what_lies_there_for_days(world: World) -> None:
    async with posting(world) as post:
        world.desk.hub.on_told = None
        talk(world, world.ana, world.bruno)
        world.clock.pass_s(LATEST_US / 1_000_000)
        await post.turn()
        assert post.mails == []


async def test_a_run_that_begins_unnoticed_is_told_once(world: World) -> None:
    """What was owed for the run before it is not sent in its stead, or both would be."""
    async with posting(world) as post:
        which = talk(world, world.ana, world.bruno, body="seen")
        await post.notifying.note()
        reads(world, world.bruno, which)
        world.desk.hub.on_told = None
        says(world, world.ana, which, "not seen")
        world.clock.pass_s(HOUR_S)
        await post.outbox.send_due()
        await post.turn()
        await post.after(HOUR_S)
        (mail,) = post.mails
        assert "not seen" in text_of(mail)


async def test_a_run_that_was_told_is_not_owed_again(world: World) -> None:
    async with posting(world) as post:
        talk(world, world.ana, world.bruno)
        await post.after(HOUR_S)
        (row,) = post.rows()
        again = Owed(row.operator_id, row.thread_id, "email", "internal", Run(row.since, row.last_seq + 1), 0)
        world.act(actions.owe, SYSTEM, [again])
        assert states(post) == ["sent"]
        world.act(actions.owe, SYSTEM, [again._replace(run=Run(row.since + 1, row.last_seq + 1))])
        assert states(post) == ["due"]
        assert post.rows()[0].stable_id != row.stable_id


async def test_hints_stay_while_the_store_is_busy(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = small_world

    async def refuse(*_: object, **__: object) -> None:
        raise ConnectionError

    async with posting(world) as post:
        talk(world, world.ana, world.bruno)
        with monkeypatch.context() as patch:
            patch.setattr(world.desk, "see", refuse)
            with pytest.raises(ConnectionError):
                await post.notifying.note()
        await post.notifying.note()
        assert states(post) == ["due"]


async def test_whoever_has_no_address_is_told_nothing_and_nothing_lies_there_for_them(world: World) -> None:
    async with posting(world) as post:
        world.database.write_blocking(lambda tx: tx.conn.exec_driver_sql("UPDATE operators SET email = NULL"))
        talk(world, world.ana, world.bruno)
        await post.after(HOUR_S)
        assert post.rows() == []
