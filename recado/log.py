"""The log: one JSON object a line on standard error, our own lines and the libraries' alike.

Nothing that people write is given to it. Errors are the one way in which words could slip through, since a database
quotes what it could not store: so a traceback names no local variables, and of an error only the first line is kept.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

ERROR_MAX = 300


def set_up_log(level: str, stream: TextIO = sys.stderr) -> None:
    """Write the log to `stream`, from `level` on; libraries from "warning" on at the least."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shaping: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
        first_lines,
    ]
    structlog.configure(
        processors=[*shaping, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shaping],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)


def first_lines(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Keep the first line of each error: what follows may quote what was to be stored."""
    errors: list[dict[str, Any]] = event.get("exception") or []
    for error in errors:
        error["exc_value"] = str(error.get("exc_value", "")).partition("\n")[0][:ERROR_MAX]
        error["exc_notes"] = []
    return event
