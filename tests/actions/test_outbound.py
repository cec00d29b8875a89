"""An operator writes first: to whom, what it makes, and what stands in the way."""

from collections.abc import Callable

import pytest

from recado.actions import blocks, conversations, outbound, queue
from recado.actions.conversations import Result
from recado.actions.customers import arrive
from recado.actions.people import OperatorChanges, change_operator
from recado.db import conversations as rows
from recado.db import hours
from recado.db.database import Tx
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.conversations import Sent
from recado.domain.errors import Blocked, ClientIdReused, Full, NotFound, OtherOpen, Taken
from tests.actions.test_blocks import AT_HOME
from tests.world import SHOP, Chat, World, canary, holds, new_client_id, overlapping


def start(world: World, operator: Operator, known_by: Chat, body: str = "It has come.", client_id: str = "") -> Sent:
    result = world.act(outbound.start, operator, known_by.id, client_id or new_client_id(), body)
    assert isinstance(result.sent, Sent)
    return result.sent


def test_it_is_theirs_from_the_beginning_and_says_who_began_it(world: World) -> None:
    known = world.closed(world.ana)
    sent = start(world, world.ana, known)
    row = sent.conversation
    assert row is not None
    assert row.id != known.id
    assert (row.status, row.operator, row.department.name) == ("attending", world.ana.id, "Ventas")
    state = world.see(rows.get_readable, world.ana, row.id)
    assert state.counters.thread.public_seq == 1
    assert sent.entry.body == "It has come."
    for colleague in (world.bruno, world.sara, world.adela):
        with pytest.raises((NotFound, Taken)):
            world.see(rows.get_readable, colleague, row.id)


def test_its_owner_and_its_customer_hear_of_it_and_nobody_else(world: World) -> None:
    known, word = world.closed(world.ana, world.lucia), canary()
    before = world.mark
    start(world, world.ana, known, word)
    for person in (world.ana, world.lucia):
        assert holds(world.heard(person, before), word)
    for person in (world.bruno, world.clara, world.sara, world.adela, world.tomas):
        assert not holds(world.heard(person, before), word)


def test_the_customer_s_answer_comes_into_it(world: World) -> None:
    known = world.closed(world.ana, world.lucia)
    row = start(world, world.ana, known).conversation
    assert row is not None
    world.writes(world.lucia, "Thank you!")
    found = world.see(rows.get_readable, world.ana, row.id)
    assert (found.counters.thread.inbound_count, found.operator_id) == (1, world.ana.id)


def test_the_same_client_id_is_the_same_conversation(world: World) -> None:
    known, key = world.closed(world.ana), new_client_id()
    first = start(world, world.ana, known, client_id=key)
    before = world.contents()
    again = world.act(outbound.start, world.ana, known.id, key, "It has come.")
    assert again == Result(first, repeated=True)
    assert world.contents() == before
    with pytest.raises(ClientIdReused):
        world.act(outbound.start, world.ana, known.id, key, "Other words.")
    other = world.closed(world.ana, world.comes(world.shop, SHOP))
    with pytest.raises(ClientIdReused):
        world.act(outbound.start, world.ana, other.id, key, "It has come.")
    with pytest.raises(ClientIdReused):
        world.act(conversations.answer, world.ana, first.conversation.id, key, "It has come.")  # type: ignore[union-attr]


def test_what_was_begun_stays_sent_where_it_has_gone_to_a_colleague_since(world: World) -> None:
    known, key = world.closed(world.ana), new_client_id()
    row = start(world, world.ana, known, client_id=key).conversation
    assert row is not None
    world.act(queue.transfer, world.ana, row.id, world.department("Ventas"), world.bruno.id)
    again = start(world, world.ana, known, client_id=key)
    assert (again.entry.body, again.conversation) == ("It has come.", None)


def waits(world: World) -> Chat:
    return world.waiting()


def attended(world: World) -> Chat:
    return world.attended(world.ana)


@pytest.mark.parametrize("stands", [waits, attended])
def test_where_one_is_open_what_there_is_to_say_belongs_there(world: World, stands: Callable[[World], Chat]) -> None:
    chat = stands(world)
    before = world.contents()
    with pytest.raises(OtherOpen):
        start(world, world.ana, chat)
    assert world.contents() == before


def test_another_one_that_is_open_with_a_colleague_is_no_more_than_open(world: World) -> None:
    world.rules(reopen_days=0)
    known = world.closed(world.ana, world.lucia)
    world.attended(world.bruno, world.lucia)
    with pytest.raises(OtherOpen):
        start(world, world.ana, known)


def test_who_does_not_read_it_does_not_know_its_customer(world: World) -> None:
    known = world.closed(world.ana)
    before = world.contents()
    for stranger in (world.bruno, world.clara, world.sara, world.adela):
        with pytest.raises((NotFound, Taken)):
            start(world, stranger, known)
    world.leaves(world.ana, "Soporte")
    with pytest.raises(NotFound):
        start(world, world.ana, known)
    world.leaves(world.ana, "Ventas")
    assert world.contents()["conversations"] == before["conversations"]
    world.rules(archive=True)
    assert start(world, world.bruno, known).conversation


def test_a_limit_and_a_block_hold(world: World) -> None:
    nuria = world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME).visitor
    shut_out, known = world.attended(world.ana, nuria), world.closed(world.ana, world.comes(world.shop, SHOP))
    world.act(blocks.block, world.ana, shut_out.id)
    with pytest.raises(Blocked):
        start(world, world.ana, shut_out)
    world.attended(world.ana, world.lucia)
    world.act(change_operator, world.adela, world.ana.id, OperatorChanges(chat_limit=1))
    with pytest.raises(Full):
        start(world, world.ana, known)


@pytest.mark.parametrize("sooner", ["operator", "customer"])
def test_when_both_begin_at_once_there_is_one(world: World, sooner: str) -> None:
    known = world.closed_long_ago()
    moves: dict[str, Callable[[Tx], object]] = {
        "operator": lambda tx: outbound.start(tx, world.ana, known.id, new_client_id(), "It has come."),
        "customer": lambda tx: conversations.open_or_receive(tx, world.lucia, new_client_id(), "Hello?", None, None),
    }
    first, second = sorted(moves, key=lambda name: name != sooner)
    came = overlapping(world, moves[first], moves[second])
    assert [isinstance(one, OtherOpen) for one in came] == [False, sooner == "customer"]
    assert world.count("conversations") == 2


def test_it_says_nothing_of_how_long_customers_wait(world: World) -> None:
    known = world.closed(world.ana)
    ventas = world.department("Ventas")
    before = world.see(hours.list_first_waits, ventas, 0, 50)
    start(world, world.ana, known)
    assert world.see(hours.list_first_waits, ventas, 0, 50) == before
    assert len(before) == 1
