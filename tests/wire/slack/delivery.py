"""How the loopback Slack delivers: over Socket Mode connections or signed HTTP, again when nobody acknowledges."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

Json = dict[str, Any]

WAIT = 3.0
"""Slack waits three seconds for an acknowledgement."""
PATIENCE = 60.0
"""What a machine may need for one that has other things to do."""


@dataclass(frozen=True)
class Ack:
    """What the app answered, and after how long."""

    ok: bool
    body: Json = field(default_factory=dict)
    status: int = 200
    seconds: float = 0.0


class Sockets:
    """The open Socket Mode connections."""

    def __init__(self, app_id: str) -> None:
        self.app_id = app_id
        self.connections: list[web.WebSocketResponse] = []
        self.waiting: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Json]]] = {}
        self.opened = 0
        self.turn = 0

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to its end."""
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        self.connections.append(socket)
        self.opened += 1
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "connection_info": {"app_id": self.app_id},
                "debug_info": {"host": "applink-1", "approximate_connection_time": 18060},
            }
        )
        try:
            async for message in socket:
                if message.type == aiohttp.WSMsgType.TEXT:
                    self._acknowledge(json.loads(message.data))
        finally:
            self.connections.remove(socket)
            for where, waiting in self.waiting.values():
                if where is socket and not waiting.done():
                    waiting.set_exception(ConnectionError("It was closed before an answer came."))
        return socket

    def _acknowledge(self, body: Json) -> None:
        _, waiting = self.waiting.get(body.get("envelope_id", ""), (None, None))
        if waiting is not None and not waiting.done():
            waiting.set_result(body.get("payload") or {})

    async def send(
        self, kind: str, payload: Json, *, attempt: int = 0, reason: str = "", wait: float = WAIT
    ) -> Ack:
        """Send an envelope over the next connection and wait for its acknowledgement."""
        if attempt:
            # Slack's own second try comes a minute later, when a connection that was lost is back.
            await self._open(wait)
        if not self.connections:
            return Ack(False, status=0)
        self.turn += 1
        socket = self.connections[self.turn % len(self.connections)]
        ident = str(uuid.uuid4())
        answered: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.waiting[ident] = socket, answered
        envelope: Json = {
            "type": kind,
            "envelope_id": ident,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        began = time.perf_counter()
        try:
            await socket.send_json(envelope)
            async with asyncio.timeout(wait):
                body = await answered
        except (TimeoutError, ConnectionError):
            return Ack(False, status=0, seconds=time.perf_counter() - began)
        finally:
            del self.waiting[ident]
        return Ack(True, body, seconds=time.perf_counter() - began)

    async def _open(self, wait: float) -> None:
        """Wait for a connection, but not for ever."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while not self.connections:
                    await asyncio.sleep(0.002)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to come again, and close it, as Slack does every few hours."""
        for socket in list(self.connections):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})

    async def break_off(self) -> None:
        """Close every connection without a word."""
        for socket in list(self.connections):
            if socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()


class Hooks:
    """Deliveries by HTTP, signed with the app's secret."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.request_url = ""
        self.session: aiohttp.ClientSession | None = None
        self.now: Callable[[], float] = time.time
        self._sent: deque[tuple[bytes, int]] = deque(maxlen=20)

    def sign(self, body: bytes, timestamp: str) -> str:
        """The signature of Slack's documentation."""
        base = b"v0:" + timestamp.encode() + b":" + body
        return "v0=" + hmac.new(self.secret.encode(), base, hashlib.sha256).hexdigest()

    async def send(
        self, kind: str, payload: Json, *, attempt: int = 0, reason: str = "", wait: float = WAIT
    ) -> Ack:
        """Post a payload in the form that Slack gives its kind."""
        if kind == "events_api":
            body, content = json.dumps(payload).encode(), "application/json"
        else:
            form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, content = urlencode(form).encode(), "application/x-www-form-urlencoded"
        headers = {"content-type": content}
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason}
        return await self.post(body, headers, wait=wait)

    def _fresh(self, body: bytes) -> str:
        """A second at which this body was not sent before."""
        timestamp = int(self.now())
        while (body, timestamp) in self._sent:
            timestamp -= 1
        self._sent.append((body, timestamp))
        return str(timestamp)

    async def post(
        self,
        body: bytes,
        headers: dict[str, str],
        *,
        timestamp: str = "",
        signature: str = "",
        wait: float = PATIENCE,
    ) -> Ack:
        """Post a body, by default with the signature it should have."""
        assert self.session is not None
        timestamp = timestamp or self._fresh(body)
        headers = {
            **headers,
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": signature or self.sign(body, timestamp),
        }
        began = time.perf_counter()
        try:
            async with asyncio.timeout(wait):
                async with self.session.post(
                    self.request_url, data=body, headers=headers
                ) as answer:
                    text = await answer.text()
        except (TimeoutError, aiohttp.ClientError):
            return Ack(False, status=0, seconds=time.perf_counter() - began)
        seconds = time.perf_counter() - began
        is_json = text.startswith("{")
        told = json.loads(text) if is_json else {"text": text} if text else {}
        return Ack(answer.status == 200, told, answer.status, seconds)
