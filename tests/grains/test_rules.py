"""What is true of every grain: its size, the parts in its words, its states."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import Text
from bot.grains import rules
from bot.refusal import Refusal

FAMILY = "👩‍👩‍👧‍👦"
RTL = "נסה את הסירה השנייה מחר בבוקר"


@settings(deadline=None)
@given(st.text(max_size=600))
def test_a_headline_never_has_more_than_140_characters_as_people_count_them(line: str) -> None:
    assert rules.sign_count(rules.headline(line)) <= rules.MOST_SIGNS


@settings(deadline=None)
@given(st.text(max_size=600))
def test_no_character_of_a_grain_is_lost(written: str) -> None:
    text = Text.parse(written)
    shape = rules.shape(text)
    if shape.detail:
        assert rules.whole(shape) == text
    else:
        visible = [line for line in text.lines() if rules.is_visible(line)]
        assert visible == ([shape.headline] if shape.headline else [])


@pytest.mark.parametrize(
    ("written", "headline", "has_detail"),
    [
        ("Rig the second boat", "Rig the second boat", False),
        ("🌊🌊🌊", "🌊🌊🌊", False),
        (RTL, RTL, False),
        (FAMILY * 140, FAMILY * 140, False),
        (FAMILY * 141, FAMILY * 139 + "…", True),
        ("Rig it\nand sail it", "Rig it", True),
        ("\u200b\nRig it", "Rig it", False),
        ("word " * 40, "word " * 27 + "word…", True),
        ("words " * 40, "words " * 22 + "words…", True),
        ("海" * 141, "海" * 139 + "…", True),
        ("<script>alert(1)</script> <!channel>", "<script>alert(1)</script> <!channel>", False),
    ],
)
def test_a_headline_is_the_first_line_cut_between_words(
    written: str, headline: str, has_detail: bool
) -> None:
    shape = rules.shape(rules.read(written))
    assert (shape.headline, bool(shape.detail)) == (headline, has_detail)


@pytest.mark.parametrize(
    "written", ["", "   ", "\u200b\u200d\ufeff", "\n\n", "\u3164\u2800", "\u202e"]
)
def test_nothing_to_see_is_no_grain(written: str) -> None:
    with pytest.raises(Refusal, match="a few words"):
        rules.read(written)


def test_a_megabyte_is_refused_with_its_length() -> None:
    with pytest.raises(Refusal, match=r"1,048,576 characters, and a grain holds at most 10,000"):
        rules.read("x" * 1_048_576)


NAMES = {"ben": 2, "chi": 3, "ana silva": 4, "ana": 1, "josé": 5}


@pytest.mark.parametrize(
    ("written", "topics", "link", "people"),
    [
        ("Rig #boats with @Ben", ("boats",), "", (2,)),
        ("Ask @ana silva, then @ANA.", (), "", (4, 1)),
        ("@Josés boat and x@ben", (), "", ()),
        ("Ask @zed #1 a#b", (), "", ()),
        ("#Boats #boats #été #日本 #हिन्दी", ("Boats", "été", "日本", "हिन्दी"), "", ()),
        ("#a #b #c #d #e #f", ("a", "b", "c", "d", "e"), "", ()),
        ("see https://a.example/x#y, then https://b.example", (), "https://a.example/x#y", ()),
        ("see [plan](https://a.example) ftp://b.example", (), "https://a.example", ()),
    ],
)
def test_topics_a_link_and_people_are_read_from_the_words(
    written: str, topics: tuple[str, ...], link: str, people: tuple[int, ...]
) -> None:
    assert rules.parts(Text.parse(written), NAMES) == rules.Parts(topics, link, people)


@pytest.mark.parametrize(
    ("read", "written", "said"),
    [
        (rules.read_topics, "a b c d e f", "These are 6 topics"),
        (rules.read_topics, "boats, 12", "“12” is no topic"),
        (rules.read_link, "javascript:alert(1)", "is no web address"),
        (rules.read_link, "https://a.example and more", "is no web address"),
        (
            lambda w: rules.read_people(w, NAMES),
            "Bem",
            "nobody here called “Bem”. Did you mean Ben?",
        ),
    ],
)
def test_a_wrong_detail_is_named_with_what_was_typed(read: object, written: str, said: str) -> None:
    with pytest.raises(Refusal, match=said) as no:
        read(written)  # type: ignore[operator]
    assert no.value.field in ("topics", "link", "people")


def test_details_are_read_as_people_type_them() -> None:
    assert rules.read_topics("#boats, été; 日本") == ("boats", "été", "日本")
    assert rules.read_link(" https://a.example/x ") == "https://a.example/x"
    assert rules.read_people("@Ben, Ana Silva", NAMES) == (2, 4)


@pytest.mark.parametrize("state", rules.NEXT)
@pytest.mark.parametrize("to", ["open", *rules.OUTCOMES])
def test_only_what_is_alive_can_become_something(state: str, to: str) -> None:
    if state in rules.ALIVE and to in rules.OUTCOMES:
        rules.check_move(state, to, 1)
    else:
        with pytest.raises(Refusal, match=f"Grain 1 is {state}"):
            rules.check_move(state, to, 1)


@pytest.mark.parametrize(
    ("written", "plans", "rest"),
    [
        ("grain: rig it", ("rig it",), ""),
        ("NEXT: rig it\nAll calm today", ("rig it",), "All calm today"),
        ("All calm\n- grain: rig it\n- other", ("rig it",), "All calm\n• other"),
        ("1. Next: *rig* it\n2. next : sail", ("rig it", "sail"), ""),
        ("**Grain:** see [plan](https://a.example)", ("see plan (https://a.example)",), ""),
        ("grain:", (), "grain:"),
        ("granite: hard\nnextdoor", (), "granite: hard\nnextdoor"),
        ("```\ngrain: code\n```", (), "grain: code"),
        ("grain：日本へ", ("日本へ",), ""),
    ],
)
def test_lines_that_start_with_grain_or_next_are_plans(
    written: str, plans: tuple[str, ...], rest: str
) -> None:
    found, left = rules.plan_lines(Text.parse(written))
    assert (found, left.plain()) == (plans, rest)


OWN = {3: "Rig the second boat"}


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", rules.Asked("form")),
        ("list", rules.Asked("list")),
        ("List the boats", rules.Asked("drop", words="List the boats")),
        ("3", rules.Asked("show", 3)),
        ("#3", rules.Asked("show", 3)),
        ("3 rig the second boat", rules.Asked("show", 3)),
        ("3 done", rules.Asked("settle", 3, "done")),
        ("3 KEPT wind was weak", rules.Asked("settle", 3, "kept", "wind was weak")),
        ("3 boats to rig", rules.Asked("drop", words="3 boats to rig")),
        ("9" * 30, rules.Asked("drop", words="9" * 30)),
        ("Done with boats, next sails", rules.Asked("drop", words="Done with boats, next sails")),
    ],
)
def test_what_is_typed_behind_the_command_is_understood(typed: str, asked: rules.Asked) -> None:
    assert rules.read_asked(typed, OWN) == asked


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("lists", "/grain list"),
        ("3 don", "/grain 3 done"),
        ("3 droped", "/grain 3 dropped"),
        ("done 3", "/grain 3 done"),
    ],
)
def test_a_wrong_sub_word_is_answered_with_the_nearest_right_one(typed: str, right: str) -> None:
    with pytest.raises(Refusal, match=f"Did you mean {right}"):
        rules.read_asked(typed, OWN)


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=6), st.lists(st.sampled_from("abcd"), max_size=6))
def test_lines_that_stay_keep_their_grain(before: list[str], after: list[str]) -> None:
    kept = [(i, rules.Shape(word)) for i, word in enumerate(before)]
    chosen = rules.match_lines(kept, [rules.Shape(word) for word in after])
    used = [one for one in chosen if one is not None]
    assert len(used) == len(set(used))
    for word in "abcd":
        same = [
            i
            for i, one in enumerate(chosen)
            if after[i] == word and one is not None and before[one] == word
        ]
        assert len(same) == min(before.count(word), after.count(word))
