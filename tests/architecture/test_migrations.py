"""The schema's revisions follow one another: two branches that each add one make two of the same number."""

import re
from pathlib import Path

VERSIONS = Path(__file__).parents[2] / "recado" / "db" / "migrations" / "versions"
NAMED = re.compile(r'^(down_)?revision = "?(\w+)"?$', re.MULTILINE)


def test_each_revision_has_a_number_of_its_own_and_comes_after_the_one_before() -> None:
    files = sorted(VERSIONS.glob("[0-9]*.py"))
    said = [dict(NAMED.findall(file.read_text())) for file in files]
    numbers = [f"{number:04}" for number in range(1, len(files) + 1)]
    assert [file.name[:4] for file in files] == numbers
    assert [one[""] for one in said] == numbers
    assert [one["down_"] for one in said] == ["None", *numbers[:-1]]
