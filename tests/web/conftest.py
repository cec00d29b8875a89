"""The house over SQLite alone: what these tests ask does not depend on the database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.web.doors import House, opened_house
from tests.world import World


@pytest_asyncio.fixture
async def house(small_world: World, tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(small_world, tmp_path) as made:
        yield made
