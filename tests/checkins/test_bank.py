from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checkins.bank import BANK, FOCUSES, ROLES, STAGES, TAGS, Prompt, pick

MONDAY = date(2026, 11, 16)
KEYS = [prompt.key for prompt in BANK]
OURS = Prompt("team.harbour", "Which boat came in?", "now")
seats = st.integers() | st.text()


def days(count: int, start: date = MONDAY) -> list[date]:
    return [start + timedelta(days=n) for n in range(count)]


def test_there_are_at_least_72_questions_and_8_of_each_tag() -> None:
    assert len(BANK) >= 72
    assert set(TAGS) == {"seek", "sense", "share", "plan", "now", "show", "story"}
    assert min(Counter(prompt.tag for prompt in BANK)[tag] for tag in TAGS) >= 8


def test_no_key_and_no_question_is_there_twice() -> None:
    assert len(set(KEYS)) == len(BANK)
    assert len({prompt.ask.casefold() for prompt in BANK}) == len(BANK)


@pytest.mark.parametrize("prompt", BANK, ids=KEYS)
def test_a_question_is_one_short_sentence_that_yes_does_not_answer(prompt: Prompt) -> None:
    assert len(prompt.ask) <= 90
    assert re.fullmatch(r"(What|Which|Who|Whom|Whose|Where|How) [^.!?]+\?", prompt.ask)
    assert "yesterday" not in prompt.ask.lower()
    assert "block" not in prompt.ask.lower()


@pytest.mark.parametrize("prompt", BANK, ids=KEYS)
def test_a_question_is_marked_in_known_words(prompt: Prompt) -> None:
    assert re.fullmatch(rf"{prompt.tag}\.[a-z-]+", prompt.key)
    assert prompt.role in ("", *ROLES)
    assert prompt.focus <= set(FOCUSES)
    assert prompt.stage <= set(STAGES)
    assert (prompt.role == "plan") == (prompt.tag == "plan")


def test_lessons_and_obstacles_are_asked_for() -> None:
    roles = Counter(prompt.role for prompt in BANK)
    assert roles["learned"] >= 8
    assert roles["stuck"] >= 4


@given(st.sampled_from(TAGS), st.sampled_from(FOCUSES), st.sampled_from(STAGES))
def test_every_community_has_a_full_week_of_each_tag(tag: str, focus: str, stage: str) -> None:
    assert sum(p.tag == tag and p.suits(focus, stage) for p in BANK) >= 7


@given(seats)
def test_the_same_day_and_seat_give_the_same_prompt(seat: int | str) -> None:
    assert pick(MONDAY, seat) == pick(MONDAY, seat)


@given(seats)
def test_every_prompt_has_its_turn_before_one_comes_back(seat: int | str) -> None:
    assert {pick(day, seat).key for day in days(len(BANK))} == set(KEYS)


@given(seats, st.lists(st.sampled_from(TAGS), min_size=1, unique=True), st.dates())
def test_none_asked_lately_comes_back_while_another_is_left(
    seat: int | str, tags: list[str], start: date
) -> None:
    asked: list[str] = []
    for _ in range(sum(prompt.tag in tags for prompt in BANK)):
        asked.append(pick(start, seat, tags=tags, asked_lately=asked).key)
    assert len(set(asked)) == len(asked)


def test_when_all_were_asked_the_round_begins_again() -> None:
    assert pick(MONDAY, 1, tags=["plan"], asked_lately=KEYS).tag == "plan"


def test_two_seats_are_asked_in_different_orders() -> None:
    week = days(5)
    assert [pick(day, "ana") for day in week] != [pick(day, "ben") for day in week]


@given(st.sampled_from(TAGS), st.sampled_from(FOCUSES), st.sampled_from(STAGES))
def test_tags_focus_and_stage_choose_what_is_asked(tag: str, focus: str, stage: str) -> None:
    for day in days(20):
        prompt = pick(day, "ana", tags=[tag], focus=focus, stage=stage)
        assert prompt.tag == tag
        assert prompt.suits(focus, stage)


def test_a_team_asks_its_own_questions_among_ours() -> None:
    asked = {pick(day, 1, own=(OURS,)) for day in days(len(BANK) + 1)}
    assert OURS in asked
    assert len(asked) == len(BANK) + 1


def test_a_teams_wording_takes_the_place_of_ours() -> None:
    reworded = Prompt("plan.good-day", "What would be a good catch?", "plan", "plan")
    asked = {pick(day, 1, own=(reworded,)) for day in days(len(BANK))}
    assert reworded in asked
    assert [p.key for p in asked].count("plan.good-day") == 1


def test_a_hidden_question_is_never_asked() -> None:
    hidden = KEYS[:-2]
    assert {pick(day, 1, hidden=hidden).key for day in days(4)} == set(KEYS[-2:])
    no_plans = [key for key in KEYS if key.startswith("plan.")]
    assert pick(MONDAY, 1, tags=["plan"], hidden=no_plans).tag != "plan"


def test_hiding_every_question_is_refused() -> None:
    with pytest.raises(ValueError, match=f"All {len(BANK)} prompts are hidden"):
        pick(MONDAY, 1, hidden=KEYS)
