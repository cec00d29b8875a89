"""*Send me a test*: whether what notifies me gets through to me, and if not, why, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from litestar import post

from recado.actions import push as push_actions
from recado.db import news, push
from recado.desk import SYSTEM, Desk
from recado.domain.actors import Operator
from recado.domain.errors import NotFound, NotSent
from recado.domain.ids import OperatorId
from recado.push.messages import trial_post
from recado.push.sealing import Signer, Subscription
from recado.push.service import Services
from recado.web.console.session import OperatorRequest
from recado.web.limits import TRIALS, Limits
from recado.web.push_key import PushKey

if TYPE_CHECKING:
    from recado.mail.mailer import Mailer


class Trial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which way."""

    way: Literal["email", "push"]


@post("/notices/test", summary="Send me a test", status_code=204)
async def try_way(
    request: OperatorRequest,
    desk: Desk,
    limits: Limits,
    mailer: Any,
    services: Services,
    push_key: PushKey,
    data: Trial,
) -> None:
    """Send a test now, and answer once it was taken; or say what kept it from being sent.

    A push goes to the browser that asks, where it is told, else to all others of mine.
    """
    limits.take(TRIALS, request.user.author)
    if data.way == "email":
        await _try_mail(desk, mailer, request.user.id)
    else:
        await _try_push(desk, services, await push_key.get(), request.user)


async def _try_push(desk: Desk, services: Services, signer: Signer, me: Operator) -> None:
    found = await desk.see(news.find_recipient, me.id)
    told = await desk.see(push.list_for_trial, me, desk.clock())
    if found is None or not told:
        raise NotSent("no_browser")
    now = desk.clock()
    post = trial_post(found[0].locale, now)
    for one in told:
        to = Subscription(one.endpoint, one.key, one.secret)
        result = await services.send(signer, to, post, now // 1_000_000)
        if result.state == "gone":
            await desk.act(push_actions.note, SYSTEM, [one.id], [], [])
        if result.state != "sent":
            raise NotSent("service_away" if result.state == "passing" else "refused", result.answer)


async def _try_mail(desk: Desk, mailer: Mailer | None, me: OperatorId) -> None:
    found = await desk.see(news.find_recipient, me)
    if found is None:
        raise NotFound
    recipient = found[0]
    if mailer is None:
        raise NotSent("no_server")
    if recipient.email is None:
        raise NotSent("no_address")
    from recado.mail.letters import CannotWriteError  # noqa: PLC0415 - loaded where mail is sent
    from recado.mail.smtp import AwayError  # noqa: PLC0415 - likewise

    try:
        letter = mailer.trial(recipient, desk.clock())
        async with mailer.line() as line:
            outcome = await line.send(letter, TRIAL_WITHIN_S)
    except CannotWriteError as error:
        raise NotSent("address", str(error)) from None
    except AwayError as error:
        raise NotSent("server_away", str(error)) from None
    if outcome.state != "sent":
        raise NotSent("refused", outcome.answer)


TRIAL_WITHIN_S = 20.0
HANDLERS = [try_way]
