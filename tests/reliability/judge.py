"""The judge of all checks of messages.

T is what senders tried, A what was acknowledged to them, D what is stored after recovery, V(c) what client c shows in
the end. A ⊆ D ⊆ T; no client id twice in D; in each thread one strict order without gaps, equal for all; V(c) is D
restricted to what c may see; and a message's canary is in nobody's bytes but of those who may see it.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, create_engine, select
from sqlalchemy.engine import make_url

from recado.db.tables import conversations, messages
from tests.reliability.wire import Kept

Key = tuple[str, int, str]
"""Who sent it (kind and id), and under which client id."""


def canary() -> str:
    """Words that occur nowhere else."""
    return f"canary-{secrets.token_hex(10)}"


class Row(NamedTuple):
    """An entry as stored. `conversation` is the operators' number, `public_id` the visitor's name for it."""

    conversation: int
    public_id: str
    seq: int
    public_seq: int | None
    kind: str
    author_kind: str
    author_id: int | None
    client_id: str | None
    body: str
    edits: int = 0
    gone: str | None = None
    quotes: int | None = None
    attachments: str | None = None

    @property
    def files(self) -> int:
        """How many go along with it."""
        return len(json.loads(self.attachments or "[]"))

    @property
    def key(self) -> Key | None:
        """Under which key it was sent; None for what nobody sends."""
        if self.client_id is None:
            return None
        return self.author_kind, int(self.author_id or 0), self.client_id


class Ledger:
    """What senders tried, and what was acknowledged to them."""

    def __init__(self) -> None:
        self.tried: dict[Key, str] = {}
        self.acknowledged: dict[Key, int] = {}
        self.edited: set[str] = set()
        """The texts that somebody has tried to give what was said before."""

    def attempt(self, key: Key, body: str) -> None:
        """Note a try, before its first byte leaves."""
        assert self.tried.setdefault(key, body) == body, "a sender's own client id was reused"

    def acknowledge(self, key: Key, seq: int) -> None:
        """Note an acknowledgement; a second one of the same message names the same place."""
        assert self.acknowledged.setdefault(key, seq) == seq, f"{key} was acknowledged at two places"


@contextlib.contextmanager
def reading(url: str) -> Iterator[Connection]:
    """A connection that reads a database beside the server that uses it, or without one."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        address = make_url(f"sqlite:///file:{address.database}?mode=ro&uri=true")
    else:
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def stored(url: str) -> list[Row]:
    """All entries of a database, in order."""
    of = messages.c
    sent = (of.seq, of.public_seq, of.kind, of.author_kind, of.author_id, of.client_id, of.body)
    became = (of.edits, of.gone, of.quoted_seq, of.attachments)
    statement = (
        select(conversations.c.id, conversations.c.public_id, *sent, *became)
        .join(conversations, conversations.c.thread_id == of.thread_id)
        .order_by(conversations.c.id, of.seq)
    )
    with reading(url) as connection:
        return [Row(*row) for row in connection.execute(statement)]


def judge_stored(ledger: Ledger, rows: Iterable[Row], *, before: Iterable[Row] = ()) -> None:
    """A ⊆ D ⊆ T, each once, whole, at the place that was acknowledged; every thread without a gap.

    `before` are the entries that were there before the first try.
    """
    rows, known = list(rows), {(row.conversation, row.seq) for row in before}
    found = {row.key: row for row in rows if row.key is not None}
    counted = Counter(row.key for row in rows if row.key is not None)
    assert not [key for key, count in counted.items() if count > 1], "stored twice"
    lost = [key for key in ledger.acknowledged if key not in found]
    assert not lost, f"{len(lost)} acknowledged messages are lost: {lost[:3]}"
    for key, seq in ledger.acknowledged.items():
        row = found[key]
        assert seq == (row.public_seq if key[0] == "visitor" else row.seq), f"{key} moved"
    for row in rows:
        if row.key is not None and (row.conversation, row.seq) not in known:
            assert row.body in _sayings(ledger, row), f"nobody sent {row}"
    judge_order(rows)


def _sayings(ledger: Ledger, row: Row) -> set[str | None]:
    """What an entry may say."""
    if row.gone is not None:
        return {""}
    return {*ledger.edited} if row.edits else {ledger.tried.get(row.key) if row.key else None}


def judge_order(rows: Iterable[Row]) -> None:
    """Each thread counts 1, 2, 3 … without a gap, for operators and, over public entries, for the visitor."""
    threads: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        threads[row.conversation].append(row)
    for number, entries in threads.items():
        assert [row.seq for row in entries] == list(range(1, len(entries) + 1)), f"gap in {number}"
        public = [row.public_seq for row in entries if row.kind == "public"]
        assert public == list(range(1, len(public) + 1)), f"gap for the visitor of {number}"
        hidden = [row for row in entries if row.kind != "public" and row.public_seq is not None]
        assert not hidden, f"the visitor of {number} can count what is not theirs"


def judge_view(shown: Iterable[Mapping[str, Any]], rows: Iterable[Row], conversation: int | str) -> None:
    """What a client shows of a conversation is what is stored of it, as far as that client may see."""
    if isinstance(conversation, int):
        expected = [(row.seq, row.body) for row in rows if row.conversation == conversation]
    else:
        expected = [(row.public_seq or 0, row.body) for row in rows if row.public_id == conversation and row.public_seq]
    assert [(entry["seq"], entry["body"]) for entry in shown] == expected, f"{conversation} is shown otherwise"


def judge_bytes(name: str, kept: Kept, allowed: Iterable[str]) -> None:
    """Nobody has received a canary that they may not know, in any byte of any answer or frame."""
    leaked = kept.canaries() - set(allowed)
    assert not leaked, f"{name} received what is not theirs: {sorted(leaked)[:3]}"
