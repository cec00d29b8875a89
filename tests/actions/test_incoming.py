"""What a customer's message costs the store: it is what happens most often."""

from recado.actions import conversations
from recado.actions.conversations import Result
from recado.db.database import Tx
from tests.world import Chat, World, new_client_id


def receives(world: World, chat: Chat, client_id: str) -> tuple[Result, list[str]]:
    """What came of it, and how each statement that it took begins."""
    said: list[str] = []

    def receive(tx: Tx) -> Result:
        driver = tx.conn.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(said.append)
        try:
            return conversations.receive(tx, world.lucia, chat.public_id, client_id, "And in 39?")
        finally:
            driver.set_trace_callback(None)

    return world.database.write_blocking(receive), [statement.split()[0] for statement in said]


def test_a_message_is_looked_up_numbered_and_stored_by_a_statement_each(small_world: World) -> None:
    world, client_id = small_world, new_client_id()
    chat = world.attended()
    first, took = receives(world, chat, client_id)
    assert (first.repeated, took) == (False, ["SELECT", "UPDATE", "INSERT"])
    again, took = receives(world, chat, client_id)
    assert again.repeated
    assert set(took) == {"SELECT"}
