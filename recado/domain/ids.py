"""Names for the numbers that address things, so that a checker can tell them apart.

Integers stay inside and with operators; what leaves for a customer is random text of at least 64 bits
(`PublicId`, `InboxKey`), so that nothing can be counted or guessed from outside. Secrets are longer, and only their
hashes are stored.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import NewType

OperatorId = NewType("OperatorId", int)
DepartmentId = NewType("DepartmentId", int)
InboxId = NewType("InboxId", int)
CustomerId = NewType("CustomerId", int)
VisitorId = NewType("VisitorId", int)
ThreadId = NewType("ThreadId", int)
ConversationId = NewType("ConversationId", int)
DirectId = NewType("DirectId", int)
DraftId = NewType("DraftId", int)
InvitationId = NewType("InvitationId", int)
ReplyId = NewType("ReplyId", int)

PublicId = NewType("PublicId", str)
InboxKey = NewType("InboxKey", str)
FileId = NewType("FileId", str)

PUBLIC_ID_BYTES = 12
SECRET_BYTES = 24


def new_public_id() -> PublicId:
    """Return an unguessable address of 96 bits for the world outside."""
    return PublicId(secrets.token_urlsafe(PUBLIC_ID_BYTES))


def new_inbox_key() -> InboxKey:
    """Return the key by which a script tag names its inbox: public, yet not guessable."""
    return InboxKey(secrets.token_urlsafe(PUBLIC_ID_BYTES))


def new_file_id() -> FileId:
    """Return the address of a file, and the name of its object in the store: 192 bits, nothing of its name."""
    return FileId(secrets.token_urlsafe(SECRET_BYTES))


def new_secret() -> str:
    """Return 192 random bits as URL-safe text: session tokens, resume keys, invitations."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> bytes:
    """Return the digest under which a random secret is stored; it has entropy enough to need no salt."""
    return hashlib.sha256(secret.encode()).digest()
