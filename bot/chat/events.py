"""What comes from a platform: events to be recorded, acts to be answered, and the replies to acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.chat.cards import Card, Form
from bot.chat.place import AccountId, Place, Ref
from bot.chat.text import Text


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody, never the bot itself, posted a message."""

    ref: Ref
    by: AccountId
    text: Text
    at: datetime


@dataclass(frozen=True, slots=True)
class Edited:
    """The author changed a message; a link preview that arrives later is not an edit."""

    ref: Ref
    by: AccountId
    text: Text
    at: datetime


@dataclass(frozen=True, slots=True)
class Removed:
    """A message is gone: anybody's, or one of the bot's own that somebody else removed."""

    ref: Ref
    at: datetime
    by: AccountId | None = None


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody put an emoji on a message, or took it off again (`added` is False)."""

    ref: Ref
    by: AccountId
    emoji: str
    """The short name without colons, such as ``bulb``."""
    at: datetime
    added: bool = True
    said: Said | None = None
    """The message as it stands, where the core asked for it; a platform tells of the emoji alone."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody entered a channel, or the workspace when `channel` is None."""

    by: AccountId
    at: datetime
    channel: Place | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody left a channel, or the workspace when `channel` is None."""

    by: AccountId
    at: datetime
    channel: Place | None = None


Event = Said | Edited | Removed | Reacted | Joined | Left


@dataclass(frozen=True, slots=True)
class Command:
    """Somebody typed a slash command; `place` is where they typed it."""

    name: str
    """Without the slash: ``checkin``."""
    words: str
    by: AccountId
    place: Place
    at: datetime
    key: str = ""
    """Equal for two deliveries of one act, so that the second does nothing; empty when the platform cannot tell."""


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button, chose from a select, or used a message shortcut."""

    action: str
    """The `action` of the button or select as the core wrote it, or a shortcut's name."""
    by: AccountId
    place: Place
    at: datetime
    on: Ref | None = None
    """The message that carries the button; None when only the presser sees it."""
    choice: str = ""
    """The value chosen, for a select."""
    said: Said | None = None
    """For a shortcut, the message it was used on."""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Submit:
    """Somebody sent a form, or, with `final` False, left it with something typed in it."""

    form: str
    values: dict[str, str]
    """By field key. A field of several choices holds its values one per line."""
    by: AccountId
    place: Place
    at: datetime
    final: bool = True
    key: str = ""


Act = Command | Press | Submit


@dataclass(frozen=True, slots=True)
class Show:
    """Show a card to the caller alone."""

    card: Card


@dataclass(frozen=True, slots=True)
class Ask:
    """Open a form for the caller."""

    form: Form


@dataclass(frozen=True, slots=True)
class Wrong:
    """Keep the form open, all that was typed in it, and put each sentence beside its field."""

    sentences: dict[str, str]
    """By field key; the key ``""`` is about the form as a whole."""


@dataclass(frozen=True, slots=True)
class Replace:
    """Put this card where the pressed button was, for everybody who sees it."""

    card: Card


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing to show: close the form, leave the card."""


Reply = Show | Ask | Wrong | Replace | Done
