"""The whole core on a loopback Slack: a day of a team, in both ways of connecting."""

from __future__ import annotations

import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.admin import desk as admin
from bot.app import FEATURES
from bot.engine.inbox import Inbox
from bot.engine.reception import Reception
from bot.engine.sender import Sender
from bot.engine.ticker import Ticker
from bot.people import desk as people
from bot.store.session import Store
from tests.wire.slack import bench
from tests.wire.slack.hands import Hands, until, words
from tests.wire.slack.server import Slack
from tests.wire.slack.world import Channel, Message, Team

NOON = datetime.fromtimestamp(1795000000, UTC) + timedelta(minutes=1)
SETUP = """
workspaces:
  - platform: slack
    id: T01TEST
    admins: [U04DEE]
    channels:
      - id: C01GEN
        ring: team
        rhythm:
          days: [mon, tue, wed, thu, fri]
          at: "14:00"
          zone: person
          questions:
            - {key: plan, ask: "What will you move today?", kind: text, role: plan}
            - {key: learned, ask: "What surprised you?", kind: text, role: learned, optional: true}
"""


class House:
    """Outloud, put together as the application does it, and stepped by hand."""

    def __init__(self, url: str) -> None:
        self.at = NOON
        self.store = Store(url, now=lambda: self.at)

    @asynccontextmanager
    async def open(self, mode: str) -> AsyncIterator[House]:
        async with Slack.running() as slack:
            self.slack = slack
            slack.hooks.now = self.seconds
            slack.be_patient()
            chats: dict[str, bench.SlackChat] = {}
            self.desk = Reception(self.store, FEATURES, chats, people.meet)
            made = bench.manifest(
                self.desk.commands, self.desk.shortcuts,
                public_url="https://outloud.test", socket=mode == "socket",
            )  # fmt: skip
            slack.configure(made)
            self.team: Team = slack.team("T01TEST")
            self.channel: Channel = bench.people(self.team)
            settings = bench.settings_for(slack, self.team, mode)
            async with bench.connected(
                slack, settings, self.store.sessions, self.desk, now=lambda: self.at
            ) as (chat, _, _):
                self.chat = chats["slack"] = chat
                self.inbox = Inbox(self.store, prepare=self.desk.prepare, handle=self.desk.handle)
                self.sender = Sender(self.store, chats)
                self.ticker = Ticker(self.store, FEATURES, chats, seconds=5)
                async with self.store.work() as work:
                    await admin.apply_file(work, SETUP, name="setup.yaml", dry_run=False)
                # The first tick meets the members, the second gives each their next time.
                self.at += timedelta(seconds=1)
                await self.tick()
                await self.tick()
                yield self
        await self.store.close()

    def seconds(self) -> float:
        return self.at.timestamp()

    async def settle(self) -> None:
        """Handle all that came in and send all that is wanted."""
        for _ in range(100):
            await self.chat.settled()
            await self.slack.settled()
            moved = await self.inbox.step() + await self.sender.step()
            self.at += timedelta(seconds=1)
            if not moved:
                return
        raise AssertionError("The house does not come to rest.")

    async def tick(self) -> None:
        await self.ticker.tick()
        await self.settle()

    def hands(self, ident: str = "U01ANA") -> Hands:
        return Hands(self.slack, self.team, ident)

    def direct(self, ident: str = "U01ANA") -> list[str]:
        """What the bot said to somebody alone, as it stands."""
        return [words(m.blocks) for m in self.team.direct(ident).messages if m.bot_id]

    def prompt(self, ident: str = "U01ANA") -> Message:
        return next(m for m in self.team.direct(ident).messages if m.bot_id)

    @property
    def entries(self) -> list[Message]:
        """The bot's messages in the thread of the day."""
        return [m for m in self.channel.messages if m.bot_id and m.thread_ts]

    def entry(self, part: str) -> Message:
        found = [m for m in self.entries if part in words(m.blocks)]
        assert found, [words(m.blocks) for m in self.channel.messages]
        return found[-1]


@pytest.fixture(params=["socket", "http"])
async def house(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[House]:
    async with House(sqlite_url).open(request.param) as ready:
        yield ready


async def asked(house: House) -> None:
    """Let the time come at which Ana is asked."""
    house.at = NOON.replace(hour=14, minute=0, second=5)
    await house.tick()


async def test_people_are_asked_at_their_own_time_and_answer_by_the_form(house: House) -> None:
    assert house.direct() == []
    await asked(house)
    assert "What will you move today?" in house.direct()[0]
    assert house.direct("U02BEN") == []
    ana = house.hands()
    await ana.presses("Narrate", house.prompt())
    await until(lambda: ana.has_view)
    await ana.submits(
        {"What will you move today?": "The crane", "What surprised you?": "It is low"}
    )
    await house.settle()
    assert not ana.has_view or "Thank you" in words(ana.view.body["blocks"])
    shown = words(house.entry("The crane").blocks)
    assert "It is low" in shown
    assert "Ana" in shown


async def test_plain_words_in_the_direct_message_are_an_answer(house: House) -> None:
    await asked(house)
    message = await house.hands().says("@", "Repaint the wall")
    await house.settle()
    house.entry("Repaint the wall")
    await house.hands().edits("@", message, "Repaint the low wall")
    await house.settle()
    house.entry("Repaint the low wall")


async def test_a_reply_in_the_thread_of_the_prompt_is_an_answer(house: House) -> None:
    await asked(house)
    await house.hands().says("@", "From the thread", thread=house.prompt().ts)
    await house.settle()
    house.entry("From the thread")


async def test_the_form_opens_by_command_at_any_time_and_can_be_undone(house: House) -> None:
    ana = house.hands()
    await ana.types("/checkin", house.channel)
    await house.settle()
    await ana.submits({"What will you move today?": "Early bird"})
    await house.settle()
    house.entry("Early bird")
    await ana.types("/checkin undo", house.channel)
    await house.settle()
    assert not any("Early bird" in words(message.blocks) for message in house.entries)


async def test_a_grain_is_dropped_and_teammates_say_go_on(house: House) -> None:
    ana, ben = house.hands(), house.hands("U02BEN")
    await ana.types("/grain Ask Chi for the tide table", house.channel)
    await house.settle()
    grain = house.entry("Ask Chi for the tide table")
    await ben.presses("Go on", grain)
    await house.settle()
    assert "go on" in words(house.entry("Ask Chi for the tide table").blocks)
    assert any("Ben" in said for said in house.direct())


async def test_the_shortcut_keeps_a_message_as_a_grain(house: House) -> None:
    message = await house.hands().says(house.channel, "Order the paint")
    shortcut = next(one.action for one in house.desk.shortcuts if "grain" in one.label)
    ack = await house.hands().uses(shortcut, house.channel, message)
    await house.settle()
    assert ack.ok
    assert house.hands().seen() or house.hands().has_view or house.entries


async def test_a_deleted_answer_takes_its_copy_away(house: House) -> None:
    await asked(house)
    message = await house.hands().says("@", "Repaint the wall")
    await house.settle()
    house.entry("Repaint the wall")
    await house.hands().deletes("@", message)
    await house.settle()
    assert not any("Repaint the wall" in words(one.blocks) for one in house.entries)


async def test_every_command_is_answered_to_everybody_by_slack_in_time(house: House) -> None:
    for ident in ("U01ANA", "U04DEE"):
        for command in house.desk.commands:
            for typed in ("", " list", " settings", " nonsense of some kind"):
                ack = await house.hands(ident).types(f"/{command.name}{typed}", house.channel)
                assert ack.ok
                await house.settle()
    # One of them may meet a machine that is busy; how long each takes is measured by `latency`.
    assert statistics.median(ack.seconds for _, ack in house.slack.acks) < 3
