"""The library: lessons as a page, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.board.rules import ON_A_PAGE, Asked
from bot.board.words.frame import Shown
from bot.chat import Card, Fact, Field, Option, Text
from bot.chat.pages import Filter, Link, Page, Part, Tile
from bot.lessons.words.shelf import Shelved

LESSON_GONE = "There is no such lesson that you can read. It may have been withdrawn."
STATES = {
    "": "All that are shared",
    "confirmed": "Confirmed",
    "agreed": "Shared, not confirmed yet",
    "retired": "Retired",
    "mine": "My own",
}


def lessons(
    found: Sequence[Shelved],
    asked: Asked,
    shown: Sequence[Shown],
    topics: Sequence[str],
    *,
    more: bool,
) -> Page:
    """Lessons that somebody looks for."""
    ways = []
    if asked.start:
        before = asked.query(start=max(0, asked.start - ON_A_PAGE))
        ways.append(Link("The ones before", f"lessons{before}"))
    if more:
        after = asked.query(start=asked.start + ON_A_PAGE)
        ways.append(Link("The next ones", f"lessons{after}"))
    return Page(
        title="Lessons",
        lead=Text.of(_lead(found, asked)),
        filter=_filter(asked, shown, topics),
        parts=(Part("", tuple(_tile(one) for one in found), shape="grid"),) if found else (),
        ways=tuple(ways),
    )


def _lead(found: Sequence[Shelved], asked: Asked) -> str:
    if found or asked.start:
        return "What teams learned and agreed to share, as far as you can read it."
    if asked.words:
        return f"Nothing you can read says “{asked.words[:60]}”. Try fewer words, or other ones."
    if asked.channel or asked.topic or asked.state:
        return "No lesson that you can read is like that."
    return "No lessons yet. Put a 💡 on a message, or type /lesson and what you learned."


def _filter(asked: Asked, shown: Sequence[Shown], topics: Sequence[str]) -> Filter:
    where = (Option("Everywhere", ""), *(Option(f"#{one.name}", one.id) for one in shown))
    about = (Option("Everything", ""), *(Option(one, one) for one in topics))
    which = tuple(Option(label, value) for value, label in STATES.items())
    return Filter(
        fields=(
            Field("words", "Words", value=asked.words, hint="tide lines"),
            Field("channel", "Where", "choice", value=asked.channel, options=where),
            *(
                (Field("topic", "About", "choice", value=asked.topic, options=about),)
                if topics
                else ()
            ),
            Field("state", "Which", "choice", value=asked.state, options=which),
        ),
        submit="Find",
    )


def _tile(one: Shelved) -> Tile:
    facts = [Fact("From", Text.of(one.origin))]
    if one.topics:
        facts.append(Fact("Topics", Text.of(", ".join(one.topics))))
    number = f"Lesson {one.name}, {one.state}" if one.name else one.state.capitalize()
    used = f" {one.used}" if one.used else ""
    card = Card(title=one.headline, facts=tuple(facts), footnote=f"{number}.{used}")
    return Tile(card, Link(one.headline, f"lessons/{one.id}"))


def lesson(card: Card) -> Page:
    """One lesson."""
    return Page(
        title=card.title,
        parts=(Part("", (Tile(replace(card, title="")),), shape="read"),),
        ways=(Link("All lessons", "lessons"),),
    )
