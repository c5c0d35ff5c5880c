"""What is true of the board: how long a link and a visit last, and what the address of a page asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

VALID = timedelta(minutes=10)
"""A link opens the board for so long."""
KEPT = timedelta(days=1)
"""How long a link that was used, or is too old, can still be told from one that never was."""
VISIT = timedelta(hours=12)
"""How long somebody who came in stays in."""

SPANS = ("week", "last week", "month", "last month")
"""Periods that are one tap away."""
FLOW_SPAN = "month"
"""What flows is looked at for longer than what was said."""
STATES = ("confirmed", "agreed", "retired", "mine")
ON_A_PAGE = 24
MOST_TYPED = 200
"""Characters of a search that are looked at."""
MOST_PAGES = 200


def digest(ticket: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(f"outloud board {ticket}".encode()).hexdigest()


def key_of(*parts: object) -> str:
    """A name for a picture, the same for the same data."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a page asks for."""

    channel: str = ""
    period: str = ""
    whole: str = ""
    words: str = ""
    topic: str = ""
    state: str = ""
    start: int = 0

    def query(self, **instead: str | int) -> str:
        """This, with something else instead, as a query; empty for nothing."""
        said = {name: getattr(self, name) for name in self.__slots__} | instead
        kept = {name: value for name, value in said.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def read_asked(query: Mapping[str, str]) -> Asked:
    """What a query asks for; what it says beside that is nothing."""

    def said(name: str, most: int = 120) -> str:
        return query.get(name, "").replace("\0", "").strip()[:most]

    period = said("period", 60)
    first, last = said("from", 40), said("to", 40)
    if first or last:
        period = f"{first}..{last}"
    start = said("start", 9)
    state = said("state")
    return Asked(
        channel=said("channel"),
        period=period,
        whole=said("whole", 40),
        words=said("words", MOST_TYPED),
        topic=said("topic"),
        state=state if state in STATES else "",
        start=min(int(start), ON_A_PAGE * MOST_PAGES) if start.isascii() and start.isdigit() else 0,
    )
