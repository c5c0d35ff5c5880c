"""Signed HTTP: what is not signed by Slack, now, for the first time, is not let in."""

from __future__ import annotations

import io
import json
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.chat import Card, Show, Text
from tests.wire.slack.bench import Bench

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def event_body(http: Bench, **event: Any) -> bytes:
    message = {
        "type": "message", "channel": "C01GEN", "channel_type": "channel", "user": "U01ANA",
        "text": "hello", "ts": "1795000000.000900", "event_ts": "1795000000.000900",
    }  # fmt: skip
    return json.dumps(http.slack.envelope(http.team, message | event)).encode()


@pytest.mark.parametrize(
    "signed",
    [
        {"signature": "v0=0000"},
        {"signature": "nonsense"},
        {"timestamp": "yesterday"},
        {"timestamp": "-1"},
    ],
)
async def test_a_bad_signature_is_refused_and_nothing_is_kept(
    http: Bench, signed: dict[str, str]
) -> None:
    ack = await http.slack.hooks.post(event_body(http), JSON, **signed)
    assert ack.status == 401
    assert http.desk.heard == []


@pytest.mark.parametrize("seconds", [-301, 3600])
async def test_an_old_signature_is_refused_and_one_from_the_future(
    http: Bench, seconds: int
) -> None:
    then = str(int(time.time()) + seconds)
    ack = await http.slack.hooks.post(event_body(http), JSON, timestamp=then)
    assert ack.status == 401
    assert http.desk.heard == []


async def test_a_request_without_a_signature_is_refused(http: Bench) -> None:
    session, url = http.slack.hooks.session, http.slack.hooks.request_url
    assert session is not None
    async with session.post(url, data=event_body(http), headers=JSON) as answer:
        assert answer.status == 401
    assert http.desk.heard == []


async def test_a_changed_body_is_refused(http: Bench) -> None:
    hooks, now = http.slack.hooks, str(int(time.time()))
    signature = hooks.sign(event_body(http), now)
    body = event_body(http, text="goodbye")
    ack = await hooks.post(body, JSON, timestamp=now, signature=signature)
    assert ack.status == 401


async def test_a_request_is_let_in_once(http: Bench) -> None:
    hooks, now = http.slack.hooks, str(int(time.time()))
    body = event_body(http)
    assert (await hooks.post(body, JSON, timestamp=now)).status == 200
    assert (await hooks.post(body, JSON, timestamp=now)).status == 401
    assert http.desk.deliveries == 1


async def test_a_request_that_could_not_be_kept_may_come_again_as_it_was(http: Bench) -> None:
    hooks, now = http.slack.hooks, str(int(time.time()))
    body = event_body(http)
    http.desk.broken = True
    assert (await hooks.post(body, JSON, timestamp=now)).status == 500
    http.desk.broken = False
    assert (await hooks.post(body, JSON, timestamp=now)).status == 200
    assert len(http.desk.heard) == 1


async def test_a_recorded_request_is_too_old_five_minutes_later(http: Bench) -> None:
    now = str(int(time.time()))
    http.clock.forward(timedelta(minutes=5, seconds=2))
    assert (await http.slack.hooks.post(event_body(http), JSON, timestamp=now)).status == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff\xfe", b'"words"'])
async def test_a_body_that_is_no_payload_is_refused_or_ignored(http: Bench, body: bytes) -> None:
    ack = await http.slack.hooks.post(body, JSON)
    assert ack.status in (200, 400, 401)
    assert http.desk.heard == []


async def test_a_body_without_end_is_refused(http: Bench) -> None:
    session, url = http.slack.hooks.session, http.slack.hooks.request_url
    assert session is not None
    async with session.post(url, data=io.BytesIO(b"x" * 2_000_001)) as answer:
        assert answer.status == 413


async def test_slack_can_verify_the_address(http: Bench) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
    ack = await http.slack.hooks.post(body, JSON)
    assert ack.body["challenge"] == "3eZbrw1aB"


async def test_another_workspaces_events_are_not_kept(http: Bench) -> None:
    payload = http.slack.envelope(http.team, {"type": "message", "channel": "C1"})
    payload["team_id"] = payload["authorizations"][0]["team_id"] = "T09ELSE"
    ack = await http.slack.hooks.post(json.dumps(payload).encode(), JSON)
    assert ack.status == 200
    assert http.desk.heard == []


async def test_somebody_of_another_workspace_is_told_that_the_app_is_not_there(http: Bench) -> None:
    form = {
        "command": "/checkin", "text": "", "team_id": "T09ELSE", "user_id": "U9", "channel_id": "C9",
        "trigger_id": "1.1.x", "response_url": http.hands()._response_url(http.channel),
    }  # fmt: skip
    ack = await http.slack.hooks.post(urlencode(form).encode(), FORM)
    assert ack.ok
    assert http.desk.acts == []
    (told,) = http.hands().seen()
    assert "not installed in your workspace" in told.body["text"]


async def test_before_the_bot_listens_slack_is_asked_to_come_again(http: Bench) -> None:
    http.listener.cancel()
    await http.slack.hooks.post(event_body(http), JSON)
    ack = await http.slack.hooks.post(event_body(http), JSON)
    assert ack.status == 503
    assert http.desk.heard == []


async def test_malformed_acts_do_no_harm(http: Bench) -> None:
    http.desk.says = lambda act: Show(Card(text=Text.of("hello")))
    for payload in (
        {"type": "block_actions"},
        {
            "type": "block_actions",
            "actions": [],
            "team": {"id": http.team.id},
            "user": {"id": "U1"},
        },
        {"type": "view_submission", "team": {"id": http.team.id}, "user": {"id": "U1"}, "view": {}},
        {"type": "hologram", "team": {"id": http.team.id}, "user": {"id": "U1"}},
    ):
        body = urlencode({"payload": json.dumps(payload)}).encode()
        await http.slack.hooks.post(body, FORM)
    assert http.desk.acts == []
    assert (await http.hands().types("/checkin", http.channel)).ok


async def test_there_is_no_address_to_install_for_one_workspace(http: Bench) -> None:
    assert [route.path for route in http.chat.routes] == ["/slack/events"]
