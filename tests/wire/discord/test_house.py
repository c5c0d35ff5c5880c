"""The whole core on a loopback Discord: a day of a team."""

from __future__ import annotations

import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from adapters.discord import DiscordChat
from bot.admin import desk as admin
from bot.app import FEATURES
from bot.chat import Place
from bot.engine.inbox import Inbox
from bot.engine.reception import Reception
from bot.engine.sender import Sender
from bot.engine.tables import InboxRow
from bot.engine.ticker import Ticker
from bot.people import desk as people
from bot.store.session import Store
from tests.wire.discord import bench
from tests.wire.discord.bench import ANA, BEN, DEE
from tests.wire.discord.hands import Hands, buttons, until, words
from tests.wire.discord.server import Discord
from tests.wire.discord.world import Message

NOON = datetime(2026, 11, 18, 13, 0, tzinfo=UTC)
SETUP = """
workspaces:
  - platform: discord
    id: "900"
    admins: ["204"]
    channels:
      - id: "901"
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
    async def open(self) -> AsyncIterator[House]:
        async with Discord.running() as discord:
            self.discord = discord
            discord.ids.now = lambda: self.at
            discord.interactions.be_patient()
            chats: dict[str, DiscordChat] = {}
            self.desk = Reception(self.store, FEATURES, chats, people.meet)
            self.guild, self.channel = bench.people(discord)
            settings = bench.settings_for(discord)
            async with bench.connected(
                settings, self.store.sessions, self.desk, now=lambda: self.at
            ) as (chat, slept, listener):
                self.chat = chats["discord"] = chat
                self.bench = bench.Bench(
                    discord, chat, self.desk, self.guild, self.channel, self.store, slept, listener
                )
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
                assert discord.refused == []
        await self.store.close()

    async def settle(self) -> None:
        """Handle all that came in and send all that is wanted."""
        for _ in range(100):
            await self.bench.settled()
            moved = await self.inbox.step() + await self.sender.step()
            self.at += timedelta(seconds=1)
            if not moved:
                return
        raise AssertionError("The house does not come to rest.")

    async def tick(self) -> None:
        await self.ticker.tick()
        await self.settle()

    def hands(self, ident: str = ANA) -> Hands:
        return Hands(self.discord, self.guild, ident)

    def direct(self, ident: str = ANA) -> list[str]:
        """What the bot said to somebody alone, as it stands."""
        return [words(one.content) for one in self.own(self.discord.direct(ident).messages)]

    def own(self, messages: dict[str, Message]) -> list[Message]:
        return [one for one in messages.values() if one.author.is_bot]

    def prompt(self, ident: str = ANA) -> Message:
        """What asks, after the first words to somebody, which ask where they are."""
        welcome, prompt, *_ = self.own(self.discord.direct(ident).messages)
        assert "Where are you?" in words(welcome.content)
        return prompt

    @property
    def entries(self) -> list[Message]:
        """The bot's messages in the thread of the day."""
        (day,) = self.own(self.channel.messages)
        thread = self.discord.find(day.id)
        return self.own(thread.messages) if thread else []

    def entry(self, part: str) -> Message:
        found = [one for one in self.entries if part in words(one.content)]
        assert found, [words(one.content) for one in self.entries]
        return found[-1]


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with House(sqlite_url).open() as ready:
        yield ready


async def asked(house: House) -> None:
    """Let the time come at which Ana is asked."""
    house.at = NOON.replace(hour=14, minute=0, second=5)
    await house.tick()


async def test_people_are_asked_in_private_and_answer_by_the_form(house: House) -> None:
    (welcome,) = house.direct()
    assert "Until you tell me, I go by UTC time." in welcome
    await asked(house)
    assert "What will you move today?" in house.direct()[1]
    ana = house.hands()
    await ana.presses("Narrate", house.prompt())
    await until(lambda: ana.has_modal)
    await ana.submits(
        {"What will you move today?": "The crane", "What surprised you?": "It is low"}
    )
    await house.settle()
    assert "Thank you" in words(house.prompt().content)
    shown = words(house.entry("The crane").content)
    assert "It is low" in shown
    assert "Ana" in shown


async def test_somebody_is_asked_once_where_they_are_and_the_command_completes_it(
    house: House,
) -> None:
    """Discord tells no zone; a form there completes nothing, and a command does."""
    ana = house.hands()
    (welcome,) = house.own(house.discord.direct(ANA).messages)
    assert "Set my time zone" in buttons(welcome)
    await ana.presses("Set my time zone", welcome)
    await until(lambda: ana.has_modal)
    await ana.submits({"My time zone": "Kolkata"})
    await house.settle()
    assert "Kept." in words(ana.seen()[-1].content)
    assert await ana.completes("/checkin zone lisb", house.channel) == ["zone Europe/Lisbon"]
    await ana.types("/checkin zone Europe/Lisbon", house.channel)
    await house.settle()
    for hours in range(3):
        house.at = NOON.replace(hour=14 + hours)
        await house.tick()
    assert sum("Where are you?" in said for said in house.direct()) == 1
    async with house.store.look() as work:
        known = {one.name: one.zone for one in await people.everybody(work, "discord:900")}
    assert known["Ana"] == "Europe/Lisbon"


async def test_nothing_is_kept_of_a_channel_until_it_is_set_up(house: House) -> None:
    lobby = house.discord.channel(house.guild, "905", "lobby")
    await house.discord.gateway.tell("CHANNEL_CREATE", lobby.told(), "900")
    message = await house.hands().says(lobby, "Between us in the lobby")
    await house.hands().edits(message, "Between the two of us in the lobby")
    await house.hands().reacts(message)
    await house.bench.settled()
    assert not await house.desk.minds(Place("discord", "900", "905"))
    async with house.store.look() as work:
        kept = await work.session.scalars(select(InboxRow.payload + InboxRow.conversation))
        assert "905" not in "".join(kept)


async def test_plain_words_in_the_direct_message_are_an_answer(house: House) -> None:
    await asked(house)
    message = await house.hands().says("@", "Repaint the wall")
    await house.settle()
    house.entry("Repaint the wall")
    await house.hands().edits(message, "Repaint the low wall")
    await house.settle()
    house.entry("Repaint the low wall")


async def test_a_reply_to_the_prompt_is_an_answer(house: House) -> None:
    await asked(house)
    await house.hands().says("@", "As a reply", answers=house.prompt())
    await house.settle()
    house.entry("As a reply")


async def test_the_form_opens_by_command_at_any_time_and_can_be_undone(house: House) -> None:
    ana = house.hands()
    await ana.types("/checkin", house.channel)
    await house.settle()
    await ana.submits({"What will you move today?": "Early bird"})
    await house.settle()
    house.entry("Early bird")
    await ana.types("/checkin undo", house.channel)
    await house.settle()
    assert not any("Early bird" in words(one.content) for one in house.entries)


async def test_a_grain_is_dropped_and_teammates_say_go_on(house: House) -> None:
    ana, ben = house.hands(), house.hands(BEN)
    await ana.types("/grain Ask Chi for the tide table", house.channel)
    await house.settle()
    await ben.presses("Go on", house.entry("Ask Chi for the tide table"))
    await house.settle()
    assert "go on" in words(house.entry("Ask Chi for the tide table").content)
    assert any("Ben" in said for said in house.direct())


async def test_the_shortcut_keeps_a_message_as_a_grain(house: House) -> None:
    message = await house.hands().says(house.channel, "Order the paint")
    label = next(one.label for one in house.desk.shortcuts if "grain" in one.label)
    used = await house.hands().uses(label, message)
    await house.settle()
    assert not used.is_late
    assert house.hands().seen() or house.hands().has_modal or house.entries


async def test_a_deleted_answer_takes_its_copy_away(house: House) -> None:
    await asked(house)
    message = await house.hands().says("@", "Repaint the wall")
    await house.settle()
    house.entry("Repaint the wall")
    await house.hands().deletes(message)
    await house.settle()
    assert not any("Repaint the wall" in words(one.content) for one in house.entries)


async def test_who_takes_no_direct_messages_is_asked_in_a_thread_of_their_own(
    house: House,
) -> None:
    house.discord.users[ANA].takes_direct = False
    await house.hands().says(house.channel, "Good morning")
    await house.settle()
    await asked(house)
    (door,) = [one for one in house.guild.channels.values() if one.name == "Just for you"]
    assert ANA in door.invited
    first, prompt = house.own(door.messages)
    assert "allow direct messages" in words(first.content)
    assert "What will you move today?" in words(prompt.content)
    await house.hands().says(door, "From behind the door")
    await house.settle()
    house.entry("From behind the door")


async def test_an_admin_sets_a_channel_up_page_by_page(house: House) -> None:
    dee = house.hands(DEE)
    act = await dee.types("/outloud setup", house.channel)
    await house.settle()
    assert not act.is_late
    assert dee.has_modal or buttons(dee.seen()[-1])


async def test_every_command_is_answered_to_everybody_in_time(house: House) -> None:
    taken = []
    for ident in (ANA, DEE):
        for command in house.desk.commands:
            for typed in ("", " list", " settings", " nonsense of some kind"):
                act = await house.hands(ident).types(f"/{command.name}{typed}", house.channel)
                assert not act.is_late
                taken.append(act.seconds)
                await house.settle()
    # One of them may meet a machine that is busy; how long each takes is measured by `latency`.
    assert statistics.median(taken) < 3
    assert house.discord.invalid == 0
