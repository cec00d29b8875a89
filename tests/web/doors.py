"""The whole application over the world's store, and callers who knock at its doors."""

import itertools
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec
from litestar import Litestar

from recado.app import build
from recado.desk import Desk
from recado.domain.actors import Operator, Visitor
from recado.push.sealing import Signer
from recado.push.service import OUTSIDE, Reach
from recado.settings import Settings, load
from recado.web.limits import Limits
from recado.web.push_key import PushKey
from recado.web.tokens import Seal
from tests.world import World

BASE = "https://desk.example"
CONSOLE = "/api/v1/console"
WIDGET = "/api/v1/widget"
SECRET = "a secret of the tests that is long enough to be one"
PROBLEM = "application/problem+json"

T = TypeVar("T")


def settings_for(folder: Path, **more: str) -> Settings:
    """Settings as `recado serve` would read them, with all data below `folder`."""
    given = {"data": str(folder), "base_url": BASE, "secret": SECRET} | more
    return load({f"RECADO_{name.upper()}": value for name, value in given.items()})


class Caller:
    """Somebody who sends requests, with what their browser sends along."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self._client = client
        self.headers = headers

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        headers: dict[str, str | None] | None = None,
    ) -> httpx.Response:
        """The answer to one request; `raw` instead of `body` for what is no JSON, None for a header takes it away."""
        sent: dict[str, str | None] = {"origin": BASE, **self.headers}
        content = raw
        if body is not None:
            content = msgspec.json.encode(body)
        if content is not None:
            sent["content-type"] = "application/json"
        kept = {name: value for name, value in (sent | (headers or {})).items() if value is not None}
        self._client.cookies.clear()  # what one was given, another does not send
        return await self._client.request(method, path, content=content, headers=kept)


class House:
    """The application, its world, and everybody who may call."""

    def __init__(self, world: World, app: Litestar, client: httpx.AsyncClient, settings: Settings) -> None:
        self.world = world
        self.app = app
        self.settings = settings
        self.client = client
        self._seal = Seal(settings.secret)

    @property
    def limits(self) -> Limits:
        """How much each caller has asked for."""
        return part_of(self.app, "limits", Limits)

    def rest(self) -> None:
        """Let so much time go by that nobody is held to a rate."""
        self.limits._buckets.clear()

    def operator(self, operator: Operator) -> Caller:
        """An operator on a page of theirs, in a session of its own."""
        return Caller(self.client, {"cookie": f"__Host-recado={self.world.signs_in(operator)}"})

    def visitor(self, visitor: Visitor) -> Caller:
        return Caller(self.client, {"authorization": f"Bearer {self.token(visitor)}"})

    def token(self, visitor: Visitor) -> str:
        """A bearer token as the door itself makes them."""
        return self._seal.make(visitor, self.world.clock())[0]

    def nobody(self, **headers: str) -> Caller:
        return Caller(self.client, headers)


def built(world: World, settings: Settings, reach: Reach = OUTSIDE) -> Litestar:
    """The application; what the framework says of its own next release is not ours to fail on."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        return build(world.desk, settings, reach)


def part_of(app: Litestar, name: str, kind: type[T]) -> T:
    """One of the parts that the application hands down to its routes."""
    part = app.dependencies[name].dependency()  # type: ignore[union-attr]
    assert isinstance(part, kind)
    return part


def moved(app: Litestar, world: World) -> Litestar:
    """An application that no other world uses any more, as if built for this one.

    Its desk is this world's, nobody has asked for anything yet, and it has noted nothing.
    """
    part_of(app, "desk", Desk).__dict__ = world.desk.__dict__
    part_of(app, "limits", Limits)._buckets.clear()
    app.state._state.clear()
    return app


def from_everywhere(app: Litestar) -> Any:
    """The application, to which each request comes from another address, so that no test uses up another's share.

    Who names an address in `x-from` comes from there.
    """
    numbers = itertools.count(1)

    async def called(scope: Any, receive: Any, send: Any) -> None:
        number = next(numbers)
        usual = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        scope["client"] = (dict(scope.get("headers", ())).get(b"x-from", usual.encode()).decode(), 4000)
        await app(scope, receive, send)

    return called


def house_of(world: World, folder: Path, left: Litestar | None = None) -> House:
    """The application on the world's store, called without a network; a fault inside it fails the test.

    It is built anew unless it was `left` by another world.
    """
    settings = settings_for(folder)
    app = built(world, settings) if left is None else moved(left, world)
    part_of(app, "push_key", PushKey)._signer = Signer(1, "mailto:desk@shop.example")  # no GET may make one
    transport = httpx.ASGITransport(app=from_everywhere(app), raise_app_exceptions=True)
    return House(world, app, httpx.AsyncClient(transport=transport, base_url=BASE), settings)


_left: list[Litestar] = []


@asynccontextmanager
async def opened_house(world: World, folder: Path) -> AsyncIterator[House]:
    """The same, let go at the end: building the application takes longer than most of what is asked of it."""
    house = house_of(world, folder, _left.pop() if _left else None)
    async with house.client:
        yield house
    _left.append(house.app)
