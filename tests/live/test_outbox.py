"""What waits for one socket: in order, bounded, and dropped with a code that says "come back"."""

import asyncio

import pytest

from recado.live.outbox import BYTES_MAX, FRAMES_MAX, RIGHTS_CHANGED, SIGNED_OUT, TOO_SLOW, Outbox


async def test_frames_come_out_as_they_went_in() -> None:
    outbox = Outbox()
    for frame in (b"a", b"b"):
        outbox.offer(frame)
    assert [await outbox.take(), await outbox.take()] == ["a", "b"]


async def test_who_waits_is_woken_by_the_next_frame_and_by_the_end() -> None:
    outbox = Outbox()
    for frame in (b"a", None):
        waiting = asyncio.ensure_future(outbox.take())
        await asyncio.sleep(0)
        assert not waiting.done()
        if frame:
            outbox.offer(frame)
        else:
            outbox.close(SIGNED_OUT)
        async with asyncio.timeout(5):
            assert await waiting == (frame and frame.decode())


@pytest.mark.parametrize("frames", [[b"x"] * (FRAMES_MAX + 1), [b"x" * (BYTES_MAX // 2)] * 3])
async def test_a_reader_who_stopped_loses_everything_and_is_told_to_come_back(frames: list[bytes]) -> None:
    outbox = Outbox()
    for frame in frames:
        outbox.offer(frame)
    assert outbox.close_code == TOO_SLOW
    assert await outbox.take() is None


async def test_what_was_taken_makes_room() -> None:
    outbox = Outbox()
    for _ in range(FRAMES_MAX * 3):
        outbox.offer(b"x" * 5_000)
        assert await outbox.take() is not None
    assert outbox.close_code is None


async def test_the_first_code_stands_and_nothing_comes_after_the_end() -> None:
    outbox = Outbox()
    outbox.close(SIGNED_OUT)
    outbox.close(RIGHTS_CHANGED)
    outbox.offer(b"late")
    assert outbox.close_code == SIGNED_OUT
    assert await outbox.take() is None
