"""Nobody's words and no token reach a log, whatever goes wrong."""

from __future__ import annotations

import logging

import pytest

from bot.chat import Act, Ask, Card, Command, Field, Form, Reply, Text, Unsure
from tests.wire.discord.bench import Bench
from tests.wire.discord.faults import Fault

SECRET = "the merger with Falcon"


@pytest.mark.parametrize("level", [logging.DEBUG, logging.WARNING])
async def test_words_and_tokens_stay_out_of_the_logs(
    wired: Bench, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, level: int
) -> None:
    caplog.set_level(level)
    ana = wired.hands()

    def says(act: Act) -> Reply:
        if isinstance(act, Command):
            return Ask(Form("f", "F", (Field("plan", "Plan"),)))
        raise ValueError(f"cannot keep {act!r}")

    wired.desk.says = says
    await ana.says(wired.channel, SECRET)
    await ana.types(f"/checkin {SECRET}", wired.channel)
    await ana.submits({"Plan": SECRET})
    wired.discord.faults["POST /channels/{channel}/messages"].append(Fault("drop"))
    with pytest.raises(Unsure):
        await wired.chat.send(wired.place(), Card(text=Text.of(SECRET)), key="k")
    wired.discord.faults["POST /interactions/{interaction}/{token}/callback"].append(
        Fault("error", status=400, code=50035)
    )
    wired.discord.interactions.wait = 0.2
    await ana.types(f"/checkin {SECRET}", wired.channel)
    await wired.settled()
    await wired.discord.gateway.break_off()
    printed = capfd.readouterr()
    logged = printed.out + printed.err
    logged += "".join(
        record.getMessage() + str(record.exc_info)
        for record in caplog.records
        if not record.name.startswith(("aiohttp", "asyncio", "aiosqlite"))
    )
    assert "act failed" in logged
    assert SECRET not in logged
    assert wired.discord.token not in logged
    for act in wired.discord.interactions.acts.values():
        assert act.token not in logged


def test_settings_do_not_show_their_secrets() -> None:
    from adapters.discord import DiscordSettings

    assert "secret-token" not in repr(DiscordSettings("secret-token"))
