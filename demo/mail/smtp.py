"""A mail server that takes what it is given (RFC 5321): for the demo, and for tests that tell it how to fail."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections.abc import Callable
from typing import NamedTuple

Cue = Callable[[str, "Mail"], str | None]
"""What to do at a step, by its name and the mail so far: answer otherwise, or one of the words below; None goes on.

Steps: `connect`, the commands `EHLO`, `STARTTLS`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `QUIT`, then `body` for what comes
before the end of a mail, and `end` for its end.
"""
CUT = "cut"
"""The connection breaks off."""
HANG = "hang"
"""Nothing is said any more."""
CUT_AFTER = "cut after"
"""The mail is kept, and the connection breaks off before that is said."""
LINE_MAX = 64 * 1024
MAIL_MAX = 32 * 1024 * 1024


class Mail(NamedTuple):
    """A mail as it came: from and to which addresses, and its bytes."""

    sender: str
    to: tuple[str, ...]
    content: bytes


class _BrokenOffError(Exception):
    """The connection is at its end."""


class Server:
    """Takes mails, from `start` to `stop`, and hands each to `keep`."""

    def __init__(
        self,
        keep: Callable[[Mail], None],
        cue: Cue = lambda *_: None,
        tls: ssl.SSLContext | None = None,
        logins: dict[str, str] | None = None,
    ) -> None:
        self.keep = keep
        self.cue = cue
        self.port = 0
        self.steps: list[str] = []
        """The steps of all connections so far, in order."""
        self._tls = tls
        self._logins = logins
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """Begin to listen; `port` then says where."""
        self._server = await asyncio.start_server(self._greet, host, port, limit=LINE_MAX)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End, with all connections."""
        if self._server is not None:
            self._server.close()
        for talk in tuple(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            await _Talk(self, reader, writer).run()
        except (
            _BrokenOffError,
            OSError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            asyncio.CancelledError,
        ):
            pass
        finally:
            self._talks.discard(task)
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError):
                await writer.wait_closed()


class _Talk:
    """One connection."""

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._mail = Mail("", (), b"")
        self._encrypted = False

    async def run(self) -> None:
        await self._step("connect", "220 demo.local takes mail")
        while True:
            line = (await self._reader.readuntil(b"\r\n")).decode("utf-8", "replace").rstrip("\r\n")
            command, _, rest = line.partition(" ")
            await self._obey(command.upper(), rest)

    async def _obey(self, command: str, rest: str) -> None:
        match command:
            case "EHLO" | "HELO":
                await self._step("EHLO", "\r\n".join(self._abilities()))
            case "STARTTLS" if self._server._tls is not None and not self._encrypted:  # noqa: SLF001 - its own talk
                await self._step("STARTTLS", "220 go on")
                await self._writer.start_tls(self._server._tls)  # noqa: SLF001 - likewise
                self._encrypted = True
            case "AUTH":
                await self._step("AUTH", self._judge(rest))
            case "MAIL":
                self._mail = Mail(_address(rest), (), b"")
                await self._step("MAIL", "250 ok")
            case "RCPT":
                self._mail = self._mail._replace(to=(*self._mail.to, _address(rest)))
                await self._step("RCPT", "250 ok")
            case "DATA" if not self._mail.to:
                await self._say("503 to whom?")
            case "DATA":
                await self._take()
            case "RSET" | "NOOP":
                await self._say("250 ok")
            case "QUIT":
                await self._step("QUIT", "221 goodbye")
                raise _BrokenOffError
            case _:
                await self._say("502 unknown")

    def _abilities(self) -> list[str]:
        found = ["demo.local", "SMTPUTF8", "8BITMIME"]
        found += ["STARTTLS"] if self._server._tls is not None and not self._encrypted else []  # noqa: SLF001
        found += ["AUTH PLAIN"] if self._server._logins is not None else []  # noqa: SLF001
        return [f"250-{one}" for one in found[:-1]] + [f"250 {found[-1]}"]

    def _judge(self, said: str) -> str:
        _, user, password = base64.b64decode(said.partition(" ")[2]).decode().split("\0")
        fits = (self._server._logins or {}).get(user) == password  # noqa: SLF001
        return "235 welcome" if fits else "535 not known here"

    async def _take(self) -> None:
        """Hear a mail up to its end: a line with a dot alone. Other lines that begin with one have lost it."""
        if not await self._step("DATA", "354 go on"):
            return
        lines: list[bytes] = []
        size = 0
        while (line := await self._reader.readuntil(b"\r\n")) != b".\r\n":
            if not lines:
                await self._do(self._server.cue("body", self._mail))
            size += len(line)
            if size > MAIL_MAX:
                raise _BrokenOffError
            lines.append(line.removeprefix(b"."))
        self._mail = self._mail._replace(content=b"".join(lines))
        asked = self._server.cue("end", self._mail)
        self._server.steps.append("end")
        if asked in {None, CUT_AFTER}:
            self._server.keep(self._mail)
        if asked == CUT_AFTER:
            asked = CUT
        await self._do(asked)
        await self._say(asked or "250 kept")

    async def _step(self, name: str, answer: str) -> bool:
        """Answer at a step, otherwise where that is asked for; return whether it went on as usual."""
        self._server.steps.append(name)
        asked = self._server.cue(name, self._mail)
        await self._do(asked)
        await self._say(asked or answer)
        return asked is None

    async def _do(self, asked: str | None) -> None:
        if asked == CUT:
            raise _BrokenOffError
        if asked == HANG:
            await asyncio.Event().wait()

    async def _say(self, answer: str) -> None:
        self._writer.write(f"{answer}\r\n".encode())
        await self._writer.drain()


def _address(said: str) -> str:
    """Return the address in `FROM:<a@b> …` or `TO:<a@b> …`."""
    return said.partition("<")[2].partition(">")[0]
