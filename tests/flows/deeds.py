"""What comes of each deed of an operator's with each conversation that they read: what the page's table is tested with.

`python -m tests.flows.deeds` writes it into `ui/shared/deeds.json`; a test holds that to what the product does now, and
a test of the page's holds its own table to it: no button is shown that can only be refused, and none is missing.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from recado.actions import blocks, conversations, look_ins, outbound, people, queue
from recado.actions.customers import arrive
from recado.db import conversations as rows
from recado.db.database import Tx
from recado.db.readers import circle_of
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Visitor
from recado.domain.conversations import Status
from recado.domain.errors import Refused
from recado.domain.ids import ConversationId, DepartmentId
from tests.actions.test_blocks import AT_HOME
from tests.founding import opened_world, populate
from tests.world import SHOP, Chat, World, new_client_id

FILE = Path(__file__).parents[2] / "ui" / "shared" / "deeds.json"
HINDRANCES = {"full", "blocked", "other_open"}
"""What refuses a deed of one's own for another reason than whose the conversation is."""


class Case(msgspec.Struct):
    """Somebody and a conversation that they read: how it stands, what changes something, and what is refused why."""

    who: str
    name: str
    status: str
    operator: int | None
    me: int
    lookers: list[int]
    inside: bool
    full: bool
    blocked: bool
    other_open: bool
    done: list[str]
    hindered: dict[str, str]


class Standing(NamedTuple):
    """A conversation, and what is so of its customer."""

    name: str
    chat: Chat
    blocked: bool = False
    other_open: bool = False


def begin_anew(tx: Tx, me: Operator, which: ConversationId) -> object:
    """Into what is open one writes instead: no hindrance."""
    if rows.get(tx.conn, which).status is not Status.CLOSED:
        return None
    return outbound.start(tx, me, which, new_client_id(), "Good morning.")


def deeds_to(elsewhere: DepartmentId) -> Mapping[str, Callable[..., object]]:
    """Each deed by the page's name for it; `elsewhere` is a department that a conversation can go to."""
    return {
        "answer": lambda tx, me, which: conversations.answer(tx, me, which, new_client_id(), "Good morning."),
        "claim": queue.claim,
        "transfer": lambda tx, me, which: queue.transfer(tx, me, which, elsewhere),
        "pause": queue.pause,
        "resume": queue.resume,
        "release": queue.release,
        "close": queue.close,
        "reopen": queue.reopen,
        "start": begin_anew,
        "block": lambda tx, me, which: blocks.block(tx, me, which, network=True),
        "lookAway": look_ins.look_away,
    }


class Tried(Exception):  # noqa: N818 - an answer, and with it all is as it was
    """What came of a deed: the code of its refusal, or whether it changed anything."""

    def __init__(self, came: str) -> None:
        self.came = came


def come_of(world: World, deed: Callable[..., object], me: Operator, chat: Chat) -> str:
    def tried(tx: Tx) -> None:
        before = rows.get(tx.conn, chat.id)
        try:
            made = deed(tx, me, chat.id)
        except Refused as refused:
            raise Tried(refused.code) from None
        same = rows.get(tx.conn, chat.id) == before and not isinstance(made, conversations.Result)
        raise Tried("nothing" if same else "done")

    try:
        world.database.write_blocking(tried)
    except Tried as answer:
        return answer.came
    raise AssertionError


def standing(world: World) -> Iterator[Standing]:
    """A conversation of each kind: Ana's; Bruno's, who attends as many as he may; and one of Clara's, who has left."""
    world.rules(look_in=True, archive=True)

    def newcomer() -> Visitor:
        return world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME).visitor

    yield Standing("closed by who left", world.closed(world.clara, world.tomas))
    world.leaves(world.clara, "Ventas")
    yield Standing("closed, and another one open", world.closed(world.ana, world.lucia), other_open=True)
    world.later()
    yield Standing("waiting", world.waiting(world.lucia))
    for owner in (world.ana, world.bruno):
        attending, paused, closed = [world.attended(owner, newcomer()) for _ in range(3)]
        world.act(look_ins.look_in, world.sara, attending.id)
        world.act(queue.pause, owner, paused.id)
        world.act(queue.close, owner, closed.id)
        yield from (Standing("attending", attending), Standing("paused", paused), Standing("closed", closed))
    world.act(people.change_operator, world.adela, world.bruno.id, people.OperatorChanges(chat_limit=1))
    shut_out = world.attended(world.ana, newcomer())
    world.act(blocks.block, world.ana, shut_out.id)
    yield Standing("closed by a block", shut_out, blocked=True)


def cases(world: World) -> Iterator[Case]:
    found, members, deeds = list(standing(world)), world.members(), deeds_to(world.department("Soporte"))
    for one in found:
        for me in world.team:
            conversation = world.see(rows.find_for_operator, me, one.chat.id)
            if conversation is None:
                continue
            came = {name: come_of(world, deed, me, one.chat) for name, deed in deeds.items()}
            yield Case(
                me.name.split()[0],
                one.name,
                conversation.status,
                conversation.operator_id,
                me.id,
                world.see(circle_of, conversation).lookers,
                conversation.department.id in members[me.id],
                me == world.bruno,
                one.blocked,
                one.other_open,
                [name for name, what in came.items() if what == "done"],
                {name: what for name, what in came.items() if what in HINDRANCES},
            )


def told(world: World) -> bytes:
    return msgspec.json.format(msgspec.json.encode(list(cases(world))), indent=1) + b"\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/recado.db"
        populate(url)
        with opened_world(url) as world:
            FILE.write_bytes(told(world))


if __name__ == "__main__":
    main()
