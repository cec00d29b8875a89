"""Who was let in at the door and has lost a right since: what they asked for is done with what they are then."""

from collections.abc import Callable

import msgspec
import pytest

from recado.actions import accounts, conversations, people, queue
from recado.actions.actors import as_of_now
from recado.actions.people import Newcomer, OperatorChanges, OwnChanges
from recado.db import invitations
from recado.db.database import Tx
from recado.db.tables import invitations as invitation_rows
from recado.db.tables import password_resets
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Role
from recado.domain.errors import NotFound, Refused, Taken, Unauthenticated
from recado.domain.ids import hash_of
from tests.world import CAME, World, new_client_id, overlapping

LOSSES: dict[str, tuple[OperatorChanges, type[Refused]]] = {
    "demoted": (OperatorChanges(role=Role.OPERATOR), NotFound),
    "disabled": (OperatorChanges(disabled=True), Unauthenticated),
}


def made_admin(world: World) -> Operator:
    """Ana, an admin too, as the door knew her when she asked."""
    world.act(people.change_operator, world.adela, world.ana.id, OperatorChanges(role=Role.ADMIN))
    return msgspec.structs.replace(world.ana, role=Role.ADMIN)


def reset_link(world: World, tx: Tx, ana: Operator) -> object:
    return accounts.make_reset_link(tx, as_of_now(tx, ana, accounts.make_reset_link), world.adela.id)


def invitation(_: World, tx: Tx, ana: Operator) -> object:
    return people.invite(tx, as_of_now(tx, ana, people.invite), Role.ADMIN, [], None)


def lasting_power(world: World) -> list[object]:
    stored = world.contents()
    return [*stored["invitations"], *stored["password_resets"]]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("asked", [reset_link, invitation])
def test_no_link_is_left_by_who_is_deposed_at_that_moment(
    world: World, asked: Callable[[World, Tx, Operator], object], loss: str
) -> None:
    ana, (change, refusal) = made_admin(world), LOSSES[loss]
    overlapping(world, lambda tx: asked(world, tx, ana), lambda _: None)
    assert lasting_power(world)
    deposed, refused = overlapping(
        world,
        lambda tx: people.change_operator(tx, as_of_now(tx, world.adela, people.change_operator), ana.id, change),
        lambda tx: asked(world, tx, ana),
    )
    assert not isinstance(deposed, Exception), deposed
    assert isinstance(refused, refusal)
    assert lasting_power(world) == []


@pytest.mark.parametrize("asked", [reset_link, invitation])
def test_nor_by_who_was_quicker(world: World, asked: Callable[[World, Tx, Operator], object]) -> None:
    ana = made_admin(world)
    made, deposed = overlapping(
        world,
        lambda tx: asked(world, tx, ana),
        lambda tx: people.change_operator(
            tx, as_of_now(tx, world.adela, people.change_operator), ana.id, LOSSES["demoted"][0]
        ),
    )
    assert not any(isinstance(one, Exception) for one in (made, deposed)), (made, deposed)
    assert lasting_power(world) == []


def test_a_link_whose_maker_is_an_admin_no_more_opens_nothing(world: World) -> None:
    _, invited = world.act(people.invite, world.adela, Role.ADMIN, [], None)
    reset, _ = world.act(accounts.make_reset_link, world.adela, world.bruno.id)
    assert world.see(invitations.find, hash_of(invited), world.clock()) is not None
    assert world.act(accounts.look_at_reset, SYSTEM, reset).name == world.bruno.name

    def as_if_anas(tx: Tx, _: object) -> None:
        tx.conn.execute(invitation_rows.update().values(created_by=world.ana.id))
        tx.conn.execute(password_resets.update().values(created_by=world.ana.id))

    world.act(as_if_anas, SYSTEM)
    assert world.see(invitations.list_open, world.clock()) == []
    with pytest.raises(NotFound):
        world.act(people.accept, SYSTEM, invited, Newcomer("Eva", "eva", "a hash"), CAME)
    with pytest.raises(NotFound):
        world.act(accounts.look_at_reset, SYSTEM, reset)
    with pytest.raises(NotFound):
        world.act(accounts.reset_password, SYSTEM, reset, "a new hash", CAME)
    mine, _ = world.act(accounts.make_reset_link_for, SYSTEM, "bruno")
    assert world.act(accounts.look_at_reset, SYSTEM, mine).name == world.bruno.name


def test_who_supervises_no_more_moves_nothing_of_others(world: World) -> None:
    chat, ventas = world.attended(world.ana), world.department("Ventas")
    world.act(queue.transfer, world.sara, chat.id, ventas, world.bruno.id)
    world.act(people.change_operator, world.adela, world.sara.id, OperatorChanges(role=Role.OPERATOR))
    before = world.contents()
    with pytest.raises(Taken):
        world.act(queue.release, world.sara, chat.id)
    with pytest.raises(Taken):
        world.act(queue.transfer, world.sara, chat.id, ventas, world.ana.id)
    assert world.contents() == before


def test_who_was_signed_out_meanwhile_does_nothing_more(world: World) -> None:
    token, chat = world.signs_in(world.ana), world.waiting()
    ana = msgspec.structs.replace(world.ana, session=hash_of(token))
    world.answers(ana, chat.id, "Good morning.")
    world.act(people.end_session, world.ana, token)
    before = world.contents()
    with pytest.raises(Unauthenticated):
        world.answers(ana, chat.id, "One thing more.")
    assert world.contents() == before


def test_a_customer_hears_the_name_of_that_moment(world: World) -> None:
    chat = world.waiting()
    world.act(people.change_me, world.ana, OwnChanges(name="Anabel"))
    since = world.mark
    world.act(conversations.answer, world.ana, chat.id, new_client_id(), "Good morning.")
    (told,) = world.heard(world.lucia, since)
    assert [entry.author.name for entry in told.entries] == ["Anabel"]
