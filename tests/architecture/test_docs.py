"""What the documents name exists: paths, functions beside them, commands, settings, and links from page to page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from recado.cli import main as recado
from recado.db.tables import metadata
from recado.settings import NAMES, PREFIX
from tests.architecture.test_sizes import ROOT, sources
from tools.commands import COMMANDS

DOCUMENTS = [path for path in sources(".md") if path.parts[0] != "ui"]
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# A path of this repository begins with one of its folders or is a file at its root.
TOP = sorted({path.parts[0] for path in sources("")} | {"recado/pages", ".demo", ".venv"})
PATH = re.compile(rf"^(?:{'|'.join(map(re.escape, TOP))})(?:/[\w.*-]+)*/?$")
MADE_HERE = {"recado/pages/", ".demo/", ".venv/", ".venv/bin/python", ".venv/bin/recado", "bench/latest.jsonl"}
# `path` · `name` · `name`: the names are in that file.
NAMED = re.compile(r"`([\w./-]+\.(?:py|ts|svelte))`((?:\s+·\s+`[\w.]+`)+)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:|#)([^)#\s]+)[^)]*\)")
SETTING = re.compile(rf"\b{PREFIX}[A-Z_]+\b")


def text_of(document: Path) -> str:
    return (ROOT / document).read_text()


def paths_in(text: str) -> Iterator[str]:
    """The paths between back ticks; what has a blank or a placeholder in capitals is a command or an address."""
    for code in CODE.findall(FENCE.sub("", text)):
        if PATH.match(code) and "NNNN" not in code:
            yield code


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_path_exists(document: Path) -> None:
    missing = [
        path for path in paths_in(text_of(document)) if path not in MADE_HERE and not list(ROOT.glob(path.rstrip("/")))
    ]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_name_beside_a_path_is_in_that_file(document: Path) -> None:
    absent = [
        f"{path}: {name}"
        for path, names in NAMED.findall(text_of(document))
        for name in CODE.findall(names)
        if not re.search(rf"\b{re.escape(name)}\b", (ROOT / path).read_text())
    ]
    assert not absent


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = [link for link in LINK.findall(text_of(document)) if not (ROOT / document).parent.joinpath(link).exists()]
    assert not broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_command_is_one(document: Path) -> None:
    text = text_of(document)
    asked = re.findall(r"\bdev\.py ([a-z]+)", text) + re.findall(r"\bmake ([a-z]+)`", text)
    unknown = {command for command in asked if command not in COMMANDS}
    unknown |= {command for command in re.findall(r"`recado ([a-z]+)`", text) if command not in recado.commands}
    assert not unknown


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_setting_is_known(document: Path) -> None:
    known = {PREFIX + name.upper() for name in NAMES} | {f"{PREFIX}CONFIG"}
    tools = "\n".join((ROOT / path).read_text() for path in sources(".py") if path.parts[0] in {"tools", "tests"})
    unknown = {name for name in SETTING.findall(text_of(document)) if name not in known and name not in tools}
    assert not unknown


def test_every_setting_is_documented() -> None:
    documented = set(SETTING.findall(text_of(Path("docs/self-hosting.md"))))
    assert not {PREFIX + name.upper() for name in NAMES} - documented


def test_every_table_is_documented() -> None:
    documented = set(CODE.findall(text_of(Path("docs/vocabulary.md"))))
    assert metadata.tables
    assert not set(metadata.tables) - documented
