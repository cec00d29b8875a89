"""The team: one first admin, invitations that work once, sessions that end, and an admin who always remains."""

from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import select

from recado.actions import people
from recado.actions.people import Newcomer, OperatorChanges, OwnChanges, SignedIn
from recado.db import audit, invitations
from recado.db import people as rows
from recado.db.database import Database
from recado.db.tables import operators
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Role
from recado.domain.errors import Invalid, NotFound
from recado.domain.events import PeopleChanged, RightsChanged, SessionsEnded
from recado.domain.ids import DepartmentId, InvitationId, OperatorId, hash_of
from recado.domain.people import INVITATION_S, SESSION_IDLE_S, SESSION_MAX_S, OperatorItem
from tests.world import CAME, SETUP_TOKEN, World, at_once, holds


def newcomer(username: str = "nadia") -> Newcomer:
    return Newcomer("Nadia Font", username, "a hash")


def invited(world: World, role: Role = Role.OPERATOR) -> str:
    """The secret of an invitation into Ventas."""
    return world.act(people.invite, world.adela, role, [world.department("Ventas")], None)[1]


def whose(world: World, token: str) -> OperatorId | None:
    """Whose session this is now."""
    found = world.see(rows.find_by_session, hash_of(token), world.clock())
    return found.operator.id if found else None


def changes(world: World, operator: Operator, by: Operator | None = None, **values: object) -> OperatorItem:
    return world.act(
        people.change_operator,
        by or world.adela,
        operator.id,
        OperatorChanges(**values),  # type: ignore[arg-type]
    )


# ── the first admin ──────────────────────────────────────────────────────────────────────────────────────────────


def set_up(database: Database, token: str = SETUP_TOKEN, username: str = "first") -> SignedIn:
    return database.write_blocking(lambda tx: people.set_up(tx, SYSTEM, token, newcomer(username), CAME))


def test_the_first_start_s_token_makes_one_admin(empty: Database) -> None:
    assert set_up(empty).me.role is Role.ADMIN


def test_and_then_never_again(empty: Database) -> None:
    set_up(empty)
    with pytest.raises(NotFound):
        set_up(empty, username="second")


def test_another_token_finds_nothing(empty: Database) -> None:
    for token in ("", "another", SETUP_TOKEN + " "):
        with pytest.raises(NotFound):
            set_up(empty, token)
    set_up(empty)


def test_the_door_says_whether_it_is_open_to_a_token_and_stays_shut(empty: Database) -> None:
    def opens(token: str) -> bool:
        return empty.read_blocking(lambda conn: invitations.opens_setup(conn, hash_of(token)))

    assert opens(SETUP_TOKEN)
    assert not opens("another")
    set_up(empty)
    assert not opens(SETUP_TOKEN)


def test_of_many_who_set_up_at_once_one_becomes_admin(empty: Database) -> None:
    outcomes = at_once(8, lambda number: set_up(empty, username=f"first{number}"))
    assert sum(isinstance(one, SignedIn) for one in outcomes) == 1, outcomes
    assert all(isinstance(one, NotFound) for one in outcomes if isinstance(one, Exception)), outcomes
    names = empty.read_blocking(lambda conn: conn.execute(select(operators.c.username)).scalars().all())
    assert len(names) == 1


def test_a_refused_first_admin_leaves_the_door_open(empty: Database) -> None:
    with pytest.raises(Invalid):
        set_up(empty, username="not a user name")
    set_up(empty)


# ── invitations ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_invitation_says_what_it_offers_and_makes_that_operator(world: World) -> None:
    token = invited(world, Role.SUPERVISOR)
    welcome = world.act(people.look_at_invitation, SYSTEM, token)
    assert (welcome.role, [one.name for one in welcome.departments]) == (Role.SUPERVISOR, ["Ventas"])
    signed = world.act(people.accept, SYSTEM, token, newcomer(), CAME)
    assert (signed.me.role, [one.name for one in signed.me.departments]) == (Role.SUPERVISOR, ["Ventas"])
    assert whose(world, signed.token) == signed.me.id


def test_the_team_is_told_of_a_newcomer(world: World) -> None:
    token, since = invited(world), world.mark
    world.act(people.accept, SYSTEM, token, newcomer(), CAME)
    for operator in world.team:
        assert world.heard(operator, since) == [PeopleChanged()]
    assert all(world.heard(visitor, since) == [] for visitor in world.visitors)


def test_it_works_once(world: World) -> None:
    token = invited(world)
    world.act(people.accept, SYSTEM, token, newcomer(), CAME)
    with pytest.raises(NotFound):
        world.act(people.accept, SYSTEM, token, newcomer("other"), CAME)
    with pytest.raises(NotFound):
        world.act(people.look_at_invitation, SYSTEM, token)


def test_also_when_many_accept_it_at_once(world: World) -> None:
    token = invited(world)
    outcomes = at_once(8, lambda n: world.act(people.accept, SYSTEM, token, newcomer(f"nadia{n}"), CAME))
    assert sum(isinstance(one, SignedIn) for one in outcomes) == 1, outcomes
    assert all(isinstance(one, NotFound) for one in outcomes if isinstance(one, Exception)), outcomes


@pytest.mark.parametrize("dead", ["withdrawn", "expired", "empty", "wrong"])
def test_a_dead_one_opens_nothing(world: World, dead: str) -> None:
    item, token = world.act(people.invite, world.adela, Role.OPERATOR, [], "Nadia")
    assert world.act(people.look_at_invitation, SYSTEM, token).name == "Nadia"
    if dead == "withdrawn":
        world.act(people.withdraw, world.adela, item.id)
    elif dead == "expired":
        world.clock.pass_s(INVITATION_S + 1)
    token = {"empty": "", "wrong": token[::-1]}.get(dead, token)
    with pytest.raises(NotFound):
        world.act(people.look_at_invitation, SYSTEM, token)
    with pytest.raises(NotFound):
        world.act(people.accept, SYSTEM, token, newcomer(), CAME)


def test_its_secret_is_not_stored(world: World) -> None:
    assert not holds(world.contents(), invited(world))


def test_a_refused_newcomer_may_try_again_with_the_same_invitation(world: World) -> None:
    token = invited(world)
    for wrong in ("ana", "ANA ", "ñandú", "a b", "x", "a\0b"):
        with pytest.raises(Invalid) as refused:
            world.act(people.accept, SYSTEM, token, newcomer(wrong), CAME)
        assert refused.value.field == "username"
    world.act(people.accept, SYSTEM, token, newcomer(), CAME)


def test_two_who_want_the_same_user_name_at_once_are_told_apart(world: World) -> None:
    tokens = [invited(world), invited(world)]
    outcomes = at_once(2, lambda n: world.act(people.accept, SYSTEM, tokens[n], newcomer(), CAME))
    assert sum(isinstance(one, SignedIn) for one in outcomes) == 1, outcomes
    (lost,) = [one for one in outcomes if isinstance(one, Exception)]
    assert isinstance(lost, Invalid)
    assert (lost.field, lost.fault) == ("username", "taken")


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_session_has_a_secret_of_its_own_that_is_not_stored(world: World) -> None:
    first, second = world.signs_in(world.ana), world.signs_in(world.ana)
    assert first != second
    assert (whose(world, first), whose(world, second)) == (world.ana.id, world.ana.id)
    assert not holds(world.contents(), first)


def test_signing_out_ends_this_session_and_its_sockets_alone(world: World) -> None:
    first, second = world.signs_in(world.ana), world.signs_in(world.ana)
    world.act(people.end_session, world.ana, first)
    assert (whose(world, first), whose(world, second)) == (None, world.ana.id)
    assert world.recorder.told[-1].event == SessionsEnded(world.ana.id, hash_of(first))


def test_an_idle_one_ends_and_one_in_use_does_not(world: World) -> None:
    idle, used = world.signs_in(world.ana), world.signs_in(world.ana)
    world.clock.pass_s(SESSION_IDLE_S - 60)
    world.act(people.note_session, world.ana, used)
    world.clock.pass_s(120)
    assert (whose(world, idle), whose(world, used)) == (None, world.ana.id)


def test_in_the_end_each_ends(world: World) -> None:
    token = world.signs_in(world.ana)
    for _ in range(SESSION_MAX_S // (SESSION_IDLE_S - 60) + 1):
        world.clock.pass_s(SESSION_IDLE_S - 60)
        world.act(people.note_session, world.ana, token)
    assert whose(world, token) is None


# ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_disabling_ends_all_sessions_and_closes_all_sockets(world: World) -> None:
    tokens = [world.signs_in(world.ana) for _ in range(3)]
    assert whose(world, tokens[0]) == world.ana.id
    since = world.mark
    world.disables(world.ana)
    assert [whose(world, token) for token in tokens] == [None] * 3
    assert SessionsEnded(world.ana.id, disabled=True) in [told.event for told in world.recorder.told[since:]]
    assert world.see(rows.find_credentials, "ana") is None


def test_enabled_again_one_signs_in_anew(world: World) -> None:
    token = world.signs_in(world.ana)
    world.disables(world.ana)
    changes(world, world.ana, disabled=False)
    assert whose(world, token) is None
    assert whose(world, world.signs_in(world.ana)) == world.ana.id


def test_other_rights_close_the_sockets_that_had_the_old_ones(world: World) -> None:
    since = world.mark
    changed = changes(world, world.bruno, role=Role.SUPERVISOR, departments=[world.department("Soporte")])
    assert (changed.role, [one.name for one in changed.departments]) == (Role.SUPERVISOR, ["Soporte"])
    assert RightsChanged(world.bruno.id) in [told.event for told in world.recorder.told[since:]]


@pytest.mark.parametrize("change", [OperatorChanges(role=Role.OPERATOR), OperatorChanges(disabled=True)])
def test_the_last_admin_stays(world: World, change: OperatorChanges) -> None:
    before = world.contents()
    with pytest.raises(Invalid) as refused:
        world.act(people.change_operator, world.adela, world.adela.id, change)
    assert refused.value.fault == "last_admin"
    assert world.contents() == before
    changes(world, world.sara, role=Role.ADMIN)
    world.act(people.change_operator, world.adela, world.adela.id, change)


def test_two_admins_who_depose_each_other_at_once_leave_one(world: World) -> None:
    changes(world, world.sara, role=Role.ADMIN)
    admins = (world.adela, msgspec.structs.replace(world.sara, role=Role.ADMIN))
    pairs = (admins, admins[::-1])
    for _ in range(5):
        outcomes = at_once(2, lambda n: changes(world, pairs[n][1], by=pairs[n][0], role=Role.OPERATOR))
        left = [one for one in world.see(rows.list_operators) if one.role is Role.ADMIN]
        assert len(left) == 1, outcomes
        (lost,) = [one for one in outcomes if isinstance(one, Exception)]
        assert isinstance(lost, NotFound)
        back, admin = admins if left[0].id == admins[1].id else admins[::-1]
        changes(world, back, by=admin, role=Role.ADMIN)


def test_what_is_left_out_stays(world: World) -> None:
    before = next(one for one in world.see(rows.list_operators) if one.id == world.ana.id)
    assert changes(world, world.ana) == before
    assert changes(world, world.ana, name="Ana R.").departments == before.departments
    assert world.act(people.change_me, world.ana, OwnChanges(theme="dark")).locale is None
    mine = world.act(people.change_me, world.ana, OwnChanges(locale="pt"))
    assert (mine.theme, mine.locale, mine.desk_window) == ("dark", "pt", True)


def test_ones_own_name_is_told_to_the_team_and_noted(world: World) -> None:
    since = world.mark
    assert world.act(people.change_me, world.ana, OwnChanges(name="  Ana María Roca ")).name == "Ana María Roca"
    assert PeopleChanged() in world.heard(world.bruno, since)
    line = world.see(audit.list_page).items[0]
    assert (line.operator, line.about_id, line.detail) == (world.ana.id, world.ana.id, {"fields": ["name"]})
    for wrong in ("", " ", "a" * 121, "Ana\0"):
        with pytest.raises(Invalid) as refused:
            world.act(people.change_me, world.ana, OwnChanges(name=wrong))
        assert refused.value.field == "name"


def test_ones_own_address_is_kept_as_typed_noted_without_it_and_taken_away(world: World) -> None:
    assert world.act(people.change_me, world.ana, OwnChanges(email=" Ana@shop.example ")).email == "Ana@shop.example"
    assert world.see(audit.list_page).items[0].detail == {"fields": ["email"]}
    with pytest.raises(Invalid) as refused:
        world.act(people.change_me, world.ana, OwnChanges(email="ana"))
    assert (refused.value.field, refused.value.fault) == ("email", "not_an_email")
    assert world.act(people.change_me, world.ana, OwnChanges(email=None)).email is None


def test_what_does_not_exist_is_refused_by_its_field(world: World) -> None:
    before = world.contents()
    nowhere = DepartmentId(10_000)
    refusals: list[Callable[[], object]] = [
        lambda: changes(world, world.ana, departments=[nowhere]),
        lambda: changes(world, world.ana, departments=[10**30]),
        lambda: world.act(people.invite, world.adela, Role.OPERATOR, [nowhere], None),
        lambda: world.act(people.invite, world.adela, Role.OPERATOR, [DepartmentId(10**30)], None),
    ]
    for refused_call in refusals:
        with pytest.raises(Invalid) as refused:
            refused_call()
        assert refused.value.field == "departments"
    with pytest.raises(NotFound):
        world.act(people.change_operator, world.adela, OperatorId(10_000), OperatorChanges(name="Nobody"))
    with pytest.raises(NotFound):
        world.act(people.withdraw, world.adela, InvitationId(10_000))
    assert world.contents() == before


def test_only_an_admin_may(world: World) -> None:
    item, _ = world.act(people.invite, world.adela, Role.OPERATOR, [], None)
    before = world.contents()
    for other in (world.ana, world.sara):
        calls: list[Callable[[Operator], object]] = [
            lambda me: changes(world, world.bruno, by=me, name="Bruno"),
            lambda me: world.act(people.invite, me, Role.ADMIN, [], None),
            lambda me: world.act(people.withdraw, me, item.id),
        ]
        for call in calls:
            with pytest.raises(NotFound):
                call(other)
    assert world.contents() == before
