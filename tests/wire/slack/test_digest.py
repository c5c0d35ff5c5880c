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
    assert ack.ok
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


async def test_the_digest_is_taken_along_as_a_file_in_the_direct_message(house: House) -> None:
    await narrated(house)
    dee = house.hands("U04DEE")
    await dee.types("/digest", house.channel)
    await house.settle()
    shown = next(one for one in reversed(dee.seen()) if kit.files_in(one.body["blocks"]))
    await dee.presses("HTML", shown)
    await house.settle()
    *_, card, share = house.team.direct("U04DEE").messages
    assert "to take along" in words(card.blocks)
    (file,) = share.files
    assert file["name"].startswith("c01gen-")
    assert file["name"].endswith(".html")
    assert b"The tide table is old" in house.team.files[file["id"]].data


async def test_the_map_of_communities_is_shown_to_whoever_asks(house: House) -> None:
    dee = house.hands("U04DEE")
    await dee.types("/community", house.channel)
    await dee.types("/community map", house.channel)
    await house.settle()
    said = [words(one.body["blocks"]) for one in dee.seen()]
    assert "Type /community map: it shows who learns with whom." in said
    assert any("The communities around you" in one or "in no community yet" in one for one in said)


async def test_the_form_of_the_schedule_opens_by_command(house: House) -> None:
    dee = house.hands("U04DEE")
    await dee.types("/digest schedule", house.channel)
    await house.settle()
    assert dee.has_view
    assert "How often" in dee.labels()
    await dee.submits({"How often": "Every week", "On": "Friday", "At": "16:30"})
    await house.settle()
