from __future__ import annotations

from collections import Counter
from datetime import timedelta

from bot.insight.patterns import Patterns
from tests.insight.stream import GRAINS, MONDAY, SUBJECTS, filled, tell, texts

WINCH = [
    "winch: oil the chain",
    "winch: order a new rope",
    "winch: the brake slips",
    "winch: paint the drum",
    "winch: lend it to the yard",
]


def test_texts_about_one_subject_make_one_pattern() -> None:
    patterns = Patterns()
    placed = [tell(patterns, text, id=text, by=n) for n, text in enumerate(WINCH)]
    other = tell(patterns, "invoice: send the second", id="invoice")
    assert len({one.pattern for one in placed}) == 1
    assert other.pattern != placed[0].pattern


def test_among_the_first_dozen_grains_of_two_people_the_common_subject_is_found() -> None:
    patterns = Patterns()
    for number, grain in enumerate(GRAINS):
        tell(patterns, grain, id=grain, by=number)
    (found,) = patterns.shown(MONDAY)
    assert found.words[0] == "winch"
    assert set(patterns.kept[found.number].ids) == {one for one in GRAINS if "winch" in one}


def test_a_stream_of_eight_subjects_is_told_apart() -> None:
    patterns, of = Patterns(), {subject: Counter[int | None]() for subject in SUBJECTS}
    for number, (text, subject) in enumerate(texts(800)):
        placed = tell(patterns, text, id=str(number), by=number)
        if number >= 400:
            of[subject][placed.pattern] += 1
    homes = {subject: found.most_common(1)[0] for subject, found in of.items()}
    assert len({home for home, _ in homes.values()}) == len(SUBJECTS)
    assert sum(count for _, count in homes.values()) > 0.9 * 400


def test_a_pattern_is_shown_at_its_fifth_text() -> None:
    patterns = filled()
    said = [text.replace("winch", "kayak") for text in WINCH]
    placed = [tell(patterns, text, id=text) for text in said]
    assert [one.is_shown for one in placed] == [False] * 4 + [True]


def test_a_pattern_is_not_shown_for_a_word_that_many_patterns_have() -> None:
    patterns = filled()
    for number in range(40):
        patterns.grouping.join(None, ("mend", f"thing{number}"))
    placed = [tell(patterns, "mend", id=f"m{number}") for number in range(6)]
    assert placed[-1].texts >= 5
    assert not placed[-1].is_shown


def test_a_label_is_made_of_the_words_that_tell_the_pattern_from_others() -> None:
    labels = {pattern.words[0] for pattern in filled().shown(MONDAY)[: len(SUBJECTS)]}
    assert labels == set(SUBJECTS)


def test_the_typical_text_is_one_of_the_pattern() -> None:
    patterns = filled()
    for pattern in patterns.shown(MONDAY):
        assert patterns.notes[pattern.typical].pattern == pattern.number


def test_the_patterns_of_this_week_come_first() -> None:
    weeks = [pattern.last_week for pattern in filled().shown(MONDAY)]
    assert weeks == sorted(weeks, reverse=True)


def test_an_edited_text_is_counted_once_and_moves_with_its_words() -> None:
    patterns = filled()
    before = tell(patterns, "oil the winch rope", id="mine")
    after = tell(patterns, "count the compost bucket", id="mine")
    assert before.pattern is not None
    assert after.pattern is not None
    assert before.pattern != after.pattern
    assert patterns.notes["mine"].pattern == after.pattern
    assert sum("mine" in kept.ids for kept in patterns.kept.values()) == 1


def test_an_explanation_names_the_words_in_common() -> None:
    patterns = filled()
    tell(patterns, "oil the winch rope", id="mine")
    why = patterns.explain("mine")
    assert why is not None
    assert "“winch”" in why
    assert patterns.explain_text("lift that winch") == why or "“winch”" in patterns.explain_text(
        "lift that winch"
    )


def test_an_explanation_of_what_stands_alone_says_so() -> None:
    patterns = Patterns()
    tell(patterns, "oil the winch", id="mine")
    assert patterns.explain("mine") == "No other text is near it yet."
    assert patterns.explain("another") is None
    assert patterns.explain_text("🌊") == "It has no words to go by."
    assert patterns.explain_text("kite").startswith("It shares too little with any pattern")


def test_what_is_forgotten_leaves_no_word_behind() -> None:
    patterns = Patterns()
    tell(patterns, "quokka in the shed", id="mine", by=0)
    tell(patterns, "paint the shed", id="theirs", by=1)
    assert patterns.forget(["mine"]) == ()
    assert "quokka" not in patterns.grouping.words
    assert "mine" not in patterns.notes
    assert patterns.explain("mine") is None
    patterns.forget(["theirs"])
    assert (patterns.grouping.words, patterns.grouping.groups, patterns.kept) == ({}, {}, {})
    assert (patterns.grouping.entries, patterns.grouping.texts, patterns.days) == (0, 0, {})


def test_a_pattern_that_loses_its_fifth_text_is_not_shown_any_more() -> None:
    patterns = Patterns()
    for text in WINCH:
        tell(patterns, text, id=text)
    assert [one.texts for one in patterns.shown(MONDAY)] == [5]
    patterns.forget([WINCH[2]])
    assert patterns.shown(MONDAY) == []


def test_forgetting_what_is_not_remembered_says_so() -> None:
    assert filled(20).forget(["t1", "t999"]) == ("t999",)


def test_two_patterns_become_one_only_when_a_curator_says_so() -> None:
    patterns = Patterns()
    for number, text in enumerate(WINCH):
        tell(patterns, text, id=f"a{number}")
    one = patterns.notes["a0"].pattern
    number_of_patterns = len(patterns.kept)
    other = patterns.grouping.join(None, ("#winch", "winch", "brake"))
    patterns.kept[other.number] = type(patterns.kept[one])(texts=5, is_shown=True)
    patterns.kept[one].is_shown = True
    proposed = patterns.merges(MONDAY)
    assert [(merge.one.number, merge.other.number) for merge in proposed] == [(one, other.number)]
    assert len(patterns.kept) == number_of_patterns + 1
    patterns.merge(one, other.number)
    assert len(patterns.kept) == number_of_patterns
    assert patterns.kept[one].texts == 10
    assert patterns.merges(MONDAY) == []


def test_outside_of_a_team_a_pattern_has_three_people_of_two_teams() -> None:
    for people, is_shown in (
        ((0, 1), False),
        ((0, 1, 0), False),
        ((0, 2), False),
        ((0, 1, 2), True),
    ):
        patterns = filled()
        for number in range(9):
            placed = tell(
                patterns, "mend the kayak keel", id=f"k{number}", by=people[number % len(people)]
            )
        assert placed.pattern is not None
        assert (patterns.shown_outside(placed.pattern, MONDAY) is not None) == is_shown, people


def test_three_people_of_one_team_are_not_shown_outside() -> None:
    patterns = filled()
    for number in range(9):
        patterns.add(f"k{number}", "mend the kayak keel", MONDAY, f"p{number % 3}", "harbour")
    assert patterns.shown_outside(patterns.notes["k0"].pattern, MONDAY) is None


def test_outside_of_a_team_no_word_is_shown_that_one_person_used_alone() -> None:
    patterns = filled()
    for number in range(12):
        mine = "kayak falcon falcon-keel" if number % 4 == 0 else "kayak"
        tell(patterns, f"{mine} keel", id=f"k{number}", by=number)
    number = patterns.notes["k0"].pattern
    inside = patterns.pattern(number, MONDAY)
    outside = patterns.shown_outside(number, MONDAY)
    assert inside is not None
    assert outside is not None
    assert set(outside.words) == {"kayak", "keel"}
    assert outside.typical == ""
    assert any("falcon" in word for word in inside.words)


def test_what_one_person_writes_stays_inside_however_often() -> None:
    patterns = filled()
    for number in range(500):
        tell(patterns, "kayak keel", id=f"k{number}", by=0)
    assert patterns.shown_outside(patterns.notes["k499"].pattern, MONDAY) is None


def test_a_pattern_that_is_written_about_more_this_week_is_rising() -> None:
    patterns = filled(900, days=60)
    for number in range(60):
        tell(patterns, "mend the winch", id=f"w{number}", by=number, at=MONDAY)
    found = {pattern.words[0]: pattern for pattern in patterns.shown(MONDAY)}
    assert found["winch"].trend == "rising"
    assert found["compost"].trend in ("steady", "fading")


def test_when_nobody_writes_nothing_fades() -> None:
    patterns = filled(900, days=60)
    later = MONDAY + timedelta(days=9)
    assert {pattern.trend for pattern in patterns.shown(later)} == {"steady"}
