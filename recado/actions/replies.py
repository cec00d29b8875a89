"""Quick replies: made, changed, ordered and thrown away by those whose they are; brought in by the hundred."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from recado.actions import audit
from recado.db import departments, people, replies, reply_attachments
from recado.db.database import Tx
from recado.db.dialect import key_taken
from recado.domain.actors import Operator
from recado.domain.attachments import Attachment, FileName, check_count
from recado.domain.audit import Kind
from recado.domain.errors import Invalid, NotFound, Outdated
from recado.domain.events import RepliesChanged, ToOperators, ToTeam
from recado.domain.ids import DepartmentId, FileId, ReplyId
from recado.domain.permissions import needs
from recado.domain.replies import OWN_MAX, SHARED_MAX, Reply, Scope, ScopeName, Wording, may_change, wording_of
from recado.domain.reply_files import Line, Refusal
from recado.domain.versions import Seen, check_seen


class ReplyInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reply as its writer gives it. `department` where it is a department's."""

    name: str
    text: str
    scope: ScopeName
    title: str | None = None
    department: DepartmentId | None = None
    version: Seen = msgspec.UNSET
    files: list[FileName] | msgspec.UnsetType = msgspec.UNSET
    """In this order; those of a reply that is changed stay as they are where this says nothing."""

    def wording(self, has: Sequence[Attachment] = ()) -> Wording:
        """Return its words, checked; `has`: the files that the reply has so far."""
        along = bool(has) if isinstance(self.files, msgspec.UnsetType) else bool(self.files)
        return wording_of(self.name, self.title, self.text, along=along)


class Imported(msgspec.Struct, frozen=True):
    """What a table brought: how many replies are new, say something else now, or were there as they are.

    Where a line is refused, nothing of the table was stored.
    """

    created: int
    changed: int
    unchanged: int
    refused: list[Refusal]


@needs(Operator)
def create(tx: Tx, me: Operator, given: ReplyInput) -> Reply:
    """Make a reply; it stands at the end."""
    whose, wording = _whose(tx, me, given), given.wording()
    replies.lock(tx)
    _refuse_too_many(tx, me, [whose])
    with key_taken(tx.conn, _taken()):
        which = replies.create(tx, replies.columns_of(me, whose, wording))
    _bind(tx, me, which, given)
    return _told(tx, me, which, fields=["created"])


@needs(Operator)
def change(tx: Tx, me: Operator, which: ReplyId, given: ReplyInput) -> Reply:
    """Give a reply other words, or to others."""
    before = _changeable(tx, me, which)
    version = check_seen(before.version, given.version)
    whose, wording = _whose(tx, me, given), given.wording(before.files)
    replies.lock(tx)
    if whose != before.whose:
        _refuse_too_many(tx, me, [whose])
    with key_taken(tx.conn, _taken()):
        if not replies.change(tx, which, version, replies.columns_of(me, whose, wording)):
            raise Outdated
    _bind(tx, me, which, given)
    fields = [name for name in ("name", "title", "text") if getattr(wording, name) != getattr(before, name)]
    if given.files is not msgspec.UNSET and given.files != [one.id for one in before.files]:
        fields.append("files")
    if whose != before.whose:
        _tell(tx, me, before.whose, which, ["scope"])
        fields.append("scope")
    return _told(tx, me, which, fields=fields)


@needs(Operator)
def place(tx: Tx, me: Operator, which: ReplyId, before: ReplyId | None) -> None:
    """Put a reply in front of another one of its scope, or, without one, at the end."""
    replies.lock(tx)
    moved = _changeable(tx, me, which)
    if before is not None:
        other = replies.find(tx.conn, me, before)
        if other is None or other.whose != moved.whose or before == which:
            raise Invalid("before", "unknown", "There is no such other reply beside it.")
    replies.place(tx, which, before)
    _tell(tx, me, moved.whose, which, ["position"])


@needs(Operator)
def remove(tx: Tx, me: Operator, which: ReplyId) -> None:
    """Throw a reply away."""
    gone = _changeable(tx, me, which)
    reply_attachments.let_go(tx, which)
    replies.remove(tx, which)
    _tell(tx, me, gone.whose, which, ["removed"])


@needs(Operator)
def remove_all(tx: Tx, me: Operator, which: Collection[ReplyId]) -> None:
    """Throw several replies away, or none where one of them is not this operator's to change.

    What is gone already is gone: who did not hear the answer asks again.
    """
    replies.lock(tx)
    found = replies.list_some(tx.conn, me, which)
    if not all(one.changeable for one in found):
        raise NotFound
    gone = [one.id for one in found]
    reply_attachments.let_go(tx, *gone)
    replies.remove(tx, *gone)
    for whose in {one.whose for one in found}:
        _tell(tx, me, whose, None, ["removed_some"])


# ── many at once ───────────────────────────────────────────────────────────────────────────────────────────────


@needs(Operator)
def bring_in(tx: Tx, me: Operator, table: list[Line]) -> Imported:
    """Take in a table of replies: all of it, or, with a list of what is wrong, nothing.

    A name that its scope knows already gets the table's words and keeps its files, which no table carries; so the same
    table twice is the same as once.
    """
    replies.lock(tx)
    known = {(one.whose, one.name): one for one in replies.list_for(tx.conn, me)}
    lines, refused = _checked(tx, me, table, {key for key, one in known.items() if one.files})
    if refused:
        return Imported(0, 0, 0, refused)
    new = [(whose, wording) for (whose, name), wording in lines.items() if (whose, name) not in known]
    old = [(known[key], wording) for key, wording in lines.items() if key in known]
    other = [(one.id, wording) for one, wording in old if one.wording != wording]
    _refuse_too_many(tx, me, [whose for whose, _ in new])
    replies.create_all(tx, [replies.columns_of(me, whose, wording) for whose, wording in new])
    replies.reword_all(tx, other)
    for whose in {whose for whose, _ in new} | {one.whose for one, wording in old if one.wording != wording}:
        _tell(tx, me, whose, None, ["imported"])
    return Imported(len(new), len(other), len(old) - len(other), [])


def _checked(
    tx: Tx, me: Operator, lines: list[Line], filed: Collection[tuple[Scope, str]]
) -> tuple[dict[tuple[Scope, str], Wording], list[Refusal]]:
    """Return the table's replies by scope and name, and what is wrong with its lines; `filed` are those with files."""
    named = {one.name: DepartmentId(one.id) for one in departments.list_names(tx.conn)}
    mine = people.departments_of(tx.conn, me.id)
    taken: dict[tuple[Scope, str], Wording] = {}
    refused: list[Refusal] = []
    for line in lines:
        try:
            scope = _scope_of(line, me, named, mine)
        except Invalid as wrong:
            refused.append(Refusal(line.number, wrong.field, wrong.fault))
            continue
        if isinstance(line.said, Refusal):
            refused.append(line.said)
        elif (scope, line.said.name) in taken:
            refused.append(Refusal(line.number, "name", "twice"))
        elif not line.said.text and (scope, line.said.name) not in filed:
            refused.append(Refusal(line.number, "text", "empty"))
        else:
            taken[scope, line.said.name] = line.said
    return taken, refused


def _scope_of(line: Line, me: Operator, named: dict[str, DepartmentId], mine: list[DepartmentId]) -> Scope:
    """Return whose a line's reply is to be; without a word, the department's that it names, or one's own."""
    said = line.scope or ("department" if line.department else "personal")
    scopes = {"personal": Scope("personal"), "all": Scope("all")}
    if line.department in named:
        scopes["department"] = Scope("department", named[line.department])
    if said not in scopes:
        raise Invalid("department" if said == "department" else "scope", "unknown", "There is no such one.")
    if not may_change(scopes[said], me, mine):
        raise Invalid("scope", "not_yours", "These replies are not yours to change.")
    return scopes[said]


# ── whose, how many, and who hears of it ───────────────────────────────────────────────────────────────────────


def _whose(tx: Tx, me: Operator, given: ReplyInput) -> Scope:
    """Return whose a reply is to be, which must be for this operator to say."""
    whose = Scope(given.scope, given.department if given.scope == "department" else None)
    if given.scope == "department" and whose.department is None:
        raise Invalid("department", "missing", "Say of which department.")
    if not may_change(whose, me, people.departments_of(tx.conn, me.id)):
        raise NotFound
    if whose.department is not None and departments.find(tx.conn, whose.department) is None:
        raise Invalid("department", "unknown", "There is no such department.")
    return whose


def _changeable(tx: Tx, me: Operator, which: ReplyId) -> Reply:
    found = replies.find(tx.conn, me, which)
    if found is None or not found.changeable:
        raise NotFound
    return found


def _bind(tx: Tx, me: Operator, which: ReplyId, given: ReplyInput) -> None:
    if isinstance(given.files, msgspec.UnsetType):
        return
    check_count(given.files)
    files = [FileId(one) for one in given.files]
    if reply_attachments.bind(tx, me, which, files) != len(files):
        raise Invalid("files", "unknown", "There is no such file of yours for quick replies.")


def _refuse_too_many(tx: Tx, me: Operator, more: list[Scope]) -> None:
    own = sum(whose.name == "personal" for whose in more)
    for added, owner, limit in ((own, me.id, OWN_MAX), (len(more) - own, None, SHARED_MAX)):
        if added and replies.count(tx.conn, owner) + added > limit:
            raise Invalid("name", "too_many", f"At most {limit} replies.")


def _taken() -> Invalid:
    return Invalid("name", "taken", "There is a reply of this name already.")


def _told(tx: Tx, me: Operator, which: ReplyId, *, fields: list[str]) -> Reply:
    found = replies.find(tx.conn, me, which)
    assert found is not None
    _tell(tx, me, found.whose, which, fields)
    return found


def _tell(tx: Tx, me: Operator, whose: Scope, which: ReplyId | None, fields: list[str]) -> None:
    """Tell those who may use it. What others send in their turn is noted; one's own is nobody's business."""
    if whose.name == "personal":
        tx.emit(RepliesChanged(), ToOperators(frozenset((me.id,))))
        return
    audit.note(tx, me, Kind.REPLIES_CHANGED, "reply", which or 0, fields=fields)
    tx.emit(RepliesChanged(), ToTeam())
