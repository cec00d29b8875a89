"""Everybody's pages, open at once: what they show after events is what they would show if fetched again."""

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace

from recado.actions import (
    alerts,
    blocks,
    conversations,
    drafts,
    entries,
    look_ins,
    notes,
    notices,
    people,
    queue,
    routing,
)
from recado.actions.notices import NoticesChanges
from recado.actions.people import OperatorChanges, OwnChanges
from recado.db import conversations as rows
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Visitor
from recado.domain.alerts import RING_MINUTES
from recado.domain.events import Event, RightsChanged, SessionsEnded
from recado.domain.notices import BUILT_IN, Chosen, Quiet
from tests.flows.pages import (
    ConversationPage,
    DeskPage,
    State,
    WidgetPage,
    conversation_of,
    fetched_desk,
    plain,
    shown_conversation,
    shown_widget,
    widget_of,
)
from tests.world import Chat, Person, Told, World, new_client_id


class Everybody:
    """The desks of the whole team, each conversation that somebody may open, and the visitors' pages."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._since = world.mark
        self._chats = world.chats()
        self.desks = {one.name: DeskPage(world, one) for one in world.team}
        self.open = {
            f"{one.name} {chat.id}": ConversationPage(world, one, chat.id)
            for one in world.team
            for chat in self._chats
            if conversation_of(world, one, chat.id) is not None
        }
        self.widgets = {
            f"{one.id} {chat.public_id}": WidgetPage(world, one, chat.public_id)
            for one in world.visitors
            for chat in self._chats
            if world.see(rows.find_for_visitor, one, chat.public_id) is not None
        }

    @property
    def _pages(self) -> list[DeskPage | ConversationPage | WidgetPage]:
        return [*self.desks.values(), *self.open.values(), *self.widgets.values()]

    def hear(self) -> None:
        """Give everybody what they have heard since the pages were opened or last heard."""
        since, self._since = self._since, self.world.mark
        for page in self._pages:
            for event in self.world.heard(page.me, since):
                page.hear(plain(event))
        for told in self.world.recorder.told[since:]:
            if isinstance(told.event, RightsChanged | SessionsEnded):
                self._come_back(told.event.operator)

    def hear_again(self, since: int) -> None:
        """Give everybody once more what they have heard already."""
        self._since = since
        self.hear()

    def hear_instead(self, told: list[Told]) -> None:
        """Give everybody what another process tells of what happened since they last heard."""
        self.skip()
        for page in self._pages:
            for one in told:
                if one.reaches(page.me):
                    page.hear(plain(one.event))

    def skip(self) -> None:
        """Let everybody miss what happened since they last heard."""
        self._since = self.world.mark

    def _come_back(self, operator: int) -> None:
        """Whoever's rights changed loses their sockets, and their pages fetch everything anew."""
        for desk in self.desks.values():
            if desk.me.id == operator:
                desk.load()
        self.open = {name: page for name, page in self.open.items() if page.me.id != operator}

    def look_round(self, one: Operator, chat: Chat) -> None:
        """Whoever has lost a conversation had to; one of them opens this one, if they may and have not yet."""
        for name, page in tuple(self.open.items()):
            if page.state is None:
                assert conversation_of(self.world, page.me, page.which) is None, name
                del self.open[name]
        if f"{one.name} {chat.id}" not in self.open:
            page = ConversationPage(self.world, one, chat.id)
            self.open |= {} if page.state is None else {f"{one.name} {chat.id}": page}

    def check(self) -> None:
        """Compare each page with one that is opened now."""
        for name, desk in self.desks.items():
            assert desk.shown() == fetched_desk(self.world, desk.me), name
        for name, page in self.open.items():
            if page.state is not None or conversation_of(self.world, page.me, page.which) is not None:
                assert page.shown() == shown_conversation(conversation_of(self.world, page.me, page.which), page.me), (
                    name
                )
        for name, widget in self.widgets.items():
            assert widget.shown() == shown_widget(widget_of(self.world, widget.me, widget.which)), name

    @property
    def gaps(self) -> int:
        """How often a page had to fetch because something was missing."""
        return sum(page.gaps for page in self._pages)


def actions() -> set[str]:
    """All that can be done to a conversation, by module and name."""
    modules = {
        one.__name__.rpartition(".")[2]: one
        for one in (alerts, blocks, conversations, entries, look_ins, notes, notices, queue, routing)
    }
    return {
        f"{short}.{name}"
        for short, one in modules.items()
        for name, action in vars(one).items()
        if hasattr(action, "needed") and action.__module__ == one.__name__
    }


class Scenario(NamedTuple):
    """What lay there before, and what somebody then does."""

    before: Callable[[World], Chat]
    do: Callable[[World, Chat], object]


def quoted(world: World) -> Chat:
    """Ana's conversation, in which an answer of hers is quoted in another one and in a note."""
    chat = world.attended()
    world.act(conversations.answer, world.ana, chat.id, new_client_id(), "As I said.", quotes=3)
    world.act(notes.add, world.ana, chat.id, new_client_id(), "Said twice", quotes=3)
    return chat


def overdue(world: World) -> Chat:
    """One that has waited for so long that it is to make itself heard."""
    chat = world.waiting()
    world.clock.pass_s(RING_MINUTES * 60 + 1)
    return chat


def rung(world: World) -> Chat:
    chat = overdue(world)
    world.act(alerts.rise, SYSTEM, chat.id)
    return chat


def acknowledged(world: World) -> Chat:
    """One that waits, has rung and was acknowledged by Bruno."""
    chat = rung(world)
    world.act(alerts.acknowledge, world.bruno, chat.id)
    return chat


def chosen_by_ana(world: World) -> Chat:
    """One that waits, and that she has chosen for herself."""
    world.act(notices.change, world.ana, NoticesChanges(Chosen(internal="none")))
    return world.waiting()


SCENARIOS: dict[str, Scenario] = {
    "a first message": Scenario(
        lambda world: world.waiting(world.julian), lambda world, _: world.writes(world.lucia, "Hello?")
    ),
    "another message while it waits": Scenario(
        lambda world: world.waiting(), lambda world, _: world.writes(world.lucia, "Are you there?")
    ),
    "a message into an attended conversation": Scenario(
        lambda world: world.attended(), lambda world, _: world.writes(world.lucia, "And in 39?")
    ),
    "an answer that claims": Scenario(
        lambda world: world.waiting(), lambda world, chat: world.answers(world.ana, chat.id, "Good morning.")
    ),
    "an answer by its owner": Scenario(
        lambda world: world.attended(), lambda world, chat: world.answers(world.ana, chat.id, "Yes.")
    ),
    "a look": Scenario(
        lambda world: world.waiting(), lambda world, chat: world.act(conversations.read, world.bruno, chat.id, 1)
    ),
    "reading by its owner": Scenario(
        lambda world: world.attended(), lambda world, chat: world.act(conversations.read, world.ana, chat.id, 3)
    ),
    "reading of a note by its owner": Scenario(
        lambda world: world.noted(), lambda world, chat: world.act(conversations.read, world.ana, chat.id, 4)
    ),
    "reading by its customer while it waits": Scenario(
        lambda world: world.waiting(),
        lambda world, chat: world.act(conversations.read_by_visitor, world.lucia, chat.public_id, 1),
    ),
    "reading by its customer": Scenario(
        lambda world: world.attended(),
        lambda world, chat: world.act(conversations.read_by_visitor, world.lucia, chat.public_id, 2),
    ),
    "a claim by the button": Scenario(
        lambda world: world.waiting(), lambda world, chat: world.act(queue.claim, world.ana, chat.id)
    ),
    "what waits makes itself heard": Scenario(overdue, lambda world, chat: world.act(alerts.rise, SYSTEM, chat.id)),
    "what waits is acknowledged": Scenario(
        rung, lambda world, chat: world.act(alerts.acknowledge, world.bruno, chat.id)
    ),
    "what was acknowledged is claimed": Scenario(
        acknowledged, lambda world, chat: world.act(queue.claim, world.ana, chat.id)
    ),
    "a release": Scenario(
        lambda world: world.attended(), lambda world, chat: world.act(queue.release, world.ana, chat.id)
    ),
    "a transfer to a colleague": Scenario(
        lambda world: world.attended(),
        lambda world, chat: world.act(
            queue.transfer, world.ana, chat.id, world.department("Ventas"), world.bruno.id, "Yours"
        ),
    ),
    "a transfer to another department": Scenario(
        lambda world: world.waiting(),
        lambda world, chat: world.act(queue.transfer, world.ana, chat.id, world.department("Soporte")),
    ),
    "a pause": Scenario(
        lambda world: world.attended(), lambda world, chat: world.act(queue.pause, world.ana, chat.id, None)
    ),
    "a pause that its owner ends": Scenario(
        lambda world: world.paused(), lambda world, chat: world.act(queue.resume, world.ana, chat.id)
    ),
    "a pause that its customer ends": Scenario(
        lambda world: world.paused(), lambda world, _: world.writes(world.lucia, "There?")
    ),
    "an owner who is gone": Scenario(
        lambda world: world.forsaken(),
        lambda world, chat: world.act(routing.give_back, SYSTEM, chat.id, world.ana.id),
    ),
    "an assignment": Scenario(
        lambda world: world.assigning(),
        lambda world, _: world.act(routing.assign_next, SYSTEM, world.department("Ventas")),
    ),
    "a note": Scenario(
        lambda world: world.attended(),
        lambda world, chat: world.act(notes.add, world.ana, chat.id, new_client_id(), "Careful"),
    ),
    "a note while it waits": Scenario(
        lambda world: world.waiting(),
        lambda world, chat: world.act(notes.add, world.bruno, chat.id, new_client_id(), "Ana?", [world.ana.id]),
    ),
    "an answer that quotes": Scenario(
        lambda world: world.attended(),
        lambda world, chat: world.act(conversations.answer, world.ana, chat.id, new_client_id(), "In 38.", quotes=1),
    ),
    "an edit of what is quoted": Scenario(
        quoted,
        lambda world, chat: world.act(entries.edit, world.ana, chat.id, 3, "Good afternoon.", 0),
    ),
    "a deletion of what is quoted": Scenario(
        quoted, lambda world, chat: world.act(entries.delete, world.ana, chat.id, 3)
    ),
    "an answer that is taken back": Scenario(
        lambda world: world.attended(), lambda world, chat: world.act(entries.undo, world.ana, chat.id, 3)
    ),
    "an edit of a note": Scenario(
        lambda world: world.noted(), lambda world, chat: world.act(entries.edit, world.ana, chat.id, 4, "Never mind", 0)
    ),
    "a look-in": Scenario(
        lambda world: world.looked_into(lambda _: None),
        lambda world, chat: world.act(look_ins.look_in, world.sara, chat.id),
    ),
    "the end of a look-in": Scenario(
        lambda world: world.looked_into(lambda chat: world.act(look_ins.look_in, world.sara, chat.id)),
        lambda world, chat: world.act(look_ins.look_away, world.sara, chat.id),
    ),
    "a customer who writes again soon after the end": Scenario(
        lambda world: world.closed(), lambda world, _: world.writes(world.lucia, "One more thing")
    ),
    "an owner who takes it up again": Scenario(
        lambda world: world.closed(), lambda world, chat: world.act(queue.reopen, world.ana, chat.id)
    ),
    "a visitor who is shut out": Scenario(
        lambda world: world.waiting(), lambda world, chat: world.act(blocks.block, world.ana, chat.id)
    ),
    "an operator who is away": Scenario(
        lambda world: world.waiting(),
        lambda world, _: world.act(people.change_me, world.bruno, OwnChanges(availability="away")),
    ),
    "the end": Scenario(lambda world: world.attended(), lambda world, chat: world.act(queue.close, world.ana, chat.id)),
    "reading after the end": Scenario(
        lambda world: world.closed(), lambda world, chat: world.act(conversations.read, world.ana, chat.id, 4)
    ),
    "a new one after the end": Scenario(
        lambda world: world.closed_long_ago(), lambda world, _: world.writes(world.lucia, "One more thing")
    ),
    "a draft": Scenario(
        lambda world: world.waiting(), lambda world, chat: world.act(drafts.save, world.ana, chat.id, "answer", "Good")
    ),
    "own choices": Scenario(
        lambda world: world.waiting(),
        lambda world, _: world.act(
            notices.change, world.ana, NoticesChanges(Chosen(customers="mine"), "Europe/Madrid")
        ),
    ),
    "not to be disturbed": Scenario(
        lambda world: world.waiting(),
        lambda world, _: world.act(notices.disturb_not, world.ana, world.clock() + 3_600_000_000),
    ),
    "a conversation that is not to be heard of": Scenario(
        lambda world: world.attended(), lambda world, chat: world.act(notices.hear, world.ana, chat.id, "none")
    ),
    "choices by an admin": Scenario(
        chosen_by_ana,
        lambda world, _: world.act(
            notices.change_defaults, world.adela, replace(BUILT_IN, internal="mentions", quiet=Quiet(0, 60, [0]))
        ),
    ),
    "an operator who changes departments": Scenario(
        lambda world: world.waiting(), lambda world, _: world.leaves(world.bruno, "Soporte")
    ),
    "an operator who is called otherwise": Scenario(
        lambda world: world.waiting(),
        lambda world, _: world.act(people.change_operator, world.adela, world.bruno.id, OperatorChanges(name="B.")),
    ),
}


def heard_over_the_wire(world: World, person: Person, since: int) -> list[State]:
    """The frames that a person's socket would have carried."""
    return [plain(event) for event in world.heard(person, since) if isinstance(event, Event)]


def pages_of(world: World, chat: Chat) -> list[tuple[str, Operator | Visitor, Any]]:
    """The kinds of pages whose stories are told to the front end's tests as well."""
    operators = [("desk", one, None) for one in (world.ana, world.bruno, world.clara)]
    panes = [("conversation", one, chat.id) for one in (world.ana, world.bruno)]
    theirs = [one for one in world.visitors if world.see(rows.find_for_visitor, one, chat.public_id) is not None]
    return [*operators, *panes, *(("widget", one, chat.public_id) for one in theirs)]
