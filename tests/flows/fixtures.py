"""Stories for the front end's reducers: a state, the events, the state fetched again.

`python -m tests.flows.fixtures` writes them into `ui/shared/fixtures`, one file a scenario; a test holds them to what
the product does now. Random addresses are named by their order, so that the same product gives the same bytes.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from recado.domain.actors import Operator, Visitor
from recado.domain.ids import ConversationId
from tests.flows.direct_pages import boxes_of, direct_of
from tests.flows.pages import State, conversation_of, desk_of, widget_of
from tests.flows.talking import TALKS, Talk
from tests.flows.watching import SCENARIOS, Scenario, heard_over_the_wire, pages_of
from tests.founding import opened_world, populate
from tests.world import World

DIRECT = "among colleagues "
"""What the names of stories of direct conversations begin with."""
FOLDER = Path(__file__).parents[2] / "ui" / "shared" / "fixtures"


def fetched(world: World, kind: str, person: Operator | Visitor, which: Any) -> State | None:
    """The state of this kind, as the server gives it now; None where this person may not see it."""
    if kind == "desk":
        assert isinstance(person, Operator)
        return desk_of(world, person)
    if kind == "conversation":
        assert isinstance(person, Operator)
        return conversation_of(world, person, ConversationId(which))
    assert isinstance(person, Visitor)
    return widget_of(world, person, which)


def story(world: World, scenario: Scenario) -> list[dict[str, Any]]:
    """What each kind of page starts with, hears, and would fetch afterwards."""
    chat = scenario.before(world)
    pages = pages_of(world, chat)
    before = [fetched(world, *page) for page in pages]
    since = world.mark
    scenario.do(world, chat)
    return [
        {
            "kind": kind,
            "who": person.name.split()[0] if isinstance(person, Operator) else "the customer",
            "before": state,
            "events": heard_over_the_wire(world, person, since),
            "after": fetched(world, kind, person, which),
        }
        for (kind, person, which), state in zip(pages, before, strict=True)
        if state is not None
    ]


def talk(world: World, what: Talk) -> list[dict[str, Any]]:
    """The same of direct conversations: everybody's lists, and what two of them have open."""
    which = what.before(world)
    team = (world.ana, world.bruno, world.clara, world.sara)

    def look(one: Operator, kind: str) -> State | None:
        return boxes_of(world, one) if kind == "directs" else direct_of(world, one, which)

    pages = [("directs", one) for one in team] + [("direct", one) for one in (world.ana, world.bruno)]
    before = [look(one, kind) for kind, one in pages]
    since = world.mark
    what.do(world, which)
    return [
        {
            "kind": kind,
            "who": one.name.split()[0],
            "me": one.id,
            "before": state,
            "events": heard_over_the_wire(world, one, since),
            "after": look(one, kind),
        }
        for (kind, one), state in zip(pages, before, strict=True)
        if state is not None
    ]


def file_of(world: World, name: str) -> bytes:
    """The bytes of one scenario's file."""
    told = story(world, SCENARIOS[name]) if name in SCENARIOS else talk(world, TALKS[name.removeprefix(DIRECT)])
    raw = msgspec.json.encode(told)
    for number, chat in enumerate(world.chats(), 1):
        raw = raw.replace(chat.public_id.encode(), f"conversation-{number}".encode())
    for number, client_id in enumerate(world.client_ids(), 1):
        raw = raw.replace(client_id.encode(), f"00000000-0000-4000-8000-{number:012}".encode())
    return msgspec.json.format(raw, indent=1) + b"\n"


def name_of(scenario: str) -> str:
    return f"{scenario.replace(' ', '-')}.json"


def made(populated: Path, folder: Path) -> dict[str, bytes]:
    """Every file, by its name, each from a world of its own."""
    found = {}
    for number, name in enumerate([*SCENARIOS, *(f"{DIRECT}{name}" for name in TALKS)]):
        copy = folder / f"{number}.db"
        shutil.copy(populated, copy)
        with opened_world(f"sqlite:///{copy}") as world:
            found[name_of(name)] = file_of(world, name)
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        populated = Path(scratch) / "recado.db"
        populate(f"sqlite:///{populated}")
        FOLDER.mkdir(exist_ok=True)
        for old in FOLDER.glob("*.json"):
            old.unlink()
        for name, raw in made(populated, Path(scratch)).items():
            (FOLDER / name).write_bytes(raw)


if __name__ == "__main__":
    main()
