"""The demo's mail server shows what it was given, and a mail's HTML can do nothing there."""

import http.server
import json
import smtplib
import threading
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from functools import partial

import pytest

from demo.mail.kept import Kept
from demo.mail.viewer import Viewer, take_mails


@pytest.fixture
def viewer() -> Iterator[tuple[int, str]]:
    """The port at which mails are taken, and the address of the page."""
    kept = Kept()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Viewer, kept=kept)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield take_mails(kept), f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def fetch(address: str) -> tuple[str, str]:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
        return answer.read().decode(), answer.headers["Content-Security-Policy"]


def test_a_mail_is_shown(viewer: tuple[int, str]) -> None:
    port, address = viewer
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "desk@shop.example", "Ana <ana@shop.example>", "Señal"
    mail.set_content("Hola\n.\n..")
    mail.add_alternative("<p>Hola<script>alert(1)</script>", subtype="html")
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
        server.send_message(mail)
    (shown,) = json.loads(fetch(f"{address}/mails")[0])
    assert (shown["to"], shown["subject"]) == ("Ana <ana@shop.example>", "Señal")
    assert shown["text"].split() == ["Hola", ".", ".."]
    page, policy = fetch(f"{address}/mails/{shown['id']}")
    assert "Hola" in page
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "Mail of the demo" in fetch(address)[0]
