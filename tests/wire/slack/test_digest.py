"""The digest on a loopback Slack: shown to one person, posted for everybody, linked to its sources."""

from __future__ import annotations

import json

from tests.wire.slack import blocks as kit
from tests.wire.slack.hands import words
from tests.wire.slack.test_house import House, house

__all__ = ["house"]


async def narrated(house: House) -> None:
    ana = house.hands()
    await ana.types("/checkin", house.channel)
    await house.settle()
    await ana.submits(
        {"What will you move today?": "The crane", "What surprised you?": "The tide table is old"}
    )
    await house.settle()


async def test_the_digest_is_shown_with_its_picture_and_posted_with_it(house: House) -> None:
    await narrated(house)
    dee = house.hands("U04DEE")
    ack = await dee.types("/digest", house.channel)
    await house.settle()
    assert ack.seconds < 3
    shown = next(one for one in reversed(dee.seen()) if kit.files_in(one.body["blocks"]))
    assert "The tide table is old" in words(shown.body["blocks"])
    (picture,) = kit.files_in(shown.body["blocks"])
    assert house.team.files[picture].data.startswith(b"\x89PNG")

    await dee.presses("Post in #C01GEN", shown)
    await house.settle()
    posted = [one for one in house.channel.messages if kit.files_in(one.blocks)]
    assert len(posted) == 1
    assert "The tide table is old" in words(posted[0].blocks)
    entry = house.entry("The tide table is old")
    link = f"https://slack.com/app_redirect?team=T01TEST&channel=C01GEN&message_ts={entry.ts}"
    assert link in json.dumps(posted[0].blocks)


async def test_the_form_of_the_schedule_opens_by_command(house: House) -> None:
    dee = house.hands("U04DEE")
    await dee.types("/digest schedule", house.channel)
    await house.settle()
    assert dee.has_view
    assert "How often" in dee.labels()
    await dee.submits({"How often": "Every week", "On": "Friday", "At": "16:30"})
    await house.settle()
