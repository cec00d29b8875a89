"""Nothing grows past what one reads in one go; `exceptions.toml` names what is larger, and may only shrink."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXCEPTIONS = Path(__file__).with_name("exceptions.toml")
MODULE, TEST, FUNCTION, COMPONENT = 300, 400, 40, 150


def sources(*endings: str) -> list[Path]:
    """The repository's files with these endings, from its root: tracked, or new and not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [Path(name) for name in listed if name.endswith(endings) and (ROOT / name).is_file()]


def written(*endings: str) -> list[Path]:
    """The same without what a tool wrote and without migrations, which are written once and never touched again."""
    return [path for path in sources(*endings) if path.name != "openapi.ts" and "migrations" not in path.parts]


def lines_of(path: Path) -> int:
    return len((ROOT / path).read_text().splitlines())


def limit_of(path: Path) -> int:
    if path.suffix == ".svelte":
        return COMPONENT
    is_test = path.parts[0] == "tests" or ".test." in path.name
    return TEST if is_test else MODULE


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a module with its lines, decorators aside."""

    def walk(node: ast.AST, within: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            inside = within
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inside = f"{within}.{child.name}".strip(".")
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield inside, (child.end_lineno or child.lineno) - child.lineno + 1
            yield from walk(child, inside)

    yield from walk(ast.parse((ROOT / path).read_text()), "")


def too_large() -> dict[str, int]:
    """What is over its limit now, as `path` or `path:function`, with its lines."""
    found = {str(path): lines_of(path) for path in written(".py", ".ts", ".svelte") if lines_of(path) > limit_of(path)}
    for path in written(".py"):
        found |= {f"{path}:{name}": lines for name, lines in functions(path) if lines > FUNCTION}
    return found


def excused() -> dict[str, int]:
    listed: dict[str, int] = tomllib.loads(EXCEPTIONS.read_text()).get("lines", {})
    return listed


def test_files_and_functions_keep_their_size() -> None:
    grown = {name: lines for name, lines in too_large().items() if lines > excused().get(name, 0)}
    assert not grown, f"split these, or make them shorter: {grown}"


def test_the_list_of_exceptions_only_shrinks() -> None:
    """An entry that became shorter lowers its number; one that fits its limit leaves the list."""
    now = too_large()
    loose = {name: now.get(name, 0) for name, lines in excused().items() if now.get(name, 0) != lines}
    assert not loose, f"exceptions.toml says more than is needed, it is now: {loose}"
    before = _committed_exceptions()
    added = {name for name, lines in excused().items() if lines > before.get(name, 0)} if before is not None else set()
    assert not added, f"exceptions.toml may only shrink, but it gained: {added}"


def _committed_exceptions() -> dict[str, int] | None:
    """The list as of the last commit; None before the first."""
    command = ["git", "show", f"HEAD:{EXCEPTIONS.relative_to(ROOT)}"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return tomllib.loads(shown.stdout).get("lines", {}) if shown.returncode == 0 else None
