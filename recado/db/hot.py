"""Statements that run for every message: compiled once, then handed to the driver as they are.

SQLAlchemy's own execution costs some 15 µs of processor time a statement, most of it bookkeeping that a constant
statement does not need; this costs 3-4. What is lost: results are plain tuples, errors are the driver's own (the
functions of `dialect` know both kinds), and no hooks of SQLAlchemy run. Statements composed per call stay with it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing, contextmanager
from typing import Any, NamedTuple, cast

from sqlalchemy import BindParameter, Connection, Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import cloned_traverse

Row = tuple[Any, ...]
Processor = Callable[[Any], Any]


class _Ready(NamedTuple):
    """A statement in one database's words."""

    text: str
    names: tuple[str, ...]
    """The parameters by position; where the driver takes them by name, their order does not matter."""
    positional: bool
    constants: dict[str, Any]
    """Values that are part of the statement."""
    binders: tuple[tuple[str, Processor], ...]
    readers: tuple[tuple[int, Processor], ...]


class Hot:
    """A constant statement, to be run often.

    The parameters' names are fixed by the first call: an INSERT without VALUES takes its columns from them.
    """

    __slots__ = ("_ready", "_statement")

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}

    def run(self, conn: Connection, parameters: Mapping[str, Any]) -> int:
        """Return how many rows were changed; -1 for a statement that returns rows."""
        count: int = self._execute(conn, parameters)[1].rowcount
        return count

    def all(self, conn: Connection, parameters: Mapping[str, Any]) -> list[Row]:
        """Return all rows."""
        ready, cursor = self._execute(conn, parameters)
        rows: list[Row] = cursor.fetchall()
        if ready.readers:
            return [_read(ready.readers, row) for row in rows]
        return rows

    @contextmanager
    def each(self, conn: Connection, parameters: Mapping[str, Any]) -> Generator[Iterable[Row]]:
        """Give the rows one after the other, as the driver has them; leaving ends the statement."""
        ready, cursor = self._execute(conn, parameters)
        with closing(cursor):
            yield (_read(ready.readers, row) for row in cursor) if ready.readers else cursor

    def first(self, conn: Connection, parameters: Mapping[str, Any]) -> Row | None:
        """Return the first row, or None where there is none."""
        rows = self.all(conn, parameters)
        return rows[0] if rows else None

    def one(self, conn: Connection, parameters: Mapping[str, Any]) -> Row:
        """Return the only row. Raises `LookupError` where there is another number of them."""
        rows = self.all(conn, parameters)
        if len(rows) != 1:
            raise LookupError(f"{len(rows)} rows instead of one")
        return rows[0]

    def scalar(self, conn: Connection, parameters: Mapping[str, Any]) -> Any:
        """Return the first column of the first row, or None where there is none."""
        rows = self.all(conn, parameters)
        return rows[0][0] if rows else None

    def _execute(self, conn: Connection, parameters: Mapping[str, Any]) -> tuple[_Ready, Any]:
        dialect = conn.dialect
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _prepare(self._statement, dialect, parameters)
        if ready.constants:
            parameters = {**ready.constants, **parameters}
        if ready.binders:
            parameters = {**parameters, **{name: bind(parameters[name]) for name, bind in ready.binders}}
        driver: Any = conn.connection.dbapi_connection
        if ready.positional:
            return ready, driver.execute(ready.text, tuple(map(parameters.__getitem__, ready.names)))
        return ready, driver.execute(ready.text, parameters)


def _read(readers: tuple[tuple[int, Processor], ...], row: Row) -> Row:
    values = list(row)
    for place, read in readers:
        values[place] = read(values[place])
    return tuple(values)


def _with_constants_written_out(statement: Executable, parameters: Mapping[str, Any]) -> Executable:
    """Return `statement` with the values that are part of it in its text instead of among its parameters.

    SQLite chooses an index with a condition (`status = 'waiting'`) by the value that it is compared with. When that
    value is a parameter, it plans the statement anew at each run, which takes ten times as long as running it.
    """

    def write_out(bind: BindParameter[Any]) -> None:
        if bind.key not in parameters and not bind.required:
            bind.literal_execute = True

    return cast(Executable, cloned_traverse(cast(Any, statement), {}, {"bindparam": write_out}))


def _prepare(statement: Executable, dialect: Dialect, parameters: Mapping[str, Any]) -> _Ready:
    statement = _with_constants_written_out(statement, parameters)
    compiled = cast(Any, statement).compile(dialect=dialect, column_keys=list(parameters))
    assert isinstance(compiled, SQLCompiler)
    # Only an IN over constants is known now; one over parameters changes the text with each call.
    assert not any(bind.key in parameters for bind in compiled.post_compile_params), (
        "IN over parameters is not constant"
    )
    state = compiled.construct_expanded_state(dict(parameters), escape_names=False)
    names = tuple(state.positiontup or state.parameters)
    binders = cast("Mapping[str, Processor]", state.processors)
    kinds = [(place, column.type) for place, column in enumerate(compiled._result_columns)]  # noqa: SLF001 - no public way
    read = [(place, kind.dialect_impl(dialect).result_processor(dialect, None)) for place, kind in kinds]
    return _Ready(
        text=state.statement,
        names=names,
        positional=compiled.positional,
        constants={name: value for name, value in state.parameters.items() if name in names and name not in parameters},
        binders=tuple((name, binders[name]) for name in dict.fromkeys(names) if name in binders),
        readers=tuple((place, reader) for place, reader in read if reader is not None),
    )
