from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insight.terms import MOST_TERMS, stems, terms


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_at_most_so_many_words_each_once(text: str) -> None:
    found = terms(text)
    assert len(found) == len(set(found)) <= MOST_TERMS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Oil the winch of the north gate", ("oil", "winch", "north", "gate")),
        ("Die Größe der Straße", ("die", "grösse", "strasse")),
        ("лодка у причала", ("лодка", "у", "причала")),
        ("", ()),
        ("🌊🌊 🚢", ()),
        ("…!?", ()),
    ],
    ids=["English", "German", "Russian", "empty", "emoji", "signs"],
)
def test_words_are_folded_and_those_without_a_subject_left_out(
    text: str, found: tuple[str, ...]
) -> None:
    assert terms(text) == found


def test_a_joined_word_is_one_word_and_its_parts() -> None:
    assert terms("grid-list") == ("grid-list", "grid", "list")
    assert terms("MatTableDataSource") == ("mattabledatasource", "mat", "table", "data", "source")


@pytest.mark.parametrize("head", ["winch: oil it", "[winch] oil it", "oil it #winch"])
def test_what_an_author_names_as_the_subject_counts_once_more(head: str) -> None:
    assert {"#winch", "winch", "oil"} == set(terms(head))


def test_chinese_and_japanese_are_read_by_pairs_of_characters() -> None:
    assert terms("数据库") == ("数据", "据库")
    assert set(terms("サーバーが落ちた")) >= {"サーバー", "落ち"}


def test_japanese_endings_are_no_words() -> None:
    assert "まし" not in terms("落ちました")


def test_thai_is_read_by_threes() -> None:
    assert terms("ระบบ") == ("ระบ", "ะบบ")


def test_mixed_scripts_are_each_read_in_their_way() -> None:
    assert set(terms("deploy了数据库 на сервер")) >= {"deploy", "数据", "据库", "на", "сервер"}


def test_of_a_link_only_the_host_is_read() -> None:
    found = terms("see https://ana:secret@www.example.org/tides/7?token=abc now")
    assert found == ("example", "org")


def test_a_hundred_thousand_characters_cost_what_a_long_text_costs() -> None:
    assert set(terms("winch gate " * 10_000)) >= {"winch", "gate"}
    assert terms("x" * 100_000) == ()


def test_stems_leave_english_endings_out() -> None:
    assert stems("oiling winches") == stems("oil winch")
