"""Of two transactions that meet, one waits for the other: they never wait for each other, and none is run twice."""

from collections.abc import Callable

import msgspec
import pytest

from recado.actions import blocks, conversations, people, queue, routing
from recado.actions.customers import arrive
from recado.actions.people import OperatorChanges
from recado.db import blocks as block_rows
from recado.db import people as people_rows
from recado.db import visitors
from recado.db.database import Tx
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Role
from tests.actions.test_blocks import AT_HOME
from tests.actions.test_conversations import entries, row
from tests.world import SHOP, Chat, World, new_client_id, overlapping


def counting(runs: list[str], name: str, do: Callable[[Tx], object]) -> Callable[[Tx], object]:
    """The same, noting each time that it is run: who loses a deadlock is run again."""

    def run(tx: Tx) -> object:
        runs.append(name)
        return do(tx)

    return run


def test_a_visitor_who_writes_and_who_blocks_them_do_not_wait_for_each_other(world: World) -> None:
    chat, client_id = world.waiting(), new_client_id()
    lucia, ana = world.lucia, world.ana
    runs: list[str] = []
    wrote, blocked = overlapping(
        world,
        counting(runs, "writes", lambda tx: visitors.lock(tx, lucia)),
        counting(runs, "blocks", lambda tx: blocks.block(tx, ana, chat.id)),
        then=lambda tx: conversations.open_or_receive(tx, lucia, client_id, "Again", None, None),
    )
    assert not isinstance(blocked, Exception), blocked
    assert not isinstance(wrote, Exception), wrote
    assert runs == ["writes", "blocks"]
    assert row(world, chat).status == "closed"
    assert "Again" in [entry.body for entry in entries(world, chat)]


def test_an_admin_who_disables_somebody_and_one_who_moves_a_conversation_of_theirs_do_not_either(
    world: World,
) -> None:
    ventas = OperatorChanges(departments=[world.department("Ventas")])
    world.act(people.change_operator, world.adela, world.adela.id, ventas)
    chat, adela, ana = world.attended(world.ana), world.adela, world.ana
    runs: list[str] = []
    outcomes = overlapping(
        world,
        counting(runs, "disables", people_rows.lock_admins),
        counting(runs, "gives back", lambda tx: queue.release(tx, adela, chat.id)),
        then=lambda tx: people.change_operator(tx, adela, ana.id, OperatorChanges(disabled=True)),
    )
    assert not any(isinstance(one, Exception) for one in outcomes), outcomes
    assert runs == ["disables", "gives back"]
    assert (row(world, chat).status, row(world, chat).former) == ("waiting", ana.id)


def test_an_admin_who_changes_an_operator_and_the_sweep_that_notes_who_is_there_do_not_either(world: World) -> None:
    world.act(people.change_operator, world.adela, world.sara.id, OperatorChanges(role=Role.ADMIN))
    world.act(people.change_operator, world.sara, world.adela.id, OperatorChanges(role=Role.OPERATOR))
    team, ana, runs = sorted(one.id for one in world.team), world.ana, list[str]()
    sara = msgspec.structs.replace(world.sara, role=Role.ADMIN)
    assert team[-1] == sara.id, "by number alone the sweep would have locked the others before it waits for her"
    outcomes = overlapping(
        world,
        counting(runs, "changes", people_rows.lock_admins),
        counting(runs, "sweeps", lambda tx: routing.sweep(tx, SYSTEM, team)),
        then=lambda tx: people.change_operator(tx, sara, ana.id, OperatorChanges(chat_limit=3)),
    )
    assert not any(isinstance(one, Exception) for one in outcomes), outcomes
    assert runs == ["changes", "sweeps"]


@pytest.mark.parametrize("first", ["Ana", "Bruno"])
def test_two_who_block_at_once_store_one_block(world: World, first: str) -> None:
    old, now = world.closed_long_ago(), world.attended(world.bruno, world.lucia)
    doings = {"Ana": (world.ana, old.id), "Bruno": (world.bruno, now.id)}
    both = [doings.pop(first), *doings.values()]

    def blocking(who: object) -> Callable[[Tx], object]:
        return lambda tx: blocks.block(tx, *who)  # type: ignore[misc]

    outcomes = overlapping(world, *map(blocking, both))
    assert not any(isinstance(one, Exception) for one in outcomes), outcomes
    assert world.count("blocks") == 1
    assert row(world, now).status == "closed"


def test_two_who_shut_one_network_out_at_once_store_one_block_of_it(world: World) -> None:
    neighbours = [world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME).visitor for _ in range(2)]
    chats = [world.waiting(one) for one in neighbours]

    def blocking(who: Operator, chat: Chat) -> Callable[[Tx], object]:
        return lambda tx: blocks.block(tx, who, chat.id, network=True)

    outcomes = overlapping(world, *map(blocking, (world.ana, world.bruno), chats))
    assert not any(isinstance(one, Exception) for one in outcomes), outcomes
    assert [row(world, chat).status for chat in chats] == ["closed", "closed"]
    held = world.see(block_rows.list_in_force, world.sara, world.clock())
    assert sorted(one.network or "" for one in held) == ["", "", AT_HOME.network]
    for one in held:
        if one.conversation == chats[0].id or one.network is not None:
            world.act(blocks.unblock, world.sara, one.id)
    assert world.writes(neighbours[0], "May I?").conversation.status == "open"
