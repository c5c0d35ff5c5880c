"""What the Slack adapter keeps: where it is installed, and long forms between two of their pages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import TYPED_BY, Base, new_id


class SlackInstall(Base):
    """The app in one workspace, or in a whole organisation; the token is encrypted."""

    __tablename__ = "slack_install"
    __table_args__ = (Index("ix_slack_install_enterprise", "enterprise_id"),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    """``slack:`` and the id of the workspace, or of the organisation for an installation in all of it."""
    enterprise_id: Mapped[str] = mapped_column(default="")
    is_enterprise: Mapped[bool] = mapped_column(default=False)
    app_id: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    token: Mapped[str] = mapped_column(Text)
    bot_id: Mapped[str] = mapped_column(default="")
    bot_user_id: Mapped[str]
    scopes: Mapped[str] = mapped_column(Text, default="")
    installed_by: Mapped[str] = mapped_column(default="")
    installed_at: Mapped[datetime]


class SlackForm(Base):
    """A form that changes while it is filled in, with what was typed on its other pages."""

    __tablename__ = "slack_form"
    __table_args__ = (Index("ix_slack_form_opened", "opened_at"), TYPED_BY)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    account: Mapped[str]
    form: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
