"""Errors of the database go into the log, and what people wrote does not go with them."""

import io
import json
import logging
import secrets
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from recado.db.database import Tx
from recado.db.tables import customers
from recado.log import set_up_log
from tests.world import World


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    handlers, level = logging.root.handlers[:], logging.root.level
    stream = io.StringIO()
    set_up_log("info", stream)
    yield stream
    structlog.reset_defaults()
    logging.root.handlers[:], logging.root.level = handlers, level


def test_an_error_is_logged_without_what_was_to_be_stored(world: World, log: io.StringIO) -> None:
    words = secrets.token_hex(8)

    def fails(tx: Tx) -> None:
        tx.conn.execute(insert(customers), {"name": words})

    with pytest.raises(DBAPIError) as raised:
        world.database.write_blocking(fails)
    structlog.get_logger("ours").error("request_failed", exc_info=raised.value)
    logging.getLogger("theirs").warning("it failed", exc_info=raised.value)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["request_failed", "it failed"]
    assert all("null" in json.dumps(line["exception"]).lower() for line in lines)
    assert words not in log.getvalue()
