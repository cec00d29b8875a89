"""Who comes later into a direct conversation reads what they were given, in every door; who leaves reads nothing."""

import pytest

from recado.actions import direct_entries, direct_people, directs
from recado.db import direct_people as people
from recado.db import directs as rows
from recado.db import entry_pages, openings
from recado.db.entry_pages import Place
from recado.domain.actors import Operator
from recado.domain.directs import DirectRow
from recado.domain.errors import Failure, Invalid, NotFound
from recado.domain.events import DirectLeft
from recado.domain.threads import Entry
from tests.actions.test_directs import box, says, starts, unread
from tests.world import EPOCH, World, at_once, canary, holds, new_client_id


def read_by(world: World, me: Operator, direct: DirectRow) -> list[Entry]:
    """All that somebody reads of it, by each way that pages go."""
    mine = world.see(rows.get, me, direct.id)
    thread, floor = mine.direct.counters.thread, mine.own.floor
    newest, more = world.see(entry_pages.list_before, thread.id, None, 100, floor)
    assert not more
    for place in (Place(before=2**62), Place(after=0), Place(around=1), Place(at=0), Place(at=2**61)):
        page = world.see(entry_pages.read, thread, place, 100, floor)
        assert {one.seq for one in page.entries} <= {one.seq for one in newest}
    changed = world.see(entry_pages.list_changed, thread.id, 0, 100, floor)
    assert changed is not None
    assert [one.seq for one in changed] == [one.seq for one in newest]
    return newest


def bodies(world: World, me: Operator, direct: DirectRow) -> list[str]:
    return [one.body for one in read_by(world, me, direct) if one.kind == "note"]


def test_who_is_added_from_now_on_reads_nothing_of_before_by_any_door(world: World) -> None:
    word = canary()
    direct = starts(world, world.ana, world.bruno, body=word)
    says(world, world.bruno, direct, f"{word} again")
    since = len(world.recorder.told)
    row = world.act(direct_people.add, world.ana, direct.id, [world.clara.id], from_start=False)
    assert row.people == sorted([world.ana.id, world.bruno.id, world.clara.id])
    assert (row.excerpt, row.excerpt_author) == ("", None)
    said = says(world, world.ana, direct, "Clara is here now")
    assert bodies(world, world.clara, direct) == ["Clara is here now"]
    assert bodies(world, world.bruno, direct) == [word, f"{word} again", "Clara is here now"]
    world.act(direct_entries.edit, world.bruno, direct.id, 2, f"{word} changed", 0)
    world.act(direct_entries.delete, world.ana, direct.id, said.sent.entry.seq)
    assert not holds(world.recorder.heard(world.clara, since), word)
    assert not holds([item.direct for item in box(world, world.clara, "inbox")], word)
    assert holds(world.recorder.heard(world.ana, since), word)


def test_who_is_added_with_what_was_said_reads_what_the_one_who_adds_reads(world: World) -> None:
    direct = starts(world, world.ana, world.bruno, body="one")
    says(world, world.bruno, direct, "two")
    world.act(direct_people.add, world.ana, direct.id, [world.clara.id], from_start=False)
    says(world, world.ana, direct, "three")
    world.act(direct_people.add, world.clara, direct.id, [world.sara.id], from_start=True)
    assert bodies(world, world.sara, direct) == ["three"]
    assert unread(world, world.sara) == [1]
    world.act(direct_people.add, world.bruno, direct.id, [world.adela.id], from_start=True)
    assert bodies(world, world.adela, direct) == ["one", "two", "three"]
    lines = [(one.activity.kind, one.mentions) for one in read_by(world, world.ana, direct) if one.activity]
    assert lines == [("added", [world.clara.id]), ("shown_all", [world.sara.id]), ("shown_all", [world.adela.id])]


def test_what_not_everybody_may_read_is_not_quoted(world: World) -> None:
    direct = starts(world, world.ana, world.bruno, body="one")
    world.act(direct_people.add, world.ana, direct.id, [world.clara.id], from_start=False)
    for person, fault in ((world.bruno, "private"), (world.clara, "unknown")):
        with pytest.raises(Invalid) as refused:
            world.act(directs.post, person, direct.id, new_client_id(), "See here", (), 1)
        assert (refused.value.field, refused.value.fault) == ("quote", fault)
    third = says(world, world.ana, direct, "three").sent.entry.seq
    quoted = world.act(directs.post, world.clara, direct.id, new_client_id(), "Yes", (), third).sent.entry.quote
    assert quoted is not None
    assert (quoted.seq, quoted.text) == (third, "three")


def test_who_leaves_reads_nothing_of_it_any_more_and_hears_only_that(world: World) -> None:
    word = canary()
    direct = starts(world, world.ana, world.bruno, world.clara)
    since = len(world.recorder.told)
    world.act(direct_people.leave, world.clara, direct.id)
    says(world, world.ana, direct, word)
    assert world.see(rows.find, world.clara, direct.id) is None
    assert [type(event) for event in world.recorder.heard(world.clara, since)] == [DirectLeft]
    assert box(world, world.ana, "sent")[0].direct.people == sorted([world.ana.id, world.bruno.id])
    with pytest.raises(NotFound):
        says(world, world.clara, direct, "And I")
    world.act(direct_people.add, world.ana, direct.id, [world.clara.id], from_start=False)
    assert bodies(world, world.clara, direct) == []
    assert (unread(world, world.clara), world.see(rows.count, world.clara).inbox) == ([0], 0)


def test_who_takes_part_is_not_added_again_and_strangers_add_nobody(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    row = world.act(direct_people.add, world.ana, direct.id, [world.bruno.id], from_start=True)
    assert (row.version, row.people) == (direct.version, direct.people)
    for action in (
        lambda: world.act(direct_people.add, world.adela, direct.id, [world.adela.id], from_start=True),
        lambda: world.act(direct_people.leave, world.adela, direct.id),
        lambda: world.act(direct_people.rename, world.adela, direct.id, "Mine"),
    ):
        with pytest.raises(NotFound):
            action()


def test_a_name_is_everybodys_and_a_line_says_who_gave_it(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    row = world.act(direct_people.rename, world.bruno, direct.id, "  Stocktaking ")
    assert row.name == "Stocktaking"
    assert box(world, world.ana, "sent")[0].direct.name == "Stocktaking"
    last = read_by(world, world.ana, direct)[-1]
    assert (last.author, last.activity and last.activity.kind, last.body) == (world.bruno.author, "renamed", row.name)
    assert unread(world, world.bruno) == [1]
    assert world.act(direct_people.rename, world.ana, direct.id, "Stocktaking").version == row.version
    assert world.act(direct_people.rename, world.ana, direct.id, " ").name is None


def test_who_can_be_written_to_is_everybody_who_is_not_disabled(world: World) -> None:
    world.disables(world.clara)
    found = {one.id: one for one in world.see(people.list_contacts, world.ana)}
    assert found.keys() == {one.id for one in world.team} - {world.ana.id, world.clara.id}
    bruno = found[world.bruno.id]
    assert (bruno.username, bruno.departments) == ("bruno", [world.department("Ventas")])


def test_what_was_said_is_taken_back_though_somebody_came_after_it(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    seq = says(world, world.ana, direct, "Oh, forget it").sent.entry.seq
    world.act(direct_people.add, world.bruno, direct.id, [world.clara.id], from_start=False)
    says(world, world.bruno, direct, "Welcome")
    world.act(direct_entries.undo, world.ana, direct.id, seq)
    assert world.see(openings.open_direct, world.clara, direct.id, EPOCH).readable == 1
    assert (unread(world, world.clara), unread(world, world.bruno)) == ([1], [1])
    world.act(direct_people.add, world.clara, direct.id, [world.sara.id], from_start=True)
    assert world.see(openings.open_direct, world.sara, direct.id, EPOCH).readable == 1


@pytest.mark.parametrize("from_start", [pytest.param(True, id="all"), pytest.param(False, id="from now on")])
def test_how_much_one_may_read_is_known_without_counting_it(world: World, *, from_start: bool) -> None:
    direct = starts(world, world.ana, world.bruno)
    world.act(direct_people.add, world.ana, direct.id, [world.clara.id], from_start=False)
    says(world, world.bruno, direct, "Hello Clara")
    world.act(direct_people.add, world.clara, direct.id, [world.sara.id], from_start=from_start)
    says(world, world.bruno, direct, "Hello Sara")
    found = [world.see(openings.open_direct, one, direct.id, EPOCH).readable for one in (world.ana, world.clara)]
    assert found == [3, 2]
    assert world.see(openings.open_direct, world.sara, direct.id, EPOCH).readable == (2 if from_start else 1)
    assert unread(world, world.sara) == ([2] if from_start else [1])


def test_what_one_said_before_one_left_is_not_unread_to_whoever_comes_back(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    seq = says(world, world.bruno, direct, "Yes?").sent.entry.seq
    world.act(direct_people.leave, world.bruno, direct.id)
    world.act(direct_people.add, world.ana, direct.id, [world.bruno.id], from_start=True)
    assert unread(world, world.bruno) == [1]
    world.act(direct_entries.undo, world.bruno, direct.id, seq)
    assert unread(world, world.bruno) == [1]
    world.act(directs.read, world.bruno, direct.id, 1)
    assert unread(world, world.bruno) == [0]


def test_all_who_are_added_at_once_stand_among_the_people(world: World) -> None:
    new = (world.clara, world.sara, world.adela)
    for _ in range(6):
        direct = starts(world, world.ana, world.bruno)

        def add(number: int, direct: DirectRow = direct) -> object:
            who = (world.ana, world.bruno)[number % 2]
            return world.act(direct_people.add, who, direct.id, [new[number].id], from_start=False)

        assert not [one for one in at_once(3, add) if isinstance(one, Exception)]
        assert world.see(rows.get, world.ana, direct.id).direct.people == sorted(one.id for one in world.team)


def test_whoever_comes_goes_says_and_reads_at_once_leaves_all_numbers_right(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    moves = (
        lambda _: world.act(direct_people.add, world.ana, direct.id, [world.clara.id], from_start=False),
        lambda _: world.act(direct_people.add, world.bruno, direct.id, [world.clara.id], from_start=True),
        lambda number: says(world, world.ana, direct, f"line {number}"),
        lambda _: world.act(direct_people.leave, world.clara, direct.id),
        lambda number: world.act(directs.read, world.bruno, direct.id, number),
    )
    came = at_once(20, lambda number: moves[number % len(moves)](number))
    assert not [one for one in came if isinstance(one, Exception) and not isinstance(one, Failure)]
    mine = world.see(rows.get, world.ana, direct.id)
    assert set(mine.direct.people) == set(world.see(people.list_floors, direct.id))
    entries = read_by(world, world.ana, direct)
    assert sorted({one.seq for one in entries}) == list(range(1, mine.direct.counters.thread.seq + 1))
    said = {one.seq for one in entries if one.kind == "note"}
    assert (mine.direct.counters.thread.inbound_count, mine.own.seen) == (len(said), len(said))
