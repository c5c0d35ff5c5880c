from __future__ import annotations

import json
import zlib

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.insight.patterns import Patterns, Told
from bot.insight.saved_patterns import VERSION, OtherVersion, resume, save
from bot.insight.terms import terms
from tests.insight.stream import MONDAY, filled, tell, texts


def embed(said: list[str]) -> NDArray[np.float32]:
    """Vectors that are near when words are the same."""
    found = np.full((len(said), 32), 1e-3, np.float32)
    for row, text in enumerate(said):
        for term in terms(text):
            found[row, sum(term.encode()) % 32] += 1
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.mark.parametrize("with_vectors", [False, True])
def test_what_is_resumed_goes_on_as_what_was_saved(with_vectors: bool) -> None:
    patterns = Patterns(embed if with_vectors else None)
    for number, (text, _) in enumerate(texts(600)):
        tell(patterns, text, id=f"a{number}", by=number)
    patterns.forget(["a3", "a77"])
    again = resume(save(patterns), embed if with_vectors else None)
    assert save(again) == save(patterns)
    for number, (text, _) in enumerate(texts(600, seed=8)):
        one = tell(patterns, text, id=f"b{number}", by=number)
        assert tell(again, text, id=f"b{number}", by=number) == one
    assert again.shown(MONDAY) == patterns.shown(MONDAY)
    assert again.merges(MONDAY) == patterns.merges(MONDAY)
    assert again.explain("b9") == patterns.explain("b9")
    assert again.forget(["a9"]) == patterns.forget(["a9"]) == ()
    assert again.shown(MONDAY) == patterns.shown(MONDAY)


@pytest.mark.parametrize("with_vectors", [False, True])
def test_texts_that_are_put_together_are_put_as_one_by_one(with_vectors: bool) -> None:
    """Also where one of them was known before, and where one has no words."""
    some = [
        Told(f"a{number % 280}", text, MONDAY, f"p{number % 7}", "harbour")
        for number, (text, _) in enumerate([*texts(300), ("💡", 0)])
    ]
    embedding = embed if with_vectors else None
    together, alone = Patterns(embedding), Patterns(embedding)
    found = [alone.add(one.id, one.text, one.at, one.who, one.team) for one in some]
    assert [*together.add_all(some[:100]), *together.add_all(some[100:])] == found
    assert save(together) == save(alone)
    assert together.add_all([]) == []


def test_a_merged_pattern_is_resumed_in_its_order() -> None:
    patterns = filled()
    one, other = (pattern.number for pattern in patterns.shown(MONDAY)[:2])
    patterns.merge(other, one)
    again = resume(save(patterns))
    assert list(again.kept[other].ids) == list(patterns.kept[other].ids)


@pytest.mark.parametrize("version", [0, VERSION + 1, None, "one"])
def test_a_state_of_another_version_is_refused_with_what_to_do(version: object) -> None:
    state = json.loads(zlib.decompress(save(filled(20)))) | {"version": version}
    with pytest.raises(OtherVersion, match=f"this is version {VERSION}: build them anew"):
        resume(zlib.compress(json.dumps(state).encode()))


@pytest.mark.parametrize("saved", [b"", b"tides", zlib.compress(b"tides"), zlib.compress(b"[1]")])
def test_what_is_no_state_is_refused_with_what_to_do(saved: bytes) -> None:
    with pytest.raises(OtherVersion, match="build them anew from the texts"):
        resume(saved)


def test_a_state_with_vectors_is_not_taken_up_without_them() -> None:
    patterns = Patterns(embed)
    tell(patterns, "oil the winch", id="a")
    with pytest.raises(OtherVersion, match="saved with sentence vectors and would go on without"):
        resume(save(patterns))


def test_what_is_forgotten_leaves_no_vector_behind() -> None:
    patterns = Patterns(embed)
    number = tell(patterns, "oil the winch", id="a").pattern
    assert number in patterns.grouping.meanings
    patterns.forget(["a"])
    assert number not in patterns.grouping.meanings
    assert patterns.explain_text("oil the winch").startswith("It shares too little")


def test_no_text_is_in_a_state() -> None:
    patterns = Patterns()
    tell(patterns, "Please do not repeat that the winch slips", id="a")
    assert b"repeat that" not in zlib.decompress(save(patterns))
