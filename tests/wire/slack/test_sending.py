"""Posting, and every way in which it can go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.slack import SlackChat, SlackSettings
from bot.chat import Attachment, Busy, Button, Card, Picture, Place, Ref, Refused, Text, Unsure
from tests.wire.slack.bench import Bench, bench
from tests.wire.slack.faults import Fault
from tests.wire.slack.hands import words

CARD = Card(text=Text.of("Good morning"))
LONG = " ".join(f"word{n:04}" for n in range(3000))


@pytest.fixture
async def hasty(sqlite_url: str) -> AsyncIterator[Bench]:
    """The adapter in Socket Mode, with less patience for Slack than usual, and more than a busy machine needs."""
    async with bench("socket", sqlite_url, call_seconds=2) as ready:
        yield ready


def posts(ready: Bench) -> list[str]:
    return [words(message.blocks) for message in ready.channel.messages]


async def test_a_post_carries_its_key_and_unfolds_no_links(socket: Bench) -> None:
    card = Card(text=Text.parse("See https://a.test/x"))
    (ref,) = await socket.chat.send(socket.place(), card, key="entry 7")
    message = socket.channel.find(ref.id)
    assert message is not None
    assert message.metadata == {
        "event_type": "outloud_message",
        "event_payload": {"key": "entry 7", "part": 0, "parts": 1},
    }
    assert message.unfurl_links is False


async def test_one_post_is_one_call_to_slack_even_to_somebody_new(socket: Bench) -> None:
    before = len(socket.slack.calls)
    await socket.chat.send(socket.account().direct, CARD, key="k")
    after = [name for name, _ in socket.slack.calls[before:]]
    assert [name for name in after if name != "auth.test"] == ["chat.postMessage"]


@pytest.mark.parametrize(
    "fault",
    [Fault("500"), Fault("error", code="fatal_error"), Fault("error", code="internal_error")],
)
async def test_a_slack_in_trouble_leaves_us_unsure_and_nothing_is_tried_again_by_itself(
    socket: Bench, fault: Fault
) -> None:
    socket.slack.faults["chat.postMessage"].append(fault)
    with pytest.raises(Unsure):
        await socket.chat.send(socket.place(), CARD, key="k")
    assert [name for name, _ in socket.slack.calls].count("chat.postMessage") == 1


@pytest.mark.parametrize(("fault", "stands"), [(Fault("hang"), 0), (Fault("late", seconds=4), 1)])
async def test_a_slack_that_takes_too_long_leaves_us_unsure_and_the_retry_tells(
    hasty: Bench, fault: Fault, stands: int
) -> None:
    hasty.slack.faults["chat.postMessage"].append(fault)
    with pytest.raises(Unsure):
        await hasty.chat.send(hasty.place(), CARD, key="k")
    assert len(posts(hasty)) == stands
    await hasty.chat.send(hasty.place(), CARD, key="k", again=True)
    assert posts(hasty) == ["Good morning"]


async def test_a_lost_answer_in_a_thread_and_in_a_direct_message_is_found_again(
    socket: Bench,
) -> None:
    (root,) = await socket.chat.send(socket.place(), Card(title="Monday"), key="root")
    for place in (root.replies, socket.account().direct):
        socket.slack.faults["chat.postMessage"].append(Fault("drop"))
        with pytest.raises(Unsure):
            await socket.chat.send(place, CARD, key="k")
        (ref,) = await socket.chat.send(place, CARD, key="k", again=True)
        assert ref.place == place
    every = [m for channel in socket.team.channels.values() for m in channel.messages]
    assert [words(m.blocks) for m in every].count("Good morning") == 2


async def test_a_message_that_is_found_again_is_looked_for_within_bounds(socket: Bench) -> None:
    await socket.chat.send(socket.place(), CARD, key="old")
    for number in range(700):
        await socket.hands().says(socket.channel, str(number))
    before = len(socket.slack.calls)
    await socket.chat.send(socket.place(), CARD, key="old", again=True)
    asked = [name for name, _ in socket.slack.calls[before:]]
    assert asked.count("conversations.history") == 3


async def test_retry_after_is_obeyed_by_the_sender_and_not_by_us(socket: Bench) -> None:
    socket.slack.faults["chat.postMessage"].append(Fault("429", seconds=17))
    with pytest.raises(Busy) as busy:
        await socket.chat.send(socket.place(), CARD, key="k")
    assert busy.value.seconds == 17
    assert socket.slept == []
    assert [name for name, _ in socket.slack.calls].count("chat.postMessage") == 1


async def test_the_parts_of_a_long_message_keep_slacks_pace(socket: Bench) -> None:
    refs = await socket.chat.send(socket.place(), Card(text=Text.of(LONG)), key="k")
    assert socket.slept == [socket.chat.pace] * (len(refs) - 1)


async def test_a_long_message_that_is_interrupted_is_unsure_and_completed(socket: Bench) -> None:
    socket.slack.faults["chat.postMessage"].append(Fault("429", skip=1, seconds=9))
    card = Card(text=Text.of(LONG))
    with pytest.raises(Unsure):
        await socket.chat.send(socket.place(), card, key="k")
    await socket.chat.send(socket.place(), card, key="k", again=True)
    assert "\n".join(posts(socket)).split() == LONG.split()


async def test_a_long_message_that_is_refused_half_way_leaves_nothing_behind(
    socket: Bench,
) -> None:
    socket.slack.faults["chat.postMessage"].append(Fault("error", skip=1, code="restricted_action"))
    with pytest.raises(Refused, match="restricted who may post"):
        await socket.chat.send(socket.place(), Card(text=Text.of(LONG)), key="k")
    assert posts(socket) == []


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "conversations.members"])
@pytest.mark.parametrize(
    "code",
    [
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "msg_too_long",
        "user_not_found",
    ],
)
async def test_a_refusal_is_a_sentence_for_somebody_who_can_act(
    socket: Bench, method: str, code: str
) -> None:
    refs = await socket.chat.send(socket.place(), CARD, key="k")
    socket.slack.faults[method].append(Fault("error", code=code))
    calls = {
        "chat.postMessage": lambda: socket.chat.send(socket.place(), CARD, key="k2"),
        "chat.update": lambda: socket.chat.edit(refs, CARD),
        "conversations.members": lambda: socket.chat.members(socket.place()),
    }
    with pytest.raises(Refused) as refused:
        await calls[method]()
    assert str(refused.value).endswith(".")
    assert len(str(refused.value).split()) > 4


async def test_a_token_that_no_longer_works_is_told_as_trouble_until_it_works_again(
    socket: Bench,
) -> None:
    socket.slack.faults["chat.postMessage"].append(Fault("error", code="token_revoked"))
    with pytest.raises(Refused):
        await socket.chat.send(socket.place(), CARD, key="k")
    (told,) = await socket.chat.trouble()
    assert "was revoked" in told
    await socket.chat.send(socket.place(), CARD, key="k")
    assert await socket.chat.trouble() == ()


async def test_real_channels_that_cannot_be_written_to_say_what_to_do(socket: Bench) -> None:
    socket.team.channel("C02OUT", "outside", "U01ANA")
    socket.team.channel("G02PRIV", "private", "U01ANA", is_private=True)
    socket.channel.is_archived = True
    expected = {
        "C02OUT": "type /invite @Outloud there",
        "G02PRIV": "somebody in it can type /invite @Outloud",
        "C0GONE": "it is gone, or private",
        "C01GEN": "unarchive it",
    }
    for channel, part in expected.items():
        with pytest.raises(Refused, match=part):
            await socket.chat.send(Place("slack", socket.team.id, channel), CARD, key="k")


async def test_a_missing_scope_is_trouble_before_anybody_meets_it(socket: Bench) -> None:
    socket.team.scopes = tuple(s for s in socket.team.scopes if s != "reactions:read")
    (told,) = await socket.chat.trouble()
    assert "reactions:read" in told


async def test_another_workspaces_place_is_refused(socket: Bench) -> None:
    with pytest.raises(Refused, match="T09ELSE"):
        await socket.chat.send(Place("slack", "T09ELSE", "C1"), CARD, key="k")


async def test_a_picture_is_waited_for_until_slack_has_looked_at_it(socket: Bench) -> None:
    socket.slack.picture_looks = 2
    card = Card(title="Map", picture=Picture(b"png", "A map"), buttons=(Button("Go", "go"),))
    (ref,) = await socket.chat.send(socket.place(), card, key="k")
    message = socket.channel.find(ref.id)
    assert message is not None
    assert [block["type"] for block in message.blocks] == ["header", "image", "actions"]
    assert len(socket.slept) == 2


async def test_a_picture_that_slack_takes_too_long_to_look_at_is_busy(socket: Bench) -> None:
    socket.slack.picture_looks = 100
    with pytest.raises(Busy, match="looking at the picture"):
        await socket.chat.send(
            socket.place(), Card(title="Map", picture=Picture(b"png", "A map")), key="k"
        )
    assert posts(socket) == []


async def test_the_same_picture_is_uploaded_once(socket: Bench) -> None:
    card = Card(title="Map", picture=Picture(b"png", "A map"))
    refs = await socket.chat.send(socket.place(), card, key="k")
    await socket.chat.edit(refs, card)
    assert len(socket.team.files) == 1
    await socket.chat.edit(refs, Card(title="Map", picture=Picture(b"other", "A map")))
    assert len(socket.team.files) == 2


@pytest.mark.parametrize("lost", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_a_file_whose_answer_was_lost_is_found_below_its_card_or_posted_there(
    socket: Bench, lost: str
) -> None:
    """Whatever of this name was posted before."""
    card = Card(text=Text.of("Here it is"), file=Attachment("week.md", "text/markdown", b"# Week"))
    await socket.chat.send(socket.place(), card, key="of last week")
    socket.slack.faults[lost].append(Fault("drop"))
    with pytest.raises(Unsure):
        await socket.chat.send(socket.place(), card, key="k")
    refs = await socket.chat.send(socket.place(), card, key="k", again=True)
    shown = [message.ts for message in socket.channel.messages]
    assert len(shown) == 4
    assert [ref.id.partition("/")[0] for ref in refs] == shown[2:]


async def test_a_file_that_slack_refuses_takes_its_card_along(socket: Bench) -> None:
    card = Card(text=Text.of("Here it is"), file=Attachment("week.md", "text/markdown", b"# Week"))
    socket.slack.faults["files.getUploadURLExternal"].append(
        Fault("error", code="file_uploads_disabled")
    )
    with pytest.raises(Refused):
        await socket.chat.send(socket.place(), card, key="k")
    assert posts(socket) == []


async def test_a_file_in_a_message_that_is_taken_away_is_deleted_at_slack(socket: Bench) -> None:
    card = Card(text=Text.of("Here it is"), file=Attachment("week.md", "text/markdown", b"# Week"))
    refs = await socket.chat.send(socket.place(), card, key="k")
    assert len(socket.team.files) == 1
    await socket.chat.remove(refs)
    await socket.chat.remove(refs)
    assert socket.team.files == {}


async def test_members_are_looked_up_once_and_without_lists_of_everybody(socket: Bench) -> None:
    socket.channel.members.append(socket.team.person("U09BOT", "Bot", is_bot=True).id)
    for _ in range(3):
        found = await socket.chat.members(socket.place())
        assert [one.id for one in found] == ["U01ANA", "U02BEN", "U03CHI", "U04DEE"]
    names = [name for name, _ in socket.slack.calls]
    assert names.count("users.info") == 5
    assert "users.list" not in names


async def test_a_large_channel_is_read_page_by_page(socket: Bench) -> None:
    for number in range(450):
        ident = f"U9{number:03}"
        socket.team.person(ident, ident)
        socket.channel.members.append(ident)
    assert len(await socket.chat.members(socket.place())) == 454


async def test_removing_is_calm_about_what_is_gone_and_busy_about_what_is_unknown(
    socket: Bench,
) -> None:
    refs = await socket.chat.send(socket.place(), CARD, key="k")
    await socket.chat.remove((Ref(socket.place(), "1795000000.999999"),))
    socket.slack.faults["chat.delete"].append(Fault("drop"))
    with pytest.raises(Busy):
        await socket.chat.remove(refs)
    await socket.chat.remove(refs)
    assert posts(socket) == []


async def test_slack_out_of_reach_is_busy_everywhere(socket: Bench) -> None:
    settings = SlackSettings(bot_token="xoxb-1", api_url="http://127.0.0.1:9/api/")
    async with SlackChat.open(settings, socket.store.sessions, now=socket.clock) as chat:
        with pytest.raises(Busy) as busy:
            await chat.send(socket.place(), CARD, key="k")
        assert busy.value.everywhere
        assert await chat.trouble() == ("Slack cannot be reached from here.",)
