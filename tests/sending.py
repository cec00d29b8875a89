"""Files of the people of the world, as rows and as bytes."""

import hashlib
from pathlib import Path

from recado.actions import attachments, directs
from recado.domain.actors import Operator, Visitor
from recado.domain.attachments import Found, Rendition, Sound
from recado.domain.conversations import Mode
from recado.domain.ids import ConversationId, DirectId, FileId, PublicId
from recado.files.store import PARTS
from tests.world import Chat, World, new_client_id

CONTENT = b"as many bytes as the row of a file says that it has"


def found_in(name: str, content: bytes = CONTENT) -> Found:
    """What the content of a file is taken for, by its name."""
    digest = hashlib.sha256(content).digest()
    if name.endswith(".png"):
        return Found("image/png", len(content), digest, 40, 30, thumbnail=True)
    if name.endswith(".webm"):
        sound, made = Sound(12_340, [50] * 63 + [100]), Rendition(len(content), digest)
        return Found("audio/webm", len(content), digest, sound=sound, rendition=made)
    return Found("application/pdf", len(content), digest)


def begins(
    world: World, person: Operator | Visitor, chat: Chat | None, name: str, *, mode: Mode | None = None
) -> FileId:
    """A file that somebody has announced, and of which nothing has come."""
    if isinstance(person, Operator):
        assert chat is not None
        return world.act(attachments.begin, person, ConversationId(chat.id), name, len(CONTENT), mode).id
    where = None if chat is None else PublicId(chat.public_id)
    return world.act(attachments.begin_by_visitor, person, where, name, len(CONTENT)).id


def begins_among(world: World, me: Operator, which: DirectId, name: str, mode: Mode | None = None) -> FileId:
    """A file that an operator has announced for colleagues."""
    return world.act(attachments.begin_among_colleagues, me, which, name, len(CONTENT), mode).id


def has_brought(world: World, me: Operator, which: DirectId, name: str, mode: Mode | None = None) -> FileId:
    """A file for colleagues that has come whole and waits for its message."""
    file = begins_among(world, me, which, name, mode)
    world.act(attachments.finish, me, file, found_in(name))
    return file


def has_said(world: World, me: Operator, which: DirectId, name: str) -> FileId:
    """A file that an operator has sent to colleagues."""
    file = has_brought(world, me, which, name)
    world.act(directs.post, me, which, new_client_id(), "", files=[file])
    return file


def has_sent(
    world: World,
    person: Operator | Visitor,
    chat: Chat | None,
    name: str = "tarifas.pdf",
    *,
    mode: Mode | None = None,
) -> FileId:
    """A file of somebody's that has come whole and waits for its message; only its row is made here."""
    which = begins(world, person, chat, name, mode=mode)
    world.act(attachments.finish, person, which, found_in(name))
    return which


def store(data: Path, which: str, content: bytes = CONTENT) -> None:
    """Put the bytes of a file where they lie for good."""
    for part in PARTS:
        kept = data / "files" / part / which[:2] / which
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(content)
