"""What somebody typed behind ``/lesson``."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal

import regex

from bot.refusal import Refusal

SUB_WORDS = ("mine", "queue", "show", "search", "replies", "withdraw")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed behind ``/lesson``."""

    verb: Literal["form", "mine", "queue", "show", "search", "replies", "withdraw", "mark"]
    number: int = 0
    words: str = ""


def read_asked(words: str) -> Asked:
    """What ``/lesson`` and these words ask for.

    A lesson may begin with any word, so a sub-word counts only where what follows it fits.
    """
    typed = words.strip()
    if not typed:
        return Asked("form")
    first, _, rest = typed.partition(" ")
    verb, rest = first.casefold(), rest.strip()
    if verb == "mine" and not rest:
        return Asked("mine")
    if verb == "queue" and not rest:
        return Asked("queue")
    if verb == "replies" and not rest:
        return Asked("replies")
    if verb == "search":
        return Asked("search", words=rest)
    number = regex.fullmatch(r"#?(\d{1,9})", rest or first)
    if verb in ("show", "withdraw") and (number or not rest):
        if not number:
            raise Refusal(
                f"Which one? Write its number: /lesson {verb} 3. /lesson mine lists yours."
            )
        return Asked("show" if verb == "show" else "withdraw", int(number[1]))
    if not rest and number:
        return Asked("show", int(number[1]))
    if (not rest or number) and (near := difflib.get_close_matches(verb, SUB_WORDS, 1, 0.7)):
        raise Refusal(f"Did you mean /lesson {near[0]}{f' {rest}' if rest else ''}?")
    return Asked("mark", words=typed)
