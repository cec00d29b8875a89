"""What a customer's message costs the store: it is what happens most often."""

from collections.abc import Callable

from recado.actions import blocks, conversations
from recado.actions.conversations import Result
from recado.actions.customers import Asked
from recado.db.database import Tx
from recado.domain.attachments import CAPTION_MAX
from recado.domain.errors import Blocked, Closed, Invalid, NotFound, Refused
from recado.domain.ids import PublicId
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


def refusal_of(world: World, write: Callable[[Tx], object]) -> tuple[type[Refused], int]:
    """How a visitor is refused, and how many rows had been changed by then."""
    told: list[tuple[type[Refused], int]] = []

    def try_it(tx: Tx) -> None:
        driver = tx.conn.connection.driver_connection
        assert driver is not None
        before = driver.total_changes
        try:
            write(tx)
        except Refused as refused:
            told.append((type(refused), driver.total_changes - before))

    world.database.write_blocking(try_it)
    return told[0]


def test_whoever_is_refused_has_written_nothing_so_that_nobody_s_words_are_stored_anew(small_world: World) -> None:
    world, me = small_world, small_world.lucia

    def opens(body: str = "Hola", *files: str, department: str | None = None) -> tuple[type[Refused], int]:
        def write(tx: Tx) -> object:
            asked = Asked(department=department)
            said = (new_client_id(), body, "Lucía", "lucia@example.org", asked, files)
            return conversations.open_or_receive(tx, me, *said)

        return refusal_of(world, write)

    def receives_in(chat: Chat, *files: str) -> tuple[type[Refused], int]:
        said = (PublicId(chat.public_id), new_client_id(), "Hola", files, "lucia@example.org")
        return refusal_of(world, lambda tx: conversations.receive(tx, me, *said))

    long = "x" * (CAPTION_MAX + 1)
    assert opens("Hola", "x") == opens("") == opens(long, "x") == (Invalid, 0)
    ended = world.closed_long_ago()
    assert (receives_in(ended), opens("Hola", "x")) == ((Closed, 0), (Invalid, 0))
    assert receives_in(Chat(ended.id, PublicId("of_nobody"))) == (NotFound, 0)
    chat = world.attended()
    assert opens("Hola", "x") == receives_in(chat, "x") == (Invalid, 0)
    world.act(blocks.block, world.ana, chat.id)
    assert opens() == receives_in(chat) == (Blocked, 0)
