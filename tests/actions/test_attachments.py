"""Files belong to whoever sends them and to one conversation, go into one message, and are read with it."""

from collections.abc import Callable
from functools import partial
from time import perf_counter

import pytest

from recado.actions import attachments, blocks, conversations, drafts, notes, queue
from recado.actions.attachments import FileRulesInput
from recado.db import attachments as rows
from recado.db import drafts as draft_rows
from recado.db import entry_pages, uploads
from recado.db.conversations import find_for_operator
from recado.db.uploads import usage
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Visitor
from recado.domain.attachments import (
    CAPTION_MAX,
    DAY_BYTES,
    KEPT_S,
    LEAST_BYTES,
    MB,
    PENDING_MAX,
    FormatLimit,
    check_caption,
    name_of,
)
from recado.domain.conversations import Sent, WidgetSent
from recado.domain.errors import (
    Blocked,
    ClientIdReused,
    FileTooLarge,
    Invalid,
    NotFound,
    Outdated,
    Quota,
    Taken,
    WrongFile,
)
from recado.domain.ids import FileId
from tests.sending import begins, found_in, has_sent
from tests.world import HELP, Chat, World, at_once, new_client_id

FAMILY = "\U0001f468‍\U0001f469‍\U0001f467"


def answers(world: World, chat: Chat, files: list[FileId], text: str = "", client_id: str | None = None) -> Sent:
    sent = world.act(conversations.answer, world.ana, chat.id, client_id or new_client_id(), text, None, files).sent
    assert isinstance(sent, Sent)
    return sent


def writes(world: World, chat: Chat, files: list[FileId], text: str = "") -> WidgetSent:
    sent = world.act(conversations.receive, world.lucia, chat.public_id, new_client_id(), text, files).sent
    assert isinstance(sent, WidgetSent)
    return sent


def reads(world: World, person: Operator | Visitor, which: FileId) -> bool:
    finder: Callable[..., object] = rows.get_for_operator if isinstance(person, Operator) else rows.get_for_visitor
    try:
        world.see(finder, person, which)
    except NotFound:
        return False
    return True


def refused(world: World, fault: str, do: Callable[[], object]) -> None:
    before = world.contents()
    with pytest.raises(Invalid) as refusal:
        do()
    assert refusal.value.fault == fault
    assert world.contents() == before


def test_a_file_goes_to_the_customer_with_its_text_and_everybody_gets_the_same(world: World) -> None:
    chat = world.attended()
    picture, table = has_sent(world, world.ana, chat, "foto.png"), has_sent(world, world.ana, chat)
    since = world.mark
    sent = answers(world, chat, [picture, table], "Las tarifas")
    assert [(one.id, one.name, one.type) for one in sent.entry.attachments] == [
        (picture, "foto.png", "image/png"),
        (table, "tarifas.pdf", "application/pdf"),
    ]
    assert (sent.entry.attachments[0].width, sent.entry.attachments[0].thumbnail) == (40, True)
    told = [event for event in world.heard(world.lucia, since) if hasattr(event, "entries")]
    assert told[-1].entries[0].attachments == sent.entry.attachments
    assert world.heard(world.ana, since)[-1].entries[0] == sent.entry


def test_without_a_text_lists_show_the_name(world: World) -> None:
    chat = world.attended()
    row = answers(world, chat, [has_sent(world, world.ana, chat)]).conversation
    assert row is not None
    assert row.excerpt == "📎 tarifas.pdf"


def test_of_a_recording_lists_show_how_long_it_is_and_readers_get_its_waveform(world: World) -> None:
    chat = world.attended()
    sent = answers(world, chat, [has_sent(world, world.ana, chat, "voice.webm")])
    assert sent.conversation is not None
    assert sent.conversation.excerpt == "🎤 0:12"
    sound = sent.entry.attachments[0].sound
    assert sound is not None
    assert (sound.ms, len(sound.peaks), sound.peaks[-1]) == (12_340, 64, 100)
    found = world.see(find_for_operator, world.ana, chat.id)
    assert found is not None
    assert world.see(entry_pages.list_before, found.thread_id, None, 1)[0] == [sent.entry]


def test_what_was_made_of_a_recording_counts_for_its_sender(world: World) -> None:
    chat = world.attended()
    which = begins(world, world.ana, chat, "voice.webm")
    world.act(attachments.finish, world.ana, which, found_in("voice.webm", bytes(LEAST_BYTES)))
    assert world.see(usage, world.ana.author, 0).bytes == 2 * LEAST_BYTES


def test_a_file_waits_for_the_first_message_of_a_visitor(world: World) -> None:
    which = has_sent(world, world.lucia, None)
    first = new_client_id(), "", None, None, conversations.NOTHING_ASKED, [which]
    sent = world.act(conversations.open_or_receive, world.lucia, *first).sent
    assert [one.id for one in sent.entry.attachments] == [which]
    assert reads(world, world.lucia, which)
    assert reads(world, world.ana, which)


def test_sent_again_it_is_the_same_message_and_with_another_file_another_one(world: World) -> None:
    chat, mine = world.attended(), new_client_id()
    which, other = has_sent(world, world.ana, chat), has_sent(world, world.ana, chat)
    first = answers(world, chat, [which], "uno", mine)
    before = world.contents()
    assert answers(world, chat, [which], "uno", mine).entry == first.entry
    for files in ([], [other], [which, other]):
        with pytest.raises(ClientIdReused):
            answers(world, chat, files, "uno", mine)
    assert world.contents() == before


def test_elsewhere_by_somebody_else_or_twice_a_file_is_missing(world: World) -> None:
    chat, elsewhere = world.attended(), world.attended(world.ana, world.julian)
    which, theirs = has_sent(world, world.ana, chat), has_sent(world, world.lucia, chat)
    coming = begins(world, world.ana, chat, "a.pdf")
    for files in ([theirs], [coming], [FileId("nothing")], [which, theirs]):
        refused(world, "unknown", partial(answers, world, chat, files))
    refused(world, "unknown", lambda: answers(world, elsewhere, [which]))
    refused(world, "unknown", lambda: writes(world, chat, [which]))
    refused(world, "twice", lambda: answers(world, chat, [which, which]))
    answers(world, chat, [which])
    refused(world, "unknown", lambda: answers(world, chat, [which]))
    for finder in (world.ana.author, world.bruno.author, world.lucia.author):
        with pytest.raises(NotFound):
            world.see(rows.find_own, finder, which)


def test_a_file_is_read_where_its_entry_is_read_and_no_longer(world: World) -> None:
    chat = world.waiting()
    public, inner = has_sent(world, world.lucia, chat), has_sent(world, world.ana, chat)
    assert [one for one in (world.lucia, world.julian, world.ana) if reads(world, one, public)] == [world.lucia]
    assert not reads(world, world.lucia, begins(world, world.lucia, chat, "a.pdf"))
    writes(world, chat, [public])
    world.act(notes.add, world.ana, chat.id, new_client_id(), "", (), [inner])
    for which in (public, inner):
        assert [reads(world, one, which) for one in (world.ana, world.bruno, world.clara)] == [True, True, False]
    assert [reads(world, one, public) for one in (world.lucia, world.julian)] == [True, False]
    assert not reads(world, world.lucia, inner)
    world.answers(world.ana, chat.id, "mine")
    assert [reads(world, one, public) for one in (world.ana, world.bruno)] == [True, False]
    world.act(queue.transfer, world.ana, chat.id, world.department("Soporte"), None)
    assert [reads(world, one, public) for one in (world.ana, world.clara)] == [False, True]


def test_who_may_not_write_there_begins_no_file(world: World) -> None:
    chat = world.attended()
    with pytest.raises(Taken):
        begins(world, world.bruno, chat, "a.pdf")
    for stranger in (world.clara, world.julian):
        with pytest.raises(NotFound):
            begins(world, stranger, chat, "a.pdf")
    which = has_sent(world, world.lucia, chat)
    world.act(blocks.block, world.ana, chat.id)
    with pytest.raises(Blocked):
        begins(world, world.lucia, chat, "a.pdf")
    with pytest.raises(Blocked):
        writes(world, chat, [which])


def test_the_text_beside_files_has_160_characters_as_people_count_them(world: World) -> None:
    chat = world.attended()
    for text in ("ñ" * CAPTION_MAX, "n\u0303" * CAPTION_MAX, FAMILY * CAPTION_MAX):
        assert answers(world, chat, [has_sent(world, world.ana, chat)], text).entry.body == text
    which = has_sent(world, world.ana, chat)
    for text in ("a" * (CAPTION_MAX + 1), FAMILY * (CAPTION_MAX + 1)):
        refused(world, "caption_too_long", partial(answers, world, chat, [which], text))
        refused(world, "unknown", lambda: writes(world, chat, [which]))
    assert answers(world, chat, [which], "all is well").entry.attachments


@pytest.mark.parametrize("times", [CAPTION_MAX + 1, 5_000, 120_000])
def test_a_text_of_flags_is_too_long_at_once(times: int) -> None:
    """To count them all takes a minute of the one thread that stores what everybody sends."""
    began = perf_counter()
    with pytest.raises(Invalid):
        check_caption("\U0001f1ea\U0001f1f8" * times)
    assert perf_counter() - began < 1


def test_what_was_typed_elsewhere_stays(world: World) -> None:
    chat = world.attended()
    world.act(drafts.save, world.ana, chat.id, "answer", "half a thought")
    answers(world, chat, [has_sent(world, world.ana, chat)], "half a thought")
    assert world.see(draft_rows.find, world.ana, chat.id, "answer") is not None


def test_refusals_come_before_the_bytes(world: World) -> None:
    chat = world.attended()
    for name, fault in (("a.exe", "format"), ("a", "format"), ("a.png.html", "format"), ("a.pdf", "empty")):
        with pytest.raises(WrongFile) as refusal:
            world.act(attachments.begin, world.ana, chat.id, name, 0 if fault == "empty" else 5)
        assert refusal.value.fault == fault
    with pytest.raises(FileTooLarge) as large:
        world.act(attachments.begin, world.ana, chat.id, "a.PDF", 20 * MB + 1)
    assert large.value.limit == 20 * MB
    world.act(attachments.begin, world.ana, chat.id, "a.JPEG", 20 * MB)


def test_an_admin_says_which_files_and_it_is_noted(world: World) -> None:
    chat = world.attended()
    limits = [FormatLimit("zip", 5), FormatLimit("pdf", 9 * MB)]
    since = world.mark
    rules = world.act(attachments.change_rules, world.adela, FileRulesInput(limits, 0))
    assert {one.name: one.max_bytes for one in rules.formats if one.max_bytes} == {"pdf": 9 * MB, "zip": 5}
    assert [type(one).__name__ for one in world.heard(world.ana, since)] == ["SettingsChanged"]
    world.act(attachments.begin, world.ana, chat.id, "a.zip", 5)
    with pytest.raises(WrongFile):
        world.act(attachments.begin, world.ana, chat.id, "a.png", 5)
    for seen in (0, 2):
        with pytest.raises(Outdated):
            world.act(attachments.change_rules, world.adela, FileRulesInput(limits, seen))
    world.act(attachments.change_rules, world.adela, FileRulesInput([], 1))
    with pytest.raises(NotFound):
        world.act(attachments.change_rules, world.sara, FileRulesInput([]))


def test_a_file_that_is_begun_again_is_the_same_one(world: World) -> None:
    chat, key = world.attended(), new_client_id()

    def begin(who: Operator | Visitor = world.ana, name: str = "a.png", size: int = 9, key: str = key) -> FileId:
        if isinstance(who, Operator):
            return world.act(attachments.begin, who, chat.id, name, size, "answer", key).id
        return world.act(attachments.begin_by_visitor, who, None, name, size, key).id

    which = begin()
    assert begin(key=key.upper()) == which
    assert world.count("attachments") == 1
    assert begin(world.lucia) not in {which, begin(world.tomas), begin(key=new_client_id())}
    for name, size in (("b.png", 9), ("a.png", 10)):
        with pytest.raises(ClientIdReused):
            begin(name=name, size=size)
    with pytest.raises(ClientIdReused):
        world.act(attachments.begin_for_reply, world.ana, "a.png", 9, key)
    with pytest.raises(Invalid):
        begin(key="one")
    world.act(attachments.finish, world.ana, which, found_in("a.png"))
    assert begin() == which
    answers(world, chat, [which])
    with pytest.raises(ClientIdReused):
        begin()


def test_what_was_given_up_is_begun_anew(world: World) -> None:
    begun = "a.pdf", 5, new_client_id()
    which = world.act(attachments.begin_for_reply, world.ana, *begun).id
    world.act(attachments.cancel, world.ana, which)
    assert world.act(attachments.begin_for_reply, world.ana, *begun).id != which


def test_a_file_that_is_begun_several_times_at_once_is_one(world: World) -> None:
    for _ in range(10):
        begun = "a.pdf", 5, new_client_id()
        which = at_once(6, lambda _: world.act(attachments.begin_for_reply, world.ana, *begun).id)  # noqa: B023
        assert len(set(which)) == 1
        assert isinstance(which[0], str)
        world.act(attachments.cancel, world.ana, FileId(which[0]))


def test_who_was_shut_out_sends_no_more_of_a_file_and_gives_it_up(world: World) -> None:
    chat = world.attended()
    which, whole = begins(world, world.lucia, chat, "a.pdf"), has_sent(world, world.lucia, chat)
    of_ana = begins(world, world.ana, chat, "a.pdf")
    assert world.see(uploads.find_to_send, world.lucia, which, world.clock()).id == which
    world.act(blocks.block, world.ana, chat.id)
    for one in (which, whole):
        with pytest.raises(Blocked):
            world.see(uploads.find_to_send, world.lucia, one, world.clock())
        with pytest.raises(Blocked):
            world.act(attachments.finish, world.lucia, one, found_in("a.pdf"))
        world.act(attachments.cancel, world.lucia, one)
    assert world.see(uploads.find_to_send, world.ana, of_ana, world.clock()).id == of_ana


def test_nobody_sends_without_end(world: World) -> None:
    chat = world.attended()
    which = [begins(world, world.lucia, chat, "a.pdf") for _ in range(PENDING_MAX)]
    with pytest.raises(Quota):
        begins(world, world.lucia, chat, "a.pdf")
    world.act(attachments.cancel, world.lucia, which[0])
    begins(world, world.lucia, chat, "a.pdf")
    for _ in range(DAY_BYTES["visitor"] // (20 * MB)):
        last = world.act(attachments.begin_by_visitor, world.tomas, None, "a.pdf", 20 * MB).id
        world.act(attachments.cancel, world.tomas, last)
    with pytest.raises(Quota):
        world.act(attachments.begin_by_visitor, world.tomas, None, "a.pdf", 1)
    world.clock.pass_s(24 * 3600 + 1)
    world.act(attachments.begin_by_visitor, world.tomas, None, "a.pdf", 1)


def test_what_was_given_up_counts_until_a_day_has_gone_though_nothing_is_left_of_it(world: World) -> None:
    def begin(size: int) -> FileId:
        return world.act(attachments.begin_by_visitor, world.lucia, None, "mi nómina.pdf", size).id

    for _ in range(DAY_BYTES["visitor"] // (20 * MB)):
        world.act(attachments.cancel, world.lucia, begin(20 * MB))
    world.clock.pass_s(3600)
    while gone := world.act(attachments.give_up, SYSTEM):
        world.act(attachments.note_removed, SYSTEM, [one.id for one in gone])
    with pytest.raises(Quota):
        begin(1)
    assert "nómina" not in str(world.contents()["attachments"])
    world.clock.pass_s(24 * 3600)
    assert world.act(attachments.give_up, SYSTEM) == []
    assert world.count("attachments") == 0
    begin(1)


def test_many_small_files_come_to_an_end_too(world: World) -> None:
    begun = world.act(attachments.begin_by_visitor, world.lucia, None, "a.pdf", 1).id
    assert world.see(usage, world.lucia.author, 0).bytes == LEAST_BYTES
    world.act(attachments.cancel, world.lucia, begun)
    world.act(attachments.begin_by_visitor, world.lucia, None, "a.pdf", LEAST_BYTES + 1)
    assert world.see(usage, world.lucia.author, 0).bytes == 2 * LEAST_BYTES + 1


def test_what_no_message_took_is_given_up_and_what_one_took_stays(world: World) -> None:
    chat = world.attended()
    sent, left, cancelled = (has_sent(world, world.ana, chat) for _ in range(3))
    answers(world, chat, [sent])
    world.act(attachments.cancel, world.ana, cancelled)
    assert world.act(attachments.give_up, SYSTEM) == []
    world.clock.pass_s(KEPT_S)
    assert [one.id for one in world.act(attachments.give_up, SYSTEM)] == [cancelled]
    refused(world, "unknown", lambda: answers(world, chat, [left]))
    world.clock.pass_s(3600)
    assert {one.id for one in world.act(attachments.give_up, SYSTEM)} == {cancelled, left}
    world.act(attachments.note_removed, SYSTEM, [cancelled, left, sent])
    assert world.act(attachments.give_up, SYSTEM) == []
    assert world.count("attachments") == 1
    with pytest.raises(NotFound):
        world.act(attachments.finish, world.ana, left, found_in("a.pdf"))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a/b\\c.pdf", "c.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("aux", "_aux"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ("\u0301" * 500_000 + "/" + "a" * 3_000 + ".pdf", "a" * 116 + ".pdf"),
        ("gpj\u202efdp.exe", "gpjfdp.exe"),
        ('"quoted".pdf', "quoted.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ("factura 📄 ñ.pdf", "factura 📄 ñ.pdf"),
        ("", "file"),
        (" . ", "file"),
        (".htaccess", "htaccess"),
        ("a\0.pdf", "a.pdf"),
        ("n\u0303.pdf", "ñ.pdf"),
    ],
)
def test_names_are_safe_and_readable(given: str, shown: str) -> None:
    assert name_of(given) == shown


def test_the_help_site_s_visitor_has_no_part_in_it(world: World) -> None:
    chat = world.attended(world.clara, world.comes(world.help, HELP))
    with pytest.raises(NotFound):
        begins(world, world.lucia, chat, "a.pdf")
