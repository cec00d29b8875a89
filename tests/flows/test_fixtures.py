"""The stories that the front end is tested with are those of the product as it is."""

from pathlib import Path

from tests.flows.fixtures import FOLDER, made


def test_they_are_fresh(populated_file: Path, tmp_path: Path) -> None:
    kept = {path.name: path.read_bytes() for path in FOLDER.glob("*.json")}
    assert kept == made(populated_file, tmp_path), "run: python -m tests.flows.fixtures"
