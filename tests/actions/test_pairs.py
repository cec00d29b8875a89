"""Whatever two do to one conversation at the same time: as if one had come after the other, and nobody in a knot."""

import inspect
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.actions import pairs as moves
from tests.actions.pairs import NOTHING, ONE_TRY, arrange, code_of, left_by, pairs, ready, set_up
from tests.actions.stepping import Stepper, stepper
from tests.flows.watching import actions
from tests.founding import opened_world
from tests.world import World

Outcome = tuple[list[tuple[str, str]], tuple[object, ...]]
InOrder = Callable[[str, str, str], Outcome]
AT_ITS_END = 10**6


def meet(world: World, steps: Stepper, first: str, second: str, state: str, at: int) -> tuple[Outcome, int]:
    """What comes of two moves of which the second is made while the first stands still, and where that could stop."""
    scene = set_up(world, state)
    outcomes, places = steps.run(world, ready(first, scene), ready(second, scene), at)
    return (sorted(zip((first, second), map(code_of, outcomes), strict=True)), left_by(scene)), places


def gave_up(found: Outcome) -> set[str]:
    """Who did nothing for what the other changed meanwhile: by its own rule, or told that it had looked at the past."""
    return {name for name, code in found[0] if name in ONE_TRY or code == "outdated"}


@pytest.fixture(scope="module")
def in_order(populated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InOrder]:
    """What comes of two moves at once where the database has one writer: the first is done before the second."""
    path = tmp_path_factory.mktemp("pairs") / "recado.db"
    shutil.copy(populated_file, path)
    known: dict[tuple[str, str, str], Outcome] = {}
    with opened_world(f"sqlite:///{path}") as world, Stepper() as steps:
        arrange(world)

        def met(first: str, second: str, state: str) -> Outcome:
            key = first, second, state
            if key not in known:
                known[key], _ = meet(world, steps, *key, AT_ITS_END)
            return known[key]

        yield met


def test_whatever_is_done_to_a_conversation_is_among_the_moves() -> None:
    source = inspect.getsource(moves)
    who_is_there = {f"routing.{one}" for one in ("come", "come_beside", "go", "sweep")}
    looks = {"look_ins.note_open", "look_ins.note_gone"}
    own = {"notices.change", "notices.change_defaults", "notices.disturb_not"}
    assert {name for name in actions() if name not in source} == who_is_there | looks | own


def test_two_moves_at_once_are_both_answered(in_order: InOrder) -> None:
    done = 0
    for first, second, state in pairs():
        answers, _ = in_order(first, second, state)
        done += [code for _, code in answers].count("done")
    assert done > len(pairs()), "most were refused"


@pytest.mark.parametrize("world_url", ["postgresql"], indirect=True)
def test_two_moves_at_once_come_out_as_one_after_the_other(
    world: World, in_order: InOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first stops before each of its statements that lock something, in turn with the seconds it meets."""
    arrange(world)
    turns: Counter[str] = Counter()
    most: Counter[str] = Counter()
    with stepper(monkeypatch) as steps:
        for first, second, state in pairs():
            at = 1 + turns[first] % (most[first] + 1)
            found, places = meet(world, steps, first, second, state, at)
            turns[first] += 1
            most[first] = max(most[first], places)
            story = f"{first} (stopped at {at} of {places}), {second}, {state}"
            assert steps.deadlocks == 0, f"{story}: each waited for the other"
            if found not in (in_order(second, first, state), in_order(first, second, state)):
                # Whoever finds that things have changed may leave it at that: then only the other one was.
                (done,) = {first, second} - gave_up(found) or {second}
                assert gave_up(found), f"{story}: {found}"
                assert found[1] == in_order(NOTHING, done, state)[1], story
