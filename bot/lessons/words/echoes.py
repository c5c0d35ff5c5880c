"""What the bot says where a lesson came from, and to those whose words come there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Block, Button, Card, Fact, Span, Text, action
from bot.lessons.words.view import channel_name

SMALL_PRINT = "Replies here go back to the team it came from."


@dataclass(frozen=True, slots=True)
class Told:
    """One reply under a copy."""

    by: str
    channel: str
    platform: str
    """Named only where it is read on another one."""
    href: str
    """Leads to the reply where it stands."""
    words: Text


def echo(number: int, headline: str, replies: Sequence[Told], more: int) -> Card:
    """What others reply to a lesson, where it came from."""
    text = Text()
    for one in replies:
        where = channel_name(one.channel) + (f" ({one.platform})" if one.platform else "")
        spans = (Span(one.by, bold=True), Span(" in "), Span(where, href=one.href), Span(":"))
        text += Text((Block(spans),)) + one.words.quoted()
    return Card(
        title=f"Said to lesson {number}: {headline}",
        text=text,
        footnote=f"And {more} more there." if more else "",
    )


def heard(card: Card, lesson_id: int) -> Card:
    """The same for the author, who may have enough of it."""
    return Card(
        title=card.title,
        text=card.text,
        buttons=(
            Button("Not for this lesson", action("lessons.echo", lesson_id, "off")),
            Button("Not for any lesson", action("lessons.choose", "hears", "off")),
        ),
        footnote=f"{card.footnote} Only you see this.".strip(),
    )


def told(channel: str, team: str) -> Card:
    """For whoever replied under a copy for the first time."""
    where = f" to {channel_name(team)}," if team else " to"
    return Card(
        text=Text.of(
            f"What you replied under a lesson in {channel_name(channel)} also goes back{where} the team "
            "it came from: with your name, so that they can learn from it. Change or delete it, and it "
            "changes or goes there, too."
        ),
        buttons=(Button("Keep my replies here", action("lessons.choose", "carried", "off")),),
        footnote="Only you see this, and I say it once.",
    )


def stopped(number: int, lesson_id: int) -> Card:
    """After *Not for this lesson*."""
    return Card(
        text=Text.of(f"Replies to lesson {number} stay where they are said from now on."),
        buttons=(Button("Bring them again", action("lessons.echo", lesson_id, "on")),),
        footnote="Only you see this.",
    )


def started(number: int) -> Card:
    return Card(text=Text.of(f"Replies to lesson {number} come back to you from now on."))


@dataclass(frozen=True, slots=True)
class Switches:
    """What somebody chose, and for the channels they curate by id and name."""

    hears: bool = True
    carried: bool = True
    tips: bool = True
    channels: tuple[tuple[str, str, bool], ...] = ()


def switches(chosen: Switches) -> Card:
    """What goes back and forth around lessons, each to be turned on and off."""
    facts = [
        Fact(
            "Replies to my lessons",
            Text.of("come back to me and my team" if chosen.hears else "stay where they are said"),
        ),
        Fact(
            "What I reply to lessons of others",
            Text.of(
                "goes back to their team, with my name"
                if chosen.carried
                else "stays where I say it"
            ),
        ),
        Fact(
            "Lessons that somebody thinks are for me",
            Text.of("come to me, two a week at most" if chosen.tips else "do not come to me"),
        ),
    ]
    buttons = [
        _switch("my lessons’ replies", "choose", "hears", on=chosen.hears),
        _switch("my own replies", "choose", "carried", on=chosen.carried),
        _switch("lessons for me", "choose", "tips", on=chosen.tips),
    ]
    for channel_id, name, on in chosen.channels:
        what = "go back to the teams" if on else "stay there"
        facts.append(Fact(f"Replies in {channel_name(name)}", Text.of(what)))
        buttons.append(_switch(f"replies in {channel_name(name)}", "here", channel_id, on=on))
    return Card(
        title="What comes back from lessons",
        facts=tuple(facts),
        buttons=tuple(buttons),
        footnote="Only you see this.",
    )


def _switch(what: str, verb: str, about: str, *, on: bool) -> Button:
    label = f"{'Stop' if on else 'Bring'} {what}"
    return Button(label[:75], action(f"lessons.{verb}", about, "off" if on else "on"))
