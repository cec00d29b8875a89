"""A letter as bytes: header fields that nothing can be smuggled into, a text and the same as HTML."""

from __future__ import annotations

import contextlib
import html
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import NamedTuple

from recado.domain.customers import email_of
from recado.domain.errors import Invalid
from recado.domain.text import salvaged_line

LINE_MAX = 200
"""Characters of a name or a subject."""
_POLICY = SMTP.clone(max_line_length=76)
_PAGE = """<!doctype html>
<html lang="{locale}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1c1f24;background:#fff">
<div style="max-width:560px;margin:0 auto">{body}</div></body></html>
"""
_SAID = (
    '<p style="margin:0 0 12px;padding:8px 12px;border-left:3px solid #0b6b4f;background:#f3f5f4">'
    "<b>{author}</b><br>{text}</p>"
)
_BUTTON = (
    '<p style="margin:20px 0"><a href="{link}" style="display:inline-block;padding:10px 18px;border-radius:8px;'
    'background:#0b6b4f;color:#fff;text-decoration:none">{label}</a></p>'
)
_SMALL = '<p style="margin:24px 0 0;font-size:13px;color:#5c646e">{text}</p>'


class CannotWriteError(Exception):
    """Nothing can be written to this address; the text says why, in plain words."""


class Letter(NamedTuple):
    """What is written, in the words of its reader. `said` are those who said something, with their words."""

    locale: str
    subject: str
    lines: list[str]
    said: list[tuple[str, str]]
    after: list[str]
    link: str
    label: str
    small: str


class Envelope(NamedTuple):
    """Whose letter it is and whose it becomes: addresses with their names, and by which ids it is known.

    `thread` names what it belongs to: programs show those of one thread together.
    """

    sender: Address
    to: str
    name: str
    host: str
    stable_id: str
    thread: str | None
    at_s: int


class Composed(NamedTuple):
    """A letter as it goes out: from and to which address, and its bytes, with CRLF at the ends of lines."""

    sender: str
    to: str
    content: bytes


def compose(envelope: Envelope, letter: Letter) -> Composed:
    """Return the letter as it goes out. Raises `CannotWriteError`."""
    message, to = EmailMessage(policy=_POLICY), address_of(envelope.to, envelope.name)
    message["From"] = envelope.sender
    message["To"] = to
    message["Subject"] = salvaged_line(letter.subject, LINE_MAX)
    message["Date"] = formatdate(envelope.at_s)
    message["Message-ID"] = f"<{envelope.stable_id}@{envelope.host}>"
    if envelope.thread is not None:
        message["References"] = message["In-Reply-To"] = f"<{envelope.thread}@{envelope.host}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_sound(_as_text(letter)), cte="quoted-printable")
    message.add_alternative(_sound(_as_html(letter)), subtype="html", cte="quoted-printable")
    return Composed(envelope.sender.addr_spec, to.addr_spec, message.as_bytes())


def address_of(email: str, name: str) -> Address:
    """Return an address with its name; of a host that is written in letters of its own, as the network writes it."""
    with contextlib.suppress(ValueError, IndexError, Invalid):
        local, _, host = (email_of(email) or "").rpartition("@")
        if local:
            return Address(salvaged_line(name, LINE_MAX), local, host.encode("idna").decode())
    raise CannotWriteError(f"No e-mail can be addressed to {salvaged_line(email, LINE_MAX)}.")


def _sound(text: str) -> str:
    """Return a text without halves of characters, which cannot be written."""
    return text.encode("utf-8", "replace").decode()


def _as_text(letter: Letter) -> str:
    said = [f"{author}:\n> {text}" for author, text in letter.said]
    return "\n\n".join([*letter.lines, *said, *letter.after, f"{letter.label}: {letter.link}", "-- \n" + letter.small])


def _as_html(letter: Letter) -> str:
    lines = [f'<p style="margin:0 0 12px">{html.escape(line)}</p>' for line in letter.lines]
    said = [_SAID.format(author=html.escape(author), text=html.escape(text)) for author, text in letter.said]
    after = [f'<p style="margin:0 0 12px">{html.escape(line)}</p>' for line in letter.after]
    button = _BUTTON.format(link=html.escape(letter.link), label=html.escape(letter.label))
    body = "\n".join([*lines, *said, *after, button, _SMALL.format(text=html.escape(letter.small))])
    return _PAGE.format(locale=letter.locale, body=body)
