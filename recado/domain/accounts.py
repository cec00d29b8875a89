"""Getting in again: a person's own sessions as they recognise them, and the one-time link for a new password."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from recado.domain.ids import OperatorId

RESET_S = 24 * 3600

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""By what stands in the header; the first that fits counts, since most claim to be others too."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


class Device(NamedTuple):
    """What a browser says it is; None for what nobody would recognise."""

    browser: str | None
    system: str | None


def device_of(agent: str | None) -> Device:
    """Return the names in a `User-Agent` header by which its owner knows their browser."""
    said = agent or ""
    return Device(
        next((name for sign, name in _BROWSERS if sign in said), None),
        next((name for sign, name in _SYSTEMS if sign in said), None),
    )


class SessionItem(msgspec.Struct, frozen=True):
    """One of a person's own sessions. `current`: the one that asks. Times in microseconds UTC."""

    id: str
    browser: str | None
    system: str | None
    address: str | None
    created_at: int
    seen_at: int
    current: bool


class ResetLink(msgspec.Struct, frozen=True):
    """A link with which an operator sets a new password, in the answer that made it and nowhere else."""

    operator: OperatorId
    expires_at: int
    link: str


def reset_address(base_url: str, token: str) -> str:
    """Return the address that sets a new password; the token stands behind the #, which no log sees."""
    return f"{base_url}/reset#{token}"


class ResetLook(msgspec.Struct, frozen=True):
    """Whose new password it will be."""

    name: str
    username: str
