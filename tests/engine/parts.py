"""The engine without a feature: a database, a fake platform whose requests can be held, and senders."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import func, literal, select

from bot.chat import Card, Place, Ref, Text
from bot.chat.fake import FakeChat
from bot.engine import outbox
from bot.engine.outbox import Post
from bot.engine.sender import Sender
from bot.engine.tables import Destination, OutboxRow
from bot.store.session import Store

MORNING = datetime(2026, 11, 16, 9, tzinfo=UTC)


class Watched(FakeChat):
    """A fake platform that writes down what it is asked, and where a test can stand in the door."""

    def __init__(self, platform: str = "fake", *, limit: int = 4000, pace: float = 0) -> None:
        super().__init__(platform, limit=limit, pace=pace)
        self.calls: list[str] = []
        self.before: Callable[[Place], Awaitable[None]] | None = None
        """What happens between the request and the post."""
        self.after: Callable[[Place], Awaitable[None]] | None = None
        """What happens between the post and the answer."""

    async def send(
        self, to: Place, card: Card, *, key: str, again: bool = False
    ) -> tuple[Ref, ...]:
        self.calls.append(f"send {key}" + (" again" if again else ""))
        if self.before:
            await self.before(to)
        refs = await super().send(to, card, key=key, again=again)
        if self.after:
            await self.after(to)
        return refs

    async def edit(self, refs: tuple[Ref, ...], card: Card) -> tuple[Ref, ...]:
        self.calls.append("edit")
        if self.before:
            await self.before(refs[0].place)
        return await super().edit(refs, card)

    async def remove(self, refs: tuple[Ref, ...]) -> None:
        self.calls.append("remove")
        if self.before:
            await self.before(refs[0].place)
        await super().remove(refs)
        if self.after:
            await self.after(refs[0].place)


class Door:
    """Requests wait here until it is opened."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def wait(self, _to: Place) -> None:
        self.reached.set()
        await self.opened.wait()


class Yard:
    """One engine on one database, at a moment that a test moves."""

    def __init__(self, url: str) -> None:
        self.now = MORNING
        self.url = url
        self.chat = Watched()
        self.stores: list[Store] = []
        self.store = self.another_store()
        self.sender = Sender(self.store, {"fake": self.chat}, idle_seconds=60)
        self.place = self.chat.channel("harbour")

    def another_store(self) -> Store:
        """The same database as another process sees it."""
        self.stores.append(Store(self.url, now=lambda: self.now))
        return self.stores[-1]

    def another_sender(self) -> Sender:
        return Sender(self.another_store(), {"fake": self.chat}, idle_seconds=60)

    async def rename(self, table: str, name: str) -> None:
        """Give a table another name, so that whoever asks for it is refused."""
        async with self.another_store().work() as work:
            connection = await work.session.connection()
            await connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    async def show(
        self, words: str, key: str = "one", *, at: Place | None = None, under: str = ""
    ) -> bool:
        async with self.store.work() as work:
            return await outbox.show(work, at or self.place, card(words), key=key, under=under)

    async def show_new(self, *posts: Post) -> None:
        async with self.store.work() as work:
            await outbox.show_new(work, posts)

    async def withdraw(self, key: str = "one") -> None:
        async with self.store.work() as work:
            await outbox.withdraw(work, self.place.workspace_id, key)

    async def lost(self, ref: Ref) -> None:
        """A moderator took a message away, and the core heard of it."""
        await self.chat.remove_said(self.chat.bot, ref)
        async with self.store.work() as work:
            await outbox.lost(work, ref)

    async def settle(self) -> None:
        """Send until nothing is due at this moment."""
        while await self.sender.step():
            pass

    async def row(self, key: str = "one") -> OutboxRow:
        async with self.store.look() as work:
            return await work.session.get_one(OutboxRow, (self.place.workspace_id, key))

    async def counted(self) -> tuple[dict[str, int], dict[str, int]]:
        """What each destination waits for, as its counter says and as its rows say.

        Asked in one question: what a process had asked for when it was killed may come to be between two.
        """
        counter = select(literal("counter"), Destination.place, Destination.pending).where(
            Destination.pending != 0
        )
        rows = (
            select(literal("rows"), OutboxRow.destination, func.count())
            .where(OutboxRow.state == "pending")
            .group_by(OutboxRow.destination)
        )
        found: dict[str, dict[str, int]] = {"counter": {}, "rows": {}}
        async with self.store.look() as work:
            for kind, place, count in await work.session.execute(counter.union_all(rows)):
                found[kind][place] = count
        return found["counter"], found["rows"]

    def seen(self, place: Place | None = None) -> list[str]:
        """What the bot's messages in a place say."""
        return [one.plain() for one in self.chat.visible(place or self.place)]

    def ref(self, words: str) -> Ref:
        return next(post.ref for post in self.chat.posts if post.card.plain() == words)


def card(words: str) -> Card:
    return Card(text=Text.of(words))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Yard]:
    yard = Yard(url)
    yield yard
    for store in yard.stores:
        await store.close()


@contextmanager
def logged() -> Iterator[asyncio.Queue[dict[str, object]]]:
    """Everything that is logged, as it is logged."""
    lines: asyncio.Queue[dict[str, object]] = asyncio.Queue()

    def keep(_logger: object, _method: str, line: dict[str, object]) -> dict[str, object]:
        lines.put_nowait(dict(line))
        raise structlog.DropEvent

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[keep])
    try:
        yield lines
    finally:
        structlog.configure(processors=before)
