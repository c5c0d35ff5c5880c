"""Grains, what became of them, who they concern, and what others said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class Grain(Base):
    """A small plan of one person.

    A chain of adjusted grains shares its `chain`, and an adjusted grain is followed by exactly one other: the
    parent of a grain is the one before it there.
    """

    __tablename__ = "grain"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("workspace_id", "person_id", "number"),
        Index("ix_grain_source", "workspace_id", "source"),
        Index("ix_grain_chain", "workspace_id", "chain"),
        Index("ix_grain_settled", "workspace_id", "channel_id", "settled_at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    number: Mapped[int]
    """What its author calls it; never given twice."""
    chain: Mapped[int]
    """The id of the first grain of its chain."""
    channel_id: Mapped[str] = mapped_column(default="")
    """The team channel that can read it; empty when it is its author's alone."""
    day: Mapped[date | None] = mapped_column(Date)
    """The day in whose thread its own card stands; none while it has no card of its own."""
    source: Mapped[str] = mapped_column(default="")
    """What it was taken from, such as an entry's plan; empty when it was dropped by itself."""
    position: Mapped[int] = mapped_column(default=0)
    """Its place among the grains of its source."""
    headline: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, default="")
    """All its words as Markdown, when the headline is not all."""
    expected: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(Text, default="")
    topics: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default="open")
    """`open`, `done`, `kept`, `adjusted` or `dropped`; open and kept are alive."""
    learned: Mapped[str] = mapped_column(Text, default="")
    carried: Mapped[int] = mapped_column(default=0)
    """How often its author kept it."""
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    """When its state changed last."""
    heard: Mapped[int] = mapped_column(default=0)
    """The id up to which its author has answered what others said."""


class GrainCount(Base):
    """The last number given to a grain of somebody."""

    __tablename__ = "grain_count"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class GrainChange(Base):
    """What one act changed on one grain, so that it can be taken back for a day."""

    __tablename__ = "grain_change"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "grain_id"], ["grain.workspace_id", "grain.id"], ondelete="CASCADE"
        ),
        Index("ix_grain_change_person", "workspace_id", "person_id", "act"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    grain_id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[int] = mapped_column(primary_key=True)
    """One for all that one form or command changed; sorts by time."""
    person_id: Mapped[int]
    at: Mapped[datetime]
    before: Mapped[dict[str, Any]]
    """What the changed fields held; empty when the grain was made."""


class Stakeholder(Base):
    """Somebody whom a grain concerns, named by its author."""

    __tablename__ = "stakeholder"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "grain_id"], ["grain.workspace_id", "grain.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
        ),
        Index("ix_stakeholder_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    grain_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)


class Verdict(Base):
    """What one person would do with a plan: go on, or adjust it; the last word counts."""

    __tablename__ = "verdict"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "grain_id"], ["grain.workspace_id", "grain.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
        ),
        Index("ix_verdict_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    grain_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int]
    """New with every change of mind; sorts by time."""
    verdict: Mapped[str]
    """`go_on` or `adjust`."""
    words: Mapped[str] = mapped_column(Text, default="")
    """What they would change."""
    at: Mapped[datetime]


class Remark(Base):
    """A reply to a grain."""

    __tablename__ = "remark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "grain_id"], ["grain.workspace_id", "grain.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
        ),
        Index("ix_remark_grain", "workspace_id", "grain_id"),
        Index("ix_remark_source", "workspace_id", "source"),
        Index("ix_remark_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    grain_id: Mapped[int]
    person_id: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(default="")
    """The message it was typed as, when it was no form."""
    at: Mapped[datetime]
