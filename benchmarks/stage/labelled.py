"""Labelled texts to measure on, and what is measured on each file of them, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from benchmarks.stage.stage import Stage

T = TypeVar("T")
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
MOST_SEMANTIC_TEXTS = 2_000
"""On a quick run; a text takes some milliseconds."""
AT_ONCE = 200
"""Texts that are handed over together, as the product does it."""


@dataclass(frozen=True, slots=True)
class Text:
    """One row of a file."""

    id: str
    text: str
    at: datetime
    label: str
    similar: tuple[str, ...]


def read(path: Path) -> list[Text]:
    """The rows of a file, in its order; one without a time is a minute later than the one before."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Text(
            str(row["id"]),
            row["text"],
            _moment(row.get("time"), number),
            str(row.get("label", "")),
            tuple(str(one) for one in row.get("similar") or ()),
        )
        for number, row in enumerate(rows)
    ]


def files(stage: Stage, key: str) -> list[Path]:
    """The files whose rows have this key; a sentence says where they were looked for if there are none."""
    found = []
    for path in sorted(stage.data.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            if key in json.loads(lines.readline() or "{}"):
                found.append(path)
    if not found:
        stage.say(
            f"There are no labelled texts in {stage.data}, so nothing is measured: --data names the folder."
        )
    return found


async def apart(work: Callable[..., T], *args: Any, **named: Any) -> T:
    """What a function returns in a new process, so that its memory is its own and it has one core."""
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return await asyncio.wrap_future(pool.submit(work, *args, **named))


def megabytes() -> float:
    """The most memory this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def group(path: Path, *, semantic: bool, most: int | None) -> dict[str, tuple[float, str]]:
    """All figures of patterns on one file."""
    from bot.insight.patterns import Patterns, Told

    rows = read(path)[:most]
    patterns = Patterns(_embed() if semantic else None)
    found: list[int] = []
    first_shown: dict[int, int] = {}
    begun = time.process_time()
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        told = [Told(row.id, row.text, row.at, "ana", "harbour") for row in some]
        for number, placed in enumerate(patterns.add_all(told), start):
            # A text without words is a group of its own.
            found.append(placed.pattern or -number - 1)
            if placed.is_shown and placed.pattern is not None:
                first_shown.setdefault(placed.pattern, number)
    seconds = time.process_time() - begun
    figures = {"texts/s": (len(rows) / seconds, "texts/s"), "memory": (megabytes(), "MB")}
    return _scores([row.label for row in rows], found, first_shown) | figures


def _scores(
    labels: Sequence[str], found: Sequence[int], first_shown: dict[int, int]
) -> dict[str, tuple[float, str]]:
    from sklearn import metrics

    sizes = Counter(found)
    homes: dict[int, Counter[str]] = {}
    early: dict[int, Counter[str]] = {}
    seen: Counter[str] = Counter()
    reached: dict[str, int] = {}
    for number, (label, home) in enumerate(zip(labels, found, strict=True)):
        homes.setdefault(home, Counter())[label] += 1
        seen[label] += 1
        if first_shown.get(home) == number:
            early[home] = homes[home].copy()
            (topic, _), *_ = homes[home].most_common(1)
            reached.setdefault(topic, seen[topic])
    large = [label for label, count in seen.items() if count >= 10]
    shown = [reached[label] for label in large if label in reached]
    scores = {
        "nmi": (float(metrics.normalized_mutual_info_score(labels, found)), ""),
        "ami": (float(metrics.adjusted_mutual_info_score(labels, found)), ""),
        "ari": (float(metrics.adjusted_rand_score(labels, found)), ""),
        "k": (float(len(sizes)), "groups"),
        "k5": (float(sum(size >= 5 for size in sizes.values())), "groups"),
    }
    if shown:
        scores |= {
            "topics shown": (len(shown) / len(large), ""),
            "shown at": (float(median(shown)), "texts"),
            "impure when shown": (_impure(list(early.values())), ""),
            "impure at the end": (_impure([homes[home] for home in early]), ""),
        }
    return scores


def _impure(groups: Sequence[Counter[str]]) -> float:
    """The part of these groups in which no label has four fifths of the texts."""
    return sum(max(one.values()) < 0.8 * one.total() for one in groups) / len(groups)


def look_up(path: Path, *, semantic: bool) -> dict[str, tuple[float, str]]:
    """MRR and hit@5 of similar texts on one file, each looked up among the rows before it."""
    from bot.insight.similar import Similar

    similar = Similar(_embed() if semantic else None)
    ranks: list[int | None] = []
    for row in read(path):
        wanted = {id for id in row.similar if id in similar}
        if wanted:
            near = [one.id for one in similar.search(row.text, len(similar))]
            ranks.append(next((place for place, id in enumerate(near, 1) if id in wanted), None))
        similar.add(row.id, row.text)
    return {
        "mrr": (sum(1 / rank for rank in ranks if rank) / len(ranks), ""),
        "hit@5": (sum(rank is not None and rank <= 5 for rank in ranks) / len(ranks), ""),
        "queries": (float(len(ranks)), "texts"),
    }


def flood(texts: int) -> list[float]:
    """The memory, in megabytes, at half and at the end of so many texts in a row, all different."""
    import random

    import psutil

    from bot.insight.patterns import Patterns

    patterns, dice, held = Patterns(), random.Random(1), []
    for number in range(1, texts + 1):
        # Words that hardly ever return: nothing makes more groups, or more words to remember.
        words = (f"w{dice.randrange(1_000_000)}" for _ in range(12))
        at = EARLIEST + timedelta(minutes=number)
        patterns.add(str(number), " ".join(words), at, f"p{number % 50}", f"t{number % 5}")
        if number in (texts // 2, texts):
            held.append(psutil.Process().memory_info().rss / 1024 / 1024)
    return held


def search(texts: int) -> float:
    """The median milliseconds of one search among so many texts."""
    import random

    from bot.insight.similar import Similar

    dice, similar = random.Random(1), Similar()

    def text() -> str:
        return " ".join(f"w{int(dice.paretovariate(0.6))}" for _ in range(10))

    similar.add_all([(str(number), text()) for number in range(texts)])
    took = []
    for _ in range(50):
        wanted = text()
        begun = time.perf_counter()
        similar.search(wanted, 10)
        took.append(time.perf_counter() - begun)
    return median(took) * 1000


def _embed() -> Callable[[Sequence[str]], Any]:
    from bot import embedding

    return embedding.load().embed


def _moment(value: object, number: int) -> datetime:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, str):
        found = datetime.fromisoformat(value)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return EARLIEST + timedelta(minutes=number)
