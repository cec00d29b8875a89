"""Words between the processes that share one database. They may be lost, and nothing but liveness rests on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from sqlalchemy import make_url


class Channel(Protocol):
    """A way to all other processes on the same database."""

    def say(self, words: Sequence[str]) -> None:
        """Let every other process hear these words, soon; they may be lost. A word has no blanks, and is ASCII."""

    def close(self) -> None:
        """Say what waits, if that is possible now, and end."""


def open_channel(
    url: str, hear: Callable[[str], None], joined: Callable[[], None], parted: Callable[[], None]
) -> Channel | None:
    """Return the channel of the database at `url`; None where one process has it to itself.

    On a thread of the channel: `hear` gets the words of others, with blanks between them; `joined` is called when
    nothing is missed from now on, `parted` when something may be.
    """
    address = make_url(url)
    if address.get_backend_name() != "postgresql":
        return None
    from recado.db.postgres_channel import PostgresChannel  # noqa: PLC0415 - only those who share one pay for it

    return PostgresChannel(address.set(drivername="postgresql+psycopg"), hear, joined, parted)
