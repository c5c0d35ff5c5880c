"""The one HTTP application: the routes of every adapter, health, and what guards them all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect", "font")),
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = Headers(
    {
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
).raw
_PROBES: Final = frozenset({"/healthz", "/readyz"})


def site(
    routes: Iterable[BaseRoute],
    *,
    ready: Callable[[], Awaitable[tuple[str, ...]]],
    metrics: Callable[[], bytes],
    hosts: Collection[str] = LOOPBACK,
) -> Starlette:
    """The application that serves these routes beside `/healthz`, `/readyz` and `/metrics`.

    `ready` gives the reasons for not being ready, a sentence each. `hosts` are the host names, without a port,
    that a request may name; a page of any other name, which somebody's DNS could point here, is refused.
    """

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        reasons = await ready()
        return JSONResponse(
            {"ready": not reasons, "reasons": list(reasons)}, 503 if reasons else 200
        )

    async def figures(request: Request) -> Response:
        return Response(metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", figures),
            *routes,
        ],
        middleware=[Middleware(Guard, hosts=frozenset(host.lower() for host in hosts))],
    )


class Guard:
    """Refuses requests for another host or from another origin, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Read once: a search through all of them for each name takes as long as a small answer.
                headers = list(message.get("headers", ()))
                given = {name for name, _ in headers}
                message["headers"] = headers + [one for one in _HEADERS if one[0] not in given]
            await send(message)

        refusal = self._refusal(scope)
        answer = PlainTextResponse(refusal + "\n", 403) if refusal else self.app
        await answer(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> str:
        """Why a request is refused, in one sentence; empty when it is not."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if scope["path"] not in _PROBES and host_name(host) not in self.hosts:
            names = ", ".join(sorted(self.hosts))
            return f"Outloud does not answer for the host {host[:80]!r}, only for {names}."
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return f"Outloud takes nothing from the page {origin[:80]!r}, only from its own."
        return ""


def host_name(host: str) -> str:
    """The name in a Host header, without its port and brackets; empty when it is malformed."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
