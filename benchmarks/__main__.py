"""`python -m benchmarks [names]`: measure, show a table, and keep the figures in results.json."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import pkgutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

import benchmarks
from benchmarks.stage import Databases, Result, Stage, results

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data"
"""Measuring data lies beside the repository, never in it."""


def names() -> list[str]:
    """Every benchmark there is."""
    found = pkgutil.iter_modules(benchmarks.__path__)
    return sorted(one.name for one in found if not one.ispkg and one.name != "__main__")


async def measure(name: str, stage: Stage) -> list[Result]:
    """All the figures of one benchmark."""
    begun = time.perf_counter()
    stage.console.print(f"[bold]{name}[/bold]")
    module = importlib.import_module(f"benchmarks.{name}")
    found = [result async for result in module.cases(stage)]
    stage.say(f"took {time.perf_counter() - begun:.0f} s")
    return found


async def run(wanted: list[str], *, quick: bool, out: Path, data: Path) -> None:
    """Measure what is wanted, and keep each benchmark's figures as soon as they are there."""
    console = Console()
    # Told to stop, it still takes its databases away.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _itself().cancel)
    with tempfile.TemporaryDirectory(prefix="outloud-benchmarks-") as name:
        folder = Path(name)
        databases = Databases(folder)
        try:
            for name in wanted:
                stage = Stage(quick, folder, databases, console, data)
                results.keep(out, name, await measure(name, stage))
        finally:
            databases.close()
    console.print(results.table([row for row in results.read(out) if row["name"] in wanted]))
    console.print(f"Kept in {out}.", highlight=False, markup=False)


def _itself() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None
    return task


def main() -> None:
    known = names()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"some of: {', '.join(known)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and no large cases")
    parser.add_argument("--out", type=Path, default=HERE / "results.json", help="the file to keep")
    parser.add_argument("--data", type=Path, default=DATA, help="a folder of labelled texts")
    given = parser.parse_args()
    for name in given.names:
        if name not in known:
            parser.error(f"there is no benchmark {name!r}, only {', '.join(known)}")
    try:
        asyncio.run(run(given.names or known, quick=given.quick, out=given.out, data=given.data))
    except (asyncio.CancelledError, KeyboardInterrupt):
        sys.exit("Stopped; the benchmarks that had ended are kept.")


main()
