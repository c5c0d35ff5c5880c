"""The adapter on the loopback Slack, with a desk that notes what it is asked and says what a test tells it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.applications import Starlette

from adapters.slack import SlackChat, SlackSettings, manifest
from bot.chat import (
    AccountId,
    Desk,
    Place,
)
from bot.store.session import Store
from tests.wire.noting import COMMANDS, SHORTCUTS, NotingDesk
from tests.wire.slack.hands import Hands, until
from tests.wire.slack.server import Slack
from tests.wire.slack.world import Channel, Team

KEYS = ("3Q2-7wCgpXf6YgbGvE4Zp0cV1oG8zv2v5xkzq6m8Y0E=",)


@dataclass
class Clock:
    """The real time, moved as a test wants it."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def forward(self, by: timedelta) -> None:
        self.ahead += by


@dataclass
class Bench:
    """A Slack with one workspace, the adapter connected to it, and the desk behind the adapter."""

    slack: Slack
    chat: SlackChat
    desk: Any
    team: Team
    channel: Channel
    store: Store
    slept: list[float]
    listener: asyncio.Task[None]
    clock: Clock

    def hands(self, ident: str = "U01ANA") -> Hands:
        return Hands(self.slack, self.team, ident)

    def place(self, thread: str = "") -> Place:
        return Place("slack", self.team.id, self.channel.id, thread)

    def account(self, ident: str = "U01ANA") -> AccountId:
        return AccountId("slack", self.team.id, ident)


def people(team: Team) -> Channel:
    """Ana, Ben, Chi and Dee in one channel with the bot."""
    team.person("U01ANA", "Ana")
    team.person("U02BEN", "Ben", tz="America/New_York")
    team.person("U03CHI", "Chi", tz="Asia/Kolkata")
    team.person("U04DEE", "Dee", tz="Australia/Lord_Howe", is_admin=True)
    assert team.bot is not None
    return team.channel(
        "C01GEN", "team-harbour", "U01ANA", "U02BEN", "U03CHI", "U04DEE", team.bot.id
    )


@contextlib.asynccontextmanager
async def serving(chat: SlackChat) -> AsyncIterator[str]:
    """The adapter's own addresses, on a real HTTP server."""
    config = uvicorn.Config(
        Starlette(routes=chat.routes), host="127.0.0.1", port=0, log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@contextlib.asynccontextmanager
async def connected(
    slack: Slack,
    settings: SlackSettings,
    sessions: async_sessionmaker[AsyncSession],
    desk: Desk,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[tuple[SlackChat, list[float], asyncio.Task[None]]]:
    """The adapter, listening."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    async with contextlib.AsyncExitStack() as stack:
        chat = await stack.enter_async_context(
            SlackChat.open(settings, sessions, now=now, sleep=sleep)
        )
        listening = asyncio.create_task(chat.listen(desk))
        if chat.routes:
            url = await stack.enter_async_context(serving(chat))
            slack.hooks.request_url = f"{url}/slack/events"
        if settings.app_token:
            wanted = len(slack.sockets.connections) + 1
            while len(slack.sockets.connections) < wanted:
                assert not listening.done(), listening
                await asyncio.sleep(0.005)
        try:
            yield chat, slept, listening
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def well(chat: SlackChat) -> None:
    """Wait until nothing stands in the way any more: Slack knows of a connection before its client does."""
    async with asyncio.timeout(60):
        while await chat.trouble():
            await asyncio.sleep(0.002)


def settings_for(slack: Slack, team: Team, mode: str, **more: Any) -> SlackSettings:
    """How the adapter reaches this Slack in one of its two ways."""
    way = (
        {"app_token": slack.app_token}
        if mode == "socket"
        else {"signing_secret": slack.signing_secret}
    )
    return SlackSettings(
        bot_token=team.token,
        api_url=slack.api_url,
        public_url="https://outloud.test",
        **way,
        **more,
    )


@contextlib.asynccontextmanager
async def bench(
    mode: str, database_url: str, desk: Any = None, **more: Any
) -> AsyncIterator[Bench]:
    """All of it, in Socket Mode or by HTTP."""
    desk = desk or NotingDesk()
    store = Store(database_url)
    async with Slack.running() as slack:
        slack.configure(
            manifest(
                COMMANDS, SHORTCUTS, public_url="https://outloud.test", socket=mode == "socket"
            )
        )
        slack.be_patient()
        team = slack.team("T01TEST")
        channel = people(team)
        settings = settings_for(slack, team, mode, **more)
        clock = Clock()
        async with connected(slack, settings, store.sessions, desk, now=clock) as (
            chat,
            slept,
            listener,
        ):
            yield Bench(slack, chat, desk, team, channel, store, slept, listener, clock)
    await store.close()
