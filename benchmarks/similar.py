"""Similar texts: how often the one known to be the same is found, and how long a search takes."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchmarks.stage import Result, Stage, labelled
from bot import embedding

TEXTS = 100_000


async def cases(stage: Stage) -> AsyncIterator[Result]:
    for path in labelled.files(stage, "similar"):
        for semantic in (False, True) if embedding.is_installed() else (False,):
            name = f"{path.stem}+semantic" if semantic else path.stem
            stage.say(name)
            found = await labelled.apart(labelled.look_up, path, semantic=semantic)
            for figure, (value, unit) in found.items():
                yield Result(f"{name} {figure}", value, unit)
    if not stage.quick:
        stage.say(f"a search among {TEXTS:,} texts")
        yield Result(
            "search among 100 thousand", await labelled.apart(labelled.search, TEXTS), "ms"
        )
