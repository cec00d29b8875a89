"""What a panel shows around a conversation: as much as its reader may know of the customer, and no word more."""

import pytest

from recado.actions import blocks, notes, queue
from recado.actions.blocks import NETWORK_US
from recado.db import backgrounds
from recado.db import blocks as block_rows
from recado.db.blocks import NewBlock
from recado.db.conversations import get
from recado.domain.actors import Operator
from recado.domain.errors import NotFound, Taken
from recado.domain.ids import ConversationId
from recado.domain.openings import Background
from tests.world import World, canary, holds, new_client_id


def around(world: World, me: Operator, which: ConversationId) -> Background:
    return world.see(backgrounds.get, me, which, world.clock())


def told_before(world: World, word: str) -> ConversationId:
    """A conversation that Bruno closed long ago, with a word of its customer's and a note of his."""
    chat = world.waiting(world.lucia, word)
    world.answers(world.bruno, chat.id, "Good morning.")
    world.writes(world.lucia, word)
    world.act(notes.add, world.bruno, chat.id, new_client_id(), f"Note {word}", [])
    world.act(queue.close, world.bruno, chat.id)
    world.later()
    return chat.id


def test_of_an_earlier_conversation_its_reader_sees_the_text_and_others_only_when_where_and_who(world: World) -> None:
    word = canary()
    before = told_before(world, word)
    now = world.waiting(world.lucia, "Something else")
    own = around(world, world.bruno, now.id)
    assert [(one.id, one.status) for one in own.earlier] == [(before, "closed")]
    assert holds(own.earlier, word)
    others = around(world, world.ana, now.id)
    (one,) = others.earlier
    assert (one.id, one.department.name, one.operator) == (before, "Ventas", world.bruno.id)
    assert (one.status, one.excerpt) == (None, None)
    assert not holds(others, word)
    world.rules(archive=True)
    assert holds(around(world, world.ana, now.id).earlier, word)


def test_nobody_follows_what_becomes_of_a_conversation_that_they_do_not_read(world: World) -> None:
    before = world.closed_long_ago().id
    now = world.waiting(world.lucia, "Something else").id
    world.act(queue.transfer, world.ana, now, world.department("Soporte"), world.clara.id)
    now_open, of_clara = around(world, world.ana, before), world.see(get, now)
    world.act(notes.add, world.clara, now, new_client_id(), "Careful")
    world.answers(world.clara, now, "Good morning.")
    assert world.see(get, now) != of_clara
    world.act(queue.pause, world.clara, now)
    world.act(queue.close, world.clara, now)
    assert now_open.earlier
    assert around(world, world.ana, before) == now_open
    world.leaves(world.ana, "Ventas", "Soporte")
    world.rules("Soporte", archive=True)
    assert [one.status for one in around(world, world.ana, before).earlier] == ["closed"]


def test_why_somebody_is_blocked_is_for_supervisors(world: World) -> None:
    chat, word = world.attended(world.ana), canary()
    world.rules(archive=True)
    world.act(blocks.block, world.ana, chat.id, reason=word)
    for operator in (world.ana, world.bruno):
        assert [one.reason for one in around(world, operator, chat.id).blocks] == [None]
    assert [one.reason for one in around(world, world.sara, chat.id).blocks] == [word]
    world.leaves(world.adela, "Ventas")
    assert [one.reason for one in around(world, world.adela, chat.id).blocks] == [word]


def test_notes_on_a_customer_are_those_of_the_conversations_that_one_reads(world: World) -> None:
    word = canary()
    before = told_before(world, word)
    now = world.waiting(world.lucia, "Something else")
    world.act(notes.add, world.ana, now.id, new_client_id(), "Prefers the afternoon", [])
    found = around(world, world.bruno, now.id).notes
    assert [(one.conversation, one.operator) for one in found] == [(now.id, world.ana.id), (before, world.bruno.id)]
    assert [one.excerpt for one in around(world, world.ana, now.id).notes] == ["Prefers the afternoon"]


def test_another_customer_s_conversations_are_no_part_of_it(world: World) -> None:
    word = canary()
    told_before(world, word)
    other = world.waiting(world.julian)
    assert around(world, world.bruno, other.id) == Background([], [], [])


def test_who_does_not_read_a_conversation_learns_nothing_around_it(world: World) -> None:
    told_before(world, canary())
    chat = world.attended(world.ana)
    assert around(world, world.ana, chat.id).earlier
    with pytest.raises(Taken):
        around(world, world.bruno, chat.id)
    with pytest.raises(NotFound):
        around(world, world.clara, chat.id)


def test_a_block_is_shown_to_whoever_reads_the_conversation_as_long_as_it_holds(world: World) -> None:
    chat = world.attended(world.ana)
    assert around(world, world.ana, chat.id).blocks == []
    world.act(blocks.block, world.ana, chat.id)
    (block,) = around(world, world.ana, chat.id).blocks
    assert (block.operator.id, block.until) == (world.ana.id, None)
    world.act(blocks.unblock, world.sara, block.id)
    assert around(world, world.ana, chat.id).blocks == []


def test_a_network_is_shut_out_for_a_day_and_then_no_more_told_of(world: World) -> None:
    chat = world.attended(world.ana)
    world.act(blocks.block, world.ana, chat.id)
    (block,) = around(world, world.ana, chat.id).blocks
    world.database.write_blocking(
        lambda tx: block_rows.add(tx, NewBlock(world.lucia.id, world.ana.id, None, "203.0.113.0", tx.now + NETWORK_US))
    )
    assert (
        len(around(world, world.ana, chat.id).blocks)
        == len(world.see(block_rows.list_in_force, world.sara, world.clock()))
        == 2
    )
    world.clock.pass_s(NETWORK_US / 1_000_000 + 1)
    assert (
        around(world, world.ana, chat.id).blocks
        == world.see(block_rows.list_in_force, world.sara, world.clock())
        == [block]
    )
