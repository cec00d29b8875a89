"""What screens show, in the words of the plain model's expectations."""

from __future__ import annotations

from typing import Any

from tests.reliability.screens import Screen

State = dict[int | str, Any]


def lists(screen: Screen) -> State:
    """The lists of an operator's screen; nothing of a visitor's."""
    if screen.lists is None:
        return {}
    shown = screen.lists.shown()
    return {
        name: [
            (
                row["id"],
                row["department"]["name"],
                row["operator"],
                row["former"],
                row["seq"],
                row["excerpt"],
                shown["unread"][row["id"]],
            )
            for row in shown[name]
        ]
        for name in ("waiting", "attending", "paused")
    }


def views(screen: Screen) -> State:
    """The conversations of a screen, with what it shows of each entry."""
    if screen.lists is None:
        return {
            which: [
                (
                    one["author"]["kind"],
                    one["body"],
                    one["edited"],
                    one["gone"],
                    _quote(one["quote"]),
                    len(one["attachments"]),
                )
                for one in view.shown
            ]
            for which, view in screen.views.items()
        }
    return {
        which: [
            (
                one["kind"],
                one["author"]["kind"],
                one["author"]["id"],
                one["body"],
                one["edits"],
                one["gone"],
                _quote(one["quote"]),
                len(one["attachments"]),
            )
            for one in view.shown
        ]
        for which, view in screen.views.items()
    }


def _quote(quote: Any) -> tuple[str, str | None] | None:
    return None if quote is None else (quote["text"], quote["gone"])
