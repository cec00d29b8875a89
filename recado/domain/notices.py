"""What tells somebody of news, and when it does not: choices of their own, an admin's for all, quiet hours, an end.

Pure functions of choices and a moment. Nothing is sent here. Moments are microseconds UTC; quiet hours are said in the
wall-clock time of somebody's zone, and go by `hours` where clocks change.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec

from recado.domain.directs import Alerts
from recado.domain.errors import Invalid
from recado.domain.hours import DAY_MINUTES, moments, wall, zones
from recado.domain.ids import ConversationId, DirectId

DND_MAX_US = 366 * 24 * 3600 * 1_000_000
ALERTS_MAX = 200
"""Of so many conversations of customers it is kept that one hears of them otherwise: beyond that, of those set last."""

Customers = Literal["all", "mine", "none"]
"""Which conversations of customers: those that wait in one's departments and one's own, one's own, or none."""
Sound = Literal["none", "bell", "chime", "drop", "knock"]
Kind = Literal["waiting", "mine", "internal", "mention"]
"""Somebody waits in a department of mine; something new in what I attend, or I was given it; a colleague has written in
a direct conversation; a colleague has mentioned me there, or in a note."""
HEARD: dict[Alerts, frozenset[Alerts]] = {
    "all": frozenset(("all", "mentions")),
    "mentions": frozenset(("mentions",)),
    "none": frozenset(),
}
"""What is heard of each choice: all, or what is at least a mention."""

Minute = Annotated[int, msgspec.Meta(ge=0, le=DAY_MINUTES - 1)]
Day = Annotated[int, msgspec.Meta(ge=0, le=6)]


class Sounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each kind sounds like."""

    waiting: Sound
    mine: Sound
    internal: Sound
    mention: Sound


class Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours in which nothing disturbs: minutes after midnight, over midnight where they end before they start.

    `days`: those on which they start, Monday is 0.
    """

    start: Minute
    end: Minute
    days: Annotated[list[Day], msgspec.Meta(min_length=1, max_length=7)]


class Choices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What notifies somebody, and how: by sound, push and e-mail, and when not at all."""

    customers: Customers
    internal: Alerts
    sounds: Sounds
    push: bool
    email: bool
    quiet: Quiet | None


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The choices that somebody has made; what is left out is as an admin has set it for all."""

    customers: Customers | msgspec.UnsetType = msgspec.UNSET
    internal: Alerts | msgspec.UnsetType = msgspec.UNSET
    sounds: Sounds | msgspec.UnsetType = msgspec.UNSET
    push: bool | msgspec.UnsetType = msgspec.UNSET
    email: bool | msgspec.UnsetType = msgspec.UNSET
    quiet: Quiet | msgspec.UnsetType | None = msgspec.UNSET


BUILT_IN = Choices("all", "all", Sounds("bell", "chime", "drop", "knock"), push=True, email=True, quiet=None)
"""What holds until somebody has chosen."""


class Notices(msgspec.Struct, frozen=True):
    """What holds for somebody: their choices with all that was left out filled in. Theirs alone.

    `zone`: in which their quiet hours are meant; None is UTC. `dnd_until`: until when nothing disturbs them. `alerts`:
    what they hear of single conversations of customers, where that is not all; `directs`: of direct ones. `at`: when
    any of it was last changed.
    """

    choices: Choices
    zone: str | None
    dnd_until: int | None
    alerts: dict[ConversationId, Alerts]
    directs: dict[DirectId, Alerts]
    at: int


class BrowserItem(msgspec.Struct, frozen=True):
    """A browser of mine that is told of news. `here`: the one that asks. `failed_at`: its service refused then."""

    id: int
    name: str
    created_at: int
    failed_at: int | None
    here: bool


class NoticesState(msgspec.Struct, frozen=True):
    """What the page opens with on which one chooses: what was chosen, what holds for who has chosen nothing, and holds.

    `email`: where it would go; None where no address is known. `mail`: whether any mail is sent from here. `push_key`:
    what a browser is shown to subscribe, in base64 for addresses. `browsers`: those of mine that are told.
    """

    chosen: Chosen
    defaults: Choices
    notices: Notices
    email: str | None
    mail: bool
    push_key: str
    browsers: list[BrowserItem]


class Defaults(msgspec.Struct, frozen=True):
    """What an admin has chosen for all who have not; `version` 0 where none has."""

    choices: Choices
    version: int


def resolve(chosen: Chosen, defaults: Choices) -> Choices:
    """Return what holds: what was chosen, and of the rest the defaults."""
    made = {name: getattr(chosen, name) for name in Choices.__struct_fields__}
    return msgspec.structs.replace(defaults, **{name: one for name, one in made.items() if one is not msgspec.UNSET})


def chosen_of(stored: str | None) -> Chosen:
    """Return choices as they are stored. What this release does not know was chosen by a later one: as if left out."""
    found: dict[str, Any] = {} if stored is None else msgspec.json.decode(stored, type=dict[str, Any])
    known = {name: one for name, one in found.items() if name in Choices.__struct_fields__}
    return msgspec.convert({name: one for name, one in known.items() if _is_known(name, one)}, Chosen)


def _is_known(name: str, stored: object) -> bool:
    try:
        msgspec.convert({name: stored}, Chosen)
    except msgspec.ValidationError:
        return False
    return True


def checked_quiet(quiet: Quiet) -> Quiet:
    """Return quiet hours with their days in order, each once; refuse such as have no length."""
    if quiet.start == quiet.end:
        raise Invalid("quiet.end", "empty", "Quiet hours end at another time than they start.")
    return msgspec.structs.replace(quiet, days=sorted(set(quiet.days)))


def checked(chosen: Chosen) -> Chosen:
    """Return what was chosen in order; refuse what can be no choice."""
    quiet = chosen.quiet
    return msgspec.structs.replace(chosen, quiet=checked_quiet(quiet)) if isinstance(quiet, Quiet) else chosen


def zone_of(name: str | None) -> str | None:
    """Return a zone's name; refuse what is none."""
    if name is not None and name not in zones():
        raise Invalid("zone", "unknown", "That is no IANA time zone such as Europe/Madrid.")
    return name


def wants(choices: Choices, alerts: Alerts, kind: Kind) -> bool:
    """Return whether somebody wants to be told of this kind at all, where `alerts` are theirs for its conversation.

    What a colleague says goes by `internal`, also where they mention somebody in a note.
    """
    if kind == "waiting":
        return choices.customers == "all" and alerts == "all"
    if kind == "mine":
        return choices.customers != "none" and alerts == "all"
    least: Alerts = "mentions" if kind == "mention" else "all"
    return least in HEARD[choices.internal] and least in HEARD[alerts]


def silent_until(choices: Choices, zone: str | None, dnd_until: int | None, now: int) -> int | None:
    """Return until when nothing disturbs somebody: to the end of what begins before what holds now is over; None: now.

    Where clocks go back, quiet hours end when their end is shown for the second time; where they skip it, at the skip.
    """
    until = now
    while (end := _ends(choices.quiet, zone or "UTC", dnd_until, until)) is not None:
        until = end
    return until if until > now else None


def _ends(quiet: Quiet | None, zone: str, dnd_until: int | None, at: int) -> int | None:
    """Return when that ends which holds at a moment; None where nothing does."""
    if dnd_until is not None and at < dnd_until:
        return dnd_until
    if quiet is None:
        return None
    today = wall(zone, at).date()
    for ago in (1, 0):
        day = today - dt.timedelta(days=ago)
        if day.weekday() in quiet.days and _shown(zone, day, quiet.start, last=False) <= at:
            over = day if quiet.end > quiet.start else day + dt.timedelta(days=1)
            end = _shown(zone, over, quiet.end, last=True)
            if at < end:
                return end
    return None


def _shown(zone: str, day: dt.date, minute: int, *, last: bool) -> int:
    """Return when the wall shows that minute of a day, first or last; where clocks skip it, when they do."""
    sought = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute)
    found = [one for one in moments(zone, day, minute) if wall(zone, one).replace(tzinfo=None, fold=0) >= sought]
    return max(found) if last and wall(zone, found[0]).replace(tzinfo=None, fold=0) == sought else min(found)
