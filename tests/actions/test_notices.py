"""What notifies operators: each one's own affair, an admin's word for who has not chosen, and who hears of either."""

import pytest
from msgspec.structs import replace

from recado.actions import direct_people, directs, notices, queue
from recado.actions.notices import NoticesChanges
from recado.db import audit as log
from recado.db import notices as rows
from recado.db.changes import versions
from recado.domain.actors import Operator
from recado.domain.audit import Kind
from recado.domain.directs import Alerts
from recado.domain.errors import Invalid, NotFound, Outdated, Taken
from recado.domain.events import NoticesChanged, SettingsChanged
from recado.domain.ids import ConversationId
from recado.domain.notices import BUILT_IN, DND_MAX_US, Chosen, Quiet
from tests.flows.talking import started
from tests.world import SHOP, World, at_once

NIGHT = Quiet(22 * 60, 7 * 60, [0, 1, 2, 3, 4, 5, 6])


def chooses(world: World, who: Operator, chosen: Chosen) -> None:
    world.act(notices.change, who, NoticesChanges(chosen))


def alerts_of(world: World, who: Operator) -> dict[ConversationId, Alerts]:
    return world.see(rows.get, who.id).alerts


def test_who_has_chosen_nothing_hears_of_everything(world: World) -> None:
    state = world.see(rows.get_for, world.ana)
    assert (state.chosen, state.defaults, state.notices.choices) == (Chosen(), BUILT_IN, BUILT_IN)
    assert (state.notices.zone, state.notices.dnd_until, state.notices.alerts) == (None, None, {})


def test_what_one_chooses_holds_for_oneself_alone(world: World) -> None:
    since, chosen = world.mark, Chosen(customers="mine", quiet=NIGHT, email=False)
    state = world.act(notices.change, world.ana, NoticesChanges(chosen, "Europe/Madrid"))
    assert state == world.see(rows.get_for, world.ana)
    assert state.chosen == chosen
    assert state.notices.choices == replace(BUILT_IN, customers="mine", quiet=NIGHT, email=False)
    assert state.notices.zone == "Europe/Madrid"
    assert world.see(rows.get, world.bruno.id).choices == BUILT_IN
    assert world.heard(world.ana, since) == [NoticesChanged(state.notices)]
    assert [world.heard(one, since) for one in (world.bruno, world.sara, world.adela)] == [[], [], []]


def test_choosing_anew_takes_the_place_of_all_that_was_chosen(world: World) -> None:
    chooses(world, world.ana, Chosen(customers="none", push=False))
    chooses(world, world.ana, Chosen(internal="none"))
    assert world.see(rows.get_for, world.ana).chosen == Chosen(internal="none")
    world.act(notices.change, world.ana, NoticesChanges(zone="Asia/Tokyo"))
    assert world.see(rows.get_for, world.ana).chosen == Chosen(internal="none"), "a zone is no choice"
    since = world.mark
    world.act(notices.change, world.ana, NoticesChanges())
    assert world.heard(world.ana, since) == []


def test_what_can_be_no_choice_is_refused(world: World) -> None:
    for changes in (NoticesChanges(zone="Europe/Nowhere"), NoticesChanges(Chosen(quiet=Quiet(60, 60, [0])))):
        with pytest.raises(Invalid):
            world.act(notices.change, world.ana, changes)
    now = world.clock()
    for until in (now - 1, now + DND_MAX_US + 60_000_000):
        with pytest.raises(Invalid):
            world.act(notices.disturb_not, world.ana, until)


def test_one_is_left_alone_until_a_time_or_until_one_says_otherwise(world: World) -> None:
    until = world.clock() + 3_600_000_000
    assert world.act(notices.disturb_not, world.ana, until).dnd_until == until
    since = world.mark
    assert world.act(notices.disturb_not, world.ana, None).dnd_until is None
    assert [one.notices.dnd_until for one in world.heard(world.ana, since)] == [None]


def test_what_is_changed_is_always_later_than_before(world: World) -> None:
    """Also where the clock has gone back: of two pictures of it, the later one is true."""
    first = world.act(notices.disturb_not, world.ana, world.clock() + 3_600_000_000)
    world.clock.pass_s(-600)
    assert world.act(notices.disturb_not, world.ana, None).at > first.at
    moments = at_once(6, lambda _: world.act(notices.disturb_not, world.ana, None).at)
    assert len(set(moments)) == 6


# ── single conversations ─────────────────────────────────────────────────────────────────────────────────────────


def test_one_hears_of_a_conversation_what_one_wants(world: World) -> None:
    mine, waits = world.attended(world.ana, world.lucia), world.waiting(world.julian)
    world.act(notices.hear, world.ana, mine.id, "mentions")
    world.act(notices.hear, world.ana, waits.id, "none")
    world.act(notices.hear, world.bruno, waits.id, "mentions")
    assert alerts_of(world, world.ana) == {mine.id: "mentions", waits.id: "none"}
    assert alerts_of(world, world.bruno) == {waits.id: "mentions"}
    world.act(notices.hear, world.ana, mine.id, "none")
    assert world.act(notices.hear, world.ana, waits.id, "all").alerts == {mine.id: "none"}


def test_so_it_is_with_direct_conversations_beside_what_one_knows_of_each(world: World) -> None:
    which = started(world, world.bruno)
    since = world.mark
    world.act(directs.hear, world.bruno, which, "mentions")
    now = world.see(rows.get, world.bruno.id)
    assert now.directs == {which: "mentions"}
    assert NoticesChanged(now) in world.heard(world.bruno, since)
    assert world.heard(world.ana, since) == []
    world.act(direct_people.leave, world.bruno, which)
    world.act(direct_people.add, world.ana, which, [world.bruno.id], from_start=False)
    assert world.see(rows.get, world.bruno.id) == now
    world.act(directs.hear, world.bruno, which, "all")
    assert world.see(rows.get, world.bruno.id).directs == {}


def test_of_what_one_may_not_read_one_says_nothing(world: World) -> None:
    chat = world.attended(world.ana)
    for who, refusal in ((world.bruno, Taken), (world.clara, NotFound), (world.adela, NotFound)):
        before, since = world.contents(), world.mark
        with pytest.raises(refusal):
            world.act(notices.hear, who, chat.id, "none")
        assert (world.contents(), world.mark) == (before, since)


def test_a_conversation_of_which_one_does_not_hear_stays_so_when_it_has_come_back(world: World) -> None:
    chat = world.attended(world.ana)
    world.act(notices.hear, world.ana, chat.id, "none")
    world.act(queue.close, world.ana, chat.id)
    world.writes(world.lucia, "One more thing")
    assert alerts_of(world, world.ana) == {chat.id: "none"}


def test_of_many_those_set_last_are_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "ALERTS_MAX", 2)
    chats = [world.waiting(world.comes(world.shop, SHOP)).id for _ in range(3)]
    for which in (*chats, chats[1]):
        world.act(notices.hear, world.ana, which, "none")
    world.act(notices.hear, world.bruno, chats[0], "none")
    world.act(notices.hear, world.ana, chats[0], "mentions")
    assert alerts_of(world, world.ana) == {chats[0]: "mentions", chats[1]: "none"}
    assert alerts_of(world, world.bruno) == {chats[0]: "none"}


# ── for who has not chosen ───────────────────────────────────────────────────────────────────────────────────────


def test_an_admin_chooses_for_who_has_not(world: World) -> None:
    chooses(world, world.ana, Chosen(internal="none"))
    before, since = world.see(versions), world.mark
    choices = replace(BUILT_IN, customers="mine", internal="mentions", quiet=replace(NIGHT, days=[6, 0, 6]))
    made = world.act(notices.change_defaults, world.adela, choices, 0)
    assert made == world.see(rows.get_defaults)
    assert made.choices == replace(choices, quiet=replace(NIGHT, days=[0, 6]))
    assert world.see(rows.get, world.bruno.id).choices == made.choices
    assert world.see(rows.get, world.ana.id).choices == replace(made.choices, internal="none")
    assert [world.heard(one, since) for one in world.team] == [[SettingsChanged()]] * 5
    now = world.see(versions)
    assert (now.people, now.replies) == (before.people, before.replies)
    assert now.settings != before.settings, "other processes see it"
    line = world.see(log.list_page).items[0]
    assert (line.kind, line.operator, line.detail) == (
        Kind.NOTICES_CHANGED,
        world.adela.id,
        {"fields": ["customers", "internal", "quiet"]},
    )


def test_only_an_admin_does_and_over_nobody_who_was_quicker(world: World) -> None:
    for who in (world.ana, world.sara):
        with pytest.raises(NotFound):
            world.act(notices.change_defaults, who, BUILT_IN)
    world.act(notices.change_defaults, world.adela, replace(BUILT_IN, push=False), 0)
    with pytest.raises(Outdated):
        world.act(notices.change_defaults, world.adela, replace(BUILT_IN, email=False), 0)
    again = at_once(2, lambda one: world.act(notices.change_defaults, world.adela, replace(BUILT_IN, push=one == 0), 1))
    assert sum(isinstance(one, Outdated) for one in again) == 1
    assert world.see(rows.get_defaults).version == 2


def test_choices_are_no_news_to_the_team(world: World) -> None:
    before = world.see(versions)
    chooses(world, world.ana, Chosen(push=False))
    world.act(notices.hear, world.ana, world.waiting().id, "none")
    assert world.see(versions) == before
