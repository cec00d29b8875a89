"""What the desk does by itself is not forgotten where it cannot be done now."""

from typing import Any

import pytest

from recado.actions import routing
from recado.desk import SYSTEM
from recado.domain.errors import Busy
from recado.domain.routing import DESK_FOR_S, Assignment
from recado.live.hub import OperatorSocket
from recado.workers.timers import Timers
from tests.actions.test_conversations import row
from tests.flows.watching import overdue
from tests.world import SHOP, World


async def test_a_department_that_could_not_be_looked_at_is_looked_at_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    world.act(routing.come, SYSTEM, world.ana.id)
    chat, timers, write = world.waiting(), Timers(world.desk), world.desk.database.write

    async def refuse(*_: Any, **__: Any) -> None:
        raise Busy

    monkeypatch.setattr(world.desk.database, "write", refuse)
    timers.hint([world.department("Ventas"), world.department("Soporte")])
    with pytest.raises(Busy):
        await timers.assign()
    monkeypatch.setattr(world.desk.database, "write", write)
    await timers.assign()
    assert row(world, chat).operator == world.ana.id


async def test_what_waits_makes_itself_heard_by_the_clock(world: World) -> None:
    chat, timers = overdue(world), Timers(world.desk)
    await timers.turn()
    await timers.turn()
    assert row(world, chat).alert_step == 1


async def test_whoever_stays_at_the_desk_is_given_what_comes_however_long_ago_they_came(world: World) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    for operator, desk in ((world.bruno, False), (world.ana, True)):
        world.act(routing.come, SYSTEM, operator.id)
        world.desk.hub.add(OperatorSocket(operator.id, b"", desk=desk))
    timers = Timers(world.desk)
    world.clock.pass_s(DESK_FOR_S)
    chats = [world.waiting(world.comes(world.shop, SHOP)) for _ in range(2)]
    await timers.sweep()
    await timers.assign()
    assert [row(world, chat).operator for chat in chats] == [world.ana.id] * 2
