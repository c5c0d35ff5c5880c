"""How a call to Discord can fail, as the port tells it, in sentences for the person who can act."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
import discord

from bot.chat import Busy, Refused, Unsure

UNREACHED_SECONDS: Final = 10.0
"""How long to leave Discord alone when it cannot be reached, or has a problem of its own."""
TOKEN_SECONDS: Final = 60.0
"""How long to wait before a token that was not accepted is tried again."""
BANNED_SECONDS: Final = 60.0
"""How long to wait when the network before Discord turns us away and says no time."""
SHORT: Final = 1.0
"""Limits that end within this many seconds are waited for by the library."""

UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MEMBER, UNKNOWN_MESSAGE = 10003, 10004, 10007, 10008
UNKNOWN_USER, UNKNOWN_INTERACTION = 10013, 10062
MISSING_ACCESS, CLOSED_DIRECT, MISSING_PERMISSIONS = 50001, 50007, 50013
IN_ARCHIVED_THREAD = 50083
ALREADY_ACKNOWLEDGED = 40060
HAS_A_THREAD = 160004
OVER: Final = (UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED, 10015, 50027)
"""What is said of an interaction that is over: unknown, answered, or older than a quarter of an hour."""

TOKEN: Final = (
    "Discord does not accept the bot's token: reset it on the Bot page of the application at "
    "https://discord.com/developers/applications and give Outloud the new one as DISCORD_TOKEN."
)

_SENTENCES: Final = {
    UNKNOWN_CHANNEL: "The channel {place} is gone: configure another.",
    UNKNOWN_GUILD: "Outloud is not in the Discord server of {place}: invite it again.",
    UNKNOWN_MEMBER: "{place} is not in the Discord server any more.",
    UNKNOWN_MESSAGE: "The message is no longer there.",
    UNKNOWN_USER: "Discord knows nobody with the id {place}.",
    MISSING_ACCESS: "Outloud cannot see the channel {place}: give it View Channel there.",
    MISSING_PERMISSIONS: "Outloud lacks a permission in {place}: outloud doctor says which one.",
    CLOSED_DIRECT: "{place} accepts no direct messages from members of this server, and there is no "
    "channel in which Outloud could open a private thread instead.",
    50005: "This message is not the bot's own, so it cannot change it.",
    50024: "This cannot be done in {place}, a channel of another kind.",
    50035: "Discord does not accept the layout of this message ({detail}).",
    30007: "There are too many webhooks in {place}.",
    30033: "The private thread in {place} has no room for more people.",
    160005: "The thread in {place} is locked: somebody who may manage threads can unlock it.",
    160006: "The server of {place} has as many open threads as Discord allows: archive some.",
    200000: "The server's AutoMod has blocked this message in {place}.",
    200001: "The server's AutoMod has blocked this title in {place}.",
    240000: "The server's rules do not allow harmful links in {place}.",
}


class Limited(Exception):
    """Discord asks for patience; nothing was done."""

    def __init__(self, seconds: float, *, everywhere: bool) -> None:
        super().__init__(f"Discord asks to wait {seconds:g} seconds.")
        self.seconds = seconds
        self.everywhere = everywhere


class Down(Exception):
    """Discord, or the network before it, has a problem of its own."""

    def __init__(self, status: int, seconds: float) -> None:
        super().__init__(f"Discord has a problem of its own ({status}).")
        self.status = status
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    seconds: float
    is_written: bool
    """Whether Discord itself answered, rather than the network before it."""
    is_global: bool


def trace() -> aiohttp.TraceConfig:
    """Lets calls fail that the library would try again for half a minute: when to try again is the outbox's."""
    watch = aiohttp.TraceConfig()
    watch.on_request_end.append(_watch)
    return watch


async def _watch(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceRequestEndParams,
) -> None:
    response = params.response
    if response.status != 429 and response.status < 500:
        return
    answer = await _read_answer(response)
    if answer.status >= 500:
        raise Down(answer.status, answer.seconds or UNREACHED_SECONDS)
    if not answer.is_written:
        raise Limited(answer.seconds or BANNED_SECONDS, everywhere=True)
    if answer.seconds > SHORT:
        raise Limited(answer.seconds, everywhere=answer.is_global)


async def _read_answer(response: aiohttp.ClientResponse) -> _Answer:
    told: Any = {}
    with contextlib.suppress(ValueError):
        told = json.loads(await response.read())
    told = told if isinstance(told, dict) else {}
    seconds = _number(told.get("retry_after")) or _number(response.headers.get("Retry-After"))
    is_written = "Via" in response.headers and "retry_after" in told
    return _Answer(response.status, seconds, is_written, bool(told.get("global")))


def _number(told: object) -> float:
    try:
        return max(0.0, float(str(told)))
    except ValueError:
        return 0.0


def error_code(problem: BaseException | None) -> int:
    """Discord's own number for what went wrong; 0 when it said none."""
    if isinstance(problem, (Busy, Refused, Unsure)):
        problem = problem.__cause__
    return int(problem.code) if isinstance(problem, discord.HTTPException) else 0


def failure(problem: BaseException, place: object = "") -> Busy | Refused | Unsure | None:
    """What a failed call means for the message: nothing yet, never, or perhaps; None for a bug."""
    if isinstance(problem, (Busy, Refused, Unsure)):
        return problem
    if isinstance(problem, Limited):
        return Busy(problem.seconds, str(problem), everywhere=problem.everywhere)
    if isinstance(problem, Down):
        return Busy(problem.seconds, str(problem), everywhere=True)
    if isinstance(problem, discord.RateLimited):
        return Busy(problem.retry_after)
    if isinstance(problem, discord.LoginFailure):
        return Busy(TOKEN_SECONDS, TOKEN, everywhere=True)
    if isinstance(problem, discord.HTTPException):
        return _answered(problem, place)
    if isinstance(problem, aiohttp.ClientConnectorError):
        return Busy(UNREACHED_SECONDS, "Discord cannot be reached from here.", everywhere=True)
    if isinstance(problem, (aiohttp.ClientError, asyncio.TimeoutError, OSError)):
        return Unsure(f"The connection to Discord was lost ({type(problem).__name__}).")
    return None


def _answered(problem: discord.HTTPException, place: object) -> Busy | Refused | Unsure:
    if problem.status == 401:
        return Busy(TOKEN_SECONDS, TOKEN, everywhere=True)
    if problem.status == 429:
        return Busy(BANNED_SECONDS, everywhere=True)
    if problem.status >= 500:
        return Busy(UNREACHED_SECONDS, str(Down(problem.status, 0)), everywhere=True)
    if problem.code in (20016, 40003):
        return Busy(UNREACHED_SECONDS)
    sentence = _SENTENCES.get(
        problem.code, "Discord refused this for {place} ({status}, code {code})."
    )
    said = sentence.format(
        place=place or "there",
        status=problem.status,
        code=problem.code,
        detail=f"code {problem.code}",
    )
    return Refused(said)
