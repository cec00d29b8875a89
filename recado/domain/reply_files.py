"""Quick replies as a table for spreadsheets: CSV (RFC 4180), with a byte order mark, and read as people save it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import msgspec

from recado.domain.errors import Invalid
from recado.domain.replies import UNKNOWN, Reply, Wording, unknown_in, wording_of

COLUMNS = ("name", "title", "text", "scope", "department")
MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula when a cell begins with it."""


class Refusal(msgspec.Struct, frozen=True):
    """Why a line of a table cannot be taken in: the field and a stable word, as for a single reply.

    `place`: which placeholder it is that does not exist, where that is why.
    """

    line: int
    field: str
    code: str
    place: str | None = None


class Line(msgspec.Struct, frozen=True):
    """A row of such a table: `number` is its line in the file; `scope` ought to be personal, department or all."""

    number: int
    said: Wording | Refusal
    scope: str
    department: str


def write_table(replies: Iterable[Reply], departments: dict[int, str]) -> str:
    """Return replies as CSV, without their files.

    No cell is a formula to a spreadsheet: an apostrophe stands before what would be one.
    """
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for one in replies:
        department = "" if one.department is None else departments[one.department]
        cells = (one.name, one.title or "", one.text, one.scope, department)
        table.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return MARK + out.getvalue()


def read_table(text: str) -> list[Line]:
    """Return the rows of a table whose first line names its columns, in any order; `name` and `text` must be there.

    Columns are parted by commas or, as spreadsheets write them where a comma parts decimals, by semicolons or tabs. A
    large one takes tens of milliseconds: read it beside the event loop, and before the transaction.
    """
    body = text.removeprefix(MARK)
    first = body.split("\n", 1)[0]
    rows = _rows(body, max(",;\t", key=first.count))
    head = [name.strip().lower() for name in next(rows, (0, []))[1]]
    missing = [name for name in ("name", "text") if name not in head]
    if missing:
        raise Invalid("csv", "columns", f"The first line must name the columns {', '.join(COLUMNS)}.")
    return [_line(number, dict(zip(head, cells, strict=False))) for number, cells in rows if any(cells)]


def _rows(body: str, parted_by: str) -> Iterator[tuple[int, list[str]]]:
    table = csv.reader(io.StringIO(body, newline=""), delimiter=parted_by)
    began = 1
    try:
        for cells in table:
            yield began, cells
            began = table.line_num + 1
    except csv.Error as error:
        raise Invalid("csv", "unreadable", f"Line {began} cannot be read: {error}.") from None


def _line(number: int, cells: dict[str, str]) -> Line:
    name, title, text, scope, department = (_plain(cells.get(column, "")) for column in COLUMNS)
    said: Wording | Refusal
    try:
        # Whether there are files in its place is known later.
        said = wording_of(name, title, text, along=True)
    except Invalid as wrong:
        said = Refusal(number, wrong.field, wrong.fault, unknown_in(text) if wrong.fault == UNKNOWN else None)
    return Line(number, said, scope.strip().lower(), department.strip())


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
