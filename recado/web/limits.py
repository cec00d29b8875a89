"""How much one caller may ask for: token buckets in memory, per visitor, operator, address or account.

A bucket holds `burst` tokens and fills at `per_s`. Buckets that are full again are forgotten, so that what is kept is
bounded by those who are being limited.
"""

from __future__ import annotations

import functools
import ipaddress
import math
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from recado.web.errors import TooMany

_SWEEP_EVERY = 1024


@dataclass(frozen=True, eq=False, slots=True)
class Rate:
    """How fast a bucket fills, and how much it holds. Two that are alike are two."""

    per_s: float
    burst: float


SENDS = Rate(25, 100)
"""Per visitor and per operator: above what anybody types or a page's outbox sends after an outage, below a flood."""
SEARCHES = Rate(5, 50)
"""Per operator: above what anybody types, whose page waits for a pause between two letters."""
VISITS_PER_ADDRESS = Rate(2, 120)
READS = Rate(20, 200)
"""Per visitor: a page that comes back fetches a few times, and every conversation it knows once."""
SENT_BYTES = Rate(16 * 1024, 512 * 1024)
"""Per visitor: the texts of their messages as they go to everybody who reads them.

The longest message there can be gets through at once. A burst is half of what a socket's outbox holds, and what comes
after it is little beside what the slowest line takes: nobody's page is thrown off by what one visitor sends.
"""
UPLOADS = Rate(1, 40)
"""Per visitor and per operator: files that are begun."""
PARTS = Rate(20, 400)
"""Per visitor and per operator: parts of files, and files that are given up."""
PER_NETWORK = {
    SENDS: Rate(100, 1500),
    SENT_BYTES: Rate(64 * 1024, 512 * 1024),
    READS: Rate(200, 4000),
    UPLOADS: Rate(5, 200),
    PARTS: Rate(100, 2000),
}
"""What visitors share who come from one network: above an office or a carrier, below a machine that plays many."""
FILE_BYTES_PER_NETWORK = Rate(12_000, 1_000_000_000)
"""What the visitors of one network send in files, in bytes that came: five of them all that one may within a day, and
as much again in each day after. One machine fills no disk while others sleep."""
FILES_AGAIN_S = 60
"""After so long at most, whoever has been told that their network sends too much asks again."""
LOOKS_PER_NETWORK = Rate(200, 4000)
"""What a network may have looked up before it is known who asks: an inbox's key, a session's, a user name."""
SOCKETS_PER_NETWORK = 500
HELLOS = Rate(0.5, 60)
"""How often a visitor's sockets may open: each of their pages comes back once after a restart, and then once more."""
HELLOS_PER_NETWORK = Rate(20, 1500)
OPENINGS_PER_VISITOR = Rate(1 / 60, 5)
"""What was stored; a message sent again is no other."""
OPENINGS_PER_NETWORK = Rate(1 / 6, 60)
"""However many visitors one machine plays: above what an office behind one address begins, below a flooded queue."""
SIGN_INS_PER_ADDRESS = Rate(0.5, 30)
SIGN_INS_PER_ACCOUNT = Rate(1 / 10, 10)
"""Per account and address, so that nobody elsewhere can keep a person out."""
FAILURES_PER_ACCOUNT = Rate(1 / 5, 200)
"""Per account, from everywhere: more than one address can use up, a bound for those who come from many."""
SIGN_INS_PER_BROWSER = Rate(1 / 10, 10)
"""Per browser in which the account was signed in to before, instead of the three above, which strangers can use up."""
PASSWORD_TRIES = Rate(1 / 60, 10)
"""Per operator who changes their password: for whoever sits at another's page and guesses the present one."""
TRIALS = Rate(1 / 10, 20)
"""Per operator: tests of what notifies them, which others' servers take."""
TYPING = Rate(2, 10)
LOOKING = Rate(10, 50)
FRAMES = Rate(20, 100)
"""Per socket: whoever sends more is no page of ours."""

RATES = "rates"
"""A route's option: the rates to which its door holds the caller."""


LOOPBACK = "loopback"
"""This machine itself, or a proxy on it that the settings do not name: what it does is not one machine's doing."""


@functools.lru_cache(4096)
def network_of(address: str) -> str:
    """Return whose address it is: for IPv6 the /64, within which anybody has as many addresses as they like."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        found = found.ipv4_mapped or found
    if found.is_loopback:
        return LOOPBACK
    return str(found if found.version == 4 else ipaddress.ip_address(int(found) >> 64 << 64))


def network_from(scope: Any) -> str:
    """Return whose address a request came from, as the server has established it."""
    client = scope["client"]
    return network_of(client[0]) if client else ""


def machine_from(scope: Any) -> str | None:
    """Return the same, None where that is this machine itself, or a proxy on it: whoever comes so has it in common."""
    network = network_from(scope)
    return None if network in {"", LOOPBACK} else network


class Limits:
    """The buckets. `clock` gives seconds that never run backwards."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[tuple[Rate, Hashable], tuple[float, float]] = {}
        self._calls = 0

    def take(self, rate: Rate, who: Hashable, count: float = 1) -> None:
        """Take one token, or as many, or raise `TooMany` with the seconds until they are there."""
        wait_s = self.try_take(rate, who, count)
        if wait_s > 0:
            raise TooMany(max(1, math.ceil(wait_s)))

    def try_take(self, rate: Rate, who: Hashable, count: float = 1) -> float:
        """Take one token, or as many, and return 0, or return the seconds until they are there."""
        now = self._clock()
        key = (rate, who)
        level, at = self._buckets.get(key, (rate.burst, now))
        level = min(rate.burst, level + (now - at) * rate.per_s)
        if level < count:
            return (count - level) / rate.per_s
        self._buckets[key] = (level - count, now)
        self._calls += 1
        if self._calls % _SWEEP_EVERY == 0:
            self._sweep(now)
        return 0

    def give_back(self, rate: Rate, who: Hashable, count: float = 1) -> None:
        """Put a token back, or as many: what they were taken for has not come about."""
        found = self._buckets.get((rate, who))
        if found is not None:
            self._buckets[rate, who] = (min(rate.burst, found[0] + count), found[1])

    @contextmanager
    def lent(self, *shares: tuple[Rate, Hashable]) -> Iterator[Callable[[], None]]:
        """Take a token of each share, or raise `TooMany`; all are put back unless what this gives is called."""
        taken: list[tuple[Rate, Hashable]] = []
        try:
            for rate, who in shares:
                self.take(rate, who)
                taken.append((rate, who))
            yield taken.clear
        finally:
            for rate, who in taken:
                self.give_back(rate, who)

    def take_for_machine(self, rate: Rate, scope: Any, count: float = 1) -> None:
        """Take a share of the network that a request came from; nothing where everybody may come that way."""
        machine = machine_from(scope)
        if machine is not None:
            self.take(rate, machine, count)

    def _sweep(self, now: float) -> None:
        """Forget the buckets that are full again."""
        for (rate, who), (level, at) in tuple(self._buckets.items()):
            if level + (now - at) * rate.per_s >= rate.burst:
                del self._buckets[rate, who]


class Share:
    """What a visitor may ask for, they and the network that their request came from.

    It lies in the request's scope, so it must not hold it: such a circle keeps the request until garbage is collected.
    """

    __slots__ = ("_limits", "_machine", "_who")

    def __init__(self, limits: Limits, who: Hashable, scope: Any) -> None:
        self._limits = limits
        self._who = who
        self._machine = machine_from(scope)

    def take(self, rate: Rate, count: float = 1) -> None:
        """Take one token, or as many, of their own and of their network, or raise `TooMany`."""
        self._limits.take(rate, self._who, count)
        if self._machine is not None:
            self._limits.take(PER_NETWORK[rate], self._machine, count)

    @contextmanager
    def coming(self, announced: int, came: Callable[[], int]) -> Iterator[None]:
        """Take so many bytes of what their network may send in files, or raise `TooMany`.

        What has not come when it is over is put back, so that there may be room again long before the rate says so.
        """
        if self._machine is None:
            yield
            return
        wait_s = self._limits.try_take(FILE_BYTES_PER_NETWORK, self._machine, announced)
        if wait_s > 0:
            raise TooMany(max(1, min(FILES_AGAIN_S, math.ceil(wait_s))))
        try:
            yield
        finally:
            self._limits.give_back(FILE_BYTES_PER_NETWORK, self._machine, max(0, announced - max(0, came())))


class Bucket:
    """One bucket for one holder, who forgets it when they end."""

    __slots__ = ("_at", "_level", "_rate")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._level = rate.burst
        self._at = now

    def take(self, now: float) -> bool:
        """Take one token; return False where there is none."""
        self._level = min(self._rate.burst, self._level + (now - self._at) * self._rate.per_s)
        self._at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True
