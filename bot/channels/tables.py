"""Channels, their members and roles, the routes between them, and the one parent message of a channel's day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class Channel(Base):
    """A channel that was configured: it has a ring."""

    __tablename__ = "channel"
    __table_args__ = (ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"]),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    """The platform's id."""
    name: Mapped[str]
    ring: Mapped[str]
    """`team`, `community` or `network`."""
    everyone: Mapped[bool] = mapped_column(default=True)
    """Whether all of the channel's people belong, or only those chosen."""
    focus: Mapped[str] = mapped_column(default="")
    """Of a community: `weavers`, `learners` or `influence`."""
    stage: Mapped[str] = mapped_column(default="")
    """Of a community: `relating`, `solving` or `steering`."""
    topics: Mapped[list[str]] = mapped_column(default=list)
    relays_a_day: Mapped[int | None]
    """How many lessons enter it within a day; none for the usual number."""
    members_at: Mapped[datetime | None]
    """When its members were last read from the platform."""


class Member(Base):
    """Somebody in a channel."""

    __tablename__ = "member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "channel_id"],
            ["channel.workspace_id", "channel.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
        ),
        Index("ix_member_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    here: Mapped[bool] = mapped_column(default=True)
    """Whether the platform says that they are in the channel."""
    chosen: Mapped[bool] = mapped_column(default=False)
    """Whether an admin listed them."""


class Role(Base):
    """What somebody may do in a channel, or, with an empty channel, in the workspace."""

    __tablename__ = "role"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    """`admin` of the workspace, or `curator` of the channel."""


class Route(Base):
    """From one channel to another, which may be in another workspace; it belongs to where it starts."""

    __tablename__ = "route"
    __table_args__ = (ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"]),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    from_place: Mapped[str] = mapped_column(primary_key=True)
    to_place: Mapped[str] = mapped_column(primary_key=True)
    topics: Mapped[list[str]] = mapped_column(default=list)
    """Only what is about one of these takes the route; empty for everything."""


class Day(Base):
    """A channel's day: the one message in the open, and whose words stand in its thread."""

    __tablename__ = "day"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "channel_id"],
            ["channel.workspace_id", "channel.id"],
            ondelete="CASCADE",
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    parents: Mapped[int] = mapped_column(default=1)
    """How many parents there were: a new one is posted when a moderator took the last away."""
    invites: Mapped[bool] = mapped_column(default=False)
    """Whether the parent also asks, for channels that are prompted in the open."""
    asks: Mapped[list[str]] = mapped_column(default=list)


class Voice(Base):
    """One message in the thread of a channel's day, and who it is from."""

    __tablename__ = "voice"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "channel_id", "day"],
            ["day.workspace_id", "day.channel_id", "day.day"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
        ),
        Index("ix_voice_day", "workspace_id", "channel_id", "day"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """The outbox key of the message."""
    channel_id: Mapped[str]
    day: Mapped[date] = mapped_column(Date)
    person_id: Mapped[int]
    at: Mapped[datetime]
