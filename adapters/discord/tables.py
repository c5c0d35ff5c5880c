"""What the Discord adapter keeps: people's ways in, channels it writes to, its messages, open forms, commands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import TYPED_BY, Base, insert, new_id

__all__ = [
    "DiscordCommands",
    "DiscordForm",
    "DiscordMessage",
    "DiscordPerson",
    "DiscordRoom",
    "insert",
]


class DiscordPerson(Base):
    """How the bot and a person talk alone, in the name of one server."""

    __tablename__ = "discord_person"
    __table_args__ = (
        Index("ix_discord_person_account", "account"),
        Index("ix_discord_person_door", "door"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    direct: Mapped[str] = mapped_column(default="")
    """The channel of the direct messages with them."""
    door: Mapped[str] = mapped_column(default="")
    """The private thread that stands in for it while they accept no direct messages."""
    is_closed: Mapped[bool] = mapped_column(default=False)
    seen_in: Mapped[str] = mapped_column(default="")
    """The channel of the server in which they were last met."""
    spoken_at: Mapped[datetime]
    """When the server last spoke with them: what they say next is meant for it."""


class DiscordRoom(Base):
    """A channel the bot has written to, and the newest message it has heard there."""

    __tablename__ = "discord_room"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    heard: Mapped[int]


class DiscordMessage(Base):
    """A message whose place Discord does not tell with what becomes of it, or one of the bot's own."""

    __tablename__ = "discord_message"
    __table_args__ = (
        Index("ix_discord_message_message", "message"),
        Index("ix_discord_message_nonce", "nonce"),
        Index("ix_discord_message_channel", "channel"),
        Index("ix_discord_message_noted", "noted_at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    message: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    account: Mapped[str] = mapped_column(default="")
    """With whom, in a direct message."""
    thread: Mapped[str] = mapped_column(default="")
    """The message it answers, where Discord makes no thread of that."""
    nonce: Mapped[str] = mapped_column(default="")
    """What the bot sent it with; empty for what people said."""
    noted_at: Mapped[datetime]


class DiscordForm(Base):
    """A form that is open, with what was typed in it so far."""

    __tablename__ = "discord_form"
    __table_args__ = (
        Index("ix_discord_form_id", "id"),
        Index("ix_discord_form_opened", "opened_at"),
        TYPED_BY,
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    account: Mapped[str]
    form: Mapped[str] = mapped_column(Text)
    place: Mapped[str]
    on_place: Mapped[str] = mapped_column(default="")
    on_message: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]


class DiscordCommands(Base):
    """The commands that an application has registered, as a digest."""

    __tablename__ = "discord_commands"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    """``discord:`` and the id of the application: its commands are the same in every server."""
    digest: Mapped[str]
