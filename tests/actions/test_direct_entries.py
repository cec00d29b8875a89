"""One's own messages in a direct conversation: changed, deleted, taken back; the counts follow."""

import pytest

from recado.actions import direct_entries, directs
from recado.db import directs as rows
from recado.domain.actors import Operator
from recado.domain.directs import EDIT_S, DirectRow
from recado.domain.errors import Gone, Late, NotFound, Outdated, Seen
from recado.domain.events import DirectChanged
from tests.actions.test_direct_people import bodies
from tests.actions.test_directs import box, says, starts, unread
from tests.world import World


def test_an_edit_is_told_to_those_who_take_part_and_shows_in_the_list(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    since = len(world.recorder.told)
    sent = world.act(direct_entries.edit, world.ana, direct.id, 1, "Have you an hour?", 0)
    assert (sent.entry.body, sent.entry.edits, sent.direct.excerpt) == ("Have you an hour?", 1, "Have you an hour?")
    for one in (world.ana, world.bruno):
        (event,) = (heard for heard in world.recorder.heard(one, since) if isinstance(heard, DirectChanged))
        assert event.entries == [sent.entry]
    assert not world.recorder.heard(world.adela, since)
    with pytest.raises(Outdated):
        world.act(direct_entries.edit, world.ana, direct.id, 1, "Have you a day?", 0)


def test_only_ones_own_is_changed_and_only_for_a_while(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    for other in (world.bruno, world.adela):
        _each_is_refused(world, other, direct, NotFound)
    world.clock.pass_s(EDIT_S + 1)
    _each_is_refused(world, world.ana, direct, Late)


def _each_is_refused(world: World, who: Operator, direct: DirectRow, error: type[Exception]) -> None:
    with pytest.raises(error):
        world.act(direct_entries.edit, who, direct.id, 1, "No", 0)
    for action in (direct_entries.delete, direct_entries.undo):
        with pytest.raises(error):
            world.act(action, who, direct.id, 1)


def test_what_is_deleted_leaves_the_line_of_what_was_said_before(world: World) -> None:
    direct = starts(world, world.ana, world.bruno, body="one")
    says(world, world.bruno, direct, "two")
    sent = world.act(direct_entries.delete, world.bruno, direct.id, 2)
    assert (sent.entry.gone, sent.direct.excerpt, sent.direct.excerpt_author) == ("deleted", "one", world.ana.id)
    assert bodies(world, world.ana, direct) == ["one", ""]
    with pytest.raises(Gone):
        world.act(direct_entries.edit, world.bruno, direct.id, 2, "Again", 0)


def test_what_is_taken_back_unseen_was_never_counted(world: World) -> None:
    direct = starts(world, world.ana, world.bruno)
    world.act(directs.read, world.bruno, direct.id, 1)
    says(world, world.ana, direct, "Oh, forget it")
    assert (unread(world, world.bruno), world.see(rows.count, world.bruno).inbox) == ([1], 1)
    world.act(direct_entries.undo, world.ana, direct.id, 2)
    assert (unread(world, world.bruno), world.see(rows.count, world.bruno).inbox) == ([0], 0)
    assert [item.direct.count - item.own.seen for item in box(world, world.ana, "sent")] == [0]
    says(world, world.ana, direct, "Another thing")
    says(world, world.bruno, direct, "Yes?")
    assert (unread(world, world.ana), unread(world, world.bruno)) == ([1], [1])


def test_what_one_of_the_others_has_seen_is_not_taken_back(world: World) -> None:
    direct = starts(world, world.ana, world.bruno, world.clara)
    world.act(directs.read, world.clara, direct.id, 1)
    with pytest.raises(Seen):
        world.act(direct_entries.undo, world.ana, direct.id, 1)
