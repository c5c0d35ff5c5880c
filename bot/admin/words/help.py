"""What somebody may do here, said to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.rules import names
from bot.chat import Block, Button, Card, CommandHelp, Span, Text, action


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is here: a stranger, a member, a curator of some channels, an admin."""

    known: bool
    admin: bool = False
    curates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubHelp:
    """One sub-word of `/outloud`."""

    usage: str
    summary: str
    for_admins: bool = False


def help_card(standing: Standing, commands: Sequence[CommandHelp], own: Sequence[SubHelp]) -> Card:
    """Exactly what the caller may do."""
    if not standing.known:
        return Card(
            title="Outloud",
            text=Text.of(
                "I help teams here to work out loud, a few minutes a day.",
                "I only work for members of this workspace, and I do not know you as one.",
            ),
        )
    lines = [(f"/{one.name} {one.usage}".strip(), one.summary) for one in commands]
    lines += [(f"/outloud {one.usage}", one.summary) for one in own if may_use(standing, one)]
    return Card(
        title="What you can do here",
        text=Text.of(_greeting(standing)) + _listed(lines),
        buttons=(Button("Set up a channel", action("admin.open")),) if standing.admin else (),
        footnote="Only you see this.",
    )


def may_use(standing: Standing, sub: SubHelp) -> bool:
    return standing.known and (standing.admin or not sub.for_admins)


def _greeting(standing: Standing) -> str:
    if standing.admin:
        return "You are an admin: you decide which channels I work in, and what I ask there."
    if standing.curates:
        return f"You curate {names(standing.curates)}: you choose what is passed on there."
    return "Narrate a little each day, and your team hears what you are on to."


def _listed(lines: Sequence[tuple[str, str]]) -> Text:
    return Text(
        tuple(
            Block((Span(what, code=True), Span(f": {why}")), kind="bullet") for what, why in lines
        )
    )
