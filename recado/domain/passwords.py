"""Passwords: Argon2id, as RFC 9106 recommends it for memory-poor machines (the library's low-memory profile).

Hashing takes tens of milliseconds on purpose, so callers run it beside the event loop and outside transactions.
"""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from recado.domain.errors import Invalid
from recado.domain.people import PASSWORD_MAX, PASSWORD_MIN

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$fjGLn+VngguxEIkmN2+d2A$2BVbuEva7CrGuxRFYEtSzXQCvOgAgspQL81/XebACzI"
"""The hash that stands in for the password of somebody who does not exist: made beforehand, so that not even the first
who asks for them waits longer."""
_DIFFERENT_MIN = 5
_OWN_MIN = 6
_NAME_MIN = 3
_WELL_KNOWN = frozenset(
    """
    1234567890 12345678910 123456789a a123456789 0123456789 0987654321 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty12345
    qwerty123456 asdfghjkl1 abcdefghij abcd123456 password12 password123 password1234 passw0rd123 passwordpassword
    iloveyou123 letmein1234 welcome1234 changeme123 administrator administrador contraseña contraseña1 contraseña123
    contrasena1 contrasena123 bienvenido1 bienvenido123 micontraseña minhasenha minhasenha123 senha12345 senha123456
    teamo12345 teamomucho recado1234 recado12345
    """.split()  # noqa: SIM905 - forty words are read better than forty strings
)
"""Those of ten characters and more that are tried first."""


def _is_guessable(password: str, names: tuple[str, ...]) -> bool:
    """Tell whether it is one of the first that anybody would try: well known, a few characters, one's own name."""
    plain = "".join(password.casefold().split())
    owns = ("".join(name.casefold().split()) for name in names)
    return (
        len(set(plain)) < _DIFFERENT_MIN
        or plain in _WELL_KNOWN
        or any(own in plain and len(plain.replace(own, "")) < _OWN_MIN for own in owns if len(own) >= _NAME_MIN)
    )


def hash_password(password: str, *names: str) -> str:
    """Return the hash to store; refuse a password that is too short, absurdly long, or easily guessed.

    `names` are what its owner is called.
    """
    if len(password) < PASSWORD_MIN:
        raise Invalid("password", "too_short", f"At least {PASSWORD_MIN} characters.")
    if len(password) > PASSWORD_MAX:
        raise Invalid("password", "too_long", f"At most {PASSWORD_MAX} characters.")
    if _is_guessable(password, names):
        raise Invalid("password", "guessable", "Well known, a few characters repeated, or one's own name.")
    try:
        return _HASHER.hash(password)
    except UnicodeEncodeError:
        raise Invalid("password", "surrogate", "Half a character (a lone surrogate) is no text.") from None


def verify_password(stored: str | None, password: str) -> bool:
    """Return whether `password` fits. Without a stored hash it takes as long, so that nobody learns who exists."""
    try:
        _HASHER.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return stored is not None
