"""The long hunt of `make crash`: replicas killed again and again, on both databases."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.stage import Databases
from tests.hunt.crashing import Count, hunt
from tests.hunt.nursery import Nursery

ROUND = 100
"""Kills between two looks at what is seen."""


async def crash(kills: int) -> Count:
    """Hunt in rounds, one installation on SQLite and three replicas on PostgreSQL side by side."""
    total = Count(0, 0, 0, 0)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="outloud-crash-") as name:
        folder = Path(name)
        databases = Databases(folder)
        try:
            async with Nursery() as nursery:
                for number in itertools.count(1):
                    async with (
                        databases.fresh("sqlite") as one,
                        databases.fresh("postgresql") as two,
                    ):
                        half = min(ROUND, kills - total.kills + 1) // 2
                        for count in await asyncio.gather(
                            hunt(nursery, folder / f"s{number}", one, kills=half, seed=number),
                            hunt(
                                nursery,
                                folder / f"p{number}",
                                two,
                                kills=half,
                                replicas=3,
                                seed=-number,
                            ),
                        ):
                            total += count
                    print(f"after {time.monotonic() - begun:.0f} s: {total}", flush=True)
                    if total.kills >= kills:
                        break
        finally:
            databases.close()
    return total


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.hunt", description=__doc__)
    parser.add_argument("--kills", type=int, default=2000, help="how often to kill")
    total = asyncio.run(crash(parser.parse_args().kills))
    print(total)
    sys.exit(1 if total.lost or total.duplicates else 0)


main()
