"""The guard: what in a text should not leave its team without a second look, or not at all."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from bot.chat import Text
from bot.insight.guard_contacts import contacts
from bot.insight.guard_names import names
from bot.insight.guard_passages import (
    Passage,
    Spot,
    View,
    Where,
    clean,
    decoded,
    mended,
    passage,
    replaced,
    unhyphened,
)
from bot.insight.secrets import credentials
from bot.insight.secrets_known import KINDS

REGIONS = ("DE", "AT", "CH", "GB", "US", "FR", "ES", "PT", "BR", "IT", "NL")
"""Where a phone number without a country code may be from, unless the workspace says more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the workspace knows and others need not."""

    terms: tuple[str, ...] = field(default=(), repr=False)
    """Its confidential terms."""
    members: tuple[str, ...] = field(default=(), repr=False)
    """The names of its members."""
    own: str = field(default="", repr=False)
    """The author's name among them, who decides about that in another place."""
    channels: tuple[str, ...] = field(default=(), repr=False)
    """The names of its private channels."""
    own_channel: str = field(default="", repr=False)
    """The author's team among them, which may be named."""
    hosts: tuple[str, ...] = field(default=(), repr=False)
    """Hosts that may be named, each with all below it."""
    domains: tuple[str, ...] = field(default=(), repr=False)
    """Domains of its own; a host under one is an internal host."""
    regions: tuple[str, ...] = REGIONS
    """Countries, as two letters, whose phone numbers people write without the country code."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Some words that should not leave as they are.

    A finding that blocks cannot be confirmed away. The words are for their author's eyes: they stand
    in no `repr`, and belong in no log.
    """

    kind: str
    blocks: bool
    where: Where
    """Where they stand first."""
    sentence: str
    """What they look like and what to do, for the author."""
    instead: str
    """What `mask` puts in their place."""
    fingerprint: str
    """The same for the same words in any text, so that a yes holds for them and for no others."""
    words: str = field(repr=False)
    spots: tuple[Spot, ...] = field(repr=False)


_ASKS = {
    "mail": ("an e-mail address", "[an address]"),
    "phone": ("a phone number", "[a phone number]"),
    "host": ("an internal host", "[an internal host]"),
    "card": ("a card number", "[a card number]"),
    "account": ("a bank account number", "[an account number]"),
    "term": ("one of your workspace's confidential terms", "[confidential]"),
    "member": ("the name of a member", "a colleague"),
    "channel": ("the name of a private channel", "[a private channel]"),
}
_SECRET = "[taken out]"
_FORMAL = frozenset(kind.name for kind in KINDS)
"""Credentials that show by their own form where they end."""
_ORDER = ("account", "card", "mail", "phone", "channel", "term", "member", "host")


@dataclass(frozen=True, slots=True)
class _Hit:
    rank: int
    kind: str
    spot: Spot
    said: str
    """The words as they read without what nobody sees."""
    sentence: str
    instead: str
    blocks: bool = False


def read(text: Text, known: Known) -> tuple[Finding, ...]:
    """Everything in the text to change or to confirm, in reading order, the same words once.

    The whole text is read: words, headlines, quotes, lists, code, link labels and the addresses
    behind them, names of mentions. File names and other plain words are read as `Text.of(name)`.
    """
    told = passage(text)
    if not told.words.strip():
        return ()
    hits = [*_mentions(text, told)]
    plain = clean(told)
    views = [plain]
    if (view := decoded(plain)) is not None:
        views.append(view)
    for view in views:
        hits += _secrets(view)
        hits += _contacts(view, known)
        hits += _names(view, known)
    if (view := mended(plain, told.visible)) is not None:
        hits += (hit for hit in _secrets(view) if _is_wrapped(told, hit))
    if (view := unhyphened(plain, told.visible)) is not None:
        hits += _names(view, known)
    return tuple(_findings(told, _apart(hits)))


def mask(text: Text, findings: Iterable[Finding]) -> Text:
    """The text with these findings replaced; a link that has one in its address keeps its label only.

    The findings are those that `read` gave for this very text.
    """
    changes = [(spot, finding.instead) for finding in findings for spot in finding.spots]
    return replaced(text, passage(text), changes)


def _secrets(view: View) -> Iterator[_Hit]:
    for found in credentials(view.words):
        spot, said = view.spot(found.start, found.end), view.words[found.start : found.end]
        if found.sure:
            sentence = (
                f"This looks like {found.label}. It cannot be shared: take it out, "
                "and if it is a real one, have it replaced."
            )
            # What its own form names is named; what only stands behind a name comes after.
            rank = 0 if found.kind in _FORMAL else 1
            yield _Hit(rank, found.kind, spot, said, sentence, _SECRET, blocks=True)
        else:
            yield _Hit(2, found.kind, spot, said, _sentence(found.label), _SECRET)


_WORD_END = re.compile(r"[^\w\s]{0,3}(?:\s|$)")
_PLAIN_WORD = re.compile(r"[^\W\d_]?[^\W\d_A-Z]*[.,:;!?]*")


def _is_wrapped(told: Passage, hit: _Hit) -> bool:
    """Whether what follows the line break belongs to the value, and is no ordinary next word."""
    parts = told.words[hit.spot.start : hit.spot.end].split("\n")[1:]
    ends = _WORD_END.match(told.words, hit.spot.end) is not None
    ordinary = ends and all(_PLAIN_WORD.fullmatch(part.strip()) for part in parts)
    return bool(parts) and (hit.kind in _FORMAL or not ordinary)


def _contacts(view: View, known: Known) -> Iterator[_Hit]:
    for found in contacts(
        view.words, domains=known.domains, allowed=known.hosts, regions=known.regions
    ):
        yield _asking(found.kind, view, found.start, found.end)


def _names(view: View, known: Known) -> Iterator[_Hit]:
    for found in names(
        view.words,
        terms=known.terms,
        members=known.members,
        channels=known.channels,
        own=known.own,
        own_channel=known.own_channel,
    ):
        yield _asking(found.kind, view, found.start, found.end)


def _mentions(text: Text, told: Passage) -> Iterator[_Hit]:
    for piece in told.pieces:
        span = text.blocks[piece.block].spans[piece.span]
        if span.mention and piece.where == "mention":
            view = View(told.words, range(len(told.words)))
            yield _asking("member", view, piece.start, piece.start + len(span.text))


def _asking(kind: str, view: View, start: int, end: int) -> _Hit:
    label, instead = _ASKS[kind]
    spot, said = view.spot(start, end), view.words[start:end]
    return _Hit(3 + _ORDER.index(kind), kind, spot, said, _sentence(label), instead)


def _sentence(label: str) -> str:
    return f"This looks like {label}. Change it, or say that it may be shared."


def _apart(hits: Iterable[_Hit]) -> list[_Hit]:
    """Of hits that overlap, the one that matters most.

    A confidential term within an address or a host is a question of its own: who may give away
    the one need not give away the other.
    """
    hits = set(hits)
    apart = _kept(hit for hit in hits if hit.kind != "term")
    blocking = [hit for hit in apart if hit.blocks]
    terms = _kept([*blocking, *(hit for hit in hits if hit.kind == "term")])
    both = [*apart, *(hit for hit in terms if hit.kind == "term")]
    return sorted(both, key=lambda hit: (hit.spot.start, hit.rank))


def _kept(hits: Iterable[_Hit]) -> list[_Hit]:
    """Hits that do not overlap: of two, the one of higher rank, of two alike the longer one.

    What blocks is never cut short: it takes in what overlaps it and blocks as well.
    """
    kept: list[_Hit] = []
    starts: list[int] = []
    for hit in sorted(hits, key=lambda hit: (hit.rank, hit.spot.start - hit.spot.end)):
        place = bisect_left(starts, hit.spot.end)
        before = kept[place - 1] if place else None
        if before is None or before.spot.end <= hit.spot.start:
            kept.insert(place, hit)
            starts.insert(place, hit.spot.start)
        elif hit.blocks:
            low = kept[place - 2].spot.end if place > 1 else 0
            start = max(low, min(before.spot.start, hit.spot.start))
            spot = Spot(start, max(before.spot.end, hit.spot.end))
            kept[place - 1] = replace(before, spot=spot)
            starts[place - 1] = start
    return kept


def _findings(told: Passage, hits: Iterable[_Hit]) -> Iterator[Finding]:
    same: dict[str, list[_Hit]] = {}
    for hit in hits:
        same.setdefault(_fingerprint(hit), []).append(hit)
    for fingerprint, alike in same.items():
        first = alike[0]
        yield Finding(
            kind=first.kind,
            blocks=first.blocks,
            where=told.where(first.spot),
            sentence=first.sentence,
            instead=first.instead,
            fingerprint=fingerprint,
            words=told.words[first.spot.start : first.spot.end],
            spots=tuple(hit.spot for hit in alike),
        )


def _fingerprint(hit: _Hit) -> str:
    said = " ".join(hit.said.split())
    said = said if hit.blocks else said.casefold()
    return hashlib.sha256(f"{hit.kind}\n{said}".encode()).hexdigest()[:24]
