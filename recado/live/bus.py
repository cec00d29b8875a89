"""Several processes, one desk: what each says to the others, and what each knows of who is at the others.

Words say that something is worth a look, by kinds and numbers; nothing of anybody's is in them. Each process that hears
one reads the rows and decides from them who hears what. Words may be lost: what they speak of is then found a second
later by looking (`workers/announcer.py`). Where one process has the database to itself, nothing is said.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence

from recado.domain.actors import Author
from recado.domain.events import (
    DirectOwnChanged,
    DraftsChanged,
    Event,
    NoticesChanged,
    PeopleChanged,
    RepliesChanged,
    RightsChanged,
    SessionsEnded,
    SettingsChanged,
    ThreadChanged,
    ThreadRead,
    ToOperators,
    ToVisitor,
)
from recado.domain.ids import ConversationId, OperatorId, ThreadId, VisitorId
from recado.domain.outward_events import WidgetVisitorChanged
from recado.live.elsewhere import Elsewhere
from recado.live.hub import Hub

TOLD_MAX = 50_000
GONE_AFTER_S = 10.0
"""A visitor whose last page has closed counts as there for so long: a page that is loaded anew rings nobody."""
HELLO = "h"
NEWS: Mapping[str, Event] = {"p": PeopleChanged(), "q": RepliesChanged(), "c": SettingsChanged()}
"""What the whole team is told as it is, by the word for it between processes."""
_WORDS = {type(event): word for word, event in NEWS.items()}


def _word_of_own(event: DirectOwnChanged | DraftsChanged | NoticesChanged, operator: OperatorId) -> str:
    """Return the word for what only one operator's pages hear."""
    match event:
        case DirectOwnChanged(which):
            return f"o{which}.{operator}"
        case DraftsChanged():
            return f"d{operator}"
        case NoticesChanged():
            return f"n{operator}"


class Bus:
    """Tells the pages of this process what has been stored here, and the other processes that there is news."""

    def __init__(self, hub: Hub, clock: Callable[[], float]) -> None:
        self.hub = hub
        self.elsewhere = Elsewhere(clock)
        self.told: dict[ThreadId, int] = {}
        """The version up to which all of a thread's changes have been told here, whoever made them."""
        self.well: bool | None = None
        """Whether words get through; None where there is nobody to hear them."""
        self._clock = clock
        self._left: dict[VisitorId, float] = {}
        """When the last page here has closed, of visitors who still count as there."""
        self._process = secrets.token_hex(4)
        self._say: Callable[[Sequence[str]], None] | None = None

    def join(self, say: Callable[[Sequence[str]], None]) -> None:
        """Say words by this from now on."""
        self._say = say

    def publish(self, batch: Iterable[tuple[object, tuple[object, ...]]]) -> None:
        """Tell a committed batch of events here, and say elsewhere what it is about."""
        if self._say is None:
            self.hub.publish(batch)
            return
        events = list(batch)
        self.hub.publish(events)
        words = [word for event, audience in events if (word := self._word_of(event, audience)) is not None]
        if words:
            self._say(words)

    def _word_of(self, event: object, audience: tuple[object, ...]) -> str | None:
        word = None
        match event:
            case ThreadChanged(thread, version):
                # Where the one before it is not known to have been told, it must be looked at: it may be another's.
                # Before the first there is none.
                if self.told.get(thread, 0) == version - 1:
                    self.note_told(thread, version)
                word = f"t{thread}.{version}"
            case ThreadRead(which, None, mark):
                word = f"m{which}.{mark.reader.id}"
            case DirectOwnChanged() | DraftsChanged() | NoticesChanged() if isinstance(audience[0], ToOperators):
                (operator,) = audience[0].ids
                word = _word_of_own(event, operator)
            case RightsChanged(operator):
                word = f"r{operator}"
            case SessionsEnded(operator, session, disabled):
                word = f"s{operator}.{session.hex() if session else ''}{'.d' if disabled else ''}"
            case PeopleChanged() | RepliesChanged() | SettingsChanged():
                word = _WORDS[type(event)]
            case WidgetVisitorChanged() if isinstance(audience[0], ToVisitor):
                word = f"b{audience[0].id}"
        return word

    def note_told(self, thread: ThreadId, version: int) -> None:
        """Note up to where a thread's changes have been told; of threads that rest this is forgotten."""
        self.told[thread] = max(version, self.told.pop(thread, 0))
        if len(self.told) > TOLD_MAX:
            del self.told[next(iter(self.told))]

    # ── what passes and is never stored ──────────────────────────────────────────────────────────────────────────

    def say_typing(self, conversation: ConversationId, author: Author) -> None:
        """Somebody here is typing."""
        self.say(f"y{conversation}.{author.kind[0]}{author.id}")

    def come(self, visitor: VisitorId) -> bool:
        """Note that a visitor's first page here has opened, and say so; return False where they were there already."""
        if self._left.pop(visitor, None) is not None:
            return False
        self._say_visitor(visitor, online=True)
        return not self.elsewhere.is_online(visitor)

    def leave(self, visitor: VisitorId, *, silent: bool) -> None:
        """Note that a visitor's last page here has closed: unless they come back, they are gone in a while.

        Where it was closed since nothing was heard of it, they have been gone for longer than that.
        """
        self._left[visitor] = self._clock() - (GONE_AFTER_S if silent else 0)

    def list_gone(self, most: int) -> list[VisitorId]:
        """Return so many of those who have left and not come back, longest ago first."""
        before = self._clock() - GONE_AFTER_S
        return [visitor for visitor, at in self._left.items() if at <= before][:most]

    def note_gone(self, visitors: Iterable[VisitorId]) -> None:
        """Note that these are gone, but for whoever has come back meanwhile, and say so."""
        before = self._clock() - GONE_AFTER_S
        for visitor in visitors:
            at = self._left.get(visitor)
            if at is not None and at <= before:
                del self._left[visitor]
                self._say_visitor(visitor, online=False)

    def _say_visitor(self, visitor: VisitorId, *, online: bool) -> None:
        self.say(f"v{self._process}.{visitor}.{int(online)}")

    def say_looking(self, conversation: ConversationId, operator: OperatorId, *, looks: bool) -> None:
        """An operator's page here has opened a conversation, or left it."""
        self.say(f"l{self._process}.{conversation}.{operator}.{int(looks)}")

    def say_visible(self, operator: OperatorId, *, visible: bool) -> None:
        """An operator sees a page here, or none any more."""
        self.say(f"w{self._process}.{operator}.{int(visible)}")

    def say(self, *words: str) -> None:
        """Say something, where anybody may hear it."""
        if self._say is not None:
            self._say(words)

    def repeat(self, looking: Iterable[tuple[ConversationId, OperatorId]]) -> None:
        """Say again who is here: for those who have come since, and so that what was said does not fade."""
        if self._say is not None:
            here = [*self.hub.online_visitors(), *self._left]
            self._say([f"v{self._process}.{visitor}.1" for visitor in here])
            self._say([f"w{self._process}.{operator}.1" for operator in self.hub.visible_operators()])
            self._say([f"l{self._process}.{conversation}.{operator}.1" for conversation, operator in looking])

    def is_online(self, visitor: VisitorId) -> bool:
        """Return whether a visitor has a page open, at whichever process."""
        return self.is_here(visitor) or self.elsewhere.is_online(visitor)

    def is_here(self, visitor: VisitorId) -> bool:
        """Return whether a visitor has a page open at this process, or had one a moment ago."""
        return self.hub.is_online(visitor) or visitor in self._left
