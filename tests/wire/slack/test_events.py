"""What happens in Slack reaches the desk, once and whole, in both ways of connecting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat import Card, Edited, Joined, Left, Place, Profile, Reacted, Removed, Said, Text
from tests.wire.slack.bench import Bench
from tests.wire.slack.world import Message, new_ts


async def test_an_event_that_could_not_be_kept_comes_again_and_is_kept(both: Bench) -> None:
    both.desk.broken = True

    def mend() -> None:
        both.desk.broken = False
        both.slack.be_patient()

    both.slack.before_retry = mend
    if both.slack.mode == "socket":
        both.slack.wait_seconds = 0.2
    await both.hands().says(both.channel, "Keep me")
    assert [said.text for said in both.desk.heard] == [Text.of("Keep me")]
    assert len(both.slack.acks) == 2


async def test_a_message_told_eleven_times_under_other_ids_is_kept_once(both: Bench) -> None:
    await both.hands().says(both.channel, "Once")
    for number in range(10):
        again = {**both.slack.delivered[-1], "event_id": f"Ev0AGAIN{number}"}
        assert (await both.slack.deliver("events_api", again)).ok
    assert both.desk.deliveries == 11
    assert len(both.desk.heard) == 1


async def test_a_mention_of_the_bot_is_one_message(both: Bench) -> None:
    await both.hands().says(both.channel, f"<@{both.team.bot.id}> hello", blocks=[])
    assert both.slack.used_events == {"message.channels", "app_mention"}
    (said,) = both.desk.heard
    assert isinstance(said, Said)
    assert said.text.plain() == "@Outloud hello"


async def test_events_in_the_wrong_order_are_all_kept(both: Bench) -> None:
    message = await both.hands().says(both.channel, "First")
    await both.hands().edits(both.channel, message, "Second")
    first, second = both.slack.delivered
    both.desk.events.clear()
    for payload in (second, first):
        await both.slack.deliver("events_api", payload)
    assert [type(event) for event in both.desk.heard] == [Edited, Said]


async def test_what_somebody_types_to_the_bot_alone_is_in_the_direct_place(both: Bench) -> None:
    ana = both.hands()
    message = await ana.says("@", "Just between us")
    await ana.edits("@", message, "Between us two")
    await ana.reacts(both.team.direct("U01ANA"), message, "bulb")
    await ana.deletes("@", message)
    places = {event.ref.place for event in both.desk.heard}
    assert places == {both.account().direct}
    assert [type(event) for event in both.desk.heard] == [Said, Edited, Reacted, Removed]


async def test_the_bots_own_post_removed_in_a_direct_message_names_the_person(both: Bench) -> None:
    direct = both.account().direct
    (ref,) = await both.chat.send(direct, Card(title="Good morning"), key="k")
    message = both.team.direct("U01ANA").find(ref.id)
    await both.hands("U04DEE").deletes(both.team.direct("U01ANA"), message)
    (removed,) = both.desk.heard
    assert isinstance(removed, Removed)
    assert removed.ref == ref


async def test_a_person_of_a_direct_message_is_asked_for_when_no_event_tells(both: Bench) -> None:
    channel = both.team.direct("U02BEN")
    message = Message(new_ts(), both.team.bot.id, "from another life", bot_id=both.team.bot_id)
    channel.messages.append(message)
    await both.hands("U04DEE").deletes(channel, message)
    (removed,) = both.desk.heard
    assert removed.ref.place == both.account("U02BEN").direct
    assert "conversations.info" in [name for name, _ in both.slack.calls]


async def test_a_post_of_the_bot_with_replies_is_removed_when_only_its_stone_is_left(
    both: Bench,
) -> None:
    (ref,) = await both.chat.send(both.place(), Card(title="Monday"), key="k")
    root = both.channel.find(ref.id)
    await both.hands().says(both.channel, "A reply", thread=ref.id)
    await both.hands("U04DEE").deletes(both.channel, root)
    removed = both.desk.heard[-1]
    assert isinstance(removed, Removed)
    assert removed.ref == ref


async def test_what_the_bot_removes_itself_is_no_removal_by_somebody(both: Bench) -> None:
    refs = await both.chat.send(both.place(), Card(title="Monday"), key="k")
    await both.hands().says(both.channel, "A reply", thread=refs[0].id)
    await both.chat.remove(refs)
    await both.slack.settled()
    assert [type(event) for event in both.desk.heard] == [Said]


async def test_a_reaction_to_a_reply_names_the_thread_even_when_it_was_never_seen(
    both: Bench,
) -> None:
    root, reply = Message(new_ts(), "U02BEN", "root"), Message(new_ts(), "U02BEN", "reply")
    root.thread_ts = reply.thread_ts = root.ts
    both.channel.messages += [root, reply]
    await both.hands().reacts(both.channel, reply, "bulb")
    await both.hands().reacts(both.channel, root, "bulb")
    first, second = both.desk.heard
    assert (first.ref.place, first.ref.id) == (both.place(root.ts), reply.ts)
    assert second.ref.place == both.place()


async def test_a_reaction_is_kept_without_its_thread_when_slack_does_not_tell(both: Bench) -> None:
    from tests.wire.slack.faults import Fault

    both.slack.faults["conversations.replies"].append(Fault("500"))
    message = Message(new_ts(), "U02BEN", "unseen")
    both.channel.messages.append(message)
    await both.hands().reacts(both.channel, message, "bulb")
    (reacted,) = both.desk.heard
    assert reacted.ref.place == both.place()


async def test_people_come_and_go(both: Bench) -> None:
    ana = both.hands()
    await ana.joins(both.channel, leaves=True)
    await ana.joins(both.channel)
    left, joined = both.desk.heard
    assert (type(left), left.channel) == (Left, both.place())
    assert (type(joined), joined.channel) == (Joined, both.place())


async def test_a_new_zone_is_known_at_once_and_an_old_one_for_an_hour(both: Bench) -> None:
    account = both.account()
    assert await both.chat.profile(account) == Profile(
        "Ana", "Europe/Lisbon", "en-GB", workspace="T01TEST"
    )
    both.team.people["U01ANA"].tz = "Asia/Kolkata"
    told = await both.chat.profile(account)
    assert told is not None
    assert told.zone == "Europe/Lisbon"
    assert [name for name, _ in both.slack.calls].count("users.info") == 1
    await both.hands().changes_profile(name="Ana L")
    told = await both.chat.profile(account)
    assert told is not None
    assert (told.name, told.zone) == ("Ana L", "Asia/Kolkata")
    both.clock.forward(timedelta(hours=1, seconds=1))
    await both.chat.profile(account)
    assert [name for name, _ in both.slack.calls].count("users.info") == 3


async def test_a_closed_account_has_left_the_workspace(both: Bench) -> None:
    await both.hands().changes_profile(deleted=True)
    (left,) = both.desk.heard
    assert (type(left), left.by, left.channel) == (Left, both.account(), None)


async def test_people_of_another_company_are_not_read(both: Bench) -> None:
    both.channel.shared_with = "T09OTHER"
    stranger = both.hands("U0STRANGER")
    both.team.person("U0STRANGER", "Stranger").team = "T09OTHER"
    message = await stranger.says(both.channel, "Hello over there")
    assert message in both.channel.messages
    await both.hands().says(both.channel, "Hello back")
    assert [event.by.id for event in both.desk.heard] == ["U01ANA"]


async def test_the_bot_is_not_told_of_channels_it_is_not_in(both: Bench) -> None:
    other = both.team.channel("C02OTHER", "other", "U01ANA")
    await both.hands().says(other, "Private matters")
    assert both.desk.heard == []


async def test_a_private_channel_works_like_any_other(both: Bench) -> None:
    assert both.team.bot is not None
    private = both.team.channel("G01PRIV", "quiet", "U01ANA", both.team.bot.id, is_private=True)
    place = Place("slack", both.team.id, private.id)
    await both.hands().says(private, "In here")
    (ref,) = await both.chat.send(place, Card(title="Monday"), key="k")
    (said,) = both.desk.heard
    assert said.ref.place == place == ref.place
    assert [one.id for one in await both.chat.members(place)] == ["U01ANA"]


async def test_names_of_people_are_in_what_they_are_mentioned_in(both: Bench) -> None:
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "thanks "},
            {"type": "user", "user_id": "U02BEN"},
            {"type": "text", "text": " in "},
            {"type": "channel", "channel_id": "C01GEN"},
        ],
    }
    blocks = [{"type": "rich_text", "elements": [section]}]
    await both.hands().says(both.channel, "thanks", blocks=blocks)
    (said,) = both.desk.heard
    assert said.text.plain() == "thanks @Ben in #team-harbour"
    assert said.text.blocks[0].spans[1].mention == "U02BEN"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "message"},
        {"type": "message", "channel": "C01GEN", "user": "U01ANA", "ts": "soon"},
        {"type": "message", "channel": "C01GEN", "subtype": "message_changed", "message": {}},
        {"type": "message", "channel": 7, "user": ["U01ANA"], "ts": None, "blocks": "none"},
        {"type": "reaction_added", "user": "U01ANA", "item": None, "event_ts": "1.1"},
        {"type": "app_home_opened"},
        {"type": "user_change", "user": "U01ANA"},
    ],
)
async def test_what_cannot_be_understood_is_acknowledged_and_not_kept(
    both: Bench, event: dict[str, object]
) -> None:
    ack = await both.slack.deliver("events_api", both.slack.envelope(both.team, event))
    assert ack.ok
    assert len(both.slack.acks) == 1
    assert both.desk.heard == []
    await both.hands().says(both.channel, "Still here")
    assert len(both.desk.heard) == 1
