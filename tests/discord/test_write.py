"""Cards as Discord's messages, and commands as it lists them."""

from __future__ import annotations

import pytest

from adapters.discord.limits import check_command, check_message
from adapters.discord.write import (
    read_action,
    read_value,
    write_card,
    write_choices,
    write_commands,
    write_option,
    write_value,
)
from bot.chat import (
    Button,
    Card,
    CommandHelp,
    Fact,
    Option,
    Picture,
    Select,
    Shortcut,
    Text,
)

CARDS = [
    Card(),
    Card(title="A *title* with\na break"),
    Card(title="T" * 500, text=Text.of("word " * 3000)),
    Card(text=Text.of("x" * 2000)),
    Card(text=Text.of("*" * 2500), footnote="_" * 2500),
    Card(facts=(Fact("Zone", Text.of("Asia/Kolkata")), Fact("Since", Text.parse("- a\n- b")))),
    Card(buttons=tuple(Button(f"{n}" * 100, f"a.b:{n}") for n in range(60))),
    Card(selects=(Select("", "a.b", tuple(Option("", f"{n}") for n in range(70))),)),
    Card(selects=(Select("S" * 200, "a.b", (Option("L" * 300, "V" * 300), Option("", ""))),)),
    Card(picture=Picture(b"png", "A" * 2000)),
    Card(text=Text.of("Twice"), buttons=(Button("One", "a.b"), Button("Two", "a.b"))),
]


@pytest.mark.parametrize("card", CARDS)
def test_every_card_fits(card: Card) -> None:
    for part in write_card(card):
        assert check_message(part.body()) == []


def test_a_card_is_written_in_the_order_in_which_it_is_read() -> None:
    card = Card(
        title="Good morning, Ana",
        text=Text.of("What is next?"),
        facts=(Fact("Zone", Text.of("Europe/Lisbon")),),
        buttons=(Button("Narrate", "checkins.form:7", "primary"), Button("No", "x.y", "danger")),
        footnote="Seen by your team",
    )
    (part,) = write_card(card)
    assert part.content == (
        "**Good morning, Ana**\nWhat is next?\n\n**Zone:** Europe/Lisbon\n-# Seen by your team"
    )
    (row,) = part.components
    assert [each["style"] for each in row["components"]] == [1, 4]
    assert [each["custom_id"] for each in row["components"]] == ["checkins.form:7", "x.y"]


def test_two_buttons_with_one_action_are_told_apart_and_read_alike() -> None:
    (part,) = write_card(Card(buttons=(Button("One", "a.b:1"), Button("Two", "a.b:1"))))
    idents = [each["custom_id"] for each in part.components[0]["components"]]
    assert idents == ["a.b:1", "a.b:1~2"]
    assert {read_action(ident) for ident in idents} == {"a.b:1"}


def test_what_an_option_cannot_hold_stands_under_it() -> None:
    written = write_option(Option("word " * 30, "v"))
    assert written["label"].endswith("…")
    assert written["description"].startswith("…")


@pytest.mark.parametrize("value", ["", "short", "v" * 100, "v" * 101])
def test_every_value_comes_back(value: str) -> None:
    assert 1 <= len(write_value(value)) <= 100
    assert read_value(write_value(value), (Option("L", value),)) == value


def test_commands_and_menu_entries_are_registered_as_discord_wants_them() -> None:
    commands = (CommandHelp("grain", "S" * 200, "U" * 200), CommandHelp("ask", "", ""))
    shortcuts = (Shortcut("Mark as lesson", "lessons.mark"),)
    written = write_commands(commands, shortcuts)
    assert [problem for one in written for problem in check_command(one)] == []
    assert [one["name"] for one in written] == ["grain", "ask", "Mark as lesson"]
    (option,) = written[0]["options"]
    assert (option["name"], option["autocomplete"], option["required"]) == ("text", True, False)


def test_a_choice_that_does_not_fit_is_left_out_and_never_cut() -> None:
    offered = ["a", "a", "x" * 101, *map(str, range(40))]
    written = write_choices(offered)
    assert len(written) == 25
    assert [one["value"] for one in written[:3]] == ["a", "0", "1"]


def test_the_check_finds_what_discord_would_refuse() -> None:
    """A validator that accepts everything would prove nothing."""
    row = {"type": 1, "components": [{"type": 2, "style": 9, "label": "", "custom_id": "x" * 101}]}
    body = {
        "content": "x" * 2001,
        "components": [row] * 6,
        "allowed_mentions": {"parse": ["users"]},
    }
    assert len(check_message(body)) > 5
    assert check_message({"content": " ", "allowed_mentions": {"parse": []}})
    assert check_command({"name": "Grain", "description": ""})
