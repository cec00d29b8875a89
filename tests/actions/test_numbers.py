"""Numbers: without gaps, in one order for all, and silent about what the customer may not know."""

import itertools

from recado.actions import conversations, queue
from recado.db import conversations as rows
from recado.db.public import list_before
from recado.domain.conversations import WidgetConversation
from recado.domain.ids import ConversationId
from tests.actions.test_conversations import entries
from tests.world import SHOP, Chat, World, at_once, new_client_id


def outward(world: World, chat: Chat) -> WidgetConversation:
    """What its customer knows of a conversation."""
    return world.see(rows.get, chat.id).widget()


def test_many_at_once_are_numbered_without_a_gap_on_both_sides(world: World) -> None:
    chat = world.attended(world.ana)
    bodies = [f"line {number}" for number in range(24)]

    def write(number: int) -> object:
        if number % 3 == 0:
            return world.answers(world.ana, chat.id, bodies[number])
        return world.writes(world.lucia, bodies[number])

    outcomes = at_once(24, write)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    kept = entries(world, chat)
    assert [entry.seq for entry in kept] == list(range(1, 28))
    assert sorted(entry.body for entry in kept[3:]) == sorted(bodies)
    assert all(earlier.at < later.at for earlier, later in itertools.pairwise(kept))
    shown, _ = world.see(list_before, world.see(rows.get, chat.id).thread_id, None, 100)
    assert [entry.seq for entry in shown] == list(range(1, 27))
    assert [entry.body for entry in shown] == [entry.body for entry in kept if entry.kind == "public"]


def test_each_answer_says_the_number_under_which_it_is_stored(world: World) -> None:
    chat = world.attended(world.ana)
    sent = [world.answers(world.ana, chat.id, f"line {number}") for number in range(3)]
    kept = {entry.seq: entry for entry in entries(world, chat)}
    assert [kept[one.entry.seq] for one in sent] == [one.entry for one in sent]


def test_a_claim_costs_no_public_number(world: World) -> None:
    chat = world.waiting()
    before = outward(world, chat)
    world.answers(world.ana, chat.id, "Good morning.")
    after = outward(world, chat)
    assert (after.seq, after.version) == (before.seq + 1, before.version + 1)
    assert [entry.kind for entry in entries(world, chat)] == ["public", "activity", "public"]


def test_who_merely_looks_moves_nothing_that_the_customer_could_notice(world: World) -> None:
    chat = world.waiting()
    before, since = outward(world, chat), world.mark
    for operator in (world.ana, world.bruno, world.sara):
        world.act(conversations.read, operator, chat.id, 1)
    assert outward(world, chat) == before
    assert world.heard(world.lucia, since) == []


def test_the_end_is_a_public_change_without_a_public_entry(world: World) -> None:
    chat = world.attended()
    before = outward(world, chat)
    world.act(queue.close, world.ana, chat.id)
    after = outward(world, chat)
    assert (after.status, after.seq, after.version) == ("closed", before.seq, before.version + 1)


def test_one_conversation_s_numbers_say_nothing_of_another_s(world: World) -> None:
    mine = world.attended(world.ana, world.lucia)
    before = outward(world, mine)
    world.attended(world.bruno, world.julian)
    assert outward(world, mine) == before


def test_what_a_customer_receives_holds_no_inner_number(world: World) -> None:
    """The same story with and without inner entries is the same story to the customer, but for names and times."""
    for _ in range(20):
        world.closed(world.bruno, world.comes(world.shop, SHOP))
    chat = world.attended(world.ana)
    world.act(conversations.receive, world.lucia, chat.public_id, new_client_id(), "And in 39?")
    shown, _ = world.see(list_before, world.see(rows.get, chat.id).thread_id, None, 100)
    assert [(entry.seq, entry.rev) for entry in shown] == [(1, 1), (2, 2), (3, 3)]
    assert chat.id == ConversationId(21)
    assert len(chat.public_id) >= 16
