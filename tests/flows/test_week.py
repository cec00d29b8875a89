"""A week among colleagues: whatever they say, change, take back, and whoever comes and goes, each reads what is theirs.

And all of it. Every text is a word of its own. Beside the store the test keeps its own account of who may read which,
by the rules as a person would tell them; what comes out of each door, and what is told, here and by another process,
is held to that.
"""

import re
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from msgspec.json import encode

from recado.actions import direct_entries, direct_people, directs, drafts
from recado.actions.customers import forget_ended
from recado.db import direct_people as people_rows
from recado.db import directs as rows
from recado.db import drafts as draft_rows
from recado.db import entries, entry_pages, finding, openings
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.directs import BOXES
from recado.domain.errors import Failure, NotFound, Refused
from recado.domain.ids import DirectId, OperatorId
from tests.flows.test_directs import own_retold
from tests.flows.test_retold import retold, versions
from tests.world import EPOCH, World, canary, new_client_id

DAYS, EACH_DAY = 7, {"sqlite": 50, "postgresql": 6}
HALF_AN_HOUR_S = 1_800
CANARY = re.compile(r"canary[0-9a-f]{16}")


class Line:
    """An entry as the account has it: who said it, its texts, the newest last.

    Of one that was deleted the texts are its history; of one that was taken back there are none.
    """

    def __init__(self, seq: int, author: int | None, word: str) -> None:
        self.seq, self.author, self.words, self.gone = seq, author, [word] if word else [], False


class Talk:
    """A direct conversation as the account has it: from where on each reads who takes part."""

    def __init__(self, which: DirectId, people: Iterable[int]) -> None:
        self.which, self.floors, self.name = which, dict.fromkeys(people, 0), ""
        self.lines: list[Line] = []

    def words_of(self, person: int) -> set[str]:
        floor = self.floors.get(person)
        if floor is None:
            return set()
        return {word for line in self.lines if line.seq > floor for word in line.words} | {self.name} - {""}

    def newest_of(self, person: int) -> set[str]:
        floor = self.floors.get(person, len(self.lines))
        return {line.words[-1] for line in self.lines if line.seq > floor and line.words and not line.gone}


class Week:
    """The store, the account of it, and what somebody does next."""

    def __init__(self, world: World, chance: Random) -> None:
        self.world, self.chance = world, chance
        self.talks: list[Talk] = []
        self.typed: dict[tuple[int, DirectId], str] = {}
        self.done: set[str] = set()
        self.verbs: dict[str, Callable[[Talk, Operator], object]] = {
            "say": self.say,
            "say again": self.say,
            "quote": self.quote,
            "edit": self.edit,
            "delete": self.delete,
            "undo": self.undo,
            "add": self.add,
            "leave": self.leave,
            "rename": self.rename,
            "type": self.type,
            "read": lambda talk, me: world.act(directs.read, me, talk.which, len(talk.lines)),
            "put away": lambda talk, me: world.act(directs.put_away, me, talk.which),
            "mute": lambda talk, me: world.act(directs.hear, me, talk.which, "none"),
        }

    def may_read(self, person: Operator) -> set[str]:
        typed = {word for (who, _), word in self.typed.items() if who == person.id}
        return typed.union(*(talk.words_of(person.id) for talk in self.talks))

    def turn(self) -> None:
        """Something happens, or is refused; what is told of it is no more than whoever hears it may read."""
        before, since, known = (
            {one: self.may_read(one) for one in self.world.team},
            self.world.mark,
            versions(self.world),
        )
        verb = "start" if self.chance.random() < 0.06 else self.chance.choice([*self.verbs, "undo"])
        try:
            if verb == "start" or not self.talks:
                self.start()
            else:
                talk = self.chance.choice(self.talks[-3:])
                taking = [one for one in self.world.team if one.id in talk.floors]
                me = self.chance.choice(taking if taking and self.chance.random() < 0.9 else list(self.world.team))
                self.verbs[verb](talk, me)
            self.done.add(verb)
        except Failure:
            pass
        told = retold(self.world, known) + own_retold(self.world, since)
        for one in self.world.team:
            heard = self.world.heard(one, since) + [event.event for event in told if event.reaches(one)]
            assert words_in(heard) <= before[one] | self.may_read(one), f"{one.name} hears of {verb}"
        for visitor in self.world.visitors:
            assert not words_in(self.world.heard(visitor, since)), verb

    # ── what they do ─────────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        me, word = self.chance.choice(self.world.team), canary()
        others = self.chance.sample([one.id for one in self.world.team if one != me], self.chance.randint(1, 3))
        which = self.world.act(directs.start, me, new_client_id(), others, word).sent.direct.id
        self.talks.append(Talk(which, [me.id, *others]))
        self.talks[-1].lines.append(Line(1, me.id, word))

    def say(self, talk: Talk, me: Operator, quotes: int | None = None) -> None:
        word = canary()
        named = [one for one in talk.floors if self.chance.random() < 0.2]
        sent = self.world.act(directs.post, me, talk.which, new_client_id(), word, named, quotes).sent
        talk.lines.append(Line(sent.entry.seq, me.id, word))

    def quote(self, talk: Talk, me: Operator) -> None:
        self.say(talk, me, quotes=self.chance.choice(talk.lines).seq)

    def edit(self, talk: Talk, me: Operator) -> None:
        line, word = self.mine(talk, me), canary()
        self.world.act(direct_entries.edit, me, talk.which, line.seq, word, len(line.words) - 1)
        line.words.append(word)

    def delete(self, talk: Talk, me: Operator) -> None:
        line = self.mine(talk, me)
        self.world.act(direct_entries.delete, me, talk.which, line.seq)
        line.gone = True

    def undo(self, talk: Talk, me: Operator) -> None:
        line = self.mine(talk, me)
        self.world.act(direct_entries.undo, me, talk.which, line.seq)
        line.words, line.gone = [], True

    def mine(self, talk: Talk, me: Operator) -> Line:
        """Mostly what one said last; now and then somebody else's."""
        said = [line for line in talk.lines if not line.gone and (line.author == me.id or self.chance.random() < 0.05)]
        if not said:
            raise NotFound
        return said[-1]

    def add(self, talk: Talk, me: Operator) -> None:
        new, from_start = self.chance.choice(self.world.team).id, self.chance.random() < 0.5
        self.world.act(direct_people.add, me, talk.which, [new], from_start=from_start)
        if new not in talk.floors:
            talk.floors[new] = talk.floors[me.id] if from_start else len(talk.lines)
            talk.lines.append(Line(len(talk.lines) + 1, None, ""))

    def leave(self, talk: Talk, me: Operator) -> None:
        self.world.act(direct_people.leave, me, talk.which)
        del talk.floors[me.id]
        talk.lines.append(Line(len(talk.lines) + 1, None, ""))

    def rename(self, talk: Talk, me: Operator) -> None:
        word = canary()
        self.world.act(direct_people.rename, me, talk.which, word)
        talk.name = word
        talk.lines.append(Line(len(talk.lines) + 1, None, word))

    def type(self, talk: Talk, me: Operator) -> None:
        word = canary()
        self.world.act(drafts.save_among_colleagues, me, talk.which, word)
        self.typed[me.id, talk.which] = word

    # ── what they see ────────────────────────────────────────────────────────────────────────────────────────────

    def check(self) -> None:
        for one in self.world.team:
            seen = words_in([self.opened(one), self.seen(one)])
            allowed = self.may_read(one)
            assert seen <= allowed, f"{one.name} reads what is not theirs"
            there = set().union(*(talk.newest_of(one.id) for talk in self.talks))
            assert there <= seen, f"{one.name} has lost something"
            assert {word for (who, _), word in self.typed.items() if who == one.id} <= seen, f"{one.name}'s drafts"

    def opened(self, me: Operator) -> list[Any]:
        """All that one's lists, drafts and searches give."""
        see = self.world.see
        found: list[Any] = [see(rows.list_box, me, box, None, 200) for box in BOXES]
        found += [see(rows.count, me), see(people_rows.list_contacts, me), see(draft_rows.list_for, me, "direct")]
        found += [see(openings.open_desk, me, EPOCH), see(finding.find_by_name, me, "canary")]
        return found + [
            see(rows.list_with, me, [OperatorId(one) for one in sorted(talk.floors)], 50) for talk in self.talks
        ]

    def seen(self, me: Operator) -> list[Any]:
        """All that each conversation gives, whoever takes part, asked for in every way that there is."""
        found: list[Any] = []
        for talk in self.talks:
            try:
                mine = self.world.see(rows.get, me, talk.which)
            except Refused:
                assert me.id not in talk.floors
                continue
            assert mine.own.floor == talk.floors[me.id]
            thread, floor = mine.direct.counters.thread, mine.own.floor
            found.append(self.world.see(openings.open_direct, me, talk.which, EPOCH))
            found.append(self.world.see(openings.list_direct_changes, me, talk.which, 0, EPOCH))
            places = (entry_pages.Place(before=2**62), entry_pages.Place(after=1), entry_pages.Place(around=2))
            found += [self.world.see(entry_pages.read, thread, place, 200, floor) for place in places]
            shown = [line.seq for line in talk.lines if line.seq > floor]
            found += [self.world.see(entries.list_versions, thread.id, seq) for seq in shown]
        return found


def words_in(what: object) -> set[str]:
    return set(CANARY.findall(encode(what, enc_hook=repr).decode()))


def test_a_week_of_talk_leaks_nothing_and_loses_nothing(world: World) -> None:
    week = Week(world, Random(2))
    for _ in range(DAYS):
        for _ in range(EACH_DAY[world.database.kind]):
            week.turn()
            world.clock.pass_s(week.chance.choice((1, 1, 1, 1, 5, HALF_AN_HOUR_S)))
        world.act(forget_ended, SYSTEM)
        week.check()
    assert week.done == {*week.verbs, "start"} or world.database.kind != "sqlite", week.done
