"""What is told to visitors' pages: as `events`, in the shapes and by the numbers that leave for customers."""

from __future__ import annotations

from recado.domain.conversations import WidgetConversation
from recado.domain.events import Event, Hello, Pong
from recado.domain.ids import PublicId
from recado.domain.outward import WidgetEntry


class WidgetMessagePosted(Event, frozen=True, tag="message.posted"):
    """A public entry has been added."""

    conversation: WidgetConversation
    entries: list[WidgetEntry]


class WidgetMessageChanged(WidgetMessagePosted, frozen=True, tag="message.changed"):
    """A public entry has been edited or has gone; with it come those that quote it, each as it is now."""


class WidgetConversationChanged(Event, frozen=True, tag="conversation.changed"):
    """Who attends it has changed, or it is open again."""

    conversation: WidgetConversation
    entries: list[WidgetEntry]


class WidgetConversationClosed(WidgetConversationChanged, frozen=True, tag="conversation.closed"):
    """The conversation has ended."""


class WidgetThreadRead(Event, frozen=True, tag="thread.read"):
    """One of both sides has read on; the marks are in the conversation."""

    conversation: WidgetConversation


class WidgetTyping(Event, frozen=True, tag="typing"):
    """An operator is typing."""

    conversation: PublicId
    name: str | None


class WidgetVisitorChanged(Event, frozen=True, tag="visitor.changed"):
    """Told to a visitor: they may write no more, or may write again."""

    blocked: bool


WidgetEvent = (
    WidgetMessagePosted
    | WidgetMessageChanged
    | WidgetConversationChanged
    | WidgetConversationClosed
    | WidgetThreadRead
    | WidgetTyping
    | WidgetVisitorChanged
    | Hello
    | Pong
)
