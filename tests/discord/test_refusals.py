"""What a failed call to Discord means, and what people are told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from adapters.discord import refusals
from adapters.discord.refusals import Down, Limited, failure
from bot.chat import Busy, Refused, Unsure


def answered(status: int, code: int = 0, **more: Any) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="", headers={})
    return discord.HTTPException(response, {"code": code, "message": "m", **more})


FAILURES = [
    ("a channel is gone", answered(404, 10003), Refused),
    ("no access", answered(403, 50001), Refused),
    ("a code nobody knows", answered(400, 31337), Refused),
    ("direct messages too fast", answered(403, 40003), Busy),
    ("a wrong token", answered(401), Busy),
    ("a server of Discord's is down", answered(503), Busy),
    ("a ban", answered(429), Busy),
    ("a long limit", discord.RateLimited(45.0), Busy),
    ("a limit", Limited(4, everywhere=False), Busy),
    ("an outage", Down(502, 10), Busy),
    ("no connection", aiohttp.ClientConnectorError(SimpleNamespace(ssl=None), OSError()), Busy),  # type: ignore[arg-type]
    ("a connection that broke", aiohttp.ServerDisconnectedError(), Unsure),
    ("no answer", TimeoutError(), Unsure),
    ("a reset", ConnectionResetError(), Unsure),
]


@pytest.mark.parametrize(
    ("problem", "kind"), [f[1:] for f in FAILURES], ids=[f[0] for f in FAILURES]
)
def test_every_failure_is_told_as_the_port_tells_it(problem: Exception, kind: type) -> None:
    told = failure(problem, "901")
    assert type(told) is kind


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_what_concerns_all_calls_pauses_the_platform(status: int) -> None:
    told = failure(answered(status))
    assert isinstance(told, Busy)
    assert told.everywhere


@pytest.mark.parametrize("code", refusals._SENTENCES)
def test_every_refusal_is_a_sentence_with_its_place(code: int) -> None:
    told = str(failure(answered(400, code), "#harbour"))
    assert told[0].isupper() or told.startswith("#harbour")
    assert told.endswith(".")
    assert "{" not in told
    assert refusals.error_code(failure(answered(400, code)) or OSError()) == 0


def test_a_bug_is_not_told_as_a_failure() -> None:
    assert failure(KeyError("x")) is None


def test_the_code_behind_a_refusal_is_known() -> None:
    problem = Refused("Gone.")
    problem.__cause__ = answered(404, 10008)
    assert refusals.error_code(problem) == 10008
