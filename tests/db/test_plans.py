"""What is asked often goes by an index made for it, so that it takes no longer the more lies behind it."""

import re
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, update

from recado.actions import directs as direct_actions
from recado.db import alerts, changes, entries, entry_pages, hours, notices, people, public, team
from recado.db.bounded import Bounded
from recado.db.database import Tx
from recado.db.gone_files import list_gone
from recado.db.hot import Hot
from recado.db.tables import attachments, conversations, direct_people, directs, messages, threads
from recado.db.uploads import BEGUN, usage
from recado.domain.ids import ThreadId
from tests.flows.talking import started
from tests.sending import begins
from tests.world import World, new_client_id

MINUTE_US = 60_000_000


def with_history(world: World, count: int) -> None:
    """One conversation that was answered, one that waits, and so many of their department that ended unanswered."""
    world.attended(world.ana)
    which = world.waiting(world.julian).id

    def fill(tx: Tx) -> None:
        found = tx.conn.execute(select(conversations).where(conversations.c.id == which)).mappings().one()
        row = dict(found) | {"status": "closed", "waiting_since": None, "closed_at": tx.now}
        thread = tx.conn.execute(select(threads).where(threads.c.id == row["thread_id"])).mappings().one()
        numbers = range(1_000, 1_000 + count)
        tx.conn.execute(insert(threads), [dict(thread) | {"id": number} for number in numbers])
        own = ({"id": one, "thread_id": one, "opened_with": str(one), "opened_at": one} for one in numbers)
        tx.conn.execute(insert(conversations), [row | one | {"public_id": secrets.token_hex(8)} for one in own])
        if tx.conn.dialect.name != "sqlite":
            tx.conn.exec_driver_sql("ANALYZE")

    world.database.write_blocking(fill)


def with_thread(world: World, count: int) -> ThreadId:
    """A thread in which so many entries follow each other."""
    world.attended(world.ana)

    def fill(tx: Tx) -> ThreadId:
        newest = select(messages).where(messages.c.kind == "public").order_by(messages.c.id.desc()).limit(1)
        row = dict(tx.conn.execute(newest).mappings().one()) | {"client_id": None}
        numbers = ("seq", "public_seq", "rev", "public_rev")
        more = (row | {name: row[name] + by for name in ("id", *numbers)} for by in range(1, 1 + count))
        tx.conn.execute(insert(messages), list(more))
        if tx.conn.dialect.name != "sqlite":
            tx.conn.exec_driver_sql("ANALYZE")
        return ThreadId(row["thread_id"])

    return world.database.write_blocking(fill)


def plan_of(conn: Connection, asked: Hot, parameters: dict[str, Any]) -> str:
    """How the database goes about a statement, in its own words."""
    asked.all(conn, parameters)
    ready = asked._ready[conn.dialect.name]
    values = ready.constants | parameters
    driver: Any = conn.connection.dbapi_connection
    if ready.positional:
        rows = driver.execute(f"EXPLAIN QUERY PLAN {ready.text}", tuple(values[name] for name in ready.names))
    else:
        rows = driver.execute(f"EXPLAIN {ready.text}", values)
    return "\n".join(str(row[-1]) for row in rows)


def plan_behind(conn: Connection, finder: Callable[[Connection], object], table: str) -> str:
    """The same, of whatever a finder asks of a table."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(conn, "before_cursor_execute", note)
    finder(conn)
    event.remove(conn, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN"
    driver: Any = conn.connection.dbapi_connection
    rows = [driver.execute(f"{explain} {text}", values).fetchall() for text, values in asked if f"FROM {table}" in text]
    return "\n".join(str(row[-1]) for found in rows for row in found)


def test_what_operators_hold_is_counted_without_what_they_have_closed(world: World) -> None:
    with_history(world, 3_000)
    closed = conversations.c.status == "closed"
    world.database.write_blocking(
        lambda tx: tx.conn.execute(update(conversations).where(closed).values(operator_id=world.ana.id))
    )
    assert [one.held for one in world.see(people.list_operators) if one.id == world.ana.id] == [1]
    for finder in (people.list_operators, partial(people.find_operator, which=world.ana.id)):
        plan = world.see(plan_behind, finder, "conversations")
        assert re.search(r"ix_conversations_owner \(operator_id=\? AND status=\?\)|ix_conversations_held", plan), plan


def test_how_soon_a_department_answers_is_found_without_its_history(world: World) -> None:
    with_history(world, 3_000)
    asked = {"department": world.department("Ventas"), "since": 0, "limit": 50}
    assert len(world.see(hours.FIRST_WAITS.all, asked)) == 2
    plan = world.see(plan_of, hours.FIRST_WAITS, asked)
    assert "ix_conversations_first_wait" in plan
    assert "ix_conversations_department_id" not in plan


@pytest.mark.parametrize(("asked", "more"), [(team.ATTENDED, {"most": 500}), (team.COUNT_ATTENDED, {})])
def test_what_is_held_in_it_is_too(world: World, asked: Hot, more: dict[str, int]) -> None:
    with_history(world, 3_000)
    assert [one.operator for one in world.see(team.get_team, world.sara, 0).conversations] == [world.ana.id]
    plan = world.see(plan_of, asked, {"me": world.sara.id, **more})
    assert "ix_conversations_held" in plan
    assert "ix_conversations_department_id" not in plan


@pytest.mark.parametrize(
    ("asked", "since", "index"),
    [
        (public.CHANGED, "since", "ix_messages_public_rev"),
        (entry_pages.CHANGED, "since", "ix_messages_thread_id_rev"),
        (changes.ENTRIES_AFTER, "after", "ix_messages_thread_id_rev"),
    ],
    ids=["customers", "operators", "other processes"],
)
def test_what_is_new_in_a_thread_is_found_without_the_rest_of_it(
    world: World, asked: Bounded, since: str, index: str
) -> None:
    thread = with_thread(world, 3_000)
    parameters = {"thread": thread, since: 3_000, "floor": 0}
    assert 0 < len(world.see(asked.read, parameters, 500)[0]) < 10
    plan = world.see(plan_of, world.see(asked.statement), parameters | {"limit": 501})
    assert set(re.findall(r"(?:ix|uq|sqlite_autoindex)_messages\w*", plan)) == {index}, plan


def test_whether_an_answer_is_due_again_is_found_without_the_rest_of_the_thread(world: World) -> None:
    thread = with_thread(world, 3_000)

    def let_the_customer_write(tx: Tx) -> None:
        half = update(messages).where(messages.c.id % 2 == 0)
        tx.conn.execute(half.values(author_kind="visitor", author_id=world.lucia.id))
        tx.conn.exec_driver_sql("ANALYZE")

    world.database.write_blocking(let_the_customer_write)
    here = {"thread": thread}
    behind = "messages_thread_id_seq|sqlite_autoindex_messages"
    for asked, more, index in (
        (entries.FIRST_ANSWER, {}, "uq_messages_public"),
        (entries.NEWEST_ANSWER, {}, "uq_messages_public"),
        (entries.TURNS, {"after": 2_990}, behind),
        (entries.WAITS_SINCE, {"answered": 2_990, "reopened": 0}, "uq_messages_public"),
    ):
        plan = world.see(plan_of, asked, here | more)
        assert re.search(index, plan), plan
        assert not re.search("(?i)scan messages$|seq scan|sort|temp b-tree|aggregate", plan), plan
    assert [len(world.see(one.all, here)) for one in (entries.FIRST_ANSWER, entries.NEWEST_ANSWER)] == [1, 1]


def test_what_is_to_make_itself_heard_is_found_without_what_has_been(world: World) -> None:
    with_history(world, 3_000)
    ended = update(conversations).where(conversations.c.status == "closed").values(alert_at=None)
    world.database.write_blocking(lambda tx: tx.conn.execute(ended))
    world.clock.pass_s(600)
    assert len(world.see(alerts.list_due, world.clock())) == 1
    assert "ix_conversations_alert" in world.see(plan_of, alerts.DUE, {"now": world.clock()})


def test_what_notifies_somebody_is_found_without_all_in_which_they_take_part(world: World) -> None:
    def take_part(tx: Tx) -> None:
        row = dict(tx.conn.execute(select(direct_people)).mappings().first() or {})
        direct = dict(tx.conn.execute(select(directs)).mappings().one())
        thread = dict(tx.conn.execute(select(threads)).mappings().one())
        numbers = range(1_000, 4_000)
        tx.conn.execute(insert(threads), [thread | {"id": one} for one in numbers])
        own = ({"id": one, "thread_id": one, "opened_with": str(one)} for one in numbers)
        tx.conn.execute(insert(directs), [direct | one for one in own])
        tx.conn.execute(insert(direct_people), [row | {"direct_id": one} for one in numbers])
        tx.conn.exec_driver_sql("ANALYZE")

    which = started(world, world.bruno)
    world.act(direct_actions.hear, world.ana, which, "none")
    world.act(direct_actions.hear, world.ana, which, "all")
    world.database.write_blocking(take_part)
    world.act(direct_actions.hear, world.ana, which, "none")
    assert world.see(notices.DIRECTS.all, {"me": world.ana.id}) == [(which, "none")]
    assert "ix_direct_people_alerts" in world.see(plan_of, notices.DIRECTS, {"me": world.ana.id})


def with_files(world: World, count: int) -> None:
    """So many files that one operator has sent, a minute apart until now, and one that they have begun."""
    begins(world, world.ana, world.attended(world.ana), "a.pdf")
    thread = with_thread(world, count)

    def fill(tx: Tx) -> None:
        row = dict(tx.conn.execute(select(attachments)).mappings().one())
        sent = {"thread_id": thread, "ready_at": tx.now, "size": 1}
        numbers = range(1, 1 + count)
        own = ({"id": row["id"] + one, "seq": one, "created_at": tx.now - one * MINUTE_US} for one in numbers)
        rows = [row | sent | one | {"public_id": str(one["id"])} for one in own]
        tx.conn.execute(insert(attachments), rows)
        tx.conn.exec_driver_sql("ANALYZE")

    world.database.write_blocking(fill)


def test_what_somebody_has_begun_to_send_is_counted_without_what_they_have_sent(world: World) -> None:
    with_files(world, 3_000)
    asked = partial(usage, me=world.ana.author, since=world.clock() - 60 * MINUTE_US)
    assert world.see(asked).waiting == 1
    plan = world.see(plan_behind, asked, "attachments")
    assert "ix_attachments_pending" in plan
    assert re.search(r"ix_attachments_uploader_kind_uploader_id_created_at|created_at>", plan), plan
    assert "SCAN attachments" not in plan, plan
    assert "Seq Scan" not in plan, plan


def test_what_files_wait_in_drafts_is_found_without_those_that_were_sent(world: World) -> None:
    with_files(world, 3_000)

    def let_one_wait(tx: Tx) -> None:
        one = update(attachments).where(attachments.c.seq == 1)
        tx.conn.execute(one.values(thread_id=None, seq=None, mode="answer"))
        tx.conn.exec_driver_sql("ANALYZE")

    world.database.write_blocking(let_one_wait)
    assert world.see(changes.drafted).keys() == {world.ana.id}
    plan = world.see(plan_of, changes.IN_DRAFTS, {})
    assert re.search("ix_attachments_(drafted|pending)", plan), plan


def test_what_is_begun_again_and_what_goes_is_found_without_what_was_sent_and_what_has_gone(world: World) -> None:
    with_files(world, 3_000)

    def let_go(tx: Tx) -> None:
        gone = update(attachments).where(attachments.c.id % 2 == 0)
        tx.conn.execute(gone.values(gone_at=tx.now, removed_at=tx.now))
        tx.conn.exec_driver_sql("ANALYZE")

    world.database.write_blocking(let_go)
    asked = {"kind": "operator", "who": world.ana.id, "client_id": new_client_id()}
    assert "ix_attachments_client_id" in world.see(plan_of, BEGUN, asked)
    going = partial(list_gone, before=world.clock() + MINUTE_US, limit=100)
    assert world.see(going) == []
    plan = world.see(plan_behind, going, "attachments")
    assert "ix_attachments_going" in plan, plan
