"""What browsers show of customers: what waits, louder as time goes by, and what they write to who attends them."""

from pathlib import Path

import pytest

from recado.actions import alerts, conversations
from recado.desk import SYSTEM
from recado.domain.alerts import PUSH_MINUTES, RING_MINUTES, SUPERVISOR_MINUTES
from tests.push.pushes import chooses, pushing
from tests.world import Chat, World


async def test_what_waits_is_shown_to_the_department_until_somebody_takes_it(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        ana, bruno, clara = "ana", "bruno", "clara"
        for one, name in ((world.ana, ana), (world.bruno, bruno), (world.clara, clara)):
            await pushes.subscribes(one, name)
        chat = world.waiting(world.lucia, "Is anybody there?")
        await pushes.turn()
        tag = f"waiting-{chat.id}"
        assert pushes.shown(ana) == ["Un visitante espera: Is anybody there?"]
        assert pushes.last(ana)["url"] == f"/desk/{chat.id}"
        assert pushes.shown(clara) == [], "it is another department's"
        world.answers(world.bruno, chat.id, "I am")
        await pushes.turn()
        await pushes.turn()
        for name in (ana, bruno):
            assert pushes.shown(name)[1:] == [f"clear {tag}"]
        world.writes(world.lucia, "Good")
        await pushes.turn()
        assert pushes.shown(bruno)[2:] == ["Un visitante: Good"]
        assert len(pushes.shown(ana)) == 2
        world.act(conversations.read, world.bruno, chat.id, 9)
        await pushes.turn()
        assert pushes.shown(bruno)[3:] == [f"clear conversation-{chat.id}"]


@pytest.mark.parametrize(("customers", "count"), [("mine", 0), ("none", 0), ("all", 1)])
async def test_what_waits_is_shown_to_who_wants_that(world: World, tmp_path: Path, customers: str, count: int) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.ana, "phone")
        chooses(world, world.ana, customers=customers)
        world.waiting()
        await pushes.turn()
        assert len(pushes.shown("phone")) == count


def grows_loud(world: World, chat: Chat, minutes: int) -> None:
    """So much time goes by, and what waits is heard as often as it is due."""
    for _ in range(minutes):
        world.clock.pass_s(60)
        world.act(alerts.rise, SYSTEM, chat.id)


async def test_what_grows_loud_is_shown_once_more_also_to_who_has_read_it(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.ana, "ana")
        await pushes.subscribes(world.sara, "sara")
        chat = world.waiting()
        await pushes.turn()
        world.act(conversations.read, world.ana, chat.id, 9)
        await pushes.turn()
        grows_loud(world, chat, PUSH_MINUTES)
        for _ in range(3):
            await pushes.turn()
        waits = "Un visitante espera: Hello?"
        assert pushes.shown("ana") == [waits, f"clear waiting-{chat.id}", waits]
        assert pushes.shown("sara") == [waits, waits]
        grows_loud(world, chat, SUPERVISOR_MINUTES)
        for _ in range(3):
            await pushes.turn()
        assert len(pushes.shown("ana")) == 3, "the last step is for supervisors"
        assert pushes.shown("sara") == [waits] * 3
        world.act(alerts.acknowledge, world.sara, chat.id)
        await pushes.turn()
        await pushes.turn()
        assert pushes.shown("ana")[3:] == [f"clear waiting-{chat.id}"]


async def test_what_was_acknowledged_is_not_shown_again(world: World, tmp_path: Path) -> None:
    async with pushing(world, tmp_path) as pushes:
        await pushes.subscribes(world.ana, "ana")
        chat = world.waiting()
        await pushes.turn()
        grows_loud(world, chat, RING_MINUTES)
        world.act(alerts.acknowledge, world.bruno, chat.id)
        grows_loud(world, chat, SUPERVISOR_MINUTES)
        await pushes.turn()
        assert len(pushes.shown("ana")) == 1
