"""Which server takes our mail: encrypted unless somebody said otherwise; wrong ones are named without a password."""

from pathlib import Path

import pytest

from recado.mail.servers import Server, sender_of, server_of
from recado.settings import SettingsError
from tests.test_settings import settings


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 587, None, None, "starttls")),
        ("smtps://mail.example", Server("mail.example", 465, None, None, "tls")),
        ("smtp://desk:p%40ss%2F@mail.example:2525", Server("mail.example", 2525, "desk", "p@ss/", "starttls")),
        (
            "smtp://desk%40shop.example:x@mail.example",
            Server("mail.example", 587, "desk@shop.example", "x", "starttls"),
        ),
        ("smtp://mail.example:25?tls=none", Server("mail.example", 25, None, None, "none")),
        ("smtp://127.0.0.1:1025", Server("127.0.0.1", 1025, None, None, "none")),
        ("smtp://localhost:1025", Server("localhost", 1025, None, None, "none")),
        ("smtp://[::1]:1025", Server("::1", 1025, None, None, "none")),
        ("smtp://localhost:1025?tls=starttls", Server("localhost", 1025, None, None, "starttls")),
    ],
)
def test_an_address_says_where_and_how(address: str, server: Server) -> None:
    assert server_of(address) == server


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("mail.example", "no address such as"),
        ("http://mail.example", "no address such as"),
        ("smtp://", "no address such as"),
        ("smtp://mail.example:many", "no address such as"),
        ("smtp://mail.example:70000", "no address such as"),
        ("smtp://desk@mail.example", "user and password together"),
        ("smtp://desk:a/b@mail.example", "no address such as|%2F"),
        ("smtp://mail.example/inbox", "%2F"),
        ("smtp://mail.example?tls=maybe", "tls=none"),
        ("smtp://mail.example?verify=no", "tls=none"),
        ("smtps://mail.example?tls=none", "leave out"),
    ],
)
def test_a_wrong_one_says_why_in_plain_words(address: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        server_of(address)


def test_a_wrong_one_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="smtp") as told:
        settings(tmp_path, smtp="smtp://desk:hush@mail.example/inbox", mail_from="desk@shop.example")
    assert "hush" not in str(told.value)


def test_without_a_server_no_mail_is_sent(tmp_path: Path) -> None:
    assert settings(tmp_path).mail is None
    mail = settings(tmp_path, smtp="smtp://mail.example", mail_from="Recado <desk@shop.example>").mail
    assert mail is not None
    assert str(mail.sender) == "Recado <desk@shop.example>"


@pytest.mark.parametrize("text", ["", "desk", "desk@shop", "a b@shop.example", "ñ@shop.example", "x\n<a@shop.example>"])
def test_a_sender_is_an_address(text: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        sender_of(text)
