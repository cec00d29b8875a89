"""Files and unsent words among colleagues: as in any conversation, and for nobody but those who take part."""

import pytest

from recado.actions import attachments, conversations, direct_entries, direct_people, directs, drafts, replies
from recado.actions.replies import ReplyInput
from recado.db import attachments as files
from recado.db import drafts as rows
from recado.desk import SYSTEM
from recado.domain.actors import Actor, Operator, Visitor
from recado.domain.attachments import KEPT_S
from recado.domain.conversations import Draft
from recado.domain.errors import Invalid, NotFound
from recado.domain.events import DraftsChanged
from recado.domain.ids import DirectId, FileId
from recado.domain.places import direct
from recado.web.console.attachments import get_readable
from tests.sending import has_brought, has_sent
from tests.world import World, new_client_id


def starts(world: World, *others: Operator) -> DirectId:
    people = [one.id for one in others]
    return world.act(directs.start, world.ana, new_client_id(), people, "Have you a minute?").sent.direct.id


def says(world: World, me: Operator, which: DirectId, body: str = "", **how: object) -> int:
    return world.act(directs.post, me, which, new_client_id(), body, **how).sent.entry.seq  # type: ignore[arg-type]


def reads(world: World, person: Actor, which: FileId) -> bool:
    try:
        if isinstance(person, Visitor):
            world.see(files.get_for_visitor, person, which)
        else:
            assert isinstance(person, Operator)
            world.see(get_readable, person, which)
    except NotFound:
        return False
    return True


def draft(world: World, me: Operator, which: DirectId) -> Draft | None:
    return next(iter(world.see(rows.list_in, me, direct(which))), None)


def test_a_file_is_read_by_those_who_take_part_and_by_nobody_else(world: World) -> None:
    which = starts(world, world.bruno)
    sent = has_brought(world, world.ana, which, "plan.pdf")
    assert [reads(world, one, sent) for one in (world.ana, world.bruno)] == [True, False], "it waits for its message"
    says(world, world.ana, which, files=[sent])
    assert [reads(world, one, sent) for one in (world.ana, world.bruno)] == [True, True]
    for stranger in (world.clara, world.sara, world.adela, world.lucia):
        assert not reads(world, stranger, sent)


def test_who_leaves_and_who_comes_later_reads_no_file_of_then(world: World) -> None:
    which = starts(world, world.bruno, world.clara)
    before = has_brought(world, world.ana, which, "plan.pdf")
    says(world, world.ana, which, files=[before])
    world.act(direct_people.leave, world.bruno, which)
    world.act(direct_people.add, world.ana, which, [world.sara.id], from_start=False)
    after = has_brought(world, world.ana, which, "after.pdf")
    says(world, world.ana, which, files=[after])
    read = [[reads(world, one, file) for file in (before, after)] for one in (world.bruno, world.sara, world.clara)]
    assert read == [[False, False], [False, True], [True, True]]


def test_a_file_that_is_deleted_is_read_by_nobody(world: World) -> None:
    which = starts(world, world.bruno)
    sent = has_brought(world, world.ana, which, "plan.pdf")
    seq = says(world, world.ana, which, "Look", files=[sent])
    world.act(direct_entries.delete, world.ana, which, seq)
    assert [reads(world, one, sent) for one in (world.ana, world.bruno)] == [False, False]


def test_a_file_goes_where_it_was_meant_to_and_nowhere_else(world: World) -> None:
    which, other = starts(world, world.bruno), starts(world, world.clara)
    chat = world.attended(world.ana)
    mine, outward = has_brought(world, world.ana, which, "plan.pdf"), has_sent(world, world.ana, chat)
    for wrong in (
        lambda: says(world, world.ana, other, files=[mine]),
        lambda: says(world, world.ana, which, files=[outward]),
        lambda: says(world, world.bruno, which, files=[mine]),
        lambda: world.act(conversations.answer, world.ana, chat.id, new_client_id(), "", files=[mine]),
        lambda: world.act(replies.create, world.ana, ReplyInput("plan", "El plan", "personal", files=[mine])),
    ):
        with pytest.raises(Invalid):
            wrong()
    with pytest.raises(NotFound):
        world.act(attachments.begin_among_colleagues, world.adela, which, "plan.pdf", 5)
    assert says(world, world.ana, which, files=[mine])


def test_what_is_not_sent_waits_for_its_writer_and_goes_with_the_message(world: World) -> None:
    which, since = starts(world, world.bruno), world.mark
    file = has_brought(world, world.ana, which, "plan.pdf", "note")
    world.act(drafts.save_among_colleagues, world.ana, which, "The plan", part="caption")
    world.act(drafts.save_among_colleagues, world.ana, which, "half a sent")
    found = draft(world, world.ana, which)
    assert found is not None
    assert (found.body, found.caption, [one.id for one in found.files]) == ("half a sent", "The plan", [file])
    assert world.see(rows.list_for, world.ana, "direct") == [found]
    assert world.see(rows.list_for, world.ana) == [], "the desk's are others"
    assert draft(world, world.bruno, which) is None
    assert [told.operators for told in world.recorder.told[since:]] == [{world.ana.id}]
    says(world, world.ana, which, "The plan", files=[file])
    kept = draft(world, world.ana, which)
    assert kept is not None
    assert (kept.body, kept.caption, kept.files) == ("half a sent", "", [])
    says(world, world.ana, which, "half a sentence")
    assert draft(world, world.ana, which) is None
    assert DraftsChanged() in [told.event for told in world.recorder.told[since:]]


def test_words_stay_with_whoever_takes_part_no_longer(world: World) -> None:
    which = starts(world, world.bruno)
    world.act(drafts.save_among_colleagues, world.bruno, which, "half a sentence")
    world.act(direct_people.leave, world.bruno, which)
    (kept,) = world.see(rows.list_for, world.bruno, "direct")
    assert (kept.conversation, kept.written_in, kept.body) == (None, which, "half a sentence")
    with pytest.raises(NotFound):
        world.act(drafts.save_among_colleagues, world.bruno, which, "more")
    world.act(drafts.remove, world.bruno, kept.id)
    assert world.see(rows.list_for, world.bruno, "direct") == []


def test_a_file_waits_as_long_as_its_draft(world: World) -> None:
    which = starts(world, world.bruno)
    drafted, loose = (
        has_brought(world, world.ana, which, "plan.pdf", "note"),
        has_brought(world, world.ana, which, "plan.pdf"),
    )
    world.clock.pass_s(KEPT_S + 60)
    world.act(attachments.give_up, SYSTEM)
    assert [reads(world, world.ana, one) for one in (drafted, loose)] == [True, False]
    world.act(attachments.cancel, world.ana, drafted)
    assert draft(world, world.ana, which) is None


def test_a_conversation_and_a_direct_one_of_the_same_number_share_nothing(world: World) -> None:
    chat, which = world.attended(world.ana), starts(world, world.bruno)
    assert int(chat.id) == int(which), "they have the same number"
    world.act(drafts.save, world.ana, chat.id, "note", "for the conversation")
    world.act(drafts.save_among_colleagues, world.ana, which, "for colleagues")
    has_brought(world, world.ana, which, "plan.pdf", "note")
    has_sent(world, world.ana, chat, "tarifas.pdf", mode="note")
    own, others = draft(world, world.ana, which), world.see(rows.list_of, world.ana, chat.id)
    assert own is not None
    assert (own.body, [one.name for one in own.files]) == ("for colleagues", ["plan.pdf"])
    assert [(one.body, [file.name for file in one.files]) for one in others] == [
        ("for the conversation", ["tarifas.pdf"])
    ]
    says(world, world.ana, which, "for colleagues")
    assert [one.body for one in world.see(rows.list_of, world.ana, chat.id)] == ["for the conversation"]
