"""Forms as modals, page by page, over the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from adapters.discord.tables import DiscordForm
from bot.chat import (
    AccountId,
    Act,
    Ask,
    Button,
    Card,
    Command,
    Done,
    Field,
    Form,
    Option,
    Press,
    Replace,
    Reply,
    Show,
    Submit,
    Text,
    When,
    Wrong,
)
from tests.wire.discord import bench as wire
from tests.wire.discord.bench import Bench
from tests.wire.discord.hands import buttons, words
from tests.wire.noting import asks

YES_NO = (Option("Yes", "yes"), Option("No", "no"))
MANY = Form(
    "checkins.settings",
    "Settings",
    tuple(Field(f"f{number}", f"Field {number}", optional=True) for number in range(12)),
    text=Text.of("Only you see this."),
)
DEPENDS = Form(
    "admin.setup",
    "Set up",
    (
        Field("ring", "Ring", "choice", options=(Option("Team", "team"), Option("Other", "o"))),
        Field("at", "When?", "time", value="09:00", when=When("ring", ("team",))),
        Field("note", "A note", optional=True),
    ),
)


def submits(bench: Bench, *, final: bool = True) -> list[Submit]:
    return [act for act in bench.desk.acts if isinstance(act, Submit) and act.final is final]


async def test_a_long_form_goes_page_by_page_and_keeps_what_was_typed(wired: Bench) -> None:
    wired.desk.says = asks(MANY)
    ana = wired.hands()
    await ana.types("/checkin settings", wired.channel)
    assert ana.modal["title"] == "Settings (1/3)"
    await ana.submits({"Field 0": "zero", "Field 3": "three"})
    (between,) = ana.seen()
    assert "Page 1 of 3 is kept" in words(between.content)
    await ana.presses("Continue", between)
    assert ana.modal["title"] == "Settings (2/3)"
    await ana.submits({"Field 4": "four"})
    assert len(ana.seen()) == 1
    await ana.presses("Back", ana.seen()[0])
    assert ana.inputs()["Field 4"]["value"] == "four"
    await ana.submits({"Field 4": "fourth"})
    await ana.presses("Continue", ana.seen()[0])
    await ana.submits({"Field 11": "eleven"})
    await wired.chat.settled()
    (sent,) = submits(wired)
    assert {key: value for key, value in sent.values.items() if value} == {
        "f0": "zero",
        "f3": "three",
        "f4": "fourth",
        "f11": "eleven",
    }
    assert len(sent.values) == 12
    assert ana.seen() == []


async def test_a_page_that_is_done_is_told_as_a_draft(wired: Bench) -> None:
    wired.desk.says = asks(MANY)
    ana = wired.hands()
    await ana.types("/checkin settings", wired.channel)
    await ana.submits({"Field 0": "zero"})
    await wired.chat.settled()
    (draft,) = submits(wired, final=False)
    assert draft.values["f0"] == "zero"
    assert submits(wired) == []


async def test_a_field_that_depends_on_another_comes_only_when_it_matters(wired: Bench) -> None:
    wired.desk.says = asks(DEPENDS)
    ana = wired.hands()
    await ana.types("/outloud setup", wired.channel)
    assert list(ana.inputs()) == ["Ring", "A note"]
    await ana.submits({"Ring": "Other"})
    await wired.chat.settled()
    assert submits(wired)[-1].values == {"ring": "o", "note": ""}
    await ana.types("/outloud setup", wired.channel)
    await ana.submits({"Ring": "Team"})
    await ana.presses("Continue", ana.seen()[-1])
    assert "When?" in ana.inputs()
    await ana.submits({"When?": "10:30"})
    await wired.chat.settled()
    assert submits(wired)[-1].values == {"ring": "team", "at": "10:30", "note": ""}


async def test_a_wrong_form_opens_again_with_everything_typed(wired: Bench) -> None:
    form = Form("grains.adjust:3", "Adjust", (Field("text", "New text", "long"),))

    def says(act: Act) -> Reply:
        if isinstance(act, Command):
            return Ask(form)
        assert isinstance(act, Submit)
        return Wrong({"text": "Say it shorter."}) if "long" in act.values["text"] else Done()

    wired.desk.says = says
    ana = wired.hands()
    await ana.types("/grain 3 adjusted", wired.channel)
    await ana.submits({"New text": "far too long"})
    (card,) = ana.seen()
    assert words(card.content).startswith("New text\nSay it shorter.")
    await ana.presses("Correct it", card)
    assert ana.inputs()["New text"]["value"] == "far too long"
    await ana.submits({"New text": "short"})
    await wired.chat.settled()
    assert ana.seen() == []
    assert len(submits(wired)) == 2


async def test_a_mistake_on_the_first_page_leads_back_to_that_page(wired: Bench) -> None:
    def says(act: Act) -> Reply:
        if isinstance(act, Command):
            return Ask(MANY)
        assert isinstance(act, Submit)
        return Wrong({"f1": "Not this.", "": "Look again."}) if act.final else Done()

    wired.desk.says = says
    ana = wired.hands()
    await ana.types("/checkin settings", wired.channel)
    await ana.submits({"Field 1": "bad"})
    await ana.presses("Continue", ana.seen()[-1])
    await ana.submits()
    await ana.presses("Continue", ana.seen()[-1])
    await ana.submits()
    card = ana.seen()[-1]
    assert "Field 1\nNot this." in words(card.content)
    assert "Look again." in words(card.content)
    await ana.presses("Correct it", card)
    assert ana.inputs()["Field 1"]["value"] == "bad"


async def test_a_form_that_brings_a_card_shows_it(wired: Bench) -> None:
    form = Form("grains.drop", "Drop", (Field("text", "Text"),))
    wired.desk.says = lambda act: (
        Ask(form) if isinstance(act, Command) else Show(Card(text=Text.of("Dropped.")))
    )
    ana = wired.hands()
    await ana.types("/grain", wired.channel)
    await ana.submits({"Text": "Paint"})
    assert [words(one.content) for one in ana.seen()] == ["Dropped."]


async def test_a_form_replaces_the_card_whose_button_opened_it(wired: Bench) -> None:
    said = Card(text=Text.of("Ready?"), buttons=(Button("Narrate", "checkins.form:1"),))
    form = replace(MANY, fields=MANY.fields[:6], text=Text())
    wired.desk.says = lambda act: (
        Ask(form) if isinstance(act, Press) else Replace(Card(text=Text.of("Thank you.")))
    )
    for place in (wired.place(), wired.account().direct):
        (ref,) = await wired.chat.send(place, said, key=f"k {place}")
        channel = wired.discord.direct(wire.ANA) if place.is_direct else wired.channel
        message = channel.messages[ref.id]
        ana = wired.hands()
        await ana.presses("Narrate", message)
        await ana.submits({"Field 0": "zero"})
        await ana.presses("Continue", ana.seen()[-1])
        await ana.submits()
        await wired.chat.settled()
        assert message.content == "Thank you."
        assert message.components == []
        assert ana.seen() == []


async def test_a_form_of_one_page_replaces_the_card_at_once(wired: Bench) -> None:
    said = Card(text=Text.of("Ready?"), buttons=(Button("Narrate", "checkins.form:1"),))
    form = Form("checkins.entry:1", "Narrate", (Field("plan", "Plan"),))
    wired.desk.says = lambda act: (
        Ask(form) if isinstance(act, Press) else Replace(Card(text=Text.of("Thank you.")))
    )
    await wired.chat.send(wired.place(), said, key="k")
    (message,) = wired.channel.messages.values()
    ana = wired.hands()
    await ana.presses("Narrate", message)
    act = await ana.submits({"Plan": "The crane"})
    assert act.kind == 7
    assert message.content == "Thank you."


async def test_a_form_that_follows_a_form_is_opened_by_a_button(wired: Bench) -> None:
    first = Form("outloud.first", "First", (Field("a", "A"),))
    second = Form("outloud.second", "Second", (Field("b", "B"),), text=Text.of("One more thing."))

    def says(act: Act) -> Reply:
        if isinstance(act, Command):
            return Ask(first)
        assert isinstance(act, Submit)
        return Ask(second) if act.form == "outloud.first" else Done()

    wired.desk.says = says
    ana = wired.hands()
    await ana.types("/outloud", wired.channel)
    await ana.submits({"A": "1"})
    await ana.presses("Continue", ana.seen()[-1])
    assert ana.modal["title"] == "Second"
    await ana.submits({"B": "2"})
    await wired.chat.settled()
    assert [one.form for one in submits(wired)] == ["outloud.first", "outloud.second"]
    assert ana.seen() == []


@pytest.mark.parametrize("on", ["command", "public", "alone"])
async def test_a_slow_answer_to_a_form_is_promised_and_follows(
    wired: Bench, on: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.listen.SLOW", 0.1)
    form = Form("f", "F", (Field("a", "A"),))
    ready = Card(text=Text.of("Ready?"), buttons=(Button("Yes", "a.b"),))
    replies: list[Reply] = [Show(ready)] if on == "alone" else []
    replies.append(Ask(form))
    wired.desk.says = lambda act: replies.pop(0)
    ana = wired.hands()
    if on == "public":
        await wired.chat.send(wired.place(), ready, key="k")
        (message,) = wired.channel.messages.values()
        await ana.presses("Yes", message)
    else:
        await ana.types("/grain", wired.channel)
    if on == "alone":
        await ana.presses("Yes", ana.seen()[0])
    for reply, shown in (
        (Show(Card(text=Text.of("Kept."))), "Kept."),
        (Replace(Card(text=Text.of("Replaced."))), "Replaced."),
        (Done(), ""),
    ):
        modal, origin = dict(ana.modal), ana.screen.modal_from
        before = len(ana.seen())
        replies.append(reply)
        wired.desk.seconds = 0.2
        act = await ana.submits({"A": "1"})
        await wired.chat.settled()
        assert not act.is_late
        assert act.kind in (5, 6)
        everything = [one.content for one in (*ana.seen(), *wired.channel.messages.values())]
        assert shown == "" or shown in everything
        assert not any("Thinking" in one for one in everything)
        assert len(ana.seen()) <= before + 1
        # The same form once more, for the next reply.
        replies.append(Ask(form))
        wired.desk.seconds = 0
        await ana.types("/grain", wired.channel)
        assert modal["title"] == ana.modal["title"]
        ana.screen.modal_from = origin


async def test_more_than_twenty_five_choices_can_be_typed(wired: Bench) -> None:
    hours = tuple(Option(f"{number} o'clock", f"{number:02}:00") for number in range(30))
    wired.desk.says = asks(Form("f", "F", (Field("at", "At", "choice", options=hours),)))
    ana = wired.hands()
    await ana.types("/checkin", wired.channel)
    await ana.submits({"At": "7 O'CLOCK"})
    await wired.chat.settled()
    assert submits(wired)[0].values == {"at": "07:00"}


async def test_a_text_longer_than_one_input_is_spread_over_several(wired: Bench) -> None:
    text = "".join(f"{number:07} " for number in range(1100))
    wired.desk.says = asks(Form("f", "F", (Field("t", "Text", "long", value=text, limit=9000),)))
    ana = wired.hands()
    await ana.types("/checkin", wired.channel)
    assert list(ana.inputs()) == ["Text", "Text (2)", "Text (3)"]
    await ana.submits()
    await wired.chat.settled()
    assert submits(wired)[0].values == {"t": text}


async def test_a_form_open_for_too_long_says_so(sqlite_url: str) -> None:
    async with wire.bench(sqlite_url) as wired:
        wired.desk.says = asks(MANY)
        ana = wired.hands()
        await ana.types("/checkin settings", wired.channel)
        async with wired.store.sessions.begin() as session:
            old = datetime.now(UTC) - timedelta(days=3)
            await session.execute(update(DiscordForm).values(opened_at=old))
        await wired.hands(wire.BEN).types("/checkin settings", wired.channel)
        await ana.submits()
        assert "put away" in ana.seen()[-1].content
        assert submits(wired) == []


async def test_a_form_in_a_direct_message_stays_with_the_server_it_was_opened_for(
    wired: Bench,
) -> None:
    wired.desk.says = asks(DEPENDS)
    ana = wired.hands()
    await ana.types("/outloud setup", "@")
    other = wired.discord.guild("950", "Orchard", "299")
    wired.discord.joins(other, wired.discord.users[wire.ANA])
    await wired.discord.gateway.tell("GUILD_CREATE", other.told_whole("701"), "950")
    there = AccountId("discord", "950", wire.ANA)
    await wired.chat.send(there.direct, Card(text=Text.of("Hello from there")), key="k")
    await ana.submits({"Ring": "Other"})
    await wired.chat.settled()
    (sent,) = submits(wired)
    assert sent.by == wired.account()
    assert not buttons(wired.discord.direct(wire.ANA).messages.popitem()[1])
