"""A visitor comes, comes back, and says who they are."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from recado.db import conversations, inboxes, visitors
from recado.db.database import Tx
from recado.db.visitors import Browser
from recado.domain.actors import System, Visitor
from recado.domain.conversations import WidgetConversation
from recado.domain.customers import CUSTOMER_NAME_MAX, VisitorFace, email_of
from recado.domain.errors import Invalid, NotFound, Refused
from recado.domain.ids import CustomerId, InboxKey, new_secret
from recado.domain.inboxes import Inbox, Question
from recado.domain.permissions import needs
from recado.domain.text import line_of

VISIT_CONVERSATIONS = 20


class SiteRefused(Refused):
    """The page that carries the chat is not one of its inbox's sites."""

    code = "origin"


class Arrival(NamedTuple):
    """A visitor who has arrived: who they are, the key for their next visit, and what they may see."""

    visitor: Visitor
    inbox: Inbox
    resume_key: str
    face: VisitorFace
    conversations: list[WidgetConversation]


def hash_of(secret: str) -> bytes:
    """Return the digest under which a random secret is stored; it has entropy enough to need no salt."""
    return hashlib.sha256(secret.encode()).digest()


@needs(System)
def arrive(tx: Tx, _actor: System, key: InboxKey, site: str, resume_key: str | None, browser: Browser) -> Arrival:
    """A browser opens the chat on `site`: a new visitor, or the one whose resume key it brings.

    Each use gives the key for the next one, and that one's use retires this. A key of another inbox or site opens
    nothing.
    """
    inbox = inboxes.find_by_key(tx.conn, key)
    if inbox is None:
        raise NotFound
    if site not in inbox.sites:
        raise SiteRefused
    presented = visitors.find_resume_key(tx, inbox.id, site, hash_of(resume_key)) if resume_key else None
    if presented is None:
        found = visitors.create(tx, inbox.id, site, browser)
    else:
        found = presented.visitor
        visitors.note_visit(tx, found, browser)
        visitors.retire_resume_keys(tx, presented)
    following = new_secret()
    visitors.add_resume_key(tx, found, hash_of(following))
    visitor = Visitor(found, inbox.id)
    _, face = visitors.find_customer(tx.conn, found)
    mine = conversations.list_for_visitor(tx.conn, visitor, VISIT_CONVERSATIONS)
    return Arrival(visitor, inbox, following, face, [one.widget() for one in mine])


def introduce(tx: Tx, visitor: Visitor, inbox: Inbox, name: str | None, email: str | None) -> CustomerId | None:
    """Note what a visitor says of themselves before their first message, as far as their inbox asks for it.

    Asked once: who has said it is not asked again. It joins them to nobody else of that name or address.
    """
    known, _ = visitors.find_customer(tx.conn, visitor.id)
    if known is not None:
        return known
    said_name = _asked("name", inbox.ask_name, line_of(name, "name", CUSTOMER_NAME_MAX))
    said_email = _asked("email", inbox.ask_email, email_of(email))
    if said_name is None and said_email is None:
        return None
    return visitors.create_customer(tx, visitor.id, said_name, said_email)


def _asked(field: str, question: Question, said: str | None) -> str | None:
    if question == "required" and said is None:
        raise Invalid(field, "empty", "The desk asks for this before the first message.")
    return None if question == "no" else said
