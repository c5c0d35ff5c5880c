"""What the bot says to somebody who tried a lesson, and how their story stands with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.rules import names
from bot.chat import Button, Card, Fact, Field, Form, Option, Text, action
from bot.insight.guard import Finding
from bot.lessons.rules import MOST_CHARACTERS
from bot.lessons.words.view import channel_name, lead, short

QUESTION = "What happened when you tried it?"
ALONE = "Only you see this."


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story with what its teller's card shows of it."""

    id: int
    headline: str
    """Of the lesson."""
    words: Text
    name: str = ""
    """As it is signed; empty without a name."""
    channels: tuple[str, ...] = ()
    """Whose readers can read it."""


def question(view: StoryView) -> Card:
    """Two weeks after somebody tried a lesson, once."""
    return Card(
        title=QUESTION,
        text=Text.of(view.headline).quoted(),
        buttons=(
            Button("Tell it", action("lessons.tell", view.id), "primary"),
            Button("Not this time", action("lessons.untold", view.id)),
        ),
        footnote=f"{ALONE} I ask once. You see who would read it before anything is shared.",
    )


def form(view: StoryView, *, named: bool) -> Form:
    return Form(
        action("lessons.tell", view.id),
        "Your story",
        (
            Field(
                "words",
                QUESTION,
                "long",
                view.words.markdown(),
                hint="A few sentences: what you did, and what came of it.",
                limit=MOST_CHARACTERS,
            ),
            Field(
                "named",
                "How it is signed",
                "choice",
                "yes" if named else "no",
                options=(Option("With my name", "yes"), Option("Without any name", "no")),
            ),
        ),
        text=Text.of(view.headline).quoted(),
        submit="Show me",
    )


def finding(view: StoryView, found: Finding, left: int) -> Card:
    """One thing that the guard found in a story, to change or to confirm."""
    about = (view.id, found.fingerprint[:16])
    buttons = []
    if found.instead:
        label = short(f"Write {found.instead} instead")
        buttons.append(Button(label, action("lessons.storymask", *about), "primary"))
    if not found.blocks:
        buttons.append(Button("It may stay", action("lessons.storyfine", *about)))
    shown = Text() if found.blocks else Text.of(found.words).quoted()
    return Card(
        title="Before others read your story",
        text=Text.of(found.sentence) + shown,
        buttons=(
            *buttons,
            Button("Change it", action("lessons.tell", view.id)),
            Button("Rather not", action("lessons.untold", view.id)),
        ),
        footnote=f"{ALONE} {left} more to look at." if left else ALONE,
    )


def preview(view: StoryView) -> Card:
    """The story as others would read it, and who they are."""
    return Card(
        title="Your story, as it would stand with the lesson",
        text=passage(view.name, view.words) + lead("The lesson", Text.of(view.headline)),
        facts=(Fact("Who reads it", Text.of(_readers(view))),),
        buttons=(
            Button("Yes, add it", action("lessons.storyyes", view.id), "primary"),
            Button("Change it", action("lessons.tell", view.id)),
            Button("Rather not", action("lessons.untold", view.id)),
        ),
        footnote=f"{ALONE} You can take it back at any time.",
    )


def _readers(view: StoryView) -> str:
    where = names([channel_name(one) for one in view.channels])
    place = f"Everybody in {where} and in the team it came from" if where else "Its team"
    return f"{place}, with the lesson and in a digest."


def standing(view: StoryView) -> Card:
    return Card(
        title="Your story stands with the lesson",
        text=passage(view.name, view.words) + lead("The lesson", Text.of(view.headline)),
        buttons=(
            Button("Change it", action("lessons.tell", view.id)),
            Button("Take it back", action("lessons.untold", view.id)),
        ),
        footnote=f"{ALONE} Thank you for telling it.",
    )


def untold() -> Card:
    return Card(text=Text.of("All right, it stays with you. Nobody hears of it."))


def passage(name: str, words: Text) -> Text:
    """One story as it reads under a lesson."""
    return Text.of(f"{name or 'Somebody'}:") + words.quoted()


def passages(told: Sequence[tuple[str, Text]]) -> Text:
    """All stories of a lesson, under it."""
    if not told:
        return Text()
    return sum((passage(*one) for one in told), Text.of("What happened when others tried it:"))
