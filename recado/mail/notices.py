"""What an e-mail says of news, in the words of its reader: who has written what, and where it is read."""

from __future__ import annotations

from recado.domain.news import Recipient, Told
from recado.mail.letters import Letter
from recado.words import say

SHOWN = 5
"""So many of what was said stand in it; of more, how many there are."""


def letter_of(recipient: Recipient, told: Told, base_url: str) -> Letter:
    """Return the letter that tells somebody what is unread to them in a conversation."""
    locale, said = recipient.locale, told.said
    shown = [(one.author or _customer(locale, told), one.text) for one in said[:SHOWN]]
    more = [say(locale, "mail.more", count=len(said) - SHOWN)] if len(said) > SHOWN else []
    return Letter(
        locale=locale,
        subject=_subject(locale, told),
        lines=[say(locale, "mail.hello", name=recipient.name), _unseen(locale, told)],
        said=shown,
        after=more,
        link=f"{base_url}{path_of(told)}",
        label=say(locale, "mail.open"),
        small=say(locale, "mail.why"),
    )


def trial_letter(recipient: Recipient, base_url: str) -> Letter:
    """Return the letter that somebody is sent who asks for one, to see whether it arrives."""
    locale = recipient.locale
    return Letter(
        locale=locale,
        subject=say(locale, "mail.testSubject"),
        lines=[say(locale, "mail.hello", name=recipient.name), say(locale, "mail.test")],
        said=[],
        after=[],
        link=base_url,
        label=say(locale, "mail.testOpen"),
        small="",
    )


def path_of(told: Told) -> str:
    """Return where it is read."""
    place = told.news.place
    return f"/internal/{place.number}" if place.kind == "direct" else f"/desk/{place.number}"


def thread_of(told: Told) -> str:
    """Return what all e-mails of one conversation have in common, so that they are shown together."""
    return f"{told.news.place.kind}-{told.news.place.number}"


def _subject(locale: str, told: Told) -> str:
    authors = list(dict.fromkeys(one.author for one in told.said))
    parts: dict[str, str | int] = {"author": authors[0], "count": len(told.said)}
    if told.news.kind == "waiting":
        return say(locale, "mail.subjectWaiting", customer=_customer(locale, told))
    if told.news.kind == "mention":
        return say(locale, "mail.subjectMention", author=authors[0])
    if told.news.name is not None:
        parts["name"] = told.news.name
    key = "mail.subject" + ("In" if told.news.name is not None else "") + ("Several" if len(authors) > 1 else "")
    return say(locale, key, **parts)


def _unseen(locale: str, told: Told) -> str:
    count = len(told.said)
    if told.news.kind == "waiting":
        return say(locale, "mail.unseenWaiting", customer=_customer(locale, told))
    if told.news.kind == "mention":
        return say(locale, "mail.unseenMention", count=count, customer=_customer(locale, told))
    return say(locale, "mail.unseen", count=count)


def _customer(locale: str, told: Told) -> str:
    return told.news.name or say(locale, "mail.customer")
