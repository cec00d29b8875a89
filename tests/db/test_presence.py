"""Who is there, at whichever process: for colleagues, and for visitors."""

import pytest

from recado.actions import blocks, conversations, people, routing
from recado.actions.customers import Asked
from recado.db import team
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Visitor
from recado.domain.chats import ChatSettings
from recado.domain.conversations import WidgetSent
from recado.domain.errors import NotFound
from recado.domain.ids import PublicId
from recado.domain.routing import SWEEP_S
from recado.web.widget import faces
from tests.world import World, new_client_id


def there(world: World, operator: Operator) -> bool:
    (found,) = [one for one in world.see(team.list_colleagues, world.clock()) if one.id == operator.id]
    return found.online


def shown_to_visitors(world: World, which: PublicId | None = None, chosen: str = "") -> list[str]:
    """Who is named to Lucía: in a conversation of hers, or before one where she has chosen a department."""
    inbox = world.inbox(world.shop)
    department = world.see(faces.department_for, inbox, world.lucia, which, chosen)
    return [one.name for one in world.see(faces.around, inbox, world.lucia, department, "es", world.clock()).people]


def test_visitors_are_shown_who_is_there_at_whichever_process(world: World) -> None:
    assert shown_to_visitors(world) == []
    world.act(routing.come, SYSTEM, world.ana.id)
    world.act(routing.come, SYSTEM, world.clara.id)
    assert shown_to_visitors(world) == ["Ana"]


def test_who_only_has_other_pages_open_than_the_desk_is_there_for_colleagues_alone(world: World) -> None:
    world.act(routing.come_beside, SYSTEM, world.ana.id)
    assert there(world, world.ana)
    assert shown_to_visitors(world) == []
    world.act(routing.come, SYSTEM, world.ana.id)
    assert shown_to_visitors(world) == ["Ana"]


def test_visitors_are_shown_the_people_of_the_department_that_answers_them(world: World) -> None:
    world.asks(chat=ChatSettings(departments=[world.department("Ventas"), world.department("Soporte")]))
    for one in (world.ana, world.clara):
        world.act(routing.come, SYSTEM, one.id)
    assert shown_to_visitors(world) == ["Ana"]
    assert shown_to_visitors(world, chosen="Soporte") == ["Clara"]
    assert shown_to_visitors(world, chosen="a department that is not offered") == ["Ana"]
    asked = Asked({}, "Soporte")
    sent = world.act(conversations.open_or_receive, world.lucia, new_client_id(), "Hello", None, None, asked).sent
    assert isinstance(sent, WidgetSent)
    assert shown_to_visitors(world, sent.conversation.id) == ["Clara"]
    came_back = world.see(faces.department_now, world.inbox(world.shop), world.lucia)
    assert came_back.name == "Soporte"


def test_who_answers_somebody_else_s_conversation_is_not_told(world: World) -> None:
    theirs = world.waiting(world.tomas)
    with pytest.raises(NotFound):
        shown_to_visitors(world, theirs.public_id)


def test_who_is_away_is_not_shown_to_visitors_and_who_is_busy_is(world: World) -> None:
    for one in (world.ana, world.bruno):
        world.act(routing.come, SYSTEM, one.id)
    assert shown_to_visitors(world) == ["Ana", "Bruno"]
    world.act(people.change_me, world.ana, people.OwnChanges(availability="away"))
    world.act(people.change_me, world.bruno, people.OwnChanges(availability="busy"))
    assert shown_to_visitors(world) == ["Bruno"]


def test_a_visitor_is_told_that_they_may_not_write_any_more(world: World) -> None:
    def blocked(visitor: Visitor) -> bool:
        inbox = world.inbox(world.shop)
        return world.see(faces.around, inbox, visitor, inbox.department, "es", world.clock()).blocked

    chat = world.attended(world.ana, world.lucia)
    assert not blocked(world.lucia)
    world.act(blocks.block, world.ana, chat.id)
    assert blocked(world.lucia)
    assert not blocked(world.julian)


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
