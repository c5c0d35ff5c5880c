from __future__ import annotations

import random
import sys
import time
import tracemalloc
from dataclasses import replace

import pytest

from bot.insight import patterns as limits
from bot.insight.grouping import DIALS, Grouping
from bot.insight.patterns import Patterns
from bot.insight.saved_patterns import save
from bot.insight.terms import terms
from tests.insight.stream import MONDAY, filled, tell, texts


@pytest.mark.parametrize(
    "said", ["", "   ", "🌊🚢🎉", "!!! ... ???", "the of and", "\x00\u202e\ud7ff"]
)
def test_a_text_without_words_belongs_to_no_pattern(said: str) -> None:
    patterns = Patterns()
    placed = tell(patterns, said, id="a")
    assert (placed.pattern, patterns.notes, patterns.kept) == (None, {}, {})
    assert patterns.explain("a") is None


def test_a_text_edited_to_nothing_leaves_its_pattern() -> None:
    patterns = Patterns()
    tell(patterns, "oil the winch", id="a")
    tell(patterns, "🌊", id="a")
    assert patterns.kept == {}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("数据库服务器需要重启", "重启数据库服务器"),
        ("データベースの再起動が必要", "データベースを再起動した"),
        ("ระบบฐานข้อมูลล่มเมื่อเช้านี้", "ฐานข้อมูลล่มอีกแล้ว"),
        ("перезапустить сервер базы", "сервер базы снова упал"),
        ("إعادة تشغيل الخادم", "الخادم توقف"),
        ("deploy сервер v2 数据库", "数据库 deploy"),
        ("for (i = 0; i < n; i++) { total += tides[i]; }", "total += tides[i]"),
        ("https://example.org/a/b?c=d#e", "see http://www.example.org/"),
    ],
    ids=["Chinese", "Japanese", "Thai", "Russian", "Arabic", "mixed", "code", "links"],
)
def test_texts_in_any_script_find_each_other(one: str, two: str) -> None:
    patterns = filled()
    assert tell(patterns, one, id="one").pattern == tell(patterns, two, id="two").pattern


def test_a_very_long_text_costs_little() -> None:
    patterns = filled()
    words = " ".join(text for text, _ in texts(3000, seed=3))
    assert len(words) > 50_000
    begun = time.process_time()
    assert tell(patterns, words * 2, id="long").pattern is not None
    assert time.process_time() - begun < 0.5


def test_identical_texts_are_one_pattern_and_cost_the_same_however_many_came() -> None:
    """One million of them would take a minute; a state that does not grow says the same in seconds."""
    patterns = filled()
    sizes = []
    for number in range(20_000):
        placed = tell(patterns, "the very same winch again", id=f"s{number}", by=number)
        if number in (9_999, 19_999):
            sizes.append(len(save(patterns)))
    assert placed.texts >= 20_000
    group = patterns.grouping.groups[placed.pattern or 0]
    assert group.texts <= DIALS.most_texts
    assert len(patterns.kept[group.number].ids) == limits.MOST_TEXTS_OF_ONE
    assert sizes[1] < 1.05 * sizes[0]


def test_after_a_flood_of_spam_other_patterns_are_still_there() -> None:
    patterns = filled()
    before = {pattern.words for pattern in patterns.shown(MONDAY)}
    for number in range(3_000):
        tell(patterns, f"buy cheap rope {number} now", id=f"s{number}", by=0)
    spam = patterns.notes["s2999"].pattern
    after = {one.words for one in patterns.shown(MONDAY) if one.number != spam}
    assert {words[0] for words in before} <= {words[0] for words in after}


def test_what_is_remembered_is_bounded_however_different_the_texts_are() -> None:
    dials = replace(DIALS, most_groups=300, most_entries=4_000)
    patterns, dice = Patterns(dials=dials), random.Random(5)
    for number in range(6_000):
        said = " ".join(f"w{dice.randrange(100_000)}" for _ in range(6))
        tell(patterns, said, id=str(number), by=number)
        assert len(patterns.grouping.groups) <= 301
        assert patterns.grouping.entries <= 4_100
    grouping = patterns.grouping
    assert grouping.entries == sum(len(group.words) for group in grouping.groups.values())
    assert grouping.entries == sum(len(word.groups) for word in grouping.words.values())
    assert grouping.texts == sum(group.texts for group in grouping.groups.values())
    assert set(grouping.groups) == set(patterns.kept)
    assert set(patterns.notes) == {id for kept in patterns.kept.values() for id in kept.ids}


def test_a_recent_pattern_outlives_a_flood_of_single_texts() -> None:
    patterns = Patterns(dials=replace(DIALS, most_groups=200))
    dice = random.Random(5)
    for number in range(4_000):
        said = " ".join(f"w{dice.randrange(100_000)}" for _ in range(6))
        tell(patterns, "winch: oil it" if number % 40 == 0 else said, id=str(number), by=number)
    assert any(pattern.words[0] == "winch" for pattern in patterns.shown(MONDAY))


def test_memory_is_that_of_what_is_remembered_and_not_of_what_was_seen() -> None:
    dials = replace(DIALS, most_groups=300, most_entries=3_000)
    grouping, dice = Grouping(dials), random.Random(5)
    held = []
    tracemalloc.start()
    try:
        for number in range(8_000):
            found = terms(" ".join(f"w{dice.randrange(1_000_000)}" for _ in range(6)))
            grouping.join(grouping.nearest(found), found)
            grouping.taken_forgotten()
            if number in (3_999, 7_999):
                held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[1] < 1.1 * held[0]


def test_a_text_costs_the_same_whatever_came_before() -> None:
    grouping = Grouping()
    stream = [terms(text) for text, _ in texts(12_000)]
    seconds = []
    for start in range(0, 12_000, 4_000):
        begun = time.process_time()
        for found in stream[start : start + 4_000]:
            grouping.join(grouping.nearest(found), found)
        seconds.append(time.process_time() - begun)
    assert seconds[2] < 3 * seconds[1] + 0.5, sys.version
