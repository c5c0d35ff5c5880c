"""Slack, Discord and the local chat in one process: one human narrates on each, and is one person on all of them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from adapters.slack import manifest
from bot.checkins.tables import Slot
from bot.store.session import Store
from tests.contract.test_slack import read_blocks
from tests.outloud import Outloud
from tests.web.local import Visitor, read_html
from tests.wire.discord import bench as discord_bench
from tests.wire.discord.hands import Hands as DiscordHands
from tests.wire.discord.hands import words
from tests.wire.discord.server import Discord
from tests.wire.discord.world import Channel as DiscordChannel
from tests.wire.slack import bench as slack_bench
from tests.wire.slack.hands import Hands as SlackHands
from tests.wire.slack.server import Slack
from tests.wire.slack.world import Channel as SlackChannel

PATIENCE = 120
SETUP = """
workspaces:
  - platform: slack
    id: T01TEST
    channels: [{id: C01GEN, ring: team, rhythm: {at: "09:00", nudges: 0}}]
  - platform: discord
    id: "900"
    channels: [{id: "901", ring: team, rhythm: {at: "09:00", nudges: 0}}]
"""


class Page(Visitor):
    """Ana at the local chat of a real process."""

    def __init__(self, address: str) -> None:
        self.person = "ana"
        self.client = httpx.AsyncClient(
            base_url=address,
            cookies={"outloud_as": "ana"},
            headers={"HX-Request": "true", "Origin": address},
            timeout=PATIENCE,
        )


@dataclass
class Town:
    """Ana on three platforms."""

    slack: Slack
    discord: Discord
    on_slack: SlackHands
    on_discord: DiscordHands
    here: Page
    slack_channel: SlackChannel
    discord_channel: DiscordChannel

    async def on_slack_types(self, typed: str) -> str:
        before = len(self.on_slack.seen())
        await self.on_slack.types(typed, self.slack_channel)

        def shown() -> list[str]:
            """What she is shown, but for the word that it takes a while."""
            every = [read_blocks(one.body["blocks"]) for one in self.on_slack.seen()[before:]]
            return [one for one in every if "This takes a little longer than usual." not in one]

        await until(shown)
        return shown()[-1]

    async def on_discord_types(self, typed: str) -> str:
        before = len(self.on_discord.seen())
        act = await self.on_discord.types(typed, self.discord_channel)
        await until(lambda: len(self.on_discord.seen()) > before and not act.is_thinking)
        return words(self.on_discord.seen()[-1].content)

    async def here_types(self, typed: str) -> str:
        answer = await self.here.post("/say", text=typed, channel="team-harbour", thread="0")
        assert answer.status_code == 200, answer.text
        return read_html(answer.text).text

    async def entry_here(self) -> str:
        """What stands in the thread of the local team's day."""
        shown = await self.here.messages("team-harbour")
        ids = [one.attributes["data-id"] for one in shown]
        return "".join(
            [node.text for one in ids for node in await self.here.messages("team-harbour", one)]
        )


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.02)


async def everybody_is_seated(url: str) -> None:
    """Wait until members were read on all platforms."""
    store = Store(url)
    wanted = {"slack:T01TEST", "discord:900", "local:local"}
    async with asyncio.timeout(PATIENCE):
        seen: set[str] = set()
        while not wanted <= seen:
            async with store.look() as work:
                seen = set(await work.session.scalars(select(Slot.workspace_id)))
            await asyncio.sleep(0.1)
    await store.close()


@asynccontextmanager
async def town(folder: Path, url: str) -> AsyncIterator[Town]:
    async with Slack.running() as slack, Discord.running() as discord:
        commands, shortcuts = slack_bench.COMMANDS, slack_bench.SHORTCUTS
        slack.configure(
            manifest(commands, shortcuts, public_url="https://outloud.test", socket=True)
        )
        slack.be_patient()
        discord.interactions.be_patient()
        team = slack.team("T01TEST")
        slack_channel = slack_bench.people(team)
        guild, discord_channel = discord_bench.people(discord)
        outloud = Outloud(
            folder,
            {
                "OUTLOUD_DATABASE_URL": url,
                "OUTLOUD_PLATFORMS": "local,slack,discord",
                "SLACK_BOT_TOKEN": team.token,
                "SLACK_APP_TOKEN": slack.app_token,
                "SLACK_API_URL": slack.api_url,
                "DISCORD_TOKEN": discord.token,
                "DISCORD_API_URL": discord.api_url,
                "DISCORD_GATEWAY_URL": discord.gateway_url,
            },
        )
        (folder / "setup.yaml").write_text(SETUP, encoding="utf-8")
        applied = await outloud.command("apply", "setup.yaml")
        assert applied.status == 0, applied.err
        await outloud.start()
        here = Page(outloud.address)
        try:
            await everybody_is_seated(url)
            yield Town(
                slack,
                discord,
                SlackHands(slack, team, "U01ANA"),
                DiscordHands(discord, guild, discord_bench.ANA),
                here,
                slack_channel,
                discord_channel,
            )
            assert discord.refused == []
            assert discord.invalid == 0
        finally:
            await here.client.aclose()
            assert await outloud.stop() == 0


def code_in(shown: str) -> str:
    found = re.search(r"/outloud link (\w{4}-\w{4})", shown)
    assert found, shown
    return found[1]


@pytest.fixture
async def ana(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, database_url) as ready:
        yield ready


async def test_one_human_on_three_platforms_of_one_process(ana: Town) -> None:
    """She narrates on each, links them with two codes, and is away on all of them by saying so on one."""
    await ana.on_slack_types("/checkin Mended the crane on Slack")
    await ana.on_discord_types("/checkin Mended the winch on Discord")
    await ana.here_types("/checkin Mended the light right here")
    await until(
        lambda: "Mended the crane" in json.dumps([m.blocks for m in ana.slack_channel.messages])
    )
    await until(lambda: "Mended the winch" in str(everything_on(ana.discord)))
    async with asyncio.timeout(PATIENCE):
        while "Mended the light" not in await ana.entry_here():
            await asyncio.sleep(0.05)

    code = code_in(await ana.here_types("/outloud link"))
    asked = await ana.on_slack_types(f"/outloud link {code}")
    assert "You are Ana in the local chat?" in asked
    await ana.on_slack.presses("Yes, link them", ana.on_slack.seen()[-1])
    await until(lambda: "Linked." in read_blocks(ana.on_slack.seen()[-1].body["blocks"]))
    code = code_in(await ana.on_slack_types("/outloud link"))
    asked = await ana.on_discord_types(f"/outloud link {code}")
    assert "You are Ana in T01TEST on Slack?" in asked
    await ana.on_discord.presses("Yes, link them", ana.on_discord.seen()[-1])
    await until(lambda: "Linked." in words(ana.on_discord.seen()[-1].content))
    linked = await ana.here_types("/outloud link")
    assert "Ana in T01TEST on Slack" in linked
    assert "Ana in Harbour on Discord" in linked

    day = (datetime.now(UTC) + timedelta(days=9)).date()
    assert "I leave you alone" in await ana.on_discord_types(f"/checkin away until {day}")
    await ana.on_slack.types("/checkin settings", ana.slack_channel)
    await until(lambda: ana.on_slack.has_view)
    assert day.isoformat() in json.dumps(ana.on_slack.view.body)
    assert "Welcome back!" in await ana.here_types("/checkin back")
    assert "You were not away." in await ana.on_discord_types("/checkin back")
    assert "You were not away." in await ana.on_slack_types("/checkin back")


def everything_on(discord: Discord) -> list[str]:
    rooms = [room for guild in discord.guilds.values() for room in guild.channels.values()]
    rooms += [found for room in rooms for ident in room.messages if (found := discord.find(ident))]
    return [message.content for room in rooms for message in room.messages.values()]
