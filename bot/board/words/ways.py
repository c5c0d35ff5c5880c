"""What flows where: lessons between rings, and the map of communities, as a page."""

from __future__ import annotations

from collections.abc import Sequence

from bot.board.rules import FLOW_SPAN, Asked
from bot.board.words import frame
from bot.chat import Card, Text
from bot.chat.pages import Drawing, Page, Part, Shape, Tile
from bot.digests.rules import Period
from bot.digests.words import days
from bot.insight.charts import Flow

NONE_YET = "No lesson went anywhere in these days, as far as you can read."
MAP = "The communities and networks you are in, and where lessons of the last year came from."
MOST = 24


def ways(
    flows: Sequence[Flow],
    flow: Drawing | None,
    sky: Drawing | None,
    period: Period,
    asked: Asked,
    *,
    wrong: str = "",
) -> Page:
    """Which way lessons went, and who learns with whom."""
    parts = []
    if flow is not None:
        told = tuple(Tile(Card(text=Text.of(_told(one)))) for one in flows[:MOST])
        parts.append(Part("Lessons on their way", told, drawing=flow))
    if sky is not None:
        shape: Shape = "beside" if flow is not None else "list"
        parts.append(Part("Who learns with whom", drawing=sky, note=MAP, shape=shape))
    return Page(
        title="What flows where",
        lead=Text.of(days(period), *(() if flow is not None else (NONE_YET,))),
        choices=(frame.spans("flow", asked, FLOW_SPAN),),
        filter=frame.days_filter(asked, period.first, period.last, wrong),
        parts=tuple(parts),
    )


def _told(one: Flow) -> str:
    lessons = "1 lesson" if one.lessons == 1 else f"{one.lessons} lessons"
    return f"{lessons} from {one.start.name} to {one.end.name}"
