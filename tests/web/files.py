"""Sends files through a door, as a page does."""

from typing import Any

import httpx

from tests.web.doors import CONSOLE, WIDGET, Caller, House
from tests.world import Chat, new_client_id

PART = "application/offset+octet-stream"


class Sending:
    """Somebody who sends files, as an operator or as a visitor, into one conversation."""

    def __init__(self, house: House, caller: Caller, chat: Chat, *, visitor: bool = False) -> None:
        self._house = house
        self._caller = caller
        self._chat = chat
        self._visitor = visitor
        self.door = WIDGET if visitor else CONSOLE
        self.talk = f"{self.door}/conversations/{chat.public_id if visitor else chat.id}"

    async def begin(self, name: str, size: int, **more: str) -> httpx.Response:
        body: dict[str, Any] = {"name": name, "size": size, **more}
        if self._visitor:
            return await self._caller("POST", f"{WIDGET}/uploads", body | {"conversation": self._chat.public_id})
        return await self._caller("POST", f"{self.talk}/uploads", body)

    async def part(
        self, which: str, offset: int, content: bytes, kind: str = PART, address: str | None = None
    ) -> httpx.Response:
        path = f"{self.door}/uploads/{which}?offset={offset}"
        return await self._caller("PATCH", path, raw=content, headers={"content-type": kind, "x-from": address})

    async def look(self, which: str) -> httpx.Response:
        return await self._caller("GET", f"{self.door}/uploads/{which}")

    async def whole(self, name: str, content: bytes) -> httpx.Response:
        """All of a file in one part; the answer to that."""
        begun = await self.begin(name, len(content))
        assert begun.status_code == 201, begun.text
        return await self.part(begun.json()["id"], 0, content)

    async def sent(self, name: str, content: bytes, text: str = "", **more: Any) -> dict[str, Any]:
        """A message with one file; gives the file as readers get it."""
        answer = await self.whole(name, content)
        assert answer.status_code == 200, answer.text
        which = answer.json()["id"]
        said = {"client_id": new_client_id(), "body": text, "attachments": [which], **more}
        stored = await self._caller("POST", f"{self.talk}/messages", said)
        assert stored.status_code == 201, stored.text
        file: dict[str, Any] = stored.json()["entry"]["attachments"][0]
        return file

    async def get(self, which: str, end: str = "", **headers: str) -> httpx.Response:
        return await self._caller("GET", f"{self.door}/files/{which}{end}", headers={**headers})
