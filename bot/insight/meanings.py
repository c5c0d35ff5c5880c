"""The sums of the sentence vectors of groups, side by side, so that one look finds the nearest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float32]


class Meanings:
    """What each group means: the sum of the vectors of its texts."""

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}
        self._numbers: list[int | None] = []
        self._free: list[int] = []
        self._sums: Vector = np.zeros((0, 0), np.float32)
        self._lengths: Vector = np.ones(0, np.float32)

    def __contains__(self, number: object) -> bool:
        return number in self._rows

    def sum(self, number: int) -> Vector | None:
        """The sum of a group's vectors, if it has any."""
        row = self._rows.get(number)
        return None if row is None else self._sums[row].copy()

    def add(self, number: int, vector: Vector) -> None:
        """Add a text's vector to a group."""
        row = self._rows.get(number)
        if row is None:
            row = self._rows[number] = self._new_row(len(vector))
            self._numbers[row] = number
        self._sums[row] += vector
        self._lengths[row] = max(1e-9, float(np.linalg.norm(self._sums[row])))

    def scale(self, number: int, by: float) -> None:
        """Make a group's sum smaller, which leaves its direction."""
        if (row := self._rows.get(number)) is not None:
            self._sums[row] *= np.float32(by)
            self._lengths[row] *= np.float32(by)

    def drop(self, number: int) -> None:
        """Forget what a group means."""
        row = self._rows.pop(number, None)
        if row is not None:
            self._numbers[row] = None
            self._sums[row] = 0
            self._free.append(row)

    def near(self, vector: Vector) -> Iterator[tuple[int, float]]:
        """Each group, and the cosine between it and a text."""
        if not self._rows:
            return
        rows = len(self._numbers)
        alike = (self._sums[:rows] @ vector / self._lengths[:rows]).tolist()
        for number, cosine in zip(self._numbers, alike, strict=True):
            if number is not None:
                yield number, cosine

    def _new_row(self, width: int) -> int:
        if self._free:
            return self._free.pop()
        row = len(self._numbers)
        self._numbers.append(None)
        if row >= len(self._lengths):
            sums = np.zeros((max(64, 2 * row), width), np.float32)
            lengths = np.ones(len(sums), np.float32)
            if row:
                sums[:row], lengths[:row] = self._sums[:row], self._lengths[:row]
            self._sums, self._lengths = sums, lengths
        return row
