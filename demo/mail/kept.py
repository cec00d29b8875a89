"""The mails that the demo has been given, as its page shows them."""

from __future__ import annotations

import email
import email.policy
import threading
import time
from email.message import EmailMessage
from typing import Any

from demo.mail.smtp import Mail

KEPT_MAX = 500


class Kept:
    """All mails, oldest first; the oldest go when there are too many."""

    def __init__(self) -> None:
        self._mails: dict[int, tuple[Mail, float]] = {}
        self._next = 1
        self._lock = threading.Lock()

    def add(self, mail: Mail) -> None:
        """Keep one more."""
        with self._lock:
            self._mails[self._next] = (mail, time.time())
            self._next += 1
            if len(self._mails) > KEPT_MAX:
                del self._mails[min(self._mails)]

    def list(self) -> list[dict[str, Any]]:
        """Return what the page's list shows, newest first. `at` in milliseconds since 1970."""
        with self._lock:
            found = list(self._mails.items())
        return [_line_of(number, mail, at) for number, (mail, at) in reversed(found)]

    def find(self, number: int) -> Mail | None:
        """Return one of them."""
        found = self._mails.get(number)
        return None if found is None else found[0]


def _read(mail: Mail) -> EmailMessage:
    found = email.message_from_bytes(mail.content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def _line_of(number: int, mail: Mail, at: float) -> dict[str, Any]:
    message = _read(mail)
    return {
        "id": number,
        "at": round(at * 1000),
        "from": str(message["From"] or mail.sender),
        "to": str(message["To"] or ", ".join(mail.to)),
        "subject": str(message["Subject"] or ""),
        "text": part_of(mail, "plain"),
    }


def part_of(mail: Mail, kind: str) -> str:
    """Return the text of a mail, `plain` or `html`; nothing where it has none."""
    body = _read(mail).get_body((kind,))
    return "" if body is None else str(body.get_content())
