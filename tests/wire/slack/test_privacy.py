"""Nobody's words and no token reach a log, whatever goes wrong."""

from __future__ import annotations

import logging

import pytest

from bot.chat import Act, Ask, Card, Command, Field, Form, Reply, Text, Unsure
from tests.wire.slack.bench import Bench
from tests.wire.slack.faults import Fault
from tests.wire.slack.hands import until

SECRET = "the merger with Falcon"


@pytest.mark.parametrize("level", [logging.DEBUG, logging.WARNING])
async def test_words_and_tokens_stay_out_of_the_logs(
    both: Bench, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, level: int
) -> None:
    caplog.set_level(level)
    ana = both.hands()

    def says(act: Act) -> Reply:
        if isinstance(act, Command):
            return Ask(Form("f", "F", (Field("plan", "Plan"),)))
        raise ValueError(f"cannot keep {act!r}")

    both.desk.says = says
    await ana.says(both.channel, SECRET)
    await ana.types(f"/checkin {SECRET}", both.channel)
    await until(lambda: ana.has_view)
    await ana.submits({"Plan": SECRET})
    both.desk.broken = True
    if both.slack.mode == "socket":
        both.slack.wait_seconds = 0.1
    await ana.says(both.channel, SECRET)
    both.slack.faults["chat.postMessage"].append(Fault("drop"))
    with pytest.raises(Unsure):
        await both.chat.send(both.place(), Card(text=Text.of(SECRET)), key="k")
    await both.slack.hooks.post(SECRET.encode(), {}) if both.slack.mode == "http" else None
    event = {"type": "message", "text": SECRET, "channel": "C01GEN", "user": "U01ANA"}
    await both.slack.deliver("events_api", both.slack.envelope(both.team, event))
    printed = capfd.readouterr()
    logged = (
        printed.out
        + printed.err
        + "".join(
            record.getMessage() + str(record.exc_info)
            for record in caplog.records
            if "aiohttp" not in record.name
        )
    )
    assert "act failed" in logged
    assert SECRET not in logged
    assert both.team.token not in logged
    assert "signing-secret" not in logged
    assert both.slack.app_token not in logged


def test_settings_do_not_show_their_secrets() -> None:
    from adapters.slack import SlackSettings

    shown = repr(SlackSettings("xoxb-1", "xapp-1", "signing", "111", "client-secret", ("key",)))
    for secret in ("xoxb-1", "xapp-1", "signing", "client-secret", "key'"):
        assert secret not in shown
