"""Who was asked to meet whom, what both said, and when a workspace was looked through."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


def _person(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", column], ["person.workspace_id", "person.id"], ondelete="CASCADE"
    )


class Introduction(Base):
    """Two people who are near the same thing, and how far they have got with meeting.

    First the writer is asked, and the reader only after the writer's yes; a no of either is told to nobody.
    """

    __tablename__ = "introduction"
    __table_args__ = (
        _person("writer_id"),
        _person("reader_id"),
        Index("ix_introduction_writer", "workspace_id", "writer_id"),
        Index("ix_introduction_reader", "workspace_id", "reader_id"),
        Index(
            "ix_introduction_open",
            "offered_at",
            postgresql_where=text("NOT closed"),
            sqlite_where=text("closed = 0"),
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    writer_id: Mapped[int]
    """Whose entries nobody answered."""
    reader_id: Mapped[int]
    writer_entry: Mapped[int]
    reader_entry: Mapped[int]
    """The entries in which it shows that they are near."""
    shared: Mapped[list[str]]
    """Their most telling words in common."""
    offered_at: Mapped[datetime]
    """When the writer was asked."""
    writer_said: Mapped[str] = mapped_column(default="")
    """`yes`, `no`, or nothing yet."""
    asked_at: Mapped[datetime | None]
    """When the reader was asked."""
    reader_said: Mapped[str] = mapped_column(default="")
    closed: Mapped[bool] = mapped_column(default=False)
    """Whether nothing more happens: both met, one said no, or it was left too long."""


class IntroductionRound(Base):
    """When a workspace was last looked through for people to introduce."""

    __tablename__ = "introduction_round"
    __table_args__ = (ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"]),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    looked_at: Mapped[datetime | None]
