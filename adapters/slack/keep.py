"""Forms that change while they are filled in, kept between two of their pages so that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.slack.forms import filled
from adapters.slack.tables import SlackForm
from bot.chat import AccountId, Form
from bot.chat.kept import read_kept, write_kept

DAYS: Final = timedelta(days=1)
"""Slack keeps no modal open for longer."""


class Forms:
    """Keeps a form for the account that has it open."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], *, now: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._now = now

    async def keep(self, by: AccountId, form: Form) -> int:
        """Keep a form that was just opened, and let those of other days go."""
        row = SlackForm(
            workspace_id=by.workspace_id,
            account=by.id,
            form=write_kept(form),
            opened_at=self._now(),
        )
        async with self._sessions.begin() as session:
            old = SlackForm.opened_at < self._now() - DAYS
            await session.execute(delete(SlackForm).where(old))
            session.add(row)
            await session.flush()
            return row.id

    async def fill(self, by: AccountId, ident: int, values: Mapping[str, str]) -> Form | None:
        """Put values into a kept form and give it back; None when it is not this account's."""
        async with self._sessions.begin() as session:
            row = await session.get(SlackForm, (by.workspace_id, ident))
            if row is None or row.account != by.id:
                return None
            form = filled(read_kept(row.form), values)
            row.form = write_kept(form)
            return form

    async def drop(self, by: AccountId, ident: int) -> None:
        """Keep a form no longer that was sent or left."""
        async with self._sessions.begin() as session:
            mine = (SlackForm.workspace_id == by.workspace_id) & (SlackForm.id == ident)
            await session.execute(delete(SlackForm).where(mine, SlackForm.account == by.id))
