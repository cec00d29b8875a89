"""Files whose way is cut, by the network or by the server's death, are whole in the end or in no message at all."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import shutil
import socket
import uuid
from pathlib import Path
from typing import Any, NamedTuple

from tests.files.samples import PDF
from tests.process import Server
from tests.reliability.conftest import Figure
from tests.reliability.sizes import size
from tests.reliability.world import Talk, populate
from tests.reliability.zygote import Zygote

CUTS = size(10, 200)
KILLS = size(2, 40)
LONG = PDF + random.Random(3).randbytes(3_000_000)
API = "/api/v1/widget"

CONFLICT = b"HTTP/1.1 409 "


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

    def begin(self) -> str:
        about = {"name": "largo.pdf", "size": len(LONG), "conversation": self.talk.chat.public_id}
        status, begun = self.ask("POST", "/uploads", about)
        assert status == 201, begun
        return str(begun["id"])

    def offset(self, which: str) -> int:
        status, upload = self.ask("GET", f"/uploads/{which}")
        assert status == 200, upload
        return int(upload["offset"])

    def part(self, which: str, offset: int, end: int, *, announced: int) -> socket.socket:
        """Begin a part that is announced as longer than what is sent of it; the open connection."""
        lines = [f"PATCH {API}/uploads/{which}?offset={offset} HTTP/1.1", f"Host: 127.0.0.1:{self.server.port}"]
        headers = self.headers | {"Content-Type": "application/offset+octet-stream", "Content-Length": str(announced)}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        line = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        line.sendall("\r\n".join([*lines, "", ""]).encode() + LONG[offset:end])
        return line

    def finish(self, which: str) -> None:
        """Send what is missing, and then the message; what comes back is the file."""
        answer = CONFLICT
        while answer.startswith(CONFLICT):  # what had come of the part before was still being written down
            offset = self.offset(which)
            with self.part(which, offset, len(LONG), announced=len(LONG) - offset) as line:
                answer = line.recv(100)
        assert answer.startswith(b"HTTP/1.1 200 ")
        said = {"client_id": str(uuid.uuid4()), "body": "", "attachments": [which]}
        status, sent = self.ask("POST", f"/conversations/{self.talk.chat.public_id}/messages", said)
        assert status == 201, sent
        status, content = self.ask("GET", f"/files/{which}")
        assert status == 200
        assert hashlib.sha256(content).digest() == hashlib.sha256(LONG).digest()


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
