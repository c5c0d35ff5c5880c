"""The message that asks, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from bot.chat import Block, Button, Card, Span, Text, action
from bot.checkins.rules import Question
from bot.checkins.words.telling import asked, audience, clock, greeting, where

MINUTES = ((30, "In 30 minutes"), (180, "In 3 hours"))
"""How much later than an hour or sooner one may be asked again, at a tap."""


def ask_list(questions: Sequence[Question]) -> Text:
    if len(questions) == 1:
        return Text.of(asked(questions[0]))
    return Text(tuple(Block((Span(asked(one)),), kind="bullet") for one in questions))


def _buttons(checkin_id: int) -> tuple[Button, ...]:
    return (
        Button("Narrate", action("checkins.form", checkin_id), "primary"),
        Button("Nothing today", action("checkins.skip", checkin_id)),
        Button("Not now", action("checkins.later", checkin_id)),
    )


def _how(channel: str, *, private: bool) -> str:
    return f"Press Narrate, or just answer here. {audience(channel, private=private)}"


def prompt(
    name: str,
    here: datetime,
    questions: Sequence[Question],
    *,
    checkin_id: int,
    channel: str,
    private: bool,
    late_from: time | None = None,
    back: bool = False,
    slower: bool = False,
) -> Card:
    """The message that asks; `here` is the person's local time."""
    first = Text()
    if back:
        first += Text.of("Welcome back! I left you alone while you were away.")
    if late_from is not None:
        first += Text.of(f"This comes late; it was meant for {clock(late_from)}.")
    last = Text()
    buttons = _buttons(checkin_id)
    if slower:
        last = Text.of("I seem to ask too often, so from now on I ask half as much.")
        buttons += (Button("Ask as before", action("checkins.pace")),)
    return Card(
        title=greeting(name, here.hour),
        text=first + ask_list(questions) + last,
        buttons=buttons,
        footnote=_how(channel, private=private),
    )


def trial(
    name: str, here: datetime, questions: Sequence[Question], *, channel: str, private: bool
) -> Card:
    """A prompt to look at, before its rhythm is saved."""
    return Card(
        title=greeting(name, here.hour),
        text=ask_list(questions),
        footnote="This is a try: nobody else was asked, and nothing is kept. With the real one: "
        + audience(channel, private=private),
    )


def _again(
    first: str, questions: Sequence[Question], *, checkin_id: int, channel: str, private: bool
) -> Card:
    return Card(
        text=Text.of(first) + ask_list(questions),
        buttons=_buttons(checkin_id),
        footnote=_how(channel, private=private),
    )


def nudge(questions: Sequence[Question], *, checkin_id: int, channel: str, private: bool) -> Card:
    """A reminder; it takes the place of the prompt."""
    return _again(
        f"If you have a minute for #{channel}:",
        questions,
        checkin_id=checkin_id,
        channel=channel,
        private=private,
    )


def returned(
    questions: Sequence[Question], *, checkin_id: int, channel: str, private: bool
) -> Card:
    """The prompt again, after a snooze."""
    return _again(
        f"Here I am again, for #{channel}:",
        questions,
        checkin_id=checkin_id,
        channel=channel,
        private=private,
    )


def open_again(
    questions: Sequence[Question], *, checkin_id: int, channel: str, private: bool
) -> Card:
    """The prompt again, after an undo."""
    return _again(
        f"Open again, for #{channel}:",
        questions,
        checkin_id=checkin_id,
        channel=channel,
        private=private,
    )


def skipped(checkin_id: int) -> Card:
    return Card(
        text=Text.of("Nothing today, then. See you next time."),
        buttons=(
            Button("Undo", action("checkins.unskip", checkin_id)),
            Button("Narrate", action("checkins.form", checkin_id)),
        ),
    )


def snoozed(checkin_id: int, until: datetime) -> Card:
    return Card(
        text=Text.of(f"I will ask again at {clock(until)}."),
        buttons=(
            *(
                Button(label, action("checkins.later", checkin_id, minutes))
                for minutes, label in MINUTES
            ),
            Button("Nothing today", action("checkins.skip", checkin_id)),
            Button("Narrate", action("checkins.form", checkin_id), "primary"),
        ),
    )


def settled(checkin_id: int, channel: str, *, private: bool, learned: int = 0) -> Card:
    """What a prompt becomes once it is answered; `learned` is the entry when it says what was learned."""
    return Card(
        text=Text.of(f"Thank you. Your words are {where(channel, private=private)}."),
        buttons=(
            Button("Edit", action("checkins.form", checkin_id)),
            Button("Delete", action("checkins.delete", checkin_id), "danger"),
            *(
                (Button("Share what I learned", action("lessons.entry", learned)),)
                if learned
                else ()
            ),
        ),
    )


def removed(checkin_id: int, channel: str, *, private: bool, undo: bool) -> Card:
    """What a prompt becomes once its entry is taken back; `undo` while the words can come back."""
    back = f"Undo puts your words back, {where(channel, private=private)}." if undo else ""
    return Card(
        text=Text.of("Taken back; nobody sees it any more."),
        buttons=(
            *((Button("Undo", action("checkins.restore", checkin_id)),) if undo else ()),
            Button("Narrate", action("checkins.form", checkin_id)),
        ),
        footnote=back,
    )
