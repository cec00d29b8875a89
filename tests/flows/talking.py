"""Colleagues who talk to each other with their pages open: what they do in direct conversations, and what is shown."""

from collections.abc import Callable
from typing import Any, NamedTuple

from recado.actions import direct_entries, direct_people, directs
from recado.domain.actors import Operator
from recado.domain.ids import DirectId
from tests.flows.direct_pages import DirectLists, DirectPane, boxes_of, direct_of, shown_direct
from tests.flows.pages import plain
from tests.world import Told, World, new_client_id


class Colleagues:
    """The lists of the whole team, and each direct conversation that somebody may open."""

    def __init__(self, world: World, which: list[DirectId]) -> None:
        self.world = world
        self._since = world.mark
        self.lists = {one.name: DirectLists(world, one) for one in world.team}
        self.open = {
            f"{one.name} {number}": DirectPane(world, one, number)
            for one in world.team
            for number in which
            if direct_of(world, one, number) is not None
        }

    @property
    def pages(self) -> list[DirectLists | DirectPane]:
        return [*self.lists.values(), *self.open.values()]

    def hear(self) -> None:
        """Give everybody what they have heard since they last did."""
        since, self._since = self._since, self.world.mark
        for page in self.pages:
            for event in self.world.heard(page.me, since):
                page.hear(plain(event))

    def hear_again(self, since: int) -> None:
        self._since = since
        self.hear()

    def hear_instead(self, told: list[Told]) -> None:
        """Give everybody what another process tells of what happened since they last heard."""
        self._since = self.world.mark
        for page in self.pages:
            for one in told:
                if one.reaches(page.me):
                    page.hear(plain(one.event))

    def open_what_is_new(self, which: list[DirectId]) -> None:
        """Whoever has come to take part opens it."""
        for one in self.world.team:
            for number in which:
                page = self.open.get(f"{one.name} {number}")
                if (page is None or page.state is None) and direct_of(self.world, one, number) is not None:
                    self.open[f"{one.name} {number}"] = DirectPane(self.world, one, number)

    def check(self) -> None:
        """Compare each page with one that is opened now; its counts are the server's."""
        for name, page in self.lists.items():
            assert page.shown() == boxes_of(self.world, page.me), name
        for name, pane in self.open.items():
            assert pane.shown() == shown_direct(direct_of(self.world, pane.me, pane.which)), name

    @property
    def gaps(self) -> int:
        return sum(page.gaps for page in self.pages)


class Talk(NamedTuple):
    """What lay there before, and what somebody then does."""

    before: Callable[[World], DirectId]
    do: Callable[[World, DirectId], object]


def started(world: World, *others: Operator) -> DirectId:
    """Ana has written to colleagues; to Bruno and Clara where nobody is named."""
    people = [one.id for one in others or (world.bruno, world.clara)]
    return world.act(directs.start, world.ana, new_client_id(), people, "Have you a minute?").sent.direct.id


def says(world: World, me: Operator, which: DirectId, body: str, **how: Any) -> object:
    return world.act(directs.post, me, which, new_client_id(), body, **how)


def talked(world: World) -> DirectId:
    """Bruno has answered; Clara has read, and has put it away."""
    which = started(world)
    says(world, world.bruno, which, "Yes?")
    world.act(directs.read, world.clara, which, 2)
    world.act(directs.put_away, world.clara, which)
    return which


def quoted(world: World) -> DirectId:
    """What Ana has said is quoted by Bruno."""
    which = talked(world)
    says(world, world.bruno, which, "A minute, yes", quotes=1)
    return which


def shown_later(world: World) -> DirectId:
    """Ana and Bruno have talked; Sara reads from then on, and Bruno has read what was said since."""
    which = started(world, world.bruno)
    world.act(direct_people.add, world.ana, which, [world.sara.id], from_start=False)
    says(world, world.ana, which, "Sara knows")
    world.act(directs.read, world.bruno, which, 3)
    return which


def come_anew(world: World) -> DirectId:
    """Bruno has left, and was shown all again: he has read none of it since, nor what he said himself."""
    which = talked(world)
    world.act(direct_people.leave, world.bruno, which)
    world.act(direct_people.add, world.ana, which, [world.bruno.id], from_start=True)
    return which


TALKS: dict[str, Talk] = {
    "a new one": Talk(lambda _: DirectId(0), lambda world, _: started(world)),
    "a message": Talk(talked, lambda world, which: says(world, world.ana, which, "Line 3")),
    "an answer": Talk(talked, lambda world, which: says(world, world.clara, which, "Here I am")),
    "a mention": Talk(talked, lambda world, which: says(world, world.ana, which, "@Bruno", mentions=[world.bruno.id])),
    "a quotation": Talk(talked, lambda world, which: says(world, world.clara, which, "That", quotes=1)),
    "reading": Talk(started, lambda world, which: world.act(directs.read, world.bruno, which, 1)),
    "putting away": Talk(started, lambda world, which: world.act(directs.put_away, world.bruno, which)),
    "bringing back": Talk(talked, lambda world, which: world.act(directs.bring_back, world.clara, which)),
    "muting": Talk(started, lambda world, which: world.act(directs.hear, world.bruno, which, "mentions")),
    "a name": Talk(talked, lambda world, which: world.act(direct_people.rename, world.bruno, which, "Inventory")),
    "somebody who reads from now on": Talk(
        talked, lambda world, which: world.act(direct_people.add, world.ana, which, [world.sara.id], from_start=False)
    ),
    "somebody who is shown all": Talk(
        talked, lambda world, which: world.act(direct_people.add, world.bruno, which, [world.sara.id], from_start=True)
    ),
    "somebody who leaves": Talk(talked, lambda world, which: world.act(direct_people.leave, world.bruno, which)),
    "an edit of what is quoted": Talk(
        quoted, lambda world, which: world.act(direct_entries.edit, world.ana, which, 1, "Two minutes?", 0)
    ),
    "an edit that not everybody may read": Talk(
        shown_later, lambda world, which: world.act(direct_entries.edit, world.ana, which, 1, "Two minutes?", 0)
    ),
    "an edit by somebody who came anew": Talk(
        come_anew, lambda world, which: world.act(direct_entries.edit, world.bruno, which, 2, "Yes", 0)
    ),
    "a deletion": Talk(quoted, lambda world, which: world.act(direct_entries.delete, world.ana, which, 1)),
    "what is taken back": Talk(started, lambda world, which: world.act(direct_entries.undo, world.ana, which, 1)),
}
