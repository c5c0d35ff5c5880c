"""Pictures for the board: named by what is drawn, and drawn once somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.board.rules import key_of
from bot.chat.pages import Drawing, Shade
from bot.communities.desk import Sky
from bot.digests.rules import Dune
from bot.insight import charts
from bot.insight.canvas import Chart, Look
from bot.insight.charts import Flow, Trend, Week
from bot.insight.constellation import told_map

TRENDS: dict[str, Trend] = {"new": "rising", "rising": "rising", "fading": "fading"}


def weeks(some: tuple[Week, ...], name: str) -> Drawing | None:
    """Entries per week; nothing where there were none."""
    if not any(one.entries for one in some):
        return None
    told = charts.told_narration(some, name)
    return _drawing("weeks", told, lambda look: charts.narration(some, name, look))


def flow(some: tuple[Flow, ...]) -> Drawing | None:
    """Lessons on their way; nothing where none went anywhere."""
    if not some:
        return None
    return _drawing("flow", charts.told_flow(some), lambda look: charts.flow(some, look))


def dunes(some: Sequence[Dune], name: str) -> Drawing | None:
    """Patterns week by week; nothing where there are none."""
    if not some:
        return None
    drawn = tuple(
        charts.Dune(", ".join(one.words), one.weeks, TRENDS.get(one.trend, "steady"))
        for one in some[: charts.MOST_DUNES]
    )
    told = charts.told_dunes(drawn, name)
    return _drawing("dunes", told, lambda look: charts.dunes(drawn, name, look))


def sky(some: Sky) -> Drawing | None:
    """The map of communities; nothing for somebody who is in none."""
    if not some:
        return None
    return _drawing("sky", told_map(some.bonds, some.alone), some.chart)


def _drawing(kind: str, told: str, chart: Callable[[Look], Chart]) -> Drawing:
    def draw(shade: Shade, narrow: bool) -> bytes:
        return chart(Look(shade, "svg", narrow=narrow, titled=False)).image

    # The words say all that the picture shows.
    return Drawing(key_of(kind, told), told, draw)
