"""Badges, lists and threads of direct conversations: after whatever happens, what would be fetched now."""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

import pytest
from sqlalchemy import select

from recado.actions import direct_entries, direct_people, directs
from recado.db import signs, tables
from recado.domain.actors import Operator
from recado.domain.errors import Failure, NotFound
from recado.domain.events import DirectOwnChanged
from recado.domain.ids import DirectId
from tests.flows.direct_pages import boxes_of, direct_of
from tests.flows.talking import TALKS, Colleagues, says, started, talked
from tests.flows.test_retold import retold, versions
from tests.world import Told, World, canary, heard_by, holds, new_client_id


def own_retold(world: World, since: int) -> list[Told]:
    """What another process tells of how they stand for their readers."""
    found = []
    for one in world.recorder.told[since:]:
        if isinstance(one.event, DirectOwnChanged):
            (me,) = (person for person in world.team if one.reaches(person))
            told = world.see(signs.own_direct, one.event.direct, me.id)
            found += [heard_by(event, (audience,), world.members()) for event, audience in told]
    return found


@pytest.mark.parametrize("name", TALKS)
def test_after_it_every_page_shows_what_it_would_show_if_opened_now(world: World, name: str) -> None:
    which = TALKS[name].before(world)
    pages = Colleagues(world, [which])
    since = world.mark
    TALKS[name].do(world, which)
    pages.hear()
    pages.check()
    assert pages.gaps == 0
    pages.hear_again(since)
    pages.check()


@pytest.mark.parametrize("name", TALKS)
def test_pages_of_another_process_show_what_they_would_show_if_opened_now(world: World, name: str) -> None:
    which = TALKS[name].before(world)
    pages, before, since = Colleagues(world, [which]), versions(world), world.mark
    TALKS[name].do(world, which)
    pages.hear_instead(retold(world, before) + own_retold(world, since))
    pages.check()
    assert pages.gaps == 0


def test_a_page_that_missed_something_notices_and_catches_up(world: World) -> None:
    which = talked(world)
    pages = Colleagues(world, [which])
    says(world, world.ana, which, "missed")
    pages.hear_instead([])
    says(world, world.ana, which, "heard")
    pages.hear()
    pages.check()
    assert pages.gaps > 0


def test_the_pages_are_not_alike_for_want_of_anything_to_show(world: World) -> None:
    talked(world)
    team = (world.ana, world.bruno, world.clara, world.sara, world.adela)
    found = [[len(boxes_of(world, one)[box]) for box in ("inbox", "sent", "archived")] for one in team]
    assert found == [[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert boxes_of(world, world.ana)["counts"] == {"inbox": 1, "archived": 0}


class Turn(NamedTuple):
    """Somebody's turn: a direct conversation, what stands there, and a number that decides the rest."""

    world: World
    me: Operator
    which: DirectId
    number: int

    @property
    def colleague(self) -> Operator:
        return self.world.team[self.number % 5]


def _own_of(turn: Turn) -> tuple[Operator, DirectId, int, int]:
    """A message that somebody has said, and how often it was edited."""
    of = tables.messages.c
    said = (
        select(tables.directs.c.id, of.author_id, of.seq, of.edits)
        .select_from(tables.messages.join(tables.directs, tables.directs.c.thread_id == of.thread_id))
        .where(of.kind == "note", of.gone.is_(None))
        .order_by(of.id.desc())
    )
    found = turn.world.see(lambda conn: conn.execute(said.limit(8)).all())
    if not found:
        raise NotFound
    which, author, seq, edits = found[turn.number % len(found)]
    return next(one for one in turn.world.team if one.id == author), which, seq, edits


def edit(turn: Turn) -> object:
    me, which, seq, edits = _own_of(turn)
    return turn.world.act(direct_entries.edit, me, which, seq, f"line {turn.world.mark}", edits)


def delete(turn: Turn) -> object:
    me, which, seq, _ = _own_of(turn)
    return turn.world.act(direct_entries.delete, me, which, seq)


def undo(turn: Turn) -> object:
    me, which, seq, _ = _own_of(turn)
    return turn.world.act(direct_entries.undo, me, which, seq)


def say(turn: Turn) -> object:
    quotes = turn.number % 7 or None
    return says(turn.world, turn.me, turn.which, f"line {turn.world.mark}", quotes=quotes)


def add(turn: Turn) -> object:
    from_start = turn.number % 2 == 0
    return turn.world.act(direct_people.add, turn.me, turn.which, [turn.colleague.id], from_start=from_start)


MOVES: dict[str, Callable[[Turn], object]] = {
    "start": lambda turn: started(turn.world, turn.colleague, turn.world.bruno),
    "say": say,
    "read": lambda turn: turn.world.act(directs.read, turn.me, turn.which, 1 + turn.number % 12),
    "put away": lambda turn: turn.world.act(directs.put_away, turn.me, turn.which),
    "bring back": lambda turn: turn.world.act(directs.bring_back, turn.me, turn.which),
    "hear": lambda turn: turn.world.act(directs.hear, turn.me, turn.which, ("all", "none")[turn.number % 2]),
    "rename": lambda turn: turn.world.act(direct_people.rename, turn.me, turn.which, f"No. {turn.number}"),
    "add": add,
    "leave": lambda turn: turn.world.act(direct_people.leave, turn.me, turn.which),
    "edit": edit,
    "delete": delete,
    "undo": undo,
}
USUAL = (*MOVES, "say", "say", "say", "read", "read", "add", "undo")
STORIES = {"sqlite": 12, "postgresql": 2}


def _all(world: World) -> list[DirectId]:
    return [DirectId(row[0]) for row in world.see(lambda conn: conn.execute(select(tables.directs.c.id)).all())]


def _drawn(world: World, chance: Random, verb: str) -> Iterator[Turn]:
    """Some turns to be tried, of those whom it is about or might be."""
    there = tables.direct_people.c
    putting = there.archived_at.is_not(None) if verb == "bring back" else there.left_at.is_(None)
    people = world.see(lambda conn: conn.execute(select(there.operator_id, there.direct_id).where(putting)).all())
    for _ in range(4):
        who, which = chance.choice(people[-12:]) if people else (world.ana.id, _all(world)[-1])
        me = next(one for one in world.team if one.id == who) if chance.random() < 0.9 else chance.choice(world.team)
        yield Turn(world, me, DirectId(which), chance.randrange(60))


def _take(turn: Turn, verb: str) -> bool:
    since = turn.world.mark
    try:
        MOVES[verb](turn)
    except Failure:
        assert turn.world.mark == since, "it was refused, and told of"
        return False
    return turn.world.mark > since


def test_unread_badges_counts_and_threads_equal_a_fresh_load_whatever_colleagues_do(world: World) -> None:
    done: Counter[str] = Counter()
    started(world)
    for number in range(STORIES[world.database.kind]):
        chance, story = Random(number), list[str]()
        here, elsewhere = Colleagues(world, _all(world)), Colleagues(world, _all(world))
        for verb in chance.choices(USUAL, k=40):
            before, since = versions(world), world.mark
            turn = next((turn for turn in _drawn(world, chance, verb) if _take(turn, verb)), None)
            if turn is not None:
                done[verb] += 1
                story.append(f"{verb} {turn[1:]}")
            here.hear()
            elsewhere.hear_instead(retold(world, before) + own_retold(world, since))
            for pages in (here, elsewhere):
                pages.open_what_is_new(_all(world))
        try:
            for pages in (here, elsewhere):
                pages.check()
                assert pages.gaps == 0
        except AssertionError as error:
            error.add_note(f"in story {number}: {story}")
            raise
    assert set(done) == set(MOVES) or world.database.kind != "sqlite", done


def test_nobody_ever_reads_what_was_said_before_they_came(world: World) -> None:
    """Also not by what quotes it, by edits of it, or by the line that lists show."""
    word = canary()
    which = world.act(directs.start, world.ana, new_client_id(), [world.bruno.id], word).sent.direct.id
    says(world, world.bruno, which, f"{word} quoted", quotes=1)
    since = world.mark
    world.act(direct_people.add, world.ana, which, [world.sara.id], from_start=False)
    says(world, world.ana, which, "Hello Sara")
    world.act(direct_entries.edit, world.ana, which, 1, f"{word} edited", 0)
    world.act(direct_entries.delete, world.ana, which, 4)
    assert holds(world.recorder.heard(world.bruno, since), word)
    assert not holds(world.recorder.heard(world.sara, since), word)
    assert not holds(str(direct_of(world, world.sara, which)) + str(boxes_of(world, world.sara)), word)
    with pytest.raises(Failure):
        says(world, world.sara, which, "What was that?", quotes=1)


def test_a_message_that_is_taken_back_is_unread_to_nobody(world: World) -> None:
    which = started(world)
    assert boxes_of(world, world.bruno)["counts"]["inbox"] == 1
    world.act(direct_entries.undo, world.ana, which, 1)
    assert boxes_of(world, world.bruno)["counts"] == {"inbox": 0, "archived": 0}
