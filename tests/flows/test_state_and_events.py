"""State before, and its events, is the state fetched again: for every action and everybody who looks on."""

import inspect

import pytest

from tests.flows.pages import desk_of
from tests.flows.watching import SCENARIOS, Everybody, actions
from tests.world import World

UNSEEN = {
    "blocks.unblock",
    "conversations.receive",
    "look_ins.end_stale",
    "look_ins.note_gone",
    "look_ins.note_open",
    "routing.come_beside",
    "routing.end_pause",
    "routing.go",
}
"""What pages see nothing of, or what goes the same way as another."""


@pytest.mark.parametrize("name", SCENARIOS)
def test_after_it_every_page_shows_what_it_would_show_if_opened_now(world: World, name: str) -> None:
    scenario = SCENARIOS[name]
    chat = scenario.before(world)
    pages = Everybody(world)
    scenario.do(world, chat)
    pages.hear()
    pages.check()
    assert pages.gaps == 0


@pytest.mark.parametrize("name", SCENARIOS)
def test_also_for_pages_that_hear_everything_twice(world: World, name: str) -> None:
    scenario = SCENARIOS[name]
    chat = scenario.before(world)
    pages = Everybody(world)
    since = world.mark
    scenario.do(world, chat)
    pages.hear()
    pages.hear_again(since)
    pages.check()


def test_a_page_that_missed_something_notices_and_catches_up(world: World) -> None:
    chat = world.attended()
    pages = Everybody(world)
    world.writes(world.lucia, "missed")
    pages.skip()
    world.answers(world.ana, chat.id, "heard")
    pages.hear()
    pages.check()
    assert pages.gaps > 0


def test_the_pages_are_not_alike_for_want_of_anything_to_show(world: World) -> None:
    world.waiting(world.julian)
    world.attended(world.ana, world.lucia)
    shown = desk_of(world, world.ana)
    assert [len(shown[name]["items"]) for name in ("waiting", "attending")] == [1, 1]
    assert desk_of(world, world.clara)["waiting"]["items"] == []


def test_every_action_on_a_conversation_has_its_scenario() -> None:
    source = inspect.getsource(inspect.getmodule(Everybody) or pytest) + inspect.getsource(World)
    assert {name for name in actions() if name not in source} == UNSEEN
