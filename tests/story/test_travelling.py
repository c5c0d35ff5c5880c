"""A lesson goes from Slack to Discord and back out of it, and another one the other way, in the real process."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from sqlalchemy import select

from adapters.slack import manifest
from bot.people.tables import Account
from bot.store.session import Store
from tests.contract.test_slack import read_blocks
from tests.outloud import Outloud
from tests.wire.discord import bench as discord_bench
from tests.wire.discord.hands import Hands as DiscordHands
from tests.wire.discord.hands import buttons, words
from tests.wire.discord.server import Discord
from tests.wire.discord.world import Channel as DiscordChannel
from tests.wire.slack import bench as slack_bench
from tests.wire.slack.hands import Hands as SlackHands
from tests.wire.slack.hands import pressable
from tests.wire.slack.server import Slack
from tests.wire.slack.world import Channel as SlackChannel
from tests.wire.slack.world import Team

PATIENCE = 120
TIDE = "When the tide turns, check the lines again because they go slack"
SETUP = """
workspaces:
  - platform: slack
    id: T01TEST
    channels:
      - {id: C01GEN, name: team-harbour, ring: team}
      - {id: C02COP, name: cop-boats, ring: community, curators: [U03CHI]}
  - platform: discord
    id: "900"
    channels:
      - {id: "901", name: team-harbour, ring: team}
      - {id: "902", name: cop-reliability, ring: community, curators: ["203"]}
      - {id: "903", name: commons, ring: network}
"""
WAYS = """
routes:
  - {from: "slack:T01TEST/C01GEN", to: "discord:900/902"}
  - {from: "discord:900/901", to: "slack:T01TEST/C02COP"}
  - {from: "discord:900/902", to: "discord:900/903"}
"""
PEOPLE = {"ana": ("U01ANA", "201"), "ben": ("U02BEN", "202"), "chi": ("U03CHI", "203")}
PEOPLE |= {"dee": ("U04DEE", "204")}


async def until(true: Callable[[], Any]) -> Any:
    """What comes true, as soon as it does."""
    async with asyncio.timeout(PATIENCE):
        while not (found := true()):
            await asyncio.sleep(0.02)
    return found


class OnSlack:
    """Everybody's screen on Slack."""

    def __init__(self, slack: Slack, team: Team) -> None:
        self.slack, self.team = slack, team

    def hands(self, who: str) -> SlackHands:
        return SlackHands(self.slack, self.team, PEOPLE[who][0])

    def room(self, where: str) -> SlackChannel:
        if where.startswith("@"):
            return self.team.direct(PEOPLE[where[1:]][0])
        return self.team.channels[where]

    def read(self, where: str) -> list[tuple[str, Any]]:
        """What the bot says in a place, oldest first, each with its message."""
        return [
            (read_blocks(one.blocks), one)
            for one in self.room(where).messages
            if one.bot_id and one.blocks
        ]

    def whispers(self, who: str) -> list[str]:
        return [read_blocks(one.body["blocks"]) for one in self.hands(who).seen()]

    async def presses(self, who: str, label: str, on: Any, chosen: str = "") -> None:
        await self.hands(who).presses(label, on, chosen)

    def labels(self, message: Any) -> list[str]:
        return list(pressable(message.blocks))

    async def presses_whispered(self, who: str, label: str) -> None:
        await self.hands(who).presses(label, self.hands(who).seen()[-1])

    async def fills(self, who: str, **given: str) -> None:
        hands = self.hands(who)
        await until(lambda: hands.has_view)
        await hands.submits(labelled(hands.labels(), given))
        assert hands.errors == {}

    async def types(self, who: str, typed: str, where: str) -> None:
        await self.hands(who).types(typed, self.room(where))


class OnDiscord:
    """Everybody's screen on Discord."""

    def __init__(self, discord: Discord) -> None:
        self.discord, self.guild = discord, discord.guilds["900"]

    def hands(self, who: str) -> DiscordHands:
        return DiscordHands(self.discord, self.guild, PEOPLE[who][1])

    def room(self, where: str) -> DiscordChannel:
        if where.startswith("@"):
            return self.discord.direct(PEOPLE[where[1:]][1])
        return self.guild.channels[where]

    def read(self, where: str) -> list[tuple[str, Any]]:
        return [
            (words(one.content), one)
            for one in self.room(where).messages.values()
            if one.author.id == self.discord.bot.id
        ]

    def whispers(self, who: str) -> list[str]:
        return [words(one.content) for one in self.hands(who).seen()]

    async def presses(self, who: str, label: str, on: Any, chosen: str = "") -> None:
        await self.hands(who).presses(label, on, chosen)

    def labels(self, message: Any) -> list[str]:
        return list(buttons(message))

    async def presses_whispered(self, who: str, label: str) -> None:
        await self.hands(who).presses(label, self.hands(who).seen()[-1])

    async def fills(self, who: str, **given: str) -> None:
        hands = self.hands(who)
        await until(lambda: hands.has_modal)
        act = await hands.submits(labelled(list(hands.inputs()), given))
        await until(lambda: not act.is_thinking)
        # Discord takes five fields at a time.
        pages = re.search(r"Page 1 of (\d) is kept", (self.whispers(who) or [""])[-1])
        for _ in range(int(pages[1]) - 1 if pages else 0):
            await hands.presses("Continue", hands.seen()[-1])
            await until(lambda: hands.has_modal)
            await hands.submits()

    async def types(self, who: str, typed: str, where: str) -> None:
        await self.hands(who).types(typed, self.room(where))


Side = OnSlack | OnDiscord


def labelled(labels: list[str], given: dict[str, str]) -> dict[str, str]:
    """What is filled in, by the labels of the fields, of which `given` has the first words."""
    return {
        next(one for one in labels if one.casefold().startswith(start)): value
        for start, value in given.items()
    }


@dataclass
class Town:
    """Two platforms in one process."""

    slack: OnSlack
    discord: OnDiscord
    outloud: Outloud

    async def message(self, side: Side, where: str, *said: str) -> Any:
        """The bot's last message in a place that says all of this, once it stands there."""
        try:
            return await until(lambda: self._find(side, where, said))
        except TimeoutError:
            shown = "\n---\n".join(one for one, _ in side.read(where))
            alone = {who: side.whispers(who)[-1:] for who in PEOPLE}
            raise AssertionError(
                f"Nothing in {where} says {said}, only:\n{shown}\nand alone: {alone}"
            ) from None

    def _find(self, side: Side, where: str, said: tuple[str, ...]) -> Any:
        found = [one for text, one in side.read(where) if all(words in text for words in said)]
        return found[-1] if found else None

    async def press(
        self, side: Side, who: str, said: str, label: str, *, where: str = "", chosen: str = ""
    ) -> None:
        """Somebody presses a button of a message that says this, in their direct messages or elsewhere."""
        place = where or f"@{who}"
        message = await self.message(side, place, said)
        await until(lambda: label in side.labels(message))
        await side.presses(who, label, message, chosen)

    async def whispered(self, side: Side, who: str, said: str) -> str:
        """What somebody alone is shown, once it says this."""
        return str(await until(lambda: next((w for w in side.whispers(who) if said in w), "")))

    async def feed(self) -> Any:
        async with httpx.AsyncClient(timeout=PATIENCE) as reader:
            answer = await reader.get(f"{self.outloud.address}/feeds/900/903.atom")
        assert answer.status_code == 200
        found = feedparser.parse(answer.content)
        assert not found.bozo
        return found, answer.text

    def copies(self, side: Side, where: str) -> list[str]:
        return [text for text, _ in side.read(where)]


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
        slack_bench.people(team)
        assert team.bot is not None
        everybody = [slack_id for slack_id, _ in PEOPLE.values()]
        team.channel("C02COP", "cop-boats", *everybody, team.bot.id)
        guild, _ = discord_bench.people(discord)
        discord.channel(guild, "902", "cop-reliability")
        discord.channel(guild, "903", "commons")
        outloud = Outloud(
            folder,
            {
                "OUTLOUD_DATABASE_URL": url,
                "OUTLOUD_PLATFORMS": "slack,discord",
                "SLACK_BOT_TOKEN": team.token,
                "SLACK_APP_TOKEN": slack.app_token,
                "SLACK_API_URL": slack.api_url,
                "DISCORD_TOKEN": discord.token,
                "DISCORD_API_URL": discord.api_url,
                "DISCORD_GATEWAY_URL": discord.gateway_url,
            },
        )
        (folder / "setup.yaml").write_text(SETUP, encoding="utf-8")
        (folder / "ways.yaml").write_text(SETUP + WAYS, encoding="utf-8")
        await applied(outloud, "setup.yaml")
        await outloud.start()
        ready = Town(OnSlack(slack, team), OnDiscord(discord), outloud)
        try:
            await everybody_is_known(url)
            await linked(ready)
            await applied(outloud, "ways.yaml")
            yield ready
            assert discord.refused == []
            assert discord.invalid == 0
        finally:
            assert await outloud.stop() == 0


async def applied(outloud: Outloud, name: str) -> None:
    ended = await outloud.command("apply", name)
    assert ended.status == 0, ended.err


async def everybody_is_known(url: str) -> None:
    """Wait until the members were read on both platforms."""
    store = Store(url)
    wanted = {one for both in PEOPLE.values() for one in both}
    async with asyncio.timeout(PATIENCE):
        seen: set[str] = set()
        while not wanted <= seen:
            async with store.look() as work:
                seen = set(await work.session.scalars(select(Account.id)))
            await asyncio.sleep(0.1)
    await store.close()


async def linked(town: Town) -> None:
    """The admin of one workspace gives a code to the admin of the other, who accepts it."""
    await town.slack.types("dee", "/outloud link workspace", "C01GEN")
    shown = await town.whispered(town.slack, "dee", "/outloud link ")
    code = re.search(r"/outloud link (\w{4}-\w{4})", shown)
    assert code, shown
    await town.discord.types("dee", f"/outloud link {code[1]}", "901")
    await town.whispered(town.discord, "dee", "Link two workspaces?")
    await town.discord.presses_whispered("dee", "Yes, link them")
    await town.whispered(town.discord, "dee", "Linked with")


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, database_url) as ready:
        yield ready


async def agreed(town: Town, side: Side, react: Callable[[], Awaitable[None]]) -> None:
    """Ben marks what Ana said; she words it, has the address left out, and shares it."""
    await react()
    await town.press(side, "ana", "May others learn", "Word it")
    await side.fills("ana")
    await town.press(side, "ana", "an e-mail address", "Write [an address] instead")
    await town.press(side, "ana", "Who sees it", "Yes, share it")


async def test_a_lesson_goes_from_slack_to_discord_and_back_and_another_the_other_way(
    here: Town,
) -> None:
    """Both in one process, for to start one takes longest."""
    await from_slack_to_discord(here, here.slack, here.discord)
    await from_discord_to_slack(here, here.slack, here.discord)


async def from_slack_to_discord(here: Town, slack: OnSlack, discord: OnDiscord) -> None:
    """Reaction, finding, yes, check, copy, echo, confirmed, network, feed, edit, withdrawal, tombstone."""
    team = slack.room("C01GEN")
    said = await slack.hands("ana").says(team, f"{TIDE}, says ben@harbour.example")

    await agreed(here, slack, lambda: slack.hands("ben").reacts(team, said, "bulb"))
    assert here.copies(discord, "902") == []
    await here.press(discord, "chi", "A lesson for #cop-reliability?", "Select")
    copy = await here.message(discord, "902", "When the tide turns", "Ana, #team-harbour (Slack)")
    assert "[an address]" in words(copy.content)
    assert "ben@" not in copy.content

    thread = discord.hands("ben").thread(copy)
    await discord.hands("ben").says(thread, "We mark the lines with tape")
    await until(lambda: "We mark the lines with tape" in json.dumps(thread_of(team, said.ts)))

    for who in ("ben", "dee"):
        await here.press(discord, who, "When the tide turns", "It worked", where="902")
    await here.message(discord, "902", "A lesson that worked for others, too")

    await here.press(discord, "chi", "is confirmed", "Offer it to a network", chosen="#commons")
    await discord.fills("chi", when="conditions change", do="look again at what was fast before")
    offer = await here.message(slack, "@ana", "would offer lesson 1 to #commons")
    assert "feed readers outside of chat" in read_blocks(offer.blocks)
    assert (await here.feed())[0].entries == []
    await here.press(slack, "ana", "would offer lesson 1 to #commons", "Yes, like this")
    await here.message(discord, "903", "look again at what was fast before")
    feed, _ = await here.feed()
    (entry,) = feed.entries
    assert "look again at what was fast before" in entry.content[0].value
    assert entry.author == "Ana, #team-harbour (Slack)"

    await slack.hands("ana").edits(team, said, "When the wind turns, check the lines twice")
    await here.press(slack, "ana", "You changed the words", "Take the new words")
    await here.message(discord, "902", "When the wind turns")
    await here.message(discord, "903", "When the wind turns")
    for channel in ("902", "903"):
        (copy,) = here.copies(discord, channel)
        assert "tide" not in copy
    feed, _ = await here.feed()
    assert [one.id for one in feed.entries] == [entry.id]
    assert "wind turns" in feed.entries[0].content[0].value

    await slack.types("ana", "/lesson withdraw 1", "C01GEN")
    await until(lambda: not here.copies(discord, "902") and not here.copies(discord, "903"))
    feed, written = await here.feed()
    assert feed.entries == []
    assert f'<at:deleted-entry ref="{entry.id}"' in written


def thread_of(channel: SlackChannel, ts: str) -> list[Any]:
    return [one.blocks for one in channel.thread(ts)]


async def from_discord_to_slack(here: Town, slack: OnSlack, discord: OnDiscord) -> None:
    """Reaction, finding, yes, check, copy, use, and a source that is deleted."""
    said = await discord.hands("ana").says("901", f"{TIDE}, says ben@harbour.example")
    await agreed(here, discord, lambda: discord.hands("ben").reacts(said))
    await here.press(slack, "chi", "A lesson for #cop-boats?", "Select")
    copy = await here.message(slack, "C02COP", "When the tide turns", "(Discord)")
    assert "ben@" not in json.dumps(copy.blocks)
    await here.press(slack, "dee", "When the tide turns", "It worked", where="C02COP")
    await here.message(slack, "C02COP", "It worked for 1")
    await discord.hands("ana").deletes(said)
    await until(lambda: not here.copies(slack, "C02COP"))
