"""The way in: the link as it is given in chat, what it opens on, and why it may open nothing."""

from __future__ import annotations

from bot.board.rules import VALID, VISIT
from bot.chat import Block, Card, Span, Text
from bot.chat.pages import Outcome, Page

NAME = "The board"
AGAIN = "For a new link, type /outloud board in chat."
_MINUTES = int(VALID.total_seconds()) // 60
_HOURS = int(VISIT.total_seconds()) // 3600


def link_card(address: str) -> Card:
    """The link, for whoever asked for it."""
    return Card(
        title="Your board",
        text=Text((Block((Span("Open the board", href=address, bold=True),)),))
        + Text.of(
            "The week, lessons, patterns and what flows where: all that you can read anyway."
        ),
        footnote=f"Only you see this. The link works once, within {_MINUTES} minutes: do not pass it on.",
    )


def door(name: str) -> Page:
    """What the link opens on: a preview that some program fetches does not use it up."""
    return Page(
        title=NAME,
        lead=Text.of(
            f"This is {name}’s board. It stays open in this browser for {_HOURS} hours.",
        ),
        button="Open the board",
    )


_TURNED: dict[str, tuple[Outcome, str]] = {
    "unknown": ("closed", "I do not know this link. Is it whole?"),
    "used": ("over", "This link was used already. Each one works once."),
    "late": ("over", f"This link is older than {_MINUTES} minutes, so it does not work any more."),
}


def turned_away(why: str) -> Page:
    """To whoever comes with a link that opens nothing."""
    outcome, sentence = _TURNED[why]
    return Page(title=NAME, lead=Text.of(sentence, AGAIN), outcome=outcome)


def shut() -> Page:
    """To whoever comes without a link, or whose visit is over."""
    return Page(
        title=NAME,
        lead=Text.of(
            "The board shows each person what they can read, so it has to know who you are.",
            "Type /outloud board in chat: I give you a link that opens it.",
        ),
        outcome="closed",
    )


def closed() -> Page:
    """To somebody who was known here, and is no more."""
    return Page(
        title=NAME,
        lead=Text.of("This visit is over: I do not know you here any more.", AGAIN),
        outcome="closed",
    )
