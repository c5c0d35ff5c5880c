"""The commands and menu entries that Discord lists, registered when they have changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.discord.api import Api
from adapters.discord.read import PLATFORM
from adapters.discord.tables import DiscordCommands, insert
from adapters.discord.write import write_commands
from bot.chat import Busy, Desk, Refused, Unsure

log = structlog.get_logger(__name__)

_PATH: Final = "/applications/{application_id}/commands"
_WAITS: Final = (1.0, 5.0, 15.0, 60.0)
NOT_YET: Final = "Discord does not list Outloud's commands yet."


class Commands:
    """Keeps Discord's list of commands as the core has it."""

    def __init__(
        self,
        api: Api,
        sessions: async_sessionmaker[AsyncSession],
        *,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._api = api
        self._sessions = sessions
        self._sleep = sleep
        self.trouble = NOT_YET

    async def register(self, desk: Desk) -> None:
        """Register until it has worked."""
        tries = 0
        while self.trouble:
            try:
                await self._sync(desk)
                self.trouble = ""
            except (Busy, Refused, Unsure) as problem:
                self.trouble = f"{NOT_YET} {problem}"
                log.warning("commands not registered", why=str(problem))
                wait = problem.seconds if isinstance(problem, Busy) else 0
                await self._sleep(max(wait, _WAITS[min(tries, len(_WAITS) - 1)]))
                tries += 1

    async def _sync(self, desk: Desk) -> None:
        written = write_commands(desk.commands, desk.shortcuts)
        digest = hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()
        application = (await self._api.own()).application
        ours = f"{PLATFORM}:{application}"
        async with self._sessions() as session:
            row = await session.get(DiscordCommands, ours)
        if row is not None and row.digest == digest and await self._are_there(written, application):
            return
        await self._api.call("PUT", _PATH, body=written, application_id=application)
        async with self._sessions.begin() as session:
            kept = insert(session, DiscordCommands).values(workspace_id=ours, digest=digest)
            keys = [DiscordCommands.workspace_id]
            await session.execute(
                kept.on_conflict_do_update(index_elements=keys, set_={"digest": digest})
            )
        log.info("commands registered", count=len(written))

    async def _are_there(self, written: list[dict[str, Any]], application: str) -> bool:
        """Whether nobody else has taken our commands away since they were registered."""
        listed = await self._api.call("GET", _PATH, application_id=application)
        there = {(one.get("type", 1), one["name"]) for one in listed}
        return there == {(one["type"], one["name"]) for one in written}
