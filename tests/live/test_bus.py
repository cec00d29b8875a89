"""What processes say to one another, and what each remembers of the others."""

from typing import Any

from recado.domain.actors import Author
from recado.domain.events import (
    DraftsChanged,
    PeopleChanged,
    RepliesChanged,
    RightsChanged,
    SessionsEnded,
    SettingsChanged,
    ThreadChanged,
    ThreadRead,
    ToOperators,
    ToTeam,
    ToVisitor,
)
from recado.domain.ids import ConversationId, OperatorId, ThreadId, VisitorId
from recado.domain.outward_events import WidgetVisitorChanged
from recado.domain.threads import Mark
from recado.live.bus import GONE_AFTER_S, Bus
from recado.live.elsewhere import FADES_AFTER_S, Elsewhere
from recado.live.hub import Hub, OperatorSocket, VisitorSocket
from recado.live.presence import Presence

ANA, LUCIA, CHAT = OperatorId(1), VisitorId(7), ConversationId(5)
NEVER = 2**62


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def speaking(time: Time | None = None) -> tuple[Bus, list[str]]:
    """A bus among others, and what it says."""
    said: list[str] = []
    bus = Bus(Hub(), time or Time())
    bus.join(said.extend)
    return bus, said


def gone(bus: Bus) -> list[VisitorId]:
    """Who has gone, and is noted as gone."""
    found = bus.list_gone(9)
    bus.note_gone(found)
    return found


def test_alone_it_says_nothing_and_remembers_nothing() -> None:
    bus = Bus(Hub(), Time())
    bus.publish([(ThreadChanged(ThreadId(3), 8), ()), (PeopleChanged(), (ToTeam(),))])
    bus.say_typing(CHAT, Author("visitor", LUCIA))
    assert not bus.told
    assert bus.well is None


def test_a_commit_becomes_words_of_kinds_and_numbers() -> None:
    bus, said = speaking()
    batch: list[tuple[Any, tuple[Any, ...]]] = [
        (ThreadChanged(ThreadId(3), 8), ()),
        (ThreadRead(CHAT, None, Mark(Author("operator", ANA), 4, 2, 0)), ()),
        (ThreadRead(CHAT, 9, Mark(Author("operator", ANA), 4, 2, 0)), ()),
        (RightsChanged(ANA), ()),
        (SessionsEnded(ANA, b"\x01\xff"), ()),
        (SessionsEnded(ANA), ()),
        (SessionsEnded(ANA, disabled=True), ()),
        (PeopleChanged(), (ToTeam(),)),
        (RepliesChanged(), (ToTeam(),)),
        (SettingsChanged(), (ToTeam(),)),
        (DraftsChanged(), (ToOperators(frozenset((ANA,))),)),
        (WidgetVisitorChanged(blocked=True), (ToVisitor(LUCIA),)),
    ]
    bus.publish(batch)
    assert said == ["t3.8", "m5.1", "r1", "s1.01ff", "s1.", "s1..d", "p", "q", "c", "d1", "b7"]


def test_only_a_version_that_follows_what_was_told_counts_as_told() -> None:
    bus, _ = speaking()
    thread = ThreadId(3)
    bus.publish([(ThreadChanged(thread, 8), ())])
    assert thread not in bus.told, "what came before it may be another process's"
    bus.note_told(thread, 8)
    bus.publish([(ThreadChanged(thread, 9), ())])
    assert bus.told[thread] == 9
    bus.publish([(ThreadChanged(thread, 11), ())])
    assert bus.told[thread] == 9


def test_a_thread_that_begins_here_is_told_here_from_its_first_version() -> None:
    bus, _ = speaking()
    thread = ThreadId(3)
    bus.publish([(ThreadChanged(thread, 1), ())])
    assert bus.told == {thread: 1}
    bus.publish([(ThreadChanged(thread, 2), ())])
    assert bus.told == {thread: 2}


def test_who_is_here_is_repeated() -> None:
    bus, said = speaking()
    bus.hub.add(VisitorSocket(LUCIA, NEVER))
    bus.repeat([(CHAT, ANA)])
    mine = said[0].split(".")[0][1:]
    assert said == [f"v{mine}.7.1", f"l{mine}.5.1.1"]


def test_a_visitor_who_comes_back_soon_was_never_gone_at_any_process() -> None:
    time = Time()
    bus, said = speaking(time)
    assert bus.come(LUCIA)
    bus.leave(LUCIA, silent=False)
    time.now += GONE_AFTER_S - 1
    assert gone(bus) == []
    assert bus.is_online(LUCIA)
    bus.repeat([])
    assert not bus.come(LUCIA)
    bus.leave(LUCIA, silent=False)
    time.now += GONE_AFTER_S - 1
    assert gone(bus) == []
    time.now += 1
    assert gone(bus) == [LUCIA]
    assert not bus.is_online(LUCIA)
    assert gone(bus) == []
    assert [word.split(".", 1)[1] for word in said] == ["7.1", "7.1", "7.0"]


def test_who_comes_back_while_their_readers_are_looked_up_was_never_gone() -> None:
    time = Time()
    bus, said = speaking(time)
    bus.come(LUCIA)
    bus.leave(LUCIA, silent=False)
    time.now += GONE_AFTER_S
    found = bus.list_gone(9)
    assert not bus.come(LUCIA)
    bus.leave(LUCIA, silent=False)
    bus.note_gone(found)
    assert bus.is_online(LUCIA)
    assert [word.split(".", 1)[1] for word in said] == ["7.1"]
    time.now += GONE_AFTER_S
    assert gone(bus) == [LUCIA]


def test_of_whom_nothing_was_heard_for_long_is_gone_at_once() -> None:
    bus, said = speaking()
    bus.come(LUCIA)
    bus.leave(LUCIA, silent=True)
    assert gone(bus) == [LUCIA]
    assert said[-1].endswith(".7.0")


def test_a_page_that_is_loaded_anew_at_another_process_is_no_news_at_either() -> None:
    time = Time()
    here, _ = speaking(time)
    there, _ = speaking(time)
    here.come(LUCIA)
    there.elsewhere.note_visitor("here", LUCIA, online=True)
    here.leave(LUCIA, silent=False)
    assert not there.come(LUCIA)
    here.elsewhere.note_visitor("there", LUCIA, online=True)
    assert here.is_here(LUCIA)
    time.now += GONE_AFTER_S
    assert gone(here) == [LUCIA]
    assert here.is_online(LUCIA)


def test_somebody_at_two_other_processes_is_there_until_both_say_otherwise() -> None:
    elsewhere = Elsewhere(Time())
    assert elsewhere.note_visitor("a", LUCIA, online=True)
    assert not elsewhere.note_visitor("b", LUCIA, online=True)
    assert not elsewhere.note_visitor("a", LUCIA, online=False)
    assert elsewhere.is_online(LUCIA)
    assert elsewhere.note_visitor("b", LUCIA, online=False)
    assert not elsewhere.is_online(LUCIA)
    assert not elsewhere.note_visitor("c", LUCIA, online=False)


def test_what_is_not_repeated_fades() -> None:
    time = Time()
    elsewhere = Elsewhere(time)
    elsewhere.note_visitor("a", LUCIA, online=True)
    assert elsewhere.note_looking("a", CHAT, ANA, looks=True)
    assert elsewhere.lookers(CHAT) == {ANA}
    time.now += FADES_AFTER_S / 2
    elsewhere.note_looking("a", CHAT, ANA, looks=True)
    time.now += FADES_AFTER_S / 2 + 1
    assert elsewhere.fade() == ({LUCIA}, set())
    assert not elsewhere.is_online(LUCIA)
    assert elsewhere.lookers(CHAT) == {ANA}
    time.now += FADES_AFTER_S
    assert elsewhere.fade() == (set(), {CHAT})
    assert elsewhere.lookers(CHAT) == set()


def test_who_sees_a_page_is_said_to_the_others_and_fades_where_it_is_not_repeated() -> None:
    time = Time()
    here, said = Bus(Hub(), time), list[str]()
    here.join(said.extend)
    presence, pages = Presence(here), [OperatorSocket(ANA, b"") for _ in range(2)]
    for page in pages:
        here.hub.add(page)
        presence.see(page, visible=True)
    (word,) = said
    elsewhere = Elsewhere(time)
    elsewhere.note_visible("here", OperatorId(int(word.split(".")[1])), visible=True)
    assert elsewhere.visible() == {ANA}
    presence.see(pages[0], visible=False)
    assert said == [word], "she sees the other one"
    presence.see(pages[1], visible=False)
    assert said == [word, f"{word[:-1]}0"]
    elsewhere.note_visible("there", ANA, visible=True)
    elsewhere.note_visible("here", ANA, visible=False)
    assert elsewhere.visible() == {ANA}
    time.now += FADES_AFTER_S + 1
    elsewhere.fade()
    assert elsewhere.visible() == set()


def test_who_sees_a_page_is_repeated() -> None:
    here, said = Bus(Hub(), Time()), list[str]()
    here.join(said.extend)
    page = OperatorSocket(ANA, b"")
    here.hub.add(page)
    Presence(here).see(page, visible=True)
    said.clear()
    here.repeat([])
    assert [word[0] for word in said] == ["w"]
