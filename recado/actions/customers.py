"""A visitor comes, comes back, and says who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from recado.db import conversations, inboxes, people, visitors
from recado.db.conversation_rows import Conversation
from recado.db.database import Tx
from recado.db.visitors import Browser, Voucher
from recado.domain.actors import System, Visitor
from recado.domain.chats import answers_of
from recado.domain.conversations import WidgetConversation
from recado.domain.customers import CUSTOMER_NAME_MAX, VERIFIED_KEY_S, VisitorFace, email_of
from recado.domain.errors import Invalid, NotFound, Refused
from recado.domain.identity import Signed
from recado.domain.ids import CustomerId, DepartmentId, InboxKey, VisitorId, hash_of, new_secret
from recado.domain.inboxes import Inbox, Question
from recado.domain.permissions import needs
from recado.domain.text import line_of

VISIT_CONVERSATIONS = 20
FORGOTTEN_AT_ONCE = 100


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


@needs(System)
def arrive(
    tx: Tx,
    _actor: System,
    key: InboxKey,
    site: str,
    resume_key: str | None,
    browser: Browser,
    signed: Signed | None = None,
) -> Arrival:
    """A browser opens the chat on `site`: whom the site has signed, or whose resume key it brings, or somebody new.

    Each use of a key gives the one for the next, and that one's use retires this. A key of another inbox or site opens
    nothing. A signature is checked by the door and decides alone: a key beside it is not looked at, so that nobody's
    earlier words become a verified customer's. The keys that follow from it end with the day after it, and with the
    secret that it was made with.
    """
    inbox = inboxes.find_by_key(tx.conn, key)
    if inbox is None:
        raise NotFound
    if site not in inbox.sites:
        raise SiteRefused
    found, voucher = _who_comes(tx, inbox, site, resume_key, browser, signed)
    _, face = visitors.find_customer(tx.conn, found)
    following = new_secret()
    visitors.add_resume_key(tx, found, site, hash_of(following), voucher)
    visitor = Visitor(found, inbox.id)
    mine = conversations.list_for_visitor(tx.conn, visitor, VISIT_CONVERSATIONS)
    return Arrival(visitor, inbox, following, face, [one.widget() for one in mine])


def _who_comes(
    tx: Tx, inbox: Inbox, site: str, resume_key: str | None, browser: Browser, signed: Signed | None
) -> tuple[VisitorId, Voucher | None]:
    if signed is not None:
        return _who_is_signed(tx, inbox, site, browser, signed)
    presented = visitors.find_resume_key(tx, inbox.id, site, hash_of(resume_key)) if resume_key else None
    if presented is None or (presented.voucher and not inboxes.hold_secret(tx, presented.voucher.secret)):
        return visitors.create(tx, inbox.id, site, browser), None
    visitors.note_visit(tx, presented.visitor, browser)
    visitors.retire_resume_keys(tx, presented)
    return presented.visitor, presented.voucher


def _who_is_signed(tx: Tx, inbox: Inbox, site: str, browser: Browser, signed: Signed) -> tuple[VisitorId, Voucher]:
    if not inboxes.hold_secret(tx, signed.secret):
        raise Invalid("identity", "signature", "The secret that it was signed with has just been removed.")
    found = visitors.come_verified(tx, inbox.id, site, signed.identity, browser)
    visitors.drop_resume_keys(tx, found)
    return found, Voucher(signed.secret, tx.now + VERIFIED_KEY_S * 1_000_000)


@needs(System)
def forget_ended(tx: Tx, _actor: System) -> bool:
    """Delete resume keys that have ended, and of the visitors whose last ones these were those who never wrote.

    So few at a time that nobody waits for it; return whether there was any.
    """
    whose = visitors.delete_ended_keys(tx, FORGOTTEN_AT_ONCE)
    if whose:
        visitors.forget_unheard(tx, whose)
    return bool(whose)


class Asked(NamedTuple):
    """What a visitor answered to the inbox's own questions before the first message, and how these were `shown`."""

    fields: Mapping[str, str] = {}
    department: str | None = None
    shown: Mapping[str, str] = {}


class Begun(NamedTuple):
    """How a conversation begins: with whom, where it leads, and what was answered (JSON)."""

    customer: CustomerId | None
    department: DepartmentId
    answers: str | None


def begin(tx: Tx, visitor: Visitor, inbox: Inbox, name: str | None, email: str | None, asked: Asked) -> Begun:
    """Note what a visitor says before the first message of a conversation, as far as their inbox asks for it."""
    department = DepartmentId(inbox.department.id)
    if asked.department:
        department = _chosen(tx, inbox, asked.department)
    answers = answers_of(inbox.chat.fields, asked.fields, asked.shown)
    stored = msgspec.json.encode(answers).decode() if answers else None
    return Begun(introduce(tx, visitor, inbox, name, email), department, stored)


def _chosen(tx: Tx, inbox: Inbox, name: str) -> DepartmentId:
    offered = people.list_named(tx.conn, inbox.chat.departments)
    if len(offered) < 2:  # One is no choice: what was chosen has been taken away since.
        return DepartmentId(inbox.department.id)
    found = next((one.id for one in offered if one.name == name), None)
    if found is None:
        raise Invalid("department", "not_a_choice", "This inbox does not offer that department.")
    return DepartmentId(found)


def introduce(tx: Tx, visitor: Visitor, inbox: Inbox, name: str | None, email: str | None) -> CustomerId | None:
    """Note what a visitor says of themselves before their first message, as far as their inbox asks for it.

    Asked once: who has said it is not asked again. It joins them to nobody else of that name or address.
    """
    known, _ = visitors.find_customer(tx.conn, visitor.id)
    if known is not None:
        return known
    said_name = _asked("name", inbox.ask_name, line_of(name, "name", CUSTOMER_NAME_MAX))
    ask_email: Question = "optional" if inbox.ask_email == "no" and inbox.chat.ask_when_away else inbox.ask_email
    said_email = _asked("email", ask_email, email_of(email))
    if said_name is None and said_email is None:
        return None
    return visitors.create_customer(tx, visitor.id, said_name, said_email)


def left_by(tx: Tx, visitor: Visitor, given: str | None) -> str | None:
    """Return the address that a visitor leaves, locked before their conversation is; refuse what is none."""
    email = email_of(given)
    if email is not None:
        visitors.lock(tx, visitor)
    return email


def leave_email(tx: Tx, visitor: Visitor, before: Conversation, email: str | None) -> Conversation:
    """Note the e-mail address that a visitor leaves with a message in a conversation of theirs, and return that.

    Only where their inbox asks for it and they have given none; what they have given, or a site has signed, stays,
    and so does what their earlier conversations show. Nobody is refused after it.
    """
    if email is None:
        return before
    inbox, (known, face) = inboxes.get(tx.conn, visitor.inbox_id), visitors.find_customer(tx.conn, visitor.id)
    asked = inbox.ask_email != "no" or inbox.chat.ask_when_away
    if not asked or face.verified or face.email is not None:
        return before
    if known is None or visitors.is_shown_elsewhere(tx.conn, known, before.id):
        known = visitors.create_customer(tx, visitor.id, face.name, email)
    else:
        visitors.note_email(tx, known, email)
    visitors.introduce_in(tx, before.id, known)
    return conversations.get(tx.conn, before.id)


def _asked(field: str, question: Question, said: str | None) -> str | None:
    if question == "required" and said is None:
        raise Invalid(field, "empty", "The desk asks for this before the first message.")
    return None if question == "no" else said
