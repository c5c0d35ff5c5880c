"""Slack is a chat like the others, in Socket Mode and by signed HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.chat import AccountId, Place, Ref
from tests.contract.facts import ChatFacts
from tests.contract.harness import PATIENCE, Bench, ListeningDesk
from tests.wire.slack import bench as slack
from tests.wire.slack.faults import Fault
from tests.wire.slack.hands import Hands, until
from tests.wire.slack.world import Channel, Message


class SlackBench:
    def __init__(self, wired: slack.Bench, desk: ListeningDesk) -> None:
        self.limit = 12_000
        self.wired = wired
        self.chat = wired.chat
        self.desk = desk
        self.listener = wired.listener
        self.place = wired.place()
        self.person = wired.account("U01ANA")
        self.other = wired.account("U02BEN")
        self.ana = wired.hands("U01ANA")
        self.dee = wired.hands("U04DEE")
        team = wired.team
        team.channel("C09BOTS", "bots")
        wired.channel.members.remove("U03CHI")
        wired.channel.members.remove("U04DEE")
        wired.channel.members.append(team.person("U09BOT", "Other bot", is_bot=True).id)

    async def visible(self, place: Place) -> tuple[str, ...]:
        await self.wired.slack.settled()
        channel = self._channel(place)
        standing = [
            message
            for message in channel.messages
            if message.bot_id and message.thread_ts == place.thread and not message.files
        ]
        return tuple(read_blocks(message.blocks) for message in standing)

    async def files(self, place: Place) -> tuple[tuple[str, bytes], ...]:
        await self.wired.slack.settled()
        kept = self.wired.team.files
        return tuple(
            (file["name"], kept[file["id"]].data)
            for message in self._channel(place).messages
            if message.thread_ts == place.thread
            for file in message.files
        )

    async def pinged(self) -> tuple[str, ...]:
        found: list[str] = []
        for channel in self.wired.team.channels.values():
            for message in channel.messages:
                if message.bot_id:
                    found += pings(message.blocks)
                    found += re.findall(r"<[@!#][^>]*>", message.text)
        return tuple(found)

    async def shown_to(self, account: AccountId) -> tuple[str, ...]:
        seen = Hands(self.wired.slack, self.wired.team, account.id)
        return tuple(read_blocks(shown.body["blocks"]) for shown in seen.seen())

    async def somebody_says(self, words: str, place: Place) -> Ref:
        elements = [
            {"type": "text", "text": piece.strip("*"), "style": {"bold": True}}
            if piece.startswith("**")
            else {"type": "text", "text": piece}
            for piece in re.split(r"(\*\*[^*]+\*\*)", words)
            if piece
        ]
        section = {"type": "rich_text_section", "elements": elements}
        blocks = [{"type": "rich_text", "block_id": "b", "elements": [section]}]
        channel = self._channel(place)
        message = await self.ana.says(channel, words, thread=place.thread, blocks=blocks)
        return Ref(place, message.ts)

    async def somebody_edits(self, ref: Ref, words: str) -> None:
        await self.ana.edits(self._channel(ref.place), self._message(ref), words)

    async def somebody_removes(self, ref: Ref) -> None:
        await self.ana.deletes(self._channel(ref.place), self._message(ref))

    async def somebody_reacts(self, ref: Ref, emoji: str, *, added: bool = True) -> None:
        channel = self._channel(ref.place)
        await self.ana.reacts(channel, self._message(ref), emoji, off=not added)

    async def somebody_presses(self, ref: Ref, label: str) -> None:
        await self.ana.presses(label, self._message(ref))
        await self._shown()

    async def somebody_types(self, command: str) -> None:
        await self.ana.types(command, self.wired.channel)
        await self._shown()

    async def somebody_submits(self, values: dict[str, str]) -> None:
        await until(lambda: self.ana.has_view)
        labels = {
            block["block_id"].partition(":")[2]: block["label"]["text"]
            for block in self.ana.view.inputs()
        }
        await self.ana.submits({labels[key]: value for key, value in values.items()})

    async def moderator_removes(self, ref: Ref) -> None:
        await self.dee.deletes(self._channel(ref.place), self._message(ref))

    async def link_preview_arrives(self, ref: Ref) -> None:
        wired, message = self.wired, self._message(ref)
        channel = self._channel(ref.place)
        wired.slack.change(wired.team, channel, message, is_edit=False, text=message.text)
        await wired.slack.settled()

    async def delivered_again(self) -> None:
        wired = self.wired
        again = {**wired.slack.delivered[-1], "event_id": "Ev0AGAIN"}
        await wired.slack.deliver("events_api", again)

    async def next_send_is_busy(self, seconds: float) -> None:
        self.wired.slack.faults["chat.postMessage"].append(Fault("429", seconds=seconds))

    async def next_answer_is_lost(self) -> None:
        self.wired.slack.faults["chat.postMessage"].append(Fault("drop"))

    async def gone_channel(self) -> Place:
        return Place("slack", self.wired.team.id, "C0GONE")

    async def _shown(self) -> None:
        """Wait for what follows the acknowledgement."""
        async with asyncio.timeout(PATIENCE):
            await self.wired.chat.settled()

    def _channel(self, place: Place) -> Channel:
        team = self.wired.team
        return team.direct(place.account.id) if place.is_direct else team.channels[place.channel]

    def _message(self, ref: Ref) -> Message:
        message = self._channel(ref.place).find(ref.id)
        assert message is not None
        return message


def read_blocks(blocks: list[dict[str, Any]]) -> str:
    """What people read in blocks."""
    return "\n".join(filter(None, map(_read, blocks)))


def _read(part: dict[str, Any]) -> str:
    kind = part["type"]
    if kind == "actions":
        return ""
    if kind == "rich_text_section" or "elements" not in part:
        inside = part.get("elements", [part])
        return "".join(_words(each) for each in inside)
    return "\n".join(map(_read, part["elements"]))


def _words(part: dict[str, Any]) -> str:
    text = part.get("text", "")
    return text if isinstance(text, str) else str(text["text"])


def pings(part: Any) -> list[str]:
    """The elements that would ring somebody's phone."""
    if isinstance(part, list):
        return [found for each in part for found in pings(each)]
    if not isinstance(part, dict):
        return []
    mrkdwn = part["text"] if part.get("type") == "mrkdwn" else ""
    own = [part["type"]] if part.get("type") in ("user", "usergroup", "broadcast") else []
    own += re.findall(r"<[@!][^>]*>", mrkdwn)
    return own + [found for each in part.values() for found in pings(each)]


class TestSlack(ChatFacts):
    @pytest.fixture(params=["socket", "http"])
    async def bench(self, request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Bench]:
        desk = ListeningDesk()
        async with slack.bench(request.param, sqlite_url, desk) as wired:
            yield SlackBench(wired, desk)
