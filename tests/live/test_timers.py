"""What the desk does by itself is not forgotten where it cannot be done now."""

from typing import Any

import pytest

from recado.actions import routing
from recado.desk import SYSTEM
from recado.domain.errors import Busy
from recado.domain.routing import Assignment
from recado.workers.timers import Timers
from tests.actions.test_conversations import row
from tests.world import World


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
