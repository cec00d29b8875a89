"""What there is to be seen, each with a canary in it, and everybody who tries."""

from typing import NamedTuple

from recado.actions import blocks, departments, drafts, identity, people, queue
from recado.actions.departments import DepartmentChanges
from recado.actions.people import Newcomer
from recado.db import drafts as draft_rows
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Role, Visitor
from recado.domain.conversations import Status
from recado.domain.permissions import Facts, may_read
from recado.domain.routing import Assignment, Rules
from tests.contract.routes import Route
from tests.web.doors import Caller, House
from tests.world import CAME, SHOP, World, canary

MISSING = 999_999


class Target(NamedTuple):
    """A conversation as both sides name it, with the draft that Ana keeps in it. `status` None: there is none."""

    number: int
    public_id: str
    status: Status | None = None
    owner: int | None = None
    visitor: int | None = None
    draft: int = MISSING
    word: str = "nothing"


class Scene(NamedTuple):
    """The conversations, and who calls, with the person behind each caller (None: nobody who may anything)."""

    targets: dict[str, Target]
    callers: dict[str, Caller]
    who: dict[str, Operator | Visitor | None]


def set_the_scene(house: House) -> Scene:
    """Lucía's is attended by Ana, Julián's waits, Nuria's was closed by Ana; Ana has begun a draft in the first."""
    world = house.world
    nuria = world.comes(world.shop, SHOP)
    world.act(identity.add_secret, world.adela, world.inbox(world.shop).id, b"a sealed secret", "cret")
    targets = {"missing": Target(MISSING, "no-such-conversation")}
    for name, visitor in (("attending", world.lucia), ("waiting", world.julian), ("closed", nuria)):
        targets[name] = _target(world, name, visitor)
    who: dict[str, Operator | Visitor | None] = {
        "nobody": None,
        "disabled": None,
        "visitor": world.lucia,
        "other visitor": world.tomas,
        "other department": world.clara,
        "colleague": world.bruno,
        "supervisor": world.sara,
        "admin": world.adela,
        "owner": world.ana,
    }
    _open_doors(world)
    callers = {name: _caller(house, person) for name, person in who.items()}
    leaver = _newcomer(world)
    callers["disabled"] = house.operator(leaver)
    world.disables(leaver)
    return Scene(targets, callers, who)


def _open_doors(world: World) -> None:
    """Ventas lets its supervisors look in; somebody is blocked there, and there is a reason for closing."""
    ventas = world.department("Ventas")
    world.act(departments.change, world.adela, ventas, DepartmentChanges(rules=Rules(Assignment.MANUAL, look_in=True)))
    world.act(departments.create_reason, world.adela, "Resuelta")
    world.act(blocks.block, world.bruno, world.waiting(world.comes(world.shop, SHOP)).id)


def _target(world: World, name: str, visitor: Visitor) -> Target:
    word = canary()
    chat = world.waiting(visitor, word)
    target = Target(chat.id, chat.public_id, Status(name), None, visitor.id, MISSING, word)
    if name == "waiting":
        return target
    world.answers(world.ana, chat.id, f"{word} it is")
    world.act(drafts.save, world.ana, chat.id, "answer", f"{word}, I say")
    draft = world.see(draft_rows.find, world.ana, chat.id, "answer")
    assert draft is not None
    if name == "closed":
        world.act(queue.close, world.ana, chat.id)
    return target._replace(owner=world.ana.id, draft=draft.id)


def _newcomer(world: World) -> Operator:
    _, token = world.act(people.invite, world.adela, Role.OPERATOR, [world.department("Ventas")], None)
    me = world.act(people.accept, SYSTEM, token, Newcomer("Nadia Font", "nadia", "a hash"), CAME).me
    return Operator(me.id, me.name, me.role)


def _caller(house: House, person: Operator | Visitor | None) -> Caller:
    match person:
        case Operator():
            return house.operator(person)
        case Visitor():
            return house.visitor(person)
        case None:
            return house.nobody()


def expected(route: Route, person: Operator | Visitor | None, target: Target, members: dict[int, set[int]]) -> int:
    """The status that this person gets from this route about this conversation, by the rules alone."""
    if route.needs == "anybody":
        return route.status
    if not isinstance(person, Visitor if route.needs in {"visitor", "own"} else Operator):
        return 401
    if isinstance(person, Visitor):
        return _for_visitor(route, person, target)
    if route.needs in {"operator", "supervisor", "admin", "drafter"}:
        return route.status if _may(route, person, target) else 404
    return _for_reader(route, person, target, in_department=1 in members[person.id])


def _may(route: Route, person: Operator, target: Target) -> bool:
    if route.needs == "drafter":
        return target.draft != MISSING and person.id == target.owner
    if route.needs == "supervisor":
        return person.role is not Role.OPERATOR and not (target.status is None and "{number}" in route.path)
    return route.needs == "operator" or person.role is Role.ADMIN


def _for_visitor(route: Route, person: Visitor, target: Target) -> int:
    if route.needs == "own" and target.visitor != person.id:
        return 404
    return route.status


def _for_reader(route: Route, person: Operator, target: Target, *, in_department: bool) -> int:
    if target.status is None:
        return 404
    facts = Facts(target.status, 1, target.owner)
    if route.needs == "looker" and (person.role is Role.OPERATOR or target.status is not Status.ATTENDING):
        return 404
    if may_read(facts, in_department=in_department, operator=person.id):
        return _for_who_reads(route, target, owns=target.owner == person.id)
    if target.status is Status.ATTENDING and in_department:
        supervises = route.needs in {"looker", "mover"} and person.role is not Role.OPERATOR
        return route.status if route.needs == "keeper" or supervises else 409
    return 404


def _for_who_reads(route: Route, target: Target, *, owns: bool) -> int:
    if target.status is Status.CLOSED and route.needs in {"writer", "owner", "claimer", "mover"}:
        return 409
    return 404 if route.needs in {"owner", "closer"} and not owns else route.status
