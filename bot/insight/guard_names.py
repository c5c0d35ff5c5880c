"""Names in words: confidential terms however they are written, members, private channels."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any

import regex

LONG = 6
"""Letters from which on a term is also found inside of a longer word, as in a compound."""
SHORT = 3
"""Letters up to which a term in capitals must be written in capitals."""

_WORD = regex.compile(r"(?:[^\W_]\p{M}*)+")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+")
_SPACED = regex.compile(
    r"(?<![^\W_])(?:[^\W_]\p{M}*[ \t.·*_\-\u2010-\u2015|]{1,3}){3,80}[^\W_]\p{M}*(?![^\W_])"
)
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]{2,}")
_LANGUAGES = ("english", "german", "french", "spanish", "portuguese")
_LOOKS = str.maketrans("01|", "oll")
_PLURALS = (("l", "is"), ("al", "aux"), ("z", "ces"), ("ao", "oes"), ("y", "ies"), ("m", "ns"))
"""Endings that change: azul, azuis; journal, journaux; luz, luces; missão, missões; city, cities."""
_ENDINGS = ("", "s", "es", "e", "en", "n", "ns", "er", "ern", "em", "x")


@dataclass(frozen=True, slots=True)
class Name:
    """Characters `start` to `end` name something or somebody that not everybody knows."""

    kind: str
    start: int
    end: int
    name: str
    """The term, member or channel as the workspace writes it."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text: where each begins and ends, and how it looks."""

    text: str
    starts: list[int]
    ends: list[int]
    cores: list[str]

    def written(self, index: int) -> str:
        return self.text[self.starts[index] : self.ends[index]]

    def gap(self, index: int) -> str:
        """What stands before this word and after the one before it."""
        return self.text[self.ends[index - 1] if index else 0 : self.starts[index]]


def names(
    words: str,
    *,
    terms: tuple[str, ...],
    members: tuple[str, ...],
    channels: tuple[str, ...],
    own: str = "",
    own_channel: str = "",
) -> Iterator[Name]:
    """All names of these in the words but the author's own and their team's; some may overlap."""
    if terms or members:
        read = _words(words)
        yield from _terms_in(read, terms)
        yield from _members_in(read, members, own)
    yield from _channels_in(words, channels, own_channel)


# -- Words as they look -----------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def core(word: str) -> str:
    """A word as it looks: without accents and case, look-alike letters and digits as Latin letters."""
    if word.isascii():
        return word.lower().translate(_LOOKS)
    folded = unicodedata.normalize("NFKD", word).casefold()
    bare = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return "".join(map(_latin, bare)).lower().translate(_LOOKS)


@lru_cache(maxsize=5_000)
def _latin(sign: str) -> str:
    if sign.isascii() or not sign.isalpha() or "LATIN" in unicodedata.name(sign, ""):
        return sign
    from confusable_homoglyphs import confusables

    for like in confusables.confusables_data.get(sign, ()):
        if len(like["c"]) == 1 and like["c"].isascii() and like["c"].isalpha():
            return str(like["c"])
    return sign


def _words(text: str) -> _Words:
    found = [*(_PLAIN_WORD if text.isascii() else _WORD).finditer(text)]
    cores = [core(one[0]) for one in found]
    return _Words(text, [one.start() for one in found], [one.end() for one in found], cores)


@cache
def _stemmers() -> tuple[Any, ...]:
    import snowballstemmer

    return tuple(snowballstemmer.stemmer(language) for language in _LANGUAGES)


@lru_cache(maxsize=20_000)
def _stems(word: str) -> frozenset[str]:
    return frozenset(str(stemmer.stemWord(word)) for stemmer in _stemmers())


@lru_cache(maxsize=20_000)
def _is_form(word: str, of: str) -> bool:
    """Whether a word is another with an ending of English, German, French, Spanish or Portuguese."""
    if word == of:
        return True
    if len(of) <= SHORT:
        return word == of + "s"
    if word.startswith(of) and word[len(of) :] in _ENDINGS:
        return True
    if any(of.endswith(one) and word == of.removesuffix(one) + many for one, many in _PLURALS):
        return True
    shared = min(len(word), len(of)) - 2
    if shared < 3 or word[:shared] != of[:shared] or abs(len(word) - len(of)) > 5:
        return False
    return any(len(stem) >= SHORT for stem in _stems(word) & _stems(of))


# -- Confidential terms -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Term:
    name: str
    words: tuple[str, ...]

    @property
    def core(self) -> str:
        return "".join(self.words)

    @property
    def is_loud(self) -> bool:
        letters = "".join(sign for sign in self.name if sign.isalpha())
        return len(self.core) <= SHORT and letters.isupper()


@lru_cache(maxsize=64)
def _terms(names: tuple[str, ...]) -> tuple[_Term, ...]:
    terms = (_Term(name, tuple(_words(name).cores)) for name in dict.fromkeys(names))
    return tuple(term for term in terms if term.words)


def _terms_in(read: _Words, names: tuple[str, ...]) -> Iterator[Name]:
    """The confidential terms: inflected, joined, spaced, in any case, with look-alike letters."""
    terms = _terms(names)
    if not terms:
        return
    line = " " + " ".join(read.cores)
    starts = [1, *(1 + place for place in accumulate(len(word) + 1 for word in read.cores))]
    spaced = [
        (found, core(regex.sub(r"[^\w]|_", "", found[0]))) for found in _SPACED.finditer(read.text)
    ]
    for term in terms:
        yield from _in_order(read, line, starts, term)
        if len(term.core) > SHORT:
            for found, letters in spaced:
                if term.core in letters:
                    yield Name("term", *found.span(), term.name)


def _in_order(read: _Words, line: str, starts: list[int], term: _Term) -> Iterator[Name]:
    first = term.words[0]
    head = " " + (first if len(first) <= SHORT else first[: max(3, len(first) - 2)])
    place = line.find(head)
    while place >= 0:
        index = bisect_right(starts, place + 1) - 1
        if end := _matched(read, index, term):
            yield Name("term", read.starts[index], read.ends[end - 1], term.name)
        place = line.find(head, place + 1)
    # The words of the term without a gap, and a longer term also within a longer word.
    long = len(term.core) >= LONG
    joined = term.core if long else f" {term.core}"
    place = line.find(joined) if long or term.words[1:] else -1
    while place >= 0:
        index = bisect_right(starts, place + (not long)) - 1
        if long or _is_form(read.cores[index], term.core):
            yield Name("term", read.starts[index], read.ends[index], term.name)
        place = line.find(joined, place + 1)


def _matched(read: _Words, index: int, term: _Term) -> int:
    """The place after the last word when the words from `index` on are the term; 0 when not."""
    for number, of in enumerate(term.words):
        at = index + number
        if at >= len(read.cores) or not _is_form(read.cores[at], of):
            return 0
        if number and not _is_gap(read.gap(at)):
            return 0
    if term.is_loud and not read.written(index).rstrip("s").isupper():
        return 0
    return index + len(term.words)


def _is_gap(between: str) -> bool:
    return len(between) <= 4 and not re.search(r"[.!?;:()]\s|\n\s*\n", between)


# -- Members ----------------------------------------------------------------------------------

_ALSO_WORDS_LISTED = (
    "angel april amber art august basil bill blanca bright brook carol chance charity chase chip christian "
    "claire cliff clara crystal daisy dale dawn dean drew earl ernst faith forest frank frost "
    "gene ginger glen gold grace grant guy harmony hazel heather holly hope hunter iris ivory jack jade "
    "jasmin jasmine jean jesus joy judge june king lance lang laurel lily linden luna major marin marina mark "
    "mars mason max maya mercedes miles mira nova olive patience patrick pearl penny pierce pierre pilar "
    "poppy price prince quinn rain ray reed rich river rob rock roman rosa rose ruby rusty sage salvador sandy "
    "sierra sky sol stein stern stella sterling stone sue summer sunny tanner tiger trinity troy "
    "victor victoria viola violet wade ward wolf winter will young bush kern klein gross koch lange sommer "
    "fuchs vogel berg baum nieves luz paz soledad marco franco"
)
_ALSO_WORDS = frozenset(_ALSO_WORDS_LISTED.split())
"""First names that are also ordinary words: they count inside of a sentence and without an article only."""

_ARTICLES_LISTED = (
    "a an the this that your our der die das den dem des ein eine einen einem eines el la los las un "
    "una le les une des du o os as um uma do da no na"
)
_ARTICLES = frozenset(_ARTICLES_LISTED.split())


@lru_cache(maxsize=64)
def _members(names: tuple[str, ...]) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Members by the first word of what they may be called: their whole name, or a longer first name."""
    called: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name in dict.fromkeys(names):
        for call in _calls(name):
            called.setdefault(call[0], []).append((call, name))
            if len(call) == 1:
                called.setdefault(f"{call[0]}s", []).append(((f"{call[0]}s",), name))
    return {
        first: tuple(sorted(calls, key=lambda call: -len(call[0])))
        for first, calls in called.items()
    }


@lru_cache(maxsize=50_000)
def _calls(name: str) -> tuple[tuple[str, ...], ...]:
    """What somebody may be called, each as its words."""
    parts = tuple(_words(name).cores)
    if len(parts) < 2:
        return (parts,) if parts else ()
    first = ((parts[0],),) if len(parts[0]) > SHORT else ()
    return (parts, *first, (parts[-1], *parts[:-1]))


@lru_cache(maxsize=64)
def _unspaced(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of scripts that put no gaps between words: these are part of a longer run of letters."""
    return tuple(name for name in dict.fromkeys(names) if _UNSPACED.match(name))


def _members_in(read: _Words, names: tuple[str, ...], own: str) -> Iterator[Name]:
    """Members: by their whole name in any case, by first name as a capitalised word of its own."""
    known = _members(names)
    for index, word in enumerate(read.cores):
        for call, name in known.get(word, ()):
            # What everybody is called is the same for each author, and made once; it takes a while.
            if name != own and (end := _called(read, index, call)):
                yield Name("member", read.starts[index], read.ends[end - 1], name)
                break
    for name in _unspaced(names):
        for found in re.finditer(re.escape(name), read.text) if name != own else ():
            yield Name("member", *found.span(), name)


def _called(read: _Words, index: int, call: tuple[str, ...]) -> int:
    last = index + len(call) - 1
    if last >= len(read.cores):
        return 0
    for at, part in enumerate(call, index):
        if read.cores[at] != part and not (at == last > index and read.cores[at] == part + "s"):
            return 0
        if at > index and not _is_gap(read.gap(at)):
            return 0
    if len(call) == 1:
        first = read.written(index)[0]
        if first.islower() or (
            {call[0], call[0].removesuffix("s")} & _ALSO_WORDS and not _is_named(read, index)
        ):
            return 0
    return last + 1


def _is_named(read: _Words, index: int) -> bool:
    """Whether a capital here says that it is a name: inside of a sentence, without an article."""
    if index == 0 or re.search(r"[.!?:;\n•\"„“(]", read.gap(index)):
        return False
    before = read.written(index - 1)
    return before.islower() and before not in _ARTICLES


# -- Private channels -------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _channels(names: tuple[str, ...]) -> re.Pattern[str] | None:
    bare = sorted({name.lstrip("#").lower() for name in names if name.lstrip("#")}, key=len)
    told = [re.escape(name) for name in reversed(bare) if re.search(r"[-_\d]", name)]
    every = [re.escape(name) for name in reversed(bare)]
    if not every:
        return None
    plain = rf"|(?:{'|'.join(told)})" if told else ""
    return re.compile(rf"(?<![\w#/.-])(?:#(?:{'|'.join(every)}){plain})(?![\w-])", re.IGNORECASE)


def _channels_in(words: str, names: tuple[str, ...], own: str) -> Iterator[Name]:
    """Private channels: with their sign, and without it where the name is no ordinary word."""
    # One pattern for the authors of all teams; only who names their own team needs one without it.
    found = _found(_channels(names), words)
    if own and any(one.name == own.lstrip("#").lower() for one in found):
        found = _found(_channels(tuple(name for name in names if name != own)), words)
    yield from found


def _found(pattern: re.Pattern[str] | None, words: str) -> list[Name]:
    return [
        Name("channel", *one.span(), one[0].lstrip("#").lower())
        for one in (pattern.finditer(words) if pattern else ())
    ]
