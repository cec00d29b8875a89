"""What an admin is told before a department assigns by itself is what becomes of it."""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select

from recado.actions import drafts, people, queue, routing
from recado.actions.people import OperatorChanges, OwnChanges
from recado.db import conversations
from recado.db.routing import get_backlog
from recado.db.tables import conversations as rows
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.routing import SWEEP_S, Assignment, Backlog
from tests.world import SHOP, World


def told(world: World, rule: Assignment) -> Backlog:
    return world.see(get_backlog, world.department("Ventas"), world.clock(), rule)


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


def one_attends_more(world: World) -> None:
    there(world, world.ana, world.bruno)
    for customer in (world.lucia, world.comes(world.shop, SHOP)):
        world.attended(world.ana, customer)


def one_of_two_has_begun_three_answers(world: World) -> None:
    there(world, world.ana, world.bruno)
    begins(world, world.bruno, 3)


def whoever_has_begun_three_has_room_for_two(world: World) -> None:
    one_of_two_has_begun_three_answers(world)
    limited(world, world.bruno, 2)


def those_have_begun_who_are_given_none(world: World) -> None:
    there(world, world.ana, world.bruno)
    begins(world, world.sara, 1)
    which = world.attended(world.bruno, world.lucia).id
    world.act(queue.release, world.bruno, which)
    world.act(drafts.save, world.bruno, which, "answer", "One moment")


def begins(world: World, who: Operator, count: int) -> None:
    """Somebody types in so many of what waits, the latest."""
    newest = select(rows.c.id).where(rows.c.status == "waiting").order_by(rows.c.id.desc()).limit(count)
    for which in world.see(lambda conn: conn.execute(newest).scalars().all()):
        world.act(drafts.save, who, which, "answer", "One moment")


Names = dict[str, int]
EVEN = {"Ana": 2, "Bruno": 2}
THREE: Names = {"Ana": 1, "Bruno": 3}
NONE: Names = {"Ana": 3, "Bruno": 2}

STANDS: dict[str, tuple[Callable[[World], object], Names, Names]] = {
    "nobody is there": (lambda _: None, {}, {}),
    "two are there": (lambda world: there(world, world.ana, world.bruno), EVEN, EVEN),
    "one attends two already": (one_attends_more, EVEN, {"Ana": 1, "Bruno": 3}),
    "an admin who belongs to it is there": (an_admin_of_it_is_there, {"Adela": 4}, {"Adela": 4}),
    "an admin who does not belong to it is there": (lambda world: there(world, world.adela), {}, {}),
    "the only one there has given one back": (the_only_one_has_given_one_back, {"Ana": 4}, {"Ana": 4}),
    "one of two has given one back": (one_of_two_has_given_one_back, {"Bruno": 3, "Ana": 2}, {"Bruno": 3, "Ana": 2}),
    "one has room for one more": (one_has_room_for_one_more, {"Ana": 1}, {"Ana": 1}),
    "two have room for three": (two_have_room_for_three, {"Ana": 1, "Bruno": 2}, {"Ana": 1, "Bruno": 2}),
    "one has begun to answer three": (one_of_two_has_begun_three_answers, THREE, THREE),
    "who has begun three has room for two": (whoever_has_begun_three_has_room_for_two, EVEN, EVEN),
    "who has begun is not to be given any": (
        those_have_begun_who_are_given_none,
        NONE,
        NONE,
    ),
    "one is full": (one_is_full, {}, {}),
    "some are busy or have gone": (some_are_busy_or_have_gone, {"Ana": 4}, {"Ana": 4}),
}


@pytest.mark.parametrize("rule", [Assignment.ROUND_ROBIN, Assignment.LEAST_BUSY])
@pytest.mark.parametrize("stand", STANDS)
def test_each_is_given_as_many_as_was_said(world: World, stand: str, rule: Assignment) -> None:
    arrange, *shares = STANDS[stand]
    waits(world, 4)
    arrange(world)
    before = told(world, rule)
    names = {one.id: one.name.split()[0] for one in world.team}
    said = {names[one.operator]: one.count for one in before.to}
    assert said == shares[rule is Assignment.LEAST_BUSY]
    world.rules(assignment=rule)
    went = Counter[str]()
    while (which := world.act(routing.assign_next, SYSTEM, world.department("Ventas"))) is not None:
        owner = world.see(conversations.get, which).operator_id
        assert owner is not None
        went[names[owner]] += 1
    assert went == said
    assert told(world, rule).waiting == before.waiting - went.total()


def test_who_is_given_most_is_told_first(world: World) -> None:
    waits(world, 5)
    one_attends_more(world)
    assert [one.count for one in told(world, Assignment.LEAST_BUSY).to] == [3, 2]


def test_by_hand_and_where_nobody_waits_nothing_goes(world: World) -> None:
    there(world, world.ana)
    assert told(world, Assignment.ROUND_ROBIN) == Backlog(0, [])
    waits(world, 1)
    assert told(world, Assignment.ROUND_ROBIN).to
    assert told(world, Assignment.MANUAL) == Backlog(1, [])
