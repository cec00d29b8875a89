"""Of two transactions that meet, one waits for the other: they never wait for each other, and none is run twice."""

from collections.abc import Callable

from recado.actions import people, queue
from recado.actions.people import OperatorChanges
from recado.db import people as people_rows
from recado.db.database import Tx
from tests.actions.test_conversations import row
from tests.world import World, overlapping


def counting(runs: list[str], name: str, do: Callable[[Tx], object]) -> Callable[[Tx], object]:
    """The same, noting each time that it is run: who loses a deadlock is run again."""

    def run(tx: Tx) -> object:
        runs.append(name)
        return do(tx)

    return run


def test_an_admin_who_disables_somebody_and_one_who_moves_a_conversation_of_theirs_do_not_wait_for_each_other(
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
