"""What the checks share: where a server lives, the process that servers are forked from, and the figures they tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.process import SERVE, Server
from tests.reliability.zygote import Zygote

FIGURE = "figure"
"""The property of a test's report that holds one."""


class House(NamedTuple):
    """A migrated, empty database and a data directory, for the servers of one test."""

    data: Path
    url: str

    @property
    def kind(self) -> str:
        return self.url.partition(":")[0]

    def server(self, command: Sequence[str] = SERVE) -> Server:
        return Server(self.data, self.url, command=command)


@pytest.fixture
def house(tmp_path: Path, migrated_url: str) -> House:
    """The test runs on both kinds of database."""
    return House(tmp_path, migrated_url)


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """Servers start in a fraction of the time by `server.start(zygote.start)`."""
    with Zygote() as process:
        yield process


Figure = Callable[[str], None]


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Tells a measured figure in the run's closing lines; tests judge what is right, the benchmark judges times."""

    def tell(text: str) -> None:
        request.node.user_properties.append((FIGURE, text))

    return tell


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ended = [one for outcome in ("passed", "failed") for one in terminalreporter.stats.get(outcome, [])]
    figures = [
        f"{report.nodeid.rpartition('::')[2]}: {text}"
        for report in ended
        for name, text in report.user_properties
        if name == FIGURE
    ]
    if figures:
        terminalreporter.section("reliability figures")
        for line in figures:
            terminalreporter.write_line(line)
