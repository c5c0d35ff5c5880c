"""What can go wrong with calls to the loopback Discord."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web


@dataclass
class Fault:
    """Something that goes wrong with calls, `times` times, after `skip` good ones.

    Kinds: ``error`` (Discord refuses with `status` and `code`), ``429`` (with retry_after `seconds`), ``ban`` (a 429 of
    the network before Discord), ``500`` and ``502`` (HTML of the network before Discord), ``drop`` (it is done, and
    the connection breaks before the answer), ``hang`` (nothing is done and nobody answers), ``late`` (it is done, and
    the answer comes after `seconds`), ``down`` (it is done, and the answer is a 502).
    """

    kind: str
    times: int = 1
    skip: int = 0
    status: int = 400
    code: int = 0
    seconds: float = 1.0
    is_global: bool = False


async def fail(fault: Fault, never: asyncio.Event) -> web.StreamResponse:
    """The answer to a call that goes wrong before anything is done."""
    match fault.kind:
        case "error":
            return refuse(fault.status, fault.code, "Refused")
        case "429":
            return limited(fault.seconds, is_global=fault.is_global)
        case "ban":
            return web.Response(status=429, text="<html>1015</html>", content_type="text/html")
        case "hang":
            await never.wait()
    status = int(fault.kind) if fault.kind.isdecimal() else 502
    return web.Response(status=status, text="<html>upstream</html>", content_type="text/html")


def plain_json(body: object, status: int = 200, **headers: str) -> web.Response:
    """JSON under exactly the header that Discord sends."""
    import json

    response = web.Response(status=status, body=json.dumps(body).encode(), headers=headers)
    response.headers["Content-Type"] = "application/json"
    response.headers["Via"] = "1.1 google"
    return response


def refuse(status: int, code: int, message: str, errors: object = None) -> web.Response:
    """An error as Discord words it."""
    body: dict[str, object] = {"code": code, "message": message}
    if errors:
        body["errors"] = errors
    return plain_json(body, status)


def limited(seconds: float, *, is_global: bool = False) -> web.Response:
    """A 429 of Discord's own."""
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": is_global}
    headers = {"Retry-After": f"{seconds:g}"} | (
        {"X-RateLimit-Global": "true"} if is_global else {}
    )
    return plain_json(body, 429, **headers)
