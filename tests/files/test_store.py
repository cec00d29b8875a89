"""The same of a store of files, whether it is a folder or speaks S3."""

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from recado.domain.errors import NotFound
from recado.domain.ids import FileId, new_file_id
from recado.files.store import PARTS, PIECE, Part, Store, StoreAwayError, place_of
from tests.process import free_port

CONTENT = bytes(range(256)) * (PIECE // 100)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of an S3 server of the tests' own, with a bucket in it."""
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.port}"
    headers = {"authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request"}
    assert httpx.put(f"{address}/bucket", headers=headers).status_code == 200
    yield address
    server.shutdown()


def by_s3(monkeypatch: pytest.MonkeyPatch, address: str) -> Store:
    for name, value in (
        ("AWS_ENDPOINT_URL", address),
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "y"),
        ("AWS_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    return Store("s3://bucket/of/files")


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "disk":
        return Store(tmp_path / "files")
    return by_s3(monkeypatch, request.getfixturevalue("bucket"))


async def put(store: Store, tmp_path: Path, content: bytes = CONTENT) -> FileId:
    which = new_file_id()
    (tmp_path / "source").write_bytes(content)
    await store.put(which, "whole", tmp_path / "source")
    return which


async def test_a_file_and_all_folders_that_name_it_are_on_the_disk_before_it_is_called_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    flush = os.fsync

    def noted(opened: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{opened}").readlink()).removeprefix(str(tmp_path)))
        flush(opened)

    monkeypatch.setattr(os, "fsync", noted)
    which = await put(Store(tmp_path / "files"), tmp_path)
    folder = f"/files/whole/{which[:2]}"
    assert flushed == [f"{folder}/{which}", folder, "/files/whole", "/files"]


async def read(store: Store, which: FileId, start: int, end: int, part: Part = "whole") -> bytes:
    return b"".join([piece async for piece in store.read(which, part, start, end)])


async def test_what_is_put_is_read_whole_and_in_parts(store: Store, tmp_path: Path) -> None:
    which = await put(store, tmp_path)
    assert await read(store, which, 0, len(CONTENT)) == CONTENT
    for start, end in ((0, 1), (PIECE - 1, PIECE + 1), (len(CONTENT) - 5, len(CONTENT)), (7, 7)):
        assert await read(store, which, start, end) == CONTENT[start:end]


async def test_what_is_put_again_takes_the_place_of_what_was_put(store: Store, tmp_path: Path) -> None:
    which = await put(store, tmp_path)
    await store.put(which, "whole", tmp_path / "source")
    assert await read(store, which, 0, len(CONTENT)) == CONTENT
    (tmp_path / "other").write_bytes(b"other")
    await store.put(which, "whole", tmp_path / "other")
    assert await read(store, which, 0, 5) == b"other"


@pytest.mark.parametrize("linked", [True, False])
async def test_a_file_is_not_written_twice_where_one_disk_holds_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, linked: bool
) -> None:
    def on_another_disk(*_: object) -> None:
        raise OSError(errno.EXDEV, "")

    if not linked:
        monkeypatch.setattr(os, "link", on_another_disk)
    store = Store(tmp_path / "files")
    which = await put(store, tmp_path)
    assert ((tmp_path / "source").stat().st_nlink == 2) == linked
    (tmp_path / "source").unlink()
    assert await read(store, which, 0, len(CONTENT)) == CONTENT


async def test_a_small_picture_lies_beside_it(store: Store, tmp_path: Path) -> None:
    which = await put(store, tmp_path)
    with pytest.raises(NotFound):
        await store.get_small(which)
    (tmp_path / "source").write_bytes(b"small")
    await store.put(which, "small", tmp_path / "source")
    assert await store.get_small(which) == b"small"


async def test_what_is_removed_is_gone_and_may_be_removed_again(store: Store, tmp_path: Path) -> None:
    which, other = await put(store, tmp_path), await put(store, tmp_path)
    for part in PARTS:
        await store.put(which, part, tmp_path / "source")
        assert await read(store, which, 0, 1, part) == CONTENT[:1]
    for _ in range(2):
        await store.remove(which)
    for part in PARTS:
        with pytest.raises(NotFound):
            await read(store, which, 0, 1, part)
    assert await read(store, other, 0, 1) == CONTENT[:1]


async def test_a_store_that_is_away_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = by_s3(monkeypatch, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreAwayError):
        await put(away, tmp_path)
    with pytest.raises(StoreAwayError):
        await away.remove(new_file_id())


async def test_what_is_stored_stays_where_it_is_to_be_stored_again_and_has_gone(store: Store, tmp_path: Path) -> None:
    """Of two who had the same file, the first was done with it."""
    which = await put(store, tmp_path)
    await store.put(which, "whole", tmp_path / "source")
    (tmp_path / "source").unlink()
    with pytest.raises(NotFound):
        await store.put(which, "whole", tmp_path / "source")
    assert await read(store, which, 0, len(CONTENT)) == CONTENT
    await store.remove(which)
    assert [one for one in (tmp_path / "files").rglob("*") if one.is_file()] == []


def test_those_who_share_a_place_call_it_the_same(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    assert place_of(here) == place_of(here) == place_of(f"file://{here}") != place_of(there)
    assert place_of("s3://bucket/files/") == place_of("s3://bucket/files") == "s3://bucket/files"
