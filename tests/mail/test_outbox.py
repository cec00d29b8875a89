"""What is due is sent once, whatever the server does; and what cannot be sent says why."""

import asyncio

import pytest

from demo.mail.smtp import CUT, CUT_AFTER, HANG, Mail
from recado.actions import deliveries as actions
from recado.desk import SYSTEM
from recado.domain.deliveries import ATTEMPTS_MAX, LEASE_US, Outcome
from recado.mail import smtp
from recado.mail.mailer import Mailer
from recado.mail.servers import Server as Address
from recado.mail.servers import sender_of
from recado.workers import outbox
from tests.mail.posts import BASE, MINUTE_S, Post, posting, read, reads, talk
from tests.world import World

STEPS = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "end")
BEFORE_HANDING_OVER = STEPS[:-1]
LONGEST_S = 2 * 3600


class Fault:
    """A cue that does something else at one step, so many times."""

    def __init__(self, step: str, answer: str, times: int = 1) -> None:
        self.step = step
        self.answer = answer
        self.left = times

    def __call__(self, step: str, _: Mail) -> str | None:
        if step != self.step or not self.left:
            return None
        self.left -= 1
        return self.answer


def state(post: Post) -> tuple[str, int]:
    (row,) = post.rows()
    return row.state, row.attempts


@pytest.mark.parametrize("step", BEFORE_HANDING_OVER)
@pytest.mark.parametrize("answer", ["450 not now", CUT])
async def test_what_was_not_taken_is_sent_when_it_is(world: World, step: str, answer: str) -> None:
    async with posting(world, Fault(step, answer, times=3)) as post:
        talk(world, world.ana, world.bruno)
        for _ in range(4):
            await post.after(LONGEST_S)
        assert len(post.to(world.bruno)) == 1
        assert state(post)[0] == "sent"


@pytest.mark.parametrize("step", BEFORE_HANDING_OVER)
async def test_a_server_that_says_nothing_holds_up_nothing_for_long(
    small_world: World, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "CONNECT_WITHIN_S", 0.1)
    monkeypatch.setattr(smtp.Line.send, "__defaults__", (0.1,))
    async with posting(small_world, Fault(step, HANG)) as post:
        talk(small_world, small_world.ana, small_world.bruno)
        await post.after(MINUTE_S)
        assert post.mails == []
        await post.after(LONGEST_S)
        assert len(post.to(small_world.bruno)) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "end"])
async def test_what_is_refused_for_good_is_given_up_and_says_why(world: World, step: str) -> None:
    async with posting(world, Fault(step, "550 nobody here is called so")) as post:
        talk(world, world.ana, world.bruno)
        await post.after(MINUTE_S)
        (row,) = post.rows()
        assert (row.state, row.answer) == ("failed", "550 nobody here is called so")
        await post.after(LONGEST_S)
        assert post.mails == []


@pytest.mark.parametrize("answer", ["530 sign in first", "535 not like this"])
async def test_being_let_in_no_more_is_no_reason_to_give_up(small_world: World, answer: str) -> None:
    async with posting(small_world, Fault("MAIL", answer)) as post:
        talk(small_world, small_world.ana, small_world.bruno)
        await post.after(MINUTE_S)
        assert state(post) == ("due", 1)
        await post.after(LONGEST_S)
        assert len(post.to(small_world.bruno)) == 1


async def test_one_that_is_refused_holds_up_no_other(small_world: World) -> None:
    world = small_world

    def cue(step: str, mail: Mail) -> str | None:
        return "550 no" if step == "RCPT" and mail.to == ("bruno@shop.example",) else None

    async with posting(world, cue) as post:
        for one in (world.bruno, world.clara, world.sara):
            talk(world, world.ana, one)
        await post.after(MINUTE_S)
        assert [one.to for one in post.mails] == [("clara@shop.example",), ("sara@shop.example",)]
        assert post.server.steps.count("connect") == 1


async def test_what_was_handed_over_and_not_acknowledged_is_sent_once_more_as_the_same(world: World) -> None:
    async with posting(world, Fault("end", CUT_AFTER, times=9)) as post:
        talk(world, world.ana, world.bruno)
        for _ in range(5):
            await post.after(LONGEST_S)
        first, second = post.to(world.bruno)
        assert read(first)["Message-ID"] == read(second)["Message-ID"]
        (row,) = post.rows()
        assert (row.state, row.answer) == ("failed", actions.CANNOT_SAY)


@pytest.mark.parametrize("step", ["body", "end"])
async def test_what_broke_off_within_is_sent_once_more(world: World, step: str) -> None:
    async with posting(world, Fault(step, CUT)) as post:
        talk(world, world.ana, world.bruno)
        await post.after(MINUTE_S)
        assert post.mails == []
        await post.after(LONGEST_S)
        assert len(post.to(world.bruno)) == 1


async def test_pauses_grow_and_end_after_two_days(small_world: World) -> None:
    async with posting(small_world, Fault("RCPT", "450 not now", times=1000)) as post:
        talk(small_world, small_world.ana, small_world.bruno)
        small_world.clock.pass_s(MINUTE_S)
        pauses: list[float] = []
        began = small_world.desk.clock()
        while not pauses or state(post)[0] == "due":
            await post.turn()
            due_at = post.rows()[0].due_at
            pauses.append((due_at - small_world.desk.clock()) / 1_000_000)
            small_world.clock.pass_s(max(pauses[-1], 0) + 1)
        assert state(post) == ("failed", ATTEMPTS_MAX)
        assert pauses[:4] == pytest.approx([60, 120, 240, 480], abs=1)
        assert max(pauses) == pytest.approx(3600, abs=1)
        assert 1.9 < (small_world.desk.clock() - began) / 86_400_000_000 < 2.3


async def test_while_the_server_is_down_all_wait_and_then_leave_once_in_order(world: World) -> None:
    async with posting(world) as post:
        await post.server.stop()
        for number, one in enumerate((world.bruno, world.clara, world.sara)):
            talk(world, world.ana, one, body=f"number {number}")
        for _ in range(5):
            assert not await post.after(600)
        assert [row.attempts for row in post.rows()] == [0, 0, 0]
        await post.server.start(post.server.port)
        await post.turn()
        assert [one.to[0].partition("@")[0] for one in post.mails] == ["bruno", "clara", "sara"]
        await post.after(LONGEST_S)
        assert len(post.mails) == 3


async def test_a_process_that_dies_while_it_sends_leaves_it_to_the_next(world: World) -> None:
    hangs, reached = Fault("end", HANG), asyncio.Event()

    def cue(step: str, mail: Mail) -> str | None:
        if step == "end":
            reached.set()
        return hangs(step, mail)

    async with posting(world, cue) as post:
        talk(world, world.ana, world.bruno)
        world.clock.pass_s(MINUTE_S)
        await post.notifying.note()
        sending = asyncio.create_task(post.outbox.send_due())
        await reached.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await post.another().send_due()
        assert post.mails == [], "it may still be sending"
        await post.after(LEASE_US / 1_000_000)
        assert len(post.to(world.bruno)) == 1


async def test_one_that_was_sent_and_could_not_be_noted_comes_again_as_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with posting(world) as post:
        talk(world, world.ana, world.bruno)
        world.clock.pass_s(MINUTE_S)
        with monkeypatch.context() as patch:
            patch.setattr(outbox, "NOTED_WITHIN", 0)
            await post.turn()
        await post.turn()
        assert len(post.mails) == 1
        await post.after(LEASE_US / 1_000_000)
        first, second = post.mails
        assert read(first)["Message-ID"] == read(second)["Message-ID"]
        assert state(post) == ("sent", 2)


async def test_of_several_processes_one_sends_each(world: World) -> None:
    async with posting(world) as post:
        for number in range(12):
            talk(world, world.ana, world.bruno, body=f"number {number}")
        world.clock.pass_s(MINUTE_S)
        await post.notifying.sweep()
        await asyncio.gather(*(post.another().send_due() for _ in range(4)))
        assert len({read(one)["Message-ID"] for one in post.mails}) == len(post.mails) == 12


async def test_what_is_seen_while_it_waits_for_the_server_is_not_sent(world: World) -> None:
    async with posting(world, Fault("EHLO", CUT)) as post:
        which = talk(world, world.ana, world.bruno)
        assert not await post.after(MINUTE_S)
        reads(world, world.bruno, which)
        assert await post.turn()
        assert post.to(world.bruno) == []
        assert state(post)[0] == "dropped"


async def test_whoever_reads_at_the_moment_of_sending_is_not_sent_it(world: World) -> None:
    """It is looked at again once the line is open, not only before."""
    async with posting(world) as post:
        which = talk(world, world.ana, world.bruno)
        world.clock.pass_s(MINUTE_S)
        await post.notifying.note()
        (due,) = world.act(actions.sift, SYSTEM, 10)
        reads(world, world.bruno, which)
        assert world.act(actions.take, SYSTEM, due) is None
        assert state(post)[0] == "dropped"


async def test_an_outcome_that_comes_after_the_lease_changes_nothing(world: World) -> None:
    async with posting(world) as post:
        talk(world, world.ana, world.bruno)
        world.clock.pass_s(MINUTE_S)
        await post.notifying.note()
        (due,) = world.act(actions.sift, SYSTEM, 10)
        late = world.act(actions.take, SYSTEM, due)
        assert late is not None
        assert world.act(actions.take, SYSTEM, due) is None
        world.clock.pass_s(LEASE_US / 1_000_000)
        await post.turn()
        world.act(actions.settle, SYSTEM, late.delivery, Outcome("refused", "550 no"), 0.5)
        assert state(post) == ("sent", 2)


async def test_a_server_without_encryption_is_told_nothing_where_it_is_asked_for(small_world: World) -> None:
    async with posting(small_world) as post:
        talk(small_world, small_world.ana, small_world.bruno)
        address = Address("127.0.0.1", post.server.port, "desk", "a password", "starttls")
        mailer = Mailer(address, sender_of("desk@shop.example"), BASE)
        post.outbox = outbox.MailOutbox(small_world.desk, mailer)
        assert not await post.after(MINUTE_S)
        assert set(post.server.steps) <= {"connect", "EHLO", "QUIT"}
