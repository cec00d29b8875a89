"""A browser's half of Web Push, written from RFC 8291 and RFC 8188 and from nothing of the product."""

from __future__ import annotations

import os
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, EllipticCurvePublicKey, derive_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from recado.push.sealing import Subscription


class Browser:
    """Subscribes with a key and a secret of its own, and reads what is sealed for them."""

    def __init__(self, private: int, secret: bytes) -> None:
        self._key = derive_private_key(private, SECP256R1())
        self._secret = secret
        self._public = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @classmethod
    def new(cls) -> Self:
        """Return a browser that nobody has seen."""
        return cls(int.from_bytes(os.urandom(31)) + 1, os.urandom(16))

    def subscription(self, endpoint: str) -> Subscription:
        """Return what it tells a site."""
        return Subscription(endpoint, self._public, self._secret)

    def read(self, body: bytes) -> bytes:
        """Return the message of a push request's body. Raises `InvalidTag` where it was not sealed for this browser."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        shared = self._key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender))
        info = b"WebPush: info\x00" + self._public + sender
        secret = HKDF(SHA256(), 32, self._secret, info).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
        said = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert said.endswith(b"\x02"), "the last record says so"
        return said[:-1]
