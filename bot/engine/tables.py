"""What the engine keeps: events that came in, messages that are wanted, where they go, and where they stand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, literal, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


def _some(name: str, *columns: str, where: str) -> Index:
    """An index over few rows of a large table; a query that is to use it must say the same `where`."""
    return Index(name, *columns, postgresql_where=text(where), sqlite_where=text(where))


class InboxRow(Base):
    """One event or act, kept before it is acknowledged; its key names its content."""

    __tablename__ = "inbox"
    __table_args__ = (
        _some("ix_inbox_new", "id", where="state = 'new'"),
        _some("ix_inbox_waiting", "workspace_id", "conversation", "id", where="state = 'new'"),
        _some("ix_inbox_done", "received_at", where="state = 'done'"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int]
    """Sorts by arrival."""
    conversation: Mapped[str]
    """Events of one conversation are handled one after another."""
    kind: Mapped[str]
    payload: Mapped[str] = mapped_column(Text)
    """The event as JSON; emptied once handled, so that words are kept in one place only."""
    state: Mapped[str] = mapped_column(default="new")
    """`new`, `done`, or `aside` after too many tries."""
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    not_before: Mapped[datetime]
    received_at: Mapped[datetime]


class OutboxRow(Base):
    """One message as it is wanted: what it should say, and how far the platform has got."""

    __tablename__ = "outbox"
    __table_args__ = (
        _some("ix_outbox_pending", "workspace_id", "destination", "turn",
              where="state = 'pending'"),
        _some("ix_outbox_dead", "workspace_id", "key", where="state = 'dead'"),
    )  # fmt: skip

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """What the message is about: one subject has one message in one place."""
    destination: Mapped[str]
    """The channel or direct message, without a thread: messages go there in order of their turn."""
    thread: Mapped[str] = mapped_column(default="")
    """The thread it goes in; of a message `under` another, the one that the last try went to."""
    under: Mapped[str] = mapped_column(default="")
    """The key of the message in the same channel in whose thread this one goes."""
    card: Mapped[str] = mapped_column(Text)
    """What it should say, as JSON; emptied once it is gone."""
    wanted: Mapped[bool] = mapped_column(default=True)
    """Whether the message should be there at all."""
    taken: Mapped[bool] = mapped_column(default=False)
    """Whether somebody else took it away: then it does not come back."""
    revision: Mapped[int] = mapped_column(default=1)
    """Grows with every change of mind."""
    shown: Mapped[int] = mapped_column(default=0)
    """The revision on the platform; 0 when it is not there."""
    lives: Mapped[int] = mapped_column(default=1)
    """Grows when it was removed, so that no platform takes its return for a repetition."""
    state: Mapped[str] = mapped_column(default="pending")
    """`pending`, `posted`, `gone` (taken away), or `dead` (given up)."""
    unsure: Mapped[bool] = mapped_column(default=False)
    """A first post was begun and its end is not known: look for it before posting. Or, where it is shown, a removal."""
    turn: Mapped[int]
    strikes: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    not_before: Mapped[datetime]
    created_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]


class Destination(Base):
    """Where messages go: one sender at a time, in order, at the platform's pace.

    The one with an empty place stands for its whole platform, and only says until when that pauses.
    """

    __tablename__ = "destination"
    __table_args__ = (_some("ix_destination_due", "next_at", where="pending > 0"),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    pending: Mapped[int] = mapped_column(default=0)
    """How many of its messages are `pending`; kept by addition, so that nobody's count is lost."""
    next_at: Mapped[datetime]
    lease_token: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]


class Posted(Base):
    """One part of a message where it stands on the platform."""

    __tablename__ = "posted"
    __table_args__ = (Index("ix_posted_ref", "workspace_id", "place", "message"),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str]
    message: Mapped[str]


# Written into the statement itself: a database that sees a parameter cannot tell that an index over some rows fits.
NEW = literal("new", literal_execute=True)
DONE = literal("done", literal_execute=True)
PENDING = literal("pending", literal_execute=True)
GIVEN_UP = literal("dead", literal_execute=True)
NONE = literal(0, literal_execute=True)
