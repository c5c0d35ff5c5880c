"""A lost answer, a 502 behind a post and a killed sender leave one message each."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter

import pytest

from bot.chat import Busy, Card, Text, Unsure
from tests.wire.discord import bench as wire
from tests.wire.discord.faults import Fault

POST = "POST /channels/{channel}/messages"
MESSAGES = 40


@pytest.mark.parametrize("seed", range(3))
async def test_no_message_is_posted_twice_or_lost(sqlite_url: str, seed: int) -> None:
    chance = random.Random(seed)
    async with wire.bench(sqlite_url) as wired:
        chat = wired.chat

        async def send(number: int, *, again: bool) -> None:
            # The same words each time: only the key tells them apart.
            card = Card(text=Text.of(f"Word {number % 4}"))
            await chat.send(wired.place(), card, key=f"k{number}", again=again)

        for number in range(MESSAGES):
            again = False
            for _ in range(10):
                fault = chance.choice(["", "", "drop", "down", "502", "kill", "forgotten"])
                kind = {"kill": "late", "forgotten": "drop"}.get(fault, fault)
                if kind:
                    wired.discord.faults[POST].append(Fault(kind, seconds=0.1))
                sending = asyncio.create_task(send(number, again=again))
                if fault == "kill":
                    done, _ = await asyncio.wait({sending}, timeout=0.05)
                    sending.cancel()
                    again = True
                try:
                    with contextlib.suppress(asyncio.CancelledError):
                        await sending
                        wired.discord.faults[POST].clear()
                        if fault != "kill" or done:
                            break
                except Unsure:
                    again = True
                except Busy:
                    pass
                wired.discord.faults[POST].clear()
                if fault == "forgotten":
                    # An outage longer than Discord remembers a nonce.
                    wired.discord.nonces.clear()
                    chat._messages.lost.echoes.clear()
        await wired.settled()
        counts = Counter(one.content for one in wired.channel.messages.values())
        assert counts == Counter(f"Word {number % 4}" for number in range(MESSAGES))
