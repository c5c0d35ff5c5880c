"""The map of communities: who gives to whom, and who shares people."""

from __future__ import annotations

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

MOST_STARS = 24
"""So many communities are drawn, the best connected ones."""
SIZES = {"team": 260, "community": 620, "network": 1100}


@dataclass(frozen=True, slots=True)
class Star:
    """A channel on the map."""

    name: str
    ring: Literal["team", "community", "network"]


@dataclass(frozen=True, slots=True)
class Bond:
    """What joins two channels: lessons that went between them, and people who are in both."""

    one: Star
    other: Star
    lessons: int = 0
    people: int = 0


@lru_cache(maxsize=64)
def constellation(
    bonds: tuple[Bond, ...], alone: tuple[Star, ...] = (), look: Look = PLAIN
) -> Chart:
    """Channels as stars, lessons between them as lines, people they share as dotted lines."""
    stars = _brightest(bonds, alone)
    drawn = [bond for bond in bonds if bond.one in stars and bond.other in stars]
    page, axes = figure(5.4 if look.titled else 4.9, look)
    title(axes, "Who learns with whom", look)
    places = _places(stars, drawn, in_a_row=3 if look.narrow else 5)
    for bond in drawn:
        _line(axes, places[bond.one], places[bond.other], bond, look)
    for star in stars:
        _star(axes, places[star], star, look)
    axes.margins(0.28 if look.narrow else 0.2, 0.14)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlabel(
        "lines: lessons · dotted: shared people", color=look.colours.soft, fontsize=SMALL
    )
    return picture(page, look, told_map(bonds, alone))


def _brightest(bonds: tuple[Bond, ...], alone: tuple[Star, ...]) -> list[Star]:
    weight: dict[Star, int] = dict.fromkeys(alone, 0)
    for bond in bonds:
        for star in (bond.one, bond.other):
            weight[star] = weight.get(star, 0) + bond.lessons + bond.people
    return sorted(weight, key=lambda star: (-weight[star], star.name))[:MOST_STARS]


def _places(
    stars: list[Star], bonds: list[Bond], *, in_a_row: int
) -> dict[Star, tuple[float, float]]:
    """Where each star stands: those that something joins in a sky of their own, the others in rows below it."""
    import networkx

    joined = {star for bond in bonds for star in (bond.one, bond.other)}
    graph = networkx.Graph()
    graph.add_nodes_from(star for star in stars if star in joined)
    graph.add_edges_from((bond.one, bond.other) for bond in bonds)
    # The same stars always stand in the same sky.
    found = networkx.spring_layout(graph, seed=7, k=2 / max(1, len(joined)) ** 0.5, iterations=120)
    places = {star: (float(x), float(y)) for star, (x, y) in found.items()}
    alone = [star for star in stars if star not in joined]
    lowest = min((y for _, y in places.values()), default=0.0)
    for start in range(0, len(alone), in_a_row):
        lowest -= 0.55
        row = alone[start : start + in_a_row]
        for n, star in enumerate(row):
            places[star] = ((2 * n + 1) / len(row) - 1.0, lowest)
    return places


def _line(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], bond: Bond, look: Look
) -> None:
    xs, ys = [start[0], end[0]], [start[1], end[1]]
    if bond.lessons:
        broad = 1.5 + min(bond.lessons, 12) * 0.5
        axes.plot(xs, ys, color=look.colours.colours[0], linewidth=broad, alpha=0.7, zorder=1)
    if bond.people:
        shade = look.colours.soft
        axes.plot(xs, ys, color=shade, linewidth=1.8, linestyle=(0, (1, 2.2)), zorder=1.5)


def _star(axes: Axes, place: tuple[float, float], star: Star, look: Look) -> None:
    colour = {"team": look.colours.line, "community": look.colours.sand}.get(
        star.ring, look.colours.colours[0]
    )
    axes.scatter(
        *place, s=SIZES[star.ring], color=colour, edgecolors=look.colours.soft, zorder=2,
        marker="*" if star.ring == "network" else "o",
    )  # fmt: skip
    axes.annotate(
        drawable(shortened(star.name, 20)),
        place,
        (0, -(SIZES[star.ring] ** 0.5) / 2 - 3),
        textcoords="offset points",
        ha="center",
        va="top",
        color=look.colours.ink,
        fontsize=SMALL,
        zorder=3,
        bbox={"facecolor": look.colours.paper, "alpha": 0.85, "linewidth": 0, "pad": 1.5},
    )


def told_map(bonds: tuple[Bond, ...], alone: tuple[Star, ...]) -> str:
    """What the map shows, in words."""
    told = []
    for bond in bonds:
        shared = []
        if bond.lessons:
            shared.append("1 lesson" if bond.lessons == 1 else f"{bond.lessons} lessons")
        if bond.people:
            shared.append("1 person" if bond.people == 1 else f"{bond.people} people")
        told.append(f"{bond.one.name} and {bond.other.name} share {' and '.join(shared)}")
    told += [f"{star.name} stands alone" for star in alone]
    return f"Map of communities: {'; '.join(told) or 'nothing joins them yet'}."
