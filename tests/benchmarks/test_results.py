from __future__ import annotations

import json
from pathlib import Path

from benchmarks.stage import Result, results


def test_a_figure_says_how_many_times_its_baseline_it_is() -> None:
    row = Result("1 million", 3.0, "s", "sqlite", 1.5).row("tick")
    assert row == {
        "name": "tick",
        "case": "1 million",
        "database": "sqlite",
        "value": 3.0,
        "unit": "s",
        "baseline": 1.5,
        "ratio": 2.0,
    }


def test_a_figure_without_a_baseline_has_no_ratio() -> None:
    row = Result("memory", 123.456789, "MB").row("start")
    assert (row["value"], row["baseline"], row["ratio"], row["database"]) == (
        123.5,
        None,
        None,
        None,
    )


def test_measuring_one_benchmark_keeps_the_figures_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    results.keep(path, "tick", [Result("10 thousand", 1.0, "s"), Result("1 million", 2.0, "s")])
    results.keep(path, "act", [Result("form p50", 50.0, "ms")])
    results.keep(path, "tick", [Result("10 thousand", 3.0, "s")])
    kept = [(row["name"], row["case"], row["value"]) for row in json.loads(path.read_text())]
    assert kept == [("act", "form p50", 50.0), ("tick", "10 thousand", 3.0)]
