"""Web Push: what a browser's push service gets, so that it can neither read it nor take it from anybody but us.

The service is told an address and some bytes. They are sealed for the one browser that subscribed (RFC 8291, in the
encoding of RFC 8188); the request is signed with the installation's own key, which the browser was shown when it
subscribed (RFC 8292). All messages are padded to one length: the service learns nothing from how long they are.
"""

from __future__ import annotations

import base64
import json
import os
import struct
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MESSAGE_MAX = 2047
"""Bytes of a message: services take 4096 with all that is around it, and a phone pays for each."""

SIGNED_S = 12 * 3600
"""A signature is good for so long; services take no more than a day."""

_CURVE = SECP256R1()
_SALT_BYTES = 16
SECRET_BYTES = 16
_LAST_RECORD = b"\x02"
_HEAD = struct.Struct(">16sIB")
_RECORD_SIZE = 4096


class Subscription(NamedTuple):
    """A browser that wants to be told: the service's address for it, its public key and its secret."""

    endpoint: str
    key: bytes
    """An uncompressed point of P-256, 65 bytes."""
    secret: bytes
    """16 bytes."""


def check(one: Subscription) -> None:
    """Raise `ValueError` for what no browser's subscription can be."""
    EllipticCurvePublicKey.from_encoded_point(_CURVE, one.key)
    if len(one.secret) != SECRET_BYTES:
        raise ValueError(f"a secret of {len(one.secret)} bytes")


def seal(message: bytes, to: Subscription) -> bytes:
    """Return `message`, of at most `MESSAGE_MAX` bytes, as the body of a push request that only `to` can read."""
    return _seal(message, to, generate_private_key(_CURVE), os.urandom(_SALT_BYTES), MESSAGE_MAX + 1)


def _seal(message: bytes, to: Subscription, own: EllipticCurvePrivateKey, salt: bytes, length: int) -> bytes:
    """`seal` with what is random there: a key for this one message, and a salt; and the bytes it is padded to."""
    theirs = EllipticCurvePublicKey.from_encoded_point(_CURVE, to.key)
    public = point(own)
    secret = _derive(to.secret, own.exchange(ECDH(), theirs), b"WebPush: info\0" + to.key + public, 32)
    key = _derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(salt, secret, b"Content-Encoding: nonce\0", 12)
    record = (message + _LAST_RECORD).ljust(length, b"\0")
    return _HEAD.pack(salt, _RECORD_SIZE, len(public)) + public + AESGCM(key).encrypt(nonce, record, None)


def _derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def point(key: EllipticCurvePrivateKey) -> bytes:
    """Return a key's public half as an uncompressed point of 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class Signer:
    """Signs push requests with the installation's key."""

    def __init__(self, secret: int, contact: str) -> None:
        """`secret` is the private number of the key; `contact` is whom a service turns to: `mailto:` or `https:`."""
        self._key = derive_private_key(secret, _CURVE)
        self._contact = contact
        self.public = text_of(point(self._key))
        """What a browser is shown when it subscribes."""

    def authorization(self, endpoint: str, now: int) -> str:
        """Return the `Authorization` header of a request to `endpoint`; `now` in seconds since 1970."""
        where = urlsplit(endpoint)
        claims = {"aud": f"{where.scheme}://{where.netloc}", "exp": now + SIGNED_S, "sub": self._contact}
        said = ".".join(text_of(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
        r, s = decode_dss_signature(self._key.sign(said.encode(), ECDSA(SHA256())))
        signature = text_of(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return f"vapid t={said}.{signature}, k={self.public}"


def new_secret() -> int:
    """Return the private number of a new key for a `Signer`."""
    return generate_private_key(_CURVE).private_numbers().private_value


def text_of(some: bytes) -> str:
    """Return bytes as base64 for addresses, without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(some).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """Return the bytes that `text_of` was given. Raises `ValueError` for what is none of that."""
    if not text.isascii() or set("+/=") & set(text):
        raise ValueError("not base64 for addresses")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
