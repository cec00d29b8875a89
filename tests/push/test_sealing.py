"""Push messages are what the standards say, and only the browser that subscribed can read them."""

import json

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from recado.push import sealing
from recado.push.sealing import MESSAGE_MAX, Signer, Subscription, bytes_of, check, new_secret, seal, text_of
from tests.push.browser import Browser

# RFC 8291, appendix A
SALT = bytes_of("DGv6ra1nlYgDCS1FRnbzlw")
OWN = derive_private_key(int.from_bytes(bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), SECP256R1())
THEIRS = bytes_of("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
PRIVATE = int.from_bytes(bytes_of("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
SECRET = bytes_of("BTBZMqHH6r4Tts7J_aSIgg")
SAID = b"When I grow up, I want to be a watermelon"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
    "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
ENDPOINT = "https://push.example.net/a/b?c=d"


def test_a_message_is_sealed_as_the_standard_s_example() -> None:
    to = Subscription(ENDPOINT, THEIRS, SECRET)
    assert text_of(sealing._seal(SAID, to, OWN, SALT, len(SAID) + 1)) == SEALED
    assert Browser(PRIVATE, SECRET).read(bytes_of(SEALED)) == SAID


@pytest.mark.parametrize("length", [0, 1, 500, MESSAGE_MAX])
def test_whoever_subscribed_reads_it_and_nobody_learns_how_long_it_is(length: int) -> None:
    browser = Browser.new()
    sealed = seal(b"x" * length, browser.subscription(ENDPOINT))
    assert browser.read(sealed) == b"x" * length
    assert len(sealed) == len(seal(b"", browser.subscription(ENDPOINT))) < 4096


def test_no_two_are_sealed_alike_and_no_other_browser_reads_them() -> None:
    browser = Browser.new()
    one, two = (seal(SAID, browser.subscription(ENDPOINT)) for _ in range(2))
    assert one != two
    with pytest.raises(InvalidTag):
        Browser.new().read(one)
    with pytest.raises(InvalidTag):
        browser.read(one[:-1] + bytes([one[-1] ^ 1]))


def test_a_request_is_signed_for_its_service_and_for_half_a_day() -> None:
    signer = Signer(new_secret(), "mailto:desk@example.net")
    scheme, _, rest = signer.authorization(ENDPOINT, 1_800_000_000).partition(" ")
    token, key = (part.strip().partition("=")[2] for part in rest.split(","))
    assert (scheme, key) == ("vapid", signer.public)
    head, claims, signature = token.split(".")
    assert json.loads(bytes_of(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(bytes_of(claims)) == {
        "aud": "https://push.example.net",
        "exp": 1_800_000_000 + 12 * 3600,
        "sub": "mailto:desk@example.net",
    }
    r, s = (int.from_bytes(bytes_of(signature)[at : at + 32]) for at in (0, 32))
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), bytes_of(key))
    public.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ECDSA(SHA256()))


def test_the_key_of_an_installation_is_the_same_for_the_same_secret() -> None:
    secret = new_secret()
    assert Signer(secret, "").public == Signer(secret, "").public != Signer(new_secret(), "").public


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        (b"", SECRET),
        (THEIRS[:-1], SECRET),
        (b"\x04" + bytes(64), SECRET),
        (THEIRS[:-1] + bytes([THEIRS[-1] ^ 1]), SECRET),
        (THEIRS, b""),
        (THEIRS, SECRET + b"\0"),
    ],
)
def test_what_no_browser_can_have_made_is_refused(key: bytes, secret: bytes) -> None:
    check(Subscription(ENDPOINT, sealing.point(generate_private_key(SECP256R1())), SECRET))
    with pytest.raises(ValueError, match=r"."):
        check(Subscription(ENDPOINT, key, secret))


@pytest.mark.parametrize("text", ["a", "ab+d", "ab/d", "abc=", "añb", "ab d"])
def test_what_is_no_text_of_bytes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        bytes_of(text)
