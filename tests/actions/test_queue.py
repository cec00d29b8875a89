"""How conversations move: who wins, who reads afterwards, what they hear, and what those who leave hear."""

from collections.abc import Callable

import pytest

from recado.actions import conversations, departments, notes, people, queue, routing
from recado.actions.people import OperatorChanges
from recado.db.conversations import get_readable
from recado.db.database import Tx
from recado.desk import SYSTEM
from recado.domain.conversations import Moved
from recado.domain.errors import ClientIdReused, Closed, Invalid, NotFound, OtherOpen, Taken
from recado.domain.events import (
    ConversationClaimed,
    ConversationLeft,
    ConversationQueued,
    ConversationTaken,
    MessagePosted,
)
from recado.domain.outward_events import WidgetConversationChanged
from tests.actions.test_conversations import entries, row
from tests.world import Chat, World, at_once, canary, holds, new_client_id, overlapping


def kinds(world: World, chat: Chat) -> list[str]:
    """The activity lines of a conversation, by their kinds."""
    return [entry.activity.kind for entry in entries(world, chat) if entry.activity is not None]


def notes_of(world: World, chat: Chat) -> list[str]:
    return [entry.body for entry in entries(world, chat) if entry.kind == "note"]


def told(world: World, person: object, since: int) -> list[type]:
    return [type(event) for event in world.heard(person, since)]  # type: ignore[arg-type]


# ── claiming ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_button_claims_as_an_answer_does(world: World) -> None:
    chat, since = world.waiting(), world.mark
    moved = world.act(queue.claim, world.ana, chat.id)
    assert moved == Moved(row(world, chat))
    assert (row(world, chat).status, row(world, chat).operator) == ("attending", world.ana.id)
    assert told(world, world.ana, since) == [ConversationClaimed]
    assert world.heard(world.bruno, since) == [ConversationTaken(chat.id, row(world, chat).version, world.ana.id)]
    assert told(world, world.lucia, since) == [WidgetConversationChanged]
    assert world.act(queue.claim, world.ana, chat.id) == moved
    with pytest.raises(Taken):
        world.act(queue.claim, world.bruno, chat.id)
    with pytest.raises(NotFound):
        world.act(queue.claim, world.clara, chat.id)


def test_buttons_and_answers_at_once_make_one_owner_and_one_history(world: World) -> None:
    people_ = (world.ana, world.bruno, world.sara)
    for _ in range(5):
        chat = world.waiting(world.comes(world.shop, "https://shop.example"))

        def ask(number: int, chat: Chat = chat) -> object:
            who = people_[number % 3]
            return world.answers(who, chat.id, "Hi") if number % 2 else world.act(queue.claim, who, chat.id)

        outcomes = at_once(12, ask)
        assert all(isinstance(one, Taken) for one in outcomes if isinstance(one, Exception)), outcomes
        assert kinds(world, chat) == ["claimed"]


@pytest.mark.parametrize("begins", [World.waiting, World.attended])
@pytest.mark.parametrize("takes", ["an answer", "the button"])
def test_somebody_who_is_being_disabled_claims_nothing(
    world: World, begins: Callable[[World], Chat], takes: str
) -> None:
    chat = begins(world)
    ana, disabled = world.ana, OperatorChanges(disabled=True)

    def take(tx: Tx) -> object:
        if takes == "the button":
            return queue.claim(tx, ana, chat.id)
        return conversations.answer(tx, ana, chat.id, new_client_id(), "Here I am.")

    _, refused = overlapping(world, lambda tx: people.change_operator(tx, world.adela, ana.id, disabled), take)
    assert isinstance(refused, NotFound)
    found = row(world, chat)
    assert (found.status, found.operator) == ("waiting", None)


# ── releasing and handing over ───────────────────────────────────────────────────────────────────────────────────


def test_a_release_gives_it_back_to_its_department_with_the_former_operator_s_mark(world: World) -> None:
    chat = world.attended(world.ana)
    since = world.mark
    moved = world.act(queue.release, world.ana, chat.id)
    found = row(world, chat)
    assert (found.status, found.operator, found.former) == ("waiting", None, world.ana.id)
    assert moved.conversation == found
    for reader in (world.ana, world.bruno, world.sara):
        assert told(world, reader, since) == [ConversationQueued]
    for other in (world.clara, world.adela, world.julian):
        assert world.heard(other, since) == []
    assert world.act(queue.release, world.ana, chat.id).conversation == found
    assert kinds(world, chat) == ["claimed", "released"]


def test_who_does_not_hold_it_does_not_release_it(world: World) -> None:
    chat = world.attended(world.ana)
    before = world.contents()
    with pytest.raises(Taken):
        world.act(queue.release, world.bruno, chat.id)
    for stranger in (world.clara, world.adela):
        with pytest.raises(NotFound):
            world.act(queue.release, stranger, chat.id)
    assert world.contents() == before


def test_a_supervisor_who_gives_back_what_one_attends_takes_it_from_nobody_else(world: World) -> None:
    chat = world.attended(world.ana)
    world.act(queue.transfer, world.ana, chat.id, world.department("Ventas"), world.bruno.id)
    before = world.contents()
    with pytest.raises(Taken) as refused:
        world.act(queue.release, world.sara, chat.id, world.ana.id)
    assert refused.value.operator_id == world.bruno.id
    assert world.contents() == before
    world.act(queue.release, world.sara, chat.id, world.bruno.id)
    found = row(world, chat)
    assert (found.status, found.former) == ("waiting", world.bruno.id)
    assert world.act(queue.release, world.ana, chat.id, world.ana.id).conversation == found, (
        "it waits, as was asked for"
    )


def test_a_supervisor_moves_what_a_colleague_attends_without_reading_it(world: World) -> None:
    word = canary()
    chat = world.waiting()
    world.answers(world.ana, chat.id, word)
    since = world.mark
    moved = world.act(queue.transfer, world.sara, chat.id, world.department("Ventas"), world.bruno.id)
    assert moved.conversation is None
    assert row(world, chat).operator == world.bruno.id
    assert holds(world.heard(world.bruno, since), word)
    assert world.heard(world.ana, since) == [ConversationTaken(chat.id, row(world, chat).version, world.bruno.id)]
    assert world.heard(world.sara, since) == []


def test_a_transfer_to_a_colleague_takes_history_and_note_along(world: World) -> None:
    word = canary()
    chat = world.attended(world.ana)
    since = world.mark
    world.act(queue.transfer, world.ana, chat.id, world.department("Ventas"), world.bruno.id, f"Knows boots. {word}")
    assert row(world, chat).operator == world.bruno.id
    assert holds(world.heard(world.bruno, since), word)
    assert told(world, world.ana, since) == [ConversationTaken]
    assert told(world, world.sara, since) == []
    assert not holds(world.heard(world.lucia, since), word)
    assert [entry.body for entry in entries(world, chat)][:2] == ["Hello?", ""]
    with pytest.raises(Taken):
        world.see(get_readable, world.ana, chat.id)


def test_a_note_that_is_sent_again_because_the_answer_was_lost_is_stored_once(world: World) -> None:
    chat, ventas, first = world.attended(), world.department("Ventas"), new_client_id()
    for who in (world.ana, world.ana):
        world.act(queue.transfer, who, chat.id, ventas, world.bruno.id, "Knows boots", first)
    assert notes_of(world, chat) == ["Knows boots"]
    with pytest.raises(ClientIdReused):
        world.act(queue.transfer, world.ana, chat.id, ventas, world.bruno.id, "Knows shoes", first)
    for _ in range(2):
        world.act(queue.close, world.bruno, chat.id, None, "They went", "0b9d1bd8-4f6a-4f0e-9f5e-2c8b3d1a7e55")
    assert notes_of(world, chat) == ["Knows boots", "They went"]
    assert kinds(world, chat) == ["claimed", "transferred", "closed"]


def test_a_note_s_client_id_stands_for_the_movement_that_it_went_with(world: World) -> None:
    """Hearing that it is done, where it was another movement or none, would leave a conversation where it was."""
    chat, ventas, soporte = world.attended(), world.department("Ventas"), world.department("Soporte")
    reason = world.act(departments.create_reason, world.adela, "Resuelta")
    alone, along, last = new_client_id(), new_client_id(), new_client_id()
    world.act(notes.add, world.ana, chat.id, alone, "Boots")
    world.act(queue.transfer, world.ana, chat.id, ventas, world.sara.id, "Boots", along)
    world.act(queue.close, world.sara, chat.id, reason.id, "Boots", last)
    before = world.contents()
    world.act(queue.transfer, world.ana, chat.id, ventas, world.sara.id, "Boots", along)
    world.act(queue.close, world.sara, chat.id, reason.id, "Boots", last)
    others: tuple[Callable[[], object], ...] = (
        lambda: world.act(queue.transfer, world.ana, chat.id, soporte, None, "Boots", alone),
        lambda: world.act(queue.close, world.ana, chat.id, None, "Boots", alone),
        lambda: world.act(queue.transfer, world.ana, chat.id, ventas, None, "Boots", along),
        lambda: world.act(queue.transfer, world.ana, chat.id, soporte, world.sara.id, "Boots", along),
        lambda: world.act(queue.close, world.ana, chat.id, None, "Boots", along),
        lambda: world.act(notes.add, world.ana, chat.id, along, "Boots"),
        lambda: world.act(queue.close, world.sara, chat.id, None, "Boots", last),
    )
    for other in others:
        with pytest.raises(ClientIdReused):
            other()
    assert world.contents() == before


def test_a_note_to_where_it_is_already_is_kept_and_told(world: World) -> None:
    chat, ventas = world.attended(), world.department("Ventas")
    world.act(queue.transfer, world.sara, chat.id, ventas, world.bruno.id, "Call them", new_client_id())
    since = world.mark
    for which in (new_client_id(), new_client_id()):
        world.act(queue.transfer, world.sara, chat.id, ventas, world.bruno.id, "Call them", which)
    assert notes_of(world, chat) == ["Call them"] * 3
    assert kinds(world, chat) == ["claimed", "transferred"]
    assert told(world, world.bruno, since) == [MessagePosted] * 2
    assert [*told(world, world.ana, since), *told(world, world.lucia, since)] == []


def test_a_transfer_to_another_department_leaves_this_one_with_a_number_and_nothing_more(world: World) -> None:
    word = canary()
    chat = world.waiting(world.lucia, word)
    since = world.mark
    moved = world.act(queue.transfer, world.ana, chat.id, world.department("Soporte"), None, "Not ours")
    assert moved.conversation is None
    version = row(world, chat).version
    for gone in (world.ana, world.bruno):
        assert world.heard(gone, since) == [ConversationLeft(chat.id, version)]
        with pytest.raises(NotFound):
            world.see(get_readable, gone, chat.id)
    for reader in (world.clara, world.sara):
        assert told(world, reader, since) == [ConversationQueued]
        assert holds(world.heard(reader, since), word)
    found = row(world, chat)
    assert (found.status, found.department.name) == ("waiting", "Soporte")


def test_who_has_waited_keeps_their_place_in_another_department(world: World) -> None:
    chat = world.waiting()
    since = row(world, chat).waiting_since
    world.clock.pass_s(600)
    world.act(queue.transfer, world.ana, chat.id, world.department("Soporte"), None)
    assert row(world, chat).waiting_since == since


def test_a_transfer_leads_to_somebody_who_is_there(world: World) -> None:
    chat = world.attended(world.ana)
    before = world.contents()
    for department, operator in ((99, None), (1, world.clara.id), (1, 10_000), (2, world.bruno.id)):
        with pytest.raises(Invalid):
            world.act(queue.transfer, world.ana, chat.id, department, operator)  # type: ignore[arg-type]
    world_after = world.contents()
    assert world_after == before


def test_many_moves_at_once_leave_one_owner_and_one_order(world: World) -> None:
    ventas = world.department("Ventas")
    for _ in range(5):
        chat = world.waiting(world.comes(world.shop, "https://shop.example"))

        def move(number: int, chat: Chat = chat) -> object:
            who = (world.ana, world.bruno, world.sara)[number % 3]
            doings = (
                lambda: world.act(queue.claim, who, chat.id),
                lambda: world.answers(who, chat.id, "Hi"),
                lambda: world.act(queue.release, who, chat.id),
                lambda: world.act(queue.transfer, who, chat.id, ventas, world.bruno.id),
            )
            return doings[number % 4]()

        outcomes = at_once(12, move)
        errors = [one for one in outcomes if isinstance(one, Exception)]
        assert all(isinstance(one, Taken | NotFound) for one in errors), errors
        found = row(world, chat)
        assert (found.operator is None) is (found.status == "waiting")
        assert [entry.seq for entry in entries(world, chat)] == list(range(1, found.seq + 1))


# ── pausing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pause_is_not_told_to_the_customer_and_ends_when_they_write(world: World) -> None:
    chat = world.attended(world.ana)
    since = world.mark
    world.act(queue.pause, world.ana, chat.id)
    assert row(world, chat).status == "paused"
    assert world.heard(world.lucia, since) == []
    world.act(conversations.receive, world.lucia, chat.public_id, new_client_id(), "There?")
    found = row(world, chat)
    assert (found.status, found.operator) == ("attending", world.ana.id)
    assert kinds(world, chat) == ["claimed", "paused", "resumed"]


def test_a_pause_ends_at_its_time_and_not_before(world: World) -> None:
    chat = world.attended(world.ana)
    until = world.clock() + 3_600_000_000
    assert world.act(queue.pause, world.ana, chat.id, until).conversation == row(world, chat)
    assert row(world, chat).paused_until == until
    world.act(routing.end_pause, SYSTEM, chat.id)
    assert row(world, chat).status == "paused"
    world.clock.pass_s(3600)
    for _ in range(2):
        world.act(routing.end_pause, SYSTEM, chat.id)
    assert row(world, chat).status == "attending"
    assert kinds(world, chat) == ["claimed", "paused", "resumed"]


def test_a_pause_lies_ahead(world: World) -> None:
    chat = world.attended(world.ana)
    for until in (1, world.clock() - 1, 2**62):
        with pytest.raises(Invalid):
            world.act(queue.pause, world.ana, chat.id, until)
    with pytest.raises(NotFound):
        world.act(queue.pause, world.ana, world.waiting(world.julian).id)


# ── the end, and after it ────────────────────────────────────────────────────────────────────────────────────────


def test_a_customer_who_writes_again_soon_finds_the_same_conversation_waiting(world: World) -> None:
    chat = world.closed(world.ana)
    since = world.mark
    sent = world.writes(world.lucia, "One more thing")
    found = row(world, chat)
    assert sent.conversation.id == chat.public_id
    assert (found.status, found.operator, found.former, found.closed_at) == ("waiting", None, world.ana.id, None)
    assert told(world, world.bruno, since) == [ConversationQueued]
    assert kinds(world, chat) == ["claimed", "closed", "reopened"]
    assert sent.conversation.status == "open"


def test_its_last_owner_takes_it_up_again_unless_there_is_a_newer_one(world: World) -> None:
    chat = world.closed(world.ana)
    assert world.act(queue.reopen, world.ana, chat.id).conversation == row(world, chat)
    assert row(world, chat).status == "attending"
    world.act(queue.close, world.ana, chat.id)
    world.later()
    world.waiting(world.lucia)
    with pytest.raises(OtherOpen):
        world.act(queue.reopen, world.ana, chat.id)
    for other in (world.bruno, world.sara, world.clara):
        with pytest.raises(NotFound):
            world.act(queue.reopen, other, chat.id)


def test_it_closes_with_a_reason_and_a_note_that_the_customer_never_sees(world: World) -> None:

    reason = world.act(departments.create_reason, world.adela, "Resuelta")
    chat, word = world.attended(world.ana), canary()
    since = world.mark
    world.act(queue.close, world.ana, chat.id, reason.id, word)
    note, closed = entries(world, chat)[-2:]
    assert (note.kind, note.body) == ("note", word)
    assert closed.activity is not None
    assert closed.activity.reason == reason.id
    assert holds(world.heard(world.ana, since), word)
    assert not holds(world.heard(world.lucia, since), word)
    with pytest.raises(Closed):
        world.act(queue.close, world.ana, chat.id)


def test_who_was_left_unanswered_does_not_begin_to_wait_anew_and_who_was_answered_does(world: World) -> None:
    chat = world.attended(world.ana)
    world.act(queue.release, world.ana, chat.id)
    assert row(world, chat).waiting_since == entries(world, chat)[-1].at
    world.act(queue.claim, world.bruno, chat.id)
    world.writes(world.lucia, "And in 39?")
    asked = entries(world, chat)[-1].at
    world.writes(world.lucia, "Hello?")
    ventas = world.department("Ventas")
    world.act(queue.transfer, world.bruno, chat.id, ventas)
    assert row(world, chat).waiting_since == asked


def test_a_closed_one_moves_no_more(world: World) -> None:
    chat = world.closed(world.ana)
    before = world.contents()
    attempts: tuple[Callable[[], object], ...] = (
        lambda: world.act(queue.claim, world.ana, chat.id),
        lambda: world.act(queue.release, world.ana, chat.id),
        lambda: world.act(queue.pause, world.ana, chat.id),
        lambda: world.act(queue.transfer, world.ana, chat.id, world.department("Soporte")),
    )
    for attempt in attempts:
        with pytest.raises(Closed):
            attempt()
    assert world.contents() == before
