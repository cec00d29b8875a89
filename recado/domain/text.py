"""Short texts that people type: names, titles. Cleaned of what would break a line, and not cut silently."""

from __future__ import annotations

import re
import unicodedata

from recado.domain.errors import Invalid

_UNWANTED = {"Cc", "Cs", "Zl", "Zp"}
_UNSEEN = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+"
)
"""What turns the direction of text, and what is not seen: a name with it could show as another one, change what stands
beside it, or look like nothing. What joins letters and pictures stays, and what makes a flag of a region."""
_JOINS = re.compile("[\u200c\u200d\ufe00-\ufe0f\\s]*")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def line_of(text: str | None, field: str, limit: int) -> str | None:
    """Return `text` as one clean line of at most `limit` characters, or None when nothing is left of it.

    Control characters, line breaks and lone surrogates are refused by name of the field, so that no header, log line
    or list row can be forged through them. What turns the direction of text, or is not seen and joins nothing, is
    left out.
    """
    if text is None:
        return None
    if any(unicodedata.category(character) in _UNWANTED for character in text):
        raise Invalid(field, "control", "Line breaks and control characters cannot stand here.")
    cleaned = _seen(text)
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
    return _seen("".join(kept))[:limit]


def _seen(text: str) -> str:
    """Return what of a text is seen, with single spaces; nothing where it only joins what is not there."""
    cleaned = " ".join(_UNSEEN.sub("", text).split())
    return "" if _JOINS.fullmatch(cleaned) else cleaned


def folded(text: str) -> str:
    """Return `text` in small letters and without accents, as it is looked for."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text)).lower()
