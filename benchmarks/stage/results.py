"""Figures, the table that shows them, and the file that keeps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """One figure, and the one it is compared with where there is any."""

    case: str
    value: float
    unit: str
    database: str | None = None
    baseline: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the baseline it is."""
        return self.value / self.baseline if self.baseline else None

    def row(self, name: str) -> Row:
        """The figure as `results.json` has it."""
        return {
            "name": name,
            "case": self.case,
            "database": self.database,
            "value": _short(self.value),
            "unit": self.unit,
            "baseline": _short(self.baseline),
            "ratio": _short(self.ratio),
        }


def _short(figure: float | None) -> float | None:
    """Four digits: the fifth is another one next time."""
    return None if figure is None else float(f"{figure:.4g}")


def read(path: Path) -> list[Row]:
    """The rows kept so far."""
    if not path.exists():
        return []
    rows: list[Row] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def keep(path: Path, name: str, results: Sequence[Result]) -> None:
    """Put these figures in the place of all that were kept under this name."""
    others = [row for row in read(path) if row["name"] != name]
    rows = others + [result.row(name) for result in results]
    rows.sort(key=lambda row: str(row["name"]))
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    draft = path.with_suffix(".draft")
    draft.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    draft.replace(path)


def table(rows: Sequence[Row]) -> Table:
    """Rows for the screen."""
    shown = Table()
    for title in ("name", "case", "database", "value", "unit", "baseline", "ratio"):
        is_figure = title in ("value", "baseline", "ratio")
        shown.add_column(title, justify="right" if is_figure else "left", no_wrap=title != "case")
    for row in rows:
        shown.add_row(*("" if row[key] is None else _said(row[key]) for key in row))
    return shown


def _said(cell: str | float) -> str:
    return cell if isinstance(cell, str) else f"{cell:,.4g}" if abs(cell) < 1000 else f"{cell:,.0f}"
