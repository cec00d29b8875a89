"""The pages of direct conversations as operators keep them: their lists with counts, and one that is open.

The same rules as in `pages`; and for how one stands for its reader: what was changed later is true.
"""

from collections import Counter
from typing import Any

from recado.db import directs as rows
from recado.db import openings
from recado.domain.actors import Operator
from recado.domain.directs import BOXES
from recado.domain.errors import Refused
from recado.domain.ids import DirectId
from tests.flows.pages import Event, State, newest, plain
from tests.world import EPOCH, World

MOST = 200


def boxes_of(world: World, me: Operator) -> State:
    """The lists of one operator's direct conversations, fetched now, with the counts on them."""
    boxes: State = {box: world.see(rows.list_box, me, box, None, MOST).items for box in BOXES}
    return plain(boxes | {"counts": world.see(rows.count, me)})  # type: ignore[no-any-return]


def direct_of(world: World, me: Operator, which: DirectId) -> State | None:
    """A direct conversation as this operator opens it now; None where they do not take part."""
    try:
        return plain(world.see(openings.open_direct, me, which, EPOCH))  # type: ignore[no-any-return]
    except Refused:
        return None


class DirectLists:
    """The lists of one operator."""

    def __init__(self, world: World, me: Operator) -> None:
        self._world = world
        self.me = me
        self.gaps = 0
        self.items = {item["direct"]["id"]: item for box in BOXES for item in boxes_of(world, me)[box]}
        self.gone: dict[int, int] = {}

    def hear(self, event: Event) -> None:
        match event["type"]:
            case "direct.posted" | "direct.changed":
                self._row(event["direct"], event["entries"])
            case "direct.read":
                self._step(event["direct"], event["version"], {})
            case "direct.left":
                self._leave(event["id"], event["version"])
            case "direct.own_changed" if event["direct"] in self.items:
                item = self.items[event["direct"]]
                if event["own"]["at"] >= item["own"]["at"]:
                    self.items[event["direct"]] = item | {"own": event["own"]}

    def _row(self, row: State, entries: list[State]) -> None:
        which = row["id"]
        if which in self.items:
            known = self.items[which]["direct"]["version"]
            self._step(which, row["version"], row)
            if row["version"] > known:
                self._said(which, entries)
        elif row["version"] > self.gone.get(which, 0):
            self._meet(row, entries)

    def _meet(self, row: State, entries: list[State]) -> None:
        """One that begins is told whole; of one to which I am added, how it stands for me is asked."""
        if row["version"] == 1 and entries and entries[0]["seq"] == 1:
            mine = row["started_by"] == self.me.id
            own = {"received": not mine, "started": mine, "archived": False, "floor": 0, "seen": 0, "alerts": "all"}
            self.items[row["id"]] = {"direct": row, "own": own | {"at": entries[0]["at"]}}
        else:
            self._fetch(row["id"])

    def _fetch(self, which: int) -> None:
        state = direct_of(self._world, self.me, DirectId(which))
        if state is None:
            self.items.pop(which, None)
        else:
            self.items[which] = {"direct": state["direct"], "own": state["own"]}

    def _step(self, which: int, version: int | None, row: State) -> None:
        item = self.items.get(which)
        if item is None or version is None or version <= item["direct"]["version"]:
            return
        if version > item["direct"]["version"] + 1:
            self.gaps += 1
            self._fetch(which)
        else:
            self.items[which] = item | {"direct": item["direct"] | row | {"version": version}}

    def _said(self, which: int, entries: list[State]) -> None:
        """A message brings it out of the archive, and a colleague's into the inbox."""
        for entry in entries:
            own = self.items[which]["own"]
            if entry["kind"] == "note" and entry["at"] > own["at"]:
                received = own["received"] or entry["author"]["id"] != self.me.id
                own |= {"archived": False, "received": received, "at": entry["at"]}

    def _leave(self, which: int, version: int) -> None:
        if version > self._known(which):
            self.items.pop(which, None)
            self.gone[which] = version

    def _known(self, which: int) -> int:
        return self.items[which]["direct"]["version"] if which in self.items else self.gone.get(which, 0)

    def shown(self) -> State:
        """What stands on the page: the lists in their order, what is unread, the counts on them."""
        boxes: State = {box: [] for box in BOXES}
        for item in sorted(self.items.values(), key=lambda item: (-item["direct"]["last_at"], -item["direct"]["id"])):
            for box in standing(item["own"]):
                boxes[box].append(item)
        unread = Counter(
            "archived" if item["own"]["archived"] else "inbox"
            for item in self.items.values()
            if item["direct"]["count"] > item["own"]["seen"]
        )
        return boxes | {"counts": {"inbox": unread["inbox"], "archived": unread["archived"]}}


def standing(own: State) -> list[str]:
    """In which lists it stands."""
    if own["archived"]:
        return ["archived"]
    return ["open", *(box for box, there in (("inbox", own["received"]), ("sent", own["started"])) if there)]


class DirectPane:
    """One that is open; `state` is None once its reader takes part no longer."""

    def __init__(self, world: World, me: Operator, which: DirectId) -> None:
        self._world = world
        self.which = which
        self.me = me
        self.gaps = 0
        self.state = direct_of(world, me, which)

    def hear(self, event: Event) -> None:
        about = event.get("id", event.get("direct"))
        number = about["id"] if isinstance(about, dict) else about
        if self.state is None or number != self.which or not event["type"].startswith("direct."):
            return
        match event["type"]:
            case "direct.left":
                self.state = None if event["version"] > self.state["direct"]["version"] else self.state
            case "direct.read":
                self._step(event["version"], {}, [], [event["mark"]])
            case "direct.posted" | "direct.changed":
                told = [event["mark"]] if event["mark"] else []
                self._step(event["direct"]["version"], event["direct"], event["entries"], told)

    def _step(self, version: int | None, row: State, entries: list[State], told: list[State]) -> None:
        assert self.state is not None
        known = self.state["direct"]["version"]
        if version is None:
            self._merge({}, [], told)
        elif version == known + 1:
            self._merge(row | {"version": version}, entries, told)
        elif version > known:
            self.gaps += 1
            self._catch_up(known)

    def _merge(self, row: State, entries: list[State], told: list[State]) -> None:
        assert self.state is not None
        if any(entry["kind"] == "activity" and entry["activity"]["kind"] != "renamed" for entry in entries):
            self._catch_up(self.state["direct"]["version"])  # who takes part now begins somewhere
            return
        by_seq = {entry["seq"]: entry for entry in self.state["entries"]} | {one["seq"]: one for one in entries}
        self.state |= {"direct": self.state["direct"] | row, "entries": [by_seq[seq] for seq in sorted(by_seq)]}
        self.state["marks"] = further(self.state["marks"] + told)

    def _catch_up(self, known: int) -> None:
        try:
            changes = plain(self._world.see(openings.list_direct_changes, self.me, self.which, known, EPOCH))
        except Refused:
            self.state = None
        else:
            assert self.state is not None
            by_seq = {one["seq"]: one for one in self.state["entries"] + changes["entries"]}
            self.state |= changes | {"entries": [by_seq[seq] for seq in sorted(by_seq)]}

    def shown(self) -> State | None:
        return shown_direct(self.state)


def further(marks: list[State]) -> list[State]:
    """Of each reader the mark that is further on."""
    found: dict[Any, State] = {}
    for mark in marks:
        reader = mark["reader"]["id"]
        if reader not in found or mark["seq"] >= found[reader]["seq"]:
            found[reader] = mark
    return list(found.values())


def shown_direct(state: State | None) -> State | None:
    """What stands on the page: the row, the entries, how far each who takes part has read."""
    if state is None:
        return None
    read = {mark["reader"]["id"]: mark["seq"] for mark in state["marks"]}
    return {"direct": state["direct"], "entries": newest(state["entries"]), "read": read, "floors": state["floors"]}
