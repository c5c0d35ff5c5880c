"""What every chart is drawn on: its colours in light and dark, its letters, and the picture it becomes.

The colours are Okabe and Ito's, which people who see colours differently tell apart
(https://jfly.uni-koeln.de/color/), lightened for a dark page; nothing is told by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 7.2
NARROW = 4.3
"""Inches; a narrow one has letters of 11 pixels or more on a screen 360 pixels wide."""
LETTERS = 15.0
SMALL = 12.5


@dataclass(frozen=True, slots=True)
class Shade:
    """The colours of a page."""

    paper: str
    ink: str
    soft: str
    line: str
    sand: str
    colours: tuple[str, ...]


SHADES = {
    "light": Shade(
        paper="#fcfbf8",
        ink="#20262a",
        soft="#5a6268",
        line="#e2ddd2",
        sand="#b57f1e",
        colours=("#0072B2", "#D55E00", "#009E73", "#A8558A", "#B8860B", "#3A86B7", "#6B6B6B"),
    ),
    "dark": Shade(
        paper="#15181b",
        ink="#e7e5e0",
        soft="#a4abb0",
        line="#2e3439",
        sand="#e0b45c",
        colours=("#56B4E9", "#F0883E", "#34C79A", "#E39AC6", "#F0E442", "#8FC7EC", "#B0B0B0"),
    ),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart should come: on a light or dark page, as PNG for chats or SVG for pages."""

    shade: Literal["light", "dark"] = "light"
    format: Literal["png", "svg"] = "png"
    narrow: bool = False
    """For a phone."""
    titled: bool = True
    """Whether it says what it shows; a page does that itself."""

    @property
    def colours(self) -> Shade:
        return SHADES[self.shade]


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn picture, and the words for those who do not see it."""

    image: bytes
    alt: str


def figure(height: float, look: Look) -> tuple[Figure, Axes]:
    """An empty page of this height in inches, with nothing on it but its paper."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    # The same at every call: text stays text in an SVG, and one chart is always the same bytes.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "outloud"})
    edge = ConstrainedLayoutEngine(w_pad=0.16, h_pad=0.14)
    wide = NARROW if look.narrow else WIDTH
    page = Figure(figsize=(wide, height), facecolor=look.colours.paper, layout=edge)
    axes = page.add_subplot()
    axes.set_facecolor(look.colours.paper)
    axes.tick_params(colors=look.colours.soft, labelsize=SMALL, length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return page, axes


def title(axes: Axes, words: str, look: Look) -> None:
    """Say above a chart what it shows, unless its page does."""
    if not look.titled:
        return
    axes.set_title(drawable(words), loc="left", color=look.colours.ink, fontsize=LETTERS, pad=12)


def picture(page: Figure, look: Look, alt: str) -> Chart:
    """The page as the file that was asked for."""
    out = BytesIO()
    metadata: dict[str, str | None] = {"Date": None} if look.format == "svg" else {"Software": None}
    paper = page.get_facecolor()
    page.savefig(out, format=look.format, dpi=150, facecolor=paper, metadata=metadata)
    return Chart(out.getvalue(), alt)


def shortened(words: str, length: int) -> str:
    """A label of at most this many characters, with an ellipsis where something was left out."""
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def drawable(words: str) -> str:
    """Words with a dot for each sign that the letters at hand do not have; the alt text keeps them all."""
    known = _signs()
    kept = "".join(sign if ord(sign) in known else "·" for sign in words)
    # A dollar would begin a formula.
    return kept.replace("$", r"\$")


@lru_cache(maxsize=1)
def _signs() -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return frozenset(get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap())
