"""A site's signature: only what a known secret signed, for this inbox and for now, names anybody."""

import base64
import hashlib
import hmac
from typing import Any

import msgspec
import pytest

from recado.domain.errors import Invalid
from recado.domain.identity import LIFETIME_MAX_S, TOKEN_MAX, Identity, sign, verify

SECRET, OTHER = "the secret of the shop", "the secret of somebody else"
NOW_S = 1_750_000_000
NOW = NOW_S * 1_000_000
CLAIMS: dict[str, Any] = {"sub": "user-17", "exp": NOW_S + 600, "name": "Lucía Ramos", "email": "lucia@mail.example"}
LUCIA = Identity("user-17", "Lucía Ramos", "lucia@mail.example")


def read(token: str, *secrets: str, now: int = NOW) -> Identity:
    return verify(token, dict(enumerate(secrets or (SECRET,))), "the-inbox", now).identity


def fault(token: str, *secrets: str, now: int = NOW) -> str:
    with pytest.raises(Invalid) as refused:
        read(token, *secrets, now=now)
    assert refused.value.field == "identity"
    return refused.value.fault


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(header: Any, claims: Any, secret: str = SECRET, digest: Any = hashlib.sha256) -> str:
    """A token with this header, rightly signed all the same."""
    signed = f"{part(header)}.{part(claims)}"
    return f"{signed}.{part(hmac.new(secret.encode(), signed.encode(), digest).digest())}"


def test_what_the_site_signed_is_believed() -> None:
    assert read(sign(CLAIMS, SECRET)) == LUCIA


def test_a_token_made_elsewhere_by_the_standard_is_read() -> None:
    """The example of the documentation, made by another language's library."""
    token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + part(CLAIMS) + "."
    signed = token[:-1]
    token += part(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest())
    assert read(token) == LUCIA


def test_name_and_address_may_be_left_out() -> None:
    assert read(sign({"sub": "17", "exp": NOW_S + 60}, SECRET)) == Identity("17")


def test_while_secrets_change_both_hold_and_the_removed_one_no_longer() -> None:
    old, new = sign(CLAIMS, SECRET), sign(CLAIMS, OTHER)
    assert read(old, SECRET, OTHER) == read(new, SECRET, OTHER) == LUCIA
    assert [verify(one, {3: SECRET, 7: OTHER}, "the-inbox", NOW).secret for one in (old, new)] == [3, 7]
    assert fault(old, OTHER) == "signature"


def test_without_a_secret_nothing_is_believed() -> None:
    with pytest.raises(Invalid) as refused:
        verify(sign(CLAIMS, ""), {}, "the-inbox", NOW)
    assert refused.value.fault == "off"


def test_another_secret_or_another_claim_breaks_the_signature() -> None:
    good = sign(CLAIMS, SECRET)
    head, claims, signature = good.split(".")
    assert fault(sign(CLAIMS, OTHER)) == "signature"
    assert fault(f"{head}.{part(CLAIMS | {'sub': 'user-18'})}.{signature}") == "signature"
    assert fault(f"{part({'alg': 'HS256'})}.{claims}.{signature}") == "signature"
    assert fault(f"{head}.{claims}.") == "signature"
    assert fault(f"{head}.{claims}.{signature[:-4]}") == "signature"


@pytest.mark.parametrize("alg", ["none", "None", "HS512", "RS256", "hs256", "", None, 5])
def test_no_other_algorithm_is_accepted_even_rightly_signed(alg: Any) -> None:
    assert read(forged({"alg": "HS256"}, CLAIMS)) == LUCIA
    assert fault(forged({"alg": alg}, CLAIMS)) == "signature"
    assert fault(f"{part({'alg': alg})}.{part(CLAIMS)}.") == "signature"


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b", "a.b.c.d", "a.b.c=", "a.b.ñ", "\ud800.b.c", "a.b.c\n", " ", "Bearer a.b.c", "a" * TOKEN_MAX],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert fault(token) in {"malformed", "signature"}


def test_too_long_a_token_is_refused_even_rightly_signed() -> None:
    assert fault(sign(CLAIMS | {"more": "a" * TOKEN_MAX}, SECRET)) == "malformed"


def test_a_token_holds_until_its_end_and_not_a_second_longer() -> None:
    token = sign(CLAIMS, SECRET)
    assert read(token, now=NOW + 599 * 1_000_000) == LUCIA
    assert fault(token, now=NOW + 600 * 1_000_000) == "expired"


def test_a_token_that_lives_for_ever_is_refused() -> None:
    assert read(sign(CLAIMS | {"exp": NOW_S + LIFETIME_MAX_S}, SECRET)) == LUCIA
    assert fault(sign(CLAIMS | {"exp": NOW_S + LIFETIME_MAX_S + 3600}, SECRET)) == "lifetime"
    assert fault(sign(CLAIMS | {"exp": 10**30}, SECRET)) == "lifetime"


def test_a_token_of_tomorrow_does_not_hold_today() -> None:
    assert read(sign(CLAIMS | {"nbf": NOW_S}, SECRET)) == LUCIA
    assert fault(sign(CLAIMS | {"nbf": NOW_S + 400}, SECRET)) == "early"


def test_a_token_for_another_inbox_names_nobody_here() -> None:
    assert read(sign(CLAIMS | {"aud": ["elsewhere", "the-inbox"]}, SECRET)) == LUCIA
    assert fault(sign(CLAIMS | {"aud": "elsewhere"}, SECRET)) == "audience"
    assert fault(sign(CLAIMS | {"aud": []}, SECRET)) == "audience"


@pytest.mark.parametrize(
    "change",
    [
        {"sub": None},
        {"sub": ""},
        {"sub": 17},
        {"sub": " 17 "},
        {"sub": "a\nb"},
        {"sub": "a" * 201},
        {"exp": None},
        {"exp": "soon"},
        {"nbf": "soon"},
        {"name": ["Lucía"]},
        {"name": "a\r\nb"},
        {"email": "nobody"},
    ],
)
def test_claims_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    assert fault(sign(CLAIMS | change, SECRET)) == "claims"


@pytest.mark.parametrize("claims", [b"[]", b"null", b"5", b"{", b"\xff", b"[" * 50_000])
def test_claims_that_are_no_object_are_refused(claims: bytes) -> None:
    assert fault(forged({"alg": "HS256"}, claims)) in {"claims", "malformed"}
