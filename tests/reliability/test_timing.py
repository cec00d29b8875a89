"""Signing in tells nobody who exists, not even by how long it takes."""

from __future__ import annotations

import math
import random
import time
from pathlib import Path

import pytest
from sqlalchemy import update

from recado.db import tables
from recado.domain.passwords import hash_password
from tests.reliability.conftest import Figure
from tests.reliability.sizes import size
from tests.web.doors import CONSOLE, House, opened_house
from tests.world import PASSWORD, World

LOGINS = size(50, 500)
ROUNDS = 3
LIKELY = 0.01
KNOWN = ("ana", "bruno", "clara", "sara", "adela")


def likelihood(one: list[float], other: list[float]) -> float:
    """How likely two samples differ so much by chance: Kolmogorov and Smirnov's test, for samples of some size."""
    values = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    seen, largest = [0, 0], 0.0
    for place, (value, which) in enumerate(values):
        seen[which] += 1
        if place + 1 == len(values) or values[place + 1][0] != value:
            largest = max(largest, abs(seen[0] / len(one) - seen[1] / len(other)))
    scaled = largest * math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    if scaled < 0.2:
        return 1.0
    terms = ((-1) ** (k - 1) * math.exp(-2 * k * k * scaled * scaled) for k in range(1, 101))
    return float(min(1.0, 2 * sum(terms)))


def test_the_judge_tells_samples_apart_and_finds_equal_ones_equal() -> None:
    dice = random.Random(7)
    one = [dice.gauss(100, 10) for _ in range(LOGINS)]
    assert likelihood(one, [dice.gauss(100, 10) for _ in range(LOGINS)]) > LIKELY
    assert likelihood(one, [dice.gauss(115, 10) for _ in range(LOGINS)]) < LIKELY
    assert likelihood(one, one) == 1.0
    assert likelihood([1.0] * 20, [2.0] * 20) < 1e-6


async def timed(house: House, username: str) -> tuple[float, tuple[int, bytes, str]]:
    """How long a wrong password takes for this name, and all that is answered."""
    began = time.perf_counter()
    answer = await house.nobody()("POST", f"{CONSOLE}/session", {"username": username, "password": "a wrong password"})
    took = time.perf_counter() - began
    return took, (answer.status_code, answer.content, str(sorted(answer.headers.items())))


def hashed_as_everywhere(world: World) -> None:
    """Give the team hashes that cost what the product's do; a world's own cost next to nothing."""
    whole = update(tables.operators).values(password_hash=hash_password(PASSWORD))
    world.database.write_blocking(lambda tx: tx.conn.execute(whole).rowcount)


async def one_round(house: House, turn: int) -> float:
    """How likely the times of known and unknown names differ by chance alone; their answers never differ."""
    house.rest()  # so that no round is slowed for what the one before it tried
    names = [name for n in range(LOGINS) for name in (KNOWN[n % len(KNOWN)], f"stranger-{turn}-{n}")]
    random.Random(turn).shuffle(names)
    times: dict[bool, list[float]] = {True: [], False: []}
    answers = set()
    for name in names:
        took, answer = await timed(house, name)
        times[name in KNOWN].append(took)
        answers.add(answer)
    assert [status for status, *_ in answers] == [401]
    return likelihood(times[True], times[False])


@pytest.mark.timeout(size(300, 3_600))
async def test_known_and_unknown_names_get_the_same_answer_after_as_long(
    small_world: World, tmp_path: Path, figure: Figure
) -> None:
    """By chance one round in a hundred differs so much; what can be told apart differs in each."""
    found: list[float] = []
    hashed_as_everywhere(small_world)
    async with opened_house(small_world, tmp_path) as house:
        await timed(house, "ana")
        while len(found) < ROUNDS and max(found, default=0) <= LIKELY:
            found.append(await one_round(house, len(found)))
    figure(f"{LOGINS} logins each: p = {', '.join(f'{one:.3f}' for one in found)}")
    if found[-1] <= LIKELY:
        pytest.fail(f"told apart by their times in every round: p = {found}")
