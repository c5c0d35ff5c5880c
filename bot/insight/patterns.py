"""Patterns: which texts of a stream belong together, in whose words, and whether they become more.

Fed one text at a time, in any language, without training; nothing here reads a file or a clock. What a text says is not
kept, only its telling words, who wrote it and when, so the one who shows a typical text asks for it by its id.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.insight.grouping import DIALS, Dials, Group, Grouping
from bot.insight.meanings import Vector
from bot.insight.terms import terms
from bot.insight.trend import DAYS_KEPT, Trend, trend

Embed: TypeAlias = Callable[[Sequence[str]], NDArray[np.float32]]

SHOWN_FROM = 5
"""A pattern is shown from this text on ..."""
TELLING = 0.75
"""... if one of its words is in most of its texts and in few other groups (1 is: in all of them, and nowhere else)."""
WORDS = 3
"""The words of a label."""
FEWEST_PEOPLE, FEWEST_TEAMS, FEWEST_USERS_OF_A_WORD = 3, 2, 2
"""Outside of a team a pattern has this many people and teams, and its words each this many users."""
ALIKE = 0.5
"""Patterns this near each other are proposed to a curator as one."""
MOST_TEXTS = 20_000
MOST_TEXTS_OF_ONE = 200
"""So many of the latest texts are remembered one by one, all in all and of one pattern."""


@dataclass(frozen=True, slots=True)
class Told:
    """A text, who wrote it, and when; an empty team is nobody's."""

    id: str
    text: str
    at: datetime
    who: str
    team: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a text was put; a text without words belongs to no pattern."""

    pattern: int | None
    texts: int = 0
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """Texts that belong together, by what they have in common."""

    number: int
    words: tuple[str, ...]
    """The most telling first; as people wrote them, but in small letters."""
    texts: int
    typical: str
    """The id of the text nearest to all others; empty where only words may be shown."""
    trend: Trend
    last_week: int


@dataclass(frozen=True, slots=True)
class Merge:
    """Two patterns that may be one, for a curator to decide."""

    one: Pattern
    other: Pattern
    nearness: float


@dataclass(frozen=True, slots=True)
class Note:
    """One remembered text: all but what it says."""

    id: str
    pattern: int
    terms: tuple[str, ...]
    who: str
    team: str
    day: int


@dataclass(slots=True)
class Kept:
    """What is remembered of a pattern beside the words of its group."""

    texts: int = 0
    is_shown: bool = False
    days: dict[int, int] = field(default_factory=dict)
    ids: dict[str, None] = field(default_factory=dict)


class Patterns:
    """The patterns of one workspace."""

    def __init__(self, embed: Embed | None = None, dials: Dials = DIALS) -> None:
        self.embed = embed
        self.grouping = Grouping(dials)
        self.kept: dict[int, Kept] = {}
        self.notes: dict[str, Note] = {}
        self.days: dict[int, int] = {}

    def add(self, id: str, text: str, at: datetime, who: str, team: str) -> Placed:
        """Put a text into the pattern it is nearest to; one that is known by this id is put anew."""
        return self._put(Told(id, text, at, who, team), self._vectors([text])[0])

    def add_all(self, texts: Sequence[Told]) -> list[Placed]:
        """Put texts into patterns one after the other, as `add` does; with vectors it is quicker for many."""
        return [
            self._put(one, vector)
            for one, vector in zip(texts, self._vectors([one.text for one in texts]), strict=True)
        ]

    def _put(self, told: Told, vector: Vector | None) -> Placed:
        if told.id in self.notes:
            self.forget([told.id])
        found = terms(told.text)
        if not found:
            return Placed(None)
        group = self.grouping.join(self.grouping.nearest(found, vector), found, vector)
        kept = self.kept.setdefault(group.number, Kept())
        note = Note(told.id, group.number, found, told.who, told.team, _day(told.at))
        self._remember(kept, note)
        if not kept.is_shown and kept.texts >= SHOWN_FROM:
            kept.is_shown = self._is_telling(group)
        self._let_go()
        return Placed(group.number, kept.texts, kept.is_shown)

    def forget(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Take texts back out, and return the ids of those that are not remembered one by one any more.

        Words of such a text may still be in a pattern: build the patterns anew from the texts that are left.
        """
        unknown = []
        for id in ids:
            note = self.notes.pop(id, None)
            if note is None:
                unknown.append(id)
                continue
            kept = self.kept[note.pattern]
            kept.ids.pop(id)
            kept.texts -= 1
            kept.is_shown = kept.is_shown and kept.texts >= SHOWN_FROM
            for days in (kept.days, self.days):
                if days.get(note.day, 0) > 1:
                    days[note.day] -= 1
                else:
                    days.pop(note.day, None)
            self.grouping.leave(self.grouping.groups[note.pattern], note.terms)
        self._let_go()
        return tuple(unknown)

    def shown(self, now: datetime) -> list[Pattern]:
        """The patterns to show inside a team, those with the most texts of the last seven days first."""
        found = [self._pattern(number, now) for number, kept in self.kept.items() if kept.is_shown]
        return sorted(found, key=lambda one: (-one.last_week, -one.texts, one.number))

    def pattern(self, number: int, now: datetime) -> Pattern | None:
        """One pattern, if it is remembered."""
        return self._pattern(number, now) if number in self.kept else None

    def shown_outside(self, number: int, now: datetime) -> Pattern | None:
        """A pattern as people outside of its teams may see it, or nothing.

        At least three people of two teams wrote to it, and each word shown was used by two of them; whether a text may
        be shown is for its author to say, so none is named.
        """
        kept = self.kept.get(number)
        if kept is None or not kept.is_shown:
            return None
        notes = [self.notes[id] for id in kept.ids]
        teams = {note.team for note in notes if note.team}
        if len({note.who for note in notes}) < FEWEST_PEOPLE or len(teams) < FEWEST_TEAMS:
            return None
        users: dict[str, set[str]] = {}
        for note in notes:
            for term in note.terms:
                users.setdefault(term, set()).add(note.who)
        shared = {term for term, some in users.items() if len(some) >= FEWEST_USERS_OF_A_WORD}
        words = self._label(self.grouping.groups[number], among=shared)
        return replace(self._pattern(number, now), words=words, typical="") if words else None

    def explain(self, id: str) -> str | None:
        """Why a remembered text is where it is, in plain words."""
        note = self.notes.get(id)
        if note is None:
            return None
        return self._because(self.grouping.groups[note.pattern], note.terms, is_inside=True)

    def explain_text(self, text: str) -> str:
        """Where a text would be put, and why, in plain words."""
        found = terms(text)
        if not found:
            return "It has no words to go by."
        group = self.grouping.nearest(found, self._vectors([text])[0])
        if group is None:
            return "It shares too little with any pattern, so it would start one of its own."
        return self._because(group, found, is_inside=False)

    def merges(self, now: datetime) -> list[Merge]:
        """Shown patterns that may be one, the nearest first; nothing is merged until a curator says so."""
        numbers = [number for number, kept in self.kept.items() if kept.is_shown]
        pairs = (pair for pair in self.grouping.near_pairs(numbers) if pair[0] >= ALIKE)
        return [
            Merge(self._pattern(one, now), self._pattern(other, now), nearness)
            for nearness, one, other in sorted(pairs, key=lambda pair: (-pair[0], pair[1:]))
        ]

    def merge(self, one: int, other: int) -> None:
        """Make the other pattern a part of this one, as a curator decided."""
        if one == other:
            return
        self.grouping.merge(self.grouping.groups[one], self.grouping.groups[other])
        gone, stays = self.kept.pop(other), self.kept[one]
        stays.texts += gone.texts
        stays.is_shown = stays.is_shown or gone.is_shown
        for day, count in gone.days.items():
            stays.days[day] = stays.days.get(day, 0) + count
        for id in gone.ids:
            self.notes[id] = replace(self.notes[id], pattern=one)
        # Oldest first, as everywhere.
        stays.ids = {id: None for id, note in self.notes.items() if note.pattern == one}

    def _vectors(self, texts: Sequence[str]) -> Sequence[Vector | None]:
        return [None] * len(texts) if self.embed is None or not texts else list(self.embed(texts))

    def _remember(self, kept: Kept, note: Note) -> None:
        kept.texts += 1
        kept.ids[note.id] = None
        self.notes[note.id] = note
        for days in (kept.days, self.days):
            days[note.day] = days.get(note.day, 0) + 1
            if len(days) > 2 * DAYS_KEPT:
                for day in sorted(days)[:-DAYS_KEPT]:
                    del days[day]
        if len(kept.ids) > MOST_TEXTS_OF_ONE:
            self._unremember(next(iter(kept.ids)))
        if len(self.notes) > MOST_TEXTS:
            self._unremember(next(iter(self.notes)))

    def _unremember(self, id: str) -> None:
        del self.kept[self.notes.pop(id).pattern].ids[id]

    def _let_go(self) -> None:
        """Forget what belonged to groups that were forgotten."""
        for number in self.grouping.taken_forgotten():
            for id in self.kept.pop(number).ids:
                del self.notes[id]

    def _is_telling(self, group: Group) -> bool:
        enough = TELLING * group.texts
        return any(
            times >= enough and self.grouping.rarity(word) * times >= enough
            for word, times in group.words.items()
        )

    def _pattern(self, number: int, now: datetime) -> Pattern:
        kept, group, today = self.kept[number], self.grouping.groups[number], _day(now)
        last_week = sum(count for day, count in kept.days.items() if today - 7 < day <= today)
        return Pattern(
            number,
            self._label(group),
            kept.texts,
            self._typical(group, kept),
            trend(kept.days, self.days, today),
            last_week,
        )

    def _label(self, group: Group, among: set[str] | None = None) -> tuple[str, ...]:
        """The words that tell this group from the others, each weighed by how much of the group has it."""
        at_least = min(2, group.texts)
        scored = [
            (self.grouping.weight(word) * times, word)
            for word, times in group.words.items()
            if times >= at_least and (among is None or word in among)
        ]
        chosen: list[str] = []
        for _, word in sorted(scored, key=lambda one: (-one[0], -len(one[1]), one[1])):
            word = word.removeprefix("#")
            # "grid-list" says all that "grid" and "list" say.
            if not any(word == other or word in other.split("-") for other in chosen):
                parts = word.split("-")
                chosen = [other for other in chosen if other not in parts]
                chosen.append(word)
            if len(chosen) == WORDS:
                break
        return tuple(chosen)

    def _typical(self, group: Group, kept: Kept) -> str:
        weights = {term: self.grouping.weight(term) for term in group.words}
        best, highest = "", -1.0
        for id in kept.ids:
            own = [term for term in self.notes[id].terms if term in weights]
            length = math.sqrt(math.fsum(weights[term] ** 2 for term in own)) or 1.0
            near = math.fsum(weights[term] ** 2 * group.words[term] for term in own) / length
            if near > highest:
                best, highest = id, near
        return best

    def _because(self, group: Group, own: Sequence[str], *, is_inside: bool) -> str:
        others = group.texts - is_inside
        if others == 0:
            return "No other text is near it yet."
        shared: Mapping[str, float] = {
            term: self.grouping.weight(term) * times
            for term in own
            if (times := group.words.get(term, 0)) > is_inside
        }
        if not shared and self.embed is None:
            return f"What it had in common with {_texts(others)} in this pattern has faded."
        if not shared:
            return f"Its meaning is near that of {_texts(others)} in this pattern, in other words."
        heaviest = sorted(shared, key=lambda term: (-shared[term], term))
        words = list(dict.fromkeys(term.removeprefix("#") for term in heaviest))[:WORDS]
        times = max(group.words.get(words[0], 0), group.words.get(f"#{words[0]}", 0)) - is_inside
        said = " and ".join(f"“{word}”" for word in words)
        if len(words) > 2:
            said = f"“{words[0]}”, " + " and ".join(f"“{word}”" for word in words[1:])
        if len(words) == 1:
            return f"It has {said} in common with {times} of {_texts(others)} in this pattern."
        return f"It has {said} in common with texts in this pattern; “{words[0]}” is in {times} of {others}."


def _texts(count: int) -> str:
    return "1 other text" if count == 1 else f"{count} other texts"


def _day(at: datetime) -> int:
    return at.toordinal()
