"""What is unread to somebody in a thread, and what of it they are told. Moments are microseconds UTC."""

from __future__ import annotations

from typing import NamedTuple

from recado.domain.alerts import Step
from recado.domain.deliveries import MAIL_AFTER_US, Run, Way
from recado.domain.directs import Alerts
from recado.domain.ids import OperatorId
from recado.domain.notices import Kind, Notices, silent_until, wants
from recado.domain.people import Locale
from recado.domain.places import Place


class Recipient(NamedTuple):
    """Somebody who may be told: an operator who is not disabled."""

    id: OperatorId
    name: str
    email: str | None
    locale: Locale
    notices: Notices


class Said(NamedTuple):
    """Something unread: who said it, when, in which words; and whether it mentions its reader."""

    seq: int
    at: int
    author: str
    text: str
    mentions: bool


class News(NamedTuple):
    """What is unread to somebody in a thread that they read. `said` is in order, and may be the beginning of it.

    `since` names the run; `name` is what the conversation is called, where it is called anything.
    """

    place: Place
    kind: Kind
    name: str | None
    alerts: Alerts
    since: int
    last_seq: int
    said: list[Said]
    step: int = 0
    """How loudly a conversation that waits is to make itself heard, while nobody has said that they have heard it."""

    @property
    def run(self) -> Run:
        """What of it is told, once it is told."""
        return Run(self.since, self.last_seq)


class Told(NamedTuple):
    """What somebody is told: news, less what they do not want to hear of. `count` is of all that is unread there."""

    news: News
    said: list[Said]
    due_at: int
    """Before that they may yet see it by themselves, or are not disturbed."""


def is_wanted(way: Way, recipient: Recipient) -> bool:
    """Return whether somebody is told anything this way, and can be."""
    choices = recipient.notices.choices
    return choices.email and recipient.email is not None if way == "email" else choices.push


def mail_of(recipient: Recipient, news: News, now: int) -> Told | None:
    """Return what an e-mail tells somebody, and when it may; None where it tells them nothing."""
    notices = recipient.notices
    if not _is_for_mail(news):
        return None
    said = [one for one in news.said if wants(notices.choices, news.alerts, "mention" if one.mentions else news.kind)]
    if not said:
        return None
    unseen = max(said[0].at + MAIL_AFTER_US, now)
    quiet = silent_until(notices.choices, notices.zone, notices.dnd_until, unseen)
    return Told(news, said, unseen if quiet is None else quiet)


def _is_for_mail(news: News) -> bool:
    """Return whether e-mails tell of such news: of customers only what nobody has heard at all."""
    return news.kind in {"internal", "mention"} or (news.kind == "waiting" and news.step >= Step.TOLD)


def push_of(recipient: Recipient, news: News, now: int) -> Told | None:
    """Return what browsers are to show somebody, and when they may; None where nothing."""
    notices = recipient.notices
    said = [one for one in news.said if wants(notices.choices, news.alerts, "mention" if one.mentions else news.kind)]
    if not said:
        return None
    quiet = silent_until(notices.choices, notices.zone, notices.dnd_until, now)
    return Told(news, said, now if quiet is None else quiet)
