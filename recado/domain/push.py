"""Browsers that are told of news by their makers' services, while no page of ours is looked at in them."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from recado.domain.errors import Invalid
from recado.domain.news import Told
from recado.domain.notices import Kind
from recado.domain.places import Place

NAME_MAX = 120
ENDPOINT_MAX = 1000
ATTEMPTS_MAX = 8
"""With the pauses between them, some three hours: what is told then is old."""
LATEST_US = 24 * 3600 * 1_000_000
"""What has been unread for longer is not pushed any more where nobody has done it."""


class Subscribed(NamedTuple):
    """A browser that is told: where, and by which keys it reads."""

    id: int
    endpoint: str
    key: bytes
    secret: bytes
    failed: bool = False


class Shown(NamedTuple):
    """What browsers are to show, in their reader's words, instead of what they show under this tag; None: nothing."""

    locale: str
    told: Told | None
    tag: str


def tag_of(place: Place, kind: Kind) -> str:
    """Return under which name news are shown: the newer in place of the older, and gone once they are seen."""
    return f"waiting-{place.number}" if kind == "waiting" else f"{place.kind}-{place.number}"


def endpoint_of(text: str, ports: frozenset[int]) -> str:
    """Return a service's address for a browser; refuse what is none, or leads elsewhere than to the outside world."""
    try:
        parts = urlsplit(text)
        port = parts.port or 443
    except ValueError:
        parts, port = urlsplit(""), 0
    fits = parts.scheme == "https" and parts.hostname and parts.username is None and port in ports
    if not fits or len(text) > ENDPOINT_MAX or not text.isascii() or not text.isprintable() or " " in text:
        raise Invalid("endpoint", "not_an_endpoint", "The address of a push service, as the browser gives it.")
    return text
