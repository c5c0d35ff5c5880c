"""What the bot says around check-ins is short and kind, and tells who will see what is written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import pytest

from bot.chat import Card, Form, Text, read_action
from bot.checkins import words
from bot.checkins.desk import FEATURE
from bot.checkins.rules import Question
from tests.checkins.parts import ASKS

HERE = datetime(2026, 11, 16, 9, tzinfo=UTC)
NAME = "Ana <!channel> @everyone [x](https://a.example)"
TEAM = {"channel": "harbour", "private": False}
CARDS = {
    "prompt": words.prompt("Ana", HERE, ASKS, checkin_id=2**62, late_from=time(9), back=True,
                           slower=True, **TEAM),
    "trial": words.trial("Ana", HERE, ASKS, **TEAM),
    "nudge": words.nudge(ASKS, checkin_id=2**62, **TEAM),
    "returned": words.returned(ASKS, checkin_id=2**62, **TEAM),
    "open again": words.open_again(ASKS, checkin_id=2**62, **TEAM),
    "skipped": words.skipped(2**62),
    "snoozed": words.snoozed(2**62, HERE),
    "settled": words.settled(2**62, "harbour", private=False),
    "removed": words.removed(2**62, "harbour", private=False, undo=True),
    "kept": words.kept(2**62, "harbour", ASKS[1], private=False, remark=ASKS[0]),
    "enough": words.enough("harbour", private=False),
    "grains only": words.grains_only(),
    "entry": words.entry("Ana", [("Why?", Text.of("so"))], entry_id=2**62, checkin_id=2**62, edited=True),
    "reply": words.reply("Ben", "Ana", Text.of("so")),
    "heard": words.heard("Ben", "harbour", Text.of("so")),
    "too long": words.too_long("That is too long."),
    "no team": words.no_team(),
    "which team": words.which_team([("harbour", "checkins.open:harbour")]),
    "welcome": words.welcome("Ana", ["harbour"], zone="UTC"),
    "stranger's welcome": words.welcome("Ana", []),
    "settings kept": words.settings_kept([("harbour", HERE), ("orchard", None)], quiet=True),
    "away": words.away(date(2026, 11, 20)),
    "back": words.back(was_away=True, stopped=False),
    "never away": words.back(was_away=False, stopped=False),
    "stopped": words.back(was_away=False, stopped=True),
    "welcome back": words.welcome_back("harbour"),
    "home": words.home([("harbour", "open")], {"harbour": HERE}, [(1, "the mast")]),
    "bank": words.bank_card("harbour", "harbour", [("now.x", "What is up?")], 1),
    "own questions": words.own_questions("harbour", ASKS),
}  # fmt: skip
FORMS = {
    "entry": words.entry_form(2**62, ASKS, {}, written=True, over=True, **TEAM),
    "reply": words.reply_form(2**62, "Ana", "harbour"),
    "settings": words.settings_form(
        at=None, days=(), zone="UTC", zones=("UTC",), nudges=None, quiet_from=None, quiet_to=None,
        away_until=None, country="", pace="go",
    ),
    "add": words.add_form("harbour", "harbour"),
    "hide": words.hide_form("harbour", "harbour", [("now.x", "What is up?")]),
}  # fmt: skip
NAGGING = re.compile(
    r"\b(must|missed|failed|overdue|forgot|still have not|required|reminder|!!)", re.I
)


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_a_card_is_short_and_never_nags(card: Card) -> None:
    said = card.plain()
    assert said
    assert not NAGGING.search(said)
    assert len(card.text.plain()) < 400
    assert len(card.footnote) < 200


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_every_button_of_ours_does_something_and_fits(card: Card) -> None:
    for button in card.buttons:
        assert read_action(button.action)[0] in FEATURE.on_press
        assert len(button.action) <= 100
        assert len(button.label) <= 20


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_is_answered_and_fits_a_narrow_platform(form: Form) -> None:
    assert read_action(form.id)[0] in FEATURE.on_submit
    assert len(form.id) <= 100
    assert len(form.title) <= 24
    assert form.text.plain()


@pytest.mark.parametrize("name", ["prompt", "nudge", "returned", "open again"])
def test_where_words_can_be_typed_it_says_who_will_see_them(name: str) -> None:
    assert CARDS[name].footnote.endswith(
        "Everybody in #harbour can read it, in the thread of the day."
    )


@pytest.mark.parametrize("name", ["settled", "kept", "enough", "removed", "reply", "entry"])
@pytest.mark.parametrize("private", [True, False])
def test_what_is_kept_says_where(name: str, private: bool) -> None:
    card = {
        "settled": lambda: words.settled(1, "harbour", private=private),
        "kept": lambda: words.kept(1, "harbour", None, private=private),
        "enough": lambda: words.enough("harbour", private=private),
        "removed": lambda: words.removed(1, "harbour", private=private, undo=True),
        "reply": lambda: words.reply_form(1, "Ana", "harbour"),
        "entry": lambda: words.entry_form(1, ASKS, {}, channel="harbour", private=private),
    }[name]()
    said = card.plain() if isinstance(card, Card) else card.text.plain()
    alone = "for you alone" in said or "Only you" in said
    assert alone == (private and name != "reply")
    assert ("#harbour" in said) == (not alone)


@pytest.mark.parametrize("kind", ["choice", "scale", "number"])
def test_a_chosen_option_is_shown_as_it_was_offered(kind: str) -> None:
    question = Question("q", "How?", kind=kind, options=("*Wet*",))
    assert words.answers_of({"q": question}, "q", "*Wet*") == ("How?", Text.of("*Wet*"))


def test_nobody_s_name_or_words_are_anything_but_words() -> None:
    card = words.prompt(
        NAME, HERE, (Question("q", NAME),), checkin_id=1, channel=NAME, private=False
    )
    assert NAME in card.title
    assert NAME in card.text.plain()
    spans = [span for block in card.text.blocks for span in block.spans]
    assert not any(span.mention or span.href for span in spans)


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "evening"), (3, "evening"), (4, "morning"), (11, "morning"), (12, "afternoon"),
     (17, "afternoon"), (18, "evening")],
)  # fmt: skip
def test_the_greeting_fits_the_hour(hour: int, part: str) -> None:
    assert words.greeting("Ana", hour) == f"Good {part}, Ana"
