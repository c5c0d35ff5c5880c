"""When digests come, those that were posted and what stands in them, margin notes, e-mail, and patterns."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Date, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


def _channel() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "channel_id"], ["channel.workspace_id", "channel.id"], ondelete="CASCADE"
    )


def _person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
    )


class DigestPlan(Base):
    """When the digest of a channel comes by itself."""

    __tablename__ = "digest_plan"
    __table_args__ = (_channel(), Index("ix_digest_plan_next", "next_at"))

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    every: Mapped[str] = mapped_column(default="weekly")
    """`weekly`, `monthly` or `never`."""
    weekday: Mapped[int] = mapped_column(default=0)
    """0 for Monday."""
    at: Mapped[time]
    zone: Mapped[str]
    chosen: Mapped[bool] = mapped_column(default=False)
    """Whether somebody chose it; else it is the weekly one that every community has."""
    next_at: Mapped[datetime | None]


class DigestPost(Base):
    """A digest that was posted: one per channel and period."""

    __tablename__ = "digest_post"
    __table_args__ = (
        _channel(),
        UniqueConstraint("workspace_id", "channel_id", "first", "last"),
        Index("ix_digest_post_stale", "stale_at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[str]
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    zone: Mapped[str]
    """Where its days begin and end."""
    footnote: Mapped[str] = mapped_column(default="")
    """Who posted it, or when it comes."""
    posted_at: Mapped[datetime]
    stale_at: Mapped[datetime | None]
    """Since when something in it is not as it says any more; it is drawn again soon."""


class DigestSource(Base):
    """Something that stands in a posted digest, such as ``entry:17``."""

    __tablename__ = "digest_source"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "post_id"],
            ["digest_post.workspace_id", "digest_post.id"],
            ondelete="CASCADE",
        ),
        Index("ix_digest_source_about", "workspace_id", "about"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)


class DigestNote(Base):
    """What a curator wrote in the margin of something that a digest of a channel tells."""

    __tablename__ = "digest_note"
    __table_args__ = (
        _channel(),
        _person(),
        Index("ix_digest_note_about", "workspace_id", "channel_id", "about"),
        Index("ix_digest_note_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[str]
    about: Mapped[str]
    person_id: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    """Markdown."""
    at: Mapped[datetime]


class DigestAddress(Base):
    """Where somebody wants digests by e-mail; they alone give it, and nobody else sees it."""

    __tablename__ = "digest_address"
    __table_args__ = (_person(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]


class DigestMail(Base):
    """A digest on its way to somebody by e-mail."""

    __tablename__ = "digest_mail"
    __table_args__ = (
        _channel(),
        _person(),
        Index("ix_digest_mail_next", "next_at"),
        Index("ix_digest_mail_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    channel_id: Mapped[str]
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]


class PatternState(Base):
    """The patterns of a workspace, and what is told of them."""

    __tablename__ = "pattern_state"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"]),
        Index("ix_pattern_state_told", "told_at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    saved: Mapped[bytes] = mapped_column(LargeBinary)
    """As `bot.insight.saved_patterns` writes them, with their version."""
    told: Mapped[list[Any]] = mapped_column(default=list)
    """Words, trend and teams of those that are shown."""
    oldest: Mapped[int]
    """The day of the oldest text remembered one by one, counted from the first day of the year 1."""
    revision: Mapped[int]
    """Counts how often they were kept."""
    told_at: Mapped[datetime | None]


class PatternChange(Base):
    """Something that the patterns of its workspace are to be fed with, again if it was before."""

    __tablename__ = "pattern_change"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"]),
        Index("ix_pattern_change_at", "at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)
    """``entry:17`` or ``grain:5``."""
    at: Mapped[datetime]


class DigestDay(Base):
    """How many entries a channel got on a day that is over; a day without a row is counted afresh."""

    __tablename__ = "digest_day"
    __table_args__ = (_channel(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    entries: Mapped[int]


class DigestCount(Base):
    """Up to which day a channel's entries were counted."""

    __tablename__ = "digest_count"
    __table_args__ = (_channel(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    upto: Mapped[date] = mapped_column(Date)
