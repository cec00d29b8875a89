"""How rows name the place that they are for: the column of its kind holds its number, that of the other nothing."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table

from recado.domain.places import Kind, Place

KINDS: tuple[Kind, ...] = ("conversation", "direct")


def column(kind: str) -> str:
    """Return the name of the column that holds places of a kind."""
    return f"{kind}_id"


def columns(place: Place | None) -> dict[str, int | None]:
    """Return what a new row has in these columns; nothing where it is for no place yet."""
    return {column(kind): place.number if place and place.kind == kind else None for kind in KINDS}


def here(table: Table, place: Place) -> ColumnElement[bool]:
    """Return the condition that a row is for a place."""
    found: ColumnElement[bool] = table.c[column(place.kind)] == place.number
    return found


def place_of(conversation: int | None, direct: int | None) -> Place | None:
    """Return the place in the two columns."""
    if conversation is not None:
        return Place("conversation", conversation)
    return None if direct is None else Place("direct", direct)
