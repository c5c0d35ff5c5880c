"""Posting, changing and removing over the wire, when Discord is well and when it is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from adapters.discord.tables import DiscordMessage
from bot.chat import Busy, Button, Card, Picture, Place, Refused, Text, Unsure
from tests.wire.discord import bench as wire
from tests.wire.discord import world
from tests.wire.discord.bench import ANA, Bench
from tests.wire.discord.faults import Fault
from tests.wire.discord.hands import words
from tests.wire.discord.world import Message

POST = "POST /channels/{channel}/messages"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def card(words: str, **more: Any) -> Card:
    return Card(text=Text.of(words), **more)


def posted(bench: Bench) -> list[Message]:
    return list(bench.channel.messages.values())


async def test_every_message_is_sent_with_its_key_as_a_nonce(wired: Bench) -> None:
    await wired.chat.send(wired.place(), card("Good morning"), key="a very long key " * 20)
    (message,) = posted(wired)
    assert len(message.nonce) == 25
    assert message.allowed == {"parse": []}
    assert message.flags & 4


async def test_the_same_key_without_again_leaves_one_message_too(wired: Bench) -> None:
    first = await wired.chat.send(wired.place(), card("Good morning"), key="k")
    assert await wired.chat.send(wired.place(), card("Good morning"), key="k") == first
    assert len(posted(wired)) == 1


@pytest.mark.parametrize("kind", ["500", "502", "503", "504"])
async def test_a_problem_of_discords_own_pauses_the_platform_at_once(
    wired: Bench, kind: str
) -> None:
    wired.discord.faults[POST].append(Fault(kind))
    with pytest.raises(Busy) as busy:
        await wired.chat.send(wired.place(), card("Good morning"), key="k")
    assert busy.value.everywhere
    assert wired.discord.calls[POST] == 1
    await wired.chat.send(wired.place(), card("Good morning"), key="k")
    assert len(posted(wired)) == 1


async def test_a_message_posted_behind_a_502_is_found_although_it_was_only_busy(
    wired: Bench,
) -> None:
    wired.discord.faults[POST].append(Fault("down"))
    with pytest.raises(Busy):
        await wired.chat.send(wired.place(), card("Good morning"), key="k")
    wired.discord.nonces.clear()
    await wired.settled()
    (ref,) = await wired.chat.send(wired.place(), card("Good morning"), key="k")
    assert [one.id for one in posted(wired)] == [ref.id]


async def test_a_ban_by_the_network_before_discord_pauses_the_platform(wired: Bench) -> None:
    wired.discord.faults[POST].append(Fault("ban"))
    with pytest.raises(Busy) as busy:
        await wired.chat.send(wired.place(), card("Good morning"), key="k")
    assert (busy.value.everywhere, busy.value.seconds) == (True, 60)


async def test_the_limit_of_a_channel_is_not_that_of_the_platform(wired: Bench) -> None:
    wired.discord.faults[POST].append(Fault("429", seconds=4))
    with pytest.raises(Busy) as busy:
        await wired.chat.send(wired.place(), card("Good morning"), key="k")
    assert (busy.value.everywhere, busy.value.seconds) == (False, 4)
    wired.discord.faults[POST].append(Fault("429", seconds=45, is_global=True))
    with pytest.raises(Busy) as busy:
        await wired.chat.send(wired.place(), card("Good morning"), key="k")
    assert (busy.value.everywhere, busy.value.seconds) == (True, 45)


async def test_a_short_limit_is_waited_for(wired: Bench) -> None:
    wired.discord.faults[POST].append(Fault("429", seconds=0.05))
    await wired.chat.send(wired.place(), card("Good morning"), key="k")
    assert len(posted(wired)) == 1


async def test_buckets_are_respected_so_that_nothing_is_refused(sqlite_url: str) -> None:
    async with wire.bench(sqlite_url) as wired:
        wired.discord.limit = (5, 0.2)
        for number in range(12):
            await wired.chat.send(wired.place(), card(f"Word {number}"), key=f"k{number}")
        assert [one.content for one in posted(wired)] == [f"Word {n}" for n in range(12)]
        assert wired.discord.invalid == 0


async def test_no_answer_in_time_is_unsure(sqlite_url: str) -> None:
    async with wire.bench(sqlite_url, call_seconds=2) as wired:
        wired.discord.faults[POST].append(Fault("hang"))
        with pytest.raises(Unsure):
            await wired.chat.send(wired.place(), card("Good morning"), key="k")
        await wired.chat.send(wired.place(), card("Good morning"), key="k", again=True)
        assert len(posted(wired)) == 1


async def test_a_lost_answer_is_found_long_after_its_nonce_is_forgotten(wired: Bench) -> None:
    """Nothing tells it but its words: neither the nonce, nor our table, nor what the gateway said."""
    await wired.chat.send(wired.place(), card("Good morning"), key="another")
    wired.discord.faults[POST].append(Fault("drop"))
    with pytest.raises(Unsure):
        await wired.chat.send(wired.place(), card("Good morning"), key="k")
    await wired.settled()
    wired.discord.nonces.clear()
    wired.chat._messages.lost.echoes.clear()
    first, lost = posted(wired)
    (ref,) = await wired.chat.send(wired.place(), card("Good morning"), key="k", again=True)
    assert ref.id == lost.id != first.id
    assert len(posted(wired)) == 2


async def test_somebody_elses_message_with_the_same_words_is_not_taken_for_ours(
    wired: Bench,
) -> None:
    await wired.hands().says(wired.channel, "Good morning")
    (ref,) = await wired.chat.send(wired.place(), card("Good morning"), key="k", again=True)
    assert wired.channel.messages[ref.id].author.is_bot


async def test_a_message_of_days_ago_is_not_taken_for_a_lost_one(wired: Bench) -> None:
    now = wired.discord.ids.now
    wired.discord.ids.now = lambda: now() - timedelta(days=3)
    wired.discord.ids.last = 0
    await wired.chat.send(wired.place(), card("Good morning"), key="old")
    async with wired.store.sessions.begin() as session:
        await session.execute(delete(DiscordMessage))
    wired.discord.ids.now = now
    await wired.chat.send(wired.place(), card("Good morning"), key="k", again=True)
    assert len(posted(wired)) == 2


async def test_a_picture_is_an_attachment_that_an_edit_can_take_away(wired: Bench) -> None:
    refs = await wired.chat.send(
        wired.place(), card("The map", picture=Picture(PNG, "A map")), key="k"
    )
    (message,) = posted(wired)
    assert message.files == [PNG]
    assert message.attachments[0]["description"] == "A map"
    await wired.chat.edit(refs, card("No map"))
    assert message.attachments == []


async def test_more_buttons_than_one_message_holds_go_on_in_the_next(wired: Bench) -> None:
    buttons = tuple(Button(f"B{number}", f"a.b:{number}") for number in range(30))
    await wired.chat.send(wired.place(), card("Many", buttons=buttons), key="k")
    first, second = posted(wired)
    count = [sum(len(row["components"]) for row in one.components) for one in (first, second)]
    assert count == [25, 5]
    assert wired.discord.refused == []


async def test_an_entry_in_a_thread_put_away_can_still_be_changed_and_removed(
    wired: Bench,
) -> None:
    (day,) = await wired.chat.send(wired.place(), card("Today"), key="day")
    refs = await wired.chat.send(day.replies, card("Entry"), key="entry")
    thread = wired.discord.find(day.id)
    assert thread is not None
    thread.is_archived = True
    await wired.chat.edit(refs, card("Entry, edited"))
    assert thread.messages[refs[0].id].content == "Entry, edited"
    thread.is_archived = True
    await wired.chat.remove(refs)
    assert thread.messages == {}


async def test_a_thread_that_two_open_at_once_is_one_thread(wired: Bench) -> None:
    (day,) = await wired.chat.send(wired.place(), card("Today"), key="day")
    route = "POST /channels/{channel}/messages/{message}/threads"
    wired.discord.faults[route].append(Fault("drop"))
    with pytest.raises(Unsure):
        await wired.chat.send(day.replies, card("Entry"), key="entry")
    await wired.chat.send(day.replies, card("Entry"), key="entry", again=True)
    thread = wired.discord.find(day.id)
    assert thread is not None
    assert [one.content for one in thread.messages.values()] == ["Entry"]
    assert thread.name == "Entry"


async def test_a_forums_post_whose_answer_was_lost_is_found(wired: Bench) -> None:
    forum = wired.discord.channel(wired.guild, "905", "lessons", world.FORUM)
    place = Place("discord", wired.guild.id, forum.id)
    wired.discord.faults["POST /channels/{channel}/threads"].append(Fault("drop"))
    with pytest.raises(Unsure):
        await wired.chat.send(place, Card(title="A low wall holds"), key="k")
    (ref,) = await wired.chat.send(place, Card(title="A low wall holds"), key="k", again=True)
    threads = [one for one in wired.guild.channels.values() if one.parent == forum.id]
    assert [one.id for one in threads] == [ref.id]


async def test_a_channel_closed_to_the_bot_is_refused_with_what_to_do(wired: Bench) -> None:
    wired.channel.denied["799"] = world.VIEW_CHANNEL
    with pytest.raises(Refused, match="View Channel"):
        await wired.chat.send(wired.place(), card("Good morning"), key="k")
    wired.channel.denied["799"] = world.SEND_MESSAGES
    with pytest.raises(Refused, match="lacks a permission"):
        await wired.chat.send(wired.place(), card("Good morning"), key="k")


async def test_a_token_that_is_not_accepted_pauses_the_platform_and_kills_nothing(
    wired: Bench,
) -> None:
    wired.discord.token = "another"
    with pytest.raises(Busy) as busy:
        await wired.chat.send(wired.place(), card("Good morning"), key="k")
    assert busy.value.everywhere
    assert "DISCORD_TOKEN" in str(busy.value)


async def test_closed_direct_messages_are_replaced_by_a_private_thread(wired: Bench) -> None:
    wired.discord.users[ANA].takes_direct = False
    await wired.chat.send(wired.place(), card("Today"), key="day")
    (ref,) = await wired.chat.send(wired.account().direct, card("Ready?"), key="k1")
    (door,) = [one for one in wired.guild.channels.values() if one.is_thread]
    assert door.type == world.PRIVATE_THREAD
    assert door.parent == wired.channel.id
    assert ANA in door.invited
    told, prompt = door.messages.values()
    assert "privacy settings" in told.content
    assert prompt.id == ref.id
    (second,) = await wired.chat.send(wired.account().direct, card("Again?"), key="k2")
    await wired.chat.edit((second,), card("Once more?"))
    assert [words(one.content) for one in door.messages.values()][1:] == ["Ready?", "Once more?"]
    answer = await wired.hands().says(door, "Behind the door")
    await wired.settled()
    heard = wired.desk.heard[-1]
    assert heard.ref.place == wired.account().direct
    fetched = await wired.chat.fetch(heard.ref)
    assert fetched is not None
    assert fetched.ref.id == answer.id


async def test_a_word_in_private_opens_the_direct_messages_again(wired: Bench) -> None:
    wired.discord.users[ANA].takes_direct = False
    await wired.chat.send(wired.place(), card("Today"), key="day")
    (behind,) = await wired.chat.send(wired.account().direct, card("Ready?"), key="k1")
    wired.discord.users[ANA].takes_direct = True
    await wired.hands().says("@", "Here I am")
    await wired.settled()
    (ref,) = await wired.chat.send(wired.account().direct, card("Good"), key="k2")
    assert ref.id in wired.discord.direct(ANA).messages
    # What stands behind the door is still reached there.
    await wired.chat.edit((behind,), card("Ready now?"))
    await wired.chat.remove((behind,))


async def test_a_private_thread_that_is_gone_is_opened_again(wired: Bench) -> None:
    wired.discord.users[ANA].takes_direct = False
    await wired.chat.send(wired.place(), card("Today"), key="day")
    await wired.chat.send(wired.account().direct, card("Ready?"), key="k1")
    (door,) = [one for one in wired.guild.channels.values() if one.is_thread]
    del wired.guild.channels[door.id]
    (ref,) = await wired.chat.send(wired.account().direct, card("Again?"), key="k2")
    (fresh,) = [one for one in wired.guild.channels.values() if one.is_thread]
    assert ref.id in fresh.messages


async def test_closed_direct_messages_without_a_channel_are_refused(wired: Bench) -> None:
    wired.discord.users[ANA].takes_direct = False
    with pytest.raises(Refused, match="no direct messages"):
        await wired.chat.send(wired.account().direct, card("Ready?"), key="k")


async def test_a_message_with_a_part_that_is_limited_is_finished_later(wired: Bench) -> None:
    text = " ".join(f"word{number:04}" for number in range(600))
    wired.discord.faults[POST].append(Fault("429", seconds=4, skip=1))
    with pytest.raises(Unsure):
        await wired.chat.send(wired.place(), card(text), key="k")
    await wired.chat.send(wired.place(), card(text), key="k", again=True)
    assert " ".join(words(one.content) for one in posted(wired)).split() == text.split()


async def test_a_message_with_a_part_that_is_refused_leaves_nothing(wired: Bench) -> None:
    text = " ".join(f"word{number:04}" for number in range(600))
    wired.discord.faults[POST].append(Fault("error", status=400, code=200000, skip=1))
    with pytest.raises(Refused, match="AutoMod"):
        await wired.chat.send(wired.place(), card(text), key="k")
    assert posted(wired) == []
    await wired.settled()
    assert wired.desk.heard == []


async def test_removing_when_discord_is_not_well_is_tried_later(wired: Bench) -> None:
    refs = await wired.chat.send(wired.place(), card("Good morning"), key="k")
    route = "DELETE /channels/{channel}/messages/{message}"
    wired.discord.faults[route].append(Fault("502"))
    with pytest.raises(Busy):
        await wired.chat.remove(refs)
    wired.discord.faults[route].append(Fault("drop"))
    await wired.chat.remove(refs)
    assert posted(wired) == []
