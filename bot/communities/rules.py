"""What is true of the map of communities: who is joined with whom, and by what each is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Literal

from bot.insight.constellation import Bond, Star

LOOK_BACK = timedelta(days=365)
"""How long ago a lesson may have come to be on the map."""

Ring = Literal["team", "community", "network"]
ChannelKey = tuple[str, str]
"""Workspace and id."""
Human = tuple[str, int]
"""The first account of somebody, by workspace and id."""


@dataclass(frozen=True, slots=True)
class Node:
    """A channel on the map."""

    key: ChannelKey
    name: str
    ring: Ring
    humans: frozenset[Human] = frozenset()
    """Who is in it; nobody where the caller cannot know that."""


def span(now: datetime) -> tuple[datetime, datetime]:
    """When lessons on the map came to be, up to this very moment."""
    return now - LOOK_BACK, now + timedelta(seconds=1)


def stars(nodes: Iterable[Node]) -> dict[ChannelKey, Star]:
    """What each channel is called on the map; of two with one name each tells its platform, too."""
    found = {node.key: node for node in nodes}
    often = Counter((node.name, node.ring) for node in found.values())
    named: dict[ChannelKey, Star] = {}
    for key, node in found.items():
        name = f"#{node.name}"
        if often[node.name, node.ring] > 1:
            name = f"{name} ({key[0].replace(':', ' ')})"
        named[key] = Star(name, node.ring)
    return named


def bonds(
    nodes: Collection[Node], ways: Mapping[tuple[ChannelKey, ChannelKey], int]
) -> tuple[tuple[Bond, ...], tuple[Star, ...]]:
    """What joins these channels, and which of them nothing joins.

    Ways say how many lessons went from one channel to another; people are shared by communities and networks alone.
    """
    named = stars(nodes)
    lessons: Counter[frozenset[ChannelKey]] = Counter()
    for (start, end), count in ways.items():
        lessons[frozenset((start, end))] += count
    wide = [node for node in nodes if node.ring != "team"]
    shared = {
        frozenset((one.key, other.key)): len(one.humans & other.humans)
        for one, other in combinations(wide, 2)
    }
    joined = {pair for pair in (*lessons, *shared) if lessons[pair] or shared.get(pair)}
    found = [
        Bond(named[one], named[other], lessons[pair], shared.get(pair, 0))
        for pair in joined
        for one, other in [sorted(pair, key=lambda key: (named[key].name, key))]
    ]
    # The same map is drawn once.
    found.sort(key=lambda bond: (-bond.lessons, -bond.people, bond.one.name, bond.other.name))
    met = {key for pair in joined for key in pair}
    alone = sorted((named[node.key] for node in wide if node.key not in met), key=lambda s: s.name)
    return tuple(found), tuple(alone)
