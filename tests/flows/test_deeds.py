"""What the page's table of abilities is tested with is what the product allows."""

from tests.flows.deeds import FILE, told
from tests.world import World


def test_it_is_fresh(world: World) -> None:
    assert told(world) == FILE.read_bytes(), "run: python -m tests.flows.deeds"
