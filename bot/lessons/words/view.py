"""What cards and forms show of a lesson, and the phrases they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.channels import rules as channels
from bot.chat import Block, Fact, Span, Text
from bot.lessons.rules import Wording

PLATFORMS = {"local": "the local chat", "slack": "Slack", "discord": "Discord"}
USE_LABELS = {
    "saw": "Saw it",
    "tried": "Tried it",
    "worked": "It worked",
    "failed": "It did not",
    "changed": "It changed how we work",
}
HOW = {
    "named": "With my name and my team",
    "team": "With my team’s name only",
    "unnamed": "Without any name",
}


@dataclass(frozen=True, slots=True)
class Audience:
    """A channel, and how many can read it."""

    name: str
    platform: str
    ring: str = ""
    members: int = 0


@dataclass(frozen=True, slots=True)
class ItemView:
    """A lesson in one channel it may go to."""

    id: int
    channel: str
    ring: str
    state: str
    by: str = ""
    """The curator who dealt with it last."""
    word: Text = field(default_factory=Text)
    answer: Text = field(default_factory=Text)
    wording: Wording = field(default_factory=Wording)
    """The words as they stand there."""
    proposal: Wording = field(default_factory=Wording)


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose lesson it is and from where, as far as the author wants it told."""

    author: str = ""
    team: str = ""
    platform: str = ""
    """Named only where it is read on another one."""


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson with everything that its author's cards may show."""

    id: int
    number: int
    state: str
    author: str
    team: str
    said: Text
    wording: Wording
    attribution: str = "named"
    topics: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    items: tuple[ItemView, ...] = ()
    uses: Mapping[str, int] = field(default_factory=dict)
    reason: Text = field(default_factory=Text)
    news: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a trail."""

    at: datetime
    """On the reader's clock."""
    who: str
    deed: str
    channel: str = ""
    word: Text = field(default_factory=Text)


def channel_name(name: str) -> str:
    return f"#{name.removeprefix('#')}"


def readers(one: Audience) -> str:
    """A channel and who can read it, as one would say it."""
    people = "1 member" if one.members == 1 else f"{one.members} members"
    where = PLATFORMS.get(one.platform, one.platform)
    feed = ", and feed readers outside of chat" if one.ring == "network" else ""
    return f"{channel_name(one.name)} on {where}: {people}{feed}"


def everybody(audiences: Sequence[Audience]) -> str:
    if not audiences:
        return "It stands nowhere now."
    names = channels.names([channel_name(one.name) for one in audiences])
    if open_ := [channel_name(one.name) for one in audiences if one.ring == "network"]:
        feeds = f"the feed of {channels.names(open_)}"
        return f"Everybody in {names} will see it, and whoever joins later or reads {feeds}, which is open to all."
    return f"Everybody in {names} will see it, and whoever joins later."


def told_of(origin: Origin) -> str:
    """Whose lesson it is; nothing that tells who or which team where the author wants that."""
    if not origin.team:
        return "a team that shares it without its name"
    team = channel_name(origin.team) + (f" ({origin.platform})" if origin.platform else "")
    return f"{origin.author}, {team}" if origin.author else team


def counted(uses: Mapping[str, int]) -> str:
    """How many said what of a lesson, in words; nobody by name."""
    phrases = {
        "worked": "it worked for {}",
        "changed": "it changed how {} work",
        "failed": "it did not work for {}",
        "tried": "{} tried it",
        "saw": "{} saw it",
    }
    said = [words.format(uses[one]) for one, words in phrases.items() if uses.get(one)]
    line = channels.names(said)
    return f"{line[:1].upper()}{line[1:]}." if line else ""


def lead(name: str, text: Text) -> Text:
    """Words behind a name, in one paragraph where they begin with one."""
    if not text:
        return Text()
    first, *rest = text.blocks
    if first.kind != "paragraph":
        return Text.of(f"{name}:") + text
    return Text((Block((Span(f"{name}: "), *first.spans)), *rest))


def short(words: str, most: int = 70) -> str:
    """Words in one line, with an ellipsis where there are more."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1].rsplit(' ', 1)[0]}…"


def bullets(lines: Sequence[str]) -> Text:
    return Text(tuple(Block((Span(line),), "bullet") for line in lines))


def topics_fact(topics: Sequence[str]) -> tuple[Fact, ...]:
    return (Fact("Topics", Text.of(", ".join(topics))),) if topics else ()
