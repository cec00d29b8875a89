"""What the desk says outside its pages, in the language of whoever reads it: catalogues beside this file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

LOCALES = ("es", "en", "pt")


@cache
def catalogue(locale: str) -> dict[str, str]:
    """Return all words of a language, by their keys."""
    return msgspec.json.decode((files(__package__) / f"{locale}.json").read_bytes(), type=dict[str, str])


def say(locale: str, key: str, **parts: str | int) -> str:
    """Return a sentence with its parts filled in: once, whatever stands in them. One key for one, `.many` for several.

    Which of the two it is goes by `count`.
    """
    many = parts.get("count", 1) != 1 and f"{key}.many" in catalogue(locale)
    text = catalogue(locale)[f"{key}.many" if many else key]
    for piece in text.split("{")[1:]:
        name = piece.partition("}")[0]
        assert name in parts, f"{key} needs {name}"
    return "".join(_filled(text, parts))


def _filled(text: str, parts: dict[str, str | int]) -> list[str]:
    first, *others = text.split("{")
    found = [first]
    for piece in others:
        name, _, after = piece.partition("}")
        found += [str(parts[name]), after]
    return found
