"""What stands around every page of the board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.board.rules import SPANS, Asked
from bot.board.words.door import NAME
from bot.chat import Field, Option, Text
from bot.chat.pages import Choice, Filter, Frame, Link, Page
from bot.people.words import person_title

PLACES = {"": "The week", "lessons": "Lessons", "patterns": "Patterns", "flow": "Flow"}
"""The pages, by their paths."""
SPAN_LABELS = {
    "week": "Last 7 days",
    "last week": "Last week",
    "month": "Last 30 days",
    "last month": "Last month",
}
CHIPS = 9
"""So many channels are one tap away; more of them are a list to choose from."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A channel one can look at."""

    id: str
    name: str


def framed(page: Page, name: str, workspace_id: str, workspace: str) -> Page:
    """A page with what stands around it."""
    frame = Frame(
        name=NAME,
        who=person_title(name, workspace_id, workspace),
        skip="Skip to the page",
        tabs="Pages",
        leave="Leave",
        news="There is something new.",
        reload="Show it",
    )
    return replace(page, frame=frame)


def tabs(path: str, asked: Asked) -> tuple[Link, ...]:
    """The pages of the board; the channel one looks at goes along."""
    kept = Asked(channel=asked.channel).query()
    return tuple(
        Link(label, f"{to}{'' if to == 'lessons' else kept}", current=to == path.partition("/")[0])
        for to, label in PLACES.items()
    )


def missing(sentence: str = "") -> Page:
    """Where there is nothing to show."""
    return Page(
        title="Nothing here",
        lead=Text.of(sentence or "There is no such page. The tabs above lead to those there are."),
        outcome="missing",
    )


def channels(path: str, asked: Asked, shown: Sequence[Shown], here: str) -> tuple[Choice, ...]:
    """The channels one can look at, where they are few."""
    if not 1 < len(shown) <= CHIPS:
        return ()
    links = tuple(
        Link(
            f"#{one.name}",
            f"{path}{asked.query(channel=one.id, whole='', start=0)}",
            current=one.id == here,
        )
        for one in shown
    )
    return (Choice("Channel", links),)


def channel_field(shown: Sequence[Shown], here: str) -> tuple[Field, ...]:
    """The channels one can look at, where they are many."""
    if len(shown) <= CHIPS:
        return ()
    options = tuple(Option(f"#{one.name}", one.id) for one in shown)
    return (Field("channel", "Channel", "choice", value=here, options=options),)


def spans(path: str, asked: Asked, usual: str) -> Choice:
    """Periods that are one tap away."""
    now = asked.period or usual
    return Choice(
        "Days",
        tuple(
            Link(
                SPAN_LABELS[one],
                f"{path}{asked.query(period='' if one == usual else one, whole='')}",
                current=one == now,
            )
            for one in SPANS
        ),
    )


def days_filter(
    asked: Asked, first: date, last: date, wrong: str, *, more: tuple[Field, ...] = ()
) -> Filter:
    """Any days one likes."""
    channel = asked.channel if asked.channel and not more else ""
    return Filter(
        fields=(
            *more,
            Field("from", "From", "date", value=f"{first}"),
            Field("to", "To", "date", value=f"{last}"),
        ),
        submit="Show these days",
        kept=(("channel", channel),) if channel else (),
        folded="" if more else "Other days",
        wrong=wrong,
    )
