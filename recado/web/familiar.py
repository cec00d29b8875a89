"""Browsers in which an account was signed in to before: guesses that others make do not keep its owner out there.

A sealed mark, bound to the user name, stays in the browser when the session ends. It opens nothing: whoever brings it
is held to tries of its own instead of to those that strangers can use up.
"""

from __future__ import annotations

import base64
import binascii

from litestar.datastructures import Cookie

from recado.domain.ids import new_secret
from recado.web.vault import Vault

COOKIE = "__Secure-recado-browser"
KEPT_S = 400 * 24 * 3600
"""As long as browsers keep a cookie at most."""


def mark(vault: Vault, username: str, path: str) -> Cookie:
    """Return the mark of a browser in which `username` has signed in, sent back to `path` alone."""
    sealed = base64.urlsafe_b64encode(vault.close(new_secret(), _place(username))).decode()
    return Cookie(key=COOKIE, value=sealed, path=path, secure=True, httponly=True, samesite="strict", max_age=KEPT_S)


def name_of(vault: Vault, value: str | None, username: str) -> str | None:
    """Return the name of a browser that this user has signed in with before; None for any other."""
    if value is None:
        return None
    try:
        return vault.open(base64.urlsafe_b64decode(value), _place(username))
    except (binascii.Error, ValueError):
        return None


def _place(username: str) -> str:
    return f"browser of {username}"
