"""What nobody can come back to any more is forgotten: keys that have ended, and visitors who never wrote."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from recado.actions import blocks, customers
from recado.actions.customers import Arrival
from recado.db import tables
from recado.db.database import Tx
from recado.desk import SYSTEM
from recado.domain.customers import RESUME_KEY_S, VERIFIED_KEY_S
from recado.domain.identity import Identity, Signed
from recado.workers.timers import Timers
from tests.actions.test_customers import arrives
from tests.actions.test_identity import arrives as signed
from tests.actions.test_identity import secret_of
from tests.world import BROWSER, SHOP, World, canary, holds, overlapping


def forget(world: World) -> None:
    world.act(customers.forget_ended, SYSTEM)


def visitors(world: World) -> set[int]:
    return {row[0] for row in world.contents()[tables.visitors.name]}


def test_who_never_wrote_is_forgotten_with_their_last_key_and_whoever_wrote_is_not(world: World) -> None:
    silent, wrote, blocked, comes = (arrives(world) for _ in range(4))
    for one in (wrote, blocked):
        world.writes(one.visitor, "Hello?")
    world.act(blocks.block, world.ana, world.chats()[-1].id)
    world.clock.pass_s(RESUME_KEY_S - 60)
    again = arrives(world, comes.resume_key)
    forget(world)
    everybody = {one.visitor.id for one in (silent, wrote, blocked, comes)}
    assert everybody <= visitors(world)
    world.clock.pass_s(120)
    forget(world)
    assert everybody & visitors(world) == everybody - {silent.visitor.id}
    assert world.count("resume_keys") == 1
    assert arrives(world, again.resume_key).visitor == comes.visitor


def test_a_key_that_ended_takes_nobody_along_who_has_another(world: World) -> None:
    first = arrives(world)
    second = arrives(world, first.resume_key)
    arrives(world, second.resume_key)
    world.clock.pass_s(3600)
    before = world.count("resume_keys")
    forget(world)
    assert world.count("resume_keys") == before - 1
    assert arrives(world, second.resume_key).visitor == first.visitor


def test_whom_a_site_signed_is_forgotten_with_their_name_where_they_never_wrote(world: World) -> None:
    word, other = canary(), canary()
    silent, wrote = (signed(world, Identity(one, one)) for one in (word, other))
    world.writes(wrote.visitor, "Hello?")
    world.clock.pass_s(VERIFIED_KEY_S + 1)
    assert holds(world.contents(), word)
    forget(world)
    assert not holds(world.contents(), word)
    assert holds(world.contents(), other)
    assert silent.visitor.id not in visitors(world)
    again = signed(world, Identity(other, other))
    assert (again.visitor, len(again.conversations)) == (wrote.visitor, 1)


def test_a_visit_of_each_day_leaves_no_more_than_a_day_s_keys(world: World) -> None:
    for _ in range(40):
        signed(world, Identity("user-17"))
        world.clock.pass_s(VERIFIED_KEY_S + 1)
        forget(world)
    assert world.count("resume_keys") == len(world.visitors)


def test_a_few_are_forgotten_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "FORGOTTEN_AT_ONCE", 3)
    for _ in range(4):
        arrives(world)
    world.clock.pass_s(RESUME_KEY_S + 1)
    before = world.count("visitors")
    counts = []
    while world.count("resume_keys"):
        forget(world)
        counts.append(before - world.count("visitors"))
    assert counts == [3, 6, 7]


def test_they_are_no_more_whichever_way_the_database_looks_for_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers, "FORGOTTEN_AT_ONCE", 3)
    for _ in range(4):
        arrives(world)
    world.clock.pass_s(RESUME_KEY_S + 1)
    before = world.count("visitors")

    def forget_by_nested_loops(tx: Tx) -> None:
        if tx.conn.dialect.name == "postgresql":
            for other in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
                tx.conn.execute(text(f"SET LOCAL enable_{other} = off"))
        customers.forget_ended(tx, SYSTEM)

    world.database.write_blocking(forget_by_nested_loops)
    assert before - world.count("visitors") == 3


@pytest.mark.parametrize("sooner", ["forget", "come"])
def test_who_comes_in_the_moment_in_which_they_are_forgotten_is_let_in(world: World, sooner: str) -> None:
    nuria, secret = Identity("user-17", "Nuria"), secret_of(world, world.shop)
    signed(world, nuria)
    world.clock.pass_s(VERIFIED_KEY_S + 1)
    moves: dict[str, Callable[[Tx], object]] = {
        "come": lambda tx: customers.arrive(tx, SYSTEM, world.shop, SHOP, None, BROWSER, Signed(nuria, secret)),
        "forget": lambda tx: customers.forget_ended(tx, SYSTEM),
    }
    first = moves.pop(sooner)
    outcomes = overlapping(world, first, *moves.values())
    came = next(one for one in outcomes if isinstance(one, Arrival))
    assert came.visitor.id in visitors(world)
    again = signed(world, nuria)
    assert (again.visitor, again.face) == (came.visitor, came.face)


def test_whom_a_process_whose_clock_is_ahead_forgets_in_that_moment_comes_as_somebody_new(world: World) -> None:
    first = arrives(world)
    gone, came = overlapping(
        world,
        lambda tx: customers.forget_ended(Tx(tx.conn, tx.now + RESUME_KEY_S * 1_000_000, []), SYSTEM),
        lambda tx: customers.arrive(tx, SYSTEM, world.shop, SHOP, first.resume_key, BROWSER),
    )
    assert gone is True
    assert isinstance(came, Arrival), came
    assert came.visitor.id in visitors(world)
    assert arrives(world, came.resume_key).visitor == came.visitor


async def test_the_desk_does_it_by_itself(small_world: World) -> None:
    world = small_world
    world.clock.pass_s(RESUME_KEY_S + 1)
    assert world.count("visitors") > 0
    await Timers(world.desk).sweep()
    assert (world.count("visitors"), world.count("resume_keys")) == (0, 0)
