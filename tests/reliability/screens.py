"""Screens over the wire: an operator's lists with all conversations open that they may read, or a visitor's chat."""

from __future__ import annotations

from typing import Any

from tests.process import Guest, Member
from tests.reliability.desks import LiveDesk
from tests.reliability.follower import Follower, View
from tests.reliability.wire import Party

State = dict[str, Any]
LISTS = ("waiting", "attending", "paused", "closed")


class Screen(Follower):
    """A page that opens whatever it hears of, and finds what it may read after each greeting."""

    def __init__(self, party: Party, who: Member | Guest) -> None:
        super().__init__(party, ())
        self.rows: dict[int | str, State] = {}
        self.lists = LiveDesk(party, who.operator) if isinstance(who, Member) else None

    async def _greeted(self) -> None:
        """After a greeting: the lists, and what stands in them; on new connections, since the old ones may be dead."""
        self.party.leave()
        if self.lists is not None:
            await self.lists.fetch()
            listed = [row["id"] for row in self.lists.rows.values()]
            listed += [row["id"] for row in (await self._get("conversations?list=closed")).json["items"]]
        else:
            listed = [one["id"] for one in (await self._get("conversations")).json["conversations"]]
        for which in listed:
            self.views.setdefault(which, View())

    async def _take(self, event: State) -> None:
        if self.lists is not None:
            self.lists.hear(event)
            if self.lists.missing:
                await self.lists.fetch()
        conversation = event.get("conversation")
        if isinstance(conversation, dict):
            self.views.setdefault(conversation["id"], View())
        await super()._take(event)
        if event["type"] == "thread.read" and event.get("version") is not None and event["conversation"] in self.views:
            await self._read_on(event)

    async def _read_on(self, event: State) -> None:
        view = self.views[event["conversation"]]
        if event["version"] == view.version + 1:
            view.version += 1
        elif event["version"] > view.version:
            await self._catch_up(event["conversation"])
