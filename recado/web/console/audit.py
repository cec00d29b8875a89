"""The audit log, for admins: who did what, on what, and when. Numbers and words of fixed lists; the page names them."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from recado.db import audit
from recado.desk import Desk
from recado.domain.audit import AuditPage, Kind

Whole = Annotated[int | None, Parameter(ge=1, le=2**62)]


@get("/audit", summary="The audit log")
async def list_page(desk: Desk, before: Whole = None, kind: Kind | None = None, operator: Whole = None) -> AuditPage:
    """Return lines, newest first: all, of one kind, or those that one operator has made or that were about them."""
    return await desk.see(audit.list_page, before, kind, operator)


HANDLERS = [list_page]
