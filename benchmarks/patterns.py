"""Patterns found in labelled texts: how well, how fast, and with how much memory.

One set of dials for every file, in file order, in one pass; what a text was given at its arrival is what counts. NMI is
the arithmetic mean, and rises with fragments, so AMI, ARI, the number of groups (k) and of those with five or more
texts (k5) stand beside it. Speed is per second of one core.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchmarks.stage import Result, Stage, labelled
from bot import embedding

FLOOD = 200_000
"""All limits of what is remembered are reached before half of them."""


async def cases(stage: Stage) -> AsyncIterator[Result]:
    paths = labelled.files(stage, "label")
    for path in paths:
        stage.say(path.stem)
        found = await labelled.apart(labelled.group, path, semantic=False, most=None)
        for figure, (value, unit) in found.items():
            yield Result(f"{path.stem} {figure}", value, unit)
    if embedding.is_installed():
        most = labelled.MOST_SEMANTIC_TEXTS if stage.quick else None
        for path in paths:
            stage.say(f"{path.stem} with sentence vectors")
            found = await labelled.apart(labelled.group, path, semantic=True, most=most)
            for figure, (value, unit) in found.items():
                yield Result(f"{path.stem}+semantic {figure}", value, unit)
    if not stage.quick:
        stage.say(f"{FLOOD:,} different texts in a row")
        half, whole = await labelled.apart(labelled.flood, FLOOD)
        yield Result("memory after 200 thousand different texts", whole, "MB", baseline=half)
