"""Cards as Slack wants them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.limits import (
    MESSAGE_BLOCKS,
    MESSAGE_JSON,
    check_message,
    check_view,
    written_length,
)
from adapters.slack.write import shorten, write_card, write_home, write_sheet
from bot.chat import Block, Button, Card, Fact, Option, Picture, Select, Span, Text

LONG = " ".join(f"word{n:04}" for n in range(4000))

CARDS = {
    "empty": Card(),
    "title": Card(title="Monday"),
    "long title": Card(title="T" * 400),
    "long": Card(title="Monday", text=Text.of(LONG), footnote="The end"),
    "facts": Card(facts=tuple(Fact(f"Fact {n}", Text.of(f"value {n}")) for n in range(60))),
    "long fact": Card(facts=(Fact("Words", Text.of(LONG)),)),
    "buttons": Card(buttons=tuple(Button(f"Do {n}", f"do:{n}") for n in range(70))),
    "long label": Card(buttons=(Button("L" * 200, "do"),)),
    "menu": Card(
        selects=(
            Select(
                "Which one?", "pick", tuple(Option(f"Day {n}", str(n)) for n in range(101)), "7"
            ),
            Select("", "none", (Option("", "x"),)),
            Select("Empty", "empty", ()),
        )
    ),
    "footnote": Card(text=Text.of("x"), footnote="F" * 4000),
    "picture": Card(text=Text.of("x"), picture=Picture(b"png", "A" * 3000)),
    "loud": Card(title="<!channel>", text=Text.of("<!here> & <@U1>"), footnote="<!here>"),
}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_every_card_is_written_within_slacks_limits(card: Card) -> None:
    parts = write_card(card, picture="F012345678")
    assert parts
    for part in parts:
        assert check_message(list(part.blocks), part.text) == []
    assert check_view(write_home(card)) == []
    assert check_view(write_sheet(card, picture="F012345678")) == []


LETTERS = st.sampled_from(["\x07", '"', "é", "🙂", "a ", "a\n"])


@given(LETTERS, st.integers(0, 2500), st.integers(0, 200), st.integers(0, 60))
@settings(deadline=None)
def test_a_card_is_split_where_its_letters_take_too_much_room_on_the_wire(
    letter: str, words: int, action: int, buttons: int
) -> None:
    pressed = Button(letter * action, letter * action, "danger")
    card = Card(
        title=letter * action,
        text=Text((Block((Span(letter * words, bold=True),)),)),
        buttons=(pressed,) * buttons,
        footnote=letter * action,
    )
    for part in write_card(card):
        assert len(part.blocks) <= MESSAGE_BLOCKS
        assert len(part.blocks) == 1 or written_length(part.blocks) <= MESSAGE_JSON


def kinds(card: Card) -> list[str]:
    return [block["type"] for part in write_card(card, picture="F1") for block in part.blocks]


def test_the_parts_of_a_card_stand_in_the_order_in_which_one_reads() -> None:
    card = Card(
        title="Monday",
        text=Text.of("Good morning"),
        facts=(Fact("Zone", Text.of("Lisbon")),),
        buttons=(Button("Narrate", "checkins.open", "primary"), Button("Stop", "stop", "danger")),
        selects=(Select("When?", "when", (Option("Nine", "9"), Option("Ten", "10")), "10"),),
        picture=Picture(b"png", "A map"),
        footnote="Seen by your team",
    )
    assert kinds(card) == [
        "header",
        "rich_text",
        "rich_text",
        "image",
        "section",
        "actions",
        "context",
    ]
    (part,) = write_card(card, picture="F1")
    menu, actions = part.blocks[4]["accessory"], part.blocks[5]["elements"]
    assert menu["action_id"] == "choose:0:when"
    assert menu["initial_option"]["value"] == "10"
    assert [(a["value"], a.get("style")) for a in actions] == [
        ("checkins.open", "primary"),
        ("stop", "danger"),
    ]
    assert part.text == "Monday\nGood morning\nZone: Lisbon\nSeen by your team"


def test_long_text_is_split_in_order_with_the_buttons_at_the_end() -> None:
    parts = write_card(Card(text=Text.of(LONG), buttons=(Button("Go on", "go"),)))
    assert len(parts) > 1
    assert [any(b["type"] == "actions" for b in part.blocks) for part in parts] == [
        *[False] * (len(parts) - 1),
        True,
    ]


def test_what_an_option_has_no_room_for_stands_under_it() -> None:
    options = (Option("A" * 74 + " and the rest of it", "1"), Option("Two", "2"))
    (part,) = write_card(Card(selects=(Select("Which?", "pick", options),)))
    first = part.blocks[0]["accessory"]["options"][0]
    assert first["text"]["text"].endswith("…")
    assert first["description"]["text"] == "… and the rest of it"


def test_an_ellipsis_shows_that_there_is_more() -> None:
    assert shorten("A title that is far too long", 10) == "A title t…"
    assert shorten("A title", 10) == "A title"


def test_what_the_bot_says_in_plain_text_is_plain_text_for_slack_too() -> None:
    def texts(part: Any) -> list[dict[str, Any]]:
        if isinstance(part, list):
            return [found for each in part for found in texts(each)]
        if not isinstance(part, dict):
            return []
        own = [part] if part.get("type") in ("mrkdwn", "plain_text") else []
        return own + [found for each in part.values() for found in texts(each)]

    for card in CARDS.values():
        for part in write_card(card, picture="F1"):
            assert all(text["type"] == "plain_text" for text in texts(list(part.blocks)))


def test_a_card_that_is_only_read_says_its_title_once() -> None:
    assert [b["type"] for b in write_sheet(Card(title="Short", text=Text.of("x")))["blocks"]] == [
        "rich_text"
    ]
    long = write_sheet(Card(title="A title that is longer than 24", text=Text.of("x")))
    assert [b["type"] for b in long["blocks"]] == ["header", "rich_text"]
