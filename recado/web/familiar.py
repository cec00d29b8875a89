"""Browsers in which an account was signed in to before: guesses that others make do not keep its owner out there.

A sealed mark, bound to the user name and the password of that day, stays in the browser when the session ends, one for
each account. It opens nothing: whoever brings it is held to tries of its own instead of to those that strangers can use
up. Who has a new password has no known browser but the one in which they chose it.
"""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256
from typing import Any

from litestar.datastructures import Cookie

from recado.domain.ids import new_secret
from recado.web.auth import cookie_of
from recado.web.vault import Vault

COOKIE = "__Secure-recado-browser"
KEPT_S = 400 * 24 * 3600
"""As long as browsers keep a cookie at most."""


def mark(vault: Vault, username: str, hashed: str, path: str, known: str | None = None) -> Cookie:
    """Return the mark of a browser in which `username` has signed in, sent back to `path` alone.

    `hashed` is the password's hash; `known` the browser's name where it has one already.
    """
    sealed = base64.urlsafe_b64encode(vault.close(known or new_secret(), _place(username, hashed))).decode()
    return Cookie(
        key=_cookie(username),
        value=sealed,
        path=path,
        secure=True,
        httponly=True,
        samesite="strict",
        max_age=KEPT_S,
    )


def name_of(vault: Vault, scope: Any, username: str, hashed: str | None) -> str | None:
    """Return the name of a browser that this user has signed in with before; None for any other."""
    value = cookie_of(scope, _cookie(username))
    if value is None or hashed is None:
        return None
    try:
        return vault.open(base64.urlsafe_b64decode(value), _place(username, hashed))
    except (binascii.Error, ValueError):
        return None


def _cookie(username: str) -> str:
    return f"{COOKIE}-{sha256(username.encode()).hexdigest()[:8]}"


def _place(username: str, hashed: str) -> str:
    return f"browser of {username} with {sha256(hashed.encode()).hexdigest()}"
