"""The guard keeps its pace, whatever somebody pastes."""

from __future__ import annotations

import pytest

from bot.chat import Block, Span, Text
from bot.insight.guard import Known
from tests.insight.guarding import KNOWN, long_note, spent

SIZE = 40_000
CALM = 0.9
"""Seconds: many times what an ordinary text of this size needs, so that a slow and busy machine passes."""
BOUND = 10.0
"""Seconds: where time grew with the square of the size, each of these would need minutes."""

MANY = Known(
    terms=tuple(f"Project {word}{n}" for word in ("Falcon", "Heron", "Robin") for n in range(10)),
    members=tuple(f"Ana{a} Brook{b}" for a in "lmnprstv" for b in "abcdefghijklmnopqrst"),
    channels=tuple(f"team-{number}" for number in range(60)),
    domains=("acme.example",),
)
PASTED = (
    *(" ", "\n", "a\n", "\t\n", "\\\n", "alpha\n", "a-", "_", '"', "-", "=", "1", "4 ", "+49 30 "),
    *(
        "eyJ-",
        "eyJhbGciOiJIUzI1NiJ9.",
        "-----BEGIN PRIVATE KEY-----",
        "xoxb-",
        "ya29.",
        "sl.",
        "$2b$12$",
    ),
    *(
        "password:",
        "password is ",
        "password for a b c ",
        "secret_",
        "token ",
        "token=",
        "x-",
        "bearer ",
    ),
    *("a@", "a.b@c.", "a(at)", "10.0.0.", "a.b.c.", "a:1234 ", "DE89 ", "DE", "00491", "0301 "),
    *(
        "%41",
        "%2541",
        "%",
        "a\u200b",
        "วันนี้",
        "Привет",
        "Prоject Fаlcоn ",
        "project ",
        "p r o j e c t ",
    ),
    *("sv=a&", "sig=a&", "https://a:b@c/", "a://", "machine a login b ", "curl -u ", "mysql -p "),
    *(
        "0123456789abcdef",
        "0123456789abcdef0123456789abcdef-",
        "QUJDREVGR0hJSktM",
        "aws ",
        "github key ",
    ),
    *(
        "Analia ",
        "Analia Brooka ",
        "#team-",
        "otpauth://",
        "login: a/",
        "pin: ",
        "<password>",
        "T3BlbkFJ",
    ),
)


def test_a_text_of_40_000_characters_is_read_in_a_fraction_of_a_second() -> None:
    assert spent(long_note(SIZE, seed=6), KNOWN) < CALM


@pytest.mark.parametrize("pasted", PASTED)
@pytest.mark.parametrize("kind", ["paragraph", "code"])
def test_nothing_that_is_pasted_over_and_over_slows_the_guard_down(pasted: str, kind: str) -> None:
    words = (pasted * SIZE)[:SIZE]
    text = Text((Block((Span(words),), "code" if kind == "code" else "paragraph"),))
    assert spent(text, MANY, times=1) < BOUND


@pytest.mark.parametrize("known", [KNOWN, MANY])
def test_a_text_of_many_blocks_keeps_the_pace(known: Known) -> None:
    text = Text(tuple(Block((Span("a"), Span("b", bold=True)), "bullet") for _ in range(10_000)))
    assert spent(text, known, times=1) < BOUND
