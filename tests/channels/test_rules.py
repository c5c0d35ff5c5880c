"""Names, keys and the words of a day."""

from __future__ import annotations

from datetime import date

import pytest

from bot.channels import rules, words


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([], ""),
        (["Ana"], "Ana"),
        (["Ana", "Ben"], "Ana and Ben"),
        (["Ana", "Ben", "Chi"], "Ana, Ben and Chi"),
    ],
)
def test_names_are_said_as_one_would_say_them(people: list[str], said: str) -> None:
    assert rules.names(people) == said


@pytest.mark.parametrize("channel", ["harbour", "C01", "a:b:c"])
def test_the_key_of_a_day_can_be_read_again(channel: str) -> None:
    """Whatever a platform calls its channels."""
    key = rules.parent_key(channel, "2026-11-16", 2)
    assert rules.read_parent_key(key) == (channel, "2026-11-16")
    assert rules.read_parent_key("grains.card:7") is None
    assert rules.read_parent_key("") is None


def test_a_day_says_who_narrated_and_where_the_words_are() -> None:
    """Before anybody has, it invites; where questions are asked in the open, it asks them."""
    monday = date(2026, 11, 16)
    quiet = words.parent("harbour", monday, [], [])
    assert quiet.plain() == (
        "Monday 16 November\nWhat are you working on, out loud? The words go in the thread."
    )
    spoken = words.parent("harbour", monday, ["Ana", "Ben"], [])
    assert "Ana and Ben narrated today. Their words are in the thread." in spoken.plain()
    asking = words.parent("harbour", monday, [], ["What is next?"])
    assert "What is next?" in asking.plain()
    assert "Everybody in this channel can read the thread." in asking.plain()
    assert [one.label for one in quiet.buttons] == ["Narrate"]
