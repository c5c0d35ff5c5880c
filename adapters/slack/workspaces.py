"""The workspaces the bot is in: its token and its own name in each, and a client to call Slack with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from pydantic_core import from_json, to_json
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.oauth import Installs
from adapters.slack.read import Own
from adapters.slack.refusals import failure, is_about_the_token
from bot.chat import Refused

Method = Callable[..., Awaitable[AsyncSlackResponse]]

REMEMBER: Final = timedelta(minutes=1)
"""How long a process trusts what it read of an installation; another process may change it."""

sdk_log = logging.getLogger("adapters.slack.sdk")
# Slack's libraries write people's words into their lower levels.
sdk_log.setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """How to reach Slack: a bot token for one workspace, or a client id and secret for many."""

    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    secret_keys: tuple[str, ...] = field(default=(), repr=False)
    """Fernet keys, newest first, for the tokens of installations."""
    api_url: str = "https://slack.com/api/"
    public_url: str = ""
    ping_seconds: float = 5.0
    """How often Socket Mode makes sure that the connection lives."""
    call_seconds: float = 20.0
    """How long any call to Slack may take."""

    @property
    def many(self) -> bool:
        """Whether workspaces install the app themselves."""
        return bool(self.client_id)


class Client(AsyncWebClient):
    """Slack's own client, which never tries again by itself: only the caller knows whether that could post twice."""

    async def post(self, **arguments: object) -> AsyncSlackResponse:
        """Post a message like `chat_postMessage`, without its search for objects, files and further tries.

        None of those is ever among what is posted here, and this is the one call that is made by thousands.
        """
        assert self.session is not None
        url = f"{self.base_url}chat.postMessage"
        headers = {
            **self.headers,
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json;charset=utf-8",
        }
        async with self.session.post(url, data=to_json(arguments), headers=headers) as answer:
            body = await answer.read()
        try:
            data = from_json(body)
        except ValueError:
            # Not Slack itself, but something on the way to it; the status tells.
            data = {}
        told = AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=url,
            req_args={},
            data=data,
            headers=answer.headers,  # type: ignore[arg-type]
            status_code=answer.status,
        )
        told.validate()  # type: ignore[no-untyped-call]
        return told


@dataclass(frozen=True, slots=True)
class Workspace:
    """The bot in one workspace."""

    own: Own
    token: str = field(repr=False)
    client: Client = field(repr=False)


class Workspaces:
    """Finds the workspace that an event or a place belongs to."""

    def __init__(
        self,
        settings: SlackSettings,
        installs: Installs | None,
        http: aiohttp.ClientSession,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._installs = installs
        self._http = http
        self._now = now
        self._known: dict[str, tuple[Workspace | None, datetime]] = {}
        self._single: Workspace | None = None
        self._asking = asyncio.Lock()
        self.troubles: dict[str, str] = {}
        """What went wrong with whole workspaces, until something works there again."""

    def client(self, token: str | None) -> Client:
        """A client with this token, or with none of its own."""
        return Client(
            token=token,
            base_url=self._settings.api_url,
            session=self._http,
            retry_handlers=[],
            logger=sdk_log,
        )

    async def find(self, workspace: str, enterprise: str = "") -> Workspace | None:
        """The bot in this workspace, or None where it is not installed."""
        if not self._settings.many:
            single = await self.single()
            is_ours = workspace == single.own.workspace or (
                bool(single.own.enterprise) and enterprise == single.own.enterprise
            )
            return single if is_ours else None
        known, read_at = self._known.get(workspace, (None, None))
        if read_at is None or self._now() - read_at > REMEMBER:
            known = await self._read(workspace, enterprise)
            self._known[workspace] = known, self._now()
        return known

    async def get(self, workspace: str) -> Workspace:
        """The bot in this workspace; raises `Refused` where it is not installed."""
        found = await self.find(workspace)
        if found is None:
            raise Refused(
                f"Outloud is not installed in the Slack workspace {workspace}: "
                + (
                    f"an admin there can open {self._settings.public_url}/slack/install."
                    if self._settings.many
                    else "SLACK_BOT_TOKEN belongs to another one."
                )
            )
        return found

    async def single(self) -> Workspace:
        """The one workspace of the bot token, as Slack names it; raises as `call` does."""
        async with self._asking:
            if self._single is None:
                client = self.client(self._settings.bot_token)
                told = await self.call("", client.auth_test)
                own = Own(
                    told["team_id"],
                    told["user_id"],
                    told["bot_id"],
                    told.get("enterprise_id") or "",
                    told.get("team") or "",
                )
                self._single = Workspace(own, self._settings.bot_token, client)
            return self._single

    async def _read(self, workspace: str, enterprise: str) -> Workspace | None:
        assert self._installs is not None
        install = await self._installs.find(workspace, enterprise)
        if install is None:
            return None
        own = Own(
            workspace, install.bot_user_id, install.bot_id, install.enterprise_id, install.name
        )
        token = install.token
        return Workspace(own, token, self.client(token))

    def forget(self, workspace: str) -> None:
        """Ask again about this workspace, which has been installed anew or removed."""
        self._known.pop(workspace, None)
        self.troubles.pop(workspace, None)

    async def uninstall(self, workspace: str) -> None:
        """Keep nothing of this workspace any more."""
        if self._installs is not None:
            await self._installs.remove(workspace)
        self.forget(workspace)
        if not self._settings.many:
            self._single = None
            self.troubles[workspace] = (
                f"The app was removed from the Slack workspace {workspace}, or its token revoked: "
                "install it again and set SLACK_BOT_TOKEN to the new token."
            )

    async def call(
        self, workspace: str, method: Method, place: str = "", **arguments: object
    ) -> dict[str, Any]:
        """Call Slack, and fail only as the port allows."""
        try:
            answer = await method(**arguments)
        except Exception as problem:
            told = failure(problem, place)
            if told is None:
                raise
            if is_about_the_token(problem):
                self.forget(workspace)
                self.troubles[workspace] = str(told)
            raise told from problem
        self.troubles.pop(workspace, None)
        assert isinstance(answer.data, dict)
        return answer.data
