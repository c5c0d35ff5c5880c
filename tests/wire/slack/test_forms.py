"""Forms in Slack's windows: opened, filled in, wrong, changed on the way, paged, left."""

from __future__ import annotations

import asyncio
import statistics

import pytest

from bot.chat import (
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
from tests.wire.slack.bench import Bench
from tests.wire.slack.hands import until, words

STATES = (Option("Done", "done"), Option("Kept", "kept"), Option("Dropped", "dropped"))
PLAN = Field("plan", "What is next?", "long")
FORM = Form("checkins.entry", "Today", (PLAN, Field("why", "Why?", optional=True)))
CHANGING = Form(
    "grains.settle",
    "A grain",
    (
        Field("state", "How did it go?", "choice", options=STATES, value="done"),
        Field("learned", "What did you learn?", "long", optional=True),
        Field("reason", "Why drop it?", when=When("state", ("dropped",))),
    ),
)
LONG = Form("long", "Many", tuple(Field(f"k{n}", f"Field {n}", optional=True) for n in range(100)))


def opens(form: Form, then: Reply | None = None) -> object:
    """A desk that answers every command and press with this form, and what is sent with `then`."""

    def says(act: Act) -> Reply:
        if isinstance(act, Command | Press):
            return Ask(form)
        return (then or Done()) if act.final else Done()

    return says


async def opened(bench: Bench, form: Form, then: Reply | None = None) -> None:
    bench.desk.says = opens(form, then)
    await bench.hands().types("/checkin", bench.channel)
    await until(lambda: bench.hands().has_view)


def last_submit(bench: Bench, *, final: bool = True) -> Submit:
    return [a for a in bench.desk.acts if isinstance(a, Submit) and a.final is final][-1]


async def test_a_sentence_stands_beside_its_field_and_nothing_typed_is_lost(both: Bench) -> None:
    ana = both.hands()
    await opened(both, FORM, Wrong({"plan": "Say a little more."}))
    await ana.submits({"What is next?": "x", "Why?": "because"})
    assert ana.errors == {"What is next?": "Say a little more."}
    both.desk.says = opens(FORM)
    await ana.submits({"What is next?": "Paint the wall"})
    assert last_submit(both).values == {"plan": "Paint the wall", "why": "because"}
    assert not ana.has_view


async def test_a_sentence_about_the_whole_form_stands_above_it(both: Bench) -> None:
    ana = both.hands()
    await opened(both, FORM, Wrong({"": "You wrote today already."}))
    await ana.submits({"What is next?": "Paint"})
    assert "You wrote today already." in words(ana.view.body["blocks"])
    await ana.submits({"Why?": "it peels"})
    assert last_submit(both).values == {"plan": "Paint", "why": "it peels"}
    assert words(ana.view.body["blocks"]).count("You wrote today already.") == 1


async def test_two_sends_of_one_form_have_different_keys_and_one_delivered_twice_the_same(
    both: Bench,
) -> None:
    ana = both.hands()
    await opened(both, FORM, Wrong({"plan": "Say a little more."}))
    await ana.submits({"What is next?": "x"})
    await ana.submits({"What is next?": "y"})
    payload = both.slack.interactions[-1]
    await both.slack.deliver("interactive", payload)
    first, second, third = [a.key for a in both.desk.acts if isinstance(a, Submit)]
    assert first != second == third


async def test_a_command_delivered_twice_opens_one_form_and_says_nothing_of_it(both: Bench) -> None:
    await opened(both, FORM)
    kind, payload = both.slack.sent[-1]
    await both.slack.deliver(kind, payload)
    await both.chat.settled()
    assert both.hands().seen() == []
    assert both.desk.acts[0].key == both.desk.acts[1].key != ""


async def test_a_trigger_that_expired_is_told_with_what_to_do(both: Bench) -> None:
    both.slack.trigger_seconds = -1
    both.desk.says = opens(FORM)
    await both.hands().types("/checkin", both.channel)
    await both.chat.settled()
    (told,) = both.hands().seen()
    assert "Please try once more" in words(told.body["blocks"])
    assert not both.hands().has_view


async def test_a_field_appears_when_it_matters_and_what_was_typed_stays(both: Bench) -> None:
    ana = both.hands()
    await opened(both, CHANGING)
    assert ana.labels() == ["How did it go?", "What did you learn?"]
    ana.fills({"What did you learn?": "Start low"})
    await ana.chooses("How did it go?", "Dropped")
    await both.chat.settled()
    assert ana.labels() == ["How did it go?", "What did you learn?", "Why drop it?"]
    await ana.submits({"Why drop it?": "Too high"})
    assert last_submit(both).values == {
        "state": "dropped",
        "learned": "Start low",
        "reason": "Too high",
    }


async def test_a_field_that_no_longer_matters_is_not_sent(both: Bench) -> None:
    ana = both.hands()
    await opened(both, CHANGING)
    await ana.chooses("How did it go?", "Dropped")
    await both.chat.settled()
    ana.fills({"Why drop it?": "Too high"})
    await ana.chooses("How did it go?", "Kept")
    await both.chat.settled()
    await ana.submits()
    assert last_submit(both).values == {"state": "kept", "learned": ""}


async def test_a_choice_keeps_a_draft_of_everything_typed_so_far(both: Bench) -> None:
    ana = both.hands()
    await opened(both, CHANGING)
    ana.fills({"What did you learn?": "Start low"})
    await ana.chooses("How did it go?", "Kept")
    await both.chat.settled()
    draft = last_submit(both, final=False)
    assert draft.values["learned"] == "Start low"
    assert draft.values["state"] == "kept"


async def test_a_form_that_is_left_hands_over_what_was_typed(both: Bench) -> None:
    ana = both.hands()
    await opened(both, FORM)
    ana.fills({"What is next?": "Half a thought"})
    await ana.closes()
    await both.chat.settled()
    assert last_submit(both, final=False).values == {"plan": "Half a thought", "why": ""}


async def test_a_long_form_is_turned_page_by_page_and_sent_whole(both: Bench) -> None:
    ana = both.hands()
    await opened(both, LONG)
    assert len(ana.labels()) == 80
    await ana.submits({"Field 0": "first"})
    assert ana.labels() == [f"Field {n}" for n in range(80, 100)]
    await both.chat.settled()
    assert last_submit(both, final=False).values["k0"] == "first"
    ana.fills({"Field 99": "last"})
    await ana.presses("Back", ana.view)
    await both.chat.settled()
    assert ana.view.values()["0:k0"]["field:line"]["value"] == "first"
    await ana.submits({"Field 1": "second"})
    assert ana.view.values()["0:k99"]["field:line"]["value"] == "last"
    await ana.submits({})
    values = last_submit(both).values
    assert len(values) == 100
    assert (values["k0"], values["k1"], values["k99"]) == ("first", "second", "last")
    assert not ana.has_view


async def test_what_is_wrong_on_another_page_is_shown_on_that_page(both: Bench) -> None:
    ana = both.hands()
    await opened(both, LONG, Wrong({"k3": "A number, please."}))
    await ana.submits({"Field 3": "three"})
    await ana.submits({"Field 99": "last"})
    assert "Field 3: \nA number, please." in words(ana.view.body["blocks"])
    both.desk.says = opens(LONG)
    await ana.submits({"Field 3": "3"})
    await ana.submits({})
    values = last_submit(both).values
    assert (values["k3"], values["k99"]) == ("3", "last")


async def test_another_account_cannot_turn_to_somebodys_kept_form(both: Bench) -> None:
    await opened(both, CHANGING)
    view = both.hands().view
    both.team.views["U02BEN"] = [view]
    ben = both.hands("U02BEN")
    await ben.submits({"What did you learn?": "mine"})
    assert "open for too long" in words(ben.view.body["blocks"])


async def test_a_form_in_reply_to_a_form_takes_its_place(both: Bench) -> None:
    ana = both.hands()
    await opened(both, FORM, Ask(CHANGING))
    await ana.submits({"What is next?": "Paint"})
    assert ana.labels() == ["How did it go?", "What did you learn?"]


async def test_a_card_in_reply_to_a_form_is_seen_where_the_form_was(both: Bench) -> None:
    ana = both.hands()
    thanks = Card(title="Thank you", text=Text.of("Kept."), buttons=(Button("Undo", "undo"),))
    await opened(both, FORM, Show(thanks))
    await ana.submits({"What is next?": "Paint"})
    assert ana.view.body["title"]["text"] == "Thank you"
    both.desk.says = lambda act: Show(Card(title="Undone"))
    await ana.presses("Undo", ana.view)
    await both.chat.settled()
    press = both.desk.acts[-1]
    assert isinstance(press, Press)
    assert press.place == both.place()
    assert ana.view.body["title"]["text"] == "Undone"


async def test_a_form_from_a_button_can_replace_the_message_of_the_button(both: Bench) -> None:
    ana = both.hands()
    card = Card(text=Text.of("Ready?"), buttons=(Button("Narrate", "checkins.open"),))
    (ref,) = await both.chat.send(both.place(), card, key="k")
    message = both.channel.find(ref.id)
    both.desk.says = opens(FORM, Replace(Card(text=Text.of("Ana wrote today"))))
    await ana.presses("Narrate", message)
    await until(lambda: ana.has_view)
    await ana.submits({"What is next?": "Paint"})
    await both.chat.settled()
    assert words(message.blocks) == "Ana wrote today"
    assert not ana.has_view


async def test_a_slow_desk_is_acknowledged_in_time_and_answers_in_the_same_window(
    both: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.listen.SLOW", 0.1)
    ana = both.hands()
    await opened(both, FORM, Wrong({"plan": "Say a little more."}))
    gate = asyncio.Event()

    async def slowly(act: Act) -> Reply:
        await gate.wait()
        return Wrong({"plan": "Say a little more."})

    both.desk.says = slowly
    ack = await ana.submits({"What is next?": "Paint", "Why?": "it peels"})
    assert ack.ok
    assert "longer than usual" in words(ana.view.body["blocks"])
    gate.set()
    await both.chat.settled()
    assert "Say a little more." in words(ana.view.body["blocks"])
    assert ana.view.values()["0:why"]["field:line"]["value"] == "it peels"


async def test_a_desk_slowed_by_200_ms_is_well_inside_slacks_three_seconds(both: Bench) -> None:
    """Whatever is delivered waits for the desk once, or half of it would take longer than this."""
    ana = both.hands()
    both.desk.seconds = 0.2
    await opened(both, FORM)
    await ana.submits({"What is next?": "Paint"})
    await ana.says(both.channel, "And more")
    assert statistics.median(ack.seconds for _, ack in both.slack.acks) < 2


async def test_a_desk_that_fails_says_so_and_keeps_the_window(both: Bench) -> None:
    ana = both.hands()
    both.desk.broken = True
    ack = await ana.types("/checkin", both.channel)
    assert ack.ok
    (told,) = ana.seen()
    assert "Something went wrong on our side" in words(told.body["blocks"])
