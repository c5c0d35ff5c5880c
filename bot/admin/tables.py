"""Feeds, the change log, and set-ups that were tapped together and are not saved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


def _workspace() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"])


class Feed(Base):
    """A feed that a channel follows."""

    __tablename__ = "feed"
    __table_args__ = (_workspace(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)


class Change(Base):
    """One line of the change log."""

    __tablename__ = "change"
    __table_args__ = (_workspace(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    """Sorts by age."""
    at: Mapped[datetime]
    person_id: Mapped[int]
    """Who did it; 0 for the file."""
    line: Mapped[str]


class Retention(Base):
    """When a workspace that keeps what is written for so many days was last looked through."""

    __tablename__ = "retention"
    __table_args__ = (_workspace(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    looked_at: Mapped[datetime | None]


class Preview(Base):
    """The set-up of a channel as somebody tapped it together, while they look at it before saving."""

    __tablename__ = "preview"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int]
    """Which preview the buttons under a card belong to."""
    channel_id: Mapped[str]
    wanted: Mapped[dict[str, Any]]
    """A `Tapped` as JSON."""
    before: Mapped[dict[str, Any]]
    """How the channel was set up when the preview was made."""
    at: Mapped[datetime]
