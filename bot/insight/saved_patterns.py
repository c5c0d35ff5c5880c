"""Patterns as bytes, and back: what is resumed goes on exactly as what was saved would have."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np

from bot.insight.grouping import Group, Word
from bot.insight.meanings import Vector
from bot.insight.patterns import Embed, Kept, Note, Patterns

VERSION = 1
"""Raised whenever the words, the weights or the shape of the state change."""
MOST_BYTES = 256 * 1024 * 1024


class OtherVersion(Exception):
    """Saved patterns that this version cannot go on from: build them anew from the texts."""


def save(patterns: Patterns) -> bytes:
    """All that the patterns remember."""
    grouping = patterns.grouping
    meaning = grouping.meanings.sum
    state = {
        "version": VERSION,
        "vectors": patterns.embed is not None,
        "seen": grouping.seen,
        "next": grouping.next,
        "words": [
            [term, word.texts, word.spread, [n for pair in word.groups.items() for n in pair]]
            for term, word in grouping.words.items()
        ],
        "groups": [
            [
                one.number,
                one.texts,
                one.last,
                one.length,
                one.full,
                one.measured,
                _written(meaning(one.number)),
            ]
            for one in grouping.groups.values()
        ],
        "kept": [
            [number, kept.texts, kept.is_shown, list(kept.days.items())]
            for number, kept in patterns.kept.items()
        ],
        "notes": [
            [one.id, one.pattern, one.terms, one.who, one.team, one.day]
            for one in patterns.notes.values()
        ],
        "days": list(patterns.days.items()),
    }
    return zlib.compress(json.dumps(state, separators=(",", ":")).encode(), 6)


def resume(saved: bytes, embed: Embed | None = None) -> Patterns:
    """Patterns as they were saved."""
    state = _read(saved)
    version = state.get("version")
    if version != VERSION:
        raise OtherVersion(
            f"These patterns were saved in version {str(version)[:20]!r}, and this is version"
            f" {VERSION}: build them anew from the texts."
        )
    if state["vectors"] != (embed is not None):
        had, has = ("with", "without") if state["vectors"] else ("without", "with")
        raise OtherVersion(
            f"These patterns were saved {had} sentence vectors and would go on {has} them: build"
            " them anew from the texts."
        )
    patterns = Patterns(embed)
    grouping = patterns.grouping
    grouping.seen, grouping.next = state["seen"], state["next"]
    for number, texts, last, length, full, measured, written in state["groups"]:
        grouping.groups[number] = Group(number, texts, last, length, full, measured)
        if written is not None:
            grouping.meanings.add(number, _vector(written))
        grouping.texts += texts
    for term, texts, spread, flat in state["words"]:
        held = dict(zip(flat[::2], flat[1::2], strict=True))
        grouping.words[term] = Word(texts, spread, held)
        grouping.entries += len(held)
        for number, times in held.items():
            grouping.groups[number].words[term] = times
    for number, texts, is_shown, days in state["kept"]:
        patterns.kept[number] = Kept(texts, is_shown, dict(days))
    for id, pattern, terms, who, team, day in state["notes"]:
        patterns.notes[id] = Note(id, pattern, tuple(terms), who, team, day)
        patterns.kept[pattern].ids[id] = None
    patterns.days = dict(state["days"])
    return patterns


def _read(saved: bytes) -> dict[str, Any]:
    try:
        state = json.loads(zlib.decompressobj().decompress(saved, MOST_BYTES))
    except (zlib.error, ValueError) as error:
        raise OtherVersion(
            f"{len(saved):,} bytes are no saved patterns ({error}): build them anew from the texts."
        ) from None
    if not isinstance(state, dict):
        raise OtherVersion("What was saved is no saved patterns: build them anew from the texts.")
    return state


def _written(vector: Vector | None) -> str | None:
    return None if vector is None else base64.b64encode(vector.astype("<f4").tobytes()).decode()


def _vector(written: str) -> Vector:
    return np.frombuffer(base64.b64decode(written), "<f4").astype(np.float32)
