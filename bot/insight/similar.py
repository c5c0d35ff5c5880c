"""Who else is near this: the nearest of many short texts, for lessons, asks and introductions."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.insight.terms import stems

Embed: TypeAlias = Callable[[Sequence[str]], NDArray[np.float32]]

MEANING = 0.5
"""How much of the nearness is that of the vectors, where there are any."""
WIDTH = 384
_LOOKED_AT_CLOSELY = 200
_GONE_BEFORE_TIDYING = 1_000


@dataclass(frozen=True, slots=True)
class Near:
    """A text that is near, from 0 (nothing in common) to 1 (the same words)."""

    id: str
    nearness: float


@dataclass(slots=True)
class _Holders:
    """The places of the texts that have a word."""

    places: array[int] = field(default_factory=lambda: array("i"))
    living: int = 0


class Similar:
    """Texts to search, added and removed one by one."""

    def __init__(self, embed: Embed | None = None) -> None:
        self._embed = embed
        self._places: dict[str, int] = {}
        self._ids: list[str | None] = []
        self._terms: list[tuple[str, ...]] = []
        self._words: dict[str, _Holders] = {}
        self._lengths: NDArray[np.float32] = np.zeros(256, np.float32)
        """As they were when there were half as many texts or more; endless for those that are gone."""
        self._measured = 0
        self._vectors: NDArray[np.float32] = np.zeros((256 if embed else 0, WIDTH), np.float32)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, id: object) -> bool:
        return id in self._places

    def add(self, id: str, text: str) -> None:
        """Let a text be found; one that is there by this id is replaced."""
        self.add_all([(id, text)])

    def add_all(self, texts: Sequence[tuple[str, str]]) -> None:
        """Let many texts be found."""
        vectors = self._embed([text for _, text in texts]) if self._embed and texts else None
        for number, (id, text) in enumerate(texts):
            self._put(id, stems(text), None if vectors is None else vectors[number])

    def remove(self, id: str) -> None:
        """Let a text not be found any more; one that is not there is no matter."""
        place = self._places.pop(id, None)
        if place is None:
            return
        for term in self._terms[place]:
            holders = self._words[term]
            holders.living -= 1
            if not holders.living:
                del self._words[term]
        self._ids[place] = None
        self._terms[place] = ()
        self._lengths[place] = np.inf
        if self._embed:
            self._vectors[place] = 0
        if len(self._ids) > 2 * len(self._places) + _GONE_BEFORE_TIDYING:
            self._tidy()

    def search(self, text: str, most: int) -> list[Near]:
        """The nearest texts, the nearest first; of two as near as each other the one added first."""
        own = {term: self._weight(term) for term in stems(text)}
        vector = self._embed([text])[0] if self._embed else None
        if most < 1 or not self._places or (not own and vector is None):
            return []
        roughly = self._roughly(own, vector)
        closely = max(most, _LOOKED_AT_CLOSELY)
        places = np.flatnonzero(roughly > 0)
        if len(places) > closely:
            places = places[np.argpartition(roughly[places], len(places) - closely)[-closely:]]
        found = [
            (-self._exactly(place, own, vector), place, id)
            for place in places.tolist()
            if (id := self._ids[place]) is not None
        ]
        return [Near(id, -nearness) for nearness, _, id in sorted(found)[:most]]

    def _put(self, id: str, terms: tuple[str, ...], vector: NDArray[np.float32] | None) -> None:
        self.remove(id)
        place = len(self._ids)
        self._places[id] = place
        self._ids.append(id)
        self._terms.append(terms)
        for term in terms:
            holders = self._words.setdefault(term, _Holders())
            holders.places.append(place)
            holders.living += 1
        if place >= len(self._lengths):
            self._lengths = np.resize(self._lengths, 2 * place)
            if vector is not None:
                self._vectors = np.resize(self._vectors, (2 * place, WIDTH))
        if vector is not None:
            self._vectors[place] = vector
        self._lengths[place] = self._length(terms)
        if len(self._ids) > 2 * self._measured:
            self._measure()

    def _roughly(
        self, own: Mapping[str, float], vector: NDArray[np.float32] | None
    ) -> NDArray[np.float32]:
        """How near each text is, by lengths that may be a little old."""
        found = np.zeros(len(self._ids), np.float32)
        for term, weight in own.items():
            if (holders := self._words.get(term)) is not None:
                found[np.array(holders.places, np.int32)] += np.float32(weight * weight)
        length = math.sqrt(math.fsum(weight * weight for weight in own.values())) or 1.0
        found /= self._lengths[: len(found)] * np.float32(length)
        if vector is not None:
            found *= 1 - MEANING
            found += MEANING * np.maximum(self._vectors[: len(found)] @ vector, 0)
        return found

    def _exactly(
        self, place: int, own: Mapping[str, float], vector: NDArray[np.float32] | None
    ) -> float:
        terms = self._terms[place]
        shared = math.fsum(own[term] ** 2 for term in terms if term in own)
        length = math.sqrt(math.fsum(weight * weight for weight in own.values())) or 1.0
        nearness = min(1.0, shared / (length * self._length(terms)))
        if vector is None:
            return nearness
        alike = max(0.0, min(1.0, float(self._vectors[place] @ vector)))
        return (1 - MEANING) * nearness + MEANING * alike

    def _length(self, terms: Sequence[str]) -> float:
        return math.sqrt(math.fsum(self._weight(term) ** 2 for term in terms)) or 1.0

    def _weight(self, term: str) -> float:
        """How rare a word is among the texts."""
        holders = self._words.get(term)
        having = holders.living if holders else 0
        return math.log(1 + (len(self._places) - having + 0.5) / (having + 0.5))

    def _measure(self) -> None:
        """Measure all lengths anew, since words grow rarer as texts grow more."""
        self._measured = len(self._ids)
        for place, id in enumerate(self._ids):
            if id is not None:
                self._lengths[place] = self._length(self._terms[place])

    def _tidy(self) -> None:
        """Close the gaps that removed texts have left."""
        kept = [place for place, id in enumerate(self._ids) if id is not None]
        ids, terms = [self._ids[place] for place in kept], [self._terms[place] for place in kept]
        if self._embed:
            self._vectors[: len(kept)] = self._vectors[kept]
        self._ids, self._terms = ids, terms
        self._places = {id: place for place, id in enumerate(ids) if id is not None}
        self._words = {}
        for place, some in enumerate(terms):
            for term in some:
                holders = self._words.setdefault(term, _Holders())
                holders.places.append(place)
                holders.living += 1
        self._measure()
