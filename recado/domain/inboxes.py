"""An inbox: one configured channel. For now a chat on a customer's web site, with its look and its allowed sites."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from recado.domain.chats import ChatSettings, ChatTheme, FieldFace
from recado.domain.errors import Invalid
from recado.domain.ids import InboxId, InboxKey
from recado.domain.people import Named

Question = Literal["no", "optional", "required"]

SITES_MAX = 50
SITE_LENGTH_MAX = 255
GREETING_MAX = 500
COLOUR_PATTERN = r"^#[0-9a-f]{6}$"
DEFAULT_COLOUR = "#3451b2"

_HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class SecretItem(msgspec.Struct, frozen=True):
    """A secret that is in use: told apart by its last characters, since itself is shown once. Microseconds UTC."""

    id: int
    ending: str
    created_at: int


class SecretMade(msgspec.Struct, frozen=True):
    """A new secret. `secret` is in this answer and nowhere else."""

    id: int
    ending: str
    created_at: int
    secret: str


class Inbox(msgspec.Struct, frozen=True):
    """A chat inbox as its settings screen shows it. `script` is the tag to put on the site."""

    id: InboxId
    key: InboxKey
    name: str
    department: Named
    sites: list[str]
    colour: str
    greeting: str
    ask_name: Question
    ask_email: Question
    chat: ChatSettings
    version: int
    secrets: list[SecretItem]
    script: str = ""


class InboxFace(msgspec.Struct, frozen=True):
    """An inbox as a visitor sees it, in their language. `departments` are the names they may choose among."""

    name: str
    department: str
    colour: str
    theme: ChatTheme
    greeting: str
    away: str
    ask_name: Question
    ask_email: Question
    ask_when_away: bool
    fields: list[FieldFace]
    departments: list[str]


class Answering(msgspec.Struct, frozen=True):
    """When a visitor may expect an answer: whether the department is open, else when it opens (microseconds UTC).

    `within_s` is how long most first answers took lately, in seconds; `text` is what an admin says instead. At most one
    of both is given, and only while it is open.
    """

    open: bool
    opens_at: int | None
    within_s: int | None
    text: str


def site_of(text: str) -> str:
    """Return an allowed site as an origin (`https://shop.example`, the port only where it is not the default).

    A path or a trailing slash is dropped, since people paste addresses; anything that is no http(s) origin is refused.
    """
    text = text.strip().lower()
    if len(text) > SITE_LENGTH_MAX:
        raise Invalid("sites", "too_long", f"A site has at most {SITE_LENGTH_MAX} characters.")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError:
        raise Invalid("sites", "not_a_site", f"{text!r} is not a web address.") from None
    host = _host_of(parts.hostname or "")
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.match(host) or parts.username or parts.password:
        raise Invalid("sites", "not_a_site", f"{text!r} is not a web address such as https://shop.example.")
    suffix = "" if port is None or port == _DEFAULT_PORTS[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"


def _host_of(name: str) -> str:
    """Return a host's name as it stands in an origin, in ASCII; empty for what can be no host."""
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return ""


def sites_of(texts: list[str]) -> list[str]:
    """Return the allowed sites in the order given, each once."""
    if len(texts) > SITES_MAX:
        raise Invalid("sites", "too_many", f"At most {SITES_MAX} sites.")
    return list(dict.fromkeys(site_of(text) for text in texts if text.strip()))
