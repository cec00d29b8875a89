"""A visitor's socket lasts as long as its token."""

from recado.domain.customers import TOKEN_S
from recado.domain.identity import sign
from recado.live.outbox import SIGNED_OUT
from recado.workers.timers import Timers
from tests.web.doors import CONSOLE, WIDGET, House
from tests.web.sockets import connected
from tests.web.test_visitor_tokens import visits, writes
from tests.world import canary, holds


async def test_a_socket_ends_with_its_token_and_the_page_comes_back_by_its_key(house: House) -> None:
    world, timers = house.world, Timers(house.world.desk)
    visit, before, after = await visits(house), canary(), canary()
    which = world.number_of(await writes(house, visit, "Hello?"))  # type: ignore[arg-type]
    world.clock.pass_s(TOKEN_S - 60)
    again = await visits(house, resume_key=visit["resume_key"])
    async with (
        connected(house.app, f"{WIDGET}/socket") as old,
        connected(house.app, f"{WIDGET}/socket") as renewed,
    ):
        for socket, token in ((old, visit["token"]), (renewed, again["token"])):
            socket.say({"type": "hello", "token": token})
            await socket.until("hello")
        await timers.turn()
        world.answers(world.ana, which, before)
        assert holds(await old.answered(), before)
        world.clock.pass_s(61)
        await timers.turn()
        world.answers(world.ana, which, after)
        assert (await old.end()).code == SIGNED_OUT
        assert not holds(old.received, after)
        assert holds(await renewed.answered(), after)


async def test_whom_a_removed_secret_let_in_hears_nothing_more_once_the_token_has_ended(house: House) -> None:
    world, timers = house.world, Timers(house.world.desk)
    inbox = world.inbox(world.shop).id
    made = (await house.operator(world.adela)("POST", f"{CONSOLE}/inboxes/{inbox}/secrets", {})).json()
    claims = {"sub": "user-17", "exp": world.clock() // 1_000_000 + 600}
    visit, word = await visits(house, identity=sign(claims, made["secret"])), canary()
    which = world.number_of(await writes(house, visit, word))  # type: ignore[arg-type]
    async with connected(house.app, f"{WIDGET}/socket") as socket:
        socket.say({"type": "hello", "token": visit["token"]})
        await socket.until("hello")
        removed = await house.operator(world.adela)("DELETE", f"{CONSOLE}/secrets/{made['id']}")
        assert removed.status_code == 204
        world.clock.pass_s(TOKEN_S)
        await timers.turn()
        world.answers(world.ana, which, word)
        assert (await socket.end()).code == SIGNED_OUT
        assert not holds(socket.received, word)
    again = await visits(house, resume_key=visit["resume_key"])
    assert (again["visitor"]["verified"], again["conversations"]) == (False, [])
    caller = house.nobody(authorization=f"Bearer {visit['token']}")
    assert (await caller("GET", f"{WIDGET}/conversations")).status_code == 401
