"""Offices that send files: a page that sends one, and `python -m bench.offices`, ten of them that send all the time.

Those are a program of their own, as the server is. In the process of the pages whose texts are measured each part of a
file held those up on their way out and back: that was measured, too, and is no work of the server's.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import msgspec
import uvloop

from bench.cast import Attending
from bench.clients import Line, connect, request
from bench.servers import ROOT, BenchError, Door

Who = tuple[str, str]
BEGUN = b"all have begun\n"


class Plan(msgspec.Struct, frozen=True):
    """Who sends at the door with this port, and what: files of a size in parts of a size, a part each `pace_s`.

    Each begins `apart_s` after the one before.
    """

    port: int
    who: list[Attending]
    size: int
    part: int
    pace_s: float
    apart_s: float


class Sender(NamedTuple):
    """An operator's page that sends a file into a conversation of theirs."""

    server: Door
    line: Line
    who: Who
    conversation: int

    async def _ask(self, method: str, path: str, data: object = None) -> Any:
        answer = await self.line.insist(request(self.server, method, f"/api/v1/console/{path}", self.who, data))
        return msgspec.json.decode(answer.body) if answer.body else None

    async def send(self, content: bytes, size: int, pause_s: float = 0) -> str:
        """Send a file in parts of a size, each at its time; return its id once it has been examined and stored."""
        about = {"name": "catalogue.pdf", "size": len(content)}
        which = (await self._ask("POST", f"conversations/{self.conversation}/uploads", about))["id"]
        loop = asyncio.get_running_loop()
        began, told = loop.time(), None
        for number, start in enumerate(range(0, len(content), size)):
            if pause_s:
                await asyncio.sleep(began + number * pause_s - loop.time())
            told = await self.line.insist(part(self.server, self.who, which, start, content[start : start + size]))
        if told is None or msgspec.json.decode(told.body)["file"] is None:
            raise BenchError("a file was not taken though all of it had come")
        return str(which)

    async def attach(self, which: str) -> None:
        """Send a message with a file."""
        said = {"client_id": str(uuid.uuid4()), "body": "", "attachments": [which]}
        await self._ask("POST", f"conversations/{self.conversation}/messages", said)

    async def give_up(self, which: str) -> None:
        """Let a file go, so that there is room for the next."""
        await self._ask("DELETE", f"uploads/{which}")


def part(server: Door, who: Who, which: str, start: int, content: bytes) -> bytes:
    """Return the request that sends a part of a file."""
    return body(server, "PATCH", f"/api/v1/console/uploads/{which}?offset={start}", who, content)


def body(server: Door, method: str, path: str, who: Who, content: bytes) -> bytes:
    """Return a request with plain bytes."""
    head = request(server, method, path, who).removesuffix(b"\r\n")
    kind = f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(content)}\r\n\r\n"
    return head + kind.encode() + content


def catalogue(size: int) -> bytes:
    """Return a file that is taken for a PDF and cannot be packed."""
    return b"%PDF-1.7\n" + random.Random(1).randbytes(size - 9)


@contextlib.asynccontextmanager
async def sender(server: Door, who: Attending) -> AsyncIterator[Sender]:
    """A connected page of an operator."""
    line = await connect(server)
    try:
        yield Sender(server, line, ("Cookie", who.cookie), who.conversation)
    finally:
        line.close()


@contextlib.asynccontextmanager
async def sending(plan: Plan) -> AsyncIterator[None]:
    """Offices send one file after the other; raise `BenchError` where they did not come to the end of one each."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.offices", msgspec.json.encode(plan), stdout=pipe, stderr=pipe, cwd=ROOT
    )
    taken = 0
    try:
        assert process.stdout is not None
        while await process.stdout.readline() not in {BEGUN, b""}:
            taken += 1
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        output, said = await process.communicate()
    if process.returncode != -signal.SIGTERM:
        raise BenchError(f"files were sent no longer: {said.decode()[-2000:]}")
    taken += len(output.splitlines())
    if taken < len(plan.who):
        raise BenchError(f"only {taken} of {len(plan.who)} files came to their end")


async def _send_all(plan: Plan) -> None:
    content = catalogue(plan.size)

    async def keep_sending(who: Attending) -> None:
        async with sender(Door(plan.port), who) as page:
            while True:
                which = await page.send(content, plan.part, plan.pace_s)
                print(which, flush=True)
                await page.give_up(which)

    async with asyncio.TaskGroup() as group:
        for who in plan.who:
            group.create_task(keep_sending(who))
            await asyncio.sleep(plan.apart_s)
        sys.stdout.buffer.write(BEGUN)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_send_all(msgspec.json.decode(sys.argv[1], type=Plan)))
