"""What a visitor's page lists: all of theirs, in a few looks at the store however many they are."""

from sqlalchemy import Connection

from recado.actions import entries, notes, queue
from recado.actions.customers import VISIT_CONVERSATIONS
from recado.domain.actors import Visitor
from recado.domain.conversations import WidgetList
from recado.web.widget.conversations import list_mine
from tests.world import EPOCH, World, new_client_id


def statements_of(world: World, me: Visitor) -> tuple[WidgetList, int]:
    """The list, and how many statements it took."""
    said: list[str] = []

    def look(conn: Connection) -> WidgetList:
        driver = conn.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(said.append)
        try:
            return list_mine(conn, me, EPOCH)
        finally:
            driver.set_trace_callback(None)

    return world.see(look), len(said)


def test_a_long_list_takes_no_more_statements_than_a_short_one(small_world: World) -> None:
    world = small_world
    world.closed_long_ago()
    short, few = statements_of(world, world.lucia)
    for _ in range(4):
        world.closed_long_ago()
    long, many = statements_of(world, world.lucia)
    assert (len(short.conversations), len(long.conversations)) == (1, 5)
    assert many == few > 0


def test_each_is_known_by_its_newest_line_and_by_who_last_answered_it(world: World) -> None:
    """Not by who holds it: that may be somebody who has written nothing; and not by what only colleagues see."""
    first = world.closed_long_ago()
    chat = world.waiting(world.lucia, "Do you have\nboots?")
    found = world.see(list_mine, world.lucia, EPOCH)
    assert [one.id for one in found.conversations] == [chat.public_id, first.public_id]
    assert found.lines == {first.public_id: "Good morning.", chat.public_id: "Do you have boots?"}
    assert found.names == {first.public_id: "Ana"}
    world.answers(world.bruno, chat.id, "Yes.")
    world.act(queue.transfer, world.bruno, chat.id, world.department("Ventas"), world.ana.id)
    world.act(notes.add, world.ana, chat.id, new_client_id(), "Careful")
    world.writes(world.lucia, "And in 39?")
    found = world.see(list_mine, world.lucia, EPOCH)
    assert found.lines[chat.public_id] == "And in 39?"
    assert found.names[chat.public_id] == "Bruno"
    assert world.see(list_mine, world.julian, EPOCH).conversations == []
    unseen = world.answers(world.ana, chat.id, "Not that")
    world.act(entries.undo, world.ana, chat.id, unseen.entry.seq)
    assert world.see(list_mine, world.lucia, EPOCH).names[chat.public_id] == "Bruno"


def test_what_is_open_is_in_it_however_many_are_newer(small_world: World) -> None:
    world = small_world
    first, others = world.closed(world.ana), []
    for _ in range(VISIT_CONVERSATIONS):
        world.later()
        others.append(world.closed(world.bruno).public_id)
    newest = others[::-1]
    assert [one.id for one in world.see(list_mine, world.lucia, EPOCH).conversations] == newest
    world.act(queue.reopen, world.ana, first.id)
    found = world.see(list_mine, world.lucia, EPOCH)
    assert [one.id for one in found.conversations] == [*newest, first.public_id]
    assert found.lines.keys() == found.names.keys() == {*newest, first.public_id}
