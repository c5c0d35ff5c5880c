"""The dune: the patterns of a channel as a page."""

from __future__ import annotations

from collections.abc import Sequence

from bot.board.rules import Asked
from bot.board.words import frame
from bot.board.words.frame import Shown
from bot.chat import Block, Card, Span, Text
from bot.chat.pages import Drawing, Page, Part, Tile
from bot.digests.rules import Dune

HEADINGS = {
    "Rising": ("new", "rising"),
    "Steady": ("steady",),
    "Fading": ("fading",),
}
INSIDE = "Texts that have something in common, by the words that tell them from the others."
OUTSIDE = (
    "What several teams write about: at least three people of two teams, "
    "and only in words that two of them used."
)
NONE_YET = (
    "No patterns yet. One shows here once five texts or more have something in common; "
    "what a few people write stays grains."
)


def patterns(
    found: Sequence[Dune],
    drawing: Drawing | None,
    asked: Asked,
    shown: Sequence[Shown],
    here: Shown,
    *,
    team: bool,
) -> Page:
    """The patterns that the readers of a channel may know."""
    parts = [Part("Week by week", drawing=drawing, shape="beside")] if drawing else []
    for heading, trends in HEADINGS.items():
        if tiles := tuple(Tile(_card(one)) for one in found if one.trend in trends):
            parts.append(Part(heading, tiles, shape="grid"))
    lead = NONE_YET if not found else INSIDE if team else OUTSIDE
    return Page(
        title=f"Patterns in #{here.name}",
        lead=Text.of(lead),
        choices=frame.channels("patterns", asked, shown, here.id),
        parts=tuple(parts),
    )


def _card(one: Dune) -> Card:
    text = Text.of(one.typical).quoted() if one.typical else Text()
    if one.why:
        text += Text((Block((Span(one.why, italic=True),)),))
    last = one.weeks[-1] if one.weeks else 0
    counted = "1 text" if one.texts == 1 else f"{one.texts} texts"
    new = "New. " if one.trend == "new" else ""
    return Card(
        title=", ".join(one.words),
        text=text,
        footnote=f"{new}{counted} in all, {last} in the last seven days.",
    )
