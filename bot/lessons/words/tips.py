"""What the bot says when somebody is thought of as a reader of a lesson."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Button, Card, Fact, Field, Form, Option, Text, action
from bot.lessons.rules import USES, Wording
from bot.lessons.words.view import USE_LABELS, Origin, channel_name, told_of

MOST_NAMES = 100
"""People one can still choose from a list; among more one is written by name."""


def who_form(item_id: int, channel: str, people: Sequence[tuple[str, str]], near: str = "") -> Form:
    """Asks for one person, by id and name; `near` is the id of who wrote about something like it."""
    names = dict(people)
    hint = f"{names[near]} wrote about something like it." if near in names else ""
    if len(people) > MOST_NAMES:
        field = Field("who", "Their name", value=names.get(near, ""), hint=hint)
    else:
        options = tuple(Option(name[:75], one) for one, name in people)
        chosen = near if near in names else ""
        field = Field("who", "Who could use it?", "choice", chosen, hint=hint, options=options)
    return Form(
        action("lessons.who", item_id),
        "Who could use this?",
        (field,),
        text=Text.of(
            f"Somebody in {channel_name(channel)} gets one message from me, with the lesson and your "
            "name, when it is a good time. What they make of it is theirs: neither you nor anybody "
            "else hears of it."
        ),
        submit="Let them know",
    )


def thought_of(name: str) -> Card:
    return Card(
        text=Text.of(f"Thank you! When it is a good time for {name}, I show it to them, once."),
        footnote="Only you see this.",
    )


def tip(lesson_id: int, item_id: int, by: str, wording: Wording, origin: Origin) -> Card:
    """For whoever was thought of, alone."""
    return Card(
        title=f"{by or 'Somebody'} thought that you could use this",
        text=wording.whole(),
        facts=(Fact("From", Text.of(told_of(origin))),),
        buttons=(
            *(Button(USE_LABELS[one], action("lessons.use", item_id, one)) for one in USES),
            Button("Not for me", action("lessons.pass", lesson_id)),
            Button("No more of these", action("lessons.choose", "tips", "off")),
        ),
        footnote="Only you see this, and nobody hears whether you do anything with it.",
    )


def passed() -> Card:
    return Card(text=Text.of("Not for you, then. Nobody hears of it."))
