"""Workspaces, the people in them, their accounts, and what is linked with what."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


def _person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
    )


class Workspace(Base):
    """One tenant: a Slack workspace, a Discord server, or the local chat."""

    __tablename__ = "workspace"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    """Platform and the platform's own id: ``slack:T01TEST``."""
    name: Mapped[str] = mapped_column(default="")
    """What the platform calls it; empty while it has not told."""
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
            "ix_person_unasked",
            "zone",
            postgresql_where=text("zone_guessed AND NOT zone_asked"),
            sqlite_where=text("zone_guessed = 1 AND zone_asked = 0"),
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
    zone_told: Mapped[str] = mapped_column(default="")
    """The zone that the platform told last."""
    zone_guessed: Mapped[bool] = mapped_column(default=False)
    """Whether nobody told the zone, so that it is taken from others in the team."""
    zone_asked: Mapped[bool] = mapped_column(default=False)
    """Whether the person was asked where they are; that is done once."""
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
        _person(),
        Index("ix_account_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    """The platform's id."""
    person_id: Mapped[int]


class Link(Base):
    """One of the accounts of a human who said that they are theirs; each stands in its own workspace."""

    __tablename__ = "link"
    __table_args__ = (_person(), Index("ix_link_human", "human_id"))

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    human_id: Mapped[int]
    """The same in every workspace that the human linked."""
    at: Mapped[datetime]


class LinkCode(Base):
    """A code that links what it was made for with what it is typed in; the code itself is not kept."""

    __tablename__ = "link_code"
    __table_args__ = (_person(), Index("ix_link_code_digest", "digest"))

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    """Who made it; a newer one takes the place of the last."""
    kind: Mapped[str] = mapped_column(primary_key=True)
    """`person`, or `workspace` for a code of an admin."""
    digest: Mapped[str]
    at: Mapped[datetime]
    used: Mapped[bool] = mapped_column(default=False)


class LinkTry(Base):
    """How many wrong codes somebody typed lately."""

    __tablename__ = "link_try"
    __table_args__ = (_person(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    wrong: Mapped[int]
    at: Mapped[datetime]
    """When the first of them was typed."""


class WorkspaceLink(Base):
    """A workspace whose admins agreed with those of another that lessons may cross; there is one row on each side."""

    __tablename__ = "workspace_link"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"]),
        Index("ix_workspace_link_other", "other_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    other_id: Mapped[str] = mapped_column(primary_key=True)
    """The other workspace, as the tables name it."""
    agreed_by: Mapped[int]
    """Which person of this workspace agreed; 0 for the set-up file."""
    at: Mapped[datetime]
