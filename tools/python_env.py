"""The virtual environment of a checkout and what is installed in it, by locked hashes."""

import importlib.util
import os
import sys
from pathlib import Path

from tools.steps import ROOT, ProblemError, hash_of, quietly, step

VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
LOCKS = ROOT / "requirements"


def site_packages() -> Path:
    return VENV / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def environment() -> dict[str, str]:
    """The environment of this process, in which the checkout's programs come first."""
    env = dict(os.environ)
    env.pop("PYTHONHOME", None)
    env.pop("PYTHONPATH", None)
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # tests start a hundred processes: each would compile all it imports
    return env | {
        "VIRTUAL_ENV": str(VENV),
        "PATH": f"{BIN}{os.pathsep}{env.get('PATH', os.defpath)}",
        "UV_PYTHON_DOWNLOADS": "never",
    }


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise ProblemError(
            f"This Python has no venv: run `apt-get install python{version}-venv` (as root), then this again."
        )
    quietly("Making the virtual environment", [sys.executable, "-m", "venv", "--clear", str(VENV)])


def _install_uv() -> None:
    command = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    quietly("Installing uv", [*command, "-r", str(LOCKS / "uv.lock")])


def _uv_install(what: str, *arguments: str) -> None:
    command = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON)]
    quietly(what, [*command, *arguments], env=environment())


def install_lock(name: str, label: str) -> bool:
    """Installs requirements/NAME.lock; True when it was not installed before."""
    lock = LOCKS / f"{name}.lock"

    def install() -> None:
        _uv_install(f"Installing {lock.name}", "--require-hashes", "-r", str(lock))

    return step(label, VENV / f".{name}.stamp", hash_of([lock]), install)


def ensure_python(*, develop: bool) -> None:
    """A virtual environment with the product's libraries, the developer's too when asked, and recado itself."""
    version = sys.version.split()[0]
    step(
        "Python environment",
        VENV / ".venv.stamp",
        hash_of([], version, sys.base_prefix, str(ROOT)),
        _make_venv,
    )
    step("uv", VENV / ".uv.stamp", hash_of([LOCKS / "uv.lock"]), _install_uv)
    if develop:
        install_lock("dev", "Python libraries, with the developer's")
    elif not _has_developers_libraries():
        install_lock("base", "Python libraries")

    def install_recado() -> None:
        _uv_install("Installing recado", "--no-deps", "--offline", "--editable", str(ROOT))

    step("recado", VENV / ".recado.stamp", hash_of([ROOT / "pyproject.toml"]), install_recado)


def _has_developers_libraries() -> bool:
    """The developer's lock holds the product's whole, so whoever has it needs no second one."""
    stamp = VENV / ".dev.stamp"
    return stamp.is_file() and stamp.read_text() == hash_of([LOCKS / "dev.lock"])
