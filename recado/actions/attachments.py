"""Files on their way into a message: begun, found whole, given up; and which ones are allowed.

A file belongs to whoever sends it and to one conversation. With any other of the two, or a second time, it is missing.
The bytes are no business of a transaction: they lie beside the database, under the file's id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from recado.actions import audit
from recado.actions.access import refuse_blocked
from recado.actions.drafts import tell
from recado.actions.threads import client_id_of
from recado.db import (
    attachments,
    conversations,
    directs,
    drafts,
    file_rules,
    gone_files,
    reply_attachments,
    uploads,
    visitors,
)
from recado.db.attachments import Own
from recado.db.database import Tx
from recado.db.gone_files import Gone
from recado.db.reply_attachments import Kept
from recado.domain import places
from recado.domain.actors import Author, Operator, Role, System, Visitor
from recado.domain.attachments import (
    DAY_BYTES,
    DAY_S,
    KEPT_S,
    LEAST_BYTES,
    PENDING_MAX,
    Attachment,
    FileRules,
    FormatLimit,
    Found,
    Upload,
    admit,
    check_allowed,
    check_caption,
    check_count,
    is_caption,
    limits_of,
    name_of,
    rules_of,
)
from recado.domain.audit import Kind
from recado.domain.conversations import Mode
from recado.domain.errors import ClientIdReused, Invalid, NotFound, Outdated, Quota
from recado.domain.events import SettingsChanged, ToTeam
from recado.domain.ids import ConversationId, DirectId, FileId, OperatorId, PublicId, ReplyId, new_file_id
from recado.domain.permissions import needs
from recado.domain.places import Place
from recado.domain.threads import NewEntry
from recado.domain.versions import Seen, check_seen

GONE_S = 600
"""So long after it was given up, nobody is still busy with a file's bytes."""
AT_ONCE = 100
FORGOTTEN_AT_ONCE = 1_000


class FileRulesInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The largest size in bytes of each format that is allowed; one that is not named is not allowed."""

    formats: Annotated[list[FormatLimit], msgspec.Meta(max_length=100)]
    version: Seen = msgspec.UNSET


@needs(Operator)
def begin(
    tx: Tx,
    operator: Operator,
    which: ConversationId,
    name: str,
    size: int,
    mode: Mode | None = None,
    client_id: str | None = None,
) -> Own:
    """Take note of a file that an operator is about to send into a conversation that they read.

    `mode`: once it has come it waits in that draft, for as long as there is one. The same `client_id` is the same file.
    """
    conversation = conversations.get_readable(tx.conn, operator, which)
    return _begin(tx, operator.author, places.conversation(conversation.id), name, size, mode, client_id)


@needs(Operator)
def begin_among_colleagues(
    tx: Tx,
    operator: Operator,
    which: DirectId,
    name: str,
    size: int,
    mode: Mode | None = None,
    client_id: str | None = None,
) -> Own:
    """Do the same for a direct conversation in which this operator takes part."""
    place = places.direct(directs.get(tx.conn, operator, which).direct.id)
    # Among colleagues there is one draft, whatever a page calls it.
    return _begin(tx, operator.author, place, name, size, None if mode is None else "note", client_id)


@needs(Operator)
def begin_for_reply(tx: Tx, operator: Operator, name: str, size: int, client_id: str | None = None) -> Own:
    """Take note of a file that an operator is about to send for a quick reply."""
    return _begin(tx, operator.author, None, name, size, None, client_id)


@needs(Operator)
def take_from_reply(tx: Tx, operator: Operator, which: ConversationId, reply: ReplyId, mode: Mode) -> list[Attachment]:
    """Put the files of a quick reply into a draft of a conversation that this operator reads; no byte is sent again.

    Each of them waits there once: whoever did not hear the answer asks again, and is told of those that are there.
    """
    place = places.conversation(conversations.get_readable(tx.conn, operator, which).id)
    kept = reply_attachments.list_to_copy(tx.conn, operator, reply)
    if not kept:
        raise NotFound
    # What can be refused is refused before anything is written, and what is there looked at again under the lock.
    _check_room(tx, operator, place, mode, kept)
    drafts.keep(tx, operator.id, place, mode)
    there = reply_attachments.find_in_draft(tx.conn, operator, place, mode)
    made = _copied(tx, operator, [one for one in kept if one.object not in there], place, mode)
    tell(tx, operator.id)
    return [made.get(one.id) or there[one.object] for one in kept]


def _check_room(tx: Tx, operator: Operator, place: Place, mode: Mode, kept: Sequence[Kept]) -> None:
    """Refuse what of a reply's files a draft has no room for, or may not be sent any more."""
    there = reply_attachments.find_in_draft(tx.conn, operator, place, mode)
    missing = [one for one in kept if one.object not in there]
    if missing and uploads.usage(tx.conn, operator.author, tx.now).waiting + len(missing) > PENDING_MAX:
        raise Quota
    check_count([*(one.id for one in missing), *(one.id for one in there.values())])
    _check_allowed(tx, missing)


def _check_allowed(tx: Tx, kept: Sequence[Kept]) -> None:
    limits = file_rules.get_limits(tx.conn)[0]
    for one in kept:
        check_allowed(one.row["format"], one.row["size"], limits)


def _copied(
    tx: Tx, operator: Operator, kept: Sequence[Kept], place: Place, mode: Mode | None = None
) -> dict[FileId, Attachment]:
    """Return copies of a reply's files by the ids that they have in it; refuse those that may not be sent any more."""
    _check_allowed(tx, kept)
    return {one.id: reply_attachments.copy(tx, operator, one, place, mode) for one in kept}


@needs(Visitor)
def begin_by_visitor(
    tx: Tx, visitor: Visitor, which: PublicId | None, name: str, size: int, client_id: str | None = None
) -> Own:
    """Take note of a file that a visitor is about to send: into a conversation of theirs, or with the first message."""
    visitors.lock(tx, visitor)
    place = None
    if which is not None:
        found = conversations.find_for_visitor(tx.conn, visitor, which)
        if found is None:
            raise NotFound
        place = places.conversation(found.id)
    refuse_blocked(tx, visitor)
    return _begin(tx, visitor.author, place, name, size, None, client_id)


def _begin(
    tx: Tx, me: Author, place: Place | None, name: str, size: int, mode: Mode | None, client_id: str | None
) -> Own:
    shown = name_of(name)
    key = None if client_id is None else client_id_of(client_id)
    begun = None if key is None else uploads.find_begun(tx.conn, me, key)
    if begun is not None:
        if not begun.is_like(shown, size, place, mode):
            raise ClientIdReused
        return begun.own
    claimed = admit(shown, size, file_rules.get_limits(tx.conn)[0])
    used = uploads.usage(tx.conn, me, tx.now - DAY_S * 1_000_000)
    if used.waiting >= PENDING_MAX or used.bytes + max(size, LEAST_BYTES) > DAY_BYTES[me.kind]:
        raise Quota
    own = Own(new_file_id(), shown, size, claimed, None)
    uploads.create(tx, me, place, own, mode, key)
    return own


@needs(Operator, Visitor)
def finish(tx: Tx, me: Operator | Visitor, which: FileId, found: Found) -> Upload:
    """Note that all of a file has come, was checked, and lies in the store."""
    if isinstance(me, Visitor):
        refuse_blocked(tx, me)
    drafted = attachments.finish(tx, me.author, which, found)
    if drafted is not None:
        drafts.keep(tx, me.id, *drafted)
        tell(tx, OperatorId(me.id))
    return attachments.find_own(tx.conn, me.author, which).upload(found.size)


@needs(Operator, Visitor)
def cancel(tx: Tx, me: Operator | Visitor, which: FileId) -> None:
    """Give a file up that was not sent."""
    drafted = attachments.cancel(tx, me.author, which)
    if drafted is not None:
        drafts.lock(tx, me.id, drafted.place)
        drafts.tidy(tx, me.id, drafted.place)
        tell(tx, OperatorId(me.id))


def bound(tx: Tx, new: NewEntry, place: Place | None) -> NewEntry:
    """Return an entry with what its files are; refuse those that are not its author's to send there, or not whole."""
    if not new.files:
        return new
    return _with(new, attachments.lock_to_bind(tx, new.author, place, new.files))


def bound_with_reply(tx: Tx, operator: Operator, new: NewEntry, place: Place, reply: ReplyId) -> NewEntry:
    """Return the same where files may also be those of the quick reply that it was begun with: it gets copies.

    Its text may be long beside that reply's files alone, or the copies of them that waited in a draft.
    """
    own = attachments.lock_to_bind(tx, new.author, place, new.files)
    its = reply_attachments.list_to_copy(tx.conn, operator, reply)
    kept = [one for one in its if one.id in new.files]
    _refuse_missing(new, len(own) + len(kept))
    if not is_caption(new.body) and not reply_attachments.are_copies(tx.conn, list(own), its):
        check_caption(new.body)
    return _with(new, own | _copied(tx, operator, kept, place))


def _refuse_missing(new: NewEntry, count: int) -> None:
    if count != len(new.files):
        raise Invalid("attachments", "unknown", "There is no such file of yours for this conversation.")


def _with(new: NewEntry, found: Mapping[FileId, Attachment]) -> NewEntry:
    _refuse_missing(new, len(found))
    return msgspec.structs.replace(new, attachments=tuple(found[one] for one in new.files))


# ── the desk itself, and admins ──────────────────────────────────────────────────────────────────────────────────


@needs(System)
def give_up(tx: Tx, _: System) -> list[Gone]:
    """Give up what has waited for its message for long, and return some of the files whose bytes can go.

    What was begun a day ago counts no more, and is forgotten once its bytes are gone.
    """
    gone_files.give_up(tx, tx.now - KEPT_S * 1_000_000)
    gone_files.forget(tx, tx.now - DAY_S * 1_000_000, FORGOTTEN_AT_ONCE)
    return gone_files.list_gone(tx.conn, tx.now - GONE_S * 1_000_000, AT_ONCE)


@needs(System)
def note_removed(tx: Tx, _: System, files: Sequence[FileId]) -> None:
    """Note that the bytes of files are gone."""
    gone_files.note_removed(tx, files)


@needs(Role.ADMIN)
def change_rules(tx: Tx, admin: Operator, given: FileRulesInput) -> FileRules:
    """Set which files may be sent, and how large. What was sent before stays."""
    before, version = file_rules.get_limits(tx.conn)
    limits = limits_of(given.formats)
    if not file_rules.set_limits(tx, limits, check_seen(version, given.version)):
        raise Outdated
    changed = [name for name in before.keys() | limits.keys() if before.get(name) != limits.get(name)]
    audit.note(tx, admin, Kind.FILE_RULES_CHANGED, "installation", 1, formats=sorted(changed))
    tx.emit(SettingsChanged(), ToTeam())
    return rules_of(limits, version + 1)
