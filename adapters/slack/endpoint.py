"""The addresses that Slack calls: signed events and acts, and installing the app."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import aiohttp
import structlog
from pydantic_core import from_json
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.signature import Clock, SignatureVerifier
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.slack.listen import Listener
from adapters.slack.oauth import NOT_INSTALLED, page

log = structlog.get_logger(__name__)

BODY_BYTES: Final = 2_000_000
"""More than any payload of Slack's."""
WINDOW_SECONDS: Final = 300
"""How old a signed request may be (docs.slack.dev, Verifying requests from Slack)."""


class _Clock(Clock):
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def now(self) -> float:
        return self._now().timestamp()


def _read_event(body: bytes) -> dict[str, Any] | None:
    """The event that a request brings; None for acts, and for what cannot be read."""
    if not body.startswith(b"{"):
        return None
    try:
        read = from_json(body)
    except ValueError:
        return None
    return read if read.get("type") == "event_callback" else None


class Endpoint:
    """Takes Slack's requests by HTTP, each at most once and only when Slack has signed it."""

    def __init__(
        self,
        listener: Listener,
        *,
        signing_secret: str,
        flow: AsyncOAuthFlow | None,
        now: Callable[[], datetime],
    ) -> None:
        self._listener = listener
        self._flow = flow
        self._now = now
        self._verifier = SignatureVerifier(signing_secret, _Clock(now)) if signing_secret else None
        self._done: OrderedDict[str, float] = OrderedDict()

    @property
    def routes(self) -> list[BaseRoute]:
        """What the HTTP server should serve; nothing for Socket Mode alone."""
        routes: list[BaseRoute] = []
        if self._verifier is not None:
            routes.append(Route("/slack/events", self.events, methods=["POST"]))
        if self._flow is not None:
            routes.append(Route("/slack/install", self.install, methods=["GET"]))
            routes.append(Route("/slack/oauth_redirect", self.finish, methods=["GET"]))
        return routes

    async def events(self, request: Request) -> Response:
        """An event, a command or an interaction."""
        if int(request.headers.get("content-length") or 0) > BODY_BYTES:
            return JSONResponse({"error": "The body is too long."}, 413)
        body = await request.body()
        signature = request.headers.get("x-slack-signature", "")
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        if not self._is_signed(body, timestamp, signature):
            return JSONResponse({"error": "The signature is wrong, old or used before."}, 401)
        if self._listener.desk is None:
            return JSONResponse({"error": "Outloud is starting; please send this again."}, 503)
        if (event := _read_event(body)) is not None:
            return await self._hear(event, signature)
        try:
            bolt_request = to_async_bolt_request(request, body)
        except ValueError:
            return JSONResponse({"error": "The body cannot be read."}, 400)
        except (TypeError, AttributeError) as problem:
            # Slack has signed it and would only send the same again.
            log.warning("request not understood", problem=type(problem).__name__)
            return Response(status_code=200)
        answer = await self._listener.app.async_dispatch(bolt_request)
        if answer.status == 200:
            self._remember(signature)
        return to_starlette_response(answer)

    async def _hear(self, event: dict[str, Any], signature: str) -> Response:
        """Acknowledge an event once it is kept; Slack sends again what is answered otherwise."""
        if not await self._listener.hear(event):
            return Response(status_code=500)
        self._remember(signature)
        return Response(status_code=200)

    def _is_signed(self, body: bytes, timestamp: str, signature: str) -> bool:
        try:
            is_valid = self._verifier is not None and self._verifier.is_valid(
                body, timestamp, signature
            )
        except ValueError:
            return False
        return is_valid and signature not in self._done

    def _remember(self, signature: str) -> None:
        """Refuse this request if it comes again. One that was not answered well may be repeated."""
        now = self._now().timestamp()
        self._done[signature] = now
        while self._done:
            oldest, at = next(iter(self._done.items()))
            if now - at <= 2 * WINDOW_SECONDS:
                break
            del self._done[oldest]

    async def install(self, request: Request) -> Response:
        """The way to Slack's page of permissions."""
        assert self._flow is not None
        asked = to_async_bolt_request(request, b"")
        return to_starlette_response(await self._flow.handle_installation(asked))

    async def finish(self, request: Request) -> Response:
        """Where Slack sends the browser back to."""
        assert self._flow is not None
        asked = to_async_bolt_request(request, b"")
        try:
            answer = await self._flow.handle_callback(asked)
        except (aiohttp.ClientError, TimeoutError) as problem:
            log.warning("installation not finished", problem=type(problem).__name__)
            answer = page(503, NOT_INSTALLED, "Slack did not answer. Please begin again later.")
        return to_starlette_response(answer)
