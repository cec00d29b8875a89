"""Which server sends our mail, and in whose name: what the settings say, taken apart and checked."""

from __future__ import annotations

import contextlib
import ipaddress
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from recado.domain.customers import email_of
from recado.domain.errors import Invalid

Tls = Literal["starttls", "tls", "none"]
_PORTS = {"smtp": 587, "smtps": 465}


class Server(NamedTuple):
    """A mail server that takes our mail. `tls`: from the start, asked for before anything is said, or none."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: Tls


def server_of(address: str) -> Server:
    """Return the server at `smtp://user:password@host:587` or `smtps://…`; raise `ValueError` in plain words.

    What goes to `smtp://` is encrypted by STARTTLS, and nothing is said without it; to a server on this machine, or
    with `?tls=none`, it goes in the open.
    """
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in _PORTS or not parts.hostname or port in {-1, 0}:
        raise ValueError("is no address such as smtp://user:password@mail.example:587 or smtps://…:465")
    if parts.path.strip("/") or parts.fragment:
        raise ValueError("has something behind the port: write signs of a password such as / and # as %2F and %23")
    asked = parse_qs(parts.query)
    if set(asked) - {"tls"} or asked.get("tls", ["none"]) not in (["none"], ["starttls"]):
        raise ValueError("may end in ?tls=none or ?tls=starttls, and in nothing else")
    tls: Tls = "starttls"
    if parts.scheme == "smtps":
        if asked:
            raise ValueError("begins with smtps:// and is encrypted from the start: leave out ?tls=")
        tls = "tls"
    elif asked.get("tls") == ["none"] or (not asked and _is_here(parts.hostname)):
        tls = "none"
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    if (user is None) != (password is None):
        raise ValueError("needs user and password together, or neither")
    return Server(parts.hostname, port or _PORTS[parts.scheme], user, password, tls)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def sender_of(text: str) -> Address:
    """Return the address in `Recado <desk@shop.example>` or `desk@shop.example`; raise `ValueError` in plain words."""
    name, found = parseaddr(text)
    with contextlib.suppress(ValueError, IndexError, Invalid):
        address = email_of(found)
        if address is not None and address.isascii() and text.isprintable():
            return Address(display_name=name, addr_spec=address)
    raise ValueError("is no address such as Recado <desk@shop.example>")
