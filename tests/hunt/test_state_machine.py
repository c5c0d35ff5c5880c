"""Whatever happens to the engine and in whatever order: no message twice, none lost, none out of its turn."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.databases import Postgres, in_memory
from tests.hunt import LENGTH
from tests.hunt.engine import Engine

PHASES = [one for one in Phase if one not in (Phase.explain, Phase.shrink)]


def hunt(fresh: Callable[[], Any], examples: int) -> None:
    machine = type("Engine", (Engine,), {"fresh": staticmethod(fresh)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=math.ceil(examples * LENGTH),
            stateful_step_count=50,
            deadline=None,
            # A usual run is the same every time; a longer one looks where nobody has been.
            derandomize=LENGTH <= 1,
            suppress_health_check=list(HealthCheck),
            phases=PHASES,
        ),
    )


def test_nothing_that_can_happen_doubles_or_loses_a_message_on_sqlite(
    sqlite_template: Path,
) -> None:
    """Crashes, lost answers, refusals, pauses, clocks that jump, moderators and two senders, in any order."""

    @contextmanager
    def fresh() -> Iterator[str]:
        with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
            shutil.copyfile(sqlite_template, Path(folder) / "outloud.db")
            yield f"sqlite+aiosqlite:///{folder}/outloud.db"

    hunt(fresh, 40)


def test_nothing_that_can_happen_doubles_or_loses_a_message_on_postgresql(
    postgres: Postgres,
) -> None:
    """The same, where two processes share a server."""

    @contextmanager
    def fresh() -> Iterator[str]:
        url = postgres.copy()
        yield url.render_as_string(hide_password=False)
        postgres.drop(url.database)

    hunt(fresh, 8)
