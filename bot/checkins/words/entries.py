"""Entries as they are written, read and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from bot.chat import Block, Button, Card, Fact, Field, Form, Option, Span, Text, action
from bot.checkins.rules import MOST_CHARACTERS, SCALE, Question
from bot.checkins.words.telling import asked, audience, where


def kept(
    checkin_id: int,
    channel: str,
    upcoming: Question | None,
    *,
    private: bool,
    remark: Question | None = None,
) -> Card:
    """What somebody hears who answers in words: where it went, and the next question.

    A `remark` is the question that the words were no answer to, so that they were kept beside it.
    """
    text = Text.of(f"Kept, {told_where(channel, private=private)}.")
    buttons: tuple[Button, ...] = (
        Button("Edit", action("checkins.form", checkin_id)),
        Button("Delete", action("checkins.delete", checkin_id), "danger"),
    )
    if remark is not None:
        text += Text.of("It did not answer the question, so it stands beside it as a remark.")
    if upcoming is not None:
        text += Text.of("Next, if you like:", asked(upcoming))
        buttons = (Button("That is all", action("checkins.enough", checkin_id)), *buttons)
    return Card(text=text, buttons=buttons)


def told_where(channel: str, *, private: bool) -> str:
    return "for you alone" if private else where(channel, private=False)


def enough(channel: str, *, private: bool) -> Card:
    return Card(
        text=Text.of(
            f"Thank you. Your words are {where(channel, private=private)}; "
            "write again whenever you like."
        )
    )


def grains_only() -> Card:
    """Said after a form in which only grains were looked after."""
    return Card(text=Text.of("Your grains are up to date."))


def answers_of(questions: Mapping[str, Question], key: str, written: str) -> tuple[str, Text]:
    """An answer as it is read: the question it answers, and the words."""
    question = questions.get(key)
    if question is None:
        return "", Text.parse(written)
    plain = question.kind in ("choice", "scale", "number")
    return question.ask, Text.of(written) if plain else Text.parse(written)


def entry(
    name: str,
    said: Sequence[tuple[str, Text]],
    *,
    entry_id: int,
    checkin_id: int,
    edited: bool,
    facts: tuple[Fact, ...] = (),
    more: tuple[Button, ...] = (),
) -> Card:
    """An entry as its team reads it: each question with its answer."""
    text = Text()
    for ask, words in said:
        if ask:
            text += Text((Block((Span(ask, italic=True),)),))
        text += words
    return Card(
        title=name,
        text=text,
        facts=facts,
        buttons=(
            *more,
            Button("Reply", action("checkins.reply", entry_id)),
            Button("Edit", action("checkins.form", checkin_id)),
        ),
        footnote="edited" if edited else "",
    )


def entry_form(
    checkin_id: int,
    questions: Sequence[Question],
    values: Mapping[str, str],
    *,
    channel: str,
    private: bool,
    grain_fields: Sequence[Field] = (),
    written: bool = False,
    over: bool = False,
) -> Form:
    """The form behind *Narrate*, with what was said or typed before.

    It is `written` when there is an entry to change, and `over` when the team is not asked any more.
    """
    lines = [audience(channel, private=private)]
    if over:
        lines.insert(0, f"#{channel} is not asked any more.")
    if written:
        lines.append("Empty every answer to take it back.")
    return Form(
        id=action("checkins.entry", checkin_id),
        title="Narrate your work",
        text=Text.of(" ".join(lines)),
        fields=(*(_field(one, values) for one in questions), *_filled(grain_fields, values)),
    )


HINTS = {"scale": "1 is low, 5 is high.", "link": "Begins with https://"}


def _field(question: Question, values: Mapping[str, str]) -> Field:
    key = f"answer.{question.key}"
    options = SCALE if question.kind == "scale" else question.options
    plan = question.role == "plan"
    return Field(
        key=key,
        label=question.ask or "And then you said",
        kind=_kind(question.kind),
        value=values.get(key, ""),
        hint=HINTS.get(question.kind, "Each line becomes a grain of sand." if plan else ""),
        counted=140 if plan else 0,
        limit=MOST_CHARACTERS,
        options=tuple(Option(one, one) for one in options),
        optional=True,
    )


def _kind(kind: str) -> Literal["choice", "number", "line", "long"]:
    match kind:
        case "choice" | "scale":
            return "choice"
        case "number":
            return "number"
        case "link":
            return "line"
        case _:
            return "long"


def _filled(fields: Sequence[Field], values: Mapping[str, str]) -> tuple[Field, ...]:
    return tuple(replace(one, value=values.get(one.key, one.value)) for one in fields)


def reply_form(entry_id: int, name: str, channel: str, *, typed: str = "") -> Form:
    return Form(
        id=action("checkins.answer", entry_id),
        title=f"Reply to {name}"[:24].rstrip(),
        text=Text.of(f"Everybody in #{channel} can read it; {name} is told."),
        fields=(Field("words", "Your reply", "long", typed, limit=MOST_CHARACTERS),),
    )


def reply(name: str, to: str, words: Text) -> Card:
    return Card(title=f"{name} to {to}" if to else name, text=words)


def heard(name: str, channel: str, words: Text) -> Card:
    """What a writer hears when a reader answers."""
    return Card(text=Text.of(f"{name} answered you in #{channel}:") + words.quoted())


def too_long(sentence: str) -> Card:
    """Said when words cannot be kept."""
    return Card(text=Text.of(sentence, "Your message stays where it is."))
