"""The interface as it is described, tried by a machine: right and wrong requests that a description allows to make.

Nothing is answered with a fault, every refusal has its shape, and every answer is what the description says.
"""

import asyncio
import functools
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import hypothesis
import jsonschema_rs
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from litestar import Litestar
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet

from recado.describe import frame_schemas
from tests.contract.routes import ROUTES, Route, body_of, path_of
from tests.contract.stage import Stage
from tests.contract.test_inputs import is_problem
from tests.contract.test_matrix import address
from tests.reliability.sizes import size
from tests.web.doors import WIDGET, Caller

EXAMPLES = size(4, 400)
TRIES = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=EXAMPLES < 100,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
DESCRIBED = [route for route in ROUTES if route.path.startswith("/api/")]
TRIED = [(route, GenerationMode.POSITIVE) for route in DESCRIBED] + [
    (route, GenerationMode.NEGATIVE)
    for route in DESCRIBED
    if route.body is not None or "{" in route.path or route.query
]
"""Where nothing is asked with, nothing can be asked wrongly."""


@functools.cache
def described(app: Litestar) -> dict[str, Any]:
    """The description of the interface, with that of its frames; it takes a while to make."""
    whole: dict[str, Any] = app.openapi_schema.to_schema()
    whole["components"]["schemas"] |= frame_schemas()
    return whole


class Machine:
    """Sends what a description allows to make, as somebody whom the route lets in, and judges the answers."""

    def __init__(self, stage: Stage, route: Route, runner: asyncio.Runner) -> None:
        self._stage = stage
        self._route = route
        self._runner = runner
        self._whole = described(stage.house.app)
        self.operation = schemathesis.openapi.from_dict(self._whole)[route.path][route.method]
        self._caller = self._somebody()

    def _somebody(self) -> Caller:
        callers, needs = self._stage.scene.callers, self._route.needs
        if WIDGET in self._route.path:
            return callers["visitor"]
        usual = {"admin": "admin", "supervisor": "supervisor", "looker": "supervisor"}
        usual |= dict.fromkeys(("closer", "successor"), "last owner")
        return callers[usual.get(needs, "owner")]

    @property
    def there(self) -> str:
        """The path of something that is there."""
        target = self._stage.scene.targets["closed" if self._route.needs in {"closer", "successor"} else "attending"]
        return path_of(self._route, address(self._stage.scene, self._route, target))

    def ask(self, case: Case[Any], *, real: bool) -> None:
        """Send one request, `real` about something that is there, and judge its answer."""
        path = self.there.partition("?")[0] if real else case.formatted_path
        raw = None if isinstance(case.body, NotSet) else encoded(case.body)
        query = httpx.QueryParams(flat(case.query or {}))
        self._send(f"{path}?{query}" if query else path, raw)

    def ask_rightly(self) -> list[int]:
        """Send what is right, and again the same; judge the answers and give their statuses."""
        body = body_of(self._route)
        raw = None if body is None else encoded(body)
        return [self._send(self.there, raw) for _ in range(2)]

    def _send(self, path: str, raw: bytes | None) -> int:
        answer = self._runner.run(self._caller(self._route.method, path, raw=raw))
        self._stage.house.rest()
        if answer.status_code >= 400:
            is_problem(answer)
        else:
            self._agrees(answer)
        return answer.status_code

    def _agrees(self, answer: httpx.Response) -> None:
        described = self._whole["paths"][self._route.path][self._route.method.lower()]["responses"]
        assert str(answer.status_code) in described, answer.status_code
        found = described[str(answer.status_code)]
        if answer.status_code == 204 or "content" not in found:
            assert answer.content == b""
            return
        if self._route.raw:
            assert answer.headers["content-type"] != "application/json"
            return
        schema = found["content"]["application/json"]["schema"] | {"components": self._whole["components"]}
        jsonschema_rs.Draft202012Validator(schema).validate(answer.json())


def encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else msgspec.json.encode(body, enc_hook=str)


def flat(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, str | int | float) else str(value) for name, value in query.items()}


@pytest.mark.parametrize(("route", "mode"), TRIED, ids=[f"{route.name} {mode.value}" for route, mode in TRIED])
def test_whatever_the_description_allows_to_ask_is_answered_as_it_says(
    small_stage: Stage, route: Route, mode: GenerationMode
) -> None:
    with asyncio.Runner() as runner:
        machine = Machine(small_stage, route, runner)

        @TRIES
        @hypothesis.given(case=machine.operation.as_strategy(generation_mode=mode), real=st.booleans())
        def tried(case: Case[Any], real: bool) -> None:  # noqa: FBT001 - drawn by name
            machine.ask(case, real=real)

        run: Callable[[], None] = tried
        try:
            if mode is GenerationMode.POSITIVE:
                first, again = machine.ask_rightly()
                assert first == route.status
                if "client_id" in (route.body or {}):
                    assert again == 200
            run()
        finally:
            small_stage.put_back()
