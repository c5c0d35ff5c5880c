"""Two people are near when they share words that tell something, and are asked at a good time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from bot.insight.terms import MOST_TERMS
from bot.introductions import rules
from bot.introductions.rules import Rarity, Said


def said(person: int, *texts: str) -> list[Said]:
    return [
        Said(person * 100 + number, person, "harbour", rules.words_of(text))
        for number, text in enumerate(texts)
    ]


ANA = said(1, "The berth lights flicker when the tide is high", "Rewired the berth, still dark")
BEN = said(2, "A diver looked at the berth at low tide", "The crane is back with us")
CHI = said(3, "Wrote the minutes of the meeting about the lights", "The crane needs a permit")
DEE = said(4, "Budget for the crane", "The budget is with the board")
ALL = [*ANA, *BEN, *CHI, *DEE]


def near(first: Sequence[Said], second: Sequence[Said]) -> tuple[str, ...]:
    found = rules.near(first, second, Rarity.among(ALL))
    return found.words if found else ()


def test_people_are_near_by_the_rare_words_they_share() -> None:
    assert near(ANA, BEN) == ("berth", "tide")
    assert near(ANA, DEE) == ()


def test_one_shared_word_is_a_coincidence() -> None:
    assert near(ANA, CHI) == ()


def test_words_that_most_people_use_bring_nobody_together() -> None:
    """Here *the* and *crane*, which three of the four wrote."""
    assert near(BEN, DEE) == ()


def test_the_entries_that_are_named_are_those_in_which_it_shows_most() -> None:
    found = rules.near(ANA, BEN, Rarity.among(ALL))
    assert found is not None
    assert (found.mine, found.theirs) == (100, 200)


def test_the_nearest_of_several_is_chosen_by_what_each_can_read() -> None:
    rarity = Rarity.among(ALL)
    both = {2: (ANA, BEN), 4: (ANA, DEE)}
    found = rules.nearest(both, rarity)
    assert found is not None
    assert found[0] == 2
    assert rules.nearest({2: ([], BEN), 4: (ANA, DEE)}, rarity) is None
    assert rules.nearest({2: (ANA, []), 4: (ANA, DEE)}, rarity) is None


def test_words_are_shown_as_the_first_of_the_two_wrote_them() -> None:
    ana = said(1, "Kubernetes pods in Kraków", "Kraków again")
    ben = said(2, "KUBERNETES in kraków", "done")
    found = rules.near(ana, ben, Rarity.among([*ana, *ben, *CHI, *DEE]))
    assert found is not None
    assert found.words == ("Kubernetes", "Kraków")


def test_words_of_every_script_with_spaces_count() -> None:
    assert list(rules.words_of("Приливы и отливы у причала")) == [
        "приливы",
        "отливы",
        "причала",
    ]
    assert "बंदरगाह" in rules.words_of("बंदरगाह की बत्तियाँ")
    assert "ميناء" in rules.words_of("أضواء ميناء المدينة")


def test_addresses_numbers_and_short_words_tell_nothing() -> None:
    text = "See https://harbour.example/berth or ask me@harbour.example by 2026 at 12:30, ok"
    assert list(rules.words_of(text)) == ["ask"]


def test_a_dump_of_words_is_not_read_to_its_end() -> None:
    assert len(rules.words_of(" ".join(f"word{n}" for n in range(5000)))) == MOST_TERMS


def test_words_with_other_endings_are_the_same_words() -> None:
    ana = said(1, "Flickering berths at low tides")
    ben = said(2, "The berth flickered when the tide was low")
    found = rules.near(ana, ben, Rarity.among([*ana, *ben, *CHI, *DEE]))
    assert found is not None
    assert found.words == ("Flickering", "berths", "tides")


def test_writers_of_a_language_without_spaces_are_near_too() -> None:
    ana = said(1, "桟橋の照明がまた消えた", "照明の配線を直した")
    ben = said(2, "桟橋の照明を調べた")
    found = rules.near(ana, ben, Rarity.among([*ana, *ben, *CHI, *DEE]))
    assert found is not None
    assert set(found.words) <= {"桟橋", "照明", "橋の", "の照"}


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    one, other = said(1, text, text), said(2, text, text)
    rules.near(one, other, Rarity.among([*one, *other, *CHI]))


def test_people_are_asked_in_the_daytime_of_their_own_clocks() -> None:
    at = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
    assert rules.is_good_time(at, "Europe/Lisbon", None, None)
    assert not rules.is_good_time(at, "America/Los_Angeles", None, None)
    assert not rules.is_good_time(at, "Asia/Tokyo", None, None)
    assert not rules.is_good_time(at, "Europe/Lisbon", time(11), time(13))
