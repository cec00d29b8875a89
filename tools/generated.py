"""Files that are written from the code and committed, so that a reader sees them and a change shows in review."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tools.front import UI
from tools.python_env import BIN, environment
from tools.steps import ROOT, quietly


def _wire(target: Path, env: dict[str, str]) -> None:
    """The TypeScript of what server and pages say to each other, from the server's own OpenAPI."""
    described = quietly("recado openapi", [str(BIN / "recado"), "openapi"], env=environment())
    with tempfile.TemporaryDirectory() as folder:
        openapi = Path(folder) / "openapi.json"
        openapi.write_text(described)
        tool = str(UI / "node_modules" / ".bin" / "openapi-typescript")
        quietly("openapi-typescript", [tool, str(openapi), "--output", str(target)], cwd=UI, env=env)


GENERATED: dict[Path, Callable[[Path, dict[str, str]], None]] = {
    UI / "shared" / "openapi.ts": _wire,
}


def write(env: dict[str, str]) -> list[Path]:
    """Writes all of them; gives their paths from the root."""
    for path, make in GENERATED.items():
        make(path, env)
    return [path.relative_to(ROOT) for path in GENERATED]


def stale(env: dict[str, str]) -> list[Path]:
    """Those whose committed text differs from what would be written now."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for path, make in GENERATED.items():
            fresh = Path(folder) / path.name
            make(fresh, env)
            if not path.exists() or fresh.read_bytes() != path.read_bytes():
                found.append(path.relative_to(ROOT))
    return found
