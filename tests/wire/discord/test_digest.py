"""The digest on a loopback Discord: shown to one person, posted for everybody, linked to its sources."""

from __future__ import annotations

from tests.wire.discord.bench import DEE
from tests.wire.discord.hands import words
from tests.wire.discord.test_house import House, house
from tests.wire.discord.world import Message

__all__ = ["house"]


async def narrated(house: House) -> None:
    ana = house.hands()
    await ana.types("/checkin", house.channel)
    await house.settle()
    await ana.submits(
        {"What will you move today?": "The crane", "What surprised you?": "The tide table is old"}
    )
    await house.settle()


def pictured(messages: list[Message]) -> list[Message]:
    return [one for one in messages if any(file.startswith(b"\x89PNG") for file in one.files)]


async def test_the_digest_is_shown_with_its_picture_and_posted_with_it(house: House) -> None:
    await narrated(house)
    dee = house.hands(DEE)
    await dee.types("/digest", house.channel)
    await house.settle()
    (shown,) = pictured(dee.seen())
    assert "The tide table is old" in words(shown.content)

    await dee.presses("Post in #901", shown)
    await house.settle()
    (posted,) = pictured(house.own(house.channel.messages))
    assert "Ana: The tide table is old" in words(posted.content)
    (day,) = [one for one in house.own(house.channel.messages) if one != posted]
    thread = house.discord.find(day.id)
    assert thread is not None
    entry = next(one for one in house.own(thread.messages) if "tide table" in one.content)
    assert f"https://discord.com/channels/900/{day.id}/{entry.id}" in posted.content
    assert posted.attachments[0]["description"].startswith("Bar chart of entries per week")


async def test_the_digest_is_taken_along_as_a_file_in_the_direct_message(house: House) -> None:
    await narrated(house)
    dee = house.hands(DEE)
    await dee.types("/digest", house.channel)
    await house.settle()
    (shown,) = pictured(dee.seen())
    await dee.presses("Markdown", shown)
    await house.settle()
    direct = house.discord.direct(DEE)
    assert direct is not None
    last = list(direct.messages.values())[-1]
    assert "to take along" in words(last.content)
    assert [one["filename"][-3:] for one in last.attachments] == [".md"]
    assert b"**Ana:** The tide table is old" in last.files[0]
