"""Pages as clients keep them: a state fetched once, then changed by what is heard, by the rules of the wire.

A version that is known is ignored, the next one is applied, a later one means that something is missing: the page
fetches what changed and counts it. The same rules are written in TypeScript for the real pages; both are fed the same
fixtures.
"""

from typing import Any

import msgspec

from recado.db import conversations as rows
from recado.db import openings, public
from recado.domain.actors import Operator, Visitor
from recado.domain.conversations import WidgetChanges, WidgetState
from recado.domain.errors import Refused
from recado.domain.ids import ConversationId, PublicId
from recado.domain.threads import PAGE, PAGE_BYTES
from tests.world import EPOCH, World

LISTS = ("waiting", "attending", "paused")

State = dict[str, Any]
Event = dict[str, Any]


def plain(value: object) -> Any:
    """A value as it arrives over the wire."""
    return msgspec.json.decode(msgspec.json.encode(value))


def desk_of(world: World, me: Operator) -> State:
    """What a desk starts with, fetched now."""
    return plain(world.see(openings.open_desk, me, EPOCH))  # type: ignore[no-any-return]


def conversation_of(world: World, me: Operator, which: ConversationId) -> State | None:
    """A conversation as this operator opens it now; None where they may not."""
    try:
        return plain(world.see(openings.open_conversation, me, which, EPOCH)[0])  # type: ignore[no-any-return]
    except Refused:
        return None


def widget_of(world: World, me: Visitor, which: PublicId) -> State:
    """A conversation as its customer opens it now."""

    def look(conn: Any) -> WidgetState:
        found = rows.find_for_visitor(conn, me, which)
        assert found is not None
        return WidgetState(EPOCH, found.widget(), *public.list_before(conn, found.thread_id, None, PAGE))

    return plain(world.see(look))  # type: ignore[no-any-return]


def newest(entries: list[State]) -> list[State]:
    """Of what a page knows, what one that is opened now has too: so many of the newest, or so much text."""
    count = text = 0
    while count < min(PAGE, len(entries)) and text < PAGE_BYTES:
        count += 1
        text += len(entries[-count]["body"].encode())
    return entries[len(entries) - count :]


class DeskPage:
    """The lists of one operator's desk."""

    def __init__(self, world: World, me: Operator) -> None:
        self._world = world
        self.me = me
        self.gaps = 0
        self.rows: dict[int, State] = {}
        self.seen: dict[int, int] = {}
        self.load()

    def load(self) -> None:
        self._take(desk_of(self._world, self.me))

    def _take(self, state: State) -> None:
        listed = [row for name in LISTS for row in state[name]["items"]]
        self.rows = {row["id"]: row for row in listed}
        self.gone: dict[int, int] = {}
        seen = {which: count for name in LISTS for which, count in state[name]["seen"].items()}
        self.seen = {int(which): count for which, count in seen.items()}
        self.notices = state["notices"]

    def hear(self, event: Event) -> None:
        match event["type"]:
            case "conversation.taken" | "conversation.left":
                if event["version"] > self._known(event["id"]):
                    self._leave(event["id"], event["version"])
            case "thread.read":
                self._read(event)
            case "conversation.changed":
                self._row(event["conversation"])
            case "notices.changed" if event["notices"]["at"] >= self.notices["at"]:
                self.notices = event["notices"]
            case "settings.changed":
                self.load()
            case _ if "entries" in event:
                self._row(event["conversation"])
                self._saw(event["conversation"]["id"], event.get("seen", {}).get(str(self.me.id)))

    def _row(self, row: State) -> None:
        which, known = row["id"], self._known(row["id"])
        if row["version"] <= known:
            return
        if which in self.rows and row["version"] > known + 1:
            self.gaps += 1
        if row["status"] == "closed" or (row["status"] != "waiting" and row["operator"] != self.me.id):
            self._leave(which, row["version"])
        else:
            self.rows[which] = row

    def _known(self, which: int) -> int:
        """Up to which version a conversation is known, also one that has left: what is told late brings none back."""
        return self.rows[which]["version"] if which in self.rows else self.gone.get(which, 0)

    def _leave(self, which: int, version: int) -> None:
        self.rows.pop(which, None)
        self.gone[which] = version

    def _saw(self, which: int, count: int | None) -> None:
        if count is not None:
            self.seen[which] = max(count, self.seen.get(which, 0))

    def _read(self, event: Event) -> None:
        which, mark = event["conversation"], event["mark"]
        if mark["reader"] == {"kind": "operator", "id": self.me.id}:
            self._saw(which, mark["inbound_count"])
        row = self.rows.get(which)
        if row is None or event["version"] is None or event["version"] <= row["version"]:
            return
        if event["version"] > row["version"] + 1:
            self.gaps += 1
            self.load()
            return
        self.rows[which] = row | {"version": event["version"]}

    def shown(self) -> State:
        """What stands on the page: the lists in their order, what is unread, and the counts on the tabs."""
        lists = {name: [row for row in self.rows.values() if row["status"] == name] for name in LISTS}
        lists["waiting"].sort(key=lambda row: (row["waiting_since"], row["id"]))
        for name in ("attending", "paused"):
            lists[name].sort(key=lambda row: (-row["last_at"], -row["id"]))
        unread = {which: row["inbound_count"] - self.seen.get(which, 0) for which, row in self.rows.items()}
        to_read = sum(unread[row["id"]] > 0 for row in lists["attending"])
        counts = {name: len(rows) for name, rows in lists.items()} | {"unread": to_read}
        return {**lists, "unread": unread, "counts": counts, "notices": self.notices}


def fetched_desk(world: World, me: Operator) -> State:
    """What a page that is opened now would show; its counts are the server's."""
    return DeskPage(world, me).shown() | {"counts": desk_of(world, me)["counts"]}


class ConversationPage:
    """One conversation, open on an operator's page; `state` is None once it was taken."""

    def __init__(self, world: World, me: Operator, which: ConversationId) -> None:
        self._world = world
        self.which = which
        self.me = me
        self.gaps = 0
        self.state = conversation_of(world, me, which)

    def hear(self, event: Event) -> None:
        if event["type"] == "settings.changed" and self.state is not None:
            self._catch_up(self.state["conversation"]["version"])  # an archive may have been closed
            return
        about = event.get("id", event.get("conversation"))
        number = about["id"] if isinstance(about, dict) else about
        if self.state is None or number != self.which:
            return
        if event["type"] in {"conversation.taken", "conversation.left"}:
            if event["version"] > self.state["conversation"]["version"]:
                self.state = None
        elif event["type"] == "thread.read":
            self._step(event["version"], {"version": event["version"]}, [], [event["mark"]])
        elif event["type"] == "conversation.changed" or "entries" in event:
            self._step(event["conversation"]["version"], event["conversation"], event.get("entries", []), [])

    def _step(self, version: int | None, row: State, entries: list[State], told: list[State]) -> None:
        assert self.state is not None
        known = self.state["conversation"]["version"]
        if version is None:
            self._merge({}, [], told)
        elif version == known + 1:
            self._merge(row, entries, told)
        elif version > known:
            self.gaps += 1
            self._catch_up(known)

    def _merge(self, row: State, entries: list[State], told: list[State]) -> None:
        assert self.state is not None
        by_seq = {entry["seq"]: entry for entry in self.state["entries"]}
        by_seq |= {
            entry["seq"]: entry for entry in entries if entry["rev"] >= by_seq.get(entry["seq"], {"rev": 0})["rev"]
        }
        by_reader = {tuple(mark["reader"].values()): mark for mark in self.state["marks"] + told}
        self.state["conversation"] |= row
        self.state["entries"] = [by_seq[seq] for seq in sorted(by_seq)]
        self.state["marks"] = list(by_reader.values())

    def _catch_up(self, known: int) -> None:
        try:
            changes = plain(self._world.see(openings.list_changes, self.me, self.which, known, EPOCH))
        except Refused:
            self.state = None
        else:
            self._merge(changes["conversation"], changes["entries"], changes["marks"])

    def shown(self) -> State | None:
        return shown_conversation(self.state, self.me)


def shown_conversation(state: State | None, me: Operator) -> State | None:
    """What stands on the page of an open conversation: its row, its entries, how far I and the visitor have read."""
    if state is None:
        return None
    mine = [mark for mark in state["marks"] if mark["reader"]["kind"] == "visitor" or mark["reader"]["id"] == me.id]
    mine.sort(key=lambda mark: mark["reader"]["kind"])
    return {"conversation": state["conversation"], "entries": newest(state["entries"]), "marks": mine}


class WidgetPage:
    """One conversation on its customer's page."""

    def __init__(self, world: World, me: Visitor, which: PublicId) -> None:
        self._world = world
        self.which = which
        self.me = me
        self.gaps = 0
        self.state = widget_of(world, me, which)

    def hear(self, event: Event) -> None:
        told = event.get("conversation")
        if not isinstance(told, dict) or told["id"] != self.which:
            return
        known = self.state["conversation"]["version"]
        if told["version"] == known + 1:
            self._merge(told, event.get("entries", []))
        elif told["version"] > known:
            self.gaps += 1
            changes = self._changes(known)
            self._merge(changes["conversation"], changes["entries"])

    def _changes(self, known: int) -> State:
        def look(conn: Any) -> WidgetChanges:
            found = rows.find_for_visitor(conn, self.me, self.which)
            assert found is not None
            entries = public.list_changed(conn, found.thread_id, known, 500)
            return WidgetChanges(EPOCH, entries is None, found.widget(), entries or [])

        return plain(self._world.see(look))  # type: ignore[no-any-return]

    def _merge(self, conversation: State, entries: list[State]) -> None:
        by_seq = {entry["seq"]: entry for entry in self.state["entries"] + entries}
        self.state["conversation"] = conversation
        self.state["entries"] = [by_seq[seq] for seq in sorted(by_seq)]

    def shown(self) -> State:
        return shown_widget(self.state)


def shown_widget(state: State) -> State:
    """What stands on a customer's page, of what a page that is opened now has too."""
    return {"conversation": state["conversation"], "entries": newest(state["entries"])}
