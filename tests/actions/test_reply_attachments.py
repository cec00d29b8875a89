"""Files of quick replies: stored once, sent as often as one likes, read by those whose the reply is."""

import pytest

from recado.actions import attachments, conversations, entries, replies
from recado.actions.attachments import FileRulesInput
from recado.actions.replies import ReplyInput
from recado.db import attachments as files
from recado.db import drafts as draft_rows
from recado.db import replies as rows
from recado.db.uploads import usage
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.attachments import CAPTION_MAX, KEPT_S, MB, PENDING_MAX, Attachment, FormatLimit
from recado.domain.conversations import Sent
from recado.domain.errors import FileTooLarge, Invalid, NotFound, Quota, WrongFile
from recado.domain.ids import ConversationId, FileId
from recado.domain.replies import Origin, Reply, ScopeName
from recado.domain.reply_files import Refusal, read_table, write_table
from recado.web.console.attachments import get_readable
from tests.sending import CONTENT, found_in, has_sent
from tests.world import Chat, World, new_client_id

LONG = "Nuestras tarifas de este año. " * 12


def loaded(world: World, who: Operator, name: str = "tarifas.pdf") -> FileId:
    """A file that has come for a quick reply."""
    which = world.act(attachments.begin_for_reply, who, name, len(CONTENT), new_client_id()).id
    world.act(attachments.finish, who, which, found_in(name))
    return which


def make(
    world: World,
    who: Operator,
    *names: str,
    text: str = "Las tarifas",
    scope: ScopeName = "all",
    department: str | None = None,
) -> Reply:
    given: list[str] = [loaded(world, who, name) for name in names]
    where = None if department is None else world.department(department)
    return world.act(replies.create, who, ReplyInput("tarifas", text, scope, None, where, files=given))


def five(world: World) -> list[str]:
    return [loaded(world, world.adela, f"otro-{one}.pdf") for one in range(5)]


def change(world: World, who: Operator, reply: Reply, given: list[FileId], text: str = "Las tarifas") -> Reply:
    return world.act(replies.change, who, reply.id, ReplyInput(reply.name, text, reply.scope, files=list(given)))


def sends(world: World, chat: Chat, reply: Reply, given: list[Attachment], text: str = "Las tarifas") -> Sent:
    which = [one.id for one in given]
    sent = world.act(conversations.answer, world.ana, chat.id, new_client_id(), text, Origin(reply.id), which).sent
    assert isinstance(sent, Sent)
    return sent


def reads(world: World, who: Operator, which: FileId) -> bool:
    try:
        world.see(get_readable, who, which)
    except NotFound:
        return False
    return True


def test_a_reply_has_its_files_in_their_order_and_may_have_no_text(world: World) -> None:
    reply = make(world, world.adela, "a.pdf", "b.png", text="")
    assert [one.name for one in reply.files] == ["a.pdf", "b.png"]
    first, second = (one.id for one in reply.files)
    third = loaded(world, world.adela, "c.pdf")
    changed = change(world, world.adela, reply, [second, third], text="")
    assert [one.id for one in changed.files] == [second, third]
    assert world.see(rows.list_for, world.ana)[0].files == changed.files
    kept = world.act(replies.change, world.adela, reply.id, ReplyInput("tarifas", "Texto", "all"))
    assert kept.files == changed.files
    with pytest.raises(Invalid) as empty:
        change(world, world.adela, reply, [], text="")
    assert (empty.value.field, empty.value.fault) == ("text", "empty")
    with pytest.raises(NotFound):
        world.see(get_readable, world.adela, first)


def test_what_is_somebody_elses_or_for_a_conversation_goes_into_no_reply(world: World) -> None:
    chat, reply = world.attended(), make(world, world.adela, "a.pdf")
    coming = world.act(attachments.begin_for_reply, world.adela, "c.pdf", 5).id
    other = make(world, world.sara, "s.pdf", scope="personal")
    for which in (loaded(world, world.ana), has_sent(world, world.ana, chat), coming, other.files[0].id, FileId("no")):
        before = world.contents()
        with pytest.raises(Invalid) as refusal:
            change(world, world.adela, reply, [which])
        assert (refusal.value.field, refusal.value.fault) == ("files", "unknown")
        assert world.contents() == before
    with pytest.raises(Invalid):
        change(world, world.adela, reply, [reply.files[0].id] * 2)


def test_its_files_are_read_by_those_who_may_use_it(world: World) -> None:
    for reply, readers in (
        (make(world, world.adela, "a.pdf"), {"ana", "bruno", "clara", "sara", "adela"}),
        (make(world, world.ana, "m.pdf", scope="personal"), {"ana"}),
        (make(world, world.adela, "d.pdf", scope="department", department="Soporte"), {"clara", "sara", "adela"}),
    ):
        found = {
            who
            for who in ("ana", "bruno", "clara", "sara", "adela")
            if reads(world, getattr(world, who), reply.files[0].id)
        }
        assert found == readers
    with pytest.raises(NotFound):
        world.see(files.get_for_visitor, world.lucia, reply.files[0].id)


def test_sent_at_once_with_a_long_text_it_is_one_message_and_no_byte_is_stored_again(world: World) -> None:
    chat, reply = world.waiting(), make(world, world.adela, "a.pdf", "b.png", text=LONG)
    assert len(LONG) > CAPTION_MAX
    first, second = (sends(world, chat, reply, reply.files, LONG).entry for _ in range(2))
    assert [one.name for one in first.attachments] == ["a.pdf", "b.png"]
    assert len({one.id for one in (*reply.files, *first.attachments, *second.attachments)}) == 6
    places = {
        world.see(files.get_for_operator, world.ana, one.id).object for one in (*first.attachments, *second.attachments)
    }
    assert places == {one.id for one in reply.files}
    assert world.see(files.get_for_visitor, world.lucia, first.attachments[0].id).object == reply.files[0].id
    assert world.see(rows.find, world.ana, reply.id).uses == 2  # type: ignore[union-attr]
    assert world.see(usage, world.ana.author, 0).bytes == 0
    edited = world.act(entries.edit, world.ana, ConversationId(chat.id), first.seq, LONG + "Gracias.", 0)
    assert edited.entry.body == LONG + "Gracias."


def test_the_same_again_is_the_same_message_also_once_the_reply_has_changed(world: World) -> None:
    chat, reply, mine = world.attended(), make(world, world.adela, "a.pdf"), new_client_id()
    said = (chat.id, mine, "Las tarifas", Origin(reply.id), [reply.files[0].id])
    first = world.act(conversations.answer, world.ana, *said).sent
    world.act(replies.remove, world.adela, reply.id)
    before = world.contents()
    assert world.act(conversations.answer, world.ana, *said).sent.entry == first.entry
    assert world.contents() == before
    with pytest.raises(Invalid):
        sends(world, chat, reply, reply.files)


def test_only_the_files_of_that_reply_go_along_and_only_its_text_may_be_long(world: World) -> None:
    chat, reply = world.attended(), make(world, world.adela, "a.pdf")
    foreign = make(world, world.bruno, "b.pdf", scope="personal")
    for given, used in ((foreign, foreign), (foreign, reply)):
        with pytest.raises(Invalid) as refusal:
            sends(world, chat, used, given.files)
        assert refusal.value.fault == "unknown"
    own = has_sent(world, world.ana, chat)
    with pytest.raises(Invalid) as long:
        world.act(conversations.answer, world.ana, chat.id, new_client_id(), LONG, Origin(foreign.id), [own])
    assert long.value.fault == "caption_too_long"


def test_beside_a_file_that_is_not_the_reply_s_a_text_is_short_whatever_reply_is_named(world: World) -> None:
    chat, reply, bare = world.attended(), make(world, world.adela, "a.pdf"), make(world, world.ana, scope="personal")
    (copied,) = world.act(attachments.take_from_reply, world.ana, chat.id, reply.id, "answer")
    own = has_sent(world, world.ana, chat)
    for named, given in ((bare, [own]), (bare, [copied.id]), (reply, [own]), (reply, [copied.id, own])):
        before = world.contents()
        with pytest.raises(Invalid) as long:
            world.act(conversations.answer, world.ana, chat.id, new_client_id(), LONG, Origin(named.id), given)
        assert long.value.fault == "caption_too_long"
        assert world.contents() == before
    world.act(conversations.answer, world.ana, chat.id, new_client_id(), "Las tarifas", Origin(reply.id), [own])
    world.act(conversations.answer, world.ana, chat.id, new_client_id(), LONG, Origin(reply.id), [copied.id])


def test_what_was_sent_stays_when_the_reply_goes_and_the_bytes_go_with_the_last(world: World) -> None:
    chat, reply = world.attended(), make(world, world.adela, "a.pdf")
    place = reply.files[0].id
    sent = sends(world, chat, reply, reply.files).entry
    world.act(replies.remove, world.adela, reply.id)
    assert not reads(world, world.adela, place)
    world.clock.pass_s(30 * KEPT_S)
    assert world.act(attachments.give_up, SYSTEM) == [(place, None)]
    world.act(attachments.note_removed, SYSTEM, [place])
    assert world.see(files.get_for_operator, world.ana, sent.attachments[0].id).object == place
    again = sends(world, chat, other := make(world, world.adela, "b.pdf"), other.files).entry
    world.act(entries.delete, world.ana, ConversationId(chat.id), again.seq)
    world.clock.pass_s(3600)
    assert world.act(attachments.give_up, SYSTEM) == [(again.attachments[0].id, None)]
    assert reads(world, world.ana, other.files[0].id)
    world.act(replies.remove, world.adela, other.id)
    world.clock.pass_s(3600)
    gone = {one.id: one.object for one in world.act(attachments.give_up, SYSTEM)}
    assert gone == {again.attachments[0].id: other.files[0].id, other.files[0].id: other.files[0].id}


def test_put_into_the_draft_its_files_wait_there_like_others(world: World) -> None:
    chat, reply = world.attended(), make(world, world.adela, "a.pdf", "b.png")
    taken = world.act(attachments.take_from_reply, world.ana, chat.id, reply.id, "answer")
    found = world.see(draft_rows.find, world.ana, chat.id)
    assert found is not None
    assert found.files == taken
    world.act(replies.remove, world.adela, reply.id)
    world.act(attachments.cancel, world.ana, taken[0].id)
    sent = world.act(conversations.answer, world.ana, chat.id, new_client_id(), "", None, [taken[1].id]).sent
    assert [one.name for one in sent.entry.attachments] == ["b.png"]
    with pytest.raises(NotFound):
        world.act(attachments.take_from_reply, world.ana, chat.id, reply.id, "answer")


def test_whoever_asks_again_has_each_file_in_the_draft_once(world: World) -> None:
    chat, reply = world.attended(), make(world, world.adela, *(f"{one}.pdf" for one in range(6)))
    taken = world.act(attachments.take_from_reply, world.ana, chat.id, reply.id, "answer")
    assert world.act(attachments.take_from_reply, world.ana, chat.id, reply.id, "answer") == taken
    world.act(attachments.cancel, world.ana, taken[2].id)
    again = world.act(attachments.take_from_reply, world.ana, chat.id, reply.id, "answer")
    assert [one.name for one in again] == [one.name for one in taken]
    assert [one.id == before.id for one, before in zip(again, taken, strict=True)] == [True] * 2 + [False] + [True] * 3
    found = world.see(draft_rows.find, world.ana, chat.id)
    assert found is not None
    assert {one.id for one in found.files} == {one.id for one in again}
    other = world.act(attachments.take_from_reply, world.ana, chat.id, reply.id, "note")
    assert not {one.id for one in other} & {one.id for one in again}


def test_what_a_draft_cannot_hold_is_not_put_there(world: World) -> None:
    chat, reply = world.attended(), make(world, world.adela, *(f"{one}.pdf" for one in range(6)))
    other = world.act(replies.create, world.adela, ReplyInput("mas", "", "all", files=five(world)))
    world.act(attachments.take_from_reply, world.ana, chat.id, reply.id, "answer")
    before = world.contents()
    with pytest.raises(Invalid) as many:
        world.act(attachments.take_from_reply, world.ana, chat.id, other.id, "answer")
    assert many.value.fault == "too_many"
    assert world.contents() == before
    for _ in range(PENDING_MAX - 7):
        has_sent(world, world.ana, chat)
    with pytest.raises(Quota):
        world.act(attachments.take_from_reply, world.ana, chat.id, reply.id, "note")


def test_files_that_are_allowed_no_more_are_refused_when_they_are_used(world: World) -> None:
    chat, reply = world.attended(), make(world, world.adela, "a.pdf", "b.png")
    for limits, refusal in (
        ([FormatLimit("pdf", MB)], WrongFile),
        ([FormatLimit("pdf", 5), FormatLimit("png", MB)], FileTooLarge),
    ):
        world.act(attachments.change_rules, world.adela, FileRulesInput(limits))
        before = world.contents()
        with pytest.raises(refusal):
            sends(world, chat, reply, reply.files)
        with pytest.raises(refusal):
            world.act(attachments.take_from_reply, world.ana, chat.id, reply.id, "answer")
        assert world.contents() == before


def test_what_was_loaded_for_a_reply_and_put_in_none_is_given_up(world: World) -> None:
    left, reply = loaded(world, world.adela), make(world, world.adela, "a.pdf")
    world.clock.pass_s(KEPT_S)
    world.act(attachments.give_up, SYSTEM)
    world.clock.pass_s(3600)
    assert world.act(attachments.give_up, SYSTEM) == [(left, left)]
    assert reads(world, world.ana, reply.files[0].id)


def test_a_table_carries_no_files_and_takes_none_away(world: World) -> None:
    reply = make(world, world.adela, "a.pdf", text="")
    table = write_table(world.see(rows.list_for, world.adela), {})
    assert "a.pdf" not in table
    brought = world.act(replies.bring_in, world.adela, read_table(table))
    assert (brought.unchanged, brought.refused) == (1, [])
    assert world.see(rows.find, world.adela, reply.id) == reply
    world.act(replies.remove, world.adela, reply.id)
    again = world.act(replies.bring_in, world.adela, read_table(table))
    assert again.refused == [Refusal(2, "text", "empty")]
