"""A memory of the newest few thousand things, for what a process may forget without harm."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED: Final = 10_000


class Recent(OrderedDict[K, V]):
    """Keeps what was remembered last, and lets the oldest go."""

    def remember(self, key: K, value: V) -> None:
        """Keep this under its key."""
        self[key] = value
        self.move_to_end(key)
        while len(self) > REMEMBERED:
            self.popitem(last=False)
