"""What is stored and must be read again: sealed with a key derived from the installation's secret.

AES-256-GCM (NIST SP 800-38D), bound to what it is for, so that a sealed text opens in its own place alone.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_PURPOSE = b"recado stored secrets 1"


def place_of(inbox: int) -> str:
    """Return the place of an inbox's secrets for signing."""
    return f"identity {inbox}"


class Vault:
    """Seals and opens stored secrets."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret)
        self._cipher = AESGCM(key)

    def close(self, text: str, place: str) -> bytes:
        """Return a text, sealed for a place such as `identity 7`."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str | None:
        """Return the text; None where it was sealed for another place or by another installation's secret."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode()).decode()
        except InvalidTag:
            return None
