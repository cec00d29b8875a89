"""Entries as their customer sees them: by public numbers, operators by their first names."""

from __future__ import annotations

from typing import Literal

import msgspec

from recado.domain.attachments import Attachment
from recado.domain.threads import Gone


class WidgetAuthor(msgspec.Struct, frozen=True):
    """Who wrote, as the customer sees it: themselves, or an operator by first name."""

    kind: Literal["visitor", "operator"]
    name: str | None


class WidgetQuote(msgspec.Struct, frozen=True):
    """The beginning of the public entry that another one answers to, as it is now."""

    seq: int
    author: WidgetAuthor
    text: str
    gone: Gone | None


class WidgetEntry(msgspec.Struct, frozen=True):
    """One public entry as its customer sees it, by public numbers. `client_id` only on their own."""

    seq: int
    rev: int
    author: WidgetAuthor
    body: str
    at: int
    client_id: str | None
    attachments: list[Attachment]
    quote: WidgetQuote | None
    edited: bool
    gone: Gone | None


def first_name(name: str | None) -> str | None:
    """Return the part of an operator's name that customers see."""
    return name.split()[0] if name and name.split() else None
