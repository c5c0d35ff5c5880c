"""Groups of texts that share telling words, found in one pass.

A text joins the group that its words are nearest to, or starts one. A word weighs the more the fewer groups hold it
(not: the fewer texts), so the name of a subject that recurs for years stays heavy while "add" and "fix" become
light. A group that was quiet for some hundred texts has to be a little nearer than one that was just added to.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.insight.meanings import Meanings, Vector


@dataclass(frozen=True, slots=True)
class Dials:
    """What was chosen by measuring, once, for every kind of text (docs/patterns.md says how)."""

    near: float = 0.13
    """A text joins a group from this nearness on ..."""
    near_with_vectors: float = 0.21
    """... and from this one where there are vectors."""
    meaning: float = 0.5
    """How much of the nearness is that of the vectors, where there are any."""
    quiet: float = 0.15
    """What a group loses in nearness for having been quiet ..."""
    quiet_after: float = 450.0
    """... through about this many texts."""
    ground: float = 1.5
    """What any word weighs beside its rarity among groups."""
    holds: float = 0.2
    """The power of a word's share in a group that says how much the group holds the word."""
    young: float = 300.0
    """Through about so many texts a new word counts against joining a group."""
    common: float = math.log(10)
    """A word in more than every tenth text weighs less and less."""
    most_groups: int = 20_000
    most_entries: int = 300_000
    """How often a word is held by a group, all in all; the longest quiet and smallest groups are forgotten first."""
    most_words: int = 300
    """Words of one group; the rarest are forgotten first."""
    most_texts: int = 2_048
    """A group that has had so many texts lets half of them fade."""
    most_looked_at: int = 500
    """Entries read for one text, its heaviest words first, so that no text costs more than another."""


DIALS = Dials()
LIGHTEST = 0.05
"""No word weighs less."""


@dataclass(slots=True)
class Word:
    """A word, how many of the remembered texts have it, and which groups hold it how often."""

    texts: int = 0
    spread: float = 0.0
    """In how many groups it is at home: each counts by the share of its texts that have the word."""
    groups: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """Texts that belong together, remembered by how often each word is in them."""

    number: int
    texts: int = 0
    """Those not yet faded."""
    last: int = 0
    """Which text of all was its last."""
    length: float = 1.0
    full: float = 1.0
    """What a word of one group alone weighed then."""
    measured: int = 1
    """With how many texts its words were weighed last."""
    words: dict[str, int] = field(default_factory=dict)


class Grouping:
    """All groups and words of one stream of texts."""

    def __init__(self, dials: Dials = DIALS) -> None:
        self.dials = dials
        self.groups: dict[int, Group] = {}
        self.words: dict[str, Word] = {}
        self.meanings = Meanings()
        self.seen = 0
        """Texts so far."""
        self.texts = 0
        """Texts that are remembered in groups."""
        self.entries = 0
        self.next = 1
        self.forgotten: list[int] = []

    def taken_forgotten(self) -> list[int]:
        """The groups that were forgotten since this was asked last."""
        found, self.forgotten = self.forgotten, []
        return found

    def rarity(self, word: str) -> float:
        """How rare a word is among groups, up to one for a word that is at home in a single group."""
        known = self.words.get(word)
        if known is None:
            return 1.0
        log_groups = math.log(len(self.groups) + 1)
        return max(0.0, self._rarity(known, log_groups)) / (self.dials.ground + log_groups)

    def weight(self, word: str) -> float:
        """How telling a word is; zero for one that no group holds."""
        known = self.words.get(word)
        return self._weight(known, math.log(len(self.groups) + 1)) if known else 0.0

    def nearest(self, terms: Sequence[str], vector: Vector | None = None) -> Group | None:
        """The group that a text with these words joins, if there is one near enough."""
        best: Group | None = None
        highest = self.dials.near if vector is None else self.dials.near_with_vectors
        for number, nearness in self._near(terms, vector):
            if nearness <= highest:
                continue
            group = self.groups[number]
            quiet = 1 - math.exp((group.last - self.seen) / self.dials.quiet_after)
            nearness -= self.dials.quiet * quiet
            if nearness > highest:
                best, highest = group, nearness
        return best

    def join(
        self, group: Group | None, terms: Sequence[str], vector: Vector | None = None
    ) -> Group:
        """Add a text to a group, or to a new one."""
        if group is None:
            group = Group(self.next)
            self.next += 1
            self.groups[group.number] = group
        self.seen += 1
        self.texts += 1
        group.texts += 1
        group.last = self.seen
        for term in terms:
            self._count(group, term, 1)
        if vector is not None:
            self.meanings.add(group.number, vector)
        # Weighing all its words is dear, and changes little once a group is large.
        if group.texts > 1.1 * group.measured or group.texts <= 2:
            self._weigh(group)
        else:
            group.length *= group.texts / (group.texts - 1)
        if group.texts >= self.dials.most_texts:
            self._fade(group)
        if self.entries > self.dials.most_entries or len(self.groups) > self.dials.most_groups:
            self._forget_groups(but=group)
        return group

    def leave(self, group: Group, terms: Sequence[str]) -> None:
        """Take a text back out of its group."""
        if group.texts <= 1:
            self.drop(group)
            return
        for term in terms:
            if group.words.get(term):
                self._count(group, term, -1)
        group.texts -= 1
        self.texts -= 1
        self.meanings.scale(group.number, group.texts / (group.texts + 1))
        self._weigh(group)

    def drop(self, group: Group) -> None:
        """Forget a group."""
        for term, times in list(group.words.items()):
            self._count(group, term, -times)
        self.texts -= group.texts
        del self.groups[group.number]
        self.meanings.drop(group.number)
        self.forgotten.append(group.number)

    def merge(self, group: Group, other: Group) -> None:
        """Put all of another group into this one."""
        words, texts, last = dict(other.words), other.texts, other.last
        meaning = self.meanings.sum(other.number)
        self.drop(other)
        self.forgotten.remove(other.number)
        for term, times in words.items():
            self._count(group, term, times)
        group.texts += texts
        group.last = max(group.last, last)
        self.texts += texts
        if meaning is not None:
            self.meanings.add(group.number, meaning)
        self._weigh(group)

    def near_pairs(self, numbers: Sequence[int]) -> Iterator[tuple[float, int, int]]:
        """How near each two of these groups are."""
        vectors = {number: self._weighted(self.groups[number]) for number in numbers}
        holders: dict[str, list[int]] = {}
        for number in numbers:
            for word in vectors[number]:
                holders.setdefault(word, []).append(number)
        for number in numbers:
            mine = vectors[number]
            others = {one for word in mine for one in holders[word] if one > number}
            for other in sorted(others):
                theirs = vectors[other]
                both = math.fsum(mine[word] * theirs[word] for word in mine if word in theirs)
                yield both, number, other

    def _near(self, terms: Sequence[str], vector: Vector | None) -> Iterator[tuple[int, float]]:
        """The groups that share a word with a text (or, with vectors, its meaning), and how near each is."""
        log_groups = math.log(len(self.groups) + 1)
        known = [
            (self._weight(word, log_groups), term)
            for term in terms
            if (word := self.words.get(term)) is not None
        ]
        known.sort(reverse=True)
        length = math.sqrt(
            math.fsum(weight * weight for weight, _ in known)
            + (len(terms) - len(known)) * self._unknown(log_groups) ** 2
        )
        found: dict[int, float] = {}
        # What is left to read: a group found by that alone is not near enough any more.
        left = math.fsum(weight * weight for weight, _ in known)
        enough = (self.dials.near * length) ** 2
        read = 0
        for weight, term in known:
            times_of = self.words[term].groups
            square = weight * weight
            read += len(times_of)
            if left >= enough and (read <= self.dials.most_looked_at or not found):
                for number, times in times_of.items():
                    found[number] = found.get(number, 0.0) + square * times
            elif len(times_of) < len(found):
                for number, times in times_of.items():
                    if number in found:
                        found[number] += square * times
            else:
                for number in found:
                    if times := times_of.get(number, 0):
                        found[number] += square * times
            left -= square
        groups = self.groups
        # Lengths are as they were when there were fewer groups, and words weighed less.
        length *= self.dials.ground + log_groups
        if vector is None:
            for number, sum_ in found.items():
                group = groups[number]
                yield number, sum_ * group.full / (length * group.length)
            return
        share = self.dials.meaning
        for number, alike in self.meanings.near(vector):
            group = groups[number]
            words = found.get(number, 0.0) * group.full / (length * group.length) if found else 0.0
            yield number, share * alike + (1 - share) * words

    def _weight(self, word: Word, log_groups: float) -> float:
        weight = self._rarity(word, log_groups)
        share = math.log((self.texts + 20) / (word.texts + 1)) / self.dials.common
        return max(LIGHTEST, weight * max(LIGHTEST, share) if share < 1 else weight)

    def _unknown(self, log_groups: float) -> float:
        """What a new word weighs: much among the first texts, where any word may tell, and little later on."""
        full = self.dials.ground + log_groups
        return full * self.dials.young / (self.dials.young + self.texts)

    def _rarity(self, word: Word, log_groups: float) -> float:
        full = self.dials.ground + log_groups
        return full - math.log(word.spread) if word.spread > 1 else full

    def _weighted(self, group: Group) -> dict[str, float]:
        weights = {term: self.weight(term) * times for term, times in group.words.items()}
        length = math.sqrt(math.fsum(one * one for one in weights.values())) or 1.0
        return {term: one / length for term, one in weights.items()}

    def _count(self, group: Group, term: str, by: int) -> None:
        """Change how often a group holds a word."""
        times = group.words.get(term, 0)
        after = times + by
        word = self.words.get(term)
        if word is None:
            word = self.words[term] = Word()
        word.texts += by
        word.spread += self._held(after, group.measured) - self._held(times, group.measured)
        if after > 0:
            self.entries += times == 0
            group.words[term] = word.groups[group.number] = after
            return
        self.entries -= 1
        del group.words[term]
        del word.groups[group.number]
        if not word.groups:
            del self.words[term]

    def _held(self, times: int, texts: int) -> float:
        """How much a group of so many texts holds a word that so many of them have."""
        return (times / (texts + 1)) ** self.dials.holds if times else 0.0

    def _weigh(self, group: Group) -> None:
        """Weigh the words of a group anew, after letting go of the rarest if there are too many."""
        dials = self.dials
        if len(group.words) > dials.most_words:
            rarest = sorted(group.words, key=lambda term: (group.words[term], term))
            for term in rarest[: len(rarest) - dials.most_words * 4 // 5]:
                self._count(group, term, -group.words[term])
        # Written out, since this is where most of the time goes: see _held and _weight.
        holds, words, log = dials.holds, self.words, math.log
        grown = (group.texts + 1) ** -holds - (group.measured + 1) ** -holds
        group.measured = group.texts
        full = dials.ground + log(len(self.groups) + 1)
        all_texts = log(self.texts + 20)
        common = 1 / dials.common
        squares = []
        group.full = full
        for term, times in group.words.items():
            word = words[term]
            word.spread = spread = word.spread + times**holds * grown
            weight = full - log(spread) if spread > 1 else full
            share = (all_texts - log(word.texts + 1)) * common
            if share < 1:
                weight *= share if share > LIGHTEST else LIGHTEST
            weight = (weight if weight > LIGHTEST else LIGHTEST) * times
            squares.append(weight * weight)
        # An exact sum, so that it does not matter in which order a resumed group has its words.
        group.length = math.sqrt(math.fsum(squares)) or 1.0

    def _fade(self, group: Group) -> None:
        """Halve what a large group remembers, so that it follows its subject as that changes."""
        for term, times in list(group.words.items()):
            self._count(group, term, times // 2 - times)
        self.texts -= group.texts - group.texts // 2
        group.texts //= 2
        self.meanings.scale(group.number, 0.5)
        self._weigh(group)

    def _forget_groups(self, *, but: Group) -> None:
        """Forget the tenth of all groups that were quiet longest; each text a group has keeps it for a while."""
        a_while = len(self.groups) / 20
        order = sorted(
            self.groups.values(),
            key=lambda group: (group.last + a_while * min(group.texts, 200), group.number),
        )
        fewer, entries = len(self.groups) * 9 // 10, self.dials.most_entries * 9 // 10
        for group in order:
            if len(self.groups) <= fewer and self.entries <= entries:
                return
            if group is not but:
                self.drop(group)
