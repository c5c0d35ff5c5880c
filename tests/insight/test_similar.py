from __future__ import annotations

import random
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.insight.similar import Near, Similar
from tests.insight.stream import texts

LESSONS = {
    "winch": "Oil the winch before the spring tide",
    "brake": "A winch slips when its brake is wet",
    "invoice": "Send invoices on Mondays",
    "ferry": "Call the ferry a day ahead",
}


@pytest.fixture
def lessons() -> Similar:
    similar = Similar()
    similar.add_all(list(LESSONS.items()))
    return similar


def test_the_nearest_come_first(lessons: Similar) -> None:
    found = [near.id for near in lessons.search("the winches have wet brakes", 5)]
    assert found == ["brake", "winch"]


def test_the_same_words_are_as_near_as_can_be(lessons: Similar) -> None:
    (first, *_) = lessons.search(LESSONS["winch"], 1)
    assert first.id == "winch"
    assert first.nearness == pytest.approx(1)


def test_no_more_are_found_than_wanted(lessons: Similar) -> None:
    assert len(lessons.search("winch", 1)) == 1
    assert lessons.search("winch", 0) == []


@pytest.mark.parametrize("text", ["", "🌊", "kite", "the of and"])
def test_nothing_in_common_finds_nothing(lessons: Similar, text: str) -> None:
    assert lessons.search(text, 5) == []


def test_nothing_is_found_among_nothing() -> None:
    assert Similar().search("winch", 5) == []


def test_what_was_removed_is_not_found(lessons: Similar) -> None:
    lessons.remove("winch")
    lessons.remove("never there")
    assert [near.id for near in lessons.search("oil the winch", 5)] == ["brake"]
    assert "winch" not in lessons
    assert len(lessons) == 3


def test_what_was_changed_is_found_by_its_new_words_only(lessons: Similar) -> None:
    lessons.add("winch", "Paint the shed")
    assert [near.id for near in lessons.search("shed", 5)] == ["winch"]
    assert "winch" not in [near.id for near in lessons.search("oil the winch", 5)]
    assert len(lessons) == 4


def test_of_equals_the_one_added_first_comes_first() -> None:
    similar = Similar()
    similar.add_all([(f"n{number}", "oil the winch") for number in range(9)])
    assert [near.id for near in similar.search("winch oil", 3)] == ["n0", "n1", "n2"]


def test_after_many_changes_the_answers_are_those_of_a_new_index() -> None:
    dice, similar, living = random.Random(3), Similar(), dict[str, str]()
    for number, (text, _) in enumerate(texts(5_000)):
        id = f"n{dice.randrange(600)}"
        if number % 3:
            living.pop(id, None)
            living[id] = text
            similar.add(id, text)
        else:
            living.pop(id, None)
            similar.remove(id)
    fresh = Similar()
    fresh.add_all(list(living.items()))
    for text, _ in texts(40, seed=9):
        mine = {near.id: round(near.nearness, 6) for near in similar.search(text, 300)}
        theirs = {near.id: round(near.nearness, 6) for near in fresh.search(text, 300)}
        shared = mine.keys() & theirs.keys()
        assert {id: mine[id] for id in shared} == {id: theirs[id] for id in shared}
        assert similar.search(text, 5) == fresh.search(text, 5)


def test_many_that_were_removed_do_not_hide_the_one_that_is_left() -> None:
    similar = Similar()
    similar.add_all([(f"n{number}", "oil the winch") for number in range(400)])
    similar.add("left", "oil the winch brake")
    for number in range(400):
        similar.remove(f"n{number}")
    assert [near.id for near in similar.search("oil the winch", 5)] == ["left"]


def test_texts_added_when_there_were_few_are_not_preferred() -> None:
    similar = Similar()
    similar.add_all([(f"o{number}", f"oil u{number}") for number in range(250)])
    similar.add_all([(f"r{number}", f"rope v{number}") for number in range(250)])
    similar.add_all([(f"x{number}", f"x{number} y{number}") for number in range(2_700)])
    similar.add("both", "oil rope shed lamp")
    assert [near.id for near in similar.search("oil rope", 1)] == ["both"]


def test_meaning_finds_what_other_words_say() -> None:
    said = {"boats leak": [1.0, 0.0], "ships take water": [0.9, 0.4], "send invoices": [0.0, 1.0]}

    def embed(some: list[str]) -> NDArray[np.float32]:
        found = np.zeros((len(some), 384), np.float32)
        for row, text in enumerate(some):
            found[row, :2] = said[text]
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    similar = Similar(embed)
    similar.add_all([(text, text) for text in said if text != "boats leak"])
    first, second = [*similar.search("boats leak", 2), Near("", 0)]
    assert first.id == "ships take water"
    assert second.nearness < 0.2
    similar.remove("ships take water")
    assert "ships take water" not in [near.id for near in similar.search("boats leak", 5)]


def test_a_search_among_twenty_thousand_texts_takes_less_than_a_twentieth_of_a_second() -> None:
    similar = Similar()
    similar.add_all([(str(number), text) for number, (text, _) in enumerate(texts(20_000))])
    begun = time.process_time()
    for text, _ in texts(20, seed=9):
        assert similar.search(text, 10)
    assert (time.process_time() - begun) / 20 < 0.05
