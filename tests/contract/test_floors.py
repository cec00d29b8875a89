"""Whoever takes part from now on reads nothing from before, by any route of direct conversations that tells words.

And whoever has left reads nothing at all, also by asking again for what was stored under their own client id.
"""

import pytest

from recado.actions import direct_entries, direct_people, directs
from tests.contract.stage import Stage
from tests.web.doors import CONSOLE
from tests.world import EPOCH, canary, holds, new_client_id

READS = (
    "",
    "/entries?before=2000000",
    "/entries?after=1",
    "/entries?around=1",
    "/entries?at=1",
    f"/changes?since=0&epoch={EPOCH}",
    "/versions?seq=1",
    "/versions?seq=3",
)
LISTS = ("/directs", "/directs?box=inbox", "/directs/counts", "/directs/drafts", "/desk")


async def test_whoever_takes_part_from_now_on_reads_nothing_from_before(stage: Stage) -> None:
    world, word = stage.world, canary()
    started = world.act(directs.start, world.ana, new_client_id(), [world.bruno.id], f"{word} first", None)
    which = started.sent.direct.id
    world.act(directs.post, world.bruno, which, new_client_id(), f"{word} second", quotes=1)
    world.act(directs.post, world.ana, which, new_client_id(), f"{word} third")
    world.act(direct_entries.edit, world.ana, which, 3, f"{word} third, changed", 0)
    world.act(direct_people.add, world.ana, which, [world.clara.id], from_start=False)
    world.act(direct_entries.edit, world.ana, which, 1, f"{word} first, changed", 0)
    world.act(directs.post, world.ana, which, new_client_id(), "Hello Clara")
    later, all_of_it = (stage.scene.callers[name] for name in ("other department", "colleague"))
    told = 0
    for path in (*(f"/directs/{which}{read}" for read in READS), *LISTS):
        full, answer = await all_of_it("GET", CONSOLE + path), await later("GET", CONSOLE + path)
        assert (full.status_code, answer.status_code) == (200, 200), path
        told += holds(full.content, word)
        assert not holds(answer.content, word), path
    assert told >= len(READS) - 1, "there was something to leak"
    for deed, seq in (("PATCH", 1), ("POST", 1)):
        path = f"{CONSOLE}/directs/{which}/messages" + ("" if deed == "PATCH" else "/delete")
        asked = {"seq": seq, "edits": 1, "body": "mine"} if deed == "PATCH" else {"seq": seq}
        answer = await later(deed, path, asked)
        assert (answer.status_code, holds(answer.content, word)) == (404, False)


@pytest.mark.parametrize("again", ["start", "post"])
async def test_whoever_has_left_learns_nothing_by_sending_again(stage: Stage, again: str) -> None:
    world, word, key, second = stage.world, canary(), new_client_id(), new_client_id()
    people = [world.bruno.id, world.clara.id]
    which = world.act(directs.start, world.ana, key, people, "Have you a minute?", None).sent.direct.id
    world.act(directs.post, world.ana, which, second, "Hello?")
    world.act(direct_people.leave, world.ana, which)
    world.act(directs.post, world.bruno, which, new_client_id(), word)
    asked = {
        "start": ("/directs", {"client_id": key, "people": people, "body": "Have you a minute?"}),
        "post": (f"/directs/{which}/messages", {"client_id": second, "body": "Hello?"}),
    }
    path, body = asked[again]
    answer = await stage.scene.callers["owner"]("POST", CONSOLE + path, body)
    assert (answer.status_code, holds(answer.content, word)) == (404, False)
