"""The description of every door: OpenAPI 3.1 with the sockets' frames among its schemas and who may call each route."""

from __future__ import annotations

import json
import tempfile
from typing import Any

import msgspec
from litestar import Litestar

from recado.app import build, open_desk
from recado.db import migrate
from recado.domain.events import ConsoleEvent
from recado.domain.outward_events import WidgetEvent
from recado.settings import load
from recado.web.auth import NEEDS
from recado.web.console import session
from recado.web.widget import visits


def frame_schemas() -> dict[str, Any]:
    """Return the JSON Schemas of all frames that a server sends, the two unions among them."""
    unions = {"ConsoleEvent": ConsoleEvent, "WidgetEvent": WidgetEvent}
    schemas, components = msgspec.json.schema_components(
        list(unions.values()), ref_template="#/components/schemas/{name}"
    )
    return components | dict(zip(unions, schemas, strict=True))


def _say_who(app: Litestar, schema: dict[str, Any]) -> None:
    """Add to each operation who may call it, as `x-needs`."""
    for route in app.routes:
        operations = schema["paths"].get(route.path_format, {})
        for handler in getattr(route, "route_handlers", ()):
            for method in handler.http_methods:
                if method.lower() in operations:
                    public = is_public(method, route.path_format)
                    operations[method.lower()]["x-needs"] = "nobody" if public else handler.opt[NEEDS]


def is_public(method: str, path: str) -> bool:
    """Return whether a route answers without a session or token."""
    return (method, path) in session.PUBLIC or path.startswith(visits.PUBLIC)


def description() -> str:
    """Return the OpenAPI description as JSON text, keys sorted, ready to be compared."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load({"RECADO_DATA": folder})
        migrate.upgrade(settings.database_url)
        desk = open_desk(settings.database_url, "described")
        try:
            app = build(desk, settings)
            schema = app.openapi_schema.to_schema()
            _say_who(app, schema)
        finally:
            desk.database.close_blocking()
    schema.setdefault("components", {}).setdefault("schemas", {}).update(frame_schemas())
    return json.dumps(schema, indent=1, sort_keys=True, default=str)
