"""The house's floors: imports go down only, and what differs between databases has its own rooms."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.test_sizes import ROOT, sources

LINTER = Path(sys.executable).with_name("lint-imports")
NAMES_OF_DATABASES = re.compile(r"sqlite|postgres|psycopg", re.IGNORECASE)
# Where what differs between the two lives, …
ROOMS_OF_THEIR_OWN = {
    f"recado/db/{name}.py" for name in ("sqlite", "sqlite_store", "postgres", "postgres_channel", "dialect", "search")
}
# … where the schema is made, which the two do in their own ways, …
SCHEMA = {"recado/db/types.py", "recado/db/migrate.py", "recado/db/schema.py"}
MIGRATIONS = "recado/db/migrations/"
# … and where an address that the owner of a desk has given chooses one.
CHOOSERS = {"recado/settings.py", "recado/cli.py", "recado/app.py", "recado/db/database.py", "recado/db/channel.py"}
MAY_NAME_ONE = ROOMS_OF_THEIR_OWN | SCHEMA | CHOOSERS
PRODUCT = [path for path in sources(".py") if path.parts[0] == "recado"]
ELSEWHERE = [path for path in PRODUCT if str(path) not in MAY_NAME_ONE and not str(path).startswith(MIGRATIONS)]


def test_imports_go_down_the_floors_only() -> None:
    done = subprocess.run([LINTER, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def code_without_docstrings(path: Path) -> str:
    """The module's code as Python understands it: no comments, no docstrings."""
    tree = ast.parse((ROOT / path).read_text())
    for node in ast.walk(tree):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef() if ast.get_docstring(node):
                node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


@pytest.mark.parametrize("path", ELSEWHERE, ids=str)
def test_no_other_module_names_a_database(path: Path) -> None:
    named = [line for line in code_without_docstrings(path).splitlines() if NAMES_OF_DATABASES.search(line)]
    assert not named, f"{path} names a database; that belongs into {sorted(ROOMS_OF_THEIR_OWN)}"


def test_the_product_imports_nothing_of_its_set_up() -> None:
    """The package is installed without tools/, tests/, bench/ and demo/."""
    outside = re.compile(r"^\s*(from|import) (tools|tests|bench|demo)\b", re.MULTILINE)
    guilty = [
        path for path in sources(".py") if path.parts[0] == "recado" and outside.search((ROOT / path).read_text())
    ]
    assert not guilty
