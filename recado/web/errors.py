"""How a door says no: one shape for every refusal, application/problem+json (RFC 9457).

`code` is for programs and for the pages' catalogues; `title` and `detail` are for developers. Nothing of an unexpected
fault is told but that it happened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from litestar.types import Message, Send

from recado.domain.errors import (
    Busy,
    Failure,
    FileTooLarge,
    Full,
    Invalid,
    NotSent,
    ScannerAway,
    Taken,
    WrongFile,
    WrongOffset,
)

MEDIA_TYPE = "application/problem+json"
SEALED = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""On every answer that is data: kept by nobody, taken for nothing else, and no page even where a browser shows it."""
_SEALED = [(name.lower().encode(), value.encode()) for name, value in SEALED.items()]

_log = structlog.get_logger(__name__)


class Shape(NamedTuple):
    """How a code is answered."""

    status: int
    title: str


SHAPES: Mapping[str, Shape] = {
    "invalid": Shape(400, "Something in the request cannot be accepted"),
    "unauthenticated": Shape(401, "Sign in first"),
    "credentials": Shape(401, "User name and password do not fit"),
    "origin": Shape(403, "This page may not do that here"),
    "blocked": Shape(403, "This visitor may not write here any more"),
    "not_found": Shape(404, "Not found"),
    "method": Shape(405, "Not with this method"),
    "taken": Shape(409, "A colleague attends this conversation"),
    "full": Shape(409, "That operator attends as many conversations as they may"),
    "other_open": Shape(409, "The customer has another conversation open"),
    "closed": Shape(409, "The conversation is closed"),
    "unread": Shape(409, "The customer has written meanwhile: read that first"),
    "outdated": Shape(409, "Somebody has changed this meanwhile: look again"),
    "late": Shape(409, "It was sent too long ago for that"),
    "seen": Shape(409, "The other side has seen it"),
    "gone": Shape(409, "It has been deleted meanwhile"),
    "client_id_reused": Shape(409, "This client id was sent before with other content"),
    "wrong_offset": Shape(409, "The part does not begin where the last one ended"),
    "too_large": Shape(413, "The request is too large"),
    "file_too_large": Shape(413, "The file is larger than it may be, or than was announced"),
    "media_type": Shape(415, "Send JSON"),
    "no_range": Shape(416, "The file has no such part"),
    "wrong_file": Shape(422, "The file cannot be taken"),
    "not_sent": Shape(422, "The test could not be sent"),
    "quota": Shape(429, "Too many files have been sent, or wait for their message"),
    "too_many": Shape(429, "Too many requests"),
    "fault": Shape(500, "Something went wrong here; it has been noted"),
    "busy": Shape(503, "Busy: nothing was stored, try again"),
    "scanner_away": Shape(503, "Files are scanned here, and the scanner does not answer: ask again"),
    "no_space": Shape(507, "There is no room for files now"),
    "unknown": Shape(503, "It is not known whether it was stored: send it again with the same client id"),
}
_OF_STATUS = {401: "unauthenticated", 404: "not_found", 405: "method", 413: "too_large", 415: "media_type"}


class WrongCredentials(Failure):
    """User name and password do not fit; which of them is not told."""

    code = "credentials"


class WrongOrigin(Failure):
    """The request comes from a page of another site. Carries where our own are: every script tag names that, too."""

    code = "origin"

    def __init__(self, own: str) -> None:
        super().__init__(own)
        self.own = own


class WrongMediaType(Failure):
    """A request that changes something is JSON, which no foreign form can send."""

    code = "media_type"


class TooMany(Failure):
    """The caller's share is used up for now."""

    code = "too_many"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(retry_after_s)
        self.retry_after_s = retry_after_s


class NoSuchRange(Failure):
    """The part of a file that was asked for begins beyond its end. Carries the size."""

    code = "no_range"

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


Problem = dict[str, Any]


def problem(code: str, detail: str = "", **extra: Any) -> Problem:
    """Return a problem's body."""
    status, title = SHAPES[code]
    body: Problem = {"type": "about:blank", "title": title, "status": status, "code": code}
    if detail:
        body["detail"] = detail
    return body | extra


def describe(error: BaseException) -> tuple[Problem, dict[str, str]]:
    """Return the problem and the headers that tell of `error`."""
    for kind, teller in _TELLERS:
        if isinstance(error, kind):
            return teller(error)
    _log.error("request_failed", exc_info=error)
    return problem("fault"), {}


def sealed(send: Send) -> Send:
    """Return `send` with the headers of data on what a route answers, as `respond` gives them to an error.

    As headers of the route each of them cost a hundredth of a message.
    """

    async def send_sealed(message: Message) -> None:
        if message["type"] == "http.response.start" and _SEALED[0] not in message["headers"]:
            message["headers"] = [*message["headers"], *_SEALED]
        await send(message)

    return send_sealed


def respond(_request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Return the response for any exception of a route."""
    body, headers = describe(error)
    return Response(body, status_code=body["status"], headers=SEALED | headers, media_type=MEDIA_TYPE)


def _invalid(errors: list[dict[str, str]]) -> Problem:
    return problem("invalid", errors[0]["detail"], errors=errors)


def _tell_invalid(error: Any) -> tuple[Problem, dict[str, str]]:
    return _invalid([{"field": error.field, "code": error.fault, "detail": error.detail}]), {}


def _tell_taken(error: Any) -> tuple[Problem, dict[str, str]]:
    return problem("taken", operator={"id": error.operator_id, "name": error.operator_name}), {}


def _tell_full(error: Any) -> tuple[Problem, dict[str, str]]:
    return problem("full", limit=error.limit), {}


def _tell_file_too_large(error: Any) -> tuple[Problem, dict[str, str]]:
    return problem(error.code, limit=error.limit), {}


def _tell_wrong_file(error: Any) -> tuple[Problem, dict[str, str]]:
    limit = {} if error.limit is None else {"limit": error.limit}
    return problem(error.code, fault=error.fault, **limit), {}


def _tell_not_sent(error: Any) -> tuple[Problem, dict[str, str]]:
    return problem(error.code, fault=error.fault, answer=error.answer), {}


def _tell_wrong_offset(error: Any) -> tuple[Problem, dict[str, str]]:
    return problem(error.code, offset=error.offset), {}


def _tell_wrong_origin(error: Any) -> tuple[Problem, dict[str, str]]:
    return problem(error.code, address=error.own), {}


def _tell_no_range(error: Any) -> tuple[Problem, dict[str, str]]:
    return problem(error.code), {"Content-Range": f"bytes */{error.size}"}


def _tell_later(error: Any) -> tuple[Problem, dict[str, str]]:
    return problem(error.code), {"Retry-After": str(error.retry_after_s)}


def _tell_failure(error: Any) -> tuple[Problem, dict[str, str]]:
    return problem(error.code), {}


_GONE = "client disconnected prematurely"
"""The framework's fault for a request whose sender went away within it: nobody hears the answer, nothing is wrong."""
_UNKNOWN_FIELD = re.compile(r"unknown field `([^`]+)`")
_MISSING_FIELD = re.compile(r"missing required field `([^`]+)`")
_AT_PATH = re.compile(r"`\$\.?([^`]*)`\s*$")


def _field_error(key: str, message: str) -> dict[str, str]:
    """Return what msgspec says in one sentence as a field, a code and that sentence."""
    path = _AT_PATH.search(message)
    for pattern, code in ((_UNKNOWN_FIELD, "unknown"), (_MISSING_FIELD, "missing")):
        found = pattern.search(message)
        if found:
            within = path[1] if path else "" if key in {"data", "body"} else key
            return {"field": f"{within}.{found[1]}" if within else found[1], "code": code, "detail": message}
    field = path[1] if path and path[1] else key
    if field == "data":
        field, message = "body", message if path else "The body must be a JSON object."
    return {"field": field, "code": "type", "detail": message}


def _tell_validation(error: Any) -> tuple[Problem, dict[str, str]]:
    faults = error.extra if isinstance(error.extra, list) else []
    errors = [_field_error(str(one.get("key", "body")), str(one.get("message", ""))) for one in faults]
    return _invalid(errors or [{"field": "body", "code": "type", "detail": error.detail}]), {}


def _tell_undecodable(_error: Any) -> tuple[Problem, dict[str, str]]:
    detail = "The body is not JSON that can be read: malformed, nested too deeply, or half a character."
    return _invalid([{"field": "body", "code": "json", "detail": detail}]), {}


def _tell_http(error: Any) -> tuple[Problem, dict[str, str]]:
    if isinstance(error.__cause__, SerializationException | RecursionError):
        return _tell_undecodable(error)
    code = _OF_STATUS.get(error.status_code)
    if code is not None:
        return problem(code), {}
    if error.status_code < 500 or error.detail == _GONE:
        return _invalid([{"field": "request", "code": "type", "detail": str(error.detail)}]), {}
    _log.error("request_failed", exc_info=error)
    return problem("fault"), {}


_TELLERS: tuple[tuple[type[BaseException], Callable[[Any], tuple[Problem, dict[str, str]]]], ...] = (
    (Invalid, _tell_invalid),
    (Taken, _tell_taken),
    (Full, _tell_full),
    (FileTooLarge, _tell_file_too_large),
    (WrongFile, _tell_wrong_file),
    (WrongOffset, _tell_wrong_offset),
    (NotSent, _tell_not_sent),
    (WrongOrigin, _tell_wrong_origin),
    (NoSuchRange, _tell_no_range),
    (Busy, _tell_later),
    (ScannerAway, _tell_later),
    (TooMany, _tell_later),
    (Failure, _tell_failure),
    (ValidationException, _tell_validation),
    (SerializationException, _tell_undecodable),
    (RecursionError, _tell_undecodable),
    (UnicodeDecodeError, _tell_undecodable),  # the only bytes that anybody else spells here are a request's
    (HTTPException, _tell_http),
)
