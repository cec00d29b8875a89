"""Settings: from the environment and one file, checked at the start, seen by the roof alone.

Each is `RECADO_NAME` in the environment or `name` in the file `recado.toml` of the data directory (another file with
`RECADO_CONFIG`); the environment wins. What each means stands in `docs/self-hosting.md`.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import secrets
import tomllib
from collections.abc import Mapping
from email.headerregistry import Address
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from recado.mail.servers import Server, sender_of, server_of

PREFIX = "RECADO_"
NAMES = (
    "data",
    "host",
    "port",
    "base_url",
    "database_url",
    "secret",
    "trusted_proxies",
    "tls_certificate",
    "tls_key",
    "log",
    "files",
    "scanner",
    "smtp",
    "mail_from",
)
SECRET_MIN = 32
FILES = ("s3://", "gs://", "az://", "file://")
SCANNERS = ("tcp://", "unix://")
_USUAL_PORTS = {"http": 80, "https": 443}


class SettingsError(Exception):
    """A setting that cannot be used; the text says which one and what it may be."""


class Mail(NamedTuple):
    """The server that takes our mail, and from whom it is."""

    server: Server
    sender: Address


class Settings(NamedTuple):
    """All that the roof needs to build the house."""

    data: Path
    host: str
    port: int
    base_url: str
    database_url: str
    secret: bytes
    trusted_proxies: str
    tls_certificate: Path | None
    tls_key: Path | None
    log: str
    files: str
    """Where files lie for good: the address of an object store; empty for a folder of the data directory."""
    scanner: str
    """Where clamd listens; empty where files are not scanned."""
    mail: Mail | None
    """Who takes our mail, and in whose name it goes; None where no mail is sent."""

    @property
    def files_kept(self) -> Path | str:
        """The folder, or the address, where files lie for good."""
        return self.files or self.data / "files"

    @property
    def websocket_origin(self) -> str:
        """The origin that the pages' sockets connect to."""
        return "ws" + self.base_url.removeprefix("http")


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings, or raise `SettingsError` that names the first wrong one."""
    environment = os.environ if environment is None else environment
    data = Path(environment.get(PREFIX + "DATA", "recado-data")).absolute()
    given = _from_file(environment, data) | _from_environment(environment)
    host = str(given.get("host", "127.0.0.1"))
    port = _port(given.get("port", 8000))
    certificate, key = _file(given, "tls_certificate"), _file(given, "tls_key")
    if (certificate is None) != (key is None):
        raise SettingsError("tls_certificate and tls_key go together: give both or neither.")
    scheme = "https" if certificate else "http"
    shown = f"[{host}]" if ":" in host else host
    base_url = _base_url(str(given.get("base_url", f"{scheme}://{shown}:{port}")))
    _check_encryption(base_url)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"data: {data} cannot be used: {error.strerror}.") from None
    return Settings(
        data,
        host,
        port,
        base_url,
        str(given.get("database_url") or f"sqlite:///{data / 'recado.db'}"),
        _secret(given, data),
        str(given.get("trusted_proxies", "")),
        certificate,
        key,
        _log(given),
        _address(given, "files", FILES),
        _address(given, "scanner", SCANNERS),
        _mail(given),
    )


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    known = {PREFIX + name.upper(): name for name in NAMES} | {PREFIX + "CONFIG": "config"}
    for name in environment:
        if name.startswith(PREFIX) and name not in known and not name.startswith(f"{PREFIX}TEST_"):
            raise SettingsError(f"{name} is not a setting. Known are: {', '.join(sorted(known))}.")
    return {name: environment[variable] for variable, name in known.items() if variable in environment}


def _from_file(environment: Mapping[str, str], data: Path) -> dict[str, Any]:
    asked = environment.get(PREFIX + "CONFIG")
    path = Path(asked) if asked else data / "recado.toml"
    if not path.exists():
        if asked:
            raise SettingsError(f"{PREFIX}CONFIG: there is no file {path}.")
        return {}
    try:
        found = tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from None
    unknown = sorted(set(found) - set(NAMES) | ({"data"} & set(found)))
    if unknown:
        raise SettingsError(f"{path}: {unknown[0]} is not a setting here. Known are: {', '.join(NAMES[1:])}.")
    return found


def _port(given: Any) -> int:
    try:
        port = int(given)
    except (TypeError, ValueError):
        port = -1
    if not 1 <= port <= 65535:
        raise SettingsError(f"port: {given!r} is not a port; it is a number from 1 to 65535.")
    return port


def _base_url(given: str) -> str:
    """Return the address as browsers write an origin: lower case, ASCII, without a port that goes without saying."""
    parts = urlsplit(given.rstrip("/"))
    try:
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        host, port = "", None
    if parts.scheme not in _USUAL_PORTS or not host or parts.path or parts.query or parts.username:
        raise SettingsError(f"base_url: {given!r} is not an address such as https://desk.example, without a path.")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if port in {None, _USUAL_PORTS[parts.scheme]} else f":{port}")


def _check_encryption(base_url: str) -> None:
    """Refuse plain HTTP for other machines: sign-ins and customers' words would travel in the open."""
    parts = urlsplit(base_url)
    if parts.scheme == "http" and not _is_loopback(str(parts.hostname)):
        raise SettingsError(
            f"base_url: {base_url} is not encrypted. Give tls_certificate and tls_key, or put a proxy in front that "
            "does TLS and set base_url to its https address. Plain http is for this machine alone."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _file(given: Mapping[str, Any], name: str) -> Path | None:
    if not given.get(name):
        return None
    path = Path(str(given[name]))
    if not path.is_file():
        raise SettingsError(f"{name}: there is no file {path}.")
    return path


def _address(given: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    """Return an address of one of the known kinds, or nothing."""
    found = str(given.get(name) or "")
    if found and not found.startswith(known):
        raise SettingsError(f"{name}: {found!r} is no address that begins with {' or '.join(known)}.")
    return found


def _mail(given: Mapping[str, Any]) -> Mail | None:
    """Return how mail is sent; what is wrong with an address is said without it: a password may stand in it."""
    address, sender = str(given.get("smtp") or ""), str(given.get("mail_from") or "")
    if bool(address) != bool(sender):
        raise SettingsError("smtp and mail_from go together: a server that takes mail, and from whom it is.")
    if not address:
        return None
    try:
        server = server_of(address)
    except ValueError as error:
        raise SettingsError(f"smtp: it {error}.") from None
    try:
        return Mail(server, sender_of(sender))
    except ValueError as error:
        raise SettingsError(f"mail_from: {sender!r} {error}.") from None


def _log(given: Mapping[str, Any]) -> str:
    level = str(given.get("log", "info")).lower()
    if level not in {"debug", "info", "warning", "error"}:
        raise SettingsError(f"log: {level!r} is none of debug, info, warning, error.")
    return level


def _secret(given: Mapping[str, Any], data: Path) -> bytes:
    """Return the given secret, else the one in the data directory, made at the first start for its owner alone."""
    if given.get("secret"):
        secret = str(given["secret"]).encode()
        if len(secret) < SECRET_MIN:
            raise SettingsError(f"secret: at least {SECRET_MIN} random characters.")
        return secret
    path = data / "secret"
    try:
        if not path.exists():
            _make_secret(path)
        secret = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"data: {path} cannot be used: {error.strerror}.") from None
    if len(secret) < SECRET_MIN:
        raise SettingsError(f"{path} is damaged. Put it back from a backup, or delete it: visitors then begin anew.")
    return secret


def _make_secret(path: Path) -> None:
    """Make the secret's file whole or not at all, whatever happens to the disk or the power meanwhile."""
    fresh = path.with_name(f"secret.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_hex(SECRET_MIN).encode())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
