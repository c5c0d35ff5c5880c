"""A form says the same set-up as a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from bot.admin.rules import taps
from bot.admin.rules.setup import ChannelSetup, RouteSetup
from bot.admin.rules.taps import Roster, Tapped
from bot.admin.words.setup import setup_form
from bot.chat import Place
from bot.checkins.rules import Question, RhythmPlan

PLACE = Place("slack", "T1", "C1")
COP = Place("slack", "T1", "C2")
ABROAD = Place("discord", "900", "901")
ROSTER = Roster({"U1": "Ana", "U2": "Ben", "U3": "Chi", "U4": "Ben"})
QUESTIONS = (
    Question("plan", "What is next?", "text", "plan"),
    Question("mood", "How is it going?", "choice", options=("calm", "busy"), optional=True),
    Question("load", "How full is your week?", "scale"),
    Question("learned", "What surprised you?", "text", "learned", optional=True),
)
TEAM = ChannelSetup(
    "C1",
    "team",
    name="harbour",
    members=("U1", "U2"),
    rhythm=RhythmPlan(at=time(8, 30), every=2, nudges=2, questions=QUESTIONS),
)
COMMUNITY = ChannelSetup(
    "C1", "community", curators=("U3",), focus="weavers", stage="solving", topics=("a", "b")
)
FURTHER = {"team": [(COP, "#cop")], "community": []}


def filled(tapped: Tapped, **typed: str) -> dict[str, str]:
    """What a form holds that was opened on a set-up, with some fields typed anew."""
    form = setup_form(
        PLACE,
        tapped,
        title="#harbour",
        is_new=tapped.channel is None,
        preview=0,
        roster=ROSTER,
        further=FURTHER,
        zones=(),
    )
    values = {field.key: field.value for field in form.fields}
    assert typed.keys() <= values.keys()
    return values | typed


def read(tapped: Tapped, values: dict[str, str]) -> tuple[Tapped, dict[str, str]]:
    return taps.read_form(values, tapped, PLACE, roster=ROSTER, further={"team": [COP]})


@pytest.mark.parametrize(
    "tapped",
    [
        Tapped(TEAM, (RouteSetup(PLACE, COP, ("reliability",)),)),
        Tapped(TEAM, (RouteSetup(PLACE, ABROAD),)),
        Tapped(replace(TEAM, rhythm=None)),
        Tapped(replace(TEAM, members=None, rhythm=RhythmPlan(zone="Asia/Kolkata"))),
        Tapped(replace(TEAM, rhythm=RhythmPlan(monthly="last fri"))),
        Tapped(replace(TEAM, rhythm=RhythmPlan(monthly="15", tags=("plan", "show")))),
        Tapped(replace(TEAM, rhythm=RhythmPlan(every=7, questions=(Question("q1", "Well?"),)))),
        Tapped(COMMUNITY),
    ],
    ids=["route", "abroad", "silent", "all", "last", "fifteenth", "weeks", "community"],
)
def test_a_form_sent_as_it_opened_changes_nothing(tapped: Tapped) -> None:
    assert read(tapped, filled(tapped)) == (tapped, {})


def test_a_new_channel_is_a_team_that_asks_on_workdays_at_nine() -> None:
    tapped, wrong = read(Tapped(None), filled(Tapped(None)))
    assert not wrong
    assert tapped == Tapped(ChannelSetup("C1", "team", rhythm=RhythmPlan()))


def test_own_questions_are_one_per_line_and_the_first_is_the_plan() -> None:
    typed = "What is next?\nHow sure are you? [scale; optional]\nColour? [choice: red / green]\nStuck? [stuck]"
    tapped, wrong = read(Tapped(None), filled(Tapped(None), questions=typed))
    assert not wrong
    assert tapped.channel is not None
    assert tapped.channel.rhythm is not None
    assert tapped.channel.rhythm.questions == (
        Question("q1", "What is next?", role="plan"),
        Question("q2", "How sure are you?", "scale", optional=True),
        Question("q3", "Colour?", "choice", options=("red", "green")),
        Question("q4", "Stuck?", role="stuck"),
    )


def test_a_question_that_is_kept_keeps_its_key() -> None:
    """Its answers of other days belong to the same question."""
    tapped = Tapped(TEAM)
    lines = filled(tapped)["questions"].split("\n")
    typed = "\n".join(["Who helped?", lines[3], lines[0]])
    changed, _ = read(tapped, filled(tapped, questions=typed, first="words"))
    assert changed.channel is not None
    assert changed.channel.rhythm is not None
    new, learned, plan = changed.channel.rhythm.questions
    assert (learned.key, plan.key) == ("learned", "plan")
    assert (new.key, new.role) == ("q1", "")


def test_two_questions_never_share_a_key() -> None:
    plan = RhythmPlan(questions=(Question("q1", "What?", role="plan"), Question("q2", "Why?")))
    tapped = Tapped(replace(TEAM, rhythm=plan))
    changed, wrong = read(tapped, filled(tapped, questions="What?\nWho?\nWhy?"))
    assert not wrong
    assert changed.channel is not None
    assert changed.channel.rhythm is not None
    assert [(one.key, one.ask) for one in changed.channel.rhythm.questions] == [
        ("q1", "What?"),
        ("q3", "Who?"),
        ("q2", "Why?"),
    ]


WRONG = {
    "an unknown time": ({"at": "25:00"}, "at", "“25:00” is no time of day"),
    "an unknown zone": ({"zone": "Mars/Base"}, "zone", "There is no time zone “Mars/Base”"),
    "an unknown person": ({"members": "U1\nEve"}, "members", "I know nobody called Eve"),
    "two people of one name": ({"members": "ben"}, "members", "Write U2 or U4."),
    "no day": ({"days": ""}, "days", "There is no day on which to ask."),
    "a month needs one day": ({"often": "first", "days": "mon\ntue"}, "days", "Choose one day"),
    "six questions": ({"questions": "a\nb\nc\nd\ne\nf"}, "questions", "Keep the best 5."),
    "an unknown note": ({"questions": "Why? [lerned]"}, "questions", "Did you mean learned?"),
    "notes without a question": ({"questions": "[scale]"}, "questions", "asks nothing"),
    "a choice of one": ({"questions": "Why? [choice: a]"}, "questions", "from 2 to 20 options"),
    "a wrong ring": ({"ring": "circle"}, "ring", "“circle” does not fit here."),
    "no way to ask": ({"deliver": "email"}, "deliver", "Write dm or channel."),
    "topics": (
        {"ring": "community", "topics": ",".join(map(str, range(13)))},
        "topics",
        "Keep the best 12.",
    ),
}


@pytest.mark.parametrize(("typed", "field", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_told_beside_its_field(
    typed: dict[str, str], field: str, sentence: str
) -> None:
    _, wrong = read(Tapped(TEAM), filled(Tapped(TEAM), **typed))
    assert list(wrong) == [field]
    assert sentence in wrong[field]


def test_a_team_that_becomes_a_community_keeps_nothing_of_a_team() -> None:
    tapped = Tapped(TEAM, (RouteSetup(PLACE, COP), RouteSetup(PLACE, ABROAD)))
    changed, wrong = read(tapped, filled(tapped, ring="community", curators="Ana"))
    assert not wrong
    assert changed.channel is not None
    assert changed.channel.rhythm is None
    assert changed.channel.curators == ("U1",)
    assert changed.routes == ()


def test_a_channel_can_be_taken_off() -> None:
    assert read(Tapped(TEAM), filled(Tapped(TEAM), ring="off")) == (Tapped(None), {})
