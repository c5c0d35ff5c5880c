"""What people do in channels, threads, forums and direct messages, as it reaches the desk."""

from __future__ import annotations

from bot.chat import (
    AccountId,
    Block,
    Button,
    Card,
    Edited,
    Joined,
    Left,
    Place,
    Reacted,
    Removed,
    Said,
    Span,
    Text,
)
from tests.wire.discord import world
from tests.wire.discord.bench import ANA, BEN, CHI, DEE, Bench
from tests.wire.discord.hands import Hands, buttons, until, words


def said(bench: Bench) -> list[Said]:
    return [event for event in bench.desk.heard if isinstance(event, Said)]


def card(words: str) -> Card:
    return Card(text=Text.of(words))


async def second_server(wired: Bench) -> world.Guild:
    """Another server that Ana is in too."""
    other = wired.discord.guild("950", "Orchard", "299")
    wired.discord.joins(other, wired.discord.users[ANA])
    wired.discord.channel(other, "951", "team-orchard")
    await wired.discord.gateway.tell("GUILD_CREATE", other.told_whole("701"), "950")
    await wired.settled()
    return other


async def test_mentions_are_read_as_names(wired: Bench) -> None:
    await wired.hands().says(wired.channel, f"Thanks <@{BEN}>, see <#901>")
    await wired.settled()
    (heard,) = said(wired)
    spans = (Span("Thanks "), Span("@Ben", mention=BEN), Span(", see #"), Span("team-harbour"))
    assert heard.text.plain() == "Thanks @Ben, see #" + wired.channel.name
    assert heard.text.blocks[0].spans[:2] == spans[:2]
    assert isinstance(heard.text.blocks[0], Block)


async def test_bots_webhooks_and_notices_are_not_heard(wired: Bench) -> None:
    wired.discord.user("209", "Other", is_bot=True)
    other = wired.hands("209")
    await other.says(wired.channel, "I am a bot")
    await wired.hands().says(wired.channel, "By a webhook", webhook="555")
    await wired.hands().says(wired.channel, "", type=7)
    await wired.hands().says(wired.channel, "I am a person")
    await wired.settled()
    assert [event.text.plain() for event in said(wired)] == ["I am a person"]


async def test_what_stands_in_a_thread_is_heard_there(wired: Bench) -> None:
    (parent,) = await wired.chat.send(wired.place(), card("Today"), key="k")
    ana = wired.hands()
    thread = ana.thread(wired.channel.messages[parent.id])
    message = await ana.says(thread, "In the thread")
    await ana.reacts(message)
    await ana.edits(message, "In this thread")
    await ana.deletes(message)
    await wired.settled()
    heard = wired.desk.heard
    assert [type(event) for event in heard] == [Said, Reacted, Edited, Removed]
    assert {event.ref.place for event in heard} == {parent.replies}


async def test_a_reply_to_the_bot_in_the_open_means_its_thread(wired: Bench) -> None:
    (prompt,) = await wired.chat.send(wired.place(), card("What is next?"), key="k")
    ana = wired.hands()
    above = wired.channel.messages[prompt.id]
    message = await ana.says(wired.channel, "The crane", answers=above)
    await ana.edits(message, "The low crane")
    await ana.reacts(message)
    await wired.settled()
    heard = list(wired.desk.heard)
    assert {event.ref.place for event in heard} == {prompt.replies}
    fetched = await wired.chat.fetch(heard[0].ref)
    assert fetched is not None
    assert fetched.text.plain() == "The low crane"
    await ana.deletes(message)
    await wired.settled()
    assert wired.desk.heard[-1].ref == heard[0].ref
    (reply,) = await wired.chat.send(heard[0].ref.replies, card("Kept."), key="k2")
    assert reply.place == prompt.replies


async def test_a_reply_to_a_person_stays_in_the_open(wired: Bench) -> None:
    first = await wired.hands(BEN).says(wired.channel, "Who comes?")
    await wired.hands().says(wired.channel, "I do", answers=first)
    await wired.settled()
    assert [event.ref.place for event in said(wired)] == [wired.place(), wired.place()]


async def test_a_bulk_deletion_is_heard_message_by_message(wired: Bench) -> None:
    ana = wired.hands()
    several = [await ana.says(wired.channel, f"word {number}") for number in range(3)]
    await wired.hands(DEE).deletes(*several)
    await wired.settled()
    removed = [event for event in wired.desk.heard if isinstance(event, Removed)]
    assert [event.ref.id for event in removed] == [one.id for one in several]


async def test_a_forums_posts_stand_in_the_open_and_answers_in_their_threads(
    wired: Bench,
) -> None:
    forum = wired.discord.channel(wired.guild, "905", "lessons", world.FORUM)
    place = Place("discord", wired.guild.id, forum.id)
    (ref,) = await wired.chat.send(place, Card(title="A low wall holds"), key="k")
    assert ref.place == place
    thread = wired.discord.find(ref.id)
    assert thread is not None
    assert thread.name == "A low wall holds"
    ana = wired.hands()
    answer = await ana.says(thread, "It did for us")
    await ana.reacts(thread.messages[ref.id])
    await wired.settled()
    heard, reacted = wired.desk.heard
    assert heard.ref.place == ref.replies
    assert heard.ref.id == answer.id
    assert reacted.ref == ref
    assert await wired.chat.edit((ref,), Card(title="A low wall holds, mostly")) == (ref,)
    (more,) = await wired.chat.send(ref.replies, card("Thanks"), key="k2")
    assert more.id in thread.messages


async def test_a_forums_post_is_renamed_with_its_card_and_when_it_is_withdrawn(
    wired: Bench,
) -> None:
    forum = wired.discord.channel(wired.guild, "905", "lessons", world.FORUM)
    place = Place("discord", wired.guild.id, forum.id)
    refs = await wired.chat.send(place, Card(title="A low wall holds"), key="k")
    thread = wired.discord.find(refs[0].id)
    assert thread is not None
    await wired.chat.edit(refs, Card(title="A low wall holds, mostly"))
    assert thread.name == "A low wall holds, mostly"
    await wired.chat.remove(refs)
    assert (thread.name, thread.messages) == ("Withdrawn", {})


async def test_a_forums_post_that_a_moderator_deletes_is_heard_as_removed(wired: Bench) -> None:
    forum = wired.discord.channel(wired.guild, "905", "lessons", world.FORUM)
    place = Place("discord", wired.guild.id, forum.id)
    (ref,) = await wired.chat.send(place, Card(title="A low wall holds"), key="k")
    del wired.guild.channels[ref.id]
    told = {"id": ref.id, "guild_id": wired.guild.id, "parent_id": forum.id, "type": 11}
    await wired.discord.gateway.tell("THREAD_DELETE", told, wired.guild.id)
    await wired.settled()
    (removed,) = wired.desk.heard
    assert removed.ref == ref


async def test_coming_into_a_server_and_leaving_it_is_heard(wired: Bench) -> None:
    chi = wired.hands(CHI)
    await chi.leaves()
    await chi.joins()
    await wired.settled()
    left, joined = wired.desk.heard
    assert isinstance(left, Left)
    assert isinstance(joined, Joined)
    assert left.by == joined.by == wired.account(CHI)
    assert joined.channel is None


async def test_emoji_have_short_names(wired: Bench) -> None:
    message = await wired.hands().says(wired.channel, "The wall holds")
    for emoji in ("👍🏽", "❤️", "🛶"):
        await wired.hands(BEN).reacts(message, emoji)
    await wired.settled()
    found = [event.emoji for event in wired.desk.heard if isinstance(event, Reacted)]
    assert found == ["+1", "heart", "canoe"]


async def test_the_same_emoji_put_on_twice_is_heard_twice(wired: Bench) -> None:
    message = await wired.hands().says(wired.channel, "The wall holds")
    for off in (False, True, False):
        await wired.hands(BEN).reacts(message, off=off)
    await wired.settled()
    reacted = [event.added for event in wired.desk.heard if isinstance(event, Reacted)]
    assert reacted == [True, False, True]


async def test_direct_words_belong_to_the_server_that_spoke_last(wired: Bench) -> None:
    other = await second_server(wired)
    there = AccountId("discord", other.id, ANA)
    await wired.chat.send(wired.account().direct, card("From here"), key="k1")
    ana = wired.hands()
    first = await ana.says("@", "An answer to here")
    await wired.settled()
    await wired.chat.send(there.direct, card("From there"), key="k2")
    await ana.says("@", "An answer to there")
    await ana.edits(first, "A better answer to here")
    await ana.deletes(first)
    await wired.settled()
    heard = [(type(event), event.ref.place.workspace) for event in wired.desk.heard]
    assert heard == [(Said, "900"), (Said, "950"), (Edited, "900"), (Removed, "900")]


async def test_who_never_heard_from_the_bot_is_asked_which_server_is_meant(
    wired: Bench,
) -> None:
    await second_server(wired)
    ana = wired.hands()
    message = await ana.says("@", "Paint the wall")
    await wired.settled()
    assert wired.desk.heard == []
    question = list(wired.discord.direct(ANA).messages.values())[-1]
    assert set(buttons(question)) == {"Harbour", "Orchard"}
    await ana.presses("Orchard", question)
    await wired.settled()
    (heard,) = said(wired)
    assert heard.ref.place == AccountId("discord", "950", ANA).direct
    assert heard.ref.id == message.id
    assert "Orchard" in question.content
    assert question.components == []
    await ana.says("@", "And the door")
    await wired.settled()
    assert [event.ref.place.workspace for event in said(wired)] == ["950", "950"]


async def test_a_command_in_a_direct_message_asks_for_the_server_first(wired: Bench) -> None:
    await second_server(wired)
    ana = wired.hands()
    await ana.types("/grain", "@")
    assert wired.desk.acts == []
    await ana.presses("Harbour", ana.seen()[0])
    assert "type that once more" in words(ana.seen()[0].content)
    await ana.types("/grain", "@")
    assert wired.desk.acts[0].by == wired.account()


async def test_a_stranger_is_told_that_there_is_no_server_for_them(wired: Bench) -> None:
    wired.discord.user("299", "Stranger")
    stranger = Hands(wired.discord, wired.guild, "299")
    await stranger.says("@", "Hello?")
    await wired.settled()
    assert wired.desk.heard == []
    told = list(wired.discord.direct("299").messages.values())[-1]
    assert "We share no server" in told.content


async def test_a_direct_reply_stands_under_what_it_answers(wired: Bench) -> None:
    said_card = Card(text=Text.of("Ready?"), buttons=(Button("Yes", "checkins.form:1"),))
    (prompt,) = await wired.chat.send(wired.account().direct, said_card, key="k")
    ana = wired.hands()
    above = wired.discord.direct(ANA).messages[prompt.id]
    first = await ana.says("@", "Yes, soon", answers=above)
    await ana.says("@", "Very soon", answers=first)
    await ana.reacts(first)
    await wired.settled()
    assert {event.ref.place for event in wired.desk.heard} == {prompt.replies}
    (reply,) = await wired.chat.send(prompt.replies, card("Good"), key="k2")
    posted = wired.discord.direct(ANA).messages[reply.id]
    assert posted.reference == {"message_id": prompt.id, "fail_if_not_exists": False}


async def test_what_cannot_be_kept_waits_for_the_database(wired: Bench) -> None:
    wired.desk.broken = True
    await wired.hands().says(wired.channel, "First")
    await wired.hands().says(wired.channel, "Second")
    await until(lambda: len(wired.slept) > 3)
    wired.desk.broken = False
    await wired.settled()
    assert [event.text.plain() for event in said(wired)] == ["First", "Second"]


async def test_something_in_a_channel_nobody_knows_holds_nothing_up(wired: Bench) -> None:
    unknown = {"id": "77", "channel_id": "31337", "guild_id": "900"}
    await wired.discord.gateway.tell("MESSAGE_DELETE", unknown, "900")
    await wired.hands().says(wired.channel, "Still here")
    await wired.settled()
    assert [event.text.plain() for event in said(wired)] == ["Still here"]


async def test_a_server_that_sends_the_bot_away_is_forgotten(wired: Bench) -> None:
    other = await second_server(wired)
    there = AccountId("discord", other.id, ANA)
    await wired.chat.send(there.direct, card("From there"), key="k")
    await wired.discord.gateway.tell("GUILD_DELETE", {"id": other.id}, other.id)
    await wired.settled()
    await wired.hands().says("@", "For the one that is left")
    await wired.settled()
    (heard,) = said(wired)
    assert heard.ref.place.workspace == "900"
