from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from sqlalchemy import URL

from benchmarks.stage import Result, results

ROOT = Path(__file__).parents[2]
COLUMNS = ["name", "case", "database", "value", "unit", "baseline", "ratio"]


async def bench(*words: str, **settings: str) -> tuple[int, str]:
    """Run `python -m benchmarks` to its end: its exit status, and all that it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks", *words,
        cwd=ROOT, env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_a_quick_run_of_one_benchmark_keeps_its_figures_of_both_databases(
    tmp_path: Path, postgres_server: tuple[URL, bool]
) -> None:
    out = tmp_path / "results.json"
    results.keep(out, "tick", [Result("10 thousand", 1.0, "s", "sqlite", 1.0)])
    server = postgres_server[0].render_as_string(hide_password=False)
    status, said = await bench("--quick", "start", "--out", str(out), OUTLOUD_TEST_POSTGRES=server)
    assert status == 0, said
    rows = json.loads(out.read_text())
    assert all(list(row) == COLUMNS for row in rows)
    found = [(row["name"], row["case"], row["database"], row["unit"]) for row in rows]
    assert found == [
        *(
            ("start", case, database, unit)
            for database in ("sqlite", "postgresql")
            for case, unit in (
                ("second start", "s"),
                ("second start, processor", "s"),
                ("memory", "MB"),
            )
        ),
        ("tick", "10 thousand", "sqlite", "s"),
    ]
    assert all(row["value"] > 0 for row in rows)
    assert "second start" in said


async def test_a_benchmark_that_does_not_exist_is_refused_with_those_that_do() -> None:
    status, said = await bench("tock")
    assert status == 2
    assert "there is no benchmark 'tock', only act" in said
    assert "start, tick" in said
