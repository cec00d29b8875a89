"""Whatever people do, whatever fails: after every step a desk is what a plain model of it says."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from recado.db.migrate import upgrade
from tests.process import Server, several
from tests.reliability.conftest import Figure
from tests.reliability.judge import canary
from tests.reliability.model import Command
from tests.reliability.proxy import Fault
from tests.reliability.sizes import SOAK, size
from tests.reliability.stage import BELONGS, HOMES, Cast, Stage, found
from tests.reliability.zygote import Zygote
from tests.servers import PostgresServer

STORIES = size(2, 300)
STEPS = size(40, 80)
OPERATORS, VISITORS, DEPARTMENTS = sorted(BELONGS), sorted(HOMES), ("Sales", "Support")
MOVEMENTS = (
    "claim",
    "release",
    "transfer",
    "pause",
    "nap",
    "resume",
    "close",
    "reopen",
    "block",
    "look_in",
    "look_away",
    "read",
)
WORDY = ("answer", "note", "write")
AFTERWARDS = ("edit", "delete", "undo")
"""What becomes of what was said."""
LATELY = 12
"""How many entries from a conversation's end those are drawn from."""
QUOTING = frozenset({"answer", "note"})
NOTED = frozenset({"transfer", "close"})
"""Movements that may come with a note."""

QUICK = tuple(verb for verb in MOVEMENTS if verb != "nap")
KINDS = {
    "write": 3,
    "answer": 3,
    "note": 2,
    "move": 8,
    "afterwards": 4,
    "see": 1,
    "file": 1,
    "two at once": 2,
    "two movements at once": 2,
    "two changes at once": 1,
    "crash": 1,
    "restart": 1,
    "cut": 2,
}
"""What can happen, and how often of so many."""
ABLE = 0.85
CUTS = (Fault.CLOSE, Fault.RESET, Fault.HALF_OPEN)

Open = Callable[[], AbstractContextManager[tuple[Cast, str, list[Server]]]]


def commands(verb: str, newest: dict[str, int]) -> list[Command]:
    """All that can be asked for by a verb, less the words. `newest`: how many entries each conversation has."""
    if verb in {"write", "see"}:
        return [Command(who, verb, who) for who in VISITORS]
    plain = [Command(who, verb, talk) for who in OPERATORS for talk in VISITORS]
    if verb == "transfer":
        targets = [(department, to) for department in DEPARTMENTS for to in (None, *OPERATORS)]
        return [one._replace(department=department, to=to) for one in plain for department, to in targets]
    if verb in AFTERWARDS:
        last = {talk: newest.get(talk, 0) for talk in VISITORS}
        return [
            one._replace(seq=seq) for one in plain for seq in range(max(1, last[one.talk] - LATELY), last[one.talk] + 2)
        ]
    return [one._replace(seq=seq) for one in plain for seq in (2, 99)] if verb == "read" else plain


class DeskMachine(RuleBasedStateMachine):
    """One desk, from its opening to the end of a story."""

    def __init__(self, opened: Open, zygote: Zygote, told: list[Stage]) -> None:
        super().__init__()
        self._stack = contextlib.ExitStack()
        self._steps = 0
        with contextlib.ExitStack() as stack:
            cast, url, servers = stack.enter_context(opened())
            self._runner = stack.enter_context(asyncio.Runner())
            self._servers = servers
            for server in servers:
                server.start(zygote.start)
            self._stage = Stage(cast, url, servers, zygote)
            told.append(self._stage)
            stack.callback(lambda: self._runner.run(self._stage.close()))
            self._runner.run(self._stage.open())
            self._stack = stack.pop_all()

    def teardown(self) -> None:
        self._stack.close()

    def _worth(self, one: Command) -> bool:
        """Whether a command would be done and change something."""
        model = self._stage.model.copy()
        return model.do(one) is None and model.talks != self._stage.model.talks

    def _drawn(self, chance: Random, *verbs: str) -> Command:
        """A command: one that can be done where there is any, now and then whichever."""
        verb = chance.choice(verbs)
        counted = {name: len(talk.entries) for name, talk in self._stage.model.talks.items()}
        all_ = commands(verb, counted)
        if verb == "undo":
            all_ = [one for one in all_ if self._stage.is_young(one)] or commands("delete", counted)
        able = [one for one in all_ if self._worth(one)]
        one = chance.choice(able if able and chance.random() < ABLE else all_)
        noted = verb in NOTED and chance.random() < 1 / 2
        if verb in QUOTING and chance.random() < 1 / 3:
            one = one._replace(seq=chance.randint(1, counted.get(one.talk, 0) + 1))
        return one._replace(words=canary() if noted or verb in (*WORDY, "edit", "file") else "")

    @rule(seed=st.integers(0, 2**32))
    def step(self, seed: int) -> None:
        """Something happens. The seed decides what, so that few stories hold as much of everything as many."""
        self._steps += 1
        chance = Random(f"{seed} {self._steps}")
        stage, kind = self._stage, chance.choices(list(KINDS), list(KINDS.values()))[0]
        process = chance.randrange(len(self._servers))
        told: tuple[Command, ...] = ()
        work: Coroutine[Any, Any, object]
        kind = kind if stage.model.talks else "write"
        match kind:
            case "two at once":
                both = self._drawn(chance, "answer", "claim"), self._drawn(chance, *WORDY, "claim")
                told, work = both, stage.do_at_once(*both)
            case "two movements at once":
                moves = self._drawn(chance, *QUICK), self._drawn(chance, *QUICK)
                told, work = moves, stage.do_at_once(*moves)
            case "two changes at once":
                changes = (
                    self._drawn(chance, "edit", "delete"),
                    self._drawn(chance, "claim", "release", "delete", *WORDY),
                )
                told, work = changes, stage.do_at_once(*changes)
            case "crash":
                written = self._drawn(chance, *WORDY)
                told, work = (written,), stage.crash(written, process)
            case "restart":
                work = stage.restart(process)
            case "cut":
                who, fault = chance.choice((*OPERATORS, *VISITORS)), chance.choice(CUTS)
                work = stage.cut(who, fault)
            case "move" | "afterwards":
                one = self._drawn(chance, *((*QUICK, "nap") if kind == "move" else AFTERWARDS))
                told, work = (one,), stage.do(one)
            case verb:
                one = self._drawn(chance, verb)
                told, work = (one,), stage.do(one)
        note(f"{kind}: {told}")
        self._runner.run(work)


@pytest.fixture(params=["sqlite", "two processes on postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same desk anew for each story: a server on SQLite, or two on one PostgreSQL."""
    casts: list[Cast] = []
    stories = iter(range(10**6))

    def prepare(url: str) -> None:
        upgrade(url)
        casts.append(found(url))

    @contextlib.contextmanager
    def on_sqlite() -> Iterator[tuple[Cast, str, list[Server]]]:
        if not casts:
            prepare(f"sqlite:///{tmp_path}/first.db")
        folder = tmp_path / f"story{next(stories)}"
        folder.mkdir()
        shutil.copy(tmp_path / "first.db", folder / "recado.db")
        url = f"sqlite:///{folder}/recado.db"
        with several(1, folder, url) as servers:
            yield casts[0], url, servers

    @contextlib.contextmanager
    def on_postgresql() -> Iterator[tuple[Cast, str, list[Server]]]:
        postgres: PostgresServer = request.getfixturevalue("postgres")
        with (
            postgres.database(postgres.template(f"machine {tmp_path}", prepare)) as url,
            several(2, tmp_path / f"story{next(stories)}", url) as servers,
        ):
            yield casts[0], url, servers

    return on_sqlite if request.param == "sqlite" else on_postgresql


@pytest.mark.slow
@pytest.mark.timeout(size(300, 14_400))
def test_after_every_step_a_desk_is_what_a_plain_model_says(opened: Open, zygote: Zygote, figure: Figure) -> None:
    told: list[Stage] = []
    # Called without arguments it gives a machine, which is all that is asked of a class.
    run_state_machine_as_test(
        partial(DeskMachine, opened, zygote, told),  # type: ignore[arg-type]
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not SOAK,
            database=None,
            phases=(Phase.generate, *((Phase.shrink,) if SOAK else ())),
            suppress_health_check=list(HealthCheck),
        ),
    )
    talks = [talk for stage in told for talk in stage.model.talks.values()]
    entries = [one for talk in talks for one in talk.entries]
    assert len(entries) > STORIES * STEPS / 4, "hardly anything happened"
    became = [sum(bool(one.edits) for one in entries), sum(bool(one.gone) for one in entries)]
    became += [sum(bool(one.quotes) for one in entries), sum(one.files for one in entries)]
    assert all(became), "nothing became of what was said"
    done = f"{len(told)} stories, {sum(stage.taken for stage in told)} commands done, {len(entries)} entries"
    figure("{}; {} edited, {} gone, {} that quote one, {} with a file".format(done, *became))
