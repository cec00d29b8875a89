"""Files whose way is cut, by the network or by the server's death, are whole in the end or in no message at all."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import random
import select
import shutil
import socket
import sys
import time
import uuid
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from recado.db.migrate import upgrade
from recado.web.berths import TURN_S
from recado.web.serving import TO_VISITOR
from tests.files.samples import PDF, photo
from tests.files.sounds import RATE, recording
from tests.process import SERVE, Server, several
from tests.reliability.conftest import Figure
from tests.reliability.sizes import size
from tests.reliability.world import Talk, populate
from tests.reliability.zygote import Zygote
from tests.servers import PostgresServer

CUTS = size(10, 200)
KILLS = size(2, 40)
LONG = PDF + random.Random(3).randbytes(3_000_000)
API = "/api/v1/widget"

CONFLICT = b"HTTP/1.1 409 "
AGAIN = (CONFLICT, b"HTTP/1.1 503 ")

DIES = """
import os, sys
from {module} import {name} as place

def die(*_):
    os.kill(os.getpid(), 9)

place.{function} = die
sys.argv = ["recado", "serve"]
from recado.cli import main
main()
"""
"""A server that is killed where it comes to a function."""
PLACES = {
    "examined, and not stored": ("recado.files.store", "Store", "put"),
    "stored, and not noted": ("recado.actions", "attachments", "finish"),
    "noted, and not said": ("recado.files.intake", "Intake", "remove"),
}


class Sender(NamedTuple):
    """A visitor's page that sends a file."""

    server: Server
    talk: Talk

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.talk.guest.token}", "Origin": self.server.base_url}

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        sent = None if body is None else json.dumps(body)
        kind = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, API + path, sent, self.headers | kind)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if answer.headers["content-type"].endswith("json") else content

    def begin(self, name: str = "largo.pdf", content: bytes = LONG) -> str:
        about = {"name": name, "size": len(content), "conversation": self.talk.chat.public_id}
        status, begun = self.ask("POST", "/uploads", about)
        assert status == 201, begun
        return str(begun["id"])

    def offset(self, which: str) -> int:
        status, upload = self.ask("GET", f"/uploads/{which}")
        assert status == 200, upload
        return int(upload["offset"])

    def part(self, which: str, offset: int, end: int, *, announced: int, content: bytes = LONG) -> socket.socket:
        """Begin a part that is announced as longer than what is sent of it; the open connection."""
        lines = [f"PATCH {API}/uploads/{which}?offset={offset} HTTP/1.1", f"Host: 127.0.0.1:{self.server.port}"]
        headers = self.headers | {"Content-Type": "application/offset+octet-stream", "Content-Length": str(announced)}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        line = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        line.sendall("\r\n".join([*lines, "", ""]).encode() + content[offset:end])
        return line

    def patch(self, which: str, offset: int, content: bytes) -> Any:
        """Send a part; gives what is answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        kind = {"Content-Type": "application/offset+octet-stream"}
        connection.request("PATCH", f"{API}/uploads/{which}?offset={offset}", content, self.headers | kind)
        with contextlib.closing(connection), connection.getresponse() as answer:
            assert answer.status == 200
            return json.loads(answer.read())

    def say(self, which: str) -> None:
        """Send the message."""
        said = {"client_id": str(uuid.uuid4()), "body": "", "attachments": [which]}
        status, sent = self.ask("POST", f"/conversations/{self.talk.chat.public_id}/messages", said)
        assert status == 201, sent

    def send(self, which: str, end: int) -> None:
        """Send what is missing up to there."""
        answer = CONFLICT
        while answer.startswith(AGAIN):  # what had come of the part before was still being written down
            offset = self.offset(which)
            with self.part(which, offset, end, announced=end - offset) as line:
                answer = line.recv(100)
        assert answer.startswith(b"HTTP/1.1 200 "), answer

    def finish(self, which: str) -> None:
        """Send what is missing, and then the message; what comes back is the file."""
        self.send(which, len(LONG))
        self.attach(which)

    def attach(self, which: str) -> None:
        """Send the message; what comes back is the file."""
        self.say(which)
        status, content = self.ask("GET", f"/files/{which}")
        assert status == 200
        assert hashlib.sha256(content).digest() == hashlib.sha256(LONG).digest()


def reads_nothing(sender: Sender, path: str) -> socket.socket:
    """Ask for something on a connection that takes little."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", sender.server.port))
    asked = [f"GET {API}{path} HTTP/1.1", "Host: shop", f"Authorization: {sender.headers['Authorization']}", "", ""]
    line.sendall("\r\n".join(asked).encode())
    return line


def test_a_file_that_is_cut_again_and_again_arrives_as_it_was(
    tmp_path: Path, migrated_file: Path, zygote: Zygote, figure: Figure
) -> None:
    chance = random.Random(11)
    shutil.copy(migrated_file, tmp_path)
    url = f"sqlite:///{tmp_path / migrated_file.name}"
    talk = populate(url, attended=1).talks[0]
    server = Server(tmp_path, url)
    sender = Sender(server, talk)
    try:
        server.start(zygote.start)
        which, killed = sender.begin(), set(chance.sample(range(CUTS), KILLS))
        for cut, end in enumerate(sorted(chance.sample(range(1, len(LONG)), CUTS))):
            offset = sender.offset(which)
            assert offset <= end
            line = sender.part(which, offset, end, announced=len(LONG) - offset)
            if cut in killed:
                server.kill()
                line.close()
                server.start(zygote.start)
            else:
                line.close()
            status, problem = sender.ask("GET", f"/files/{which}")
            assert (status, problem["code"]) == (404, "not_found")
        sender.finish(which)
        assert not list((tmp_path / "uploads").iterdir())
        figure(f"{CUTS} cuts, {KILLS} of them by SIGKILL, of a file of {len(LONG):,} bytes")
    finally:
        server.stop()


@pytest.fixture
def two(tmp_path: Path, postgres: PostgresServer, zygote: Zygote) -> Iterator[tuple[Sender, Sender]]:
    """One visitor's page at each of two processes of one desk."""
    with (
        postgres.database(postgres.template("schema", upgrade)) as url,
        several(2, tmp_path, url) as servers,
    ):
        talk = populate(url, attended=1).talks[0]
        for server in servers:
            server.start(zygote.start)
        yield Sender(servers[0], talk), Sender(servers[1], talk)


def test_who_reads_nothing_of_their_files_holds_no_more_than_a_few(two: tuple[Sender, Sender]) -> None:
    sender, _ = two
    content = LONG[:1_000_000]
    which = sender.begin(content=content)
    sender.patch(which, 0, content)
    sender.say(which)
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(reads_nothing(sender, f"/files/{which}")) for _ in range(3 * TO_VISITOR)]
        answered: list[socket.socket] = []
        while len(answered) < len(lines):
            ready, _, _ = select.select([one for one in lines if one not in answered], [], [], TURN_S / 2)
            if not ready:
                break
            answered += ready
        assert len(answered) == TO_VISITOR
        assert {one.recv(12) for one in answered} == {b"HTTP/1.1 200"}


def test_a_file_whose_parts_come_to_any_process_is_the_same_file(two: tuple[Sender, Sender]) -> None:
    """One line hangs at one process while the page goes on at the other; then each part goes to the next one."""
    one, other = two
    which = one.begin()
    hanging = one.part(which, 0, 1_500_000, announced=len(LONG))
    while other.offset(which) == 0:
        pass
    other.send(which, 2_000_000)
    hanging.close()
    for sender, end in ((one, 2_200_000), (other, 2_400_000), (one, 2_600_000), (other, len(LONG))):
        sender.send(which, end)
    one.attach(which)
    assert other.ask("GET", f"/files/{which}")[0] == 200
    assert not list((one.server.data / "uploads").iterdir())


def test_a_file_of_which_two_processes_have_the_end_is_kept_once(two: tuple[Sender, Sender]) -> None:
    """A page whose line was cut once all had come goes on at the other process, while the first one looks at it."""
    one, other = two
    for _ in range(4):
        which = one.begin()
        with one.part(which, 0, len(LONG), announced=len(LONG)) as line:
            while other.offset(which) < len(LONG):
                pass
            other.send(which, len(LONG))
            assert line.recv(100).startswith((b"HTTP/1.1 200 ", *AGAIN))
        one.attach(which)
        assert other.ask("GET", f"/files/{which}")[0] == 200
    assert not list((one.server.data / "uploads").iterdir())


def test_a_stop_of_the_server_with_all_that_it_has_started_refuses_no_file(
    tmp_path: Path, migrated_file: Path, zygote: Zygote
) -> None:
    """As Ctrl+C and a service's stop do it, while one recording is looked at and others wait for their turn."""
    said = recording("webm", array("h", bytes(2 * RATE * 60)))
    shutil.copy(migrated_file, tmp_path)
    url = f"sqlite:///{tmp_path / migrated_file.name}"
    server = Server(tmp_path, url)
    senders = [Sender(server, talk) for talk in populate(url, attended=4).talks]
    try:
        server.start(zygote.start)
        sent = [(one, one.begin("voice.webm", said)) for one in senders]
        lines = [one.part(which, 0, len(said), announced=len(said), content=said) for one, which in sent]
        deadline = time.monotonic() + 60
        while any(one.offset(which) < len(said) for one, which in sent):
            assert time.monotonic() < deadline
        server.stop()
        for line in lines:
            line.close()
        server.start(zygote.start)
        for one, which in sent:
            assert one.offset(which) == len(said)
            with one.part(which, len(said), len(said), announced=0, content=said) as line:
                assert line.recv(100).startswith(b"HTTP/1.1 200 ")
    finally:
        server.stop()


@pytest.mark.parametrize("place", PLACES)
def test_a_kill_between_the_store_and_the_database_costs_no_file_and_leaves_none_behind(
    tmp_path: Path, migrated_file: Path, zygote: Zygote, place: str
) -> None:
    shutil.copy(migrated_file, tmp_path)
    url = f"sqlite:///{tmp_path / migrated_file.name}"
    talk = populate(url, attended=1).talks[0]
    module, thing, function = PLACES[place]
    content = photo()
    program = DIES.format(module=module, name=thing, function=function)
    server = Server(tmp_path, url, command=(sys.executable, "-c", program))
    sender = Sender(server, talk)

    def lying(folder: str) -> list[Path]:
        return [one for one in (tmp_path / folder).rglob("*") if one.is_file() and one.name != "place"]

    try:
        server.start()
        which = sender.begin("a.jpg", content)
        with pytest.raises((http.client.HTTPException, OSError)):
            sender.patch(which, 0, content)
        server.stop()
        server.command = SERVE
        server.start(zygote.start)
        has_it = sender.ask("GET", f"/files/{which}")[0] == 200
        assert has_it == (place == "noted, and not said"), "once it is noted it waits for its sender's message"
        upload = sender.ask("GET", f"/uploads/{which}")[1]
        assert upload["offset"] == upload["size"]
        assert (upload["file"] is not None) == (place == "noted, and not said")
        upload = sender.patch(which, upload["offset"], b"")
        sender.say(which)
        got = sender.ask("GET", f"/files/{which}")[1]
        assert len(got) == upload["file"]["size"]
        assert got[:4] == content[:4]
        parts = {"whole", "small"} if upload["file"]["thumbnail"] else {"whole"}
        assert {one.relative_to(tmp_path / "files").parts[0] for one in lying("files")} == parts
        assert len(lying("files")) == len(parts)
        assert lying("uploads") == [] or place == "noted, and not said"
    finally:
        server.stop()
