"""What is said about communities."""

from __future__ import annotations

from bot.chat import Card, Picture, Text

NOWHERE = (
    "You are in no community yet, so there is no map for you. "
    "Join the channel of one, and type /community map again."
)


def unknown(typed: str, near: str) -> str:
    """To whoever typed nothing, or something that does not exist."""
    if not typed:
        return "Type /community map: it shows who learns with whom."
    meant = f"Did you mean /community {near}? It" if near else "What I know is /community map: it"
    return f"I do not know /community {typed}. {meant} shows who learns with whom."


def map_card(picture: Picture) -> Card:
    """The map, for whoever asked."""
    return Card(
        title="The communities around you",
        text=Text.of(
            "Lines are lessons that went from one to the other in the last year, "
            "dotted lines people who are in both."
        ),
        picture=picture,
        footnote="Only you see this.",
    )
