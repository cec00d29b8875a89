"""Visitors' bearer tokens: who a browser is, sealed so that it can be neither read nor made outside.

AES-256-GCM (NIST SP 800-38D) over the visitor, the inbox and the moment it ends. Nothing is stored: a token dies by its
time, and the browser comes back with its resume key.
"""

from __future__ import annotations

import base64
import binascii
import os
import struct
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recado.domain.actors import Visitor
from recado.domain.customers import TOKEN_S
from recado.domain.ids import InboxId, VisitorId

_BODY = struct.Struct(">QQQ")
_NONCE_BYTES = 12
_TOKEN_CHARS = (8 * (_NONCE_BYTES + _BODY.size + 16) + 5) // 6
_PURPOSE = b"recado visitor token 1"
_REMEMBERED = 4096
"""Tokens that need not be opened anew: a page shows the same one for hours."""


class Opened(NamedTuple):
    """Whose a token is, and when it ends, in microseconds UTC."""

    visitor: Visitor
    ends_at: int


class Seal:
    """Makes and opens visitors' tokens with a key derived from the installation's secret."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret)
        self._cipher = AESGCM(key)
        self._unseal = lru_cache(_REMEMBERED)(self._read)

    def make(self, visitor: Visitor, now: int) -> tuple[str, int]:
        """Return a token and when it ends, in microseconds UTC."""
        ends_at = now + TOKEN_S * 1_000_000
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, _BODY.pack(visitor.id, visitor.inbox_id, ends_at), _PURPOSE)
        return base64.urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode(), ends_at

    def open(self, token: str, now: int) -> Opened | None:
        """Return whose token this is; None where it is none of ours or has ended."""
        opened = self._unseal(token) if len(token) == _TOKEN_CHARS else None
        return opened if opened is not None and now < opened.ends_at else None

    def _read(self, token: str) -> Opened | None:
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            body = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _PURPOSE)
        except (InvalidTag, binascii.Error, ValueError):
            return None
        visitor, inbox, ends_at = _BODY.unpack(body)
        return Opened(Visitor(VisitorId(visitor), InboxId(inbox)), ends_at)
