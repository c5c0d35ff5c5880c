"""A team's questions: what comes next, adding one, leaving one out."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Block, Button, Card, Field, Form, Option, Span, Text, action
from bot.checkins.rules import Question
from bot.checkins.words.prompts import ask_list

TAGS = {
    "plan": "a plan",
    "now": "what is going on now",
    "show": "work to show",
    "seek": "looking for something",
    "sense": "making sense of something",
    "share": "something to share",
    "story": "a story",
}
MOST_SIGNS = 150
"""The characters of a team's own question."""


def bank_card(
    channel: str, channel_id: str, questions: Sequence[tuple[str, str]], hidden: int
) -> Card:
    """Which bank questions come next for a team; pairs of key and question."""
    return Card(
        title=f"Coming questions in #{channel}",
        text=Text(tuple(Block((Span(ask),), kind="bullet") for _, ask in questions)),
        buttons=(
            Button("Add a question", action("checkins.add", channel_id)),
            Button("Leave one out", action("checkins.hide", channel_id)),
            *((Button("Bring all back", action("checkins.unhide", channel_id)),) if hidden else ()),
        ),
        footnote="Everybody in the team may change these, for the whole team.",
    )


def own_questions(channel: str, questions: Sequence[Question]) -> Card:
    """What a team with questions of its own is asked, every time."""
    return Card(
        title=f"Questions in #{channel}",
        text=ask_list(questions),
        footnote="An admin changes them with /outloud setup.",
    )


def add_form(channel: str, channel_id: str) -> Form:
    return Form(
        id=action("checkins.added", channel_id),
        title="Add a question",
        text=Text.of(f"It takes its turn with the others, for everybody in #{channel}."),
        fields=(
            Field(
                "ask",
                "Your question",
                "line",
                hint="One that can be answered in a line.",
                limit=MOST_SIGNS,
            ),
            Field(
                "tag",
                "It is about",
                "choice",
                options=tuple(Option(label, tag) for tag, label in TAGS.items()),
            ),
        ),
    )


def hide_form(channel: str, channel_id: str, questions: Sequence[tuple[str, str]]) -> Form:
    return Form(
        id=action("checkins.hidden", channel_id),
        title="Leave a question out",
        text=Text.of(f"It is not asked any more, to anybody in #{channel}."),
        fields=(
            Field(
                "key",
                "Which one",
                "choice",
                options=tuple(Option(ask, key) for key, ask in questions),
            ),
        ),
    )
