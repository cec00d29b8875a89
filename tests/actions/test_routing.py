"""What the desk does by itself: it gives out what waits, takes back from who is gone, and does neither twice."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from recado.actions import drafts, people, queue, rights, routing
from recado.actions.people import OperatorChanges, OwnChanges
from recado.db.database import Tx
from recado.db.routing import Given
from recado.db.tables import operators
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.errors import NotFound
from recado.domain.events import AssignmentDue
from recado.domain.routing import DESK_FOR_S, ONLINE_FOR_S, SWEEP_MAX_S, SWEEP_S, Assignment, Candidate, Waiting, choose
from tests.actions.test_conversations import entries, row
from tests.actions.test_queue import kinds
from tests.world import SHOP, Chat, World, at_once, overlapping


def arrives(world: World, *who: Operator) -> None:
    for operator in who:
        world.act(routing.come, SYSTEM, operator.id)


def assigned(world: World, count: int = 1) -> list[Chat]:
    """So many newcomers write, and the desk gives out what it can."""
    chats = [world.waiting(world.comes(world.shop, SHOP)) for _ in range(count)]
    while world.act(routing.assign_next, SYSTEM, world.department("Ventas")) is not None:
        pass
    return chats


def owners(world: World, chats: list[Chat]) -> list[int | None]:
    return [row(world, chat).operator for chat in chats]


def passes(world: World, seconds: int, *here: Operator) -> None:
    """Time goes by on a server that runs, with some operators there: it sweeps and gives back what is due."""
    for _ in range(seconds // SWEEP_S):
        world.clock.pass_s(SWEEP_S)
        for gone in world.act(routing.sweep, SYSTEM, [one.id for one in here]):
            world.act(routing.give_back, SYSTEM, *gone)


def test_nothing_is_assigned_where_nobody_has_switched_it_on(world: World) -> None:
    arrives(world, world.ana)
    assert owners(world, assigned(world)) == [None]


def test_the_round_goes_round(world: World) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    arrives(world, world.ana, world.bruno, world.sara)
    given = owners(world, assigned(world, 6))
    assert set(given[:3]) == {world.ana.id, world.bruno.id, world.sara.id}
    assert given[:3] == given[3:]


def test_the_least_busy_is_next(world: World) -> None:
    arrives(world, world.ana, world.bruno)
    for _ in range(2):
        world.attended(world.ana, world.comes(world.shop, SHOP))
    world.rules(assignment=Assignment.LEAST_BUSY)
    assert owners(world, assigned(world, 2)) == [world.bruno.id, world.bruno.id]
    assert set(owners(world, assigned(world, 2))) == {world.ana.id, world.bruno.id}


def test_only_who_is_there_and_available_is_given_anything(world: World) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    arrives(world, world.ana, world.bruno, world.clara)
    world.act(people.change_me, world.bruno, OwnChanges(availability="away"))
    world.act(routing.go, SYSTEM, world.ana.id)
    world.clock.pass_s(SWEEP_S)
    (chat,) = assigned(world)
    assert row(world, chat).operator is None
    world.act(people.change_me, world.bruno, OwnChanges(availability="available"))
    assigned(world, 0)
    assert row(world, chat).operator == world.bruno.id
    assert [entry.author.kind for entry in entries(world, chat)] == ["visitor", "system"]


def test_a_page_that_vanished_without_a_word_is_not_there_for_long(world: World) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    arrives(world, world.ana)
    world.clock.pass_s(ONLINE_FOR_S)
    assert owners(world, assigned(world)) == [None]


def test_the_limit_is_kept_and_what_waits_is_given_out_when_there_is_room(world: World) -> None:
    world.act(people.change_operator, world.adela, world.ana.id, OperatorChanges(chat_limit=2))
    world.rules(assignment=Assignment.ROUND_ROBIN)
    arrives(world, world.ana)
    chats = assigned(world, 3)
    assert owners(world, chats) == [world.ana.id, world.ana.id, None]
    world.act(queue.close, world.ana, chats[0].id)
    assigned(world, 0)
    assert owners(world, chats)[2] == world.ana.id


def test_whoever_has_begun_to_answer_is_given_it_out_of_turn(world: World) -> None:
    arrives(world, world.ana, world.bruno)
    chats = [world.waiting(world.comes(world.shop, SHOP)) for _ in range(2)]
    world.act(drafts.save, world.ana, chats[1].id, "note", "Ask Clara")
    world.act(drafts.save, world.ana, chats[0].id, "answer", "Good mor")
    world.clock.pass_s(1)
    world.act(drafts.save, world.bruno, chats[0].id, "answer", "Good morning")
    world.rules(assignment=Assignment.ROUND_ROBIN)
    assigned(world, 0)
    assert owners(world, chats) == [world.bruno.id, world.ana.id]


def test_who_only_has_other_pages_open_than_the_desk_is_given_nothing(world: World) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    world.act(routing.come_beside, SYSTEM, world.ana.id)
    (chat,) = assigned(world)
    assert row(world, chat).operator is None
    world.act(routing.come, SYSTEM, world.ana.id)
    assigned(world, 0)
    assert row(world, chat).operator == world.ana.id


def test_who_has_left_the_desk_for_another_page_is_given_something_for_a_while(world: World) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    arrives(world, world.ana)
    passes(world, DESK_FOR_S - SWEEP_S, world.ana)
    assert owners(world, assigned(world)) == [world.ana.id]
    passes(world, SWEEP_S, world.ana)
    assert owners(world, assigned(world)) == [None]
    world.clock.pass_s(SWEEP_S)
    world.act(routing.sweep, SYSTEM, [world.ana.id], [world.ana.id])
    assert owners(world, assigned(world, 0) + assigned(world)) == [world.ana.id]


def test_who_gave_it_back_is_not_given_it_again(world: World) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    arrives(world, world.ana)
    (chat,) = assigned(world)
    world.act(queue.release, world.ana, chat.id)
    assigned(world, 0)
    assert row(world, chat).operator is None
    arrives(world, world.bruno)
    assigned(world, 0)
    assert row(world, chat).operator == world.bruno.id


def test_assignment_and_claims_at_once_make_one_owner(world: World) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    arrives(world, world.ana, world.bruno)
    ventas = world.department("Ventas")
    for _ in range(5):
        chat = world.waiting(world.comes(world.shop, SHOP))

        def ask(number: int, chat: Chat = chat) -> object:
            if number % 2:
                return world.act(routing.assign_next, SYSTEM, ventas)
            return world.act(queue.claim, world.sara, chat.id)

        at_once(6, ask)
        assert len(kinds(world, chat)) == 1
        assert row(world, chat).operator is not None


FACTS: dict[str, Callable[[World, Tx], object]] = {
    "she is away": lambda world, tx: people.change_me(tx, world.sara, OwnChanges(availability="away")),
    "she is disabled": lambda world, tx: people.change_operator(
        tx, world.adela, world.sara.id, OperatorChanges(disabled=True)
    ),
    "it goes to another department of hers": lambda world, tx: queue.transfer(
        tx, world.bruno, world.chats()[0].id, world.department("Soporte")
    ),
}


@pytest.mark.parametrize("what", FACTS)
def test_what_changes_while_the_desk_assigns_counts_and_it_looks_again(world: World, what: str) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    arrives(world, world.sara)
    chat, ventas, since = world.waiting(), world.department("Ventas"), world.mark
    overlapping(world, lambda tx: FACTS[what](world, tx), lambda tx: routing.assign_next(tx, SYSTEM, ventas))
    assert row(world, chat).operator is None
    if world.database.kind == "postgresql":  # elsewhere nobody had looked yet
        assert AssignmentDue((ventas,)) in [told.event for told in world.recorder.told[since:]]
    arrives(world, world.bruno)
    assigned(world, 0)
    assert (row(world, chat).operator == world.bruno.id) == (row(world, chat).department.id == ventas)


def test_whose_customer_comes_back_may_be_given_the_same_one(world: World) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    chat = world.closed(world.ana)
    arrives(world, world.ana)
    world.writes(world.lucia, "One thing more.")
    assert row(world, chat).former == world.ana.id
    assigned(world, 0)
    assert row(world, chat).operator == world.ana.id


def test_a_newcomer_is_not_kept_waiting_by_those_that_were_given_back(world: World) -> None:
    world.rules(assignment=Assignment.ROUND_ROBIN)
    arrives(world, world.ana)
    given_back = assigned(world, 21)
    for chat in given_back:
        world.act(queue.release, world.ana, chat.id)
    assert owners(world, assigned(world)) == [world.ana.id]
    assert set(owners(world, given_back)) == {None}


# ── absence ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_an_absent_owner_attends_goes_back_once(world: World) -> None:
    world.rules(absence_minutes=5)
    arrives(world, world.ana)
    chat = world.attended(world.ana)
    passes(world, 600, world.ana)
    assert row(world, chat).status == "attending"
    world.act(routing.go, SYSTEM, world.ana.id)
    passes(world, 240)
    assert row(world, chat).status == "attending"
    passes(world, 600)
    found = row(world, chat)
    assert (found.status, found.former) == ("waiting", world.ana.id)
    assert kinds(world, chat) == ["claimed", "returned"]
    world.answers(world.bruno, chat.id, "Here I am.")
    assert kinds(world, chat) == ["claimed", "returned", "claimed"]


def test_an_owner_who_comes_back_in_time_keeps_everything(world: World) -> None:
    world.rules(absence_minutes=5)
    chat = world.attended(world.ana)
    for _ in range(4):
        world.act(routing.go, SYSTEM, world.ana.id)
        passes(world, 240)
        arrives(world, world.ana)
    assert row(world, chat).operator == world.ana.id


def test_an_owner_who_comes_back_while_it_is_taken_from_them_keeps_it(world: World) -> None:
    world.rules(absence_minutes=5)
    chat = world.attended(world.ana)
    gone: list[Given] = []
    while not gone:
        world.clock.pass_s(SWEEP_S)
        gone = world.act(routing.sweep, SYSTEM, [])
    assert gone == [(chat.id, world.ana.id)]
    overlapping(
        world,
        lambda tx: routing.come(tx, SYSTEM, world.ana.id),
        lambda tx: routing.give_back(tx, SYSTEM, chat.id, world.ana.id),
    )
    assert row(world, chat).operator == world.ana.id


def test_what_two_processes_sweep_at_once_is_counted_once(world: World) -> None:
    world.rules(absence_minutes=5)
    world.attended(world.ana)

    def absence() -> int:
        which = select(operators.c.absent_s).where(operators.c.id == world.ana.id)
        return int(world.see(lambda conn: conn.execute(which).scalar_one()))

    world.act(routing.sweep, SYSTEM, [])
    world.clock.pass_s(SWEEP_S)
    before = absence()
    overlapping(world, *[lambda tx: routing.sweep(tx, SYSTEM, [])] * 2)
    assert SWEEP_S <= absence() - before <= SWEEP_S + 1


def test_time_without_a_server_is_nobody_s_absence(world: World) -> None:
    world.rules(absence_minutes=5)
    chat = world.attended(world.ana)
    world.act(routing.sweep, SYSTEM, [])
    for _ in range(5):
        world.clock.pass_s(24 * 3600)
        assert world.act(routing.sweep, SYSTEM, []) == []
    assert row(world, chat).operator == world.ana.id
    assert 5 * SWEEP_MAX_S < 5 * 60


def test_never_is_never(world: World) -> None:
    world.rules(absence_minutes=None)
    chat = world.attended(world.ana)
    passes(world, 3600)
    assert row(world, chat).operator == world.ana.id


def test_whoever_is_disabled_or_leaves_the_department_gives_back_what_they_held(world: World) -> None:
    attended = world.attended(world.ana)
    paused = world.attended(world.ana, world.julian)
    world.act(queue.pause, world.ana, paused.id)
    world.leaves(world.ana, "Soporte")
    assert [row(world, chat).status for chat in (attended, paused)] == ["waiting", "waiting"]
    again = world.attended(world.bruno, world.comes(world.shop, SHOP))
    world.disables(world.bruno)
    assert row(world, again).status == "waiting"
    assert kinds(world, again) == ["claimed", "returned"]


def test_choosing_is_a_matter_of_facts_alone() -> None:
    ana, bruno = Candidate(1, 2, None, 5), Candidate(2, 1, None, 9)  # type: ignore[arg-type]
    anew = Waiting(None, None)
    assert choose(Assignment.ROUND_ROBIN, [bruno, ana], anew) == ana
    assert choose(Assignment.LEAST_BUSY, [ana, bruno], anew) == bruno
    assert choose(Assignment.MANUAL, [ana, bruno], anew) is None
    assert choose(Assignment.ROUND_ROBIN, [ana._replace(limit=2)], anew) is None
    assert choose(Assignment.ROUND_ROBIN, [ana, bruno], Waiting(ana.id, ana.id)) == bruno
    assert choose(Assignment.ROUND_ROBIN, [ana, bruno], Waiting(None, bruno.id)) == bruno
    assert choose(Assignment.ROUND_ROBIN, [ana, bruno._replace(limit=1)], Waiting(None, bruno.id)) == ana


def test_whoever_holds_much_keeps_their_access_until_most_of_it_is_given_back(world: World) -> None:
    chats = [world.attended(world.ana, world.comes(world.shop, SHOP)) for _ in range(rights.AT_ONCE + 2)]
    before = world.contents()
    with pytest.raises(rights.HoldsMuch) as much:
        world.disables(world.ana)
    assert (much.value.which, world.contents()) == ([chat.id for chat in chats[rights.AT_ONCE :]], before)
    with pytest.raises(NotFound):
        world.act(rights.give_back, world.sara, world.ana.id, chats[0].id, "disabled")
    for which in much.value.which:
        world.act(rights.give_back, world.adela, world.ana.id, which, much.value.cause)
    world.disables(world.ana)
    assert {row(world, chat).status for chat in chats} == {"waiting"}
