"""What commands, buttons and lists bring, over the wire."""

from __future__ import annotations

import asyncio
import statistics
from typing import Any

import pytest

from bot.chat import (
    AccountId,
    Ask,
    Button,
    Card,
    Command,
    Field,
    Form,
    Option,
    Picture,
    Press,
    Replace,
    Reply,
    Select,
    Show,
    Text,
    Wrong,
)
from tests.wire.discord import bench as wire
from tests.wire.discord.bench import ANA, BEN, Bench
from tests.wire.discord.faults import Fault
from tests.wire.discord.hands import buttons, until, words
from tests.wire.noting import NotingDesk, asks

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
FORM = Form("checkins.entry:7", "Today", (Field("plan", "Plan"),))
LONG = " ".join(f"word{number:04}" for number in range(500))
CALLBACK = "POST /interactions/{interaction}/{token}/callback"


def card(words: str, **more: Any) -> Card:
    return Card(text=Text.of(words), **more)


def replies(reply: Reply) -> Any:
    return lambda act: reply


@pytest.fixture(autouse=True)
def slow_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk counts as slow after a quarter of a second, so that nobody waits for it here."""
    monkeypatch.setattr("adapters.discord.listen.SLOW", 0.25)


async def test_a_command_in_a_direct_message_belongs_to_the_only_server_both_are_in(
    wired: Bench,
) -> None:
    await wired.hands().types("/grain list", "@")
    (command,) = wired.desk.acts
    assert command.place == wired.account().direct
    assert command.words == "list"


async def test_a_command_names_people_and_channels_instead_of_their_ids(wired: Bench) -> None:
    await wired.hands().types(f"/ask <@{BEN}> in <#901>?", wired.channel)
    assert wired.desk.acts[0].words == "@Ben in #team-harbour?"


async def test_a_command_with_nothing_to_show_says_that_it_is_done(wired: Bench) -> None:
    await wired.hands().types("/grain", wired.channel)
    assert [words(one.content) for one in wired.hands().seen()] == ["Done."]


async def test_a_long_answer_comes_whole_and_in_order(wired: Bench) -> None:
    wired.desk.says = replies(Show(card(LONG)))
    await wired.hands().types("/grain", wired.channel)
    await wired.chat.settled()
    seen = wired.hands().seen()
    assert len(seen) > 1
    assert " ".join(words(one.content) for one in seen).split() == LONG.split()
    assert all(one.alone == ANA for one in seen)


async def test_an_answer_with_a_picture_brings_the_picture(wired: Bench) -> None:
    wired.desk.says = replies(Show(card("The map", picture=Picture(PNG, "A map"))))
    await wired.hands().types("/community map", wired.channel)
    (seen,) = wired.hands().seen()
    assert seen.files == [PNG]


async def test_a_slow_answer_is_promised_and_follows(wired: Bench) -> None:
    wired.desk.seconds = 0.4
    wired.desk.says = replies(Show(card("It took a while")))
    act = await wired.hands().types("/digest", wired.channel)
    assert not act.is_late
    assert act.is_thinking
    await wired.chat.settled()
    assert [words(one.content) for one in wired.hands().seen()] == ["It took a while"]


async def test_a_form_that_comes_too_late_to_open_by_itself_opens_by_a_button(
    wired: Bench,
) -> None:
    wired.desk.seconds = 0.4
    wired.desk.says = asks(FORM)
    ana = wired.hands()
    await ana.types("/checkin", wired.channel)
    await wired.chat.settled()
    (waits,) = ana.seen()
    await ana.presses("Continue", waits)
    assert ana.modal["title"] == "Today"
    wired.desk.seconds = 0
    await ana.submits({"Plan": "The crane"})
    await wired.chat.settled()
    assert wired.desk.acts[-1].values == {"plan": "The crane"}
    assert ana.seen() == []


async def test_a_broken_desk_is_told_of_kindly_and_keeps_nobody_waiting(wired: Bench) -> None:
    wired.desk.broken = True
    act = await wired.hands().types("/grain", wired.channel)
    assert not act.is_late
    assert "Something went wrong" in wired.hands().seen()[0].content


async def test_a_press_with_nothing_to_show_leaves_the_card_as_it_is(wired: Bench) -> None:
    said = card("Ready?", buttons=(Button("Not now", "checkins.later:1"),))
    await wired.chat.send(wired.place(), said, key="k")
    (message,) = wired.channel.messages.values()
    act = await wired.hands().presses("Not now", message)
    assert not act.is_late
    assert wired.hands().seen() == []
    assert message.content == "Ready?"


async def test_a_slow_press_replaces_the_card_when_it_is_done(wired: Bench) -> None:
    said = card("Ready?", buttons=(Button("Yes", "checkins.form:1"),))
    await wired.chat.send(wired.place(), said, key="k")
    (message,) = wired.channel.messages.values()
    wired.desk.seconds = 0.4
    wired.desk.says = replies(Replace(card("Done for today")))
    await wired.hands().presses("Yes", message)
    await wired.chat.settled()
    assert message.content == "Done for today"
    assert message.components == []


async def test_a_card_that_one_person_sees_is_replaced_for_them(wired: Bench) -> None:
    wired.desk.says = replies(Show(card("Sure?", buttons=(Button("Yes", "grains.drop:1"),))))
    ana = wired.hands()
    await ana.types("/grain 1 dropped", wired.channel)
    wired.desk.says = replies(Replace(card("Dropped.")))
    await ana.presses("Yes", ana.seen()[0])
    assert [words(one.content) for one in ana.seen()] == ["Dropped."]
    press = wired.desk.acts[-1]
    assert isinstance(press, Press)
    assert press.on is None


async def test_a_card_can_be_replaced_by_one_that_takes_two_messages(wired: Bench) -> None:
    said = card("Ready?", buttons=(Button("Yes", "checkins.form:1"),))
    await wired.chat.send(wired.place(), said, key="k")
    (message,) = wired.channel.messages.values()
    wired.desk.says = replies(Replace(card(LONG)))
    await wired.hands().presses("Yes", message)
    await wired.chat.settled()
    seen = " ".join(words(one.content) for one in wired.channel.messages.values())
    assert seen.split() == LONG.split()


async def test_what_is_chosen_from_a_list_comes_back_with_its_value(wired: Bench) -> None:
    options = tuple(Option(f"Hour {number}", f"{number:02}:00") for number in range(40))
    said = card("When?", selects=(Select("Hour", "checkins.hour", options, "09:00"),))
    await wired.chat.send(wired.place(), said, key="k")
    (message,) = wired.channel.messages.values()
    await wired.hands().presses("Hour", message, "Hour 7")
    await wired.hands().presses("Hour (more)", message, "Hour 33")
    first, second = wired.desk.acts
    assert (first.action, first.choice) == ("checkins.hour", "07:00")
    assert (second.action, second.choice) == ("checkins.hour", "33:00")


async def test_a_shortcut_brings_the_message_it_was_used_on(wired: Bench) -> None:
    message = await wired.hands(BEN).says(wired.channel, "It holds **when** it is low")
    await wired.hands().uses("Mark as lesson", message)
    (press,) = wired.desk.acts
    assert press.action == "lessons.mark"
    assert press.by == wired.account(ANA)
    assert press.said is not None
    assert press.said.by == wired.account(BEN)
    assert press.said.ref.id == message.id
    assert press.said.text == Text.parse("It holds **when** it is low")


async def test_typing_is_completed_with_what_the_desk_offers(wired: Bench) -> None:
    wired.desk.offers = ("skip", "snooze 30m", "settings", "s" * 101)
    offered = await wired.hands().completes("/checkin s", wired.channel)
    assert offered == ["skip", "snooze 30m", "settings"]


async def test_typing_is_not_held_up_by_a_slow_desk(
    wired: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.listen.COMPLETE", 0.05)
    wired.desk.seconds, wired.desk.offers = 5, ("skip",)
    assert await wired.hands().completes("/checkin s", wired.channel) == []


async def test_buttons_work_after_a_restart(sqlite_url: str) -> None:
    """Nothing of a message's buttons or an open form is held in memory."""
    desk = NotingDesk(says=asks(FORM))
    async with wire.bench(sqlite_url, desk) as first:
        said = card("Ready?", buttons=(Button("Not now", "checkins.later:1"),))
        await first.chat.send(first.place(), said, key="k")
        (message,) = first.channel.messages.values()
        ana = first.hands()
        await ana.types("/checkin", first.channel)
        first.listener.cancel()
        await asyncio.gather(first.listener, return_exceptions=True)
        settings = wire.settings_for(first.discord)
        async with wire.connected(settings, first.store.sessions, desk):
            await ana.presses("Not now", message)
            assert desk.acts[-1].action == "checkins.later:1"
            await ana.submits({"Plan": "Kept through it"})
            assert desk.acts[-1].values == {"plan": "Kept through it"}


async def test_an_answer_that_comes_after_discord_gave_up_is_no_harm(wired: Bench) -> None:
    wired.discord.interactions.wait = 0.05
    wired.desk.seconds = 0.2
    act = await wired.hands().types("/grain", wired.channel)
    assert act.is_late
    await wired.chat.settled()
    wired.desk.seconds = 0
    wired.discord.interactions.be_patient()
    assert not (await wired.hands().types("/grain", wired.channel)).is_late


async def test_a_first_answer_that_discord_limits_is_given_when_it_may(wired: Bench) -> None:
    wired.discord.faults[CALLBACK].append(Fault("429", seconds=0.05))
    act = await wired.hands().types("/grain", wired.channel)
    assert not act.is_late
    assert wired.hands().seen()


async def test_a_first_answer_is_tried_again_while_discord_is_not_well(wired: Bench) -> None:
    for kind in ("502", "down"):
        wired.discord.faults[CALLBACK].append(Fault(kind))
        act = await wired.hands().types("/grain", wired.channel)
        await wired.chat.settled()
        assert not act.is_late
    assert [one.content for one in wired.hands().seen()] == ["Done.", "Done."]


async def test_a_button_of_a_version_long_gone_reaches_the_desk_that_can_say_so(
    wired: Bench,
) -> None:
    wired.desk.says = replies(Show(card("This comes from an older version.")))
    said = card("Old", buttons=(Button("Old", "gone.verb:1:2:3"),))
    await wired.chat.send(wired.place(), said, key="k")
    (message,) = wired.channel.messages.values()
    await wired.hands().presses("Old", message)
    assert "older version" in wired.hands().seen()[0].content


async def test_a_wrong_answer_to_a_press_is_said_to_the_presser(wired: Bench) -> None:
    wired.desk.says = replies(Wrong({"": "That is over."}))
    said = card("Ready?", buttons=(Button("Yes", "checkins.form:1"),))
    await wired.chat.send(wired.place(), said, key="k")
    (message,) = wired.channel.messages.values()
    await wired.hands().presses("Yes", message)
    assert wired.hands().seen()[0].content == "That is over."


async def test_two_people_have_two_forms_open(wired: Bench) -> None:
    wired.desk.says = asks(FORM)
    ana, ben = wired.hands(), wired.hands(BEN)
    await ana.types("/checkin", wired.channel)
    await ben.types("/checkin", wired.channel)
    ben.screen.modal["custom_id"] = ana.modal["custom_id"]  # type: ignore[index]
    await ben.submits({"Plan": "Not mine"})
    assert "start again" in ben.seen()[-1].content
    assert [act for act in wired.desk.acts if not isinstance(act, Command)] == []


async def test_in_a_thread_the_place_is_the_thread(wired: Bench) -> None:
    (parent,) = await wired.chat.send(wired.place(), card("Today"), key="day")
    said = card("Entry", buttons=(Button("Go on", "grains.on:1"),))
    (ref,) = await wired.chat.send(parent.replies, said, key="entry")
    thread = wired.discord.find(parent.id)
    assert thread is not None
    await wired.hands(BEN).presses("Go on", thread.messages[ref.id])
    press = wired.desk.acts[-1]
    assert (press.on, press.place) == (ref, parent.replies)


async def test_every_first_answer_is_quick(wired: Bench) -> None:
    wired.desk.says = asks(FORM)
    taken = []
    for _ in range(20):
        act = await wired.hands().types("/checkin", wired.channel)
        taken.append(act.seconds)
    assert statistics.median(taken) < 1, taken
    assert wired.discord.invalid == 0
    assert wired.discord.refused == []


async def test_a_press_in_a_direct_message_belongs_to_the_server_that_asked(
    wired: Bench,
) -> None:
    other = wired.discord.guild("950", "Orchard", "299")
    wired.discord.joins(other, wired.discord.users[ANA])
    await wired.discord.gateway.tell("GUILD_CREATE", other.told_whole("701"), "950")
    said = card("Ready?", buttons=(Button("Yes", "checkins.form:1"),))
    (first,) = await wired.chat.send(wired.account().direct, said, key="k1")
    wired.desk.says = replies(Ask(FORM))
    (second,) = await wired.chat.send(AccountId("discord", "950", ANA).direct, said, key="k2")
    messages = wired.discord.direct(ANA).messages
    ana = wired.hands()
    await ana.presses("Yes", messages[first.id])
    await ana.presses("Yes", messages[second.id])
    one, two = wired.desk.acts
    assert (one.by.workspace, one.on) == ("900", first)
    assert (two.by.workspace, two.on) == ("950", second)
    await until(lambda: ana.has_modal)
    assert buttons(messages[first.id])
