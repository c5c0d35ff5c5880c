"""Socket Mode: one connection that Slack may close at any time, and that comes back by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.refusals import failure

log = structlog.get_logger(__name__)

Hear = Callable[[dict[str, Any]], Awaitable[bool]]
"""Keeps an event; False when Slack has to send it again."""

WAITS: Final = (1, 2, 5, 10, 30)
"""Seconds between two tries to open the first connection; the last is repeated."""


class _Handler(AsyncSocketModeHandler):
    hear: Hear

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        try:
            if req.type != "events_api":
                await super().handle(client, req)
            elif await self.hear(req.payload):
                done = SocketModeResponse(envelope_id=req.envelope_id)
                await client.send_socket_mode_response(done)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            # Bolt raises only for what it cannot read; Slack would send the same again.
            log.warning("envelope not understood", problem=type(problem).__name__)
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))


class Socket:
    """The connection, and what stands in its way."""

    def __init__(
        self,
        app: AsyncApp,
        *,
        hear: Hear,
        app_token: str,
        client: AsyncWebClient,
        ping_seconds: float,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._app = app
        self._hear = hear
        self._app_token = app_token
        self._client = client
        self._ping_seconds = ping_seconds
        self._sleep = sleep
        self._socket: SocketModeClient | None = None
        self._trouble = "Outloud has not connected to Slack yet."

    async def run(self) -> None:
        """Stay connected until cancelled."""
        handler = _Handler(
            self._app,
            self._app_token,
            web_client=self._client,
            ping_interval=self._ping_seconds,
        )
        handler.hear = self._hear
        try:
            await self._open(handler.client)
            self._socket = handler.client
            await asyncio.Event().wait()
        finally:
            self._socket = None
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def _open(self, socket: SocketModeClient) -> None:
        tries = 0
        while True:
            try:
                socket.wss_uri = await socket.issue_new_wss_url()
                break
            except (SlackClientError, aiohttp.ClientError, TimeoutError) as problem:
                told = failure(problem)
                self._trouble = f"Outloud cannot open its Socket Mode connection. {told}"
                log.warning("not connected", why=self._trouble)
                await self._sleep(WAITS[min(tries, len(WAITS) - 1)])
                tries += 1
        await socket.connect()  # type: ignore[no-untyped-call]

    async def trouble(self) -> str:
        """Why no events come in; empty while they do."""
        if self._socket is None:
            return self._trouble
        if await self._socket.is_connected():
            return ""
        return "The Socket Mode connection to Slack is lost; Outloud keeps trying to come back."
