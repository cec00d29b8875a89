"""A visitor comes, comes back by their key, and says who they are."""

from typing import Any

import pytest

from recado.actions import conversations, customers, queue
from recado.actions.customers import Arrival, SiteRefused
from recado.db import backgrounds
from recado.db import conversations as rows
from recado.desk import SYSTEM
from recado.domain.chats import ChatSettings
from recado.domain.conversations import CustomerBrief
from recado.domain.customers import RESUME_GRACE_S, RESUME_KEY_S, RESUME_KEYS_MAX
from recado.domain.errors import Invalid, NotFound
from recado.domain.events import MessagePosted
from recado.domain.ids import ConversationId, InboxKey, PublicId
from tests.world import BROWSER, HELP, SHOP, Chat, World, at_once, canary, holds, new_client_id


def arrives(world: World, resume_key: str | None = None, **where: Any) -> Arrival:
    return world.act(
        customers.arrive, SYSTEM, where.get("key", world.shop), where.get("site", SHOP), resume_key, BROWSER
    )


def says(world: World, name: str | None, email: str | None) -> CustomerBrief:
    """What operators see of a visitor who says this with their first message."""
    sent = world.act(conversations.open_or_receive, world.lucia, new_client_id(), "Hello", name, email).sent
    which = world.number_of(sent.conversation.id)  # type: ignore[arg-type, union-attr]
    return world.see(rows.get, which).row().customer


# ── coming back ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_key_of_the_last_visit_brings_back_the_same_visitor_with_what_is_theirs(world: World) -> None:
    first, word = arrives(world), canary()
    world.writes(first.visitor, word)
    again = arrives(world, first.resume_key)
    assert again.visitor == first.visitor
    assert [one.seq for one in again.conversations] == [1]


def test_without_a_key_one_is_somebody_new_who_sees_nothing(world: World) -> None:
    first = arrives(world)
    world.writes(first.visitor, "Hello")
    stranger = arrives(world)
    assert stranger.visitor != first.visitor
    assert stranger.conversations == []


def test_each_use_gives_another_key_and_its_use_soon_ends_the_one_before(world: World) -> None:
    first = arrives(world)
    second = arrives(world, first.resume_key)
    assert second.resume_key != first.resume_key
    third = arrives(world, second.resume_key)
    world.clock.pass_s(RESUME_GRACE_S - 5)
    assert arrives(world, first.resume_key).visitor == first.visitor
    world.clock.pass_s(10)
    assert arrives(world, first.resume_key).visitor != first.visitor
    assert arrives(world, third.resume_key).visitor == first.visitor


def test_a_lost_answer_loses_nobody_their_history(world: World) -> None:
    first = arrives(world)
    for _ in range(2 * RESUME_KEYS_MAX):
        arrives(world, first.resume_key)
        world.clock.pass_s(RESUME_GRACE_S + 1)
    assert arrives(world, first.resume_key).visitor == first.visitor


def test_two_tabs_that_open_at_once_are_the_same_visitor(world: World) -> None:
    first = arrives(world)
    outcomes = at_once(4, lambda _: arrives(world, first.resume_key))
    assert {one.visitor for one in outcomes if isinstance(one, Arrival)} == {first.visitor}, outcomes
    keys = [one.resume_key for one in outcomes if isinstance(one, Arrival)]
    assert len(set(keys)) == 4
    assert {arrives(world, key).visitor for key in keys} == {first.visitor}


def test_a_key_that_nobody_uses_dies_in_the_end(world: World) -> None:
    first = arrives(world)
    world.clock.pass_s(RESUME_KEY_S + 1)
    assert arrives(world, first.resume_key).visitor != first.visitor


def test_a_key_opens_nothing_on_another_site_or_inbox(world: World) -> None:
    world.asks(sites=[SHOP, "https://other.example"])
    first = arrives(world)
    assert arrives(world, first.resume_key).visitor == first.visitor
    assert arrives(world, first.resume_key, site="https://other.example").visitor != first.visitor
    assert arrives(world, first.resume_key, key=world.help, site=HELP).visitor != first.visitor


def test_only_the_hash_of_a_key_is_stored(world: World) -> None:
    first = arrives(world)
    assert not holds(world.contents(), first.resume_key)
    assert len(first.resume_key) >= 22


@pytest.mark.parametrize("site", ["https://evil.example", "http://shop.example", f"{SHOP}.evil.example", "null", ""])
def test_another_site_is_refused_and_no_visitor_is_made(world: World, site: str) -> None:
    before = world.count("visitors")
    with pytest.raises(SiteRefused):
        arrives(world, site=site)
    assert world.count("visitors") == before


def test_an_unknown_inbox_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        arrives(world, key=InboxKey("unknown"))


# ── saying who one is ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_visitor_says_is_shown_as_said_and_proves_nothing(world: World) -> None:
    said = says(world, "  Lucía   Pérez ", "lucia@mail.example")
    assert (said.name, said.email, said.verified) == ("Lucía Pérez", "lucia@mail.example", False)


def test_who_has_said_it_is_not_asked_again_and_cannot_change_it(world: World) -> None:
    first = says(world, "Lucía", None)
    assert says(world, "Somebody else", "other@mail.example") == first
    assert world.count("customers") == 1


def test_the_same_address_joins_nobody_to_anybody(world: World) -> None:
    says(world, None, "shared@mail.example")
    word = canary()
    world.writes(world.lucia, word)
    visit = world.act(
        conversations.open_or_receive, world.julian, new_client_id(), "Me too", None, "shared@mail.example"
    ).sent
    assert world.count("customers") == 2
    assert not holds(visit, word)
    assert not holds(world.heard(world.julian), word)
    assert holds(world.heard(world.lucia), word)


def test_nothing_said_is_nobody(world: World) -> None:
    assert says(world, " ", None) == CustomerBrief(None, None, None, verified=False, visitor=world.lucia.id)
    assert world.count("customers") == 0


@pytest.mark.parametrize("field", ["name", "email"])
def test_what_the_inbox_demands_must_be_said(world: World, field: str) -> None:
    world.asks(**{f"ask_{field}": "required"})
    with pytest.raises(Invalid) as refused:
        says(world, None, None)
    assert (refused.value.field, refused.value.fault) == (field, "empty")
    assert world.count("conversations") == 0
    assert says(world, "Lucía", "lucia@mail.example").id is not None


def test_what_the_inbox_does_not_ask_is_not_kept(world: World) -> None:
    world.asks(ask_name="no", ask_email="no", chat=ChatSettings(ask_when_away=False))
    assert says(world, "Lucía", "lucia@mail.example").id is None


@pytest.mark.parametrize(
    ("name", "email", "field"),
    [
        ("a\nb", None, "name"),
        ("a\0b", None, "name"),
        ("a\ud800", None, "name"),
        ("a" * 121, None, "name"),
        (None, "not an address", "email"),
        (None, "a@b", "email"),
        (None, "a@b..example", "email"),
        (None, "a@mail.example\r\nBcc: b@mail.example", "email"),
        (None, "a" * 250 + "@mail.example", "email"),
    ],
)
def test_what_is_no_name_or_address_is_refused_by_its_field(
    world: World, name: str | None, email: str | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        says(world, name, email)
    assert refused.value.field == field
    assert world.count("conversations") == 0


def leaves(world: World, chat: Chat, email: str, client_id: str | None = None) -> None:
    said = client_id or new_client_id(), email, ()
    world.act(conversations.receive, world.lucia, PublicId(chat.public_id), *said, email)


def known(world: World, chat: Chat) -> tuple[str | None, str | None]:
    customer = world.see(rows.get, ConversationId(chat.id)).row().customer
    return customer.name, customer.email


def test_an_address_can_be_left_after_the_first_message_too_and_is_left_once(world: World) -> None:
    chat = world.waiting(world.lucia)
    assert known(world, chat) == (None, None)
    mark = world.mark
    once = new_client_id()
    for _ in range(2):
        leaves(world, chat, "lucia@example.com", once)
    assert known(world, chat) == (None, "lucia@example.com")
    (told,) = [told.event for told in world.recorder.told[mark:] if isinstance(told.event, MessagePosted)]
    assert isinstance(told, MessagePosted)
    assert told.conversation.customer.email == "lucia@example.com"
    leaves(world, chat, "another@example.com")
    assert known(world, chat) == (None, "lucia@example.com")


def test_whoever_has_only_said_their_name_can_leave_an_address(world: World) -> None:
    first = new_client_id(), "Hola", "Lucía", None
    world.act(conversations.open_or_receive, world.lucia, *first)
    chat = world.chats()[-1]
    leaves(world, chat, "lucia@example.com")
    assert known(world, chat) == ("Lucía", "lucia@example.com")


def test_an_address_that_is_left_changes_nothing_that_is_shown_of_earlier_conversations(world: World) -> None:
    for told in ("Hola", "Otra vez"):
        world.act(conversations.open_or_receive, world.lucia, new_client_id(), told, "Lucía", None)
        if told == "Hola":
            world.answers(world.ana, world.chats()[-1].id, "Hi")
            world.act(queue.close, world.ana, world.chats()[-1].id)
            world.later()
    old, new = world.chats()
    before = world.see(rows.get, old.id).row()
    assert before.customer == world.see(rows.get, new.id).row().customer
    leaves(world, new, "lucia@example.com")
    assert (world.see(rows.get, old.id).row(), known(world, new)) == (before, ("Lucía", "lucia@example.com"))
    world.act(queue.claim, world.ana, new.id)
    assert [one.id for one in world.see(backgrounds.list_earlier, world.ana, new.id)] == [old.id]


def test_an_address_is_not_kept_where_none_is_asked_for_nor_where_it_is_none(world: World) -> None:
    chat = world.waiting(world.lucia)
    before = world.contents()
    with pytest.raises(Invalid) as wrong:
        leaves(world, chat, "lucia")
    assert wrong.value.field == "email"
    assert world.contents() == before
    world.asks(ask_name="no", ask_email="no", chat=ChatSettings(ask_when_away=False))
    leaves(world, chat, "lucia@example.com")
    assert known(world, chat) == (None, None)
