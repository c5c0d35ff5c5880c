"""Links to the board."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class BoardTicket(Base):
    """A link that opens the board once for who asked for it; the link itself is not kept."""

    __tablename__ = "board_ticket"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
        ),
        Index("ix_board_ticket_digest", "digest"),
        Index("ix_board_ticket_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    at: Mapped[datetime]
    used_at: Mapped[datetime | None]
