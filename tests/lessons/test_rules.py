"""A lesson's steps, its general form, and what makes it confirmed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Text
from bot.lessons import rules
from bot.lessons.rules import ITEM_STEPS, LESSON_STEPS, NOW, Wording
from bot.lessons.rules.asked import read_asked
from bot.refusal import Refusal

DEEDS = sorted({deed for _, deed in LESSON_STEPS})
ITEM_DEEDS = sorted({deed for _, deed in ITEM_STEPS})


@given(st.lists(st.sampled_from(DEEDS), max_size=30))
def test_whatever_is_done_with_a_lesson_is_allowed_or_refused_with_a_sentence(
    deeds: list[str],
) -> None:
    """Nothing is shared without a yes, and what was withdrawn only comes back through one."""
    state, agreed = "marked", False
    for deed in deeds:
        if (state, deed) not in LESSON_STEPS:
            with pytest.raises(Refusal, match=NOW[state]):
                rules.next_state(state, deed)
            continue
        state = rules.next_state(state, deed)
        agreed = deed == "agree" or (agreed and deed not in ("withdraw", "ask again"))
        assert (state in rules.LIVE) == agreed


@given(st.lists(st.sampled_from(ITEM_DEEDS), max_size=30), st.sampled_from(["waiting", "proposed"]))
def test_a_copy_is_posted_only_of_what_somebody_there_selected(
    deeds: list[str], state: str
) -> None:
    """A wider or changed wording needs its author’s yes, and one that was taken away stays away."""
    path = [state]
    for deed in deeds:
        if (path[-1], deed) in ITEM_STEPS:
            path.append(rules.next_item(path[-1], deed, "cop"))
            continue
        with pytest.raises(Refusal, match="For #cop, this lesson"):
            rules.next_item(path[-1], deed, "cop")
    if "relayed" in path:
        assert path[path.index("relayed") - 1] == "selected"
    if "removed" in path:
        assert path[-1] == "removed"
    if state == "proposed" and "relayed" in path:
        assert "waiting" in path


@pytest.mark.parametrize(
    ("said", "when", "do", "because"),
    [
        (
            "When the tide turns, check the lines again because they go slack.",
            "the tide turns",
            "check the lines again",
            "they go slack",
        ),
        ("if a crane stops, do call the yard first", "a crane stops", "call the yard first", ""),
        ("Oil it weekly because salt eats it", "", "Oil it weekly", "salt eats it"),
        ("Oil it weekly.\nThe rest is history.", "", "Oil it weekly", ""),
    ],
)
def test_the_form_begins_with_what_the_words_say_already(
    said: str, when: str, do: str, because: str
) -> None:
    found = rules.proposed(Text.parse(said), quote=False)
    assert (found.when, found.do, found.because) == (when, do, because)


def test_the_general_form_is_one_sentence_where_its_parts_are() -> None:
    wording = rules.read_wording(
        {"when": "When it rains,", "do": "do close the hatch", "because": "because it leaks."}
    )
    assert wording.general().plain() == "When it rains, close the hatch, because it leaks"
    assert Wording(do="oil it").general().plain() == "Oil it"
    listed = Wording(do="- one\n- two")
    assert listed.general().plain() == "Do:\n• one\n• two"


def test_a_lesson_needs_something_to_do_and_is_short() -> None:
    for values, field in (({"do": " "}, "do"), ({"do": "👍"}, "do"), ({"do": "x" * 1001}, "do")):
        with pytest.raises(Refusal) as no:
            rules.read_wording(values)
        assert no.value.field == field


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("👍", "only “👍”"),
        ("https://example.org/a-long-enough-address", "only a link"),
        ("", "no words"),
    ],
)
def test_what_has_no_words_is_no_lesson_and_it_is_said_what_was_left_out(
    said: str, reason: str
) -> None:
    text = Text.parse(said)
    with pytest.raises(Refusal, match=reason):
        rules.check_worth(text)


def test_a_short_sentence_in_any_script_is_a_lesson() -> None:
    for said in ("Call the yard first", "先に確認する", "เช็กก่อน", "сначала спроси"):
        rules.check_worth(Text.parse(said))


def test_of_very_long_words_the_beginning_travels() -> None:
    quote, left_out = rules.quoted(Text.parse("word " * 8_000))
    assert left_out
    assert len(quote) <= rules.MOST_QUOTED + 10
    assert quote.endswith("…")
    assert rules.quoted(Text.parse("short")) == ("short", False)


def test_a_route_with_topics_takes_what_is_about_one_of_them() -> None:
    assert rules.fits((), ())
    assert rules.fits(("Reliability", "care"), ("reliability",))
    assert not rules.fits(("reliability",), ("care",))


def test_topics_are_found_in_the_words() -> None:
    text = Text.parse("Our #cranes need care and Reliability")
    assert rules.topics_in(text, ("reliability", "sailing")) == ("cranes", "reliability")
    with pytest.raises(Refusal, match="at most 5"):
        rules.read_topics("a b c d e f")


def person(*accounts: str) -> frozenset[object]:
    return frozenset(accounts)


def test_two_others_for_whom_it_worked_confirm_a_lesson() -> None:
    ana = person("slack ana", "discord ana")
    assert rules.is_confirmed([person("ben"), person("chi")], ana)
    assert not rules.is_confirmed([person("ben")], ana)


def test_two_of_the_authors_own_team_are_no_proof_for_others() -> None:
    ana = person("ana")
    team = person("ana") | person("ben") | person("eve")
    assert rules.is_confirmed([person("ben"), person("chi")], ana, team)
    assert not rules.is_confirmed([person("ben"), person("eve")], ana, team)
    assert rules.is_confirmed([person("ben"), person("eve"), person("chi")], ana, team)


def test_two_accounts_of_one_human_are_not_two_and_the_author_is_none() -> None:
    ana = person("slack ana", "discord ana")
    ben = person("slack ben", "discord ben")
    assert not rules.is_confirmed([ben, ben], ana)
    assert not rules.is_confirmed([person("slack ben"), ben], ana)
    assert not rules.is_confirmed([person("ben"), person("discord ana")], ana)


@pytest.mark.parametrize(
    ("typed", "verb", "number"),
    [
        ("", "form", 0),
        ("mine", "mine", 0),
        ("Queue", "queue", 0),
        ("show 3", "show", 3),
        ("show #3", "show", 3),
        ("3", "show", 3),
        ("withdraw 12", "withdraw", 12),
        ("search tide tables", "search", 0),
        ("Show up early, the tide does not wait", "mark", 0),
        ("mine is a lesson about mines", "mark", 0),
        ("withdraw the pin before you lift", "mark", 0),
    ],
)
def test_a_lesson_may_begin_with_any_word(typed: str, verb: str, number: int) -> None:
    asked = read_asked(typed)
    assert (asked.verb, asked.number) == (verb, number)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("qeue", "Did you mean /lesson queue?"),
        ("shwo 3", "Did you mean /lesson show 3?"),
        ("show", "Which one? Write its number: /lesson show 3."),
        ("withdraw", "Which one? Write its number: /lesson withdraw 3."),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_what_was_meant(typed: str, sentence: str) -> None:
    with pytest.raises(Refusal) as no:
        read_asked(typed)
    assert no.value.sentence.startswith(sentence)


@given(st.text(max_size=200))
def test_no_word_that_is_searched_for_is_an_operator(typed: str) -> None:
    for word in rules.search_words(typed):
        assert word
        assert not set(word) & set("\"'*:()&|!<>^+-~\\ ")
