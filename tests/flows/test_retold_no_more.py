"""What another process retells of a change tells nobody more than the process told that made it.

Who left a conversation before the change, however long ago, learns nothing of it: no frame, no version, no holder.
"""

from collections.abc import Callable

import pytest

from recado.actions import blocks, conversations, look_ins, notes, queue
from recado.db import changes
from recado.domain.actors import Operator
from recado.domain.conversations import ConversationRow
from recado.domain.events import ConversationLeft, ConversationTaken, Event, MessagePosted
from recado.domain.ids import DepartmentId
from tests.flows.test_retold import NOT_OF_A_THREAD, retold, versions
from tests.flows.watching import SCENARIOS
from tests.world import Chat, Person, Told, World, new_client_id

Frame = tuple[str, int, int, int | None]

LEFT = (ConversationTaken, ConversationLeft)


def hand_over(world: World, chat: Chat, by: Operator, to: Operator | None, department: str = "Ventas") -> None:
    which: DepartmentId = world.department(department)
    world.act(queue.transfer, by, chat.id, which, None if to is None else to.id)


def looked_in_and_away(world: World, chat: Chat) -> None:
    world.act(look_ins.look_in, world.sara, chat.id)
    world.act(look_ins.look_away, world.sara, chat.id)


def read_by_customer(world: World, chat: Chat) -> None:
    world.act(conversations.read_by_visitor, world.lucia, chat.public_id, 2)


AMONG_THE_FEW: dict[str, Callable[[World, Chat], object]] = {
    "closed": lambda world, chat: world.act(queue.close, world.ana, chat.id),
    "closed with a note": lambda world, chat: world.act(queue.close, world.ana, chat.id, None, "Paid"),
    "handed to a colleague": lambda world, chat: hand_over(world, chat, world.ana, world.bruno),
    "handed on by a supervisor": lambda world, chat: hand_over(world, chat, world.sara, world.bruno),
    "handed to somebody elsewhere": lambda world, chat: hand_over(world, chat, world.ana, world.clara, "Soporte"),
    "noted in": lambda world, chat: world.act(notes.add, world.ana, chat.id, new_client_id(), "Careful"),
    "blocked": lambda world, chat: world.act(blocks.block, world.ana, chat.id),
    "looked into": lambda world, chat: world.act(look_ins.look_in, world.sara, chat.id),
    "looked into and away": looked_in_and_away,
    "paused": lambda world, chat: world.act(queue.pause, world.ana, chat.id),
    "answered": lambda world, chat: world.answers(world.ana, chat.id, "Yes."),
    "written into": lambda world, _: world.writes(world.lucia, "And in 39?"),
    "read by its customer": read_by_customer,
}
"""What happens to a conversation that Ana attends. Her department has not had it since she claimed it."""


def frames(told: list[Told], operator: Operator) -> set[Frame]:
    """What an operator is told of losing conversations."""
    events = [one.event for one in told if one.reaches(operator) and isinstance(one.event, LEFT)]
    return {(type(one).__name__, one.id, one.version, getattr(one, "operator", None)) for one in events}


def heard(told: list[Told], person: Person) -> list[Event]:
    return [one.event for one in told if one.reaches(person) and isinstance(one.event, Event)]


def judge(world: World, told: list[Told], live: list[Told]) -> None:
    """Each operator is told at most of the same losses; anything else, and the customer, only who was told live."""
    for operator in world.team:
        assert frames(told, operator) <= frames(live, operator), operator.name
        if not heard(live, operator):
            assert not heard(told, operator), operator.name
    if not heard(live, world.lucia):
        assert not heard(told, world.lucia)


@pytest.mark.parametrize("name", AMONG_THE_FEW)
def test_a_department_learns_nothing_of_what_befalls_a_conversation_it_has_lost(world: World, name: str) -> None:
    chat = world.looked_into(lambda _: None)
    before, since = versions(world), world.mark
    AMONG_THE_FEW[name](world, chat)
    told = retold(world, before)
    live = world.recorder.told[since:]
    assert heard(told, world.ana), "there was something to tell"
    judge(world, told, live)


@pytest.mark.parametrize("name", ["closed", "handed to a colleague", "noted in"])
def test_a_supervisor_who_has_looked_in_and_away_learns_nothing_more(world: World, name: str) -> None:
    chat = world.looked_into(lambda chat: looked_in_and_away(world, chat))
    before, since = versions(world), world.mark
    AMONG_THE_FEW[name](world, chat)
    told = retold(world, before)
    assert not heard(told, world.sara)
    judge(world, told, world.recorder.told[since:])


@pytest.mark.parametrize("name", sorted(set(SCENARIOS) - NOT_OF_A_THREAD))
def test_whatever_happens_nobody_is_told_more_than_they_were_live(world: World, name: str) -> None:
    scenario = SCENARIOS[name]
    chat = scenario.before(world)
    before, since = versions(world), world.mark
    scenario.do(world, chat)
    judge(world, retold(world, before), world.recorder.told[since:])


def test_who_lost_it_is_told_who_took_it_and_nothing_that_came_after(world: World) -> None:
    chat = world.waiting()
    before, since = versions(world), world.mark
    world.answers(world.ana, chat.id, "Good morning.")
    claimed = versions(world)
    hand_over(world, chat, world.ana, world.bruno)
    world.act(queue.close, world.bruno, chat.id)
    told = retold(world, before)
    thread_version = next(iter(claimed.values()))
    assert frames(told, world.sara) == {("ConversationTaken", chat.id, thread_version, world.ana.id)}
    judge(world, told, world.recorder.told[since:])


def test_who_looked_in_when_it_was_closed_is_told_that_it_left_them(world: World) -> None:
    chat = world.looked_into(lambda chat: world.act(look_ins.look_in, world.sara, chat.id))
    before, since = versions(world), world.mark
    world.act(queue.close, world.ana, chat.id)
    told, live = retold(world, before), world.recorder.told[since:]
    assert frames(told, world.sara) == frames(live, world.sara) != set()
    assert not heard(told, world.bruno)


def test_a_block_takes_a_waiting_one_from_its_department_and_one_that_was_closed_from_nobody(world: World) -> None:
    chat = world.waiting()
    for expected in (True, False):
        before, since = versions(world), world.mark
        world.act(blocks.block, world.ana, chat.id)
        told, live = retold(world, before), world.recorder.told[since:]
        assert frames(told, world.bruno) == frames(live, world.bruno)
        assert bool(frames(told, world.bruno)) is expected


def test_a_look_in_ends_where_the_conversation_goes_to_another_department_with_its_owner(world: World) -> None:
    world.leaves(world.ana, "Ventas", "Soporte")
    world.leaves(world.sara, "Ventas")
    for department in ("Ventas", "Soporte"):
        world.rules(department, look_in=True)
    chat = world.attended()
    world.act(look_ins.look_in, world.sara, chat.id)
    before, since = versions(world), world.mark
    hand_over(world, chat, world.ana, world.ana, "Soporte")
    words = world.mark
    world.writes(world.lucia, "And in 39?")
    assert not world.heard(world.sara, words)
    told, live = retold(world, before), world.recorder.told[since:]
    assert frames(told, world.sara) == frames(live, world.sara) != set()


def test_a_process_that_remembers_nothing_of_a_thread_goes_by_when_it_last_looked(world: World) -> None:
    chat = world.waiting()
    world.answers(world.ana, chat.id, "Good morning.")
    ((thread, _),) = versions(world).items()
    looked, since = world.clock(), world.mark
    for line in ("Yes.", "In 39 too."):
        world.answers(world.ana, chat.id, line)
    version = versions(world)[thread]
    after = world.see(changes.version_at, thread, version, looked)
    assert after == version - 2
    told = retold(world, {thread: after})
    assert [one.version for one in told_rows(told, world.ana)] == [version - 1, version]
    judge(world, told, world.recorder.told[since:])
    assert world.see(changes.version_at, thread, version, world.clock()) == version - 1


def told_rows(told: list[Told], operator: Operator) -> list[ConversationRow]:
    return [event.conversation for event in heard(told, operator) if isinstance(event, MessagePosted)]


@pytest.mark.parametrize("name", ["looked into", "looked into and away", "noted in", "paused"])
def test_a_customer_learns_nothing_of_what_is_not_for_them(world: World, name: str) -> None:
    chat = world.looked_into(lambda _: None)
    before = versions(world)
    AMONG_THE_FEW[name](world, chat)
    told = retold(world, before)
    assert told
    assert [one for one in told if one.reaches(world.lucia)] == []
