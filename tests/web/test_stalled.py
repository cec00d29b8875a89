"""A page whose machine reads no more: it holds nothing of ours for long."""

import pytest

from recado.domain.events import ToOperator, VisitorPresence
from recado.domain.ids import ConversationId
from recado.web import socket as sockets
from recado.web import transport
from tests.web.doors import CONSOLE, House
from tests.web.served import served, until

FRAMES = 200
"""Fewer than an outbox holds: it is the reader who must overflow it, not the test."""


async def test_a_page_that_reads_no_more_is_let_go_with_its_connection(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (sockets.CLOSE_WITHIN_S, transport.LINGER_S) == (5.0, 2.0)
    monkeypatch.setattr(sockets, "CLOSE_WITHIN_S", 0.1)
    monkeypatch.setattr(transport, "LINGER_S", 0.1)
    ana, hub = house.world.ana, house.world.desk.hub
    cookie = f"__Host-recado={house.world.signs_in(ana)}"
    async with served(house) as server:
        page = await server.open(f"{CONSOLE}/socket", Cookie=cookie)
        await until(lambda: ana.id in hub.online_operators())
        assert server.connections == 1

        def overflowed() -> bool:
            for number in range(FRAMES):
                hub.publish([(VisitorPresence(ConversationId(number), online=True), (ToOperator(ana.id),))])
            return ana.id not in hub.online_operators()

        await until(overflowed)
        await until(lambda: server.connections == 0)
        page.close()
