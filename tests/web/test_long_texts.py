"""Conversations with long messages, at both doors: no small request has a large answer, and all can be read."""

from typing import Any

import pytest

from recado.actions import conversations
from recado.domain.threads import BODY_MAX_BYTES, PAGE_BYTES
from tests.web.doors import CONSOLE, WIDGET, Caller, House
from tests.world import Chat, new_client_id

COUNT = 40
FRAME = 16 * 1024
"""Room for all in an answer that is no text of a message."""


@pytest.fixture
async def logs(house: House) -> Chat:
    chat = house.world.waiting(house.world.lucia, "Hello?")
    for _ in range(COUNT - 1):
        await house.world.desk.act(
            conversations.receive, house.world.lucia, chat.public_id, new_client_id(), "x" * 60_000
        )
    return chat


async def ask(who: Caller, path: str) -> Any:
    answer = await who("GET", path)
    assert answer.status_code == 200
    assert len(answer.content) < PAGE_BYTES + BODY_MAX_BYTES + FRAME
    return answer.json()


@pytest.mark.parametrize("door", [WIDGET, CONSOLE])
async def test_a_thread_of_long_messages_is_read_in_small_answers(house: House, logs: Chat, door: str) -> None:
    who = house.visitor(house.world.lucia) if door == WIDGET else house.operator(house.world.ana)
    which = logs.public_id if door == WIDGET else logs.id
    state = await ask(who, f"{door}/conversations/{which}")
    version, epoch = state["conversation"]["version"], state["epoch"]
    seqs, page = [entry["seq"] for entry in state["entries"]], state
    while page["more"]:
        page = await ask(who, f"{door}/conversations/{which}/entries?before={seqs[0]}&limit=200")
        seqs = [entry["seq"] for entry in page["entries"]] + seqs
    assert seqs == list(range(1, COUNT + 1))
    changes = f"{door}/conversations/{which}/changes?epoch={epoch}&since="
    behind = await ask(who, f"{changes}0")
    assert (behind["start_over"], behind["entries"]) == (True, [])
    near = await ask(who, f"{changes}{version - 3}")
    assert (near["start_over"], len(near["entries"])) == (False, 3)
