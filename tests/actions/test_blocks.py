"""Whoever is shut out writes no more; a supervisor lets them in again."""

from functools import partial

import pytest

from recado.actions import blocks, conversations, queue
from recado.actions.conversations import Result
from recado.actions.customers import arrive
from recado.db import audit as audit_rows
from recado.db import blocks as rows
from recado.db.blocks import NewBlock
from recado.db.visitors import Browser
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.conversations import WidgetSent
from recado.domain.errors import Blocked, NotFound, Taken
from recado.domain.outward import WidgetEntry
from recado.domain.outward_events import WidgetVisitorChanged
from tests.actions.test_conversations import row
from tests.world import SHOP, World, new_client_id

AT_HOME = Browser(f"{SHOP}/boots", "es", "a browser", None, "203.0.113.7")


def entry_of(result: Result) -> WidgetEntry:
    assert isinstance(result.sent, WidgetSent)
    return result.sent.entry


def test_a_blocked_visitor_s_conversation_ends_and_they_write_no_more(world: World) -> None:
    chat = world.waiting()
    world.act(blocks.block, world.ana, chat.id)
    found = row(world, chat)
    assert (found.status, found.operator) == ("closed", world.ana.id)
    before = world.contents()
    with pytest.raises(Blocked):
        world.writes(world.lucia, "Again")
    with pytest.raises(Blocked):
        world.act(conversations.receive, world.lucia, chat.public_id, new_client_id(), "Again")
    assert world.contents() == before
    assert world.writes(world.julian, "Me?").conversation.status == "open"


def test_a_network_is_shut_out_for_a_day(world: World) -> None:
    nuria = world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME).visitor
    chat = world.waiting(nuria)
    world.act(blocks.block, world.ana, chat.id, network=True)
    neighbour = world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME).visitor
    with pytest.raises(Blocked):
        world.writes(neighbour, "Hello?")
    world.clock.pass_s(24 * 3600 + 1)
    assert world.writes(neighbour, "Hello?").conversation.status == "open"
    with pytest.raises(Blocked):
        world.writes(nuria, "And I?")


@pytest.mark.parametrize("status", ["waiting", "attending", "paused"])
def test_a_block_stops_its_visitor_in_a_conversation_that_is_open_still(world: World, status: str) -> None:
    old = world.closed_long_ago()
    now = world.waiting() if status == "waiting" else world.attended(world.bruno)
    if status == "paused":
        world.act(queue.pause, world.bruno, now.id)
    said = new_client_id()
    first = world.act(conversations.receive, world.lucia, now.public_id, said, "Still here")
    if status == "paused":
        world.act(queue.pause, world.bruno, now.id)
    world.act(blocks.block, world.ana, old.id)
    before, since = world.contents(), world.mark
    with pytest.raises(Blocked):
        world.act(conversations.receive, world.lucia, now.public_id, new_client_id(), "And here")
    with pytest.raises(Blocked):
        world.writes(world.lucia, "And here")
    again = world.act(conversations.receive, world.lucia, now.public_id, said, "Still here")
    assert (again.repeated, entry_of(again)) == (True, entry_of(first))
    assert world.contents() == before
    assert world.recorder.told[since:] == []
    assert row(world, now).status == status
    (block,) = world.see(rows.list_in_force, world.sara, world.clock())
    world.act(blocks.unblock, world.sara, block.id)
    world.act(conversations.receive, world.lucia, now.public_id, new_client_id(), "Thanks")


def test_a_network_s_block_stops_the_neighbours_who_are_writing_too(world: World) -> None:
    nuria, neighbour = (world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME).visitor for _ in range(2))
    chat, other = world.waiting(nuria), world.waiting(neighbour)
    world.act(conversations.receive, neighbour, other.public_id, new_client_id(), "Flood")
    world.act(blocks.block, world.ana, chat.id, network=True)
    with pytest.raises(Blocked):
        world.act(conversations.receive, neighbour, other.public_id, new_client_id(), "Flood")
    world.writes(world.julian, "Me?")
    world.clock.pass_s(24 * 3600 + 1)
    world.act(conversations.receive, neighbour, other.public_id, new_client_id(), "No flood")


def test_who_asks_again_hears_that_it_is_done_and_nothing_is_written_twice(world: World) -> None:
    nuria = world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME).visitor
    chat = world.waiting(nuria)
    first = world.act(blocks.block, world.ana, chat.id, reason="Insults")
    before = world.contents()
    assert world.act(blocks.block, world.ana, chat.id, reason="Insults") == first
    assert world.contents() == before
    world.act(blocks.block, world.ana, chat.id, network=True, reason="Insults")
    both = world.contents()
    assert both != before
    world.act(blocks.block, world.ana, chat.id, network=True, reason="Insults")
    assert world.contents() == both


def test_a_supervisor_lets_them_in_again_and_nobody_else_does(world: World) -> None:
    chat = world.waiting()
    world.act(blocks.block, world.ana, chat.id)
    (block,) = world.see(rows.list_in_force, world.sara, world.clock())
    assert (block.conversation, block.operator.id, block.until) == (chat.id, world.ana.id, None)
    for other in (world.ana, world.clara):
        with pytest.raises(NotFound):
            world.act(blocks.unblock, other, block.id)
    world.act(blocks.unblock, world.sara, block.id)
    assert world.see(rows.list_in_force, world.sara, world.clock()) == []
    assert world.writes(world.lucia, "Sorry").conversation.status == "open"
    with pytest.raises(NotFound):
        world.act(blocks.unblock, world.sara, block.id)


def test_its_visitor_s_pages_hear_at_once_that_they_may_not_write_and_that_they_may_again(world: World) -> None:
    nuria, neighbour = (world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME).visitor for _ in range(2))
    chat, since = world.waiting(nuria), world.mark

    def heard() -> list[bool]:
        assert [one for one in world.heard(neighbour, since) if isinstance(one, WidgetVisitorChanged)] == []
        return [one.blocked for one in world.heard(nuria, since) if isinstance(one, WidgetVisitorChanged)]

    world.act(blocks.block, world.ana, chat.id, network=True)
    assert heard() == [True]
    lasting, network = sorted(world.see(rows.list_in_force, world.sara, world.clock()), key=lambda one: one.until or 0)
    world.act(blocks.unblock, world.sara, lasting.id)
    assert heard() == [True, True], "their network is shut out still"
    world.act(blocks.unblock, world.sara, network.id)
    assert heard() == [True, True, False]


def test_whoever_does_not_hold_it_blocks_nobody(world: World) -> None:
    chat = world.attended(world.ana)
    before = world.contents()
    with pytest.raises(Taken):
        world.act(blocks.block, world.bruno, chat.id)
    with pytest.raises(NotFound):
        world.act(blocks.block, world.clara, chat.id)
    assert world.contents() == before


def test_a_supervisor_sees_and_lifts_the_blocks_of_their_departments_and_an_admin_all(world: World) -> None:
    chat = world.waiting()
    world.act(blocks.block, world.ana, chat.id)
    (block,) = world.see(rows.list_in_force, world.sara, world.clock())
    world.leaves(world.sara, "Soporte")
    assert world.see(rows.list_in_force, world.sara, world.clock()) == []
    with pytest.raises(NotFound):
        world.act(blocks.unblock, world.sara, block.id)
    assert world.see(rows.list_in_force, world.adela, world.clock()) == [block]
    world.act(blocks.unblock, world.adela, block.id)
    assert world.see(rows.list_in_force, world.adela, world.clock()) == []


def test_a_block_goes_with_the_conversation_to_another_department(world: World) -> None:
    chat = world.waiting()
    world.act(queue.transfer, world.ana, chat.id, world.department("Soporte"))
    world.act(blocks.block, world.clara, chat.id)
    world.leaves(world.sara, "Soporte")
    assert len(world.see(rows.list_in_force, world.sara, world.clock())) == 1


def test_who_is_blocked_is_known_by_the_latest_conversation_that_its_reader_may_know_of(world: World) -> None:
    first = world.closed_long_ago()
    latest = world.attended(world.ana)
    world.act(queue.transfer, world.ana, latest.id, world.department("Soporte"))
    world.act(blocks.block, world.clara, latest.id)

    def known(me: Operator) -> list[int | None]:
        return [one.conversation for one in world.see(rows.list_in_force, me, world.clock())]

    assert known(world.sara) == known(world.adela) == [latest.id]
    world.leaves(world.sara, "Ventas")
    assert known(world.sara) == [first.id]
    (block,) = world.see(rows.list_in_force, world.adela, world.clock())
    world.act(blocks.unblock, world.adela, block.id)
    line = world.see(audit_rows.list_page).items[0]
    assert (line.kind, line.detail["conversation"]) == ("unblock", latest.id)


def test_a_network_s_block_is_not_its_visitor_s_own(world: World) -> None:
    chat = world.waiting(world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME).visitor)
    world.act(blocks.block, world.ana, chat.id, network=True)
    (lasting,) = [one for one in world.see(rows.list_in_force, world.sara, world.clock()) if one.network is None]
    world.act(blocks.unblock, world.sara, lasting.id)
    world.act(blocks.block, world.ana, chat.id)
    kept = world.see(rows.list_in_force, world.sara, world.clock())
    assert {one.network for one in kept} == {None, AT_HOME.network}


def test_whoever_was_blocked_twice_over_is_let_in_again_at_once(world: World) -> None:
    nuria = world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME).visitor
    chat = world.waiting(nuria)
    world.act(blocks.block, world.ana, chat.id, network=True)
    lasting, network = sorted(world.see(rows.list_in_force, world.sara, world.clock()), key=lambda one: one.until or 0)
    for again in (lasting, network):
        new = NewBlock(nuria.id, world.ana.id, None, again.network, again.until)
        world.database.write_blocking(partial(rows.add, block=new))
    assert world.count("blocks") == 4
    world.act(blocks.unblock, world.sara, lasting.id)
    assert {one.network for one in world.see(rows.list_in_force, world.sara, world.clock())} == {AT_HOME.network}
    world.act(blocks.unblock, world.sara, network.id)
    assert world.see(rows.list_in_force, world.sara, world.clock()) == []
