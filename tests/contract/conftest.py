"""The house that these tests knock at, on both databases; and the stage, which is set once for many tests."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contract.stage import Ears, Stage, staged
from tests.web.doors import House, opened_house
from tests.world import World


@pytest_asyncio.fixture
async def house(world: World, tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(world, tmp_path) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def set_stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The scene on a store of each kind, for one module."""
    folder = tmp_path_factory.mktemp("stage")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("populated_file"), folder)
        url = f"sqlite:///{folder}/recado.db"
    else:
        url = request.getfixturevalue("populated_database")()
    with staged(url, folder) as stage:
        yield stage


@pytest.fixture
def stage(set_stage: Stage) -> Iterator[Stage]:
    """The scene as if new, whatever a test does to it."""
    yield set_stage
    set_stage.put_back()


@pytest_asyncio.fixture
async def ears(stage: Stage) -> AsyncIterator[Ears]:
    """Everybody's pages, open; afterwards what their leaving brings about has come about."""
    async with AsyncExitStack() as stack:
        opened = Ears(stage, stack)
        await opened.open()
        yield opened
    await stage.settle()


@pytest.fixture(scope="module")
def small_stage(populated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The scene on SQLite alone, for what cannot depend on the database; whoever changes it puts it back."""
    folder = tmp_path_factory.mktemp("small-stage")
    shutil.copy(populated_file, folder)
    with staged(f"sqlite:///{folder}/recado.db", folder) as stage:
        yield stage
