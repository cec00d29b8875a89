"""Who a site's signature names: one visitor for all of their browsers, apart from everybody who only says so."""

from typing import Any

import pytest

from recado.actions import conversations, customers, identity
from recado.actions.customers import Arrival
from recado.db import conversations as rows
from recado.db import inboxes
from recado.desk import SYSTEM
from recado.domain.conversations import CustomerBrief
from recado.domain.customers import VERIFIED_KEY_S, VisitorFace
from recado.domain.errors import Invalid, NotFound
from recado.domain.events import SettingsChanged
from recado.domain.identity import Identity
from recado.domain.ids import InboxId
from tests.world import BROWSER, HELP, SHOP, World, at_once, canary, holds, new_client_id

NURIA = Identity("user-17", "Nuria Vidal", "nuria@mail.example")


def arrives(world: World, who: Identity | None, resume_key: str | None = None, **where: Any) -> Arrival:
    key, site = where.get("key", world.shop), where.get("site", SHOP)
    return world.act(customers.arrive, SYSTEM, key, site, resume_key, BROWSER, who)


def customer_of(world: World, came: Arrival) -> CustomerBrief:
    """Whom operators see behind the newest conversation of somebody who has come."""
    return world.see(rows.get, world.number_of(came.conversations[0].id)).row().customer


# ── one person, several browsers ─────────────────────────────────────────────────────────────────────────────────


def test_in_every_browser_the_signed_customer_is_one_visitor_with_their_history(world: World) -> None:
    first, word = arrives(world, NURIA), canary()
    world.writes(first.visitor, word)
    elsewhere = arrives(world, NURIA)
    assert elsewhere.visitor == first.visitor
    assert [one.seq for one in elsewhere.conversations] == [1]
    assert customer_of(world, elsewhere) == CustomerBrief(
        elsewhere_id(world, elsewhere), "Nuria Vidal", "nuria@mail.example", verified=True, visitor=first.visitor.id
    )


def elsewhere_id(world: World, came: Arrival) -> int | None:
    return customer_of(world, came).id


def test_what_the_site_says_later_replaces_what_it_said_and_the_rest_stays(world: World) -> None:
    arrives(world, NURIA)
    assert arrives(world, Identity("user-17", "Nuria V.")).face == VisitorFace(
        "Nuria V.", "nuria@mail.example", verified=True
    )


def test_two_browsers_that_come_at_once_are_one_visitor(world: World) -> None:
    outcomes = at_once(6, lambda _: arrives(world, NURIA))
    came = [one for one in outcomes if isinstance(one, Arrival)]
    assert len(came) == 6, outcomes
    assert len({one.visitor for one in came}) == 1


def test_the_same_name_in_another_inbox_is_somebody_else(world: World) -> None:
    here, there = arrives(world, NURIA), arrives(world, NURIA, key=world.help, site=HELP)
    assert here.visitor != there.visitor
    assert world.count("customers") == 2


# ── apart from everybody else ────────────────────────────────────────────────────────────────────────────────────


def test_who_only_says_the_same_name_and_address_sees_and_changes_nothing_of_theirs(world: World) -> None:
    signed, word = arrives(world, NURIA), canary()
    world.writes(signed.visitor, word)
    before, since = world.see(rows.list_for_visitor, signed.visitor, 10), world.mark
    pretender = arrives(world, None)
    said = world.act(
        conversations.open_or_receive, pretender.visitor, new_client_id(), "It is me", NURIA.name, NURIA.email
    ).sent
    assert pretender.visitor != signed.visitor
    assert not holds([pretender, said, world.heard(pretender.visitor)], word)
    assert world.see(rows.list_for_visitor, signed.visitor, 10) == before
    assert world.heard(signed.visitor, since) == []
    again = arrives(world, None, pretender.resume_key)
    assert (customer_of(world, again).verified, customer_of(world, again).name) == (False, NURIA.name)


def test_who_signs_in_does_not_take_over_what_was_written_in_that_browser_before(world: World) -> None:
    anonymous, word = arrives(world, None), canary()
    world.writes(anonymous.visitor, word)
    signed = arrives(world, NURIA, anonymous.resume_key)
    assert signed.visitor != anonymous.visitor
    assert signed.conversations == []
    back = arrives(world, None, anonymous.resume_key)
    assert [one.seq for one in back.conversations] == [1]


def test_a_verified_customer_s_words_prove_nothing_more(world: World) -> None:
    signed = arrives(world, Identity("user-17"))
    world.act(conversations.open_or_receive, signed.visitor, new_client_id(), "Hello", "Adela", "adela@desk.example")
    assert customer_of(world, arrives(world, Identity("user-17"))).name is None


def test_an_open_page_goes_on_by_its_key_for_a_day(world: World) -> None:
    first = arrives(world, NURIA)
    second = arrives(world, None, first.resume_key)
    assert (second.visitor, second.face.verified) == (first.visitor, True)
    world.clock.pass_s(VERIFIED_KEY_S + 1)
    assert arrives(world, None, second.resume_key).visitor != first.visitor


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_secrets_hold_while_a_site_changes_over_and_no_third(world: World) -> None:
    shop, since = world.inbox(world.shop).id, world.mark
    old = world.act(identity.add_secret, world.adela, shop, b"old", "aaaa")
    world.act(identity.add_secret, world.adela, shop, b"new", "bbbb")
    assert world.see(inboxes.list_sealed, world.shop) == [b"old", b"new"]
    with pytest.raises(Invalid) as refused:
        world.act(identity.add_secret, world.adela, shop, b"third", "cccc")
    assert refused.value.fault == "too_many"
    world.act(identity.remove_secret, world.adela, old.id)
    assert world.see(inboxes.list_sealed, world.shop) == [b"new"]
    assert world.see(inboxes.list_sealed, world.help) == []
    assert world.heard(world.ana, since) == [SettingsChanged()] * 3


def test_of_secrets_made_at_once_two_are_kept(world: World) -> None:
    shop = world.inbox(world.shop).id
    outcomes = at_once(4, lambda _: world.act(identity.add_secret, world.adela, shop, b"sealed", "aaaa"))
    assert sum(isinstance(one, Invalid) for one in outcomes) == 2, outcomes
    assert world.count("identity_secrets") == 2


def test_only_an_admin_makes_and_removes_secrets(world: World) -> None:
    shop = world.inbox(world.shop).id
    made = world.act(identity.add_secret, world.adela, shop, b"sealed", "aaaa")
    before = world.contents()
    for other in (world.ana, world.sara):
        with pytest.raises(NotFound):
            world.act(identity.add_secret, other, shop, b"mine", "bbbb")
        with pytest.raises(NotFound):
            world.act(identity.remove_secret, other, made.id)
    with pytest.raises(NotFound):
        world.act(identity.add_secret, world.adela, InboxId(10_000), b"sealed", "aaaa")
    with pytest.raises(NotFound):
        world.act(identity.remove_secret, world.adela, 10_000)
    assert world.contents() == before
