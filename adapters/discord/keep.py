"""Forms that are open, kept so that nothing typed is lost between two pages, a mistake, or a restart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.discord.forms import filled
from adapters.discord.tables import DiscordForm
from bot.chat import AccountId, Form, Place, Ref
from bot.chat.kept import read_kept, write_kept

KEPT_FOR: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Opened:
    """A form that is open for somebody, where, and on which message it was asked for."""

    id: int
    by: AccountId
    form: Form
    place: Place
    on: Ref | None


class Forms:
    """Keeps a form for the account that has it open."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], *, now: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._now = now

    async def keep(self, by: AccountId, form: Form, place: Place, on: Ref | None) -> Opened:
        """Keep a form that is about to open, and let those of other days go."""
        row = DiscordForm(
            workspace_id=by.workspace_id,
            account=by.id,
            form=write_kept(form),
            place=str(place),
            on_place=str(on.place) if on else "",
            on_message=on.id if on else "",
            opened_at=self._now(),
        )
        async with self._sessions.begin() as session:
            old = DiscordForm.opened_at < self._now() - KEPT_FOR
            await session.execute(delete(DiscordForm).where(old))
            session.add(row)
            await session.flush()
            return Opened(row.id, by, form, place, on)

    async def find(self, user: str, ident: int) -> Opened | None:
        """A kept form; None when it is no longer kept, or not this user's."""
        async with self._sessions() as session:
            row = await session.scalar(_mine(user, ident))
        return _opened(row) if row is not None else None

    async def fill(
        self, user: str, ident: int, read: Callable[[Form], Mapping[str, str]]
    ) -> Opened | None:
        """Put into a kept form what is read for it, and give it back; None as `find` does."""
        async with self._sessions.begin() as session:
            row = await session.scalar(_mine(user, ident))
            if row is None:
                return None
            form = read_kept(row.form)
            row.form = write_kept(filled(form, read(form)))
            return _opened(row)

    async def drop(self, opened: Opened) -> None:
        """Keep a form no longer that was sent."""
        by = opened.by
        async with self._sessions.begin() as session:
            mine = (DiscordForm.workspace_id == by.workspace_id) & (DiscordForm.id == opened.id)
            await session.execute(delete(DiscordForm).where(mine))


def _mine(user: str, ident: int) -> Select[DiscordForm]:
    # A direct message does not tell the server, so the form does.
    return select(DiscordForm).where(DiscordForm.id == ident, DiscordForm.account == user)


def _opened(row: DiscordForm) -> Opened:
    place = Place.parse(row.place)
    on = Ref(Place.parse(row.on_place), row.on_message) if row.on_message else None
    by = AccountId(place.platform, place.workspace, row.account)
    return Opened(row.id, by, read_kept(row.form), place, on)
