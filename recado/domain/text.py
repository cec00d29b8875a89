"""Short texts that people type: names, titles. Cleaned of what would break a line, and not cut silently."""

from __future__ import annotations

import re
import unicodedata

from recado.domain.errors import Invalid

_UNWANTED = {"Cc", "Cs", "Zl", "Zp"}
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of text: a name with it could show as another one, and change what stands beside it."""
_ACCENTS = re.compile("[\u0300-\u036f]+")


def line_of(text: str | None, field: str, limit: int) -> str | None:
    """Return `text` as one clean line of at most `limit` characters, or None when nothing is left of it.

    Control characters, line breaks and lone surrogates are refused by name of the field, so that no header, log line
    or list row can be forged through them. What turns the direction of text is left out.
    """
    if text is None:
        return None
    if any(unicodedata.category(character) in _UNWANTED for character in text):
        raise Invalid(field, "control", "Line breaks and control characters cannot stand here.")
    cleaned = " ".join(_TURNS.sub("", text).split())
    if len(cleaned) > limit:
        raise Invalid(field, "too_long", f"At most {limit} characters.")
    return cleaned or None


def required_line(text: str | None, field: str, limit: int) -> str:
    """Return `line_of`, refusing an empty one."""
    cleaned = line_of(text, field, limit)
    if cleaned is None:
        raise Invalid(field, "empty", "This cannot be empty.")
    return cleaned


def salvaged_line(text: str, limit: int) -> str:
    """Return what one line can show of a text whose writer cannot be asked to write it otherwise; maybe nothing."""
    kept = (" " if unicodedata.category(character) in _UNWANTED else character for character in text)
    return " ".join(_TURNS.sub("", "".join(kept)).split())[:limit]


def folded(text: str) -> str:
    """Return `text` in small letters and without accents, as it is looked for."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text)).lower()
