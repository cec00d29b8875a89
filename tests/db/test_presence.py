"""Who is there, at whichever process: for colleagues, and for visitors."""

from recado.actions import routing
from recado.db import team
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.routing import SWEEP_S
from recado.web.widget import faces
from tests.world import World


def there(world: World, operator: Operator) -> bool:
    (found,) = [one for one in world.see(team.list_colleagues, world.clock()) if one.id == operator.id]
    return found.online


def shown_to_visitors(world: World) -> list[str]:
    return [name for _, name in world.see(faces.look, world.inbox(world.shop), "es", world.clock()).team]


def test_visitors_are_shown_who_is_there_at_whichever_process(world: World) -> None:
    assert shown_to_visitors(world) == []
    world.act(routing.come, SYSTEM, world.ana.id)
    world.act(routing.come, SYSTEM, world.clara.id)
    assert shown_to_visitors(world) == ["Ana Roca"]


def test_who_leaves_one_process_is_still_there_at_the_other(world: World) -> None:
    world.act(routing.come, SYSTEM, world.ana.id)
    world.act(routing.go, SYSTEM, world.ana.id)
    assert there(world, world.ana)
    for _ in range(5):
        world.clock.pass_s(SWEEP_S - 1)
        assert there(world, world.ana)
        world.act(routing.sweep, SYSTEM, [world.ana.id])


def test_who_is_at_no_process_any_more_is_away_after_the_next_sweep(world: World) -> None:
    world.act(routing.come, SYSTEM, world.ana.id)
    world.act(routing.go, SYSTEM, world.ana.id)
    world.clock.pass_s(SWEEP_S)
    assert not there(world, world.ana)


def test_who_has_gone_already_does_not_come_back_by_going_again(world: World) -> None:
    world.act(routing.come, SYSTEM, world.ana.id)
    world.act(routing.go, SYSTEM, world.ana.id)
    world.clock.pass_s(SWEEP_S)
    world.act(routing.go, SYSTEM, world.ana.id)
    assert not there(world, world.ana)
