"""What the parts that are handed down to the routes cost."""

from pathlib import Path

from litestar.routes import HTTPRoute

from tests.web.doors import built, settings_for
from tests.world import World


def test_no_route_looks_its_parts_up_by_tasks(small_world: World, tmp_path: Path) -> None:
    """Several that wait for nothing would be given a task each, which costs more than the rest of the way there."""
    routes = [one for one in built(small_world, settings_for(tmp_path)).routes if isinstance(one, HTTPRoute)]
    batches = [
        (route.path, [one.key for one in batch])
        for route in routes
        for _, model in route.route_handler_map.values()
        for batch in model.dependency_batches
    ]
    assert ("/api/v1/widget/visits", ["vault"]) in batches
    assert [at_once for at_once in batches if len(at_once[1]) > 1] == []
