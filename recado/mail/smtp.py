"""Handing letters to a mail server (RFC 5321), and what became of each."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosmtplib
from aiosmtplib.protocol import PERIOD_REGEX, SMTPProtocol

from recado.domain.deliveries import SEND_WITHIN_S, Outcome
from recado.domain.text import salvaged_line
from recado.mail.letters import Composed
from recado.mail.servers import Server

CONNECT_WITHIN_S = 20.0
GOODBYE_WITHIN_S = 5.0
ANSWER_MAX = 300
"""Characters that are kept of what a server says."""
TAKEN, READY, REFUSED = 250, 354, 500
_LETS_NOBODY_IN = {530, 534, 535, 538}
"""Answers that are about how we come in and not about the letter (RFC 4954, section 6)."""


class AwayError(Exception):
    """The server cannot be spoken to now, or lets nobody in: nothing was sent. The text is its answer, in one line."""


class Line:
    """A line to a mail server that takes letters, one after the other."""

    def __init__(self, smtp: aiosmtplib.SMTP) -> None:
        self._smtp = smtp

    @property
    def is_open(self) -> bool:
        """Whether another letter can go over it."""
        return self._smtp.is_connected

    async def send(self, letter: Composed, within_s: float = SEND_WITHIN_S) -> Outcome:
        """Hand over one letter for one reader, and return what became of it. Never raises for what the server does.

        A refusal for good (5xx) is one; anything else before the letter's end was handed over is passing. From its end
        on the server may have it, whatever is heard.
        """
        handed_over = False
        try:
            async with asyncio.timeout(within_s):
                protocol = await self._announce(letter, within_s)
                handed_over = True
                protocol.write(PERIOD_REGEX.sub(b"..", letter.content) + b".\r\n")
                answer = await protocol.read_response(timeout=within_s)
                if answer.code != TAKEN:
                    raise aiosmtplib.SMTPDataError(answer.code, answer.message)
        except (TimeoutError, OSError, aiosmtplib.SMTPException) as error:
            return await self._failed(error, handed_over=handed_over)
        return Outcome("sent", _line(answer.code, answer.message))

    async def _announce(self, letter: Composed, within_s: float) -> SMTPProtocol:
        """Say from whom and to whom, and return where the letter goes. Raises what the library does for a refusal."""
        ascii_alone = letter.to.isascii()
        if not ascii_alone and not self._smtp.supports_extension("smtputf8"):
            raise aiosmtplib.SMTPRecipientRefused(553, "Only addresses in ASCII are taken.", letter.to)
        options, encoding = ([], "ascii") if ascii_alone else (["SMTPUTF8"], "utf-8")
        await self._smtp.mail(letter.sender, options=options, encoding=encoding, timeout=within_s)
        await self._smtp.rcpt(letter.to, encoding=encoding, timeout=within_s)
        protocol = self._smtp.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("The connection was lost.")
        ready = await protocol.execute_command(b"DATA", timeout=within_s)
        if ready.code != READY:
            raise aiosmtplib.SMTPDataError(ready.code, ready.message)
        return protocol

    async def _failed(self, error: Exception, *, handed_over: bool) -> Outcome:
        """Return what a failure means, with the line ready for the next letter, or closed."""
        if isinstance(error, aiosmtplib.SMTPResponseException) and error.code in range(400, 600):
            with contextlib.suppress(TimeoutError, OSError, aiosmtplib.SMTPException):
                await self._smtp.rset(timeout=CONNECT_WITHIN_S)
            refused = error.code >= REFUSED and error.code not in _LETS_NOBODY_IN
            return Outcome("refused" if refused else "passing", _told(error))
        self._smtp.close()  # nobody knows what would be heard next
        return Outcome("unclear" if handed_over else "passing", _told(error))


@asynccontextmanager
async def line_to(server: Server, name: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[Line]:
    """Give a line to the server, which calls itself `name`; raise `AwayError` where there is none.

    Also where it lets us in no more: a password that has changed is no reason to give up a letter. `tls` is for servers
    whose certificate no public authority vouches for.
    """
    smtp = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        local_hostname=name,
        timeout=CONNECT_WITHIN_S,
        use_tls=server.tls == "tls",
        start_tls=server.tls == "starttls",
        tls_context=tls,
    )
    try:
        async with asyncio.timeout(CONNECT_WITHIN_S * 2):
            await smtp.connect()
            if smtp.is_ehlo_or_helo_needed:
                await smtp.ehlo()
    except (TimeoutError, OSError, aiosmtplib.SMTPException, ValueError) as error:
        smtp.close()
        raise AwayError(_told(error)) from None
    try:
        yield Line(smtp)
        with contextlib.suppress(TimeoutError, OSError, aiosmtplib.SMTPException):
            await smtp.quit(timeout=GOODBYE_WITHIN_S)
    finally:
        smtp.close()


def _line(code: int, message: str) -> str:
    return salvaged_line(f"{code} {message.encode('utf-8', 'replace').decode()}", ANSWER_MAX)


def _told(error: BaseException) -> str:
    """Return a failure in one line: what the server said, else what happened."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _line(error.code, error.message)
    if isinstance(error, ssl.SSLError | ssl.CertificateError):
        return salvaged_line(f"The connection cannot be encrypted: {error}", ANSWER_MAX)
    return salvaged_line(str(error) or "It did not answer in time.", ANSWER_MAX)
