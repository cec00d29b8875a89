"""Signs that are never stored reach who may know, by the rows as they are when the sign arrives."""

from recado.actions import queue
from recado.db import signs
from recado.domain.events import ToVisitor, WidgetTyping
from tests.world import World


def test_a_customer_is_shown_typing_by_whom_they_are_attended_and_by_nobody_else(world: World) -> None:
    chat = world.attended(world.ana)
    shown = [(WidgetTyping(chat.public_id, "Ana"), ToVisitor(world.lucia.id))]
    assert world.see(signs.typing, chat.id, world.ana.author) == shown
    for other in (world.bruno, world.sara):
        assert world.see(signs.typing, chat.id, other.author) == []
    world.act(queue.transfer, world.ana, chat.id, world.department("Ventas"), world.bruno.id)
    assert world.see(signs.typing, chat.id, world.ana.author) == []
