"""Work that is tried again anyway: nothing that goes wrong in one round may end the rounds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from recado.domain.errors import Failure

_log = structlog.get_logger(__name__)


async def quietly(work: Callable[[], Awaitable[object]]) -> bool:
    """Do one round; return whether it ended well. A store that is busy or full is noted, and so is a fault."""
    name = getattr(work, "__name__", repr(work)).strip("_")
    try:
        await work()
    except Failure as error:
        _log.info("work_put_off", what=name, why=error.code)
    except Exception as error:  # noqa: BLE001 - noted; the next round is another chance
        _log.error("work_failed", what=name, exc_info=error)
    else:
        return True
    return False
