"""Whatever several people do in whatever order, every page shows what it would show if opened now."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from recado.actions import conversations, people, queue
from recado.actions.people import OperatorChanges
from recado.domain.errors import Failure
from tests.flows.watching import Everybody
from tests.world import World

VISITORS = ("lucia", "julian", "tomas")
OPERATORS = ("ana", "bruno", "clara", "sara", "adela")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(VISITORS), st.just(0)),
        st.tuples(st.just("seen"), st.sampled_from(VISITORS), st.integers(0, 9)),
        st.tuples(st.just("answer"), st.sampled_from(OPERATORS), st.integers(0, 3)),
        st.tuples(st.just("read"), st.sampled_from(OPERATORS), st.integers(0, 3)),
        st.tuples(st.just("close"), st.sampled_from(OPERATORS), st.integers(0, 3)),
        st.tuples(st.just("move"), st.sampled_from(OPERATORS), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=14,
)
Step = tuple[str, str, int]


def take(world: World, step: Step) -> None:
    """One step. What is refused is a step as well: it must change nothing on any page."""
    verb, name, number = step
    chats = world.chats()
    chat = chats[-1 - number % len(chats)] if chats else None
    try:
        if verb == "write":
            world.writes(getattr(world, name), f"line {len(world.recorder.told)}")
        elif verb == "move":
            both = [[], [1], [2], [1, 2]][number]
            changes = OperatorChanges(departments=both)
            world.act(people.change_operator, world.adela, getattr(world, name).id, changes)
        elif chat is not None and verb == "seen":
            world.act(conversations.read_by_visitor, getattr(world, name), chat.public_id, number)
        elif chat is not None and verb == "answer":
            world.answers(getattr(world, name), chat.id, "Good morning.")
        elif chat is not None and verb == "read":
            world.act(conversations.read, getattr(world, name), chat.id, 1 + number * 2)
        elif chat is not None:
            world.act(queue.close, getattr(world, name), chat.id)
    except Failure:
        return


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_unread_badges_counts_and_threads_equal_a_fresh_load(world: World, steps: list[Step]) -> None:
    """The world is the same throughout: what one story left behind lies there before the next."""
    pages = Everybody(world)
    for step in steps:
        take(world, step)
        pages.hear()
    pages.check()
