"""The ways to each person: direct messages belong to no server, so which one speaks there is kept here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.discord.read import PLATFORM
from adapters.discord.tables import DiscordMessage, DiscordPerson, DiscordRoom, insert
from bot.chat import AccountId, Place
from bot.chat.recent import Recent

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
MESSAGES_FOR: Final = timedelta(days=90)
"""How long the place of a message is known that Discord does not tell again."""


@dataclass(frozen=True, slots=True)
class Way:
    """How to reach somebody alone."""

    account: AccountId
    direct: str = ""
    door: str = ""
    is_closed: bool = False
    seen_in: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """A message whose place was kept."""

    workspace: str
    account: str
    thread: str

    def place(self) -> Place | None:
        """The place of a direct message; None for a message in a channel."""
        if not self.account:
            return None
        return Place(PLATFORM, self.workspace, f"@{self.account}", self.thread)


class Ways:
    """Keeps who is met where."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], *, now: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._now = now
        self._seen: Recent[AccountId, str] = Recent()
        self._rooms: Recent[Place, bool] = Recent()
        """Channels that are kept as those the bot writes to."""

    async def to(self, account: AccountId) -> Way:
        """The way to somebody, as far as it is known."""
        async with self._sessions() as session:
            row = await session.get(DiscordPerson, (account.workspace_id, account.id))
        return _way(row) if row is not None else Way(account)

    async def servers(self, user: str) -> tuple[str, ...]:
        """The servers that have spoken with this user, the last one first."""
        async with self._sessions() as session:
            found = await session.scalars(
                select(DiscordPerson.workspace_id)
                .where(DiscordPerson.account == user, DiscordPerson.spoken_at > NEVER)
                .order_by(DiscordPerson.spoken_at.desc())
            )
            return tuple(one.partition(":")[2] for one in found)

    async def behind(self, door: str) -> Way | None:
        """The way whose private thread this is."""
        async with self._sessions() as session:
            row = await session.scalar(select(DiscordPerson).where(DiscordPerson.door == door))
        return _way(row) if row is not None else None

    async def spoke(self, account: AccountId, **known: Any) -> None:
        """Note that a server speaks with somebody now, and what is known of the way to them."""
        async with self._sessions.begin() as session:
            await self._keep(session, account, known | {"spoken_at": self._now()})

    async def learn(self, account: AccountId, **known: Any) -> None:
        """Note more of the way to somebody."""
        async with self._sessions.begin() as session:
            await self._keep(session, account, known)

    async def met(self, account: AccountId, channel: str) -> None:
        """Note the channel in which somebody was last met."""
        if self._seen.get(account) != channel:
            await self.learn(account, seen_in=channel)
            self._seen.remember(account, channel)

    async def _keep(self, session: AsyncSession, account: AccountId, known: dict[str, Any]) -> None:
        row = insert(session, DiscordPerson).values(
            **{
                "workspace_id": account.workspace_id,
                "account": account.id,
                "direct": "",
                "door": "",
                "is_closed": False,
                "seen_in": "",
                "spoken_at": NEVER,
            }
            | known
        )
        keys = [DiscordPerson.workspace_id, DiscordPerson.account]
        await session.execute(row.on_conflict_do_update(index_elements=keys, set_=known))

    async def opened(self, user: str) -> None:
        """Note that somebody has written to the bot, so that direct messages reach them again."""
        async with self._sessions.begin() as session:
            closed = (DiscordPerson.account == user) & DiscordPerson.is_closed
            await session.execute(update(DiscordPerson).where(closed).values(is_closed=False))

    async def recent(self, since: datetime, most: int) -> list[Way]:
        """The people spoken with in direct messages since then, newest first."""
        async with self._sessions() as session:
            found = await session.scalars(
                select(DiscordPerson)
                .where(DiscordPerson.spoken_at >= since, DiscordPerson.direct != "")
                .order_by(DiscordPerson.spoken_at.desc())
                .limit(most)
            )
            return [_way(row) for row in found]

    # Messages

    async def note(
        self, place: Place, message: str, channel: str, *, thread: str = "", nonce: str = ""
    ) -> None:
        """Keep where a message stands, and for one of the bot's own what it was sent with."""
        values = {
            "workspace_id": place.workspace_id,
            "message": message,
            "channel": channel,
            "account": place.account.id if place.is_direct else "",
            "thread": thread,
            "nonce": nonce,
            "noted_at": self._now(),
        }
        async with self._sessions.begin() as session:
            row = insert(session, DiscordMessage).values(**values)
            await session.execute(row.on_conflict_do_nothing())
            if place.is_direct:
                known = {"spoken_at": self._now()} | ({"direct": channel} if nonce else {})
                await self._keep(session, place.account, known)
            elif nonce and place.open not in self._rooms:
                await self._write_room(session, place, int(message))
        if nonce and not place.is_direct:
            self._rooms.remember(place.open, True)

    async def noted(self, message: str) -> Noted | None:
        """Where a message stands, if that was kept."""
        async with self._sessions() as session:
            row = await session.scalar(
                select(DiscordMessage).where(DiscordMessage.message == message)
            )
        if row is None:
            return None
        return Noted(row.workspace_id.partition(":")[2], row.account, row.thread)

    async def newest(self, channel: str) -> int:
        """The newest message noted in a channel; 0 for none."""
        async with self._sessions() as session:
            found = await session.scalars(
                select(DiscordMessage.message).where(DiscordMessage.channel == channel)
            )
            return max((int(one) for one in found), default=0)

    async def sent(self, nonces: list[str]) -> dict[str, tuple[str, str]]:
        """The messages that were sent with these, and their channels."""
        async with self._sessions() as session:
            rows = await session.scalars(
                select(DiscordMessage).where(DiscordMessage.nonce.in_(nonces))
            )
            return {row.nonce: (row.message, row.channel) for row in rows}

    async def known(self, messages: list[str]) -> set[str]:
        """Those of these messages that were noted."""
        async with self._sessions() as session:
            found = await session.scalars(
                select(DiscordMessage.message).where(DiscordMessage.message.in_(messages))
            )
            return set(found)

    async def forget_old(self) -> None:
        """Let the places of old messages go."""
        async with self._sessions.begin() as session:
            old = DiscordMessage.noted_at < self._now() - MESSAGES_FOR
            await session.execute(delete(DiscordMessage).where(old))

    async def forget_server(self, guild: str) -> None:
        """Forget all about a server that the bot was taken out of."""
        ours = f"{PLATFORM}:{guild}"
        async with self._sessions.begin() as session:
            for table in (DiscordPerson, DiscordRoom, DiscordMessage):
                await session.execute(delete(table).where(table.workspace_id == ours))
        self._seen.clear()
        self._rooms.clear()

    # Channels

    async def _write_room(self, session: AsyncSession, place: Place, heard: int) -> None:
        row = insert(session, DiscordRoom).values(
            workspace_id=place.workspace_id, channel=place.channel, heard=heard
        )
        await session.execute(row.on_conflict_do_nothing())

    async def heard(self, newest: dict[Place, int]) -> None:
        """Keep the newest message that was heard in each channel the bot writes to."""
        async with self._sessions.begin() as session:
            for place, ident in newest.items():
                await session.execute(
                    update(DiscordRoom)
                    .where(
                        DiscordRoom.workspace_id == place.workspace_id,
                        DiscordRoom.channel == place.channel,
                        DiscordRoom.heard < ident,
                    )
                    .values(heard=ident)
                )

    async def rooms(self, most: int) -> list[tuple[Place, int]]:
        """The channels the bot writes to, with the newest message heard in each."""
        async with self._sessions() as session:
            rows = await session.scalars(
                select(DiscordRoom).order_by(DiscordRoom.heard.desc()).limit(most)
            )
            return [
                (Place(PLATFORM, row.workspace_id.partition(":")[2], row.channel), row.heard)
                for row in rows
            ]


def _way(row: DiscordPerson) -> Way:
    account = AccountId(PLATFORM, row.workspace_id.partition(":")[2], row.account)
    return Way(account, row.direct, row.door, row.is_closed, row.seen_in)
