"""The set-up's own judgements, where they can be judged without setting anything up."""

import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.test_sizes import ROOT, sources
from tools import commands, steps
from tools.front import new_enough
from tools.steps import ProblemError


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ("v18.20.4", False),
        ("v20.18.9", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.19.0", True),
        ("v26.0.0-nightly2026", True),
        ("nonsense", False),
    ],
)
def test_node_is_the_machines_when_the_builds_run_on_it(version: str, *, fits: bool) -> None:
    assert new_enough(version) is fits


def test_a_step_runs_again_only_when_its_inputs_change(tmp_path: Path) -> None:
    stamp = tmp_path / "made" / "stamp"
    assert [steps.step("a step", stamp, inputs, lambda: None) for inputs in ("one", "one", "two")] == [
        True,
        False,
        True,
    ]


def test_a_step_that_failed_is_not_stamped(tmp_path: Path) -> None:
    def fail() -> None:
        raise ProblemError("no network")

    with pytest.raises(ProblemError):
        steps.step("a step", tmp_path / "stamp", "one", fail)
    assert not (tmp_path / "stamp").exists()


def test_a_full_disk_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(steps, "NEEDED_BYTES", 1 << 62)
    with pytest.raises(ProblemError, match=r"^The disk of .* is full .* run this again\.$"):
        steps.step("a step", tmp_path / "stamp", "one", lambda: None)


def test_a_used_port_is_told_in_one_line() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(ProblemError, match=f"^Port {port} is in use: choose another with --port.$"):
            commands.refuse_used_port(port, "--port")


def test_an_old_python_gets_a_sentence() -> None:
    """`dev.py` holds nothing that an old Python cannot parse, and looks at the version before its imports."""
    text = (ROOT / "dev.py").read_text()
    script = f"import sys; sys.version_info = (3, 8, 1); exec(compile({text!r}, 'dev.py', 'exec'))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "Recado needs Python 3.11 or newer, this is 3.8: try python3.11 dev.py\n"
    assert not re.search(r"\bf[\"']|->|:=", text.split('"""', 2)[2])


def test_locks_hold_hashes_and_no_addresses() -> None:
    locks = [path for path in sources(".lock") if path.parts[0] == "requirements"]
    assert {"base.lock", "dev.lock", "uv.lock", "node.lock", "postgres.lock"} <= {path.name for path in locks}
    for lock in locks:
        text = (ROOT / lock).read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text
    assert not re.search(r'"resolved": "\w+://', (ROOT / "ui" / "package-lock.json").read_text())


def test_each_lock_fits_its_wishes() -> None:
    """Every package that a list wishes for is in its lock, and the product's lock is a part of the developer's."""

    def names(file: str) -> set[str]:
        return set(
            re.findall(r"^([a-z0-9-]+)(?:\[\w+\])?[=><]=", (ROOT / "requirements" / file).read_text(), re.MULTILINE)
        )

    for wishes in sources(".in"):
        assert names(wishes.name) <= names(wishes.with_suffix(".lock").name)
    assert pins("base.lock") <= pins("dev.lock")


def test_the_package_asks_for_what_the_lock_brings() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert declared == (ROOT / "requirements" / "base.in").read_text().split()


def pins(file: str) -> set[str]:
    return set(re.findall(r"^\S+==[^ ;]+", (ROOT / "requirements" / file).read_text(), re.MULTILINE))
