"""The house that these tests knock at, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.web.doors import House, opened_house
from tests.world import World


@pytest_asyncio.fixture
async def house(world: World, tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(world, tmp_path) as made:
        yield made
