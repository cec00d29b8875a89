"""Files that have come for an answer or a note wait in its draft, with a text beside them, until they are sent."""

import pytest

from recado.actions import attachments, conversations, drafts, notes, queue
from recado.db import attachments as files
from recado.db import drafts as rows
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.attachments import KEPT_S, PENDING_MAX, Found
from recado.domain.conversations import Draft, Mode
from recado.domain.errors import Invalid, NotFound, Quota
from recado.domain.events import DraftsChanged
from recado.domain.ids import FileId
from tests.sending import begins, has_sent
from tests.world import Chat, World, new_client_id


def drafted(world: World, person: Operator, chat: Chat, mode: Mode = "answer", name: str = "tarifas.pdf") -> FileId:
    return has_sent(world, person, chat, name, mode=mode)


def draft(world: World, person: Operator, chat: Chat, mode: str = "answer") -> Draft | None:
    return world.see(rows.find, person, chat.id, mode)


def waiting(world: World, person: Operator, chat: Chat, mode: str = "answer") -> list[str]:
    found = draft(world, person, chat, mode)
    return [] if found is None else [one.name for one in found.files]


def test_what_has_come_waits_in_the_draft_of_its_writer_and_its_mode(world: World) -> None:
    chat, since = world.attended(), world.mark
    coming = begins(world, world.ana, chat, "en camino.pdf", mode="answer")
    assert draft(world, world.ana, chat) is None
    begun: list[tuple[Mode, str]] = [("answer", "a.pdf"), ("note", "n.pdf"), ("answer", "b.png")]
    for mode, name in begun:
        drafted(world, world.ana, chat, mode, name)
    plain = has_sent(world, world.ana, chat, "of a program.pdf")
    world.act(drafts.save, world.ana, chat.id, "answer", "Las tarifas", part="caption")
    assert [waiting(world, world.ana, chat, mode) for mode in ("answer", "note")] == [["a.pdf", "b.png"], ["n.pdf"]]
    assert [(one.caption, one.body) for one in world.see(rows.list_for, world.ana)] == [("Las tarifas", ""), ("", "")]
    assert world.see(rows.list_for, world.bruno) == []
    assert [told.event for told in world.recorder.told[since:]] == [DraftsChanged()] * 3
    assert all(told.operators == {world.ana.id} for told in world.recorder.told[since:])
    assert {coming, plain}.isdisjoint(one.id for found in world.see(rows.list_for, world.ana) for one in found.files)


def test_only_its_writer_reads_what_waits(world: World) -> None:
    chat = world.waiting()
    which = drafted(world, world.ana, chat)
    assert world.see(files.get_for_operator, world.ana, which).file.id == which
    for other in (world.bruno, world.sara, world.adela):
        with pytest.raises(NotFound):
            world.see(files.get_for_operator, other, which)
    with pytest.raises(NotFound):
        world.see(files.get_for_visitor, world.lucia, which)
    with pytest.raises(NotFound):
        world.see(files.get_for_operator, world.ana, begins(world, world.ana, chat, "a.pdf", mode="answer"))


@pytest.mark.parametrize("mode", ["answer", "note"])
def test_what_is_sent_leaves_the_draft_and_what_was_typed_beside_it_stays(world: World, mode: Mode) -> None:
    chat = world.attended()
    sent, left = drafted(world, world.ana, chat, mode), drafted(world, world.ana, chat, mode, "otra.pdf")
    world.act(drafts.save, world.ana, chat.id, mode, "Las tarifas", part="caption")
    world.act(drafts.save, world.ana, chat.id, mode, "half a thought")
    since = world.mark

    def sends(which: FileId, text: str) -> None:
        if mode == "answer":
            world.act(conversations.answer, world.ana, chat.id, new_client_id(), text, None, [which])
        else:
            world.act(notes.add, world.ana, chat.id, new_client_id(), text, (), [which])

    sends(sent, "Las tarifas")
    assert DraftsChanged() in world.heard(world.ana, since)
    now = draft(world, world.ana, chat, mode)
    assert now is not None
    assert ([one.id for one in now.files], now.caption, now.body) == ([left], "", "half a thought")
    world.act(drafts.save, world.ana, chat.id, mode, "")
    assert waiting(world, world.ana, chat, mode) == ["otra.pdf"]
    sends(left, "")
    assert world.count("drafts") == 0


def test_a_draft_goes_with_the_last_of_what_is_in_it(world: World) -> None:
    chat = world.attended()
    first, second = drafted(world, world.ana, chat), drafted(world, world.ana, chat)
    world.act(drafts.save, world.ana, chat.id, "answer", "for them", part="caption")
    world.act(attachments.cancel, world.ana, first)
    world.act(drafts.save, world.ana, chat.id, "answer", "", over="from another page", part="caption")
    world.act(drafts.save, world.ana, chat.id, "answer", "", over="for them all", part="caption")
    assert waiting(world, world.ana, chat) == ["tarifas.pdf"]
    since = world.mark
    world.act(attachments.cancel, world.ana, second)
    assert world.heard(world.ana, since) == [DraftsChanged()]
    assert world.count("drafts") == 0


def test_a_draft_that_is_thrown_away_takes_its_files_along(world: World) -> None:
    chat = world.waiting()
    mine, note = drafted(world, world.bruno, chat), drafted(world, world.bruno, chat, "note")
    world.answers(world.ana, chat.id, "Good morning.")
    found = next(one for one in world.see(rows.list_for, world.bruno) if one.mode == "answer")
    world.act(drafts.remove, world.bruno, found.id)
    assert [[one.id for one in left.files] for left in world.see(rows.list_for, world.bruno)] == [[note]]
    with pytest.raises(NotFound):
        world.see(files.get_for_operator, world.bruno, mine)


def test_who_loses_the_conversation_keeps_files_that_go_nowhere_else_and_come_back_with_it(world: World) -> None:
    chat, elsewhere = world.waiting(), world.waiting(world.julian)
    which, late = drafted(world, world.bruno, chat), begins(world, world.bruno, chat, "late.pdf", mode="answer")
    world.answers(world.ana, chat.id, "Good morning.")
    world.act(attachments.finish, world.bruno, late, Found("application/pdf", 5, b"digest"))
    (kept,) = world.see(rows.list_for, world.bruno)
    assert (kept.conversation, kept.written_in, [one.id for one in kept.files]) == (None, chat.id, [which, late])
    with pytest.raises(Invalid):
        world.act(conversations.answer, world.bruno, elsewhere.id, new_client_id(), "", None, [which])
    world.act(queue.release, world.ana, chat.id, None)
    (back,) = world.see(rows.list_for, world.bruno)
    assert back.conversation == chat.id
    world.act(conversations.answer, world.bruno, chat.id, new_client_id(), "", None, [which, late])
    assert world.see(rows.list_for, world.bruno) == []


def test_the_sweep_leaves_what_a_draft_has_and_takes_what_has_not_come_whole(world: World) -> None:
    chat = world.attended()
    which, coming = drafted(world, world.ana, chat), begins(world, world.ana, chat, "half.pdf", mode="answer")
    plain = has_sent(world, world.ana, chat)
    world.clock.pass_s(30 * KEPT_S)
    world.act(attachments.give_up, SYSTEM)
    world.clock.pass_s(3600)
    assert {one.id for one in world.act(attachments.give_up, SYSTEM)} == {coming, plain}
    assert waiting(world, world.ana, chat) == ["tarifas.pdf"]
    world.act(conversations.answer, world.ana, chat.id, new_client_id(), "", None, [which])


def test_what_waits_in_drafts_counts_among_what_one_may_have_begun(world: World) -> None:
    chat = world.attended()
    for _ in range(PENDING_MAX):
        drafted(world, world.ana, chat)
    world.clock.pass_s(30 * KEPT_S)
    world.act(attachments.give_up, SYSTEM)
    with pytest.raises(Quota):
        begins(world, world.ana, chat, "a.pdf")
