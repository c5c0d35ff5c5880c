"""What the caller alone is shown, cards put in place of others, the Home tab, shortcuts."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack.listen import SLOW
from bot.chat import (
    Act,
    Button,
    Card,
    Command,
    Done,
    Joined,
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
from tests.wire.noting import COMMANDS
from tests.wire.slack.bench import Bench
from tests.wire.slack.delivery import WAIT
from tests.wire.slack.hands import words

LONG = " ".join(f"word{n:04}" for n in range(3000))


async def test_every_command_reaches_the_desk_with_its_words(both: Bench) -> None:
    for command in COMMANDS:
        assert (await both.hands().types(f"/{command.name} some words", both.channel)).ok
    commands = [act for act in both.desk.acts if isinstance(act, Command)]
    assert [act.name for act in commands] == [command.name for command in COMMANDS]
    assert {act.words for act in commands} == {"some words"}


async def test_a_command_works_in_channels_the_bot_is_not_in(both: Bench) -> None:
    both.desk.says = lambda act: Show(Card(text=Text.of("Only you see this.")))
    other = both.team.channel("C02OTHER", "other", "U01ANA")
    await both.hands().types("/outloud", other)
    (shown,) = both.hands().seen()
    assert words(shown.body["blocks"]) == "Only you see this."
    assert shown.channel == "C02OTHER"


async def test_an_answer_comes_with_the_acknowledgement(both: Bench) -> None:
    both.desk.says = lambda act: Show(Card(text=Text.of("Only you see this.")))
    ack = await both.hands().types("/outloud", both.channel)
    assert ack.body["response_type"] == "ephemeral"
    assert [name for name, _ in both.slack.calls if not name.startswith(("auth", "apps"))] == []


async def test_a_long_answer_is_shown_whole_and_in_order(both: Bench) -> None:
    both.desk.says = lambda act: Show(Card(text=Text.of(LONG)))
    await both.hands().types("/digest", both.channel)
    await both.chat.settled()
    shown = both.hands().seen()
    assert len(shown) > 1
    assert "\n".join(words(one.body["blocks"]) for one in shown).split() == LONG.split()


async def test_an_answer_with_a_picture_is_shown_with_it(both: Bench) -> None:
    both.desk.says = lambda act: Show(Card(title="Map", picture=Picture(b"png", "A map of rings")))
    await both.hands().types("/community map", both.channel)
    await both.chat.settled()
    (shown,) = both.hands().seen()
    (image,) = (block for block in shown.body["blocks"] if block["type"] == "image")
    assert image["alt_text"] == "A map of rings"
    assert both.team.files[image["slack_file"]["id"]].data == b"png"


async def test_a_picture_that_slack_takes_too_long_to_look_at_is_told_in_words(both: Bench) -> None:
    both.slack.picture_looks = 100
    both.desk.says = lambda act: Show(Card(title="Map", picture=Picture(b"png", "A map of rings")))
    await both.hands().types("/community map", both.channel)
    await both.chat.settled()
    (shown,) = both.hands().seen()
    assert words(shown.body["blocks"]).split() == ["Map", "A", "map", "of", "rings"]


async def test_a_slow_answer_says_at_once_that_it_takes_longer_and_follows(
    both: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.listen.SLOW", 0.1)
    gate = asyncio.Event()

    async def slowly(act: Act) -> Reply:
        await gate.wait()
        return Show(Card(text=Text.of("It took a while")))

    both.desk.says = slowly
    ack = await both.hands().types("/digest", both.channel)
    assert ack.ok
    gate.set()
    await both.chat.settled()
    waiting, shown = both.hands().seen()
    assert "This takes a little longer than usual." in words(waiting.body["blocks"])
    assert words(shown.body["blocks"]) == "It took a while"


def test_slow_is_what_leaves_slack_a_second_of_its_three() -> None:
    assert SLOW <= WAIT - 1


async def test_sentences_about_a_command_are_shown_to_the_caller(both: Bench) -> None:
    both.desk.says = lambda act: Wrong({"": "There is no lesson 9.", "n": "Try 8."})
    await both.hands().types("/lesson show 9", both.channel)
    await both.chat.settled()
    (shown,) = both.hands().seen()
    assert " ".join(words(shown.body["blocks"]).split()) == "There is no lesson 9. Try 8."


async def test_nothing_to_show_is_nothing_shown(both: Bench) -> None:
    both.desk.says = lambda act: Done()
    ack = await both.hands().types("/checkin skip", both.channel)
    await both.chat.settled()
    assert ack.ok
    assert both.hands().seen() == []


async def test_a_button_that_the_caller_alone_sees_is_replaced_where_it_is(both: Bench) -> None:
    ana = both.hands()
    both.desk.says = lambda act: (
        Show(Card(text=Text.of("Sure?"), buttons=(Button("Yes", "yes"),)))
        if isinstance(act, Command)
        else Replace(Card(text=Text.of("It is done.")))
    )
    await ana.types("/checkin undo", both.channel)
    (shown,) = ana.seen()
    await ana.presses("Yes", shown)
    await both.chat.settled()
    press = both.desk.acts[-1]
    assert isinstance(press, Press)
    assert press.on is None
    assert [words(one.body["blocks"]) for one in ana.seen()] == ["It is done."]


async def test_a_choice_on_a_card_reaches_the_desk(both: Bench) -> None:
    menu = Select(
        "How long?", "checkins.snooze", (Option("Half an hour", "30m"), Option("Two", "2h"))
    )
    (ref,) = await both.chat.send(both.place(), Card(title="Later", selects=(menu,)), key="k")
    await both.hands().presses("How long?", both.channel.find(ref.id), "Two")
    press = both.desk.acts[-1]
    assert isinstance(press, Press)
    assert (press.action, press.choice, press.on) == ("checkins.snooze", "2h", ref)


async def test_a_press_on_one_part_of_a_long_card_replaces_it_with_as_many_as_it_takes(
    both: Bench,
) -> None:
    card = Card(text=Text.of("Short"), buttons=(Button("More", "more"),))
    (ref,) = await both.chat.send(both.place(), card, key="k")
    both.desk.says = lambda act: Replace(Card(text=Text.of(LONG)))
    await both.hands().presses("More", both.channel.find(ref.id))
    await both.chat.settled()
    assert "\n".join(words(m.blocks) for m in both.channel.messages).split() == LONG.split()


async def test_a_shortcut_brings_the_message_it_was_used_on(both: Bench) -> None:
    message = await both.hands("U02BEN").says(both.channel, "The wall holds when it is low")
    both.desk.says = lambda act: Show(Card(text=Text.of("Marked.")))
    await both.hands().uses("lessons.mark", both.channel, message)
    await both.chat.settled()
    press = both.desk.acts[-1]
    assert isinstance(press, Press)
    assert press.action == "lessons.mark"
    assert press.said is not None
    assert (press.said.by, press.said.text.plain()) == (
        both.account("U02BEN"),
        "The wall holds when it is low",
    )
    assert [words(one.body["blocks"]) for one in both.hands().seen()] == ["Marked."]


async def test_the_home_tab_shows_the_card_of_the_day(both: Bench) -> None:
    day = Card(title="My day", text=Text.of("Nothing yet"), buttons=(Button("Narrate", "n"),))
    both.desk.says = lambda act: Show(day)
    home = await both.hands().opens_home()
    await both.chat.settled()
    home = both.team.homes["U01ANA"]
    assert home.body["type"] == "home"
    assert "My day" in words(home.body["blocks"])
    press = both.desk.acts[-1]
    assert isinstance(press, Press)
    assert (press.action, press.place) == ("home", both.account().direct)
    (joined,) = both.desk.heard
    assert (type(joined), joined.channel) == (Joined, None)
    await both.hands().opens_home()
    assert len(both.desk.heard) == 1


async def test_what_is_pressed_on_the_home_tab_is_shown_over_it_and_the_tab_is_new(
    both: Bench,
) -> None:
    ana = both.hands()
    both.desk.says = lambda act: Show(Card(title="My day", buttons=(Button("Narrate", "n"),)))
    await ana.opens_home()
    await both.chat.settled()

    def says(act: Press) -> Show:
        return Show(Card(title="My day, later" if act.action == "home" else "Thank you"))

    both.desk.says = says
    await ana.presses("Narrate", both.team.homes["U01ANA"])
    await both.chat.settled()
    assert ana.view.body["title"]["text"] == "Thank you"
    assert "My day, later" in words(both.team.homes["U01ANA"].body["blocks"])


async def test_what_cannot_be_shown_over_the_home_tab_is_told_in_the_direct_message(
    both: Bench,
) -> None:
    ana = both.hands()
    both.desk.says = lambda act: Show(Card(title="My day", buttons=(Button("Narrate", "n"),)))
    await ana.opens_home()
    await both.chat.settled()
    both.slack.trigger_seconds = -1
    both.desk.says = lambda act: Show(Card(title="Thank you"))
    await ana.presses("Narrate", both.team.homes["U01ANA"])
    await both.chat.settled()
    assert [words(m.blocks) for m in both.team.direct("U01ANA").messages] == ["Thank you"]
