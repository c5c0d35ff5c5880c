"""What every benchmark is handed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.stage.databases import Databases

FEWEST = 2
"""A round to warm up, and one that counts."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One run: how long it may take, and where its databases are."""

    quick: bool
    """Whether to leave out what takes longer than a few seconds."""
    folder: Path
    """Its own, and gone afterwards."""
    databases: Databases
    console: Console
    data: Path
    """The folder of labelled texts, which may not be there."""

    def say(self, words: str) -> None:
        """Show how far it has got."""
        self.console.print(f"  {words}", style="dim", highlight=False, markup=False)

    def rounds(self, most: int, *, seconds: float, quick: int = FEWEST) -> Iterator[int]:
        """Count rounds, fewer on a quick run, and none more once so many seconds have passed."""
        begun = time.monotonic()
        for number in range(quick if self.quick else most):
            if number >= FEWEST and time.monotonic() - begun > seconds:
                return
            yield number
