"""The commands of dev.py, one function each. All give the exit code."""

import argparse
import errno
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import generated
from tools.front import PAGES, UI, ensure_packages, ensure_pages
from tools.machine import ensure_chromium, ensure_postgres, ensure_programs
from tools.python_env import PYTHON, VENV, ensure_python
from tools.steps import ROOT, ProblemError, alone, full_disk, say

DEMO = ROOT / ".demo"


def show(name: str, command: list[str], *, env: dict[str, str], in_ui: bool = False) -> bool:
    """Runs one named program with its output shown; True when it ended well."""
    say(f"\n── {name}")
    began = time.monotonic()
    code = subprocess.run(command, cwd=UI if in_ui else ROOT, env=env, check=False).returncode
    say(f"── {name}: {'good' if code == 0 else f'FAILED ({code})'}, {time.monotonic() - began:.1f} s")
    return code == 0


def show_side_by_side(commands: dict[str, list[str]], *, env: dict[str, str]) -> dict[str, bool]:
    """Runs named programs two at a time, each on a core; what one has said is shown when it and those before ended."""

    def run(name: str) -> tuple[int, str, float]:
        began = time.monotonic()
        done = subprocess.run(
            commands[name],
            cwd=UI if commands[name][0] == "npm" else ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        return done.returncode, done.stdout.rstrip(), time.monotonic() - began

    results = {}
    with ThreadPoolExecutor(2) as pool:
        for name, (code, said, took_s) in zip(commands, pool.map(run, commands), strict=True):
            say(f"\n── {name}\n{said}")
            say(f"── {name}: {'good' if code == 0 else f'FAILED ({code})'}, {took_s:.1f} s")
            results[name] = code == 0
    return results


def closing(what: str, results: dict[str, bool]) -> int:
    failed = [name for name, good in results.items() if not good]
    say(f"\n{what}: {', '.join(failed)} failed" if failed else f"\n{what}: all good")
    return 1 if failed else 0


def refuse_used_port(port: int, option: str) -> None:
    """A port in use is told before anything is set up."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            if problem.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
            why = "is in use" if problem.errno == errno.EADDRINUSE else "may not be used by you"
            raise ProblemError(f"Port {port} {why}: choose another with {option}.") from None


def setup(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - all commands have one shape
    prepare(develop=True, pages=True)
    return 0


def prepare(*, develop: bool, pages: bool) -> dict[str, str]:
    """What every command needs; gives the environment for Python and for npm."""
    began = time.monotonic()
    with alone():
        ensure_python(develop=develop)
        env = ensure_pages() if pages else ensure_packages()
    say(f"  {'set up':<44}{time.monotonic() - began:6.1f} s")
    return env


def run(arguments: argparse.Namespace) -> int:
    refuse_used_port(arguments.port, "--port")
    refuse_used_port(arguments.shop_port, "--shop-port")
    refuse_used_port(arguments.mail_port, "--mail-port")
    env = prepare(develop=False, pages=True)
    command = [str(PYTHON), "-m", "demo", "--data", str(Path(arguments.data).resolve())]
    command += ["--port", str(arguments.port), "--shop-port", str(arguments.shop_port)]
    command += ["--mail-port", str(arguments.mail_port)]
    command += ["--fresh"] if arguments.fresh else []
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(command[0], command, env)  # noqa: S606 - the demo takes this process's place, so Ctrl-C is its own


SIDE_BY_SIDE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
"""Each core takes one file of tests after the other, in the order of `tests/conftest.py`: most tests wait for servers
and browsers of their own."""


def test(arguments: argparse.Namespace) -> int:
    """All tests; with arguments only pytest, which gets them."""
    env = prepare(develop=True, pages=True)
    with alone():
        postgres, chromium = ensure_postgres(), ensure_chromium()
        ensure_programs("strace")
    env |= {"RECADO_TEST_POSTGRES": str(postgres), "RECADO_TEST_CHROMIUM": str(chromium)}
    pytest = [str(PYTHON), "-m", "pytest"]
    if arguments.rest:
        return subprocess.run([*pytest, *arguments.rest], cwd=ROOT, env=env, check=False).returncode
    results = {
        "vitest": show("vitest", ["npm", "test"], env=env, in_ui=True),
        "pytest": show("pytest", [*pytest, *SIDE_BY_SIDE], env=env),
    }
    return closing("tests", results)


def soak(arguments: argparse.Namespace) -> int:
    """The tests of reliability at their full size, and a working day; hours."""
    env = prepare(develop=True, pages=True)
    with alone():
        env |= {"RECADO_TEST_POSTGRES": str(ensure_postgres()), "RECADO_TEST_CHROMIUM": str(ensure_chromium())}
        ensure_programs("strace")
    command = [str(PYTHON), "-m", "pytest", "tests/reliability", "tests/e2e/test_working_day.py", *arguments.rest]
    return subprocess.run(command, cwd=ROOT, env=env | {"RECADO_TEST_SOAK": "1"}, check=False).returncode


def check(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - all commands have one shape
    env = prepare(develop=True, pages=False)
    results = show_side_by_side(
        {
            "mypy": ["mypy"],
            "svelte-check": ["npm", "run", "check"],
            "ruff": ["ruff", "check", "."],
            "ruff format": ["ruff", "format", "--check", "."],
            "import floors": ["lint-imports"],
        },
        env=env,
    )
    return closing("check", results | {"generated files": generated_are_fresh(env)})


def generated_are_fresh(env: dict[str, str]) -> bool:
    say("\n── generated files")
    try:
        stale = generated.stale(env)
    except ProblemError as problem:
        say(str(problem))
        return False
    for path in stale:
        say(f"{path} is not what the code says: run `python3 dev.py wire`")
    return not stale


def wire(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - all commands have one shape
    env = prepare(develop=False, pages=False)
    for path in generated.write(env):
        say(f"  wrote {path}")
    return 0


def bench(arguments: argparse.Namespace) -> int:
    env = prepare(develop=True, pages=True)
    with alone():
        env["RECADO_TEST_CHROMIUM"] = str(ensure_chromium())
        ensure_programs("wrk")
    return subprocess.run([str(PYTHON), "-m", "bench", *arguments.rest], cwd=ROOT, env=env, check=False).returncode


def clean(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - all commands have one shape
    """Removes what set-up made; the demo's data stay (`run --fresh` starts those over)."""
    caches = [ROOT / f".{name}_cache" for name in ("mypy", "ruff", "pytest", "import_linter")]
    for folder in (VENV, UI / "node_modules", PAGES, *caches):
        shutil.rmtree(folder, ignore_errors=True)
    return 0


COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int], str]] = {
    "run": (run, "set up, then serve the demo: a desk and a customer's web site on this machine"),
    "test": (test, "all tests; further arguments go to pytest, which then runs alone"),
    "soak": (
        soak,
        "reliability at full size, and a working day: hours; further arguments go to pytest",
    ),
    "check": (check, "linters, types, import floors, front-end checks, generated files"),
    "bench": (bench, "the benchmark; further arguments go to it"),
    "wire": (wire, "write the generated files anew"),
    "setup": (setup, "only set up, with the developer's tools"),
    "clean": (clean, "remove what set-up made"),
}


REST = {"test", "soak", "bench"}
"""Commands that hand further arguments on."""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="dev.py", description="All that is done with a checkout of Recado.")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    for name, (function, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, add_help=name not in REST)
        command.set_defaults(function=function)
        if name == "run":
            command.add_argument("--fresh", action="store_true", help="throw the demo's data away first")
            command.add_argument("--port", type=int, default=8000, help="of the desk (8000)")
            command.add_argument("--shop-port", type=int, default=8001, help="of the customer's web site (8001)")
            command.add_argument("--mail-port", type=int, default=8002, help="of the page with the mails (8002)")
            command.add_argument("--data", default=str(DEMO), help="where the demo keeps its data (.demo)")
    return top


def main(words: list[str]) -> int:
    arguments, rest = parser().parse_known_args(words)
    if rest and arguments.command not in REST:
        parser().error(f"unknown arguments: {' '.join(rest)}")
    arguments.rest = rest
    function: Callable[[argparse.Namespace], int] = arguments.function
    try:
        return function(arguments)
    except ProblemError as problem:
        print(problem, file=sys.stderr)
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        print(full_disk(ROOT), file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return 1
