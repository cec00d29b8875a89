"""Passwords: Argon2id, as RFC 9106 recommends it for memory-poor machines (the library's low-memory profile).

Hashing takes tens of milliseconds on purpose, so callers run it beside the event loop and outside transactions.
"""

from __future__ import annotations

import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from recado.domain.errors import Invalid
from recado.domain.people import PASSWORD_MAX, PASSWORD_MIN

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def hash_password(password: str) -> str:
    """Return the hash to store; refuse a password that is too short or absurdly long."""
    if len(password) < PASSWORD_MIN:
        raise Invalid("password", "too_short", f"At least {PASSWORD_MIN} characters.")
    if len(password) > PASSWORD_MAX:
        raise Invalid("password", "too_long", f"At most {PASSWORD_MAX} characters.")
    try:
        return _HASHER.hash(password)
    except UnicodeEncodeError:
        raise Invalid("password", "surrogate", "Half a character (a lone surrogate) is no text.") from None


@functools.cache
def _nobody() -> str:
    """Return the hash that stands in for the password of somebody who does not exist."""
    return _HASHER.hash("nobody")


def verify_password(stored: str | None, password: str) -> bool:
    """Return whether `password` fits. Without a stored hash it takes as long, so that nobody learns who exists."""
    try:
        _HASHER.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return stored is not None
