"""How a failed call is told."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from adapters.slack.refusals import failure
from bot.chat import Busy, Refused, Unsure


class Answer:
    def __init__(self, status: int, data: Any, headers: dict[str, str] | None = None) -> None:
        self.status_code, self.data, self.headers = status, data, headers or {}


def told(status: int, data: Any, **headers: str) -> BaseException | None:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return failure(SlackApiError("no", Answer(status, data, headers)), "C01GEN")


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("not_in_channel", "type /invite @Outloud there"),
        ("channel_not_found", "it is gone, or private"),
        ("is_archived", "unarchive it"),
        ("account_inactive", "no longer active"),
        ("invalid_auth", "does not accept the bot's token"),
        ("token_revoked", "was revoked"),
        ("msg_too_long", "longer than Slack allows"),
        ("user_not_found", "knows nobody"),
        ("cannot_dm_bot", "is a bot"),
        ("messages_tab_disabled", "Messages tab"),
        ("restricted_action", "restricted who may post"),
        ("something_new", "C01GEN: something_new"),
    ],
)
def test_a_refusal_is_a_sentence_that_says_what_to_do(code: str, part: str) -> None:
    problem = told(200, {"ok": False, "error": code})
    assert isinstance(problem, Refused)
    assert part in str(problem)
    assert str(problem).endswith(".")


def test_a_missing_scope_is_named() -> None:
    problem = told(200, {"ok": False, "error": "missing_scope", "needed": "users:read"})
    assert isinstance(problem, Refused)
    assert "users:read" in str(problem)


def test_429_is_busy_for_as_long_as_slack_says() -> None:
    problem = told(429, {"ok": False, "error": "ratelimited"}, Retry_After="17")
    assert isinstance(problem, Busy)
    assert problem.seconds == 17


@pytest.mark.parametrize("header", ["", "soon", "0", "-3"])
def test_a_retry_after_that_makes_no_sense_is_a_second(header: str) -> None:
    problem = told(429, {}, Retry_After=header)
    assert isinstance(problem, Busy)
    assert problem.seconds == 1


@pytest.mark.parametrize(
    "problem",
    [
        SlackApiError("no", Answer(500, {})),
        SlackApiError("no", Answer(200, {"ok": False, "error": "fatal_error"})),
        SlackApiError("no", Answer(200, {"ok": False, "error": "service_unavailable"})),
        SlackApiError("no", Answer(200, {})),
        aiohttp.ServerDisconnectedError(),
        TimeoutError(),
    ],
)
def test_whatever_may_have_happened_at_slack_is_unsure(problem: Exception) -> None:
    assert isinstance(failure(problem), Unsure)


def test_a_slack_that_cannot_be_reached_has_posted_nothing() -> None:
    problem = failure(aiohttp.ClientConnectorError(Any, OSError()))  # type: ignore[arg-type]
    assert isinstance(problem, Busy)
    assert problem.everywhere


def test_a_bug_is_not_told_as_a_failure_of_slack() -> None:
    assert failure(KeyError("ts")) is None
