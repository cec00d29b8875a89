"""What there is to be seen, each with a canary in it, and everybody who tries."""

from typing import NamedTuple

from sqlalchemy import update

from recado.actions import (
    attachments,
    blocks,
    conversations,
    departments,
    direct_entries,
    direct_people,
    directs,
    drafts,
    entries,
    identity,
    look_ins,
    notes,
    notices,
    people,
    queue,
    replies,
)
from recado.actions.departments import DepartmentChanges
from recado.actions.notices import NoticesChanges
from recado.actions.people import Newcomer
from recado.actions.replies import ReplyInput
from recado.db import drafts as draft_rows
from recado.db import tables
from recado.db.database import Tx
from recado.db.people import find_credentials
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Role, Visitor
from recado.domain.conversations import Status
from recado.domain.ids import ConversationId, PublicId
from recado.domain.routing import Assignment, Rules
from tests.contract.routes import Route
from tests.reading import Where, may_read
from tests.sending import begins, begins_among, found_in, has_said, has_sent, store
from tests.web.doors import Caller, House
from tests.world import CAME, SHOP, Chat, World, canary, new_client_id

MISSING = 999_999
HERS = '"zone":"Antarctica/Troll"'
"""What stands in Ana's choices of what notifies her, and nowhere else."""
INNER = 1_000_000
"""By so much are numbers that operators get above those that customers get, so that they can be told apart."""
HELD = {Status.ATTENDING, Status.PAUSED}


class Target(NamedTuple):
    """A conversation as both sides name it, with its owner's draft. `where` None: there is none.

    `word` stands in what was said, in public and in a note; `unsent` in its owner's draft alone.
    """

    number: int
    public_id: str
    where: Where | None = None
    visitor: int | None = None
    draft: int = MISSING
    word: str = "nothing"
    unsent: str = "nothing"
    file: str = "no-such-file"
    """A picture in a public message."""
    voice: str = "no-such-file"
    """A recording beside it."""
    upload: str = "no-such-file"
    """A file that its owner is sending; `coming`: one that its visitor is sending."""
    coming: str = "no-such-file"

    @property
    def status(self) -> Status | None:
        return self.where and self.where.status

    @property
    def owner(self) -> int | None:
        return self.where and self.where.owner


class DirectTarget(NamedTuple):
    """A direct conversation, by which number, with a canary in all that was said, and who takes part."""

    number: int
    word: str
    people: frozenset[int]
    starter: int
    file: str
    """A picture that its starter has sent there; `voice`: a recording beside it."""
    voice: str


class Scene(NamedTuple):
    """The conversations, who calls, the person behind each caller (None: nobody who may anything), who is where."""

    house: House
    targets: dict[str, Target]
    callers: dict[str, Caller]
    who: dict[str, Operator | Visitor | None]
    members: dict[int, set[int]]
    invitation: int
    direct: DirectTarget
    """Of the owner and a colleague; the supervisor has left it."""
    secret: str
    """Stands in every note and in every operator's e-mail address: no customer ever gets it."""

    def reads(self, person: Operator | Visitor | None, target: Target) -> bool:
        """Whether this person reads this conversation, by the table of the product."""
        if target.where is None or person is None:
            return False
        if isinstance(person, Visitor):
            return target.visitor == person.id
        inside = target.where.department in self.members[person.id]
        return may_read(target.where, in_department=inside, operator=person.id)


def set_the_scene(house: House) -> Scene:
    """One conversation of each kind in Ventas: Ana attends or has paused them, Olga has closed, Luz looks in.

    One more was closed in a department that keeps its archive open, to which Bruno belongs.
    """
    world = house.world
    _open_doors(world)
    olga, luz = _newcomer(world, "olga", Role.OPERATOR), _newcomer(world, "luz", Role.SUPERVISOR)
    leaver = _newcomer(world, "nadia", Role.OPERATOR)
    ours = {"attending": world.lucia, "waiting": world.julian} | {
        name: world.comes(world.shop, SHOP) for name in ("paused", "closed", "archived")
    }
    targets, secret = {"missing": Target(MISSING, "no-such-conversation")}, canary()
    for name, visitor in ours.items():
        owner = olga if name in {"closed", "archived"} else world.ana
        target = _opened(world, visitor, owner if name != "waiting" else world.bruno, secret)
        targets[name] = target if name == "waiting" else _moved(world, name, target, owner, luz)
    direct = _talked(world)
    _choose(world, targets["attending"])
    world.database.write_blocking(lambda tx: _lift(tx, secret))
    who: dict[str, Operator | Visitor | None] = {
        "nobody": None,
        "disabled": None,
        "visitor": world.lucia,
        "other visitor": world.tomas,
        "other department": world.clara,
        "colleague": world.bruno,
        "supervisor": world.sara,
        "supervisor looking in": luz,
        "admin": world.adela,
        "owner": world.ana,
        "last owner": olga,
    }
    callers = {name: _caller(house, person) for name, person in who.items()}
    callers["disabled"] = house.operator(leaver)
    world.disables(leaver)
    invitation = world.act(people.invite, world.adela, Role.OPERATOR, [], None)[0].id
    for which in (direct.file, direct.voice, *(file for one in targets.values() for file in (one.file, one.voice))):
        store(house.settings.data, which)
    return Scene(house, targets, callers, who, world.members(), invitation, direct, secret)


def _open_doors(world: World) -> None:
    """Ventas lets its supervisors look in, Archivo keeps its archive open; somebody is blocked; a reason, a reply."""
    world.act(identity.add_secret, world.adela, world.inbox(world.shop).id, b"a sealed secret", "cret")
    ventas = world.department("Ventas")
    archive = world.act(departments.create, world.adela, "Archivo")
    for number, rules in (
        (ventas, Rules(Assignment.MANUAL, look_in=True)),
        (archive.id, Rules(Assignment.MANUAL, archive=True)),
    ):
        world.act(departments.change, world.adela, number, DepartmentChanges(rules=rules))
    changes = people.OperatorChanges(departments=[ventas, archive.id])
    world.act(people.change_operator, world.adela, world.bruno.id, changes)
    world.act(departments.create_reason, world.adela, "Resuelta")
    which = world.act(attachments.begin_for_reply, world.adela, "tarifas.pdf", 5).id
    world.act(attachments.finish, world.adela, which, found_in("tarifas.pdf"))
    world.act(replies.create, world.adela, ReplyInput("saludo", "Buenos días", "all", files=[which]))
    world.act(blocks.block, world.bruno, world.waiting(world.comes(world.shop, SHOP)).id)


def _opened(world: World, visitor: Visitor, noter: Operator, secret: str) -> Target:
    """A conversation that waits, with a colleague's note in it."""
    word = canary()
    chat = world.waiting(visitor, word)
    world.act(notes.add, noter, chat.id, new_client_id(), f"{word} {secret}")
    world.act(entries.edit, noter, chat.id, 2, f"{word} {secret} indeed", 0)
    where = Where(Status.WAITING, world.department("Ventas"), None)
    picture, voice = (has_sent(world, visitor, chat, f"{word}.{kind}") for kind in ("png", "webm"))
    world.act(conversations.receive, visitor, chat.public_id, new_client_id(), word, [picture, voice])
    coming = begins(world, visitor, chat, f"{word}.pdf")
    return Target(chat.id, chat.public_id, where, visitor.id, MISSING, word, file=picture, voice=voice, coming=coming)


def _choose(world: World, target: Target) -> None:
    """Ana says what notifies her."""
    world.act(notices.change, world.ana, NoticesChanges(zone="Antarctica/Troll"))
    world.act(notices.hear, world.ana, ConversationId(target.number), "mentions")


def _talked(world: World) -> DirectTarget:
    """Ana talks with Bruno; Sara was there for a while."""
    word, people = canary(), (world.bruno.id, world.sara.id)
    started = world.act(directs.start, world.ana, new_client_id(), people, f"{word} first", f"{word} name")
    which = started.sent.direct.id
    world.act(directs.post, world.bruno, which, new_client_id(), f"{word} second")
    world.act(direct_entries.edit, world.ana, which, 1, f"{word} first indeed", 0)
    world.act(direct_people.leave, world.sara, which)
    picture, voice = (has_said(world, world.ana, which, f"{word}.{kind}") for kind in ("png", "webm"))
    begins_among(world, world.ana, which, f"{word}.pdf")
    world.act(drafts.save_among_colleagues, world.ana, which, f"{word} half a sentence")
    world.act(directs.post, world.ana, which, new_client_id(), f"{word} not seen yet")
    return DirectTarget(which, word, frozenset((world.ana.id, world.bruno.id)), world.ana.id, picture, voice)


def _moved(world: World, name: str, target: Target, owner: Operator, looker: Operator) -> Target:
    which, unsent = ConversationId(target.number), canary()
    world.answers(owner, which, f"{target.word} it is")
    world.act(drafts.save, owner, which, "answer", unsent)
    draft = world.see(draft_rows.find, owner, which, "answer")
    assert draft is not None
    upload = begins(world, owner, Chat(which, PublicId(target.public_id)), f"{unsent}.pdf", mode="answer")
    target = target._replace(draft=draft.id, unsent=unsent, upload=upload)
    if name in {"closed", "archived"}:
        return target._replace(where=_closed(world, which, owner, archived=name == "archived"))
    world.act(look_ins.look_in, looker, which)
    if name == "paused":
        world.act(queue.pause, owner, which)
    where = Where(Status(name), world.department("Ventas"), owner.id, lookers=(looker.id,))
    return target._replace(where=where)


def _lift(tx: Tx, secret: str) -> None:
    """Raise all inner numbers, and give operators their addresses."""
    for table, names in (
        (tables.threads, ("seq", "version")),
        (tables.messages, ("seq", "rev")),
        (tables.attachments, ("seq",)),
    ):
        tx.conn.execute(update(table).values({name: table.c[name] + INNER for name in names}))
    tx.conn.execute(update(tables.read_marks).values(seq=tables.read_marks.c.seq + INNER))
    tx.conn.execute(update(tables.operators).values(email=tables.operators.c.username + f"@{secret}.example"))


def _closed(world: World, which: ConversationId, owner: Operator, *, archived: bool) -> Where:
    """Olga closes it, in Ventas or in the department with the open archive."""
    department = world.department("Ventas")
    if archived:
        department = world.department("Archivo")
        changes = people.OperatorChanges(departments=[world.department("Ventas"), department])
        world.act(people.change_operator, world.adela, owner.id, changes)
        world.act(queue.transfer, owner, which, department, owner.id)
    world.act(queue.close, owner, which)
    if archived:
        world.leaves(owner, "Ventas")
    return Where(Status.CLOSED, department, owner.id, archive=archived)


def _newcomer(world: World, username: str, role: Role) -> Operator:
    found = world.see(find_credentials, "ana")
    assert found is not None
    hashed = str(found[1])
    _, token = world.act(people.invite, world.adela, role, [world.department("Ventas")], None)
    me = world.act(people.accept, SYSTEM, token, Newcomer(username.title(), username, hashed), CAME).me
    return Operator(me.id, me.name, me.role)


def _caller(house: House, person: Operator | Visitor | None) -> Caller:
    match person:
        case Operator():
            return house.operator(person)
        case Visitor():
            return house.visitor(person)
        case None:
            return house.nobody()


def expected(scene: Scene, route: Route, person: Operator | Visitor | None, target: Target) -> int:
    """The status that this person gets from this route about this conversation, by the rules alone."""
    if route.needs == "anybody":
        return route.status
    if not isinstance(person, Visitor if route.needs in {"visitor", "own"} else Operator):
        return 404 if route.raw else 401
    if isinstance(person, Visitor):
        return 404 if route.needs == "own" and not scene.reads(person, target) else route.status
    return _for_member(scene, route, person, target)


def _for_member(scene: Scene, route: Route, person: Operator, target: Target) -> int:
    if route.needs in {"participant", "starter"}:
        return _for_participant(scene, route, person, target)
    if route.needs in {"operator", "supervisor", "admin", "drafter", "uploader"}:
        return route.status if _may(route, person, target) else 404
    if target.where is None:
        return 404
    return _for_operator(scene, route, person, target)


def _for_participant(scene: Scene, route: Route, person: Operator, target: Target) -> int:
    """Of a direct conversation: it is asked for where a conversation of customers would be, or a missing one."""
    takes_part = target.where is not None and person.id in scene.direct.people
    if not takes_part or (route.needs == "starter" and person.id != scene.direct.starter):
        return 404
    return route.status


def _may(route: Route, person: Operator, target: Target) -> bool:
    if route.needs == "drafter":
        return target.draft != MISSING and person.id == target.owner
    if route.needs == "uploader":
        return target.upload != "no-such-file" and person.id == target.owner
    if route.needs == "supervisor":
        return person.role is not Role.OPERATOR and not (target.where is None and "{number}" in route.path)
    return route.needs == "operator" or person.role is Role.ADMIN


def _for_operator(scene: Scene, route: Route, person: Operator, target: Target) -> int:
    assert target.where is not None
    facts, reads = target.where, scene.reads(person, target)
    inside, held = facts.department in scene.members[person.id], facts.status in HELD
    owns, waits = facts.owner == person.id, facts.status is Status.WAITING
    closed, leads = facts.status is Status.CLOSED, person.role is not Role.OPERATOR
    refused = 409 if held and inside and not owns else 404
    may = {
        "reader": reads,
        "file reader": reads,
        "keeper": reads or refused == 409,
        "writer": reads and (not held or owns),
        "claimer": reads and (not held or owns),
        "owner": reads and owns,
        "holder": reads and owns,
        "closer": reads and owns and inside,
        "successor": reads and inside,
        "author": reads and (owns or (waits and person == scene.who["colleague"])),
        "ender": reads and (waits or owns),
        "mover": (reads and (waits or owns)) or (leads and inside and held),
        "looker": leads and inside and held and not owns,
    }[route.needs]
    if not may:
        hidden = route.needs == "file reader" or (route.needs == "looker" and not leads)
        return 404 if hidden or (route.needs == "author" and reads) else refused
    if route.needs == "successor":
        return route.status if closed else 409
    return 409 if closed and route.needs in {"writer", "claimer", "owner", "mover"} else route.status
