"""What can go wrong with calls to the loopback Slack, and the time that a person's act lets the app use."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web


@dataclass
class Fault:
    """Something that goes wrong with calls of one method, `times` times, after `skip` good ones.

    Kinds: ``error`` (Slack refuses with `code`), ``429`` (with Retry-After `seconds`), ``500``, ``drop`` (it is done,
    and the connection breaks before the answer), ``hang`` (nothing is done and nobody answers), ``late`` (it is
    done, and the answer comes after `seconds`).
    """

    kind: str
    times: int = 1
    skip: int = 0
    code: str = ""
    seconds: float = 1.0


@dataclass
class Trigger:
    """What lets the app open one modal for somebody, for three seconds."""

    user: str
    team: str
    at: float
    is_used: bool = False


async def fail(fault: Fault, never: asyncio.Event) -> web.StreamResponse:
    """The answer to a call that goes wrong before anything is done."""
    if fault.kind == "error":
        return web.json_response({"ok": False, "error": fault.code})
    if fault.kind == "429":
        headers = {"Retry-After": f"{fault.seconds:g}"}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
    if fault.kind == "hang":
        await never.wait()
    return web.Response(status=500, text="<html>upstream</html>", content_type="text/html")
