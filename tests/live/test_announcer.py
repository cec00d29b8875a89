"""What other processes have stored is told here, whatever one thread holds."""

from typing import Any

import pytest
from sqlalchemy import text

from recado.actions import attachments, notices
from recado.domain.errors import Busy
from recado.domain.events import (
    ConversationClaimed,
    DraftsChanged,
    NoticesChanged,
    PeopleChanged,
    RepliesChanged,
    SettingsChanged,
    ToOperators,
    VisitorPresence,
)
from recado.domain.ids import ThreadId, VisitorId
from recado.live.hub import VisitorSocket
from recado.workers.announcer import Announcer
from recado.workers.quietly import quietly
from tests.sending import has_sent
from tests.world import Chat, World


def thread_of(world: World, chat: Chat) -> ThreadId:
    which = text("SELECT thread_id FROM conversations WHERE id = :id")
    return ThreadId(world.see(lambda conn: conn.execute(which, {"id": chat.id}).scalar_one()))


async def busy(*_: Any) -> None:
    raise Busy


async def test_a_thread_that_cannot_be_read_keeps_no_other_from_being_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange, plain = world.attended(world.ana, world.lucia), world.attended(world.ana, world.julian)
    later = text("UPDATE messages SET activity = :line WHERE thread_id = :thread AND kind = 'activity'")
    line = '{"kind": "of_a_later_release", "operator": 1}'
    thread = thread_of(world, strange)
    world.database.write_blocking(lambda tx: tx.conn.execute(later, {"line": line, "thread": thread}))
    announcer, told = Announcer(world.desk), []
    monkeypatch.setattr(world.desk.hub, "tell", lambda event, *_: told.append(event))
    for which in (thread, thread_of(world, plain)):
        announcer._note(which, 2)
    await announcer._tell_some()
    assert {event.conversation.id for event in told if isinstance(event, ConversationClaimed)} == {plain.id}
    assert announcer._due == {}


async def test_a_sign_that_could_not_be_looked_up_is_told_once_the_store_can_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = world.attended(world.ana)
    announcer, told = Announcer(world.desk), []
    monkeypatch.setattr(world.desk.hub, "tell", lambda event, *_: told.append(event))

    with monkeypatch.context() as away:
        away.setattr(world.desk, "see", busy)
        for online in "101":
            announcer._hear(f"vp2.{world.lucia.id}.{online}")
            with pytest.raises(Busy):
                await announcer._tell_some()
    await announcer._tell_some()
    assert told == [VisitorPresence(chat.id, online=True)]
    await announcer._tell_some()
    assert len(told) == 1


async def test_who_is_here_too_is_no_news_when_another_process_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = world.attended(world.ana)
    announcer, told = Announcer(world.desk), []
    monkeypatch.setattr(world.desk.hub, "tell", lambda event, *_: told.append(event))
    page = VisitorSocket(world.lucia.id, 2**62)
    world.desk.hub.add(page)
    for online in "101":
        announcer._hear(f"vp2.{world.lucia.id}.{online}")
        await announcer._tell_some()
    assert told == []
    world.desk.hub.remove(page)
    announcer._hear(f"vp2.{world.lucia.id}.0")
    await announcer._tell_some()
    assert told == [VisitorPresence(chat.id, online=False)]


def test_signs_are_bounded_while_the_store_cannot_be_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recado.workers.announcer.SIGNS_MAX", 3)
    announcer = Announcer(world.desk)
    for visitor in (1, 2, 3, 1, 4, 5):
        announcer._sign_presence(VisitorId(visitor))
    assert list(announcer._signs) == [("v", 1), ("v", 4), ("v", 5)]


async def test_what_is_stored_after_the_start_is_told_however_late_the_first_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = thread_of(world, world.attended(world.ana, world.lucia))
    announcer, told = Announcer(world.desk), []
    await announcer._prime()
    changed = thread_of(world, world.attended(world.ana, world.julian))
    world.rules(reopen_days=3)
    monkeypatch.setattr(world.desk.hub, "tell", lambda event, *_: told.append(event))
    with monkeypatch.context() as away:
        away.setattr(world.desk, "see", busy)
        with pytest.raises(Busy):
            await announcer._look()
    await announcer._look()
    assert announcer._due.keys() == {changed} != {known}
    assert told == [SettingsChanged()]


async def test_and_where_nothing_could_be_read_at_the_start_all_of_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = thread_of(world, world.attended(world.ana, world.lucia))
    announcer, told = Announcer(world.desk), []
    monkeypatch.setattr(world.desk.hub, "tell", lambda event, *_: told.append(event))
    with monkeypatch.context() as away:
        away.setattr(world.desk, "see", busy)
        assert not await quietly(announcer._prime)
    await announcer._look()
    assert announcer._due.keys() == {known}
    assert told == [PeopleChanged(), RepliesChanged(), SettingsChanged()]


async def test_files_that_have_come_into_a_draft_or_left_it_are_told_their_writer_also_where_the_word_was_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat, other = world.attended(world.ana), world.attended(world.bruno, world.julian)
    has_sent(world, world.bruno, other, mode="answer")
    announcer, told = Announcer(world.desk), []
    await announcer._prime()
    await announcer._look()

    async def found() -> list[Any]:
        """What two looks tell of what another process has done."""
        with monkeypatch.context() as patched:
            patched.setattr(world.desk.hub, "tell", lambda *said: told.append(said))
            await announcer._look()
            await announcer._look()
        return [told.pop() for _ in told.copy()]

    assert await found() == []
    news = [(DraftsChanged(), ToOperators(frozenset((world.ana.id,))))]
    which = has_sent(world, world.ana, chat, mode="answer")
    assert await found() == news
    world.act(attachments.cancel, world.ana, which)
    assert await found() == news


async def test_what_somebody_has_chosen_is_told_their_pages_also_where_the_word_was_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    announcer, told = Announcer(world.desk), []
    await announcer._prime()
    monkeypatch.setattr(world.desk.hub, "tell", lambda *said: told.append(said))
    await announcer._look()
    await announcer._tell_some()
    assert told == []
    now = world.act(notices.disturb_not, world.ana, world.clock() + 3_600_000_000)
    told.clear()  # of what was told here at once
    for _ in range(2):
        await announcer._look()
        await announcer._tell_some()
    assert told == [(NoticesChanged(now), ToOperators(frozenset((world.ana.id,))))]
    announcer._hear(f"n{world.ana.id}")
    await announcer._tell_some()
    assert len(told) == 2


def test_who_sees_a_page_at_another_process_is_known_here(small_world: World) -> None:
    announcer = Announcer(small_world.desk)
    announcer._hear(f"wother.{small_world.ana.id}.1 wother.{small_world.bruno.id}.1")
    assert small_world.desk.presence.seeing() == {small_world.ana.id, small_world.bruno.id}
    announcer._hear(f"wother.{small_world.ana.id}.0")
    assert small_world.desk.presence.seeing() == {small_world.bruno.id}
