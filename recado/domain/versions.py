"""Two who change the same thing: whoever saves says which version they had looked at, and overwrites no other."""

from __future__ import annotations

import msgspec

from recado.domain.errors import Outdated

Seen = int | msgspec.UnsetType
"""The version that somebody had before their eyes; left out, they change whatever is there."""


def check_seen(version: int, seen: Seen) -> int:
    """Return the version that is to be changed; refuse who had looked at another one."""
    if seen is not msgspec.UNSET and seen != version:
        raise Outdated
    return version
