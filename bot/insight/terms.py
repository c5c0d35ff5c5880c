"""The words that tell what a text is about, in any language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import regex

from bot.insight.function_words import FUNCTION_WORDS

if TYPE_CHECKING:
    import snowballstemmer

MOST_CHARACTERS = 4_000
"""Further on a text is not read: what it is about stands at its beginning."""
MOST_TERMS = 64
LONGEST_WORD = 40
"""A longer run of letters is a key or noise."""
_REMEMBERED_STEMS = 50_000

_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*://(?:[^\s/@]*@)?(?:www\.)?([^\s/:?#]+)\S*", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[-_/][A-Za-z0-9]+)*")
_ANY = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[-_/][\p{L}\p{M}\p{N}]+)*")
_HEAD = regex.compile(r"\s*\[?([\p{L}\p{M}\p{N}_/.-]{2,40})(?:\]:?|:)(?=\s)")
_HASHTAG = regex.compile(r"(?<![\w&/#])#(\p{L}[\p{L}\p{M}\p{N}_-]*)")
_JOINT = re.compile(r"[-_/]+")
_HUMP = regex.compile(r"(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})")
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\u30fc\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+"
)
_RUNS = regex.compile(
    r"([\p{Katakana}\u30fc]+)|([\p{Han}\p{Hiragana}]+)|([\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+)"
)
_HIRAGANA = regex.compile(r"\p{Hiragana}+")


def terms(text: str) -> tuple[str, ...]:
    """The words of a text that may tell its subject, each once, in the order they are met.

    What is joined by a hyphen, an underscore, a slash or humps is one word and its parts. Languages written without
    spaces are cut into overlapping pairs (Chinese, Japanese) or threes (Thai and its neighbours) of characters. Of a
    link only the host is read.
    """
    text = text[:MOST_CHARACTERS]
    if "://" in text:
        text = _LINK.sub(r" \1 ", text)
    plain = text.isascii()
    if not plain:
        text = unicodedata.normalize("NFKC", text)
    found: dict[str, None] = {}
    for subject in _subjects(text):
        found[subject] = None
    for word in (_PLAIN if plain else _ANY).findall(text):
        if plain or not _UNSPACED.search(word):
            for part in _spaced(word):
                found[part] = None
        else:
            for part in _unspaced(word):
                found[part] = None
        if len(found) >= MOST_TERMS:
            break
    return tuple(found)[:MOST_TERMS]


def stems(text: str) -> tuple[str, ...]:
    """The words of a text without their English endings, for finding rather than for showing."""
    return tuple(dict.fromkeys(map(_stem, terms(text))))


def stemmed(text: str) -> dict[str, str]:
    """The words of a text by their stems, each as `terms` tells it first."""
    found: dict[str, str] = {}
    for term in terms(text):
        found.setdefault(_stem(term), term)
    return found


def _subjects(text: str) -> Iterator[str]:
    """What the author says the text is about: the word before a colon or in brackets at its head, and its hashtags."""
    if head := _HEAD.match(text):
        yield f"#{_JOINT.sub('-', head[1].casefold())}"
    if "#" in text:
        for tag in _HASHTAG.findall(text):
            yield f"#{_JOINT.sub('-', tag.casefold())}"


def _spaced(word: str) -> Iterator[str]:
    folded = word.casefold()
    if folded.isalpha() and (folded == word or word[1:] == folded[1:] or len(word) < 3):
        if len(word) <= LONGEST_WORD and folded not in FUNCTION_WORDS:
            yield folded
        return
    pieces = [piece for piece in _JOINT.split(word) if piece]
    parts = [part for piece in pieces for part in _humps(piece)]
    if len(folded) <= LONGEST_WORD and folded not in FUNCTION_WORDS:
        yield _JOINT.sub("-", folded)
    if len(parts) > 1:
        for part in parts:
            part = part.casefold()
            if 1 < len(part) <= LONGEST_WORD and part not in FUNCTION_WORDS:
                yield part


def _humps(piece: str) -> list[str]:
    if piece.islower() or piece.isupper() or piece.isdigit():
        return [piece]
    return _HUMP.split(piece)


def _unspaced(word: str) -> Iterator[str]:
    place = 0
    for run in _UNSPACED.finditer(word):
        if place < run.start():
            yield from _spaced(word[place : run.start()])
        place = run.end()
        for loan, pairs, threes in _RUNS.findall(run[0]):
            if loan:
                yield loan
            else:
                yield from _grams(pairs or threes, 2 if pairs else 3)
    if place < len(word):
        yield from _spaced(word[place:])


def _grams(run: str, size: int) -> Iterator[str]:
    """Overlapping pieces of a run; those in hiragana alone are endings and particles."""
    if len(run) <= size:
        yield run
        return
    for start in range(len(run) - size + 1):
        gram = run[start : start + size]
        if not _HIRAGANA.fullmatch(gram):
            yield gram


@lru_cache(_REMEMBERED_STEMS)
def _stem(word: str) -> str:
    return _stemmer().stemWord(word) if word.isascii() and word.isalpha() else word


@lru_cache(1)
def _stemmer() -> snowballstemmer.stemmer:
    # It brings every language along, which a start does not wait for.
    import snowballstemmer

    return snowballstemmer.stemmer("english")
