"""Outloud on Slack: Socket Mode or signed HTTP, one workspace by its token or many by OAuth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

import aiohttp
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.routing import BaseRoute

from adapters.slack.answer import Answers
from adapters.slack.connection import Socket
from adapters.slack.endpoint import Endpoint
from adapters.slack.keep import Forms
from adapters.slack.listen import Listener
from adapters.slack.manifest import SCOPES, manifest
from adapters.slack.oauth import Installs, Vault, oauth_flow
from adapters.slack.people import People
from adapters.slack.read import PLATFORM
from adapters.slack.refusals import failure
from adapters.slack.send import PACE, Messages, Sleep
from adapters.slack.workspaces import SlackSettings, Workspaces
from adapters.slack.write import link
from bot.chat import AccountId, Card, Chat, Desk, Place, Profile, Ref, Said

__all__ = ["SCOPES", "SlackChat", "SlackSettings", "manifest"]

CALLS: Final = 150
"""Calls to Slack at a time."""
CHECKED: Final = timedelta(seconds=30)
"""How often, at most, Slack is asked whether all is well."""


class SlackChat:
    """Slack, as the core knows it."""

    platform = PLATFORM
    pace = PACE

    def __init__(
        self,
        settings: SlackSettings,
        sessions: async_sessionmaker[AsyncSession],
        http: aiohttp.ClientSession,
        *,
        now: Callable[[], datetime],
        sleep: Sleep,
    ) -> None:
        self._settings = settings
        self._now = now
        vault = Vault(settings.secret_keys) if settings.many else None
        installs = None if vault is None else Installs(sessions, vault, now=now)
        self._workspaces = Workspaces(settings, installs, http, now=now)
        self._people = People(self._workspaces, now=now)
        self._messages = Messages(self._workspaces, self._people, sleep=sleep)
        forms = Forms(sessions, now=now)
        answers = Answers(self._workspaces, self._messages, forms, http)
        flow = None
        if vault is not None and installs is not None:
            installs.saved.append(self._workspaces.forget)
            flow = oauth_flow(
                client=self._workspaces.client(None),
                client_id=settings.client_id,
                client_secret=settings.client_secret,
                public_url=settings.public_url,
                scopes=SCOPES,
                installs=installs,
                vault=vault,
            )
        self._listener = Listener(
            self._workspaces, self._people, self._messages, answers, flow=flow, now=now
        )
        self._endpoint = Endpoint(
            self._listener, signing_secret=settings.signing_secret, flow=flow, now=now
        )
        self._socket = (
            Socket(
                self._listener.app,
                hear=self._listener.hear,
                app_token=settings.app_token,
                client=self._workspaces.client(None),
                ping_seconds=settings.ping_seconds,
                sleep=sleep,
            )
            if settings.app_token
            else None
        )
        self._checked: tuple[tuple[str, ...], datetime] | None = None

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        settings: SlackSettings,
        sessions: async_sessionmaker[AsyncSession],
        *,
        now: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
    ) -> AsyncIterator[SlackChat]:
        """Slack for as long as the block lasts."""
        timeout = aiohttp.ClientTimeout(total=settings.call_seconds, sock_connect=5)
        # More at a time than anything here begins, so that no call waits for another; and Slack sets no cookies.
        connector = aiohttp.TCPConnector(limit=CALLS)
        cookies = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(
            timeout=timeout, connector=connector, cookie_jar=cookies, json_serialize=_json
        ) as http:
            chat = cls(settings, sessions, http, now=now, sleep=sleep)
            try:
                yield chat
            finally:
                await chat._listener.close()

    @property
    def routes(self) -> list[BaseRoute]:
        """The addresses under /slack/ that the one HTTP server should serve."""
        return self._endpoint.routes

    async def listen(self, desk: Desk) -> None:
        """Hand events and acts to the desk until cancelled."""
        self._listener.desk = desk
        try:
            if self._socket is not None:
                await self._socket.run()
            await asyncio.Event().wait()
        finally:
            self._listener.desk = None

    async def settled(self) -> None:
        """Wait until every answer to an act so far was shown."""
        await self._listener.settle()

    async def send(
        self, to: Place, card: Card, *, key: str, again: bool = False
    ) -> tuple[Ref, ...]:
        """Post a card, as `Chat.send` says."""
        return await self._messages.send(to, card, key=key, again=again)

    async def edit(self, refs: tuple[Ref, ...], card: Card) -> tuple[Ref, ...]:
        """Make a posted message say this card, as `Chat.edit` says."""
        return await self._messages.edit(refs, card)

    async def remove(self, refs: tuple[Ref, ...]) -> None:
        """Take a posted message away, as `Chat.remove` says."""
        await self._messages.remove(refs)

    async def fetch(self, ref: Ref) -> Said | None:
        """The message as it stands now."""
        return await self._messages.fetch(ref)

    def link(self, ref: Ref) -> str:
        """An address that opens a message, or at least its channel."""
        return link(ref)

    async def profile(self, account: AccountId) -> Profile | None:
        """What Slack knows of somebody."""
        return await self._people.profile(account)

    async def members(self, channel: Place) -> tuple[AccountId, ...]:
        """The people in a channel."""
        return await self._people.members(channel)

    async def examine(self, channels: tuple[Place, ...]) -> tuple[str, ...]:
        """What is missing for working in these channels: the token, its scopes, an invitation."""
        if found := await self._token_trouble():
            return found
        met = [await self._people.trouble_in(one) for one in channels]
        return tuple(one for one in met if one)

    async def trouble(self) -> tuple[str, ...]:
        """What stands in the way of working on Slack now, a sentence each."""
        found = []
        if self._socket is not None and (lost := await self._socket.trouble()):
            found.append(lost)
        found += await self._token_trouble()
        return tuple(dict.fromkeys([*found, *self._workspaces.troubles.values()]))

    async def _token_trouble(self) -> tuple[str, ...]:
        """What is wrong with the one bot token; of many workspaces, what calls have met is known."""
        if self._settings.many:
            return ()
        if self._checked is None or self._now() - self._checked[1] > CHECKED:
            self._checked = await self._check_token(), self._now()
        return self._checked[0]

    async def _check_token(self) -> tuple[str, ...]:
        try:
            answer = await self._workspaces.client(self._settings.bot_token).auth_test()
        except Exception as problem:
            told = failure(problem)
            if told is None:
                raise
            return (str(told),)
        given = {scope for scope in answer.headers.get("x-oauth-scopes", "").split(",") if scope}
        missing = [scope for scope in SCOPES if given and scope not in given]
        if not missing:
            return ()
        sentence = (
            f"The Slack app lacks the bot scopes {', '.join(missing)}: add them on the app's page "
            "(see outloud manifest slack) and install the app again."
        )
        return (sentence,)


def _json(value: object) -> str:
    return to_json(value).decode()


def _is_a_chat(chat: SlackChat) -> Chat:
    """Held to the port by the type checker."""
    return chat
