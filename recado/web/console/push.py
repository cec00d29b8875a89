"""The browser in which I am signed in, told of news while no page of ours is looked at."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import delete, put

from recado.actions import push as actions
from recado.desk import Desk
from recado.domain.errors import Invalid
from recado.domain.push import ENDPOINT_MAX, Subscribed, endpoint_of
from recado.push.sealing import SECRET_BYTES, Subscription, bytes_of, check
from recado.push.service import Services
from recado.web.console.conversations import Number
from recado.web.console.session import OperatorRequest

KEY_MAX = 200


class SubscriptionInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A browser's subscription as it gives it: its service's address, its key and secret in base64 for addresses.

    `name` is what its owner knows it by.
    """

    endpoint: Annotated[str, msgspec.Meta(max_length=ENDPOINT_MAX)]
    key: Annotated[str, msgspec.Meta(max_length=KEY_MAX)]
    secret: Annotated[str, msgspec.Meta(max_length=KEY_MAX)]
    name: str


@put("/push", summary="Let this browser be told", status_code=204)
async def subscribe(request: OperatorRequest, desk: Desk, services: Services, data: SubscriptionInput) -> None:
    """Let the browser of this session be told of news, until the session ends."""
    endpoint, secret = endpoint_of(data.endpoint, services.ports), _bytes("secret", data.secret)
    one = Subscription(endpoint, _bytes("key", data.key), secret)
    try:
        check(one)
    except ValueError:
        wrong = "key" if len(secret) == SECRET_BYTES else "secret"
        raise Invalid(wrong, f"not_a_{wrong}", "As the browser gives it.") from None
    await desk.act(actions.subscribe, request.user, Subscribed(0, *one), data.name)


def _bytes(field: str, text: str) -> bytes:
    try:
        return bytes_of(text)
    except ValueError:
        raise Invalid(field, f"not_a_{field}", "Base64 for addresses, as the browser gives it.") from None


@delete("/push", summary="Let this browser be told no more")
async def unsubscribe(request: OperatorRequest, desk: Desk) -> None:
    """Let the browser of this session be told no more."""
    await desk.act(actions.unsubscribe, request.user)


@delete("/push/{number:int}", summary="Let another browser of mine be told no more")
async def remove(request: OperatorRequest, desk: Desk, number: Number) -> None:
    """Let one of my browsers be told no more."""
    await desk.act(actions.remove, request.user, number)


HANDLERS = [subscribe, unsubscribe, remove]
