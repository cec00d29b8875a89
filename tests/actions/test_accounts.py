"""One's own password and sessions, and links that set a new password once."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from recado.actions import accounts, people
from recado.actions.people import Came, OperatorChanges, SignedIn
from recado.db import accounts as rows
from recado.db import audit, invitations
from recado.db import people as people_rows
from recado.db.tables import operators
from recado.desk import SYSTEM
from recado.domain.accounts import RESET_S
from recado.domain.actors import Operator, Role
from recado.domain.audit import Kind
from recado.domain.errors import Invalid, NotFound
from recado.domain.events import SessionsEnded
from recado.domain.ids import OperatorId, hash_of
from recado.domain.people import SESSION_IDLE_S
from tests.world import CAME, World, at_once, holds

FIREFOX = Came("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "192.0.2.7")


def hash_now(world: World, operator: Operator) -> str:
    mine = select(operators.c.password_hash).where(operators.c.id == operator.id)
    return world.see(lambda conn: str(conn.execute(mine).scalar_one()))


def is_open(world: World, token: str) -> bool:
    """Whether a session still opens anything."""
    return world.see(people_rows.find_by_session, hash_of(token), world.clock()) is not None


def alone(world: World, operator: Operator) -> str:
    """The secret of the only session of theirs: the one in which they joined is gone."""
    token = world.signs_in(operator)
    world.act(accounts.end_other_sessions, operator, token)
    return token


def link(world: World, operator: Operator, by: Operator | None = None) -> str:
    return world.act(accounts.make_reset_link, by or world.adela, operator.id)[0]


def resets(world: World, token: str, hashed: str = "a new hash") -> SignedIn:
    return world.act(accounts.reset_password, SYSTEM, token, hashed, CAME)


def ended(world: World, since: int) -> list[SessionsEnded]:
    return [told.event for told in world.recorder.told[since:] if isinstance(told.event, SessionsEnded)]


def newest(world: World) -> tuple[str, OperatorId | None, int]:
    line = world.see(audit.list_page).items[0]
    return line.kind, line.operator, line.about_id


# ── one's own password ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_changed_password_ends_all_other_sessions_and_their_sockets_at_once(world: World) -> None:
    mine, other, third = alone(world, world.ana), world.signs_in(world.ana), world.signs_in(world.ana)
    colleague, since = world.signs_in(world.bruno), world.mark
    world.act(accounts.change_password, world.ana, mine, hash_now(world, world.ana), "a new hash")
    assert [is_open(world, token) for token in (mine, other, third, colleague)] == [True, False, False, True]
    assert {one.session for one in ended(world, since)} == {hash_of(other), hash_of(third)}
    assert {one.operator for one in ended(world, since)} == {world.ana.id}
    assert hash_now(world, world.ana) == "a new hash"
    assert newest(world) == (Kind.PASSWORD_CHANGED, world.ana.id, world.ana.id)


def test_who_changes_it_second_had_compared_with_what_is_no_longer_there(world: World) -> None:
    tokens, stored = [world.signs_in(world.ana) for _ in range(2)], hash_now(world, world.ana)
    outcomes = at_once(
        2, lambda n: world.act(accounts.change_password, world.ana, tokens[n], stored, f"the hash of {n}")
    )
    (lost,) = [one for one in outcomes if isinstance(one, Exception)]
    assert isinstance(lost, Invalid)
    assert (lost.field, lost.fault) == ("current", "wrong_password")
    assert sum(is_open(world, token) for token in tokens) == 1


def test_a_session_begun_with_the_old_password_does_not_outlive_it(world: World) -> None:
    stored, token = hash_now(world, world.ana), world.signs_in(world.ana)
    assert world.act(accounts.sign_in, SYSTEM, world.ana.id, stored, CAME).me.id == world.ana.id
    world.act(accounts.change_password, world.ana, token, stored, "a new hash")
    with pytest.raises(NotFound):
        world.act(accounts.sign_in, SYSTEM, world.ana.id, stored, CAME)
    for _ in range(5):
        changed, signed_in = change_and_sign_in_at_once(world, token)
        assert changed is None
        assert isinstance(signed_in, SignedIn | NotFound), signed_in
        left = world.see(rows.list_sessions, world.ana.id, hash_of(token), world.clock())
        assert [one.current for one in left] == [True]


def change_and_sign_in_at_once(world: World, token: str) -> list[object]:
    """What became of both."""
    stored = hash_now(world, world.ana)
    calls: tuple[Callable[[], object], ...] = (
        lambda: world.act(accounts.change_password, world.ana, token, stored, f"{stored}!"),
        lambda: world.act(accounts.sign_in, SYSTEM, world.ana.id, stored, CAME),
    )
    return [*at_once(2, lambda n: calls[n]())]


def test_a_disabled_operator_begins_no_session_by_a_password_that_was_compared_before(world: World) -> None:
    stored = hash_now(world, world.ana)
    world.disables(world.ana)
    with pytest.raises(NotFound):
        world.act(accounts.sign_in, SYSTEM, world.ana.id, stored, CAME)


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_shows_ones_own_with_where_they_are_and_marks_this_one(world: World) -> None:
    first = alone(world, world.ana)
    world.signs_in(world.bruno)
    second = world.act(people.begin_session, SYSTEM, world.ana.id, FIREFOX).token
    found = world.see(rows.list_sessions, world.ana.id, hash_of(first), world.clock())
    assert [(one.browser, one.system, one.address, one.current) for one in found] == [
        ("Firefox", "Linux", "192.0.2.7", False),
        (None, None, "127.0.0.1", True),
    ]
    assert found[0].seen_at >= found[0].created_at > found[1].created_at
    for secret in (first, second, hash_of(first).hex(), hash_of(second).hex()):
        assert not holds(found, secret)


def test_what_has_run_out_is_not_listed_and_is_forgotten_at_the_next_sign_in(world: World) -> None:
    alone(world, world.ana)
    before = world.count("sessions")
    world.clock.pass_s(SESSION_IDLE_S + 1)
    assert world.see(rows.list_sessions, world.ana.id, b"", world.clock()) == []
    assert world.count("sessions") == before
    world.signs_in(world.ana)
    assert len(world.see(rows.list_sessions, world.ana.id, b"", world.clock())) == 1
    assert world.count("sessions") == before


def test_one_is_ended_by_its_name_in_the_list_and_never_a_colleague_s(world: World) -> None:
    mine, other, colleague = world.signs_in(world.ana), world.signs_in(world.ana), world.signs_in(world.bruno)
    since = world.mark
    with pytest.raises(NotFound):
        world.act(accounts.end_own_session, world.ana, rows.session_id(hash_of(colleague)))
    world.act(accounts.end_own_session, world.ana, rows.session_id(hash_of(other)))
    assert [is_open(world, token) for token in (mine, other, colleague)] == [True, False, True]
    assert ended(world, since) == [SessionsEnded(world.ana.id, hash_of(other))]
    with pytest.raises(NotFound):
        world.act(accounts.end_own_session, world.ana, rows.session_id(hash_of(other)))


def test_all_others_are_ended_and_this_one_stays(world: World) -> None:
    tokens = [alone(world, world.ana), world.signs_in(world.ana), world.signs_in(world.ana)]
    colleague = world.signs_in(world.bruno)
    since = world.mark
    world.act(accounts.end_other_sessions, world.ana, tokens[1])
    assert [is_open(world, token) for token in (*tokens, colleague)] == [False, True, False, True]
    assert {one.session for one in ended(world, since)} == {hash_of(tokens[0]), hash_of(tokens[2])}


# ── links ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_sets_a_new_password_once_and_ends_every_session(world: World) -> None:
    old, token, since = world.signs_in(world.ana), link(world, world.ana), world.mark
    assert newest(world) == (Kind.RESET_LINK_MADE, world.adela.id, world.ana.id)
    assert is_open(world, old)
    assert world.act(accounts.look_at_reset, SYSTEM, token).username == "ana"
    signed = resets(world, token)
    assert (signed.me.id, hash_now(world, world.ana)) == (world.ana.id, "a new hash")
    assert (is_open(world, old), is_open(world, signed.token)) == (False, True)
    assert ended(world, since) == [SessionsEnded(world.ana.id)]
    assert newest(world) == (Kind.PASSWORD_RESET, None, world.ana.id)
    with pytest.raises(NotFound):
        resets(world, token)


def test_of_two_who_use_it_at_once_one_is_let_in(world: World) -> None:
    token = link(world, world.ana)
    outcomes = at_once(2, lambda n: resets(world, token, f"the hash of {n}"))
    assert sorted(type(one).__name__ for one in outcomes) == ["NotFound", "SignedIn"], outcomes


def test_its_secret_is_not_stored(world: World) -> None:
    assert not holds(world.contents(), link(world, world.ana))


def dies(world: World, how: str, token: str) -> None:
    """Whatever lets a link die, done."""
    mine, stored = world.signs_in(world.ana), hash_now(world, world.ana)
    match how:
        case "expired":
            world.clock.pass_s(RESET_S + 1)
        case "a newer one":
            link(world, world.ana)
        case "a changed password":
            world.act(accounts.change_password, world.ana, mine, stored, "a changed hash")
        case "disabled":
            world.disables(world.ana)
        case "disabled and enabled":
            world.disables(world.ana)
            world.act(people.change_operator, world.adela, world.ana.id, OperatorChanges(disabled=False))
        case "its maker is no admin any more":
            change = OperatorChanges(role=Role.OPERATOR)
            world.act(people.change_operator, world.adela, world.sara.id, change)


@pytest.mark.parametrize(
    "how",
    [
        "expired",
        "a newer one",
        "a changed password",
        "disabled",
        "disabled and enabled",
        "its maker is no admin any more",
        "empty",
        "wrong",
    ],
)
def test_a_dead_link_opens_nothing_and_changes_nothing(world: World, how: str) -> None:
    world.act(people.change_operator, world.adela, world.sara.id, OperatorChanges(role=Role.ADMIN))
    sara = Operator(world.sara.id, world.sara.name, Role.ADMIN)
    token = link(world, world.ana, sara)
    assert world.act(accounts.look_at_reset, SYSTEM, token).name == world.ana.name
    dies(world, how, token)
    token, before = {"empty": "", "wrong": token[::-1]}.get(how, token), world.contents()
    with pytest.raises(NotFound):
        world.act(accounts.look_at_reset, SYSTEM, token)
    with pytest.raises(NotFound):
        resets(world, token)
    assert world.contents() == before


def test_who_is_no_admin_any_more_leaves_no_invitation_behind_either(world: World) -> None:
    world.act(people.change_operator, world.adela, world.sara.id, OperatorChanges(role=Role.ADMIN))
    sara = Operator(world.sara.id, world.sara.name, Role.ADMIN)
    for admin in (sara, world.adela):
        world.act(people.invite, admin, Role.ADMIN, [], admin.name)
    world.disables(world.sara)
    assert [one.name for one in world.see(invitations.list_open, world.clock())] == [world.adela.name]


def test_nobody_makes_one_for_oneself_for_the_disabled_or_for_nobody(world: World) -> None:
    world.disables(world.bruno)
    before = world.contents()
    for which, fault in ((world.adela.id, "oneself"), (world.bruno.id, "disabled")):
        with pytest.raises(Invalid) as refused:
            world.act(accounts.make_reset_link, world.adela, which)
        assert (refused.value.field, refused.value.fault) == ("operator", fault)
    with pytest.raises(NotFound):
        world.act(accounts.make_reset_link, world.adela, OperatorId(10_000))
    for other in (world.ana, world.sara):
        with pytest.raises(NotFound):
            world.act(accounts.make_reset_link, other, world.clara.id)
    assert world.contents() == before


def test_the_command_line_makes_one_for_the_only_admin(world: World) -> None:
    token, _ = world.act(accounts.make_reset_link_for, SYSTEM, "adela")
    assert newest(world) == (Kind.RESET_LINK_MADE, None, world.adela.id)
    assert resets(world, token).me.id == world.adela.id
    with pytest.raises(NotFound):
        world.act(accounts.make_reset_link_for, SYSTEM, "nobody")
