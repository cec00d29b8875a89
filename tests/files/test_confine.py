"""Whatever a file makes of the program that looks at it: it reads that one file, and reaches nothing else."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from recado.domain.attachments import Found
from recado.domain.errors import Busy
from recado.files import confine
from recado.files.examiner import Examiner
from recado.files.turns import Whose
from tests.files.samples import MP3, PDF, WEBM, photo, picture
from tests.servers import NOT_RUN

HOLE = '''
"""A hole in what reads files: whoever sends one has any code of theirs run in the program that looks at it."""
import json, os, socket
from pathlib import Path
from recado.files import formats

def done(path):
    """Which deeds succeed."""
    data = path.parents[1]
    deeds = {
        "reads its file": lambda: path.read_bytes(),
        "reads the database": lambda: (data / "recado.db").read_bytes(),
        "reads the secret": lambda: (data / "secret").read_bytes(),
        "reads another's file": lambda: (path.parent / "another").read_bytes(),
        "changes its file": lambda: path.open("r+b").close(),
        "changes another's file": lambda: (path.parent / "another").open("r+b").close(),
        "empties another's file": lambda: os.truncate(path.parent / "another", 0),
        "leaves something": lambda: (path.parent / "left").write_bytes(b""),
        "removes another's file": lambda: (path.parent / "removed").unlink(),
        "looks around": lambda: os.listdir(path.parent),
        "reads the server's settings": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "runs a program": lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0),
        "speaks by TCP": lambda: socket.socket().close(),
        "speaks by UDP": lambda: socket.socket(type=socket.SOCK_DGRAM).close(),
        "speaks to the database": lambda: socket.socket(socket.AF_UNIX).close(),
        "signals the server": lambda: os.kill(os.getppid(), 0),
    }
    succeeded = []
    for deed, do in deeds.items():
        try:
            do()
            succeeded.append(deed)
        except OSError:
            pass
    return succeeded

def evil(raw):
    return formats.Kind("pdf", json.dumps(done(Path(os.environ["PYTHONPATH"]) / "uploads" / "file")))

formats.kind_of = evil
'''


@pytest.fixture(autouse=True)
def _needs_landlock() -> None:
    if confine.version() == 0:
        pytest.skip(f"{NOT_RUN}a kernel with Landlock")


def looked_at(path: Path, claimed: str) -> Found:
    async def look() -> Found:
        looks = Examiner()
        try:
            return await looks.examine(path, claimed, Whose("ana", of_desk=True))
        finally:
            await looks.close()

    return asyncio.run(look())


def test_a_hole_in_what_reads_files_opens_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "uploads" / "file"
    path.parent.mkdir()
    for one in (path, tmp_path / "recado.db", tmp_path / "secret", path.parent / "another", path.parent / "removed"):
        one.write_bytes(PDF)
    (tmp_path / "sitecustomize.py").write_text(HOLE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    told = f"import json, pathlib, sitecustomize; print(json.dumps(sitecustomize.done(pathlib.Path({str(path)!r}))))"
    free = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True).stdout
    assert len(json.loads(free)) == 16
    (path.parent / "removed").write_bytes(PDF)
    found = json.loads(looked_at(path, "pdf").type)
    beyond = {"signals the server"} if confine.version() < 6 else set()
    assert set(found) - beyond == {"reads its file"}


@pytest.mark.parametrize(
    ("claimed", "content"),
    [("jpg", photo()), ("png", picture()), ("webp", picture("WEBP")), ("audio", WEBM), ("mp3", MP3), ("pdf", PDF)],
)
def test_what_is_made_of_a_file_is_none_that_was_made_before(tmp_path: Path, claimed: str, content: bytes) -> None:
    """What was made before may be in the store, where it has a second name and stays as it is."""
    path = tmp_path / "file"
    path.write_bytes(content)
    made = [tmp_path / f"file.{one}" for one in ("clean", "small", "sound")]
    for one in made:
        one.write_bytes(b"before")
        os.link(one, f"{one}.stored")
    looked_at(path, claimed)
    assert {Path(f"{one}.stored").read_bytes() for one in made} == {b"before"}
    changed = {one.suffix for one in made if one.read_bytes() != b"before"}
    pictures = {".clean", ".small"} if claimed in {"jpg", "png", "webp"} else set()
    assert changed == (pictures or ({".clean", ".sound"} if claimed == "audio" else set()))


def test_a_file_that_has_gone_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(Busy):
        looked_at(tmp_path / "gone", "jpg")
    assert list(tmp_path.iterdir()) == []
