"""Proof of identity: the site's signature that says which of its own users sits in front of the chat.

A JSON Web Token (RFC 7519) signed by HMAC-SHA256 with a secret that the site's server and this inbox share. It names
the user (`sub`), ends soon (`exp`), and may bring a name and an address. Pure functions; secrets come in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from recado.domain.customers import CUSTOMER_NAME_MAX, email_of
from recado.domain.errors import Invalid
from recado.domain.text import line_of

TOKEN_MAX = 4096
SUBJECT_MAX = 200
LIFETIME_MAX_S = 24 * 3600
SKEW_S = 300
"""How far a site's clock may go wrong where a token's longest life is measured."""
SECRETS_MAX = 2

_HEADER = {"alg": "HS256", "typ": "JWT"}
_BASE64URL = re.compile(r"^[A-Za-z0-9_-]*$")


class Identity(NamedTuple):
    """Who the site says this is: its own name for the user, and what it tells of them."""

    subject: str
    name: str | None = None
    email: str | None = None


class Signed(NamedTuple):
    """Whom a token names, and the number of the secret that it was signed with."""

    identity: Identity
    secret: int


def sign(claims: Mapping[str, Any], secret: str) -> str:
    """Return the token that a site's server makes of these claims."""
    signed = f"{_encoded(msgspec.json.encode(_HEADER))}.{_encoded(msgspec.json.encode(claims))}"
    return f"{signed}.{_encoded(_mac(secret, signed))}"


def verify(token: str, secrets: Mapping[int, str], audience: str, now: int) -> Signed:
    """Return whom a token names; raise `Invalid` on the field `identity` with what is wrong.

    Secrets come by their numbers. Every one is tried, and each comparison takes the same time whatever was sent.
    Nothing that a token says is looked at before its signature holds.
    """
    signed, _, signature = token.rpartition(".")
    given = _decoded(signature)
    if len(token) > TOKEN_MAX or signed.count(".") != 1 or given is None:
        raise _wrong("malformed", "Not a token of three parts.")
    if not secrets:
        raise _wrong("off", "This inbox has no secret yet.")
    held = [number for number, secret in secrets.items() if hmac.compare_digest(_mac(secret, signed), given)]
    header, claims = (_object(part) for part in signed.split("."))
    if not held or header.get("alg") != "HS256":
        raise _wrong("signature", "Signed with none of this inbox's secrets, or not by HS256.")
    _check_time(claims, now)
    if "aud" in claims and audience not in _several(claims["aud"]):
        raise _wrong("audience", "Made for another inbox.")
    return Signed(_identity_of(claims), held[0])


def _check_time(claims: Mapping[str, Any], now: int) -> None:
    ends, begins = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(ends, int | float) or not isinstance(begins, int | float):
        raise _wrong("claims", "exp is missing, or is no number of seconds.")
    now_s = now / 1_000_000
    if ends <= now_s:
        raise _wrong("expired", "The token has ended.")
    if ends > now_s + LIFETIME_MAX_S + SKEW_S:
        raise _wrong("lifetime", "A token lives for a day at most.")
    if begins > now_s + SKEW_S:
        raise _wrong("early", "The token does not hold yet.")


def _identity_of(claims: Mapping[str, Any]) -> Identity:
    said = {name: claims.get(name) for name in ("sub", "name", "email")}
    if any(value is not None and not isinstance(value, str) for value in said.values()):
        raise _wrong("claims", "sub, name and email are texts.")
    try:
        subject = line_of(said["sub"], "sub", SUBJECT_MAX)
        name, email = line_of(said["name"], "name", CUSTOMER_NAME_MAX), email_of(said["email"])
    except Invalid as problem:
        raise _wrong("claims", f"{problem.field}: {problem.detail}") from None
    if subject is None or subject != said["sub"]:
        raise _wrong("claims", "sub is missing, or is no clean line.")
    return Identity(subject, name, email)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _object(part: str) -> dict[str, Any]:
    """The JSON object in a part; empty for anything else."""
    raw = _decoded(part)
    try:
        return msgspec.json.decode(raw or b"", type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return {}


def _mac(secret: str, signed: str) -> bytes:
    return hmac.new(secret.encode(), signed.encode("utf-8", "replace"), hashlib.sha256).digest()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes | None:
    """The bytes of base64url without padding; None for anything else."""
    if not _BASE64URL.match(text):
        return None
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return None


def _wrong(fault: str, detail: str) -> Invalid:
    return Invalid("identity", fault, detail)
