"""What goes wrong in one round of a worker ends that round alone."""

import pytest
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from recado.domain.errors import Busy
from recado.workers.quietly import quietly


@pytest.mark.parametrize(
    ("problem", "level"),
    [(Busy(), "info"), (DBAPIError("SELECT 1", None, Exception("canceled")), "error"), (KeyError("x"), "error")],
)
async def test_a_round_that_fails_is_noted_and_the_next_one_is_done(problem: Exception, level: str) -> None:
    problems = [problem]

    async def look() -> None:
        if problems:
            raise problems.pop()

    with capture_logs() as noted:
        assert not await quietly(look)
        assert await quietly(look)
    assert [(line["what"], line["log_level"]) for line in noted] == [("look", level)]
