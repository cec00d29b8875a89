"""Who a site's signature names: one visitor for all of their browsers, apart from everybody who only says so."""

from typing import Any

import pytest

from recado.actions import conversations, customers, identity
from recado.actions.customers import Arrival
from recado.db import conversations as rows
from recado.db import inboxes
from recado.desk import SYSTEM
from recado.domain.conversations import CustomerBrief
from recado.domain.customers import RESUME_GRACE_S, RESUME_KEYS_MAX, VERIFIED_KEY_S, VERIFIED_KEYS_MAX, VisitorFace
from recado.domain.errors import Invalid, NotFound
from recado.domain.events import SettingsChanged
from recado.domain.identity import Identity, Signed
from recado.domain.ids import InboxId, InboxKey
from tests.world import BROWSER, HELP, SHOP, World, at_once, canary, holds, new_client_id, overlapping

OTHER = "https://other.example"
NURIA = Identity("user-17", "Nuria Vidal", "nuria@mail.example")


def arrives(world: World, who: Identity | None, resume_key: str | None = None, **where: Any) -> Arrival:
    key, site = where.get("key", world.shop), where.get("site", SHOP)
    signed = None if who is None else Signed(who, where.get("secret") or secret_of(world, key))
    return world.act(customers.arrive, SYSTEM, key, site, resume_key, BROWSER, signed)


def secret_of(world: World, key: InboxKey) -> int:
    """The secret with which an inbox's site signs: the first, made where there is none."""
    for number in world.see(inboxes.list_sealed, key):
        return number
    return world.act(identity.add_secret, world.adela, world.inbox(key).id, b"sealed", "aaaa").id


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
    secret_of(world, world.shop)
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
    (chat,) = arrives(world, Identity("user-17")).conversations
    left = new_client_id(), "adela@desk.example", (), "adela@desk.example"
    world.act(conversations.receive, signed.visitor, chat.id, *left)
    assert customer_of(world, arrives(world, Identity("user-17"))).email is None


def test_an_open_page_goes_on_by_its_keys_until_a_day_after_it_was_signed(world: World) -> None:
    first = came = arrives(world, NURIA)
    for _ in range(4):
        world.clock.pass_s(VERIFIED_KEY_S / 5)
        came = arrives(world, None, came.resume_key)
        assert (came.visitor, came.face.verified) == (first.visitor, True)
    world.clock.pass_s(VERIFIED_KEY_S / 5)
    nobody = arrives(world, None, came.resume_key)
    assert (nobody.visitor != first.visitor, nobody.face.verified) == (True, False)


def test_it_goes_on_by_its_keys_on_each_of_the_inbox_s_sites_and_by_none_of_another(world: World) -> None:
    world.asks(sites=[SHOP, OTHER])
    arrives(world, NURIA)  # first on the one
    first = arrives(world, NURIA, site=OTHER)
    second = arrives(world, None, first.resume_key, site=OTHER)
    assert (second.visitor, second.face.verified) == (first.visitor, True)
    assert arrives(world, None, second.resume_key).visitor != first.visitor


def test_a_page_that_slept_goes_on_whatever_the_same_customer_s_other_browsers_did(world: World) -> None:
    asleep, awake = arrives(world, NURIA), arrives(world, NURIA)
    for _ in range(2 * RESUME_KEYS_MAX):
        world.clock.pass_s(900)
        awake = arrives(world, None, awake.resume_key)
        assert arrives(world, NURIA).visitor == asleep.visitor
    assert arrives(world, None, asleep.resume_key).visitor == asleep.visitor


def test_of_a_page_s_keys_the_use_of_one_soon_ends_those_before(world: World) -> None:
    first = arrives(world, NURIA)
    second = arrives(world, None, first.resume_key)
    arrives(world, None, second.resume_key)
    world.clock.pass_s(RESUME_GRACE_S - 5)
    assert arrives(world, None, first.resume_key).visitor == first.visitor
    world.clock.pass_s(10)
    assert arrives(world, None, first.resume_key).visitor != first.visitor


def test_of_very_many_signed_visits_the_newest_keep_their_keys(world: World) -> None:
    came = [arrives(world, NURIA) for _ in range(VERIFIED_KEYS_MAX + 20)]
    mine = [row for row in world.contents()["resume_keys"] if came[0].visitor.id in row]
    assert len(mine) <= VERIFIED_KEYS_MAX + 1
    assert arrives(world, None, came[-VERIFIED_KEYS_MAX // 2].resume_key).visitor == came[0].visitor
    assert arrives(world, None, came[0].resume_key).visitor != came[0].visitor


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_secrets_hold_while_a_site_changes_over_and_no_third(world: World) -> None:
    shop, since = world.inbox(world.shop).id, world.mark
    old = world.act(identity.add_secret, world.adela, shop, b"old", "aaaa")
    world.act(identity.add_secret, world.adela, shop, b"new", "bbbb")
    assert list(world.see(inboxes.list_sealed, world.shop).values()) == [b"old", b"new"]
    with pytest.raises(Invalid) as refused:
        world.act(identity.add_secret, world.adela, shop, b"third", "cccc")
    assert refused.value.fault == "too_many"
    world.act(identity.remove_secret, world.adela, old.id)
    assert list(world.see(inboxes.list_sealed, world.shop).values()) == [b"new"]
    assert world.see(inboxes.list_sealed, world.help) == {}
    assert world.heard(world.ana, since) == [SettingsChanged()] * 3


def test_with_a_secret_ends_every_key_that_goes_back_to_it_and_no_other(world: World) -> None:
    old = secret_of(world, world.shop)
    new = world.act(identity.add_secret, world.adela, world.inbox(world.shop).id, b"new", "bbbb").id
    before, after = arrives(world, NURIA, secret=old), arrives(world, NURIA, secret=new)
    anonymous = arrives(world, None)
    follows = arrives(world, None, before.resume_key)
    assert follows.visitor == before.visitor == after.visitor
    world.act(identity.remove_secret, world.adela, old)
    for key in (before.resume_key, follows.resume_key):
        assert arrives(world, None, key).face.verified is False
    assert arrives(world, None, after.resume_key).visitor == before.visitor
    assert arrives(world, None, anonymous.resume_key).visitor == anonymous.visitor


def test_a_signature_whose_secret_was_removed_meanwhile_lets_nobody_in(world: World) -> None:
    old = secret_of(world, world.shop)
    first = arrives(world, NURIA, secret=old)
    world.act(identity.remove_secret, world.adela, old)
    # A secret that is made now may have the number of the one that has gone.
    secret_of(world, world.shop)
    assert arrives(world, None, first.resume_key).face.verified is False
    before = world.contents()
    with pytest.raises(Invalid) as refused:
        arrives(world, NURIA, secret=10_000)
    assert (refused.value.field, refused.value.fault) == ("identity", "signature")
    assert world.contents() == before


@pytest.mark.parametrize("by_key", [True, False])
def test_who_comes_while_their_secret_is_removed_keeps_no_key_to_it(world: World, *, by_key: bool) -> None:
    secret = secret_of(world, world.shop)
    first = arrives(world, NURIA)
    signed, key = (None, first.resume_key) if by_key else (Signed(NURIA, secret), None)
    came, gone = overlapping(
        world,
        lambda tx: customers.arrive(tx, SYSTEM, world.shop, SHOP, key, BROWSER, signed),
        lambda tx: identity.remove_secret(tx, world.adela, secret),
    )
    assert isinstance(came, Arrival)
    assert gone is None
    assert (came.face.verified, arrives(world, None, came.resume_key).face.verified) == (True, False)


@pytest.mark.parametrize("by_key", [True, False])
def test_who_comes_just_after_is_nobody(world: World, *, by_key: bool) -> None:
    secret = secret_of(world, world.shop)
    first = arrives(world, NURIA)
    signed, key = (None, first.resume_key) if by_key else (Signed(NURIA, secret), None)
    gone, came = overlapping(
        world,
        lambda tx: identity.remove_secret(tx, world.adela, secret),
        lambda tx: customers.arrive(tx, SYSTEM, world.shop, SHOP, key, BROWSER, signed),
    )
    assert gone is None
    assert isinstance(came, Arrival | Invalid), came
    assert isinstance(came, Invalid) or not came.face.verified


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
