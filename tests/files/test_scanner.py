"""A scanner is asked in clamd's own words; what it finds is refused, and without its answer nothing is let through."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple, cast
from unittest.mock import Mock

import pytest

from recado.domain.errors import ScannerAway, WrongFile
from recado.files import scanner as scanners
from recado.files.examiner import Examiner
from recado.files.scanner import AGAIN_S, AT_ONCE, Scanner, Scans, TooSlow
from recado.files.turns import Whose
from recado.web.uploads import Uploads
from tests.files.samples import PDF
from tests.web.doors import House, opened_house, part_of
from tests.web.files import Sending
from tests.world import World

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file on which all scanners agree (EICAR)."""
Answer = Callable[[bytes], bytes]


def clam(content: bytes) -> bytes:
    """What clamd says of a content."""
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


@asynccontextmanager
async def listening(answer: Answer) -> AsyncIterator[Scanner]:
    """A small clamd: takes a stream in pieces with their lengths before them, and answers once it has all of it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
        writer.write(answer(content))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield Scanner(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")


async def test_what_it_finds_is_refused_and_the_rest_is_not(tmp_path: Path) -> None:
    async with listening(clam) as scanner:
        (tmp_path / "good").write_bytes(PDF * 5_000)
        await scanner.check(tmp_path / "good")
        (tmp_path / "bad").write_bytes(PDF * 5_000 + EICAR)
        with pytest.raises(WrongFile) as refusal:
            await scanner.check(tmp_path / "bad")
    assert refusal.value.fault == "infected"


async def test_what_is_larger_than_it_looks_at_is_refused_however_much_of_it_still_comes(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(20_000_000))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(200_000)
        writer.write(b"INSTREAM size limit exceeded. ERROR\0")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        scanner = Scanner(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        with pytest.raises(WrongFile) as refusal:
            await scanner.check(tmp_path / "large")
    assert refusal.value.fault == "too_large_to_scan"


@pytest.mark.parametrize("said", [b"", b"stream: OK", b"what?\0", b"stream: Time limit reached. ERROR\0"])
async def test_whatever_is_no_answer_lets_nothing_through(tmp_path: Path, said: bytes) -> None:
    (tmp_path / "good").write_bytes(PDF)
    async with listening(lambda _: said) as scanner:
        with pytest.raises(ScannerAway):
            await scanner.check(tmp_path / "good")
    with pytest.raises(ScannerAway):
        await scanner.check(tmp_path / "good")
    with pytest.raises(ScannerAway):
        await Scanner(f"unix://{tmp_path}/nothing").check(tmp_path / "good")


@asynccontextmanager
async def scanning(world: World, tmp_path: Path, scanner: Scanner) -> AsyncIterator[tuple[House, Sending]]:
    async with opened_house(world, tmp_path) as house:
        uploads = part_of(house.app, "uploads", Uploads)
        uploads._scans = Scans(scanner)
        try:
            yield house, Sending(house, house.operator(world.ana), world.attended())
        finally:
            uploads._scans = None


async def test_a_found_file_is_set_apart_and_nobody_gets_it(small_world: World, tmp_path: Path) -> None:
    async with listening(clam) as scanner, scanning(small_world, tmp_path, scanner) as (house, ana):
        found = await ana.whole("a.pdf", PDF + EICAR)
        assert (found.status_code, found.json()["fault"]) == (422, "infected")
        quarantine = part_of(house.app, "uploads", Uploads)._intake._quarantine
        assert EICAR in max(quarantine.iterdir(), key=lambda one: one.stat().st_mtime).read_bytes()
        assert (await ana.whole("a.pdf", PDF)).status_code == 200


async def test_while_it_is_away_files_wait_and_texts_go_on(
    small_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(clam) as scanner:
        pass
    async with scanning(small_world, tmp_path, scanner) as (house, ana):
        which = (await ana.begin("a.pdf", len(PDF))).json()["id"]
        with monkeypatch.context() as patched:  # it may be away for long, and nobody looks at the file again and again
            patched.setattr(Examiner, "examine", Mock(side_effect=AssertionError))
            waits = await ana.part(which, 0, PDF)
        assert (waits.status_code, waits.json()["code"]) == (503, "scanner_away")
        assert waits.headers["retry-after"]
        assert (await ana.look(which)).json()["offset"] == len(PDF)
        small_world.answers(small_world.ana, small_world.chats()[-1].id, "a text")
        async with listening(clam) as back:
            part_of(house.app, "uploads", Uploads)._scans = Scans(back)
            assert (await ana.part(which, len(PDF), b"")).json()["file"]["name"] == "a.pdf"


class Slow(NamedTuple):
    """A scanner that gives no answer until it is let."""

    running: list[str]
    most: list[int]
    full: asyncio.Event
    let: asyncio.Event

    async def check(self, path: Path) -> None:
        """Take until it is let."""
        self.running.append(path.name)
        self.most.append(len(self.running))
        if len(self.running) == AT_ONCE:
            self.full.set()
        await self.let.wait()
        self.running.remove(path.name)


async def test_a_few_are_scanned_at_once_and_each_person_s_one_after_the_other() -> None:
    slow = Slow([], [], asyncio.Event(), asyncio.Event())
    scans = Scans(cast("Scanner", slow))
    mine = [asyncio.create_task(scans.check(Path(f"ana-{one}"), Whose("ana", of_desk=True))) for one in range(20)]
    others = [asyncio.create_task(scans.check(Path(str(one)), Whose(one, of_desk=False))) for one in range(2 * AT_ONCE)]
    async with asyncio.timeout(20):
        await slow.full.wait()
    assert [one for one in slow.running if one.startswith("ana")] == ["ana-0"]
    slow.let.set()
    await asyncio.gather(*mine, *others)
    assert max(slow.most) == AT_ONCE


async def test_what_takes_it_too_long_is_not_begun_anew_at_each_asking() -> None:
    now, asked = [0.0], []

    class Late:
        async def check(self, path: Path) -> None:
            asked.append(path.name)
            raise TooSlow

    scans = Scans(cast("Scanner", Late()), lambda: now[0])

    async def away(which: str) -> int:
        with pytest.raises(ScannerAway) as told:
            await scans.check(Path(which), Whose("lucia", of_desk=False))
        return told.value.retry_after_s

    assert await away("bomb") == AGAIN_S
    now[0] += 15
    assert await away("bomb") == AGAIN_S - 15
    assert await away("other") == AGAIN_S
    assert asked == ["bomb", "other"]
    now[0] += AGAIN_S
    assert await away("bomb") == 2 * AGAIN_S
    assert asked == ["bomb", "other", "bomb"]


async def test_a_scanner_that_listens_and_says_nothing_is_told_from_one_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "good").write_bytes(PDF)
    monkeypatch.setattr(scanners, "WAIT_S", 0.05)

    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        over.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        with pytest.raises(TooSlow):
            await Scanner(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}").check(tmp_path / "good")
        async with asyncio.timeout(20):
            await over.wait()
