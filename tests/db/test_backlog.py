"""What an admin is told before a department assigns by itself is what becomes of it."""

from collections.abc import Callable

import pytest

from recado.actions import people, queue, routing
from recado.actions.people import OperatorChanges, OwnChanges
from recado.db.routing import get_backlog
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.routing import SWEEP_S, Assignment, Backlog
from tests.world import SHOP, World


def told(world: World) -> Backlog:
    return world.see(get_backlog, world.department("Ventas"), world.clock())


def waits(world: World, count: int) -> None:
    for _ in range(count):
        world.waiting(world.comes(world.shop, SHOP))


def there(world: World, *who: Operator) -> None:
    for one in who:
        world.act(routing.come, SYSTEM, one.id)


def limited(world: World, who: Operator, limit: int) -> None:
    world.act(people.change_operator, world.adela, who.id, OperatorChanges(chat_limit=limit))


def an_admin_of_it_is_there(world: World) -> None:
    there(world, world.adela)
    world.act(people.change_operator, world.adela, world.adela.id, OperatorChanges(departments=[1]))


def the_only_one_has_given_one_back(world: World) -> None:
    there(world, world.ana)
    world.act(queue.release, world.ana, world.attended(world.ana, world.lucia).id)


def one_of_two_has_given_one_back(world: World) -> None:
    the_only_one_has_given_one_back(world)
    there(world, world.bruno)


def one_has_room_for_one_more(world: World) -> None:
    there(world, world.ana)
    limited(world, world.ana, 2)
    world.attended(world.ana, world.lucia)


def two_have_room_for_three(world: World) -> None:
    one_has_room_for_one_more(world)
    there(world, world.bruno)
    limited(world, world.bruno, 2)


def one_is_full(world: World) -> None:
    there(world, world.ana)
    limited(world, world.ana, 1)
    world.attended(world.ana, world.lucia)


def some_are_busy_or_have_gone(world: World) -> None:
    there(world, world.ana, world.bruno, world.sara, world.clara)
    world.act(people.change_me, world.bruno, OwnChanges(availability="busy"))
    world.act(routing.go, SYSTEM, world.sara.id)
    world.clock.pass_s(SWEEP_S)


STANDS: dict[str, tuple[Callable[[World], object], int, set[str]]] = {
    "nobody is there": (lambda _: None, 0, set()),
    "two are there": (lambda world: there(world, world.ana, world.bruno), 4, {"Ana", "Bruno"}),
    "an admin who belongs to it is there": (an_admin_of_it_is_there, 4, {"Adela"}),
    "an admin who does not belong to it is there": (lambda world: there(world, world.adela), 0, set()),
    "the only one there has given one back": (the_only_one_has_given_one_back, 4, {"Ana"}),
    "one of two has given one back": (one_of_two_has_given_one_back, 5, {"Ana", "Bruno"}),
    "one has room for one more": (one_has_room_for_one_more, 1, {"Ana"}),
    "two have room for three": (two_have_room_for_three, 3, {"Ana", "Bruno"}),
    "one is full": (one_is_full, 0, set()),
    "some are busy or have gone": (some_are_busy_or_have_gone, 4, {"Ana"}),
}


@pytest.mark.parametrize("rule", [Assignment.ROUND_ROBIN, Assignment.LEAST_BUSY])
@pytest.mark.parametrize("stand", STANDS)
def test_so_many_go_to_those_who_were_named(world: World, stand: str, rule: Assignment) -> None:
    arrange, given, to = STANDS[stand]
    waits(world, 4)
    arrange(world)
    before = told(world)
    named = {one.name.split()[0] for one in world.team if one.id in before.to}
    assert (before.given, named) == (given, to)
    world.rules(assignment=rule)
    went = 0
    while world.act(routing.assign_next, SYSTEM, world.department("Ventas")) is not None:
        went += 1
    assert went == given
    assert told(world).waiting == before.waiting - given


def test_where_nobody_waits_nothing_goes(world: World) -> None:
    there(world, world.ana)
    world.waiting(world.tomas)
    assert told(world) == Backlog(0, 0, [world.ana.id])
