"""Workspaces, the people in them, and their accounts."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class Workspace(Base):
    """One tenant: a Slack workspace, a Discord server, or the local chat."""

    __tablename__ = "workspace"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    """Platform and the platform's own id: ``slack:T01TEST``."""
    confidential: Mapped[list[str]] = mapped_column(default=list)
    """Terms that must not leave a team unnoticed."""
    retention_days: Mapped[int | None]
    created_at: Mapped[datetime]


class Person(Base):
    """A human in one workspace."""

    __tablename__ = "person"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"]),
        Index(
            "ix_person_moved",
            "moved",
            postgresql_where=text("moved"),
            sqlite_where=text("moved = 1"),
        ),
        Index(
            "ix_person_stale",
            "profile_at",
            postgresql_where=text("present"),
            sqlite_where=text("present = 1"),
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    zone: Mapped[str] = mapped_column(default="UTC")
    zone_chosen: Mapped[bool] = mapped_column(default=False)
    """Whether the person chose the zone; else it follows the platform."""
    moved: Mapped[bool] = mapped_column(default=False)
    """Whether the zone changed, and the times that follow from it are not worked out again yet."""
    country: Mapped[str] = mapped_column(default="")
    """ISO 3166 code whose public holidays are free; empty for none."""
    quiet_from: Mapped[time | None]
    quiet_to: Mapped[time | None]
    away_until: Mapped[date | None]
    """The last day away, in the person's zone."""
    welcome_back: Mapped[bool] = mapped_column(default=False)
    """Whether a time away has ended without a word about it yet."""
    is_admin: Mapped[bool] = mapped_column(default=False)
    """Whether the platform says that this person administers the workspace."""
    present: Mapped[bool] = mapped_column(default=True)
    """False once they left the workspace."""
    profile_at: Mapped[datetime]
    """When name and zone were last read from the platform."""
    met_at: Mapped[datetime]


class Account(Base):
    """One account of a person on the workspace's platform."""

    __tablename__ = "account"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
        ),
        Index("ix_account_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    """The platform's id."""
    person_id: Mapped[int]
