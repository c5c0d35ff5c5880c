"""What the local chat keeps: its people, channels and messages, and what the core has yet to hear.

Ids of people and channels are names (`dee`, `team-harbour`); a direct message stands in the channel `@dee`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, insert, new_id

__all__ = [
    "ChangeRow",
    "ChannelRow",
    "FileRow",
    "MemberRow",
    "MessageRow",
    "PersonRow",
    "PictureRow",
    "ReactionRow",
    "ReadRow",
    "UnheardRow",
    "insert",
    "new_id",
]


class PersonRow(Base):
    """Somebody one can act as."""

    __tablename__ = "local_people"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    zone: Mapped[str]
    is_admin: Mapped[bool]
    made: Mapped[int]
    """An id of its own, so that people are listed in the order they came."""


class ChannelRow(Base):
    """A channel; direct messages need no row."""

    __tablename__ = "local_channels"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    for_everybody: Mapped[bool]
    """Whether people who come later are members too."""
    made: Mapped[int]


class MemberRow(Base):
    """A person in a channel."""

    __tablename__ = "local_members"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "channel_id"], ["local_channels.workspace_id", "local_channels.id"]
        ),
        ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["local_people.workspace_id", "local_people.id"],
            name="fk_local_members_person_local_people",
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    joined_at: Mapped[datetime]


class MessageRow(Base):
    """A message of a person (`text`) or of the bot (`card`).

    A removed message keeps its row, emptied, so that every open page hears of it.
    """

    __tablename__ = "local_messages"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index("ix_local_messages_place", "workspace_id", "channel", "thread", "id"),
        Index("ix_local_messages_changed", "workspace_id", "changed"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str]
    thread: Mapped[int] = mapped_column(default=0)
    """The id of the message this one answers; 0 in the open."""
    author: Mapped[str] = mapped_column(default="")
    """A person's id; empty for the bot."""
    text: Mapped[str] = mapped_column(default="")
    card: Mapped[str | None] = mapped_column(default=None)
    """The card as JSON, its picture and what is in its file taken out."""
    picture: Mapped[str | None] = mapped_column(default=None)
    key: Mapped[str]
    """Made by the sender, so that a message sent twice is there once."""
    said_at: Mapped[datetime]
    edited_at: Mapped[datetime | None] = mapped_column(default=None)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    revision: Mapped[int] = mapped_column(default=1)
    changed: Mapped[int]
    """The workspace's change that last touched what this message shows."""


class FileRow(Base):
    """What is in the file of a card; it goes with its message."""

    __tablename__ = "local_files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "message_id"], ["local_messages.workspace_id", "local_messages.id"]
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ReactionRow(Base):
    """One person's emoji on one message."""

    __tablename__ = "local_reactions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "message_id"], ["local_messages.workspace_id", "local_messages.id"]
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    emoji: Mapped[str] = mapped_column(primary_key=True)
    made: Mapped[int]


class ReadRow(Base):
    """How far somebody has read a channel."""

    __tablename__ = "local_reads"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    seen: Mapped[int]
    """The id of the newest message seen."""


class PictureRow(Base):
    """A picture of a card, under the digest of its bytes."""

    __tablename__ = "local_pictures"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    png: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class ChangeRow(Base):
    """How many changes the workspace has seen.

    Every change raises the count in its own transaction. The row's lock makes changes visible in the order of
    their numbers, on any number of processes, so a page that has seen number n misses nothing up to n.
    """

    __tablename__ = "local_changes"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


class UnheardRow(Base):
    """An event that is kept here until the core has recorded it."""

    __tablename__ = "local_unheard"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str]
    kind: Mapped[str]
    event: Mapped[str]
