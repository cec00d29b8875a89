"""HEAD, wherever GET is: what GET would answer, without its body (RFC 9110, 9.3.2). Monitors ask so."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Send

HEAD = "head"
"""In the scope of what is asked so: who would read a file for its body can leave that."""


def answering_heads(app: ASGIApp) -> ASGIApp:
    """Return `app` with each HEAD asked of it as a GET; no part of a body goes out."""

    def answer(scope: Any, receive: Receive, send: Send) -> Awaitable[None]:
        if scope.get("method") != "HEAD":
            return app(scope, receive, send)

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        asked: Any = {**scope, "method": "GET", HEAD: True}
        return app(asked, receive, send_head)

    return answer
