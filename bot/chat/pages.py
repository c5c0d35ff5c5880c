"""Pages: what the core shows to somebody in a browser, and what a browser may ask of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from bot.chat.cards import Card, Field
from bot.chat.place import AccountId
from bot.chat.text import Text

Shade: TypeAlias = Literal["light", "dark"]
Draw: TypeAlias = Callable[[Shade, bool], bytes]
"""Draws an SVG in a shade, narrow for a phone where that is True; it takes a while and waits for nothing."""
Shape: TypeAlias = Literal["list", "grid", "read", "beside"]
Outcome: TypeAlias = Literal["shown", "missing", "closed", "over"]


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page, or to the web."""

    label: str
    to: str
    """Path and query of another page, such as ``lessons?words=tide``; a whole address, or one of a local chat."""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Several pages of which one is shown."""

    label: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """A form whose values become the query of the page it stands on."""

    fields: tuple[Field, ...]
    submit: str
    kept: tuple[tuple[str, str], ...] = ()
    """What else the query says."""
    folded: str = ""
    """What it opens by, where it is not needed often."""
    wrong: str = ""
    """What cannot be shown as it was asked for, in one sentence."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that is drawn once somebody looks at it."""

    key: str
    """Letters and digits; two drawings with one key are the same picture."""
    alt: str
    draw: Draw


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing on a page; its card brings nothing to press."""

    card: Card
    link: Link | None = None
    """Where more of it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """Things under one heading: as a `list`, as a `grid` of cards, one to `read`, or beside the others."""

    heading: str
    tiles: tuple[Tile, ...] = ()
    drawing: Drawing | None = None
    more: Link | None = None
    shape: Shape = "list"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page."""

    name: str
    who: str
    """For whom it is."""
    skip: str
    tabs: str
    leave: str
    news: str
    """Said once a page is not as it stands any more."""
    reload: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page, whole."""

    title: str
    lead: Text = Text()
    outcome: Outcome = "shown"
    """`missing` is no page, `closed` is for others or for nobody, `over` was one once."""
    frame: Frame | None = None
    """None where nobody is known to look at it."""
    tabs: tuple[Link, ...] = ()
    choices: tuple[Choice, ...] = ()
    filter: Filter | None = None
    parts: tuple[Part, ...] = ()
    button: str = ""
    """The one thing to press, where the page is a door."""
    ways: tuple[Link, ...] = ()
    """To the pages before and after it."""

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        return tuple(one.drawing for one in self.parts if one.drawing is not None)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who came in by a link."""

    account: AccountId
    entered_at: datetime
    until: datetime
    """When the visit ends by itself."""


class Pages(Protocol):
    """What a browser may ask of the core."""

    async def door(self, ticket: str) -> Page:
        """What a link shows before it is used; looking at it uses nothing up."""
        ...

    async def enter(self, ticket: str) -> Guest | Page:
        """Use a link up, and say who came in by it; or the page that says why nobody did."""
        ...

    async def page(self, guest: Guest | None, path: str, query: Mapping[str, str]) -> Page:
        """A page as this guest may read it now."""
        ...
