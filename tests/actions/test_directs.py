"""Operators talk to each other: who takes part has it, counted and in order; nobody else has a byte of it."""

import pytest

from recado.actions import direct_entries, direct_people, directs
from recado.actions.directs import Result
from recado.db import directs as rows
from recado.db import openings
from recado.domain.actors import Operator
from recado.domain.directs import BOXES, Box, DirectItem, DirectRow
from recado.domain.errors import ClientIdReused, Invalid, NotFound
from recado.domain.events import DirectPosted, DirectRead
from tests.world import EPOCH, World, at_once, canary, holds, new_client_id


def starts(world: World, me: Operator, *others: Operator, body: str = "Have you a minute?", **how: str) -> DirectRow:
    result: Result = world.act(
        directs.start, me, how.pop("client_id", new_client_id()), [one.id for one in others], body, **how
    )
    return result.sent.direct


def says(world: World, me: Operator, direct: DirectRow, body: str) -> Result:
    return world.act(directs.post, me, direct.id, new_client_id(), body)


def box(world: World, me: Operator, name: Box) -> list[DirectItem]:
    return world.see(rows.list_box, me, name, None, 50).items


def unread(world: World, me: Operator) -> list[int]:
    """Of each in the inbox, how much is unread."""
    return [item.direct.count - item.own.seen for item in box(world, me, "inbox")]


def test_it_stands_in_the_starters_sent_and_the_others_inbox(world: World) -> None:
    direct = starts(world, world.ana, world.bruno, world.clara)
    assert direct.people == sorted([world.ana.id, world.bruno.id, world.clara.id])
    assert (direct.excerpt, direct.excerpt_author, direct.count) == ("Have you a minute?", world.ana.id, 1)
    assert [item.direct for item in box(world, world.ana, "sent")] == [direct]
    assert box(world, world.ana, "inbox") == []
    for other in (world.bruno, world.clara):
        assert [item.direct for item in box(world, other, "inbox")] == [direct]
        assert box(world, other, "sent") == []
        assert unread(world, other) == [1]


def test_those_who_take_part_hear_of_it_and_nobody_else(world: World) -> None:
    word = canary()
    since = len(world.recorder.told)
    direct = starts(world, world.ana, world.bruno, body=word)
    says(world, world.bruno, direct, f"{word} too")
    for one in (world.ana, world.bruno):
        heard = [event for event in world.recorder.heard(one, since) if isinstance(event, DirectPosted)]
        assert [event.entries[0].body for event in heard] == [word, f"{word} too"]
    for stranger in (world.clara, world.sara, world.adela, world.lucia):
        assert not holds(world.recorder.heard(stranger, since), word)
        assert not [event for event in world.recorder.heard(stranger, since) if isinstance(event, DirectPosted)]


def test_whoever_does_not_take_part_finds_nothing_whatever_their_role(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    for stranger in (world.clara, world.sara, world.adela):
        assert world.see(rows.find, stranger, direct.id) is None
        assert not any(box(world, stranger, name) for name in BOXES)
        for action, *more in (
            (directs.post, new_client_id(), "I am here, too"),
            (directs.read, 1),
            (directs.put_away,),
            (directs.bring_back,),
            (directs.hear, "none"),
        ):
            with pytest.raises(NotFound):
                world.act(action, stranger, direct.id, *more)


def test_an_answer_comes_into_the_starters_inbox_and_counts_until_it_is_read(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    says(world, world.bruno, direct, "Yes.")
    says(world, world.bruno, direct, "What is it?")
    assert (unread(world, world.ana), world.see(rows.count, world.ana).inbox) == ([2], 1)
    world.act(directs.read, world.ana, direct.id, 2)
    assert (unread(world, world.ana), world.see(rows.count, world.ana).inbox) == ([1], 1)
    world.act(directs.read, world.ana, direct.id, 3)
    assert (unread(world, world.ana), world.see(rows.count, world.ana).inbox) == ([0], 0)


def test_what_one_says_is_no_sign_that_one_has_seen_what_others_wrote(world: World) -> None:
    """It may have been written long ago, where there was no connection, and be sent now."""
    direct = starts(world, world.ana, world.bruno)
    says(world, world.bruno, direct, "Yes.")
    says(world, world.ana, direct, "Good.")
    assert (unread(world, world.ana), unread(world, world.bruno)) == ([1], [2])
    assert world.see(rows.count, world.ana).inbox == 1
    marks = {mark.reader: mark.seq for mark in world.see(openings.open_direct, world.bruno, direct.id, EPOCH).marks}
    assert marks == {world.ana.author: 1, world.bruno.author: 0}
    world.act(directs.read, world.ana, direct.id, 3)
    assert (unread(world, world.ana), world.see(rows.count, world.ana).inbox) == ([0], 0)
    says(world, world.ana, direct, "And another thing.")
    assert unread(world, world.ana) == [0]


def test_whoever_has_left_hears_nothing_by_sending_their_first_message_again(world: World) -> None:
    key, word = new_client_id(), canary()
    direct = starts(world, world.ana, world.bruno, world.clara, client_id=key)
    world.act(direct_people.leave, world.ana, direct.id)
    says(world, world.bruno, direct, word)
    assert holds([world.see(rows.get, world.clara, direct.id).direct.row()], word)
    with pytest.raises(NotFound):
        starts(world, world.ana, world.bruno, world.clara, client_id=key)


def test_whoever_comes_back_reads_nothing_from_before_by_sending_an_old_message_again(world: World) -> None:
    key, word = new_client_id(), canary()
    direct = starts(world, world.ana, world.bruno)
    says(world, world.bruno, direct, "Yes.")
    sent = ("That", (), 2)
    world.act(directs.post, world.ana, direct.id, key, *sent)
    world.act(direct_people.leave, world.ana, direct.id)
    world.act(direct_entries.edit, world.bruno, direct.id, 2, word, 0)
    world.act(direct_people.add, world.bruno, direct.id, [world.ana.id], from_start=False)
    again = world.act(directs.post, world.ana, direct.id, key, *sent)
    assert (again.repeated, again.sent.entry.body, again.sent.entry.quote) == (True, "That", None)
    assert not holds([again], word)


def test_who_has_read_how_far_is_told_to_those_who_take_part(world: World) -> None:
    direct = starts(world, world.ana, world.bruno, world.clara)
    since = len(world.recorder.told)
    world.act(directs.read, world.bruno, direct.id, 1)
    for one in (world.ana, world.bruno, world.clara):
        (read,) = (event for event in world.recorder.heard(one, since) if isinstance(event, DirectRead))
        assert (read.direct, read.mark.reader, read.mark.seq) == (direct.id, world.bruno.author, 1)
    assert not world.recorder.heard(world.sara, since)
    world.act(directs.read, world.bruno, direct.id, 1)
    assert len(world.recorder.heard(world.ana, since)) == 1


def test_a_client_id_is_the_same_conversation_for_ever(world: World) -> None:
    again = new_client_id()
    direct = starts(world, world.ana, world.bruno, client_id=again)
    result = world.act(directs.start, world.ana, again, [world.bruno.id], "Have you a minute?")
    assert (result.repeated, result.sent.direct) == (True, direct)
    for people, body in (([world.clara.id], "Have you a minute?"), ([world.bruno.id], "Another")):
        with pytest.raises(ClientIdReused):
            world.act(directs.start, world.ana, again, people, body)
    with pytest.raises(ClientIdReused):
        world.act(directs.post, world.ana, direct.id, again, "Have you a minute?")


def test_two_pages_that_start_the_same_at_once_start_one(world: World) -> None:
    again = new_client_id()
    started = at_once(4, lambda _: world.act(directs.start, world.ana, again, [world.bruno.id], "A minute?"))
    results = [one for one in started if isinstance(one, Result)]
    assert len({result.sent.direct.id for result in results}) == 1
    assert sorted(result.repeated for result in results) == [False, True, True, True]
    assert len(box(world, world.ana, "sent")) == 1


def test_the_same_people_are_offered_what_they_have(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    starts(world, world.ana, world.bruno, world.clara)
    pair = [world.ana.id, world.bruno.id]
    for one in (world.ana, world.bruno):
        assert [item.direct.id for item in world.see(rows.list_with, one, pair, 5)] == [direct.id]
    for stranger in (world.clara, world.adela):
        assert world.see(rows.list_with, stranger, pair, 5) == []
    assert starts(world, world.ana, world.bruno).id != direct.id


def test_who_is_disabled_missing_or_oneself_alone_is_nobody_to_talk_with(world: World) -> None:
    for people, fault in (([], "nobody"), ([world.ana.id], "nobody"), ([world.bruno.id, 10_000], "unknown")):
        with pytest.raises(Invalid) as refused:
            world.act(directs.start, world.ana, new_client_id(), people, "Hello")
        assert (refused.value.field, refused.value.fault) == ("people", fault)
    assert box(world, world.ana, "sent") == []


def test_what_is_put_away_comes_back_with_the_next_message(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    assert world.act(directs.put_away, world.bruno, direct.id).archived
    assert [item.direct.id for item in box(world, world.bruno, "archived")] == [direct.id]
    assert box(world, world.bruno, "inbox") == []
    assert [item.direct.id for item in box(world, world.ana, "sent")] == [direct.id]
    assert not world.act(directs.bring_back, world.bruno, direct.id).archived
    world.act(directs.put_away, world.bruno, direct.id)
    says(world, world.ana, direct, "Are you there?")
    assert (box(world, world.bruno, "archived"), unread(world, world.bruno)) == ([], [2])


def test_a_list_goes_on_where_a_page_of_it_ends(world: World) -> None:
    made = [starts(world, world.ana, world.bruno, body=f"No. {number}").id for number in range(5)]
    first = world.see(rows.list_box, world.bruno, "inbox", None, 2)
    second = world.see(rows.list_box, world.bruno, "inbox", first.next, 2)
    last = world.see(rows.list_box, world.bruno, "inbox", second.next, 2)
    listed = [item.direct.id for page in (first, second, last) for item in page.items]
    assert (listed, last.next) == (made[::-1], None)
