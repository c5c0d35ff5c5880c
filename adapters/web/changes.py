"""What changed, and for whom: numbers for open pages, and events on their way to the core."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Final

import structlog
from pydantic import TypeAdapter
from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.web.tables import ChangeRow, UnheardRow, insert, new_id
from bot.chat import Desk, Edited, Event, Joined, Left, Reacted, Removed, Said, is_wanted

LOOK_SECONDS: Final = 1.0
"""How often another process's changes are looked for while somebody has the chat open."""
IDLE_SECONDS: Final = 5.0
"""How often they are looked for while nobody has."""

_log: Final = structlog.stdlib.get_logger(__name__)
_KINDS: Final[dict[str, TypeAdapter[Any]]] = {
    kind.__name__: TypeAdapter(kind) for kind in (Said, Edited, Removed, Reacted, Joined, Left)
}


async def next_change(session: AsyncSession, workspace: str) -> int:
    """Count one more change, and hold the count until this transaction ends."""
    counted = (
        insert(session, ChangeRow)
        .values(workspace_id=workspace, number=1)
        .on_conflict_do_update(
            index_elements=[ChangeRow.workspace_id], set_={"number": ChangeRow.number + 1}
        )
        .returning(ChangeRow.number)
    )
    return int((await session.execute(counted)).scalar_one())


async def last_change(session: AsyncSession, workspace: str) -> int:
    """The number of the newest change; 0 before the first."""
    found = await session.scalar(
        select(ChangeRow.number).where(ChangeRow.workspace_id == workspace)
    )
    return found or 0


def keep_event(session: AsyncSession, workspace: str, key: str, event: Event) -> None:
    """Keep an event with the change that causes it, until `tell` has brought it to the core."""
    kind = type(event).__name__
    session.add(
        UnheardRow(
            workspace_id=workspace,
            id=new_id(),
            key=key,
            kind=kind,
            event=_KINDS[kind].dump_json(event).decode(),
        )
    )


class Live:
    """The running chat: its database, its clock, the core once it listens, and everybody who waits for news."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        *,
        reading: async_sessionmaker[AsyncSession],
        workspace: str,
        now: Callable[[], datetime],
    ) -> None:
        self.sessions = sessions
        self.reading = reading
        """For what only looks, so that it waits for nobody who writes."""
        self.workspace = workspace
        self.now = now
        self.desk: Desk | None = None
        self._bell = asyncio.Event()
        self._telling = asyncio.Lock()
        self._visitors = 0

    def bell(self) -> asyncio.Event:
        """Set at the next change; take it before reading, so that no change falls in between."""
        return self._bell

    def ring(self) -> None:
        """Wake everybody who waits for the next change."""
        self._bell.set()
        self._bell = asyncio.Event()

    @contextmanager
    def visit(self) -> Iterator[None]:
        """Count somebody who has the chat open."""
        self._visitors += 1
        self.ring()
        try:
            yield
        finally:
            self._visitors -= 1

    async def announce(self) -> None:
        """Show a change to everybody, and bring it to the core; what fails is told again from its row."""
        self.ring()
        try:
            await self.tell()
        except Exception:
            _log.exception("local.untold")

    async def tell(self) -> None:
        """Bring what the core has not heard to it, in order.

        An event that is told twice, by two processes or around a crash, has one key and counts once there.
        """
        desk = self.desk
        if desk is None:
            return
        async with self._telling:
            async with self.reading.begin() as session:
                rows = (await session.scalars(self._unheard().order_by(UnheardRow.id))).all()
            for row in rows:
                event = _KINDS[row.kind].validate_json(row.event)
                if await is_wanted(desk, event):
                    await desk.record(row.key, event)
                async with self.sessions.begin() as session:
                    await session.execute(
                        delete(UnheardRow).where(
                            UnheardRow.workspace_id == self.workspace, UnheardRow.id == row.id
                        )
                    )

    async def listen(self, desk: Desk) -> None:
        """Tell the core what it has not heard, and everybody what other processes changed, until cancelled."""
        self.desk = desk
        seen = 0
        try:
            while True:
                bell = self.bell()
                try:
                    await self.tell()
                    seen = await self._look(seen)
                except Exception:
                    # One hiccup of the database must not take the chat down; the next look is soon.
                    _log.exception("local.untold")
                await wait(bell, LOOK_SECONDS if self._visitors else IDLE_SECONDS)
        finally:
            self.desk = None
            self.ring()

    async def _look(self, seen: int) -> int:
        async with self.reading.begin() as session:
            number = await last_change(session, self.workspace)
        if number > seen:
            self.ring()
        return number

    def _unheard(self) -> Select[UnheardRow]:
        return select(UnheardRow).where(UnheardRow.workspace_id == self.workspace)


async def wait(bell: asyncio.Event, seconds: float) -> None:
    """Wait for the bell, or for this long."""
    # Not wait_for, which on Python 3.11 loses a cancellation that arrives together with the bell.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await bell.wait()
