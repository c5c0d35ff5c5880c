"""Lessons as they stand in a library that one browses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lessons somebody looks for."""

    words: str = ""
    channel: str = ""
    """The id of the channel that they come from or stand in."""
    topic: str = ""
    state: str = ""
    """`agreed`, `confirmed`, `retired`; `mine` for one's own in any state; empty for all that are shared."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A lesson as it stands in a list, as far as its reader may know it."""

    id: int
    name: str
    """Its number; empty where it comes from another workspace."""
    headline: str
    origin: str
    state: str
    topics: tuple[str, ...]
    used: str
