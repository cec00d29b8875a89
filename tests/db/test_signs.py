"""Signs that are never stored reach who may know, by the rows as they are when the sign arrives."""

from recado.actions import blocks, queue
from recado.db import signs
from recado.db.blocks import list_in_force
from recado.domain.events import ToVisitor
from recado.domain.outward_events import WidgetTyping, WidgetVisitorChanged
from tests.world import World


def test_a_customer_is_shown_typing_by_whom_they_are_attended_and_by_nobody_else(world: World) -> None:
    chat = world.attended(world.ana)
    shown = [(WidgetTyping(chat.public_id, "Ana"), ToVisitor(world.lucia.id))]
    assert world.see(signs.typing, chat.id, world.ana.author) == shown
    for other in (world.bruno, world.sara):
        assert world.see(signs.typing, chat.id, other.author) == []
    world.act(queue.transfer, world.ana, chat.id, world.department("Ventas"), world.bruno.id)
    assert world.see(signs.typing, chat.id, world.ana.author) == []


def test_a_visitor_hears_whether_they_may_write_as_it_is_now(world: World) -> None:
    def told(*, blocked: bool) -> list[signs.Sign]:
        return [(WidgetVisitorChanged(blocked), ToVisitor(world.lucia.id))]

    world.act(blocks.block, world.ana, world.waiting().id)
    assert world.see(signs.standing, world.lucia.id, world.clock()) == told(blocked=True)
    (block,) = world.see(list_in_force, world.sara, world.clock())
    world.act(blocks.unblock, world.sara, block.id)
    assert world.see(signs.standing, world.lucia.id, world.clock()) == told(blocked=False)
