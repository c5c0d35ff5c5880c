"""Slack fails in every way a platform can, and everything that was said stands there once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.hunt.crashing import Hunt, person
from tests.hunt.nursery import Nursery
from tests.wire.slack.faults import Fault
from tests.wire.slack.hands import until

KINDS = ("429", "500", "hang", "drop", "late")
"""It is busy, broken, silent, breaks off after it has done what was asked, and answers too late."""
POSTS = 3
"""Calls that go wrong in each way."""


def is_answered(hunt: Hunt, number: int) -> bool:
    """Whether the bot has told somebody that their grain is kept."""
    return any(message.bot_id for message in hunt.team.direct(person(number)).messages)


async def test_however_slack_fails_each_message_stands_there_once(
    nursery: Nursery, sqlite_url: str, tmp_path: Path
) -> None:
    """Posts and changes fail, each kind several times, while people drop grains and reword them."""
    async with Hunt(nursery, tmp_path, sqlite_url).open() as one:
        faults = [
            Fault(kind, seconds=12 if kind == "late" else 1) for kind in KINDS for _ in range(POSTS)
        ]
        one.slack.faults["chat.postMessage"] = faults
        one.slack.faults["chat.update"] = [Fault(kind) for kind in KINDS if kind != "hang"]
        await asyncio.gather(*(one.say(number) for number in range(len(faults))))
        # What is reworded before its answer is posted needs no change, and so no call that could go wrong.
        await until(lambda: sum(is_answered(one, number) for number in range(len(KINDS))) > 2)
        await asyncio.gather(*(one.reword(number) for number in range(len(KINDS))))
        await one.settle()
        count = one.count()
        untouched = [fault for some in one.slack.faults.values() for fault in some if fault.times]
    assert untouched == []
    assert count.sent >= len(faults)
    assert (count.lost, count.duplicates) == (0, 0)
