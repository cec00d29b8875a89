"""How things are refused.

`Refused` and its subclasses are decisions of the desk: the data was looked at and the answer is no. `Busy` and
`Unknown` mostly come from the database engine: nothing was decided, and asking again is right. Doors turn `code` into
their own status and text; there is no class for "forbidden", because what may not be seen is missing and must look
exactly like it.
"""

from typing import ClassVar


class Failure(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """What every door understands: a stable `code` and nothing that must be kept from the caller."""

    code: ClassVar[str] = "failure"


class Refused(Failure):
    """The desk's own no. The transaction that raises it leaves nothing behind; the caller hears it after COMMIT."""

    code = "refused"


class NotFound(Refused):
    """It does not exist, or this actor may not know that it does."""

    code = "not_found"


class Unauthenticated(Refused):
    """Nobody is signed in: no valid session or token came along, or it has ended since."""

    code = "unauthenticated"


class Taken(Refused):
    """Somebody else holds the conversation. Carries who, because the loser's page names the winner."""

    code = "taken"

    def __init__(self, operator_id: int, operator_name: str) -> None:
        super().__init__(operator_id)
        self.operator_id = operator_id
        self.operator_name = operator_name


class Full(Refused):
    """The operator attends as many conversations as their limit allows. Carries the limit."""

    code = "full"

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class OtherOpen(Refused):
    """The customer has begun another conversation meanwhile; one visitor has one open conversation in an inbox."""

    code = "other_open"


class Blocked(Refused):
    """The visitor may not write here any more."""

    code = "blocked"


class Closed(Refused):
    """The conversation has ended and takes no more entries."""

    code = "closed"


class Unread(Refused):
    """The customer has written what the caller had not seen when deciding that there is nothing more to do now."""

    code = "unread"


class ClientIdReused(Refused):
    """The client's id was used before by the same author, for other content, and that is stored."""

    code = "client_id_reused"


class Outdated(Refused):
    """What was changed is no longer what the caller had looked at: somebody else has changed it meanwhile."""

    code = "outdated"


class Late(Refused):
    """It was sent too long ago to be changed any more. Carries for how long it could be, in seconds."""

    code = "late"

    def __init__(self, within_s: int) -> None:
        super().__init__(within_s)
        self.within_s = within_s


class Seen(Refused):
    """It cannot be taken back any more: somebody on the other side has seen it."""

    code = "seen"


class Gone(Refused):
    """The entry has been deleted meanwhile."""

    code = "gone"


class Invalid(Refused):
    """One field cannot be accepted.

    `field` is the name as the caller wrote it, `fault` a stable word for the page's catalogue ("too_long"), `detail` a
    sentence for developers.
    """

    code = "invalid"

    def __init__(self, field: str, fault: str, detail: str = "") -> None:
        super().__init__(field, fault)
        self.field = field
        self.fault = fault
        self.detail = detail


class WrongFile(Refused):
    """A file cannot be taken, whoever sends it.

    `fault` says why: "empty", "format" (not an allowed one), "mismatch" (the content is not what the name says),
    "damaged", "too_complex" (more pixels or more packed data than is opened), "infected", "too_large_to_scan" (more
    than the scanner takes), "no_sound" (a recording of nothing) or "too_long" (a recording; `limit` is how long it may
    be, in milliseconds).
    """

    code = "wrong_file"

    def __init__(self, fault: str, limit: int | None = None) -> None:
        super().__init__(fault, limit)
        self.fault = fault
        self.limit = limit


class FileTooLarge(Refused):
    """A file has more bytes than its format may have, or than were announced. Carries the limit."""

    code = "file_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class WrongOffset(Refused):
    """A part of a file does not begin where the last one ended. Carries where that was."""

    code = "wrong_offset"

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Quota(Refused):
    """Somebody has sent as many files as one may within a day, or has too many that wait for their message."""

    code = "quota"


class NotSent(Refused):
    """A test could not be sent to whoever asked for it.

    `fault` says why: "no_server" (none is set up to take mail), "no_address" (theirs is not known), "address" (none
    that can be written to), "server_away" (it cannot be spoken to, or lets nobody in), "no_browser" (none of theirs
    is told), "service_away" (of its maker; it may work later), "refused" (server or service did not take it). `answer`
    is what the other side said, in its own words.
    """

    code = "not_sent"

    def __init__(self, fault: str, answer: str = "") -> None:
        super().__init__(fault, answer)
        self.fault = fault
        self.answer = answer


class NoSpace(Failure):
    """The disk is nearly full: no files are taken until there is room again. What had come is kept."""

    code = "no_space"


class ScannerAway(Failure):
    """Files are scanned here and the scanner does not answer. The file is kept: ask again to have it looked at."""

    code = "scanner_away"

    def __init__(self, retry_after_s: int = 10) -> None:
        super().__init__(retry_after_s)
        self.retry_after_s = retry_after_s


class Busy(Failure):
    """Nothing was stored; the same call may be made again in `retry_after_s` seconds."""

    code = "busy"

    def __init__(self, retry_after_s: int = 1) -> None:
        super().__init__(retry_after_s)
        self.retry_after_s = retry_after_s


class Unknown(Failure):
    """It cannot be said whether it was stored: make the same call again with the same client id."""

    code = "unknown"
