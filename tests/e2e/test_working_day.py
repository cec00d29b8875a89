"""A working day: operators of two departments, a supervisor and their customers, cuts and a restart in the middle.

Of six operators and twenty customers at full size, of four and six otherwise.

Everybody goes by what is on their screen. At the end nothing that a customer wrote is lost or doubled, every screen
shows what is stored, and no browser has received a word that its owner might not read.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from recado.actions import departments
from recado.actions.departments import DepartmentChanges
from recado.db.database import Tx
from recado.db.departments import list_names
from recado.db.migrate import upgrade
from recado.domain.actors import Operator
from recado.domain.ids import DepartmentId
from recado.domain.routing import Assignment, Rules
from tests.e2e.day import Customer, open_shop, seat
from tests.e2e.day_desk import Colleague, Supervisor
from tests.e2e.day_judge import Stored, judge_order, lists_of, may_know, read
from tests.process import FoundDesk, Server, found_desk, free_port
from tests.reliability.proxy import Fault, Proxy
from tests.reliability.sizes import SOAK, size
from tests.reliability.wire import CANARY
from tools.machine import is_root

SEATS = size(2, 3)
TEAM = {"Ventas": ["ana", "bruno", "carmen"][:SEATS], "Soporte": ["diego", "elena", "fabio"][:SEATS]}
SUPERVISOR = "sara"
CUSTOMERS = size(6, 20)
LINES = 3
ALL_LINES = CUSTOMERS * LINES
LATE = size(2, 4)
"""Customers who write once more when the operators have gone home."""
ALWAYS = {"claimed", "transferred", "closed"}
"""What happens on the shortest day; on a whole one, all that an operator can do."""
WHOLE = ALWAYS | {"paused", "resumed", "released", "reopened", "looked_in"}


class Day:
    """How far the day is: what customers have said, and whether the operators go on."""

    def __init__(self) -> None:
        self.lines = 0
        self.over = False
        self._said = asyncio.Condition()

    async def said(self) -> None:
        """Count a line of a customer's."""
        async with self._said:
            self.lines += 1
            self._said.notify_all()

    async def reaches(self, lines: int) -> None:
        """Wait until so many lines were said."""
        async with self._said:
            await self._said.wait_for(lambda: self.lines >= lines)


class Cast:
    """Everybody, each in front of their page."""

    def __init__(self, colleagues: list[Colleague], supervisor: Supervisor, customers: list[Customer]) -> None:
        self.colleagues = colleagues
        self.supervisor = supervisor
        self.customers = customers

    @property
    def team(self) -> list[Colleague]:
        return [*self.colleagues, self.supervisor]

    @property
    def everybody(self) -> list[Colleague | Customer]:
        return [*self.team, *self.customers]


@asynccontextmanager
async def chromium_of(program: Path) -> AsyncIterator[Browser]:
    """A browser that runs in this test's loop."""
    async with async_playwright() as playwright:
        options = ["--no-sandbox"] if is_root() else []
        browser = await playwright.chromium.launch(executable_path=str(program), args=options)
        yield browser
        await browser.close()


def found(url: str, site: str) -> FoundDesk:
    """The desk before the day begins."""
    upgrade(url)
    with found_desk(url, TEAM, site=site, supervisor=SUPERVISOR) as desk:
        desk.by_admin(allow_looking_in)
        return desk


def allow_looking_in(tx: Tx, admin: Operator) -> None:
    """Let supervisors look into what the first department attends."""
    first = DepartmentId(list_names(tx.conn)[0].id)
    departments.change(tx, admin, first, DepartmentChanges(rules=Rules(Assignment.MANUAL, look_in=True)))


async def take_seats(browser: Browser, desk: str, site: str) -> Cast:
    """Let everybody come."""
    places = {name: department for department, names in TEAM.items() for name in names}
    colleagues = [await seat(browser, Colleague, name, width=1440, height=900) for name in places]
    supervisor = await seat(browser, Supervisor, SUPERVISOR, width=1440, height=900)
    customers = [
        await seat(browser, Customer, f"customer {number}", width=900, height=760) for number in range(CUSTOMERS)
    ]
    cast = Cast(colleagues, supervisor, customers)
    for one in cast.team:
        await one.sign_in(desk, places.get(one.name, "Ventas"))
    for number, customer in enumerate(customers):
        await customer.come(site, list(TEAM)[number % 2])
    return cast


async def shops(customer: Customer, number: int, day: Day) -> None:
    """What a customer does all day: write, wait for an answer, write again; on a train, or with a page reloaded."""
    for line in range(LINES):
        heard = await customer.answers.count()
        await customer.context.set_offline(line == 1 and number % 5 == 0)
        await customer.write()
        await customer.context.set_offline(offline=False)
        await day.said()
        await customer.is_served(heard)
        if line == 1 and number % 5 == 1:
            await customer.reload()
            await customer.is_served(heard)


async def oversees(supervisor: Supervisor, day: Day) -> None:
    """What the supervisor does all day: something each time that customers have said some lines more."""
    for lines in range(CUSTOMERS // 2, ALL_LINES, 5):
        await day.reaches(lines)
        await supervisor.oversee()
    await supervisor.press("Escape", "g", "w")


async def is_told(cast: Cast) -> None:
    """Wait until a screen says that there is no connection, and that all is kept."""
    await expect(cast.colleagues[0].page.get_by_text("Lo que escribas se guarda")).to_be_visible()


async def disturb(server: Server, proxy: Proxy, cast: Cast, day: Day) -> None:
    """Cut all connections, put a broken gateway before the desk, and kill the server, while people work."""
    await day.reaches(ALL_LINES * 4 // 10)
    proxy.cut(Fault.RESET)
    await day.reaches(ALL_LINES * 5 // 10)
    proxy.cut(Fault.GATEWAY)
    await is_told(cast)
    proxy.mend()
    await day.reaches(ALL_LINES * 6 // 10)
    await asyncio.to_thread(server.kill)
    await is_told(cast)
    await asyncio.to_thread(server.start)


async def work(server: Server, proxy: Proxy, cast: Cast) -> None:
    """The day, from the first line to the last answer; then the operators stop, and some customers write again."""
    day = Day()
    async with asyncio.TaskGroup() as desk:
        for colleague in cast.colleagues:
            desk.create_task(colleague.work(lambda: day.over))
        async with asyncio.TaskGroup() as shop:
            shop.create_task(disturb(server, proxy, cast, day))
            shop.create_task(oversees(cast.supervisor, day))
            for number, customer in enumerate(cast.customers):
                shop.create_task(shops(customer, number, day))
        day.over = True
    for customer in cast.customers[:LATE]:
        await customer.write()


async def show(cast: Cast, folder: Path) -> None:
    """Leave a picture of every screen beside the database, for whoever looks what went wrong."""
    for one in cast.everybody:
        await one.page.screenshot(path=folder / f"{one.name}.png")


async def judge_screens(cast: Cast, url: str) -> Stored:
    """Every screen shows what is stored, without being loaded anew."""
    for customer in cast.customers:
        await customer.has_sent()
    stored = read(url)
    for customer in cast.customers:
        await customer.sees(said_to(stored, customer))
    for colleague in cast.team:
        places = list(TEAM) if colleague is cast.supervisor else [colleague.department]
        for name, conversations in lists_of(stored, colleague.name, places).items():
            await colleague.lists(name, conversations)
            for conversation in sorted(conversations)[:1]:
                words = [said.body for said in stored.threads[conversation] if said.kind != "activity"]
                await colleague.sees(conversation, words)
    return stored


def said_to(stored: Stored, customer: Customer) -> list[str]:
    """The public words of a customer's conversation, in order."""
    (thread,) = [
        thread
        for thread in stored.threads.values()
        if any(said.body in customer.typed and said.by == "visitor" for said in thread)
    ]
    return [said.body for said in thread if said.kind == "public"]


async def judge_words(cast: Cast, stored: Stored) -> None:
    """What customers wrote is there, once; what lost a race is not, what won is; nobody said what nobody typed.

    What was on its way as a conversation went to somebody else is stored, or its author still has it.
    """
    judge_order(stored)
    bodies = [said.body for thread in stored.threads.values() for said in thread if said.kind != "activity"]
    typed = {words for one in cast.everybody for words in one.typed}
    assert set(bodies) <= typed
    assert [words for customer in cast.customers for words in customer.typed if words not in bodies] == []
    assert [words for one in cast.team for words in one.won if words not in bodies] == []
    assert [words for one in cast.team for words in one.lost if words in bodies] == []
    for one in cast.team:
        kept = await one.kept()
        assert [words for words in one.lost if words not in kept] == []
        assert [words for words in one.unsure if words not in kept and words not in bodies] == []


async def judge_leaks(cast: Cast, stored: Stored, places: dict[str, int]) -> None:
    """No browser has received words that its owner may not know, in any answer or frame."""
    numbers = {name: number for number, name in stored.places.items()}
    started_in = {}
    for conversation, thread in stored.threads.items():
        number = next(number for number, one in enumerate(cast.customers) if thread[0].body in one.typed)
        started_in[conversation] = numbers[list(TEAM)[number % 2]]
    team = {
        one.name: list(places.values()) if one is cast.supervisor else [places[one.department]] for one in cast.team
    }
    known = may_know(stored, started_in, team)
    for one in cast.everybody:
        await one.settled()
        heard = {found.decode() for found in CANARY.findall("\n".join(one.heard).encode())}
        assert heard, f"{one.name} heard nothing at all"
        own = known[one.name] if isinstance(one, Colleague) else set(said_to(stored, one))
        assert heard - own - set(one.typed) == set(), f"{one.name} received what is not theirs"


@pytest.mark.slow
@pytest.mark.timeout(1500)
async def test_a_working_day_with_cuts_and_a_restart_loses_doubles_and_leaks_nothing(
    chromium: Path, tmp_path: Path
) -> None:
    url, port = f"sqlite:///{tmp_path}/recado.db", free_port()
    site = f"http://localhost:{port}"
    desk = found(url, site)
    server = Server(tmp_path, url)
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(Proxy(server.port))
        server.base_url = f"http://127.0.0.1:{proxy.port}"
        stack.callback(server.kill)
        await asyncio.to_thread(server.start)
        tags = {
            name: f'<script async src="{server.base_url}/widget.js" data-inbox="{key}"></script>'
            for name, key in desk.inboxes.items()
        }
        stack.enter_context(open_shop(port, tags))
        browser = await stack.enter_async_context(chromium_of(chromium))
        cast = await take_seats(browser, server.base_url, site)
        try:
            await work(server, proxy, cast)
            stored = await judge_screens(cast, url)
        except BaseException:
            await show(cast, tmp_path)
            raise
        await judge_words(cast, stored)
        await judge_leaks(cast, stored, {name: number for number, name in stored.places.items()})
        done = Counter(said.activity.kind for thread in stored.threads.values() for said in thread if said.activity)
        assert (WHOLE if SOAK else ALWAYS) <= set(done), done
        assert [one.complaints for one in cast.everybody if one.complaints] == []
        assert [one.unheard for one in cast.everybody if one.unheard] == []
