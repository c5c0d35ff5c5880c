"""Forms as Discord's modals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapters.discord.forms import (
    filled,
    pages,
    read_open,
    read_values,
    shown_fields,
    write_form,
)
from adapters.discord.limits import check_modal
from bot.chat import Field, Form, Option, Text, When

YES_NO = (Option("Yes", "yes"), Option("No", "no"))
MANY = tuple(Option(f"Choice {n}", f"v{n}") for n in range(30))

FORMS = [
    Form("a.b", "T", ()),
    Form("a.b", "", (Field("k", ""),)),
    Form("a.b", "T" * 100, tuple(Field(f"k{n}", f"Field {n}") for n in range(23))),
    Form("a.b", "Long", (Field("k", "L" * 200, hint="H" * 300, counted=140),)),
    Form("a.b", "Long", (Field("k", "L" * 80, hint="H" * 60),)),
    Form("a.b", "Text", (Field("k", "K"),), text=Text.of("words " * 900)),
    Form("a.b", "Value", (Field("k", "K", "long", value="v" * 9000),)),
    Form("a.b", "Value", (Field("k", "K", "line", value="v" * 5000, limit=9000),)),
    Form("a.b", "Choice", (Field("k", "K", "choice", options=YES_NO, value="no"),)),
    Form("a.b", "Choices", (Field("k", "K", "choices", options=YES_NO, value="no\nyes"),)),
    Form("a.b", "Choices", (Field("k", "K", "choices", options=MANY, value="v1\nv2"),)),
    Form("a.b", "Choice", (Field("k", "K", "choice", options=MANY, value="v1"),)),
    Form("a.b", "None", (Field("k", "K", "choice"),)),
    Form("a.b", "Empty", (Field("k", "K", "choice", options=(Option("None", ""), *YES_NO)),)),
    Form(
        "a.b",
        "Kinds",
        (Field("n", "N", "number"), Field("d", "D", "date"), Field("t", "T", "time")),
    ),
    Form("a.b", "Zone", (Field("z", "Zone", "suggest", options=MANY * 5),)),
]


def typed(modal: dict[str, Any]) -> list[dict[str, Any]]:
    """What comes back of a modal that nobody touched."""
    sent = []
    for part in modal["components"]:
        if part["type"] != 18:
            sent.append({"type": part["type"]})
            continue
        inside = part["component"]
        held = {"type": inside["type"], "custom_id": inside["custom_id"]}
        if inside["type"] == 3:
            held["values"] = [one["value"] for one in inside["options"] if one.get("default")]
        else:
            held["value"] = inside.get("value", "")
        sent.append({"type": 18, "component": held})
    return sent


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.title[:8]} {len(form.fields)}")
def test_every_page_of_every_form_fits(form: Form) -> None:
    for page in range(len(pages(form))):
        assert check_modal(write_form(form, 2**62, page)) == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.title[:8]} {len(form.fields)}")
def test_a_form_that_nobody_touched_comes_back_as_it_was(form: Form) -> None:
    read: dict[str, str] = {}
    for page in range(len(pages(form))):
        read |= read_values(form, typed(write_form(form, 1, page)))
    for field in form.fields:
        if field.kind in ("choice", "choices") and not field.options:
            continue
        most = 4000 if field.kind == "line" else None
        assert sorted(read[field.key].split("\n")) == sorted(field.value[:most].split("\n"))


def test_a_text_over_two_pages_is_changed_on_one_and_kept_on_the_other() -> None:
    fields = (*(Field(f"k{n}", f"Field {n}") for n in range(3)),
              Field("t", "Text", "long", value="a" * 4000 + "b" * 4000 + "c" * 4000))  # fmt: skip
    form = Form("a.b", "T", fields)
    assert [len(page.slots) for page in pages(form)] == [5, 1]
    sent = typed(write_form(form, 1, 0))
    sent[3]["component"]["value"] = "A"
    form = filled(form, read_values(form, sent))
    assert form.fields[3].value == "A" + "b" * 4000 + "c" * 4000
    form = filled(form, read_values(form, typed(write_form(form, 1, 1))))
    assert form.fields[3].value == "A" + "b" * 4000 + "c" * 4000


def test_every_word_of_a_long_label_and_hint_can_be_read() -> None:
    label = "What one thing are you trying to move today, and with whom will you do it?"
    form = Form("a.b", "T", (Field("k", label, hint="Write as you would speak to a friend."),))
    modal = write_form(form, 1, 0)
    everything = " ".join(
        str(part.get(name, ""))
        for part in modal["components"]
        for name in ("content", "description")
    )
    assert label in everything.replace("\\", "")
    assert "speak to a friend" in everything


def test_the_text_of_five_fields_stands_under_the_first_rather_than_on_one_page_more() -> None:
    fields = tuple(Field(f"k{n}", f"Field {n}") for n in range(5))
    form = Form("a.b", "T", fields, text=Text.of("Your team can read it."))
    assert len(pages(form)) == 1
    modal = write_form(form, 1, 0)
    assert modal["components"][0]["description"] == "Your team can read it."
    longer = replace(form, text=Text.of("word " * 40))
    assert len(pages(longer)) == 2


def test_a_dependent_field_never_shares_a_page_with_what_it_depends_on() -> None:
    when = When("ring", ("team",))
    form = Form(
        "a.b",
        "T",
        (
            Field("ring", "Ring", "choice", options=(Option("Team", "team"),), value="team"),
            Field("at", "At", when=when),
            Field("day", "Day", when=when),
        ),
    )
    shown = [[slot.field.key for slot in page.slots] for page in pages(form)]
    assert shown == [["ring"], ["at", "day"]]
    other = filled(form, {"ring": "community"})
    assert [field.key for field in shown_fields(other)] == ["ring"]
    assert len(pages(other)) == 1


def test_a_choice_among_many_is_typed_by_its_words() -> None:
    form = Form("a.b", "T", (Field("k", "K", "choices", options=MANY),))
    (part,) = [p for p in write_form(form, 1, 0)["components"] if p["type"] == 18]
    ident = part["component"]["custom_id"]
    sent = [{"type": 18, "component": {"custom_id": ident, "value": "choice 3\n\nv4\nelse"}}]
    assert read_values(form, sent) == {"k": "v3\nv4\nelse"}


def test_inputs_in_rows_as_older_modals_have_them_are_read_too() -> None:
    form = Form("a.b", "T", (Field("k", "K"),))
    sent = [{"type": 1, "components": [{"type": 4, "custom_id": "0.0", "value": "v"}]}]
    assert read_values(form, sent) == {"k": "v"}


def test_inputs_that_belong_to_no_field_are_passed_over() -> None:
    form = Form("a.b", "T", (Field("k", "K"),))
    for ident in ("7.0", "x", "0", "-1.0"):
        assert (
            read_values(form, [{"type": 18, "component": {"custom_id": ident, "value": "v"}}]) == {}
        )


def test_only_our_own_modals_are_taken_for_ours() -> None:
    assert read_open(write_form(FORMS[1], 17, 0)["custom_id"]) == (17, 0)
    for other in ("checkins.form:1:2", "discord.form:1", "discord.form:x:1", ""):
        assert read_open(other) is None
