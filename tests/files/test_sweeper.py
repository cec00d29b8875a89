"""What no message took is let go of, wherever it lies and whenever a process died; what one took stays."""

import os
from pathlib import Path

import pytest

from recado.actions import attachments as actions
from recado.actions import conversations
from recado.desk import SYSTEM
from recado.domain.attachments import KEPT_S
from recado.domain.errors import NotFound
from recado.domain.ids import FileId
from recado.files.intake import Intake
from recado.files.store import Store, StoreAwayError
from recado.workers.sweeper import LYING_S, Sweeper
from tests.sending import CONTENT, begins, has_sent
from tests.world import World, new_client_id


async def kept(store: Store, which: FileId) -> bool:
    try:
        return [piece async for piece in store.read(which, "whole", 0, len(CONTENT))] == [CONTENT]
    except NotFound:
        return False


async def test_bytes_go_before_the_row_that_names_them(small_world: World, tmp_path: Path) -> None:
    world = small_world
    chat, store, intake = world.attended(), Store(tmp_path / "files"), Intake(tmp_path)
    sent, left, cut = (
        has_sent(world, world.ana, chat),
        has_sent(world, world.ana, chat),
        begins(world, world.ana, chat, "a.pdf"),
    )
    source = tmp_path / "source"
    source.write_bytes(CONTENT)
    for which in (sent, left):
        await store.put(which, "whole", source)
    intake.write(cut, 0, CONTENT[:5], len(CONTENT))
    world.act(conversations.answer, world.ana, chat.id, new_client_id(), "", None, [sent])
    sweeper = Sweeper(world.desk, intake, store)
    await sweeper.sweep()
    assert [await kept(store, one) for one in (sent, left)] == [True, True]
    world.clock.pass_s(KEPT_S)
    await sweeper.sweep()
    world.clock.pass_s(LYING_S)

    def away(_: object) -> None:
        raise OSError("the disk is away")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(intake, "remove", away)
        with pytest.raises(OSError, match="away"):
            await sweeper.sweep()
    assert world.count("attachments") == 3
    await sweeper.sweep()
    assert [await kept(store, one) for one in (sent, left)] == [True, False]
    assert intake.offset(cut) == 0
    assert world.count("attachments") == 1


async def test_what_lies_there_and_nobody_knows_goes_too(small_world: World, tmp_path: Path) -> None:
    world, intake = small_world, Intake(tmp_path)
    chat = world.attended()
    known, unknown, fresh = begins(world, world.ana, chat, "a.pdf"), FileId("unknown"), FileId("fresh")
    now_s = world.clock() / 1_000_000
    for which, at in ((known, now_s - LYING_S - 9), (unknown, now_s - LYING_S - 9), (fresh, now_s)):
        intake.write(which, 0, CONTENT, len(CONTENT))
        os.utime(intake.path(which), (at, at))
    await Sweeper(world.desk, intake, Store(tmp_path / "files")).sweep()
    assert [intake.offset(one) for one in (known, unknown, fresh)] == [len(CONTENT), 0, len(CONTENT)]


async def test_one_that_cannot_be_removed_keeps_no_other(
    small_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, store = small_world, Store(tmp_path / "files")
    chat, remove = world.attended(), store.remove
    held, _ = (begins(world, world.ana, chat, "a.pdf") for _ in range(2))

    async def removed(which: FileId) -> None:
        if which == held:
            raise StoreAwayError
        await remove(which)

    world.clock.pass_s(KEPT_S + 1)
    world.act(actions.give_up, SYSTEM)
    world.clock.pass_s(LYING_S)
    monkeypatch.setattr(store, "remove", removed)
    sweeper = Sweeper(world.desk, Intake(tmp_path), store)
    with pytest.raises(StoreAwayError):
        await sweeper.sweep()
    assert [one.id for one in world.act(actions.give_up, SYSTEM)] == [held]
    monkeypatch.undo()
    await sweeper.sweep()
    assert world.count("attachments") == 0
