"""Calls to Discord through discord.py, which knows its buckets; failures are told as the port tells them."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import discord
from discord.http import HTTPClient, Route
from yarl import URL

from adapters.discord.refusals import failure, trace
from bot.chat import Attachment

Json = dict[str, Any]

MOST_SECONDS: Final = 30.0
"""A bucket that is empty for longer than this is not waited for."""


@dataclass(frozen=True, slots=True)
class DiscordSettings:
    """How to reach Discord."""

    token: str = field(repr=False)
    api_url: str = ""
    """Ends in ``/v10``; empty for Discord's own."""
    gateway_url: str = ""
    call_seconds: float = 20.0
    """How long any call to Discord may take."""
    connect_seconds: float = 30.0
    """How long the first connection of a shard may take."""
    identify_seconds: float = 5.0
    """The time that Discord wants between two shards that identify themselves."""
    ready_seconds: float = 1.0
    """How long to wait for one more server after the last, when the connection opens."""


def lead(http: HTTPClient, settings: DiscordSettings) -> HTTPClient:
    """Make this client reach the API and the gateway that the settings name, and no other one."""
    request, connect = http.request, http.ws_connect

    async def led_request(route: Route, **more: Any) -> Any:
        route.url = route.url.replace(Route.BASE, settings.api_url.rstrip("/"), 1)
        return await request(route, **more)

    async def led_connect(url: str, *, compress: int = 0) -> Any:
        # Also after a resume, for which Discord names an address of its own.
        led = URL(settings.gateway_url).with_query(URL(url).query)
        return await connect(str(led), compress=compress)

    if settings.api_url:
        http.request = led_request  # type: ignore[method-assign]
    if settings.gateway_url:
        http.ws_connect = led_connect  # type: ignore[method-assign]
    return http


def quiet() -> None:
    """Keep the library's own log to what went wrong: below that it writes people's words and tokens of answers."""
    logging.getLogger("discord").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Own:
    """The bot itself: its account, by which it knows its own echoes, and its application."""

    user: str
    application: str


class Api:
    """One client for all calls, opened when it is first needed."""

    def __init__(self, settings: DiscordSettings) -> None:
        self._settings = settings
        self._http: HTTPClient | None = None
        self._own: Own | None = None
        self._opening = asyncio.Lock()

    async def close(self) -> None:
        """End the connections."""
        if self._http is not None:
            await self._http.close()
            self._http = self._own = None

    async def own(self) -> Own:
        """Who the bot is; raises as `call` does."""
        if self._own is None:
            async with self._opening:
                if self._own is None:
                    self._own = await self._open()
        return self._own

    async def _open(self) -> Own:
        http = HTTPClient(
            asyncio.get_running_loop(),
            max_ratelimit_timeout=MOST_SECONDS,
            http_trace=trace(),
        )
        lead(http, self._settings)
        try:
            async with asyncio.timeout(self._settings.call_seconds):
                user = await http.static_login(self._settings.token.strip())
                application = await http.request(Route("GET", "/oauth2/applications/@me"))
        except Exception as problem:
            await http.close()
            if told := failure(problem):
                raise told from problem
            raise
        self._http = http
        return Own(str(user["id"]), str(application["id"]))

    async def call(
        self,
        method: str,
        path: str,
        *,
        place: object = "",
        body: Any = None,
        query: Json | None = None,
        files: Sequence[Attachment] = (),
        **ids: str,
    ) -> Any:
        """Call Discord; `place` is what a refusal talks about, `ids` fill the path.

        Raises `Busy`, `Refused` or `Unsure`.
        """
        await self.own()
        assert self._http is not None
        more: Json = {"params": query} if query else {}
        if files:
            more |= _form(body, files)
        elif body is not None:
            more["json"] = body
        try:
            async with asyncio.timeout(self._settings.call_seconds):
                return await self._http.request(Route(method, path, **ids), **more)
        except Exception as problem:
            if told := failure(problem, place):
                raise told from problem
            raise


def _form(body: Any, files: Sequence[Attachment]) -> Json:
    told = [discord.File(io.BytesIO(one.data), filename=one.name) for one in files]
    parts: list[Json] = [{"name": "payload_json", "value": json.dumps(body)}]
    parts += [
        {
            "name": f"files[{number}]",
            "value": file.fp,
            "filename": file.filename,
            "content_type": one.kind,
        }
        for number, (file, one) in enumerate(zip(told, files, strict=True))
    ]
    return {"form": parts, "files": told}
