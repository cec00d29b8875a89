"""Sockets: opened for our own pages alone, closed at once with the rights they had, unmoved by bad frames."""

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import pytest

from recado.actions import people, queue
from recado.domain.actors import Operator, Visitor
from recado.domain.events import PeopleChanged, ToOperators, ToTeam, VisitorPresence
from recado.domain.ids import ConversationId
from recado.live.outbox import BAD_FRAME, DISABLED, FRAMES_MAX, RIGHTS_CHANGED, SIGNED_OUT, SILENT, TOO_SLOW, TRY_LATER
from recado.web import auth
from recado.web.console import socket as console_door
from recado.web.limits import Rate
from recado.web.widget import socket as widget_door
from recado.web.widget import socket as widget_socket
from tests.web.doors import CONSOLE, WIDGET, House
from tests.web.sockets import Socket, connected
from tests.world import canary, holds

BAD_FRAMES: tuple[Any, ...] = (
    b"\x00\x01",
    b"",
    "",
    "{",
    "null",
    "[]",
    "5",
    '"text"',
    "[" * 100_000,
    '{"type":' * 100_000,
    '{"type":"unknown"}',
    '{"type":"conversation.claimed"}',
    '{"type":"typing"}',
    '{"type":"typing","conversation":[]}',
    '{"type":"ping"}' + " " * 20_000,
    '{"type":"typing","conversation":"\ud800"}',
)
FOREIGN = ("https://evil.test", "null", None, "https://desk.example.evil.test", "http://desk.example", "")


NETWORK = "10.0.0.1"


def desk_socket(house: House, operator: Operator, **headers: str | None) -> AbstractAsyncContextManager[Socket]:
    cookie = f"__Host-recado={house.world.signs_in(operator)}"
    return connected(house.app, f"{CONSOLE}/socket", NETWORK, **{"cookie": cookie} | headers)


def chat_socket(house: House, client: str = NETWORK, **headers: str | None) -> AbstractAsyncContextManager[Socket]:
    return connected(house.app, f"{WIDGET}/socket", client, **headers)


async def hello(house: House, socket: Socket, visitor: Visitor) -> None:
    socket.say({"type": "hello", "token": house.token(visitor)})
    assert (await socket.next())["type"] == "hello"


# ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_operator_s_socket_greets_and_tells(house: House) -> None:
    word = canary()
    async with desk_socket(house, house.world.ana) as ana, desk_socket(house, house.world.clara) as clara:
        greeting = await ana.next()
        assert (greeting["type"], greeting["epoch"]) == ("hello", house.world.desk.epoch)
        await clara.next()
        house.world.waiting(body=word)
        assert holds(await ana.until("conversation.opened"), word)
        assert await clara.answered() == []


async def test_a_page_that_is_no_desk_makes_nobody_somebody_who_answers(house: House) -> None:
    me, hub = house.world.ana, house.world.desk.hub
    path, cookie = f"{CONSOLE}/socket", f"__Host-recado={house.world.signs_in(me)}"
    async with connected(house.app, f"{path}?page=beside", NETWORK, cookie=cookie) as page:
        await page.next()
        assert (hub.online_operators(), hub.operators_at_desk()) == ({me.id}, set())
        async with connected(house.app, path, NETWORK, cookie=cookie) as desk:
            await desk.next()
            assert hub.operators_at_desk() == {me.id}
        assert hub.operators_at_desk() == set()


async def test_an_operator_s_socket_hears_nothing_before_its_greeting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, loop = console_door._scope_of, asyncio.get_running_loop()

    def find_while_much_happens(*asked: Any) -> Any:
        found = find(*asked)
        for _ in range(FRAMES_MAX + 1):
            loop.call_soon_threadsafe(house.world.desk.hub.tell, PeopleChanged(), ToTeam())
        return found

    monkeypatch.setattr(console_door, "_scope_of", find_while_much_happens)
    async with desk_socket(house, house.world.ana) as ana:
        assert (await ana.next())["type"] == "hello"
        assert await ana.answered() == []


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_foreign_page_is_denied_on_both_doors(house: House, origin: str | None) -> None:
    async with desk_socket(house, house.world.ana, origin=origin) as socket:
        assert not (await socket.end()).accepted
    async with chat_socket(house, origin=origin) as socket:
        assert not (await socket.end()).accepted


async def test_whose_network_has_asked_for_too_many_sessions_is_told_to_try_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "LOOKS_PER_NETWORK", Rate(1e-9, 1))
    for code in (SIGNED_OUT, TRY_LATER):
        async with desk_socket(house, house.world.ana, cookie="__Host-recado=unknown") as socket:
            assert (await socket.end()).code == code


@pytest.mark.parametrize(
    "cookie", [None, "", "__Host-recado=", "__Host-recado=unknown", "other=1", "__Host-recado=\x7f"]
)
async def test_without_a_session_it_ends_as_signed_out(house: House, cookie: str | None) -> None:
    async with desk_socket(house, house.world.ana, cookie=cookie) as socket:
        assert (await socket.end()).code == SIGNED_OUT


async def test_a_visitor_s_token_opens_no_operator_s_socket(house: House) -> None:
    token = house.token(house.world.lucia)
    for headers in ({"authorization": f"Bearer {token}"}, {"cookie": f"__Host-recado={token}"}):
        async with connected(house.app, f"{CONSOLE}/socket", **headers) as socket:
            assert (await socket.end()).code == SIGNED_OUT


@pytest.mark.parametrize(
    "first", [{"type": "hello", "token": "unknown"}, {"type": "ping"}, {"type": "hello", "token": ""}]
)
async def test_a_visitor_s_socket_needs_its_token_first(house: House, first: dict[str, str]) -> None:
    async with chat_socket(house) as socket:
        socket.say(first)
        assert (await socket.end()).code == SIGNED_OUT


async def test_an_expired_token_ends_as_signed_out(house: House) -> None:
    token = house.token(house.world.lucia)
    house.world.clock.pass_s(16 * 60)
    async with chat_socket(house) as socket:
        socket.say({"type": "hello", "token": token})
        assert (await socket.end()).code == SIGNED_OUT


async def test_who_does_not_introduce_themselves_in_time_is_sent_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert widget_door.HELLO_WITHIN_S == 5.0
    monkeypatch.setattr(widget_door, "HELLO_WITHIN_S", 0.01)
    async with chat_socket(house) as socket:
        assert (await socket.end()).code == SILENT


OUTWARD = {"seq", "rev", "author", "body", "at", "client_id", "attachments", "quote", "edited", "gone"}
"""What a customer is told of an entry, and nothing beside it."""


async def test_a_visitor_hears_their_own_conversation_and_no_inner_word(house: House) -> None:
    word = canary()
    async with chat_socket(house) as lucia, chat_socket(house) as julian:
        await hello(house, lucia, house.world.lucia)
        await hello(house, julian, house.world.julian)
        chat = house.world.waiting(house.world.lucia)
        house.world.answers(house.world.ana, chat.id, word)
        await lucia.next()
        told = await lucia.next()
        assert holds(told, word)
        assert set(told["entries"][0]) == OUTWARD
        assert await julian.answered() == []


# ── losing ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_other_rights_close_the_socket_at_once(house: House) -> None:
    async with desk_socket(house, house.world.bruno) as bruno, desk_socket(house, house.world.ana) as ana:
        await bruno.next()
        await ana.next()
        house.world.leaves(house.world.bruno, "Soporte")
        house.world.waiting(body=(word := canary()))
        assert (await bruno.end()).code == RIGHTS_CHANGED
        assert not holds(bruno.received, word)
        assert holds(await ana.until("conversation.opened"), word)


async def test_disabling_and_signing_out_close_it_for_good(house: House) -> None:
    async with desk_socket(house, house.world.bruno) as bruno:
        await bruno.next()
        house.world.disables(house.world.bruno)
        assert (await bruno.end()).code == DISABLED
    token = house.world.signs_in(house.world.ana)
    async with connected(house.app, f"{CONSOLE}/socket", cookie=f"__Host-recado={token}") as ana:
        await ana.next()
        house.world.act(people.end_session, house.world.ana, token)
        assert (await ana.end()).code == SIGNED_OUT


async def test_a_page_that_stopped_reading_is_told_to_come_back_and_holds_nobody_up(house: House) -> None:
    async with desk_socket(house, house.world.ana) as slow, desk_socket(house, house.world.bruno) as quick:
        await slow.next()
        await quick.next()
        to_ana = ToOperators(frozenset((house.world.ana.id,)))
        for number in range(300):  # without a turn for the writers in between
            house.world.desk.hub.tell(VisitorPresence(ConversationId(number), online=True), to_ana)
        house.world.waiting(body=(word := canary()))
        assert holds(await quick.until("conversation.opened"), word)
        assert (await slow.end()).code == TOO_SLOW


# ── bad frames and hints ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("frame", BAD_FRAMES, ids=lambda frame: repr(frame)[:30])
async def test_a_bad_frame_closes_its_socket_and_no_other(house: House, frame: Any) -> None:
    async with desk_socket(house, house.world.ana) as bad, desk_socket(house, house.world.ana) as good:
        await bad.next()
        await good.next()
        bad.say(frame)
        assert (await bad.end()).code == BAD_FRAME
        assert await good.answered() == []


@pytest.mark.parametrize("frame", BAD_FRAMES, ids=lambda frame: repr(frame)[:30])
async def test_on_a_visitor_s_socket_too_before_and_after_the_greeting(house: House, frame: Any) -> None:
    async with chat_socket(house) as bad, chat_socket(house) as good:
        await hello(house, bad, house.world.lucia)
        await hello(house, good, house.world.lucia)
        bad.say(frame)
        assert (await bad.end()).code == BAD_FRAME
        assert await good.answered() == []
    async with chat_socket(house) as first:
        first.say(frame)
        assert (await first.end()).code in {BAD_FRAME, SIGNED_OUT}


@pytest.mark.parametrize("number", [10**30, -(10**30), -1, 0])
async def test_numbers_that_no_store_holds_are_nothing_worse(house: House, number: int) -> None:
    async with desk_socket(house, house.world.ana) as bad, desk_socket(house, house.world.ana) as good:
        await bad.next()
        await good.next()
        for kind in ("typing", "looking"):
            bad.say({"type": kind, "conversation": number})
        assert (await bad.end()).code == BAD_FRAME
        assert await good.answered() == []


async def test_hints_about_what_one_may_not_see_reach_nobody(house: House) -> None:
    waiting = house.world.waiting(house.world.lucia)
    attended = house.world.attended(house.world.ana, house.world.julian)
    async with (
        desk_socket(house, house.world.clara) as clara,
        desk_socket(house, house.world.bruno) as bruno,
        desk_socket(house, house.world.ana) as ana,
    ):
        for socket in (clara, bruno, ana):
            await socket.next()
        for chat in (waiting, attended):
            clara.say({"type": "typing", "conversation": chat.id})
            clara.say({"type": "looking", "conversation": chat.id})
        assert await clara.answered() == []
        assert await bruno.answered() == []
        bruno.say({"type": "looking", "conversation": waiting.id})
        assert (await ana.until("looking"))["operators"] == [house.world.bruno.id]
        bruno.say({"type": "typing", "conversation": waiting.id})
        assert (await ana.until("typing"))["author"]["id"] == house.world.bruno.id


async def test_who_looks_without_being_allowed_to_is_in_nobody_s_list(house: House) -> None:
    chat, world = house.world.waiting(), house.world
    async with desk_socket(house, world.clara) as clara, desk_socket(house, world.ana) as ana:
        await clara.next()
        await ana.next()
        clara.say({"type": "looking", "conversation": chat.id})
        assert await clara.answered() == []
        ana.say({"type": "looking", "conversation": chat.id})
        assert (await ana.until("looking"))["operators"] == [world.ana.id]
        desk = (await house.operator(world.bruno)("GET", f"{CONSOLE}/desk")).json()
        assert desk["looking"] == {str(chat.id): [world.ana.id]}
        ana.say({"type": "looking", "conversation": None})
        assert (await ana.until("looking"))["operators"] == []


async def test_typing_reaches_the_other_side_of_an_attended_conversation_alone(house: House) -> None:
    chat = house.world.attended(house.world.ana, house.world.lucia)
    async with (
        desk_socket(house, house.world.ana) as ana,
        desk_socket(house, house.world.bruno) as bruno,
        chat_socket(house) as lucia,
        chat_socket(house) as julian,
    ):
        await ana.next()
        await bruno.next()
        await hello(house, lucia, house.world.lucia)
        await hello(house, julian, house.world.julian)
        ana.say({"type": "typing", "conversation": chat.id})
        assert await lucia.until("typing") == {"type": "typing", "conversation": chat.public_id, "name": "Ana"}
        lucia.say({"type": "typing", "conversation": chat.public_id})
        assert (await ana.until("typing"))["author"]["kind"] == "visitor"
        julian.say({"type": "typing", "conversation": chat.public_id})
        assert await julian.answered() == []
        assert "typing" not in [frame["type"] for frame in await ana.answered() + await bruno.answered()]
        house.world.act(queue.close, house.world.ana, chat.id)
        house.rest()
        lucia.say({"type": "typing", "conversation": chat.public_id})
        await lucia.answered()
        assert "typing" not in [frame["type"] for frame in await ana.answered()]


async def test_ten_thousand_pings_end_their_own_socket_and_hold_nobody_up(house: House) -> None:
    async with desk_socket(house, house.world.ana) as many, desk_socket(house, house.world.bruno) as other:
        await many.next()
        await other.next()
        for _ in range(10_000):
            many.say({"type": "ping"})
        assert await other.answered() == []
        assert (await many.end()).code == BAD_FRAME
        assert len(many.received) < 200


async def test_as_many_pings_as_a_page_could_want_are_answered(house: House) -> None:
    async with desk_socket(house, house.world.ana) as ana:
        await ana.next()
        for _ in range(90):
            assert await ana.answered() == []


async def test_a_visitor_has_twenty_pages_and_the_next_is_told_to_come_later(house: House) -> None:
    async with AsyncExitStack() as pages:
        for _ in range(20):
            page = await pages.enter_async_context(chat_socket(house))
            await hello(house, page, house.world.lucia)
        async with chat_socket(house) as one_more, chat_socket(house) as julian:
            one_more.say({"type": "hello", "token": house.token(house.world.lucia)})
            assert (await one_more.end()).code == TRY_LATER
            await hello(house, julian, house.world.julian)
    async with chat_socket(house) as again:
        await hello(house, again, house.world.lucia)


async def test_a_network_has_so_many_of_the_chat_s_sockets_and_another_one_its_own(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(widget_socket, "SOCKETS_PER_NETWORK", 2)
    async with chat_socket(house) as silent, chat_socket(house) as lucia:
        await hello(house, lucia, house.world.lucia)
        async with chat_socket(house) as one_more:
            assert (await one_more.end()).code == TRY_LATER
        async with chat_socket(house, client="192.0.2.9") as elsewhere, chat_socket(house, client="::1") as here:
            await hello(house, elsewhere, house.world.julian)
            await hello(house, here, house.world.tomas)
        assert silent.received == []
    async with chat_socket(house) as again:
        await hello(house, again, house.world.lucia)
