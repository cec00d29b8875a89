"""The description of every door: OpenAPI 3.1 with the sockets' frames among its schemas and who may call each route."""

from __future__ import annotations

import json
import tempfile
from typing import Any

import msgspec

from recado.app import build, open_desk
from recado.db import migrate
from recado.domain.events import ConsoleEvent, WidgetEvent
from recado.settings import load


def frame_schemas() -> dict[str, Any]:
    """Return the JSON Schemas of all frames that a server sends, the two unions among them."""
    unions = {"ConsoleEvent": ConsoleEvent, "WidgetEvent": WidgetEvent}
    schemas, components = msgspec.json.schema_components(
        list(unions.values()), ref_template="#/components/schemas/{name}"
    )
    return components | dict(zip(unions, schemas, strict=True))


def description() -> str:
    """Return the OpenAPI description as JSON text, keys sorted, ready to be compared."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load({"RECADO_DATA": folder})
        migrate.upgrade(settings.database_url)
        desk = open_desk(settings.database_url, "described")
        try:
            schema = build(desk, settings).openapi_schema.to_schema()
        finally:
            desk.database.close_blocking()
    schema.setdefault("components", {}).setdefault("schemas", {}).update(frame_schemas())
    return json.dumps(schema, indent=1, sort_keys=True, default=str)
