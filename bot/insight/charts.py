"""Narration per week, patterns over time, and what flows between rings, as pictures.

Every function takes plain frozen data and returns a `Chart`; asked for the same again, it draws nothing. Drawing
takes up to a tenth of a second: await it in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from bot.insight.canvas import (
    PLAIN,
    SMALL,
    Chart,
    Look,
    drawable,
    figure,
    picture,
    shortened,
    title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KEPT = 128
"""How many drawn charts are kept: about ten megabytes."""
MOST_DUNES = 6
BAR = 0.015
"""Half the width of a channel's bar in a flow, as a part of the whole."""
MOST_ENDS = 8
"""So many channels of one ring have a name in a flow; the rest flow together."""

Trend = Literal["rising", "steady", "fading"]
ARROWS: dict[Trend, str] = {"rising": "↗ rising", "steady": "→ steady", "fading": "↘ fading"}


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a ring: how many entries were written in it, by nobody in particular."""

    label: str
    entries: int


@dataclass(frozen=True, slots=True)
class Dune:
    """A pattern, with how many texts joined it in each week, oldest first."""

    label: str
    weeks: tuple[int, ...]
    trend: Trend = "steady"


@dataclass(frozen=True, slots=True)
class End:
    """A channel at one end of a flow."""

    name: str
    ring: Literal["team", "community", "network"]


@dataclass(frozen=True, slots=True)
class Flow:
    """How many lessons went from one channel to another."""

    start: End
    end: End
    lessons: int


@lru_cache(maxsize=KEPT)
def narration(weeks: tuple[Week, ...], name: str, look: Look = PLAIN) -> Chart:
    """How much was narrated in each week, oldest first; the last week stands out."""
    page, axes = figure(3.6 if look.titled else 3.0, look)
    title(axes, f"Entries per week in {shortened(name, 24)}", look)
    heights = [week.entries for week in weeks]
    top = max([1, *heights])
    colours = [look.colours.line] * len(weeks)
    colours[-1:] = [look.colours.sand]
    edge = look.colours.soft
    bars = axes.bar(range(len(weeks)), heights, color=colours, edgecolor=edge, width=0.72)
    spaced = max(1, -(-len(weeks) // (7 if look.narrow else 13)))
    for place, (bar, week) in enumerate(zip(bars, weeks, strict=True)):
        if (len(weeks) - 1 - place) % spaced == 0:
            _above(axes, bar.get_x() + bar.get_width() / 2, week.entries, str(week.entries), look)
    axes.set_ylim(0, top * 1.16)
    axes.set_yticks([])
    shown = range(len(weeks) - 1, -1, -max(1, -(-len(weeks) // (4 if look.narrow else 6))))
    axes.set_xticks(list(shown), [drawable(weeks[one].label) for one in shown])
    axes.axhline(0, color=look.colours.soft, linewidth=1)
    return picture(page, look, told_narration(weeks, name))


def told_narration(weeks: Sequence[Week], name: str) -> str:
    """What the chart of entries per week shows, in words."""
    told = ", ".join(f"{week.label} {week.entries}" for week in weeks)
    return f"Bar chart of entries per week in {name}: {told}."


def _above(axes: Axes, x: float, y: float, words: str, look: Look) -> None:
    axes.annotate(
        words,
        (x, y),
        (0, 3),
        textcoords="offset points",
        ha="center",
        color=look.colours.soft,
        fontsize=SMALL,
    )


@lru_cache(maxsize=KEPT)
def dunes(patterns: tuple[Dune, ...], name: str, look: Look = PLAIN) -> Chart:
    """How patterns came and went week by week, the first ones each as a dune of its own."""
    shown = patterns[:MOST_DUNES]
    page, axes = figure((1.2 if look.titled else 0.6) + 0.98 * len(shown), look)
    title(axes, f"Patterns in {shortened(name, 30)}", look)
    top = max([1, *(count for dune in shown for count in dune.weeks)])
    long = max([2, *(len(dune.weeks) for dune in shown)])
    for place, dune in enumerate(shown):
        base = -1.5 * place
        colour = look.colours.colours[place % len(look.colours.colours)]
        xs, ys = _smooth((0,) * (long - len(dune.weeks)) + dune.weeks)
        crest = [base + y / top for y in ys]
        axes.fill_between(xs, base, crest, color=colour, alpha=0.32, linewidth=0)
        axes.plot(xs, crest, color=colour, linewidth=2)
        axes.plot([0, long - 1], [base, base], color=look.colours.line, linewidth=1)
        axes.text(
            0, base - 0.07, drawable(shortened(dune.label, 22 if look.narrow else 38)),
            color=look.colours.ink, fontsize=SMALL, va="top",
        )  # fmt: skip
        axes.text(
            long - 1, base - 0.07, ARROWS[dune.trend],
            color=look.colours.soft, fontsize=SMALL, va="top", ha="right",
        )  # fmt: skip
    axes.set_ylim(-1.5 * len(shown) + 0.95, 1.05)
    axes.set_xlim(0, long - 1)
    axes.set_xticks([])
    axes.set_yticks([])
    return picture(page, look, told_dunes(patterns, name))


def told_dunes(patterns: Sequence[Dune], name: str) -> str:
    """What the chart of patterns shows, in words."""
    told = "; ".join(
        f"{dune.label}, {dune.trend}, {sum(dune.weeks)} in {len(dune.weeks)} weeks"
        for dune in patterns
    )
    return f"Patterns in {name} over time: {told}."


def _smooth(counts: Sequence[int], steps: int = 12) -> tuple[list[float], list[float]]:
    """A line through weekly counts that never swings below or above its neighbours (cosine steps)."""
    import numpy

    weeks = numpy.arange(len(counts), dtype=float)
    xs = numpy.linspace(0, len(counts) - 1, (len(counts) - 1) * steps + 1)
    before = numpy.clip(xs.astype(int), 0, len(counts) - 2)
    way = (1 - numpy.cos((xs - weeks[before]) * numpy.pi)) / 2
    heights = numpy.asarray(counts, dtype=float)
    return xs.tolist(), (heights[before] * (1 - way) + heights[before + 1] * way).tolist()


@lru_cache(maxsize=KEPT)
def flow(flows: tuple[Flow, ...], look: Look = PLAIN) -> Chart:
    """Which way lessons went between teams, communities and networks, as ribbons as broad as their number."""
    gathered = _gathered(flows)
    rings = [one for one in ("team", "community", "network") if _ends(gathered, one)]
    columns = {ring: _ends(gathered, ring) for ring in rings}
    most = max((len(ends) for ends in columns.values()), default=1)
    page, axes = figure((1.6 if look.titled else 1.1) + 0.72 * most, look)
    title(axes, "Lessons on their way", look)
    total = max([1, *(sum(_size(gathered, end) for end in ends) for ends in columns.values())])
    slots: dict[End, tuple[float, float, float]] = {}
    for number, ring in enumerate(rings):
        y = 0.0
        for end in columns[ring]:
            tall = max(_size(gathered, end) / total, 0.04)
            slots[end] = (float(number), y, tall)
            y -= tall + 0.16
        middle = (most - len(columns[ring])) * 0.08
        for end in columns[ring]:
            x, at, tall = slots[end]
            slots[end] = (x, at - middle, tall)
    last = max(1, len(rings) - 1)
    _ribbons(axes, gathered, slots, last=last, look=look)
    _names(axes, gathered, slots, last=last, look=look)
    axes.set_xlim(-2 * BAR * last, (1 + 2 * BAR) * last)
    lowest = min((y - tall for _, y, tall in slots.values()), default=-1.0)
    axes.set_ylim(lowest - 0.06, 0.16)
    axes.set_xticks([])
    axes.set_yticks([])
    return picture(page, look, told_flow(flows))


def told_flow(flows: Sequence[Flow]) -> str:
    """What the chart of lessons on their way shows, in words."""
    told = "; ".join(f"{one.lessons} from {one.start.name} to {one.end.name}" for one in flows)
    return f"How lessons travelled between rings: {told or 'none yet'}."


def _gathered(flows: tuple[Flow, ...]) -> tuple[Flow, ...]:
    """Flows with the smallest channels of a crowded ring taken together."""
    named: dict[End, End] = {}
    for ring in ("team", "community", "network"):
        ends = sorted(_ends(flows, ring), key=lambda end: (-_size(flows, end), end.name))
        rest = End(f"{len(ends) - MOST_ENDS + 1} more", ring)
        few = len(ends) <= MOST_ENDS
        named |= {end: end if few or n < MOST_ENDS - 1 else rest for n, end in enumerate(ends)}
    sums: dict[tuple[End, End], int] = {}
    for one in flows:
        way = (named[one.start], named[one.end])
        sums[way] = sums.get(way, 0) + one.lessons
    return tuple(Flow(start, end, lessons) for (start, end), lessons in sums.items())


def _ends(flows: Sequence[Flow], ring: str) -> list[End]:
    found = dict.fromkeys(end for one in flows for end in (one.start, one.end) if end.ring == ring)
    return list(found)


def _size(flows: Sequence[Flow], end: End) -> int:
    leaving = sum(one.lessons for one in flows if one.start == end)
    return max(leaving, sum(one.lessons for one in flows if one.end == end))


def _ribbons(
    axes: Axes,
    flows: Sequence[Flow],
    slots: dict[End, tuple[float, float, float]],
    *,
    last: int,
    look: Look,
) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    used: dict[tuple[End, str], float] = {}
    colours = {end: n for n, end in enumerate(dict.fromkeys(one.start for one in flows))}
    for one in flows:
        sides = []
        for end, side in ((one.start, "out"), (one.end, "in")):
            x, y, tall = slots[end]
            broad = tall * one.lessons / max(1, _side(flows, end, side))
            top = y - used.get((end, side), 0.0)
            used[end, side] = used.get((end, side), 0.0) + broad
            sides.append((x, top, top - broad))
        (x0, top0, low0), (x1, top1, low1) = sides
        gap = BAR * last if x1 > x0 else -BAR * last
        x0, x1, half = x0 + gap, x1 - gap, (x0 + x1) / 2
        way = [
            (x0, top0), (half, top0), (half, top1), (x1, top1),
            (x1, low1), (half, low1), (half, low0), (x0, low0), (x0, top0),
        ]  # fmt: skip
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        colour = look.colours.colours[colours[one.start] % len(look.colours.colours)]
        axes.add_patch(PathPatch(Path(way, codes), facecolor=colour, alpha=0.42, linewidth=0))


def _side(flows: Sequence[Flow], end: End, side: str) -> int:
    if side == "out":
        return sum(one.lessons for one in flows if one.start == end)
    return sum(one.lessons for one in flows if one.end == end)


def _names(
    axes: Axes,
    flows: Sequence[Flow],
    slots: dict[End, tuple[float, float, float]],
    *,
    last: int,
    look: Look,
) -> None:
    from matplotlib.patches import Rectangle

    half = BAR * last
    for end, (x, y, tall) in slots.items():
        axes.add_patch(
            Rectangle((x - half, y - tall), 2 * half, tall, color=look.colours.soft, linewidth=0)
        )
        place = "left" if x == 0 else "right" if x == last else "center"
        long = (13 if look.narrow else 17) if last == 2 else (16 if look.narrow else 22)
        # On a phone the names of three columns do not fit on one line.
        below = look.narrow and place == "center"
        axes.text(
            x - half if place == "left" else x + half if place == "right" else x,
            y - tall - 0.025 if below else y + 0.025,
            drawable(f"{shortened(end.name, long)} {_size(flows, end)}"),
            color=look.colours.ink,
            fontsize=SMALL,
            ha=place,
            va="top" if below else "bottom",
        )
