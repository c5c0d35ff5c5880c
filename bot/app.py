"""The composition root: puts database, features and adapters together; the only importer of adapters."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from prometheus_client import generate_latest
from pydantic import SecretStr
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.pool import NullPool
from starlette.applications import Starlette

from bot import migrating
from bot.admin import desk as admin
from bot.admin.desk import Room
from bot.admin.rules.setup import PersonSetup
from bot.board import desk as board
from bot.channels.desk import FEATURE as CHANNELS
from bot.chat import Chat
from bot.chat.feeds import Feed
from bot.checkins.desk import FEATURE as CHECKINS
from bot.communities.desk import FEATURE as COMMUNITIES
from bot.digests import desk as digests
from bot.engine.feature import Feature
from bot.engine.reception import Reception
from bot.grains.desk import FEATURE as GRAINS
from bot.introductions.desk import FEATURE as INTRODUCTIONS
from bot.keys import secret_keys
from bot.lessons import desk as lessons
from bot.people import desk as people
from bot.people.desk import FEATURE as PEOPLE
from bot.settings import Settings
from bot.store.session import Store, file_of, utc_now

if TYPE_CHECKING:
    from adapters.slack import SlackSettings

_NARRATING = (PEOPLE, CHANNELS, GRAINS, CHECKINS, INTRODUCTIONS, lessons.FEATURE, COMMUNITIES)


def features(
    post: digests.Post | None = None, chats: Mapping[str, Chat] | None = None, public_url: str = ""
) -> tuple[Feature, ...]:
    """Every feature, in the order in which they see events.

    Digests go by e-mail where there is a mail server, and as files whose links lead to these chats and pages.
    """
    door = board.Door(public_url)
    others = (
        *_NARRATING,
        digests.feature(post, chats=chats, public_url=public_url),
        board.feature(door),
    )
    return (*others, admin.feature(others, door))


FEATURES = features()


class Outfitter:
    """Gives the local chat the people and channels that a set-up names."""

    def __init__(self, chat: Any) -> None:
        self._chat = chat

    async def provide(
        self, session: AsyncSession, people: Sequence[PersonSetup], channels: Sequence[Room]
    ) -> None:
        from adapters.web import LocalChannel, LocalPerson

        await self._chat.provide(
            session,
            [LocalPerson(one.id, one.name, one.zone) for one in people],
            [LocalChannel(one.id, members=one.members) for one in channels],
        )


class StartError(Exception):
    """Outloud cannot start; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class House:
    """One installation, put together and not yet running."""

    settings: Settings
    store: Store
    chats: Mapping[str, Chat]
    desk: Reception

    @property
    def outfitter(self) -> Outfitter | None:
        local = self.chats.get("local")
        return Outfitter(local) if local is not None else None

    def site(self) -> Starlette:
        """The one HTTP application for everything."""
        from adapters.web import board_routes, feed_routes, site

        routes = [route for chat in self.chats.values() for route in getattr(chat, "routes", ())]
        routes += board_routes(
            board.Board(self.store, self.chats),
            keys=cache(lambda: secret_keys(self.settings)),
            secure=self.settings.public_url.startswith("https:"),
            now=self.store.now,
        )
        routes += feed_routes(self._find_feed, public_url=self.settings.public_url)
        public = urlsplit(self.settings.public_url).hostname or ""
        hosts = {"localhost", "127.0.0.1", "::1", self.settings.http_host, public}
        return site(routes, ready=self.ready, metrics=generate_latest, hosts=hosts)

    async def _find_feed(self, workspace: str, channel: str) -> Feed | None:
        async with self.store.look() as work:
            return await lessons.find_feed(work, tuple(self.chats), workspace, channel)

    async def ready(self) -> tuple[str, ...]:
        """Why Outloud cannot do its work now, a sentence each; empty when it can."""
        try:
            reasons = [await migrating.behind(self.store)]
        except (SQLAlchemyError, OSError) as problem:
            reasons = [f"The database does not answer ({type(problem).__name__})."]
        for chat in self.chats.values():
            reasons += await chat.trouble()
        return tuple(reason for reason in reasons if reason)

    async def apply(self, name: str, text: str, *, dry_run: bool = False) -> tuple[str, ...]:
        """Make the set-up what a file says, and return the lines of what changed."""
        async with self.store.work() as work:
            return await admin.apply_file(
                work, text, name=name, dry_run=dry_run, outfitter=self.outfitter
            )

    async def furnish(self) -> None:
        """Set up the local chat when it is new, so that there is something to try."""
        if self.outfitter is None:
            return
        async with self.store.look() as work:
            known = [one.workspace_id for one in await people.workspaces(work)]
        if "local:local" not in known:
            await self.apply("ready_made.yaml", admin.ready_made())


async def apply(
    settings: Settings, name: str, text: str, *, dry_run: bool = False
) -> tuple[str, ...]:
    """Make the set-up what a file says, and return the lines of what changed.

    Raises `StartError` when the database cannot be used, and `Refusal` with file, line and reason.
    """
    async with build(settings) as house:
        if late := await migrating.behind(house.store):
            raise StartError(late)
        return await house.apply(name, text, dry_run=dry_run)


async def show_setup(settings: Settings) -> str:
    """The set-up as a file."""
    async with build(settings) as house:
        if late := await migrating.behind(house.store):
            raise StartError(late)
        async with house.store.look() as work:
            return await admin.show_setup(work)


async def export(settings: Settings, write: admin.Write) -> tuple[str, ...]:
    """Hand everything that is kept to `write`, file by file, and return a line about each."""
    async with build(settings) as house:
        if late := await migrating.behind(house.store):
            raise StartError(late)
        async with house.store.look() as work:
            return await admin.write_out(work, FEATURES, write)


@asynccontextmanager
async def build(
    settings: Settings, *, now: Callable[[], datetime] = utc_now
) -> AsyncIterator[House]:
    """Everything of one installation, connected to its database for as long as the block runs."""
    async with AsyncExitStack() as stack:
        store = Store(settings.database_url, now=now)
        stack.push_async_callback(store.close)
        chats: dict[str, Chat] = {}
        for platform in settings.platforms:
            chats[platform] = await stack.enter_async_context(connect(platform, settings, store))
        served = features(_mail_server(settings), chats, settings.public_url)
        yield House(settings, store, chats, Reception(store, served, chats, people.meet))


def _mail_server(settings: Settings) -> digests.MailServer | None:
    if settings.smtp_url is None:
        return None
    return digests.MailServer(settings.smtp_url.get_secret_value(), settings.public_url)


def connect(platform: str, settings: Settings, store: Store) -> AbstractAsyncContextManager[Chat]:
    """One platform, for as long as the block runs; a third party's comes from its entry point."""
    match platform:
        case "local":
            from adapters.web import LocalChat

            return nullcontext(LocalChat(store.sessions, reading=store.views, now=store.now))
        case "slack":
            from adapters.slack import SlackChat

            return SlackChat.open(slack_settings(settings), store.sessions, now=store.now)
        case "discord":
            from adapters.discord import DiscordChat, DiscordSettings

            given = DiscordSettings(
                token=_open(settings.discord_token),
                api_url=settings.discord_api_url or "",
                gateway_url=settings.discord_gateway_url or "",
            )
            return DiscordChat.open(given, store.sessions, now=store.now)
    (found,) = entry_points(group="outloud.adapters", name=platform)
    opened: AbstractAsyncContextManager[Chat] = found.load()(store.sessions, now=store.now)
    return opened


def slack_settings(settings: Settings) -> SlackSettings:
    """What the Slack adapter needs of the settings."""
    from adapters.slack import SlackSettings

    found = SlackSettings(
        bot_token=_open(settings.slack_bot_token),
        app_token=_open(settings.slack_app_token),
        signing_secret=_open(settings.slack_signing_secret),
        client_id=settings.slack_client_id or "",
        client_secret=_open(settings.slack_client_secret),
        secret_keys=secret_keys(settings),
        public_url=settings.public_url,
    )
    return replace(found, api_url=settings.slack_api_url) if settings.slack_api_url else found


def _open(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def slack_manifest(settings: Settings, *, prefix: str, socket: bool) -> str:
    """The app as Slack is told of it, as JSON."""
    from adapters.slack import manifest

    desk = Reception(Store("sqlite+aiosqlite:///:memory:"), FEATURES, {}, people.meet)
    made = manifest(
        desk.commands,
        desk.shortcuts,
        public_url=settings.public_url,
        prefix=prefix,
        socket=socket,
    )
    return json.dumps(made, indent=2)


async def check_database(settings: Settings) -> None:
    """Raise `StartError` when the database cannot be written."""
    try:
        if path := file_of(settings.database_url):
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_to(settings.database_url)
            return
        store = Store(settings.database_url)
        try:
            async with store.sessions() as session:
                await session.execute(text("CREATE TABLE outloud_probe (id INTEGER)"))
                await session.rollback()
        finally:
            await store.close()
    except (SQLAlchemyError, OSError) as problem:
        reason = getattr(problem, "strerror", None) or getattr(problem, "orig", None) or problem
        raise StartError(
            f"The database cannot be used ({reason}): check OUTLOUD_DATABASE_URL, and that its file "
            "or server is there and writable."
        ) from None


def _write_to(url: str) -> None:
    """Write to a SQLite file and take it back: that it is read-only shows when something is written, not before.

    Without the thread that aiosqlite leaves behind where a file cannot be opened, which may outlive the loop.
    """
    engine = create_engine(make_url(url).set(drivername="sqlite"), poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("CREATE TABLE outloud_probe (id INTEGER)")
        connection.rollback()
