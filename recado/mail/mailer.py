"""How this desk sends mail: to which server, in whose name, and which letters it writes."""

from __future__ import annotations

import ssl
from contextlib import AbstractAsyncContextManager
from email.headerregistry import Address
from urllib.parse import urlsplit

from recado.domain.ids import new_secret
from recado.domain.news import Recipient, Told
from recado.mail.letters import Composed, Envelope, Letter, compose
from recado.mail.notices import letter_of, thread_of, trial_letter
from recado.mail.servers import Server
from recado.mail.smtp import Line, line_to


class Mailer:
    """Writes letters and gives a line to the server that takes them. `tls`: see `line_to`."""

    def __init__(self, server: Server, sender: Address, base_url: str, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._sender = sender
        self._base_url = base_url
        self._host = urlsplit(base_url).hostname or "localhost"
        """The name by which the desk is known: in Message-IDs, and to the server."""
        self._tls = tls

    def line(self) -> AbstractAsyncContextManager[Line]:
        """Give a line to the server; raise `AwayError` where there is none."""
        return line_to(self._server, self._host, self._tls)

    def notice(self, stable_id: str, recipient: Recipient, told: Told, now: int) -> Composed:
        """Return the letter that tells somebody what is unread to them. Raises `CannotWriteError`."""
        return self._written(recipient, stable_id, thread_of(told), now, letter_of(recipient, told, self._base_url))

    def trial(self, recipient: Recipient, now: int) -> Composed:
        """Return the letter that somebody has asked for. Raises `CannotWriteError`."""
        return self._written(recipient, new_secret(), None, now, trial_letter(recipient, self._base_url))

    def _written(self, to: Recipient, stable_id: str, thread: str | None, now: int, letter: Letter) -> Composed:
        envelope = Envelope(self._sender, to.email or "", to.name, self._host, stable_id, thread, now // 1_000_000)
        return compose(envelope, letter)
