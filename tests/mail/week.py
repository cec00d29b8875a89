"""What people do to each other in a week, and what each may be told of it: kept beside the desk, from what they did."""

import random
import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from demo.mail.smtp import CUT, CUT_AFTER, Mail
from recado.actions import direct_entries, direct_people, notices, people
from recado.actions.notices import NoticesChanges
from recado.actions.people import OperatorChanges
from recado.domain.actors import Operator
from recado.domain.errors import Refused
from recado.domain.ids import DirectId
from recado.domain.notices import Chosen, Quiet
from tests.mail.posts import mail_address, read, reads, says, talk, text_of
from tests.world import World, canary

SECOND = 1_000_000
MINUTE_US = 60 * SECOND
DAY_MINUTES = 24 * 60
CANARY = re.compile(r"canary[0-9a-f]{16}")


class Message(NamedTuple):
    """Something that was said."""

    seq: int
    at: int
    author: int
    word: str


class Reader:
    """One who takes part in a conversation: from where on they read, up to where they have, and since when not."""

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self.mark = floor
        self.run = 0
        """The number of the run that is open; 0 for none."""
        self.excused = False
        """Whether something happened in this run after which nobody need be told of it."""


class Told(NamedTuple):
    """An e-mail that arrived in a run."""

    person: int
    direct: DirectId
    run: int
    message_id: str


class Week:
    """A week of three people, and of a server that does not always do what it should."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.people = [world.ana, world.bruno, world.clara]
        self.readers: dict[DirectId, dict[int, Reader]] = {}
        self.said: dict[DirectId, list[Message]] = {}
        self.disabled: set[int] = set()
        self.quiet: dict[int, tuple[int, int]] = {}
        self.dnd: dict[int, int] = {}
        self.told: list[Told] = []
        self.unclear: set[str] = set()
        self.faulty = True
        self.runs = 0
        for circle in (self.people, self.people[:2], self.people[1:]):
            self._begin(circle)

    # ── what people do ───────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, circle: list[Operator]) -> None:
        word = canary()
        which = talk(self.world, circle[0], *circle[1:], body=word)
        self.readers[which] = {one.id: Reader(0) for one in circle}
        self.said[which] = []
        self._note(which, circle[0], 1, word)

    def step(self) -> None:
        """Something happens; what is refused has not happened."""
        deeds: list[tuple[int, Callable[[], None]]] = [
            (30, self._say),
            (14, self._read),
            (4, self._leave),
            (4, self._add),
            (3, self._take_out),
            (2, self._disable),
            (4, self._rest),
            (40, self._wait),
        ]
        weights, found = zip(*deeds, strict=True)
        try:
            self.chance.choices(found, weights)[0]()
        except Refused:
            return

    def _pick(self) -> tuple[DirectId, Operator]:
        which = self.chance.choice(list(self.readers))
        here = [one for one in self.people if one.id in self.readers[which] and one.id not in self.disabled]
        if not here:
            raise Refused
        return which, self.chance.choice(here)

    def _say(self) -> None:
        (which, author), word = self._pick(), canary()
        self._note(which, author, says(self.world, author, which, word), word)

    def _note(self, which: DirectId, author: Operator, seq: int, word: str) -> None:
        self.said[which].append(Message(seq, self.world.desk.clock(), author.id, word))
        for person, reader in self.readers[which].items():
            if person == author.id:
                # Whoever writes has seen no more of what others wrote than before.
                reader.mark = reader.mark if reader.run else seq
            elif not reader.run:
                self._open(person, reader)

    def _open(self, person: int, reader: Reader) -> None:
        self.runs += 1
        reader.run, reader.excused = self.runs, person in self.disabled

    def _read(self) -> None:
        which, person = self._pick()
        reader, last = self.readers[which][person.id], self.said[which][-1].seq if self.said[which] else 1
        seq = last if self.chance.random() < 0.8 else self.chance.randint(1, last)
        reads(self.world, person, which, seq)
        reader.mark = max(reader.mark, seq)
        if not self._unread(which, person.id):
            reader.run = 0

    def _leave(self) -> None:
        which, person = self._pick()
        self.world.act(direct_people.leave, person, which)
        del self.readers[which][person.id]

    def _add(self) -> None:
        which, person = self._pick()
        new = next((one for one in self.people if one.id not in self.readers[which]), None)
        if new is None:
            return
        whole = self.chance.random() < 0.5
        floor = self.readers[which][person.id].floor if whole else 10**9
        self.world.act(direct_people.add, person, which, [new.id], from_start=whole)
        last = max((one.seq for one in self.said[which]), default=0)
        reader = self.readers[which][new.id] = Reader(min(floor, last))
        if any(one.seq > reader.floor and one.author != new.id for one in self.said[which]):
            self._open(new.id, reader)

    def _take_out(self) -> None:
        """Delete the last of one's own words, or take them back."""
        which, person = self._pick()
        mine = [one for one in self.said[which] if one.author == person.id]
        if not mine:
            return
        last, undo = mine[-1], self.chance.random() < 0.5
        self.world.act(direct_entries.undo if undo else direct_entries.delete, person, which, last.seq)
        self.said[which].remove(last)
        for one, reader in self.readers[which].items():
            if not self._unread(which, one):
                # One that was deleted still counts as unread, one that was taken back does not.
                reader.run, reader.excused = (0, False) if undo else (reader.run, True)

    def _unread(self, which: DirectId, person: int) -> list[Message]:
        reader = self.readers[which].get(person)
        if reader is None:
            return []
        return [one for one in self.said[which] if one.seq > reader.mark and one.author != person]

    def _disable(self) -> None:
        clara = self.world.clara.id
        disabled = clara not in self.disabled
        self.world.act(people.change_operator, self.world.adela, clara, OperatorChanges(disabled=disabled))
        self.disabled ^= {clara}
        for readers in self.readers.values():
            if clara in readers:
                readers[clara].excused = True

    def _rest(self) -> None:
        _, person = self._pick()
        if self.chance.random() < 0.5:
            until = self.chance.choice([None, self.world.clock() + self.chance.randint(1, 12) * 60 * MINUTE_US])
            self.world.act(notices.disturb_not, person, until)
            self.dnd[person.id] = until or 0
            return
        start, end = self.chance.sample(range(DAY_MINUTES), 2)
        quiet = self.chance.choice([None, Quiet(start, end, list(range(7)))])
        self.world.act(notices.change, person, NoticesChanges(Chosen(quiet=quiet)))
        self.quiet[person.id] = (quiet.start, quiet.end) if quiet else (0, 0)

    def _wait(self) -> None:
        self.world.clock.pass_s(self.chance.choice([5, 30, 61, 200, 3600, 6 * 3600]) * self.chance.random())

    # ── what the server does ─────────────────────────────────────────────────────────────────────────────────────

    def cue(self, step: str, mail: Mail) -> str | None:
        """Fail now and then; that a mail was taken is kept from the desk once for each at most."""
        if not self.faulty or step == "body" or self.chance.random() > 0.15:
            return None
        if step != "end":
            return self.chance.choice(["450 later", CUT])
        number = str(read(mail)["Message-ID"])
        if number in self.unclear or self.chance.random() < 0.5:
            return "451 later"
        self.unclear.add(number)
        return CUT_AFTER

    # ── what may be told ─────────────────────────────────────────────────────────────────────────────────────────

    def judge(self, mail: Mail) -> None:
        """That this e-mail may arrive at this moment: its reader takes part, has not seen it, and may be disturbed."""
        (person,) = (one.id for one in self.world.team if mail.to == (mail_address(one),))
        number, now = str(read(mail)["Message-ID"]), self.world.desk.clock()
        words = set(CANARY.findall(text_of(mail)))
        assert person not in self.disabled
        assert not self.is_quiet(person, now) or not self.is_quiet(person, now - 2 * SECOND)
        assert words
        found = {which: words & {one.word for one in said} for which, said in self.said.items()}
        (which,) = (one for one, theirs in found.items() if theirs)
        unread = self._unread(which, person)
        assert words <= {one.word for one in unread}, "it was seen, or is not theirs to read"
        assert now - min(one.at for one in unread) >= MINUTE_US - SECOND
        self.told.append(Told(person, which, self.readers[which][person].run, number))

    def is_quiet(self, person: int, now: int) -> bool:
        """Whether somebody is not to be disturbed at a moment, in UTC."""
        minute = now // MINUTE_US % DAY_MINUTES
        start, end = self.quiet.get(person, (0, 0))
        within = start <= minute < end if start <= end else minute >= start or minute < end
        return within or now < self.dnd.get(person, 0)

    def judge_all(self, crashes: int) -> None:
        """That each run was told once, none twice, but for what was sent when the desk could not know; none is lost."""
        numbers = {(one.person, one.direct, one.run): one.message_id for one in reversed(self.told)}
        for one in self.told:
            assert one.message_id == numbers[one.person, one.direct, one.run], "a run was told twice"
        again = Counter(one.message_id for one in self.told)
        assert sum(again.values()) - len(again) <= len(self.unclear) + crashes
        for which, readers in self.readers.items():
            for person, reader in readers.items():
                if reader.run and not reader.excused and self._unread(which, person):
                    assert (person, which, reader.run) in numbers, "nobody was told"
