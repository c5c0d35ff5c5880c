from __future__ import annotations

from dataclasses import replace

from bot.insight.grouping import DIALS, Grouping
from bot.insight.terms import terms
from tests.insight.stream import texts


def grouped(count: int = 400) -> Grouping:
    grouping = Grouping()
    for text, _ in texts(count):
        found = terms(text)
        grouping.join(grouping.nearest(found), found)
    return grouping


def test_a_group_that_was_quiet_has_to_be_nearer_than_one_just_added_to() -> None:
    grouping = Grouping()
    quiet = grouping.join(None, ("kayak", "keel", "red"))
    for text, _ in texts(2_000):
        grouping.join(grouping.nearest(terms(text)), terms(text))
    recent = grouping.join(None, ("kayak", "keel", "blue", "sail"))
    assert quiet.number != recent.number
    assert grouping.nearest(("kayak", "keel")) is recent


def test_a_word_of_one_group_weighs_more_than_one_of_many_groups() -> None:
    grouping = grouped()
    for _ in range(30):
        grouping.join(None, ("mend", "winch"))
    for number in range(30):
        grouping.join(None, ("mend", f"thing{number}"))
    assert grouping.weight("compost") > 1.5 * grouping.weight("mend")
    assert grouping.rarity("thing7") == 1.0
    assert grouping.weight("never seen") == 0


def test_a_word_in_most_texts_tells_nothing_even_in_one_group() -> None:
    grouping = grouped(50)
    group = grouping.join(None, ("always", "winch"))
    for _ in range(200):
        grouping.join(group, ("always", "winch"))
    assert grouping.weight("always") < 0.2 * grouping.weight("compost")


def test_taking_texts_out_again_leaves_what_was_there_before() -> None:
    grouping = grouped()
    before = {number: (one.texts, dict(one.words)) for number, one in grouping.groups.items()}
    added = []
    for text, _ in texts(100, seed=9):
        found = terms(text)
        added.append((grouping.join(grouping.nearest(found), found), found))
    for group, found in added:
        grouping.leave(group, found)
    after = {number: (one.texts, dict(one.words)) for number, one in grouping.groups.items()}
    assert after == before
    assert all(word.groups for word in grouping.words.values())


def test_merged_groups_hold_what_both_held() -> None:
    grouping = grouped()
    one, other, *_ = grouping.groups.values()
    words = {
        term: one.words.get(term, 0) + other.words.get(term, 0)
        for term in {*one.words, *other.words}
    }
    count = one.texts + other.texts
    grouping.merge(one, other)
    assert (dict(one.words), one.texts) == (words, count)
    assert other.number not in grouping.groups
    assert grouping.taken_forgotten() == []


def test_a_group_just_added_to_is_never_the_one_forgotten() -> None:
    grouping = Grouping(replace(DIALS, most_groups=20))
    large = [grouping.join(None, (f"subject{number}",)) for number in range(20)]
    for group in large * 50:
        grouping.join(group, tuple(group.words))
    single = grouping.join(None, ("kayak",))
    assert single.number in grouping.groups
    assert len(grouping.groups) < 21
