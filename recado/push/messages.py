"""What a browser is given to show: one notification for each conversation, the newer instead of the older."""

from __future__ import annotations

import hashlib
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from recado.domain.news import Told
from recado.domain.push import Shown
from recado.push.sealing import MESSAGE_MAX
from recado.push.service import Post, Urgency
from recado.words import say

FORM = 1
TITLE_MAX = 80
HOUR_S = 3600
KEPT_S: Final = {"waiting": HOUR_S, "mine": 4 * HOUR_S, "internal": 12 * HOUR_S, "mention": 12 * HOUR_S}
URGENCIES: Final[dict[str, Urgency]] = {"waiting": "high", "mine": "high", "internal": "normal", "mention": "high"}
SHOWS_ALWAYS = "push.apple.com"
"""Its browsers give up who sends what shows nothing."""


def post_of(shown: Shown) -> Post:
    """Return what is sent: what to show, or that it is to be shown no more."""
    topic = hashlib.sha256(shown.tag.encode()).hexdigest()[:32]
    told = shown.told
    if told is None:
        return Post(_written({"v": FORM, "type": "clear", "tags": [shown.tag]}), topic, HOUR_S, "normal")
    last, kind = told.said[-1], told.news.kind
    message = {
        "v": FORM,
        "type": "show",
        "tag": shown.tag,
        "title": _title(shown.locale, told)[:TITLE_MAX],
        "body": last.text,
        "url": path_of(told),
        "at": last.at,
        "count": len(told.said),
    }
    return Post(_written(message), topic, KEPT_S[kind], URGENCIES[kind])


def trial_post(locale: str, at: int) -> Post:
    """Return what is sent to whoever asks for a test."""
    message = {
        "v": FORM,
        "type": "show",
        "tag": "test",
        "title": say(locale, "push.testTitle"),
        "body": say(locale, "push.test"),
        "url": "/account",
        "at": at,
        "count": 1,
    }
    return Post(_written(message), "test", 60, "high")


def takes_clears(endpoint: str) -> bool:
    """Return whether a service takes what shows nothing."""
    return not (urlsplit(endpoint).hostname or "").endswith(SHOWS_ALWAYS)


def path_of(told: Told) -> str:
    """Return where it is read."""
    place = told.news.place
    return f"/internal/{place.number}" if place.kind == "direct" else f"/desk/{place.number}"


def _title(locale: str, told: Told) -> str:
    news = told.news
    author = told.said[-1].author or say(locale, "push.customer")
    if news.kind == "internal" and news.name is not None:
        return say(locale, "push.titleIn", author=author, name=news.name)
    return author if news.kind == "internal" else say(locale, f"push.{news.kind}", author=author)


def _written(message: dict[str, Any]) -> bytes:
    """Return a message as bytes, of a body so much that it fits."""
    written = msgspec.json.encode(message)
    if len(written) > MESSAGE_MAX:
        body = message["body"].encode()[: MESSAGE_MAX - (len(written) - len(message["body"].encode())) - 200]
        written = msgspec.json.encode(message | {"body": body.decode("utf-8", "ignore")})
    return written
