"""How near two people are by their words, and when somebody may be asked to meet another."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import regex

from bot.engine import clock

LOOK_BACK = timedelta(days=14)
"""How far back entries count, and how long a writer has been without an answer."""
PATIENCE = timedelta(days=7)
"""How old the first of these entries is at least, so that readers have had time."""
AT_LEAST = 2
"""Entries somebody wrote in that time."""
REST = timedelta(days=14)
"""For how long somebody is not asked again; as long as a question stays open."""
PAIR_REST = timedelta(days=90)
"""For how long the same two are not thought of again."""
FROM, TO = time(8), time(20)
"""The hours in which somebody is asked."""

NEAR = 0.18
"""From this likeness on, two people are near; the cosine of their words, 1 for the same words.

Among thirty made-up people who write about a subject of their own three times in five, this finds somebody for one in
four (questions about programming) to four in five (notes of work, news), and two to nine in ten of those share it.
"""
SHOWN = 3
"""Shared words that are named."""
SHORT = 3
LONG = 8
"""Words of fewer letters tell nothing; of more, their length tells no more."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[-_/][\p{L}\p{M}\p{N}]+)*")
_LETTER = regex.compile(r"\p{L}")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_LINK = regex.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")


def words_of(text: str) -> dict[str, str]:
    """The stems of a text as `Similar` finds it by them, each as it was written first; addresses are no words."""
    # Its tables of signs and words are not waited for at a start.
    from bot.insight.terms import MOST_CHARACTERS, stemmed

    bare = _LINK.sub(" ", text[:MOST_CHARACTERS])
    written: dict[str, str] = {}
    for one in _WORD.finditer(bare):
        written.setdefault(one[0].casefold(), one[0])
    return {stem: written.get(term, term) for stem, term in stemmed(bare).items() if _tells(term)}


def _tells(term: str) -> bool:
    return _letters(term) >= SHORT and _LETTER.search(term) is not None


def _letters(term: str) -> int:
    """How many letters a word has; a sign of a script without spaces says as much as three."""
    return len(term) + 2 * len(_UNSPACED.findall(term))


@dataclass(frozen=True, slots=True)
class Said:
    """One entry, as nearness looks at it."""

    entry_id: int
    person_id: int
    channel_id: str
    words: Mapping[str, str]
    """As `words_of` gives them."""


@dataclass(frozen=True, slots=True)
class Rarity:
    """How telling words are among some people: what most of them say tells nothing."""

    people: int
    users: Mapping[str, int] = field(default_factory=dict)
    """How many of them used each word."""

    @classmethod
    def among(cls, said: Iterable[Said]) -> Rarity:
        by_person: dict[int, set[str]] = {}
        for one in said:
            by_person.setdefault(one.person_id, set()).update(one.words)
        return cls(len(by_person), Counter(word for words in by_person.values() for word in words))

    def weight(self, word: str) -> float:
        # What only two people say is as rare as what they could share at all.
        rarest = math.log((self.people + 1) / 2) or 1.0
        rare = min(math.log((self.people + 1) / self.users.get(word, 1)) / rarest, 1.0)
        # In every language the words that hold sentences together are short.
        return rare * min(_letters(word), LONG) / LONG

    def is_telling(self, word: str) -> bool:
        return self.users.get(word, 1) <= max(2, self.people / 3)


@dataclass(frozen=True, slots=True)
class Near:
    """What two people share."""

    likeness: float
    words: tuple[str, ...]
    """The most telling ones, as the first of the two wrote them."""
    mine: int
    theirs: int
    """The entries in which it shows most."""


def near(mine: Sequence[Said], theirs: Sequence[Said], rarity: Rarity) -> Near | None:
    """What the writers of these entries share, or None when that is too little to speak of."""
    first, second = _weights(mine, rarity), _weights(theirs, rarity)
    both = first.keys() & second.keys()
    telling = [word for word in both if rarity.is_telling(word)]
    if len(telling) < 2:
        return None
    likeness = sum(first[word] * second[word] for word in both) / (_size(first) * _size(second))
    if likeness < NEAR:
        return None
    telling.sort(key=lambda word: (-first[word] * second[word], word))
    written = {word: form for one in reversed(mine) for word, form in one.words.items()}
    return Near(
        likeness,
        tuple(written[word] for word in telling[:SHOWN]),
        _clearest(mine, telling, rarity),
        _clearest(theirs, telling, rarity),
    )


def _weights(said: Sequence[Said], rarity: Rarity) -> dict[str, float]:
    counts = Counter(word for one in said for word in one.words)
    return {word: (1 + math.log(times)) * rarity.weight(word) for word, times in counts.items()}


def _size(weights: Mapping[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0


def _clearest(said: Sequence[Said], telling: Sequence[str], rarity: Rarity) -> int:
    def share(one: Said) -> float:
        return sum(rarity.weight(word) for word in telling if word in one.words)

    return max(said, key=share).entry_id


def nearest(
    others: Mapping[int, tuple[Sequence[Said], Sequence[Said]]], rarity: Rarity
) -> tuple[int, Near] | None:
    """Who of the others is nearest, and by what; None when nobody is.

    For each of the others stand those of my entries that they can read, and those of theirs that I can.
    """
    found = [
        (person_id, close)
        for person_id, (read_by_them, read_by_me) in others.items()
        if (close := near(read_by_them, read_by_me, rarity))
    ]
    return max(found, key=lambda one: (one[1].likeness, -one[0]), default=None)


def is_good_time(now: datetime, zone: str, quiet_from: time | None, quiet_to: time | None) -> bool:
    """Whether somebody may be asked now, by their own clocks."""
    here = clock.local(now, zone).time()
    return FROM <= here < TO and clock.after_quiet(now, zone, quiet_from, quiet_to) == now
