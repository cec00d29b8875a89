"""Passwords that are refused with a reason, and browsers by the names their owners know."""

import pytest

from recado.domain import passwords
from recado.domain.accounts import device_of
from recado.domain.errors import Invalid
from recado.domain.passwords import hash_password, verify_password

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"


def fault_of(password: str, *names: str) -> tuple[str, str] | None:
    try:
        hash_password(password, *names)
    except Invalid as refused:
        return refused.field, refused.fault
    return None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("nine char", "too_short"),
        ("a" * 513, "too_long"),
        ("aaaaaaaaaaaaaaa", "guessable"),
        ("abababababab", "guessable"),
        ("1234567890", "guessable"),
        ("Contraseña123", "guessable"),
        ("pass word 123", "guessable"),
        ("Adela.Vidal.1", "guessable"),
        ("AdelaVidal2026", "guessable"),
        ("half \ud800 a character", "surrogate"),
        ("ten chars!", None),
        ("el faro de adela.vidal", None),
        ("ñandú y caracol", None),
    ],
)
def test_a_password_is_long_enough_and_none_of_the_first_that_anybody_tries(password: str, fault: str | None) -> None:
    assert fault_of(password, "adela.vidal", "Adela Vidal") == (fault and ("password", fault))


def test_a_short_name_is_no_reason_to_refuse() -> None:
    assert fault_of("banana y manzana", "an", "Ana") is None


def test_what_stands_in_for_nobody_costs_as_much_as_a_password_and_fits_nothing() -> None:
    assert not passwords._HASHER.check_needs_rehash(passwords._NOBODY)
    assert not verify_password(None, "")
    stored = hash_password("ten chars!")
    assert verify_password(stored, "ten chars!")
    assert not verify_password(stored, "ten chars?")


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (f"{WINDOWS} Chrome/131.0.0.0 Safari/537.36", "Chrome", "Windows"),
        (f"{WINDOWS} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge", "Windows"),
        (f"{WINDOWS} Chrome/131.0.0.0 Safari/537.36 OPR/116.0.0.0", "Opera", "Windows"),
        (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", "Safari", "iPhone"),
        (f"{IPHONE} CriOS/131.0 Mobile/15E148 Safari/604.1", "Chrome", "iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox", "Linux"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36", "Chrome", "Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605.1.15", "Safari", "macOS"),
        ("curl/8.11", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(
    agent: str | None, browser: str | None, system: str | None
) -> None:
    assert device_of(agent) == (browser, system)
