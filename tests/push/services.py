"""A push service of ours on loopback: it takes what real ones take, and says what it is told to say."""

import asyncio
import contextlib
import datetime as dt
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from recado.push.service import Reach
from tests.push.browser import Browser

HOST = "localhost"


class Certificate(NamedTuple):
    """A certificate and its key, PEM."""

    certificate: bytes
    key: bytes


@cache
def certificate(host: str = HOST) -> Certificate:
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Certificate(built.public_bytes(Encoding.PEM), private)


class Push(NamedTuple):
    """A request as it came: where to, with which headers, and what the browser reads in it."""

    path: str
    headers: dict[str, str]
    said: dict[str, Any]


class Service:
    """Takes pushes for its browsers, each known by its path; `answers` says what to answer to each."""

    def __init__(self) -> None:
        self.pushes: list[Push] = []
        self.browsers: dict[str, Browser] = {}
        self.answers: dict[str, Callable[[], str]] = {}
        self.connections = 0
        self.port = 0

    def browser(self, name: str) -> tuple[str, Browser]:
        """The endpoint of a new browser, and the browser."""
        made = self.browsers[f"/{name}"] = Browser.new()
        return f"https://{HOST}:{self.port}/{name}", made

    def to(self, name: str) -> list[dict[str, Any]]:
        """What a browser was told, in order."""
        return [push.said for push in self.pushes if push.path == f"/{name}"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await reader.readexactly(int(headers["content-length"]))
            path = first.split()[1]
            answer = self.answers.get(path, lambda: "201 Created")()
            if answer == "hang":
                await asyncio.Event().wait()
            if answer.startswith("2"):
                self.pushes.append(Push(path, headers, json.loads(self.browsers[path].read(body))))
            writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[Service, Reach]]:
    """The service, and what lets us speak to it although it is no public one."""
    (folder / "push.pem").write_bytes(certificate().certificate)
    (folder / "push.key").write_bytes(certificate().key)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "push.pem", folder / "push.key")
    service = Service()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0, ssl=tls)
    service.port = server.sockets[0].getsockname()[1]
    trust = ssl.create_default_context(cadata=certificate().certificate.decode())
    reach = Reach(lambda address: address == "127.0.0.1", frozenset((service.port,)), trust)
    try:
        yield service, reach
    finally:
        server.close()
