"""Rhythms, who is asked when, check-ins, and the entries that answer them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Date, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


def _person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
    )


class Rhythm(Base):
    """When and what one team channel asks."""

    __tablename__ = "rhythm"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "channel_id"],
            ["channel.workspace_id", "channel.id"],
            ondelete="CASCADE",
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    plan: Mapped[dict[str, Any]]
    """A `RhythmPlan` as JSON."""
    lately: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Which questions of the prompt bank were asked, by day, so that they rotate."""
    hidden: Mapped[list[str]] = mapped_column(default=list)
    """Questions of the prompt bank that this team does not want."""
    seated_at: Mapped[datetime | None]
    """As of which reading of its members they were given their slots."""


class TeamPrompt(Base):
    """A question that a team added to the prompt bank for itself."""

    __tablename__ = "team_prompt"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "channel_id"],
            ["rhythm.workspace_id", "rhythm.channel_id"],
            ondelete="CASCADE",
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    ask: Mapped[str]
    tag: Mapped[str]


class Habit(Base):
    """What somebody chose for themselves, and how they have been answering lately."""

    __tablename__ = "habit"
    __table_args__ = (_person(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[time | None]
    days: Mapped[list[str]] = mapped_column(default=list)
    nudges: Mapped[int | None]
    stopped: Mapped[bool] = mapped_column(default=False)
    waiting: Mapped[bool] = mapped_column(default=False)
    """Whether the last prompt has had no sign of any kind."""
    ignored: Mapped[int] = mapped_column(default=0)
    """Prompts in a row without a sign; seen by nobody, used only to ask less."""
    halved: Mapped[bool] = mapped_column(default=False)
    """Whether only every second slot is asked."""


class Slot(Base):
    """The next time somebody is asked in one rhythm."""

    __tablename__ = "slot"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "channel_id"],
            ["rhythm.workspace_id", "rhythm.channel_id"],
            ondelete="CASCADE",
        ),
        _person(),
        Index("ix_slot_due", "due_at"),
        Index("ix_slot_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    """The local day that it is about, which names it; the instant may move."""
    slot_at: Mapped[datetime]
    """When the rhythm means it."""
    due_at: Mapped[datetime]
    """When it will be looked at: later than `slot_at` after quiet hours."""


class Checkin(Base):
    """One occurrence of a rhythm for one person on one of their local days.

    It outlives the rhythm and the channel's set-up: what somebody wrote is theirs.
    """

    __tablename__ = "checkin"
    __table_args__ = (
        UniqueConstraint("workspace_id", "channel_id", "person_id", "day"),
        _person(),
        Index("ix_checkin_again", "again_at", postgresql_where=text("again_at IS NOT NULL"),
              sqlite_where=text("again_at IS NOT NULL")),
        Index("ix_checkin_person", "workspace_id", "person_id", "day"),
    )  # fmt: skip

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[str]
    person_id: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    state: Mapped[str]
    """`open` (nobody asked yet), `asked`, `skipped`, `snoozed`, or `written`."""
    questions: Mapped[list[Any]]
    """The questions as they were asked, as JSON."""
    asked_at: Mapped[datetime | None]
    again_at: Mapped[datetime | None]
    """When the bot will say something about it again: a nudge, or the end of a snooze."""
    said: Mapped[int] = mapped_column(default=0)
    """How many prompts about it were sent to the person alone, nudges and returns included; numbers them."""
    nudged: Mapped[int] = mapped_column(default=0)


class Entry(Base):
    """What somebody narrated on one of their days: the answer to a check-in."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("workspace_id", "checkin_id"),
        ForeignKeyConstraint(
            ["workspace_id", "checkin_id"],
            ["checkin.workspace_id", "checkin.id"],
            ondelete="CASCADE",
        ),
        _person(),
        Index("ix_entry_person", "workspace_id", "person_id", "day"),
        # Counting and the latest ones are answered by the index alone.
        Index("ix_entry_told", "workspace_id", "channel_id", "day", "id", "private", "removed_at",
              postgresql_where=text("removed_at IS NULL AND NOT private"),
              sqlite_where=text("removed_at IS NULL AND private = 0")),
    )  # fmt: skip

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    checkin_id: Mapped[int]
    channel_id: Mapped[str]
    person_id: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    private: Mapped[bool] = mapped_column(default=False)
    removed_at: Mapped[datetime | None]
    """When its author took it back; they may undo that for a day, then it is deleted."""
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    """When a reader last answered it."""

    @property
    def removed(self) -> bool:
        return self.removed_at is not None


class Answer(Base):
    """The answer to one question, or a further remark with no question."""

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "entry_id"], ["entry.workspace_id", "entry.id"], ondelete="CASCADE"
        ),
        Index("ix_answer_source", "workspace_id", "source"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """The question's key; ``more.`` and a message for a further remark."""
    position: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    """Markdown."""
    source: Mapped[str] = mapped_column(default="")
    """The message that said it, so that its edit or removal is this answer's; empty for the form."""


class Draft(Base):
    """What somebody typed in a form and has not sent."""

    __tablename__ = "draft"
    __table_args__ = (_person(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[dict[str, str]]
    at: Mapped[datetime]


class Deed(Base):
    """Something a person did that they can take back, and what was there before."""

    __tablename__ = "deed"
    __table_args__ = (_person(), Index("ix_deed_person", "workspace_id", "person_id", "id"))

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    what: Mapped[str]
    before: Mapped[dict[str, Any]]
    at: Mapped[datetime]
