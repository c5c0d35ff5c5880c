"""Forms as modals, and what is typed in them."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.forms import (
    Origin,
    filled,
    must_be_kept,
    pages,
    read_values,
    with_complaints,
    write_form,
)
from adapters.slack.limits import check_view
from bot.chat import Field, Form, Option, Place, Ref, Text, When
from tests.wire.slack.world import View

PLACE = Place("slack", "T1", "C1", "1.1")
STATES = (Option("Done", "done"), Option("Kept", "kept"), Option("Dropped", "dropped"))
EVERY = Form(
    "every",
    "A form with every kind of field",
    (
        Field("line", "Line", value="a line", hint="Be short", limit=20),
        Field("long", "Long", "long", value="many\nlines", counted=140),
        Field("one", "One", "choice", value="kept", options=STATES),
        Field("some", "Some", "choices", value="done\nkept", options=STATES, optional=True),
        Field(
            "many",
            "Many",
            "choice",
            value="o150",
            options=tuple(Option(f"O {n}", f"o{n}") for n in range(300)),
        ),
        Field("number", "Number", "number", value="2.5"),
        Field("date", "Date", "date", value="2026-11-20"),
        Field("time", "Time", "time", value="09:00"),
        Field(
            "zone", "Zone", "suggest", value="Asia/Kolkata", options=(Option("x", "Europe/Lisbon"),)
        ),
        Field("empty", "Empty", "choice", options=()),
    ),
    text=Text.of("Only your team sees this."),
    submit="Send it to the whole of my team",
)


def held(view: dict[str, Any]) -> dict[str, str]:
    """What the values of a modal read as that nobody has touched."""
    return read_values(View("V1", "T1", view).told())


def test_a_form_of_every_kind_is_within_slacks_limits_and_holds_what_it_was_given() -> None:
    view = write_form(EVERY, Origin(PLACE))
    assert check_view(view) == []
    assert held(view) == {field.key: field.value for field in EVERY.fields if field.key != "empty"}


def test_fields_that_are_left_empty_read_as_empty() -> None:
    form = filled(EVERY, {field.key: "" for field in EVERY.fields})
    assert set(held(write_form(form, Origin(PLACE))).values()) == {""}


def test_a_value_that_is_not_of_its_kind_opens_as_an_empty_field() -> None:
    form = filled(
        EVERY, {"number": "two", "date": "tomorrow", "time": "noon", "one": "lost", "some": "x"}
    )
    view = write_form(form, Origin(PLACE))
    assert check_view(view) == []
    values = held(view)
    assert [values[key] for key in ("number", "date", "time", "one", "some")] == [""] * 5


def test_a_long_value_is_spread_over_several_inputs_and_read_as_one() -> None:
    value = "x" * 7000
    form = Form("f", "F", (Field("long", "Long", "long", value=value),))
    view = write_form(form, Origin(PLACE))
    assert check_view(view) == []
    assert len(view["blocks"]) == 3
    assert held(view) == {"long": value}


def test_a_gentle_count_is_told_in_the_hint() -> None:
    view = write_form(EVERY, Origin(PLACE))
    hints = {
        b["label"]["text"]: b.get("hint", {}).get("text")
        for b in view["blocks"]
        if b["type"] == "input"
    }
    assert hints["Long"] == "Best within 140 characters a line."
    assert hints["Line"] == "Be short"


def test_a_field_shows_only_while_another_holds_one_of_its_values() -> None:
    form = Form(
        "f",
        "F",
        (
            Field("state", "State", "choice", value="done", options=STATES),
            Field("why", "Why?", when=When("state", ("dropped", "kept"))),
        ),
    )
    assert must_be_kept(form)
    assert [b["block_id"] for b in write_form(form, Origin(PLACE))["blocks"]] == ["0:state"]
    shown = write_form(filled(form, {"state": "kept"}), Origin(PLACE))
    assert [b["block_id"] for b in shown["blocks"]] == ["0:state", "0:why"]


def test_a_form_that_is_too_long_for_one_modal_has_pages() -> None:
    form = Form("f", "F", tuple(Field(f"k{n}", f"Field {n}") for n in range(200)), submit="Send")
    assert must_be_kept(form)
    assert [len(page) for page in pages(form)] == [80, 80, 40]
    views = [write_form(form, Origin(PLACE, kept=7, page=n)) for n in range(3)]
    assert [check_view(view) for view in views] == [[], [], []]
    assert [view["submit"]["text"] for view in views] == ["Next", "Next", "Send"]
    assert [view["blocks"][-1]["type"] for view in views] == ["input", "actions", "actions"]
    keys = [key for view in views for key in held(view)]
    assert keys == [f"k{n}" for n in range(200)]


@pytest.mark.parametrize(
    "origin",
    [
        Origin(PLACE),
        Origin(PLACE, Ref(PLACE, "2.2"), "https://hooks.test/x"),
        Origin(PLACE, kept=123456789012345678, page=2),
    ],
)
def test_a_modal_carries_where_it_was_opened(origin: Origin) -> None:
    assert Origin.read(origin.write()) == origin


def test_a_view_that_is_not_ours_carries_nothing() -> None:
    assert Origin.read("") is None


def test_what_is_wrong_with_a_whole_form_stands_above_its_fields_once() -> None:
    view = View("V1", "T1", write_form(EVERY, Origin(PLACE))).told()
    once = with_complaints(view, {"": "You wrote today already."})
    again = with_complaints(View("V1", "T1", once).told(), {"": "Still so."})
    assert check_view(again) == []
    assert [b["block_id"] for b in again["blocks"] if b.get("block_id") == "wrong"] == ["wrong"]
    assert again["blocks"][0]["elements"][0]["elements"][-1]["text"].endswith("Still so.")


def test_an_option_may_have_an_empty_value_and_is_then_chosen_at_first() -> None:
    options = (Option("Leave it open", ""), *STATES)
    form = Form("f", "F", (Field("state", "State", "choice", options=options),))
    view = write_form(form, Origin(PLACE))
    assert check_view(view) == []
    menu = view["blocks"][0]["element"]
    assert menu["initial_option"]["text"]["text"] == "Leave it open"
    assert all(option["value"] for option in menu["options"])
    assert held(view) == {"state": ""}


def test_an_option_may_have_a_value_that_is_longer_than_slack_allows() -> None:
    options = tuple(Option(f"{n} {'x' * 200}", f"{n} {'x' * 200}") for n in range(3))
    fields = (
        Field("one", "One", "choice", options=options, value=options[1].value),
        Field(
            "some", "Some", "choices", options=options, value="\n".join(o.value for o in options)
        ),
    )
    form = Form("f", "F", fields)
    assert must_be_kept(form)
    view = write_form(form, Origin(PLACE, kept=1))
    assert check_view(view) == []
    assert filled(form, held(view)) == form
