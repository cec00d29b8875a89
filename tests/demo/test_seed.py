"""The demo starts again on its own data, whatever was done with them."""

from pathlib import Path

from sqlalchemy import update

from demo.seed import script_tag, seed
from recado.app import now_us
from recado.db.database import Tx, open_database
from recado.db.tables import departments, inboxes


def _rename(tx: Tx) -> None:
    for table in (departments, inboxes):
        tx.conn.execute(update(table).values(name=table.c.name + " B"))


def test_the_shop_has_its_chat_also_when_its_department_and_inbox_are_called_otherwise(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'recado.db'}"
    seed(url, "http://localhost:8001")
    before = script_tag(url, "http://127.0.0.1:8000")
    assert "data-inbox" in before
    database = open_database(url, clock=now_us, publish=lambda _: None, threads=1)
    try:
        database.write_blocking(_rename)
    finally:
        database.close_blocking()
    assert script_tag(url, "http://127.0.0.1:8000") == before
