"""What a desk ought to do, written down plainly: no database, no sockets, no versions, one thing after the other.

`Model.do` takes a command and says how it is answered: None where it is done, else the code of the refusal. It is
written from what the product promises, not from its code, and shares nothing with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self


class Colleague(NamedTuple):
    """An operator: where they belong, and whether they supervise there."""

    number: int
    departments: frozenset[str]
    supervises: bool = False


class Command(NamedTuple):
    """Somebody asks for something. `talk` is the visitor whose conversation it is about: each has one."""

    who: str
    verb: str
    talk: str
    words: str = ""
    to: str | None = None
    """An operator to hand it to; None for a department."""
    department: str = ""
    seq: int = 0
    """The entry that is read up to, edited, deleted or taken back; or that an answer or a note quotes, if any."""


class Said(NamedTuple):
    """An entry: its kind, who wrote it (a name, or None for the desk itself), its words, and what became of it."""

    kind: str
    author: str | None
    words: str
    edits: int = 0
    gone: str | None = None
    quotes: int | None = None
    files: int = 0


@dataclass
class Talk:
    """A visitor's conversation."""

    department: str
    since: int
    status: str = "waiting"
    owner: str | None = None
    former: str | None = None
    entries: list[Said] = field(default_factory=list)
    lookers: set[str] = field(default_factory=set)
    marks: dict[str, int] = field(default_factory=dict)
    """Up to which entry everybody has read."""
    changed: int = 0

    def copy(self) -> Self:
        return replace(self, entries=[*self.entries], lookers={*self.lookers}, marks={**self.marks})

    @property
    def held(self) -> bool:
        return self.status in {"attending", "paused"}

    def inbound(self, up_to: int | None = None) -> int:
        """How many of the visitor's entries there are, activity included, up to a place."""
        return sum(one.author is not None and one.author.startswith("visitor") for one in self.entries[:up_to])


class Refusal(Exception):  # noqa: N818 - an answer, not an error
    """How a command is refused."""


@dataclass
class Model:
    """The whole desk."""

    team: dict[str, Colleague]
    homes: dict[str, str]
    """Where each visitor's chat leads."""
    look_in: frozenset[str]
    """The departments whose supervisors may look in."""
    talks: dict[str, Talk] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    moment: int = 0

    def copy(self) -> Self:
        """Another one that can go its own way; what is never changed is shared."""
        return replace(self, talks={name: talk.copy() for name, talk in self.talks.items()}, blocked={*self.blocked})

    def reads(self, who: str, talk: Talk) -> bool:
        """Who reads what."""
        if talk.status == "waiting":
            return talk.department in self.team[who].departments
        return talk.owner == who or (talk.held and who in talk.lookers)

    def readable(self, who: str) -> dict[str, Talk]:
        """The conversations that somebody, operator or visitor, may read now."""
        if who in self.team:
            return {name: talk for name, talk in self.talks.items() if self.reads(who, talk)}
        return {name: talk for name, talk in self.talks.items() if name == who}

    def do(self, command: Command) -> str | None:
        """Do it, or say why not; then nothing has changed."""
        self.moment += 1
        try:
            getattr(self, f"_{command.verb}")(command)
        except Refusal as refusal:
            return str(refusal)
        return None

    # ── visitors ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _write(self, asked: Command) -> None:
        who = asked.who
        talk = self.talks.get(who)
        if who in self.blocked:
            raise Refusal("blocked")
        if talk is None:
            talk = self.talks[who] = Talk(self.homes[who], self.moment)
        elif talk.status == "closed":
            self._queue(talk)
            self._add(talk, "activity", who)
        elif talk.status == "paused":
            talk.status = "attending"
            self._add(talk, "activity", who)
        self._add(talk, "public", who, asked.words)

    def _see(self, asked: Command) -> None:
        """The visitor has seen all that there is."""
        talk = self._known(asked)
        public = [seq for seq, one in enumerate(talk.entries, 1) if one.kind == "public"]
        talk.marks[asked.who] = public[-1]

    # ── operators ────────────────────────────────────────────────────────────────────────────────────────────────

    def _answer(self, asked: Command) -> None:
        talk = self._open(asked)
        if talk.held and talk.owner != asked.who:
            raise self._refusal(asked, talk)
        quoted = self._quoted(asked, talk, {"public"})
        if talk.status == "waiting":
            self._hold(talk, asked.who)
            self._add(talk, "activity", asked.who)
        self._add(talk, "public", asked.who, asked.words, quoted)

    def _file(self, asked: Command) -> None:
        """An answer with a file."""
        self._answer(asked)
        talk = self.talks[asked.talk]
        talk.entries[-1] = talk.entries[-1]._replace(files=1)

    def _note(self, asked: Command) -> None:
        talk = self._readable(asked)
        self._add(talk, "note", asked.who, asked.words, self._quoted(asked, talk, {"public", "note"}))

    def _edit(self, asked: Command) -> None:
        talk, own = self._said(asked)
        if own.gone:
            raise Refusal("gone")
        if own.words != asked.words:
            talk.entries[asked.seq - 1] = own._replace(words=asked.words, edits=own.edits + 1)

    def _delete(self, asked: Command) -> None:
        self._take_out(asked, "deleted")

    def _undo(self, asked: Command) -> None:
        talk, own = self._said(asked)
        readers = {asked.talk} if own.kind == "public" else {*self.team} - {asked.who}
        if not own.gone and any(talk.marks.get(one, 0) >= asked.seq for one in readers):
            raise Refusal("seen")
        self._take_out(asked, "undone")

    def _take_out(self, asked: Command, how: str) -> None:
        talk, own = self._said(asked)
        if not own.gone:
            talk.entries[asked.seq - 1] = own._replace(words="", gone=how, quotes=None, files=0)

    def _claim(self, asked: Command) -> None:
        talk = self._open(asked)
        if talk.owner == asked.who:
            return
        if talk.held:
            raise self._refusal(asked, talk)
        self._hold(talk, asked.who)
        self._add(talk, "activity", asked.who)

    def _release(self, asked: Command) -> None:
        talk = self._to_move(asked)
        if talk.status != "waiting":
            self._queue(talk)
            self._add(talk, "activity", asked.who)

    def _transfer(self, asked: Command) -> None:
        talk = self._to_move(asked)
        if asked.to is not None and asked.department not in self.team[asked.to].departments:
            raise Refusal("invalid")
        if (talk.owner, talk.department) == (asked.to, asked.department):
            return
        if asked.words:
            self._add(talk, "note", asked.who, asked.words)
        talk.lookers.clear()
        talk.department = asked.department
        if asked.to is None:
            self._queue(talk)
        else:
            talk.former = talk.owner or talk.former
            self._hold(talk, asked.to)
        self._add(talk, "activity", asked.who)

    def _pause(self, asked: Command) -> None:
        talk = self._own(asked)
        if talk.status != "paused":
            talk.status = "paused"
            self._add(talk, "activity", asked.who)

    def _nap(self, asked: Command) -> None:
        """A pause that ends by itself, seen when it has."""
        talk = self._own(asked)
        self._add(talk, "activity", asked.who)
        talk.status = "attending"
        self._add(talk, "activity", None)

    def _resume(self, asked: Command) -> None:
        talk = self._own(asked)
        if talk.status == "paused":
            talk.status = "attending"
            self._add(talk, "activity", asked.who)

    def _close(self, asked: Command) -> None:
        talk = self._own(asked)
        if asked.words:
            self._add(talk, "note", asked.who, asked.words)
        talk.status = "closed"
        talk.lookers.clear()
        self._add(talk, "activity", asked.who)

    def _reopen(self, asked: Command) -> None:
        talk = self._readable(asked)
        if talk.owner != asked.who:
            raise self._refusal(asked, talk)
        if talk.status == "closed":
            if talk.department not in self.team[asked.who].departments:
                raise Refusal("not_found")
            if asked.talk in self.blocked:
                raise Refusal("blocked")
            talk.status = "attending"
            self._add(talk, "activity", asked.who)

    def _block(self, asked: Command) -> None:
        talk = self._readable(asked)
        if talk.held and talk.owner != asked.who:
            raise self._refusal(asked, talk)
        self.blocked.add(asked.talk)
        if talk.status != "closed":
            self._hold(talk, asked.who)
            talk.status = "closed"
            talk.lookers.clear()
        self._add(talk, "activity", asked.who)

    def _unblock(self, asked: Command) -> None:
        """Asked of a visitor who is blocked and has written to a department of whoever asks."""
        if not self.team[asked.who].supervises:
            raise Refusal("not_found")
        self.blocked.discard(asked.talk)

    def _look_in(self, asked: Command) -> None:
        talk, me = self._known(asked), self.team[asked.who]
        if not me.supervises:
            raise Refusal("not_found")
        allowed = talk.department in me.departments & self.look_in
        if not (allowed and talk.held and talk.owner != asked.who):
            raise self._refusal(asked, talk)
        if asked.who not in talk.lookers:
            talk.lookers.add(asked.who)
            self._add(talk, "activity", asked.who)

    def _look_away(self, asked: Command) -> None:
        talk = self.talks.get(asked.talk)
        if talk is not None and asked.who in talk.lookers:
            talk.lookers.discard(asked.who)
            self._add(talk, "activity", asked.who)

    def _read(self, asked: Command) -> None:
        talk = self._readable(asked)
        up_to = min(asked.seq, len(talk.entries))
        talk.marks[asked.who] = max(up_to, talk.marks.get(asked.who, 0))

    # ── what they have in common ─────────────────────────────────────────────────────────────────────────────────

    def _said(self, asked: Command) -> tuple[Talk, Said]:
        """What somebody has said in a conversation that they read."""
        talk = self._readable(asked)
        own = talk.entries[asked.seq - 1] if asked.seq <= len(talk.entries) else None
        if own is None or own.kind == "activity" or own.author != asked.who:
            raise Refusal("not_found")
        return talk, own

    def _quoted(self, asked: Command, talk: Talk, kinds: set[str]) -> int | None:
        if asked.seq == 0:
            return None
        quoted = talk.entries[asked.seq - 1] if asked.seq <= len(talk.entries) else None
        if quoted is None or quoted.kind not in kinds or quoted.gone:
            raise Refusal("invalid")
        return asked.seq

    def _known(self, asked: Command) -> Talk:
        talk = self.talks.get(asked.talk)
        if talk is None:
            raise Refusal("not_found")
        return talk

    def _readable(self, asked: Command) -> Talk:
        talk = self._known(asked)
        if not self.reads(asked.who, talk):
            raise self._refusal(asked, talk)
        return talk

    def _open(self, asked: Command) -> Talk:
        talk = self._readable(asked)
        if talk.status == "closed":
            raise Refusal("closed")
        return talk

    def _own(self, asked: Command) -> Talk:
        talk = self._readable(asked)
        if talk.owner != asked.who:
            raise self._refusal(asked, talk)
        if talk.status == "closed":
            raise Refusal("closed")
        return talk

    def _to_move(self, asked: Command) -> Talk:
        talk, me = self._known(asked), self.team[asked.who]
        mine = self.reads(asked.who, talk) and (talk.status == "waiting" or talk.owner == asked.who)
        if not mine and not (me.supervises and talk.held and talk.department in me.departments):
            raise self._refusal(asked, talk)
        if talk.status == "closed":
            raise Refusal("closed")
        return talk

    def _refusal(self, asked: Command, talk: Talk) -> Refusal:
        """A colleague of the same department has it; or there is nothing there."""
        known = talk.held and talk.owner != asked.who and talk.department in self.team[asked.who].departments
        return Refusal("taken" if known else "not_found")

    def _hold(self, talk: Talk, owner: str) -> None:
        talk.status, talk.owner = "attending", owner

    def _queue(self, talk: Talk) -> None:
        """It waits; whoever had it is remembered. What waits already goes on waiting since then."""
        if talk.status != "waiting":
            talk.since = self.moment
        talk.former = talk.owner or talk.former
        talk.status, talk.owner = "waiting", None
        talk.lookers.clear()

    def _add(self, talk: Talk, kind: str, author: str | None, words: str = "", quotes: int | None = None) -> None:
        talk.entries.append(Said(kind, author, words, quotes=quotes))
        talk.changed = self.moment
