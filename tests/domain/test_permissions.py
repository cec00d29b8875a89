"""Who may do what is written on every action, and who reads what in one table."""

import importlib
import inspect
import itertools
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

from recado import actions
from recado.db.database import Tx
from recado.domain.actors import Actor, Operator, Role, System, Visitor
from recado.domain.conversations import Status
from recado.domain.errors import NotFound
from recado.domain.ids import InboxId, OperatorId, VisitorId
from recado.domain.permissions import READERS, Facts, Reader, allowed, needs, readers_of

ANYBODY: dict[str, Actor] = {
    "nobody signed in": Visitor(VisitorId(1), InboxId(1)),
    "an operator": Operator(OperatorId(1), "Ana", Role.OPERATOR),
    "a supervisor": Operator(OperatorId(2), "Sara", Role.SUPERVISOR),
    "an admin": Operator(OperatorId(3), "Adela", Role.ADMIN),
    "the desk": System(),
}


def actions_of_all() -> dict[str, Callable[..., Any]]:
    """Every function of the actions' floor that takes an actor after its transaction."""
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.iter_modules(actions.__path__):
        loaded = importlib.import_module(f"{actions.__name__}.{module.name}")
        for name, one in vars(loaded).items():
            if inspect.isfunction(one) and one.__module__ == loaded.__name__ and not name.startswith("_"):
                parameters = list(inspect.signature(one).parameters)
                if parameters[:1] == ["tx"] and len(parameters) > 1:
                    found[f"{module.name}.{name}"] = one
    return found


HELPERS = {
    "access.effect_on",
    "access.get_for_operator",
    "access.get_held",
    "access.get_own",
    "access.get_to_move",
    "access.moved",
    "access.refuse_blocked",
    "access.refuse_full",
    "actors.as_of_now",
    "attachments.bound",
    "attachments.bound_with_reply",
    "audit.note",
    "conversations.win",
    "customers.begin",
    "customers.introduce",
    "customers.leave_email",
    "customers.left_by",
    "directs.tell",
    "directs.tell_own",
    "drafts.let_go",
    "drafts.tell",
    "entries.quoting",
    "look_ins.end",
    "notices.renew",
    "rights.follow",
    "routing.take_from",
    "shifts.add_all",
    "shifts.say",
    "shifts.shift",
    "shifts.tell_visitor",
    "shifts.tell_who_left",
    "shifts.waits_since",
    "threads.add",
    "threads.find_sent",
    "threads.lock_to_send",
}
"""What actions share within their transaction; no door calls these."""


def test_every_action_says_who_may_call_it() -> None:
    unmarked = {name for name, one in actions_of_all().items() if not hasattr(one, "needed")}
    assert unmarked == HELPERS
    assert len(actions_of_all()) - len(HELPERS) >= 20


@pytest.mark.parametrize("name", sorted(set(actions_of_all()) - HELPERS))
def test_whoever_may_not_is_refused_before_anything_is_looked_at(name: str) -> None:
    action: Any = actions_of_all()[name]
    refused = 0
    for who in ANYBODY.values():
        if not allowed(who, action.needed):
            refused += 1
            with pytest.raises(NotFound):
                action(Tx(None, 0, []), who)  # type: ignore[arg-type]
    assert refused > 0


def test_a_role_admits_the_roles_above_it_and_nobody_else() -> None:
    def who_may(*needed: Any) -> set[str]:
        return {name for name, who in ANYBODY.items() if allowed(who, needed)}

    assert who_may(Role.ADMIN) == {"an admin"}
    assert who_may(Role.SUPERVISOR) == {"a supervisor", "an admin"}
    assert who_may(Operator) == {"an operator", "a supervisor", "an admin"}
    assert who_may(Visitor) == {"nobody signed in"}
    assert who_may() == set()


def test_the_mark_leaves_the_action_as_it_is() -> None:
    @needs(System)
    def act(tx: Tx, actor: System, word: str, *, loud: bool = False) -> str:
        return word.upper() if loud else word

    assert act(Tx(None, 0, []), System(), "word", loud=True) == "WORD"  # type: ignore[arg-type]
    assert act.__name__ == "act"


@pytest.mark.parametrize("status", Status)
def test_each_state_is_read_by_those_whom_the_table_names_and_nobody_else(status: Status) -> None:
    one, two, three = OperatorId(1), OperatorId(2), OperatorId(3)
    circles: list[frozenset[OperatorId]] = [frozenset(), frozenset((two,)), frozenset((one, three))]
    for owner, archive, members, lookers in itertools.product((None, one), (True, False), circles, circles):
        own = frozenset(() if owner is None else (owner,))
        expected = {
            Status.WAITING: members,
            Status.ATTENDING: own | lookers,
            Status.PAUSED: own | lookers,
            Status.CLOSED: own | members if archive else own,
        }[status]
        facts = Facts(status, owner, archive, members, lookers)
        assert readers_of(facts) == expected, facts


def test_only_what_waits_is_the_department_s_and_its_archive_where_that_is_open() -> None:
    assert {status for status, readers in READERS.items() if Reader.DEPARTMENT in readers} == {Status.WAITING}
    assert {status for status, readers in READERS.items() if Reader.ARCHIVE in readers} == {Status.CLOSED}
    assert set(READERS) == set(Status)
