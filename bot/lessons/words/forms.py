"""The forms about lessons."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Field, Form, Option, Text, action
from bot.lessons.rules import ATTRIBUTIONS, MOST_CHARACTERS, MOST_QUOTED, Wording
from bot.lessons.words.view import HOW, Audience, channel_name, everybody, readers, short


def _parts(wording: Wording, *, quote: bool = True) -> tuple[Field, ...]:
    fields = (
        Field(
            "when",
            "When …",
            "long",
            wording.when,
            hint="The situation in which it helps.",
            limit=MOST_CHARACTERS,
            optional=True,
        ),
        Field("do", "do …", "long", wording.do, limit=MOST_CHARACTERS),
        Field(
            "because", "because …", "long", wording.because, limit=MOST_CHARACTERS, optional=True
        ),
    )
    if not quote:
        return fields
    return (
        *fields,
        Field(
            "quote",
            "What you said, under it",
            "long",
            wording.quote,
            hint="Your own words keep it alive. Empty it to leave them out.",
            limit=2 * MOST_QUOTED,
            optional=True,
        ),
    )


def word_form(
    lesson_id: int,
    wording: Wording,
    *,
    to: Sequence[tuple[str, Audience]],
    chosen: Sequence[str],
    attribution: str,
    topics: Sequence[str],
    known_topics: Sequence[str] = (),
    left_out: bool = False,
    change: bool = False,
    here: bool = False,
) -> Form:
    """The general form, who is named, and where it fits."""
    hint = f"For example {', '.join(known_topics[:4])}." if known_topics else "With commas between."
    note = (
        "The rest of your words is too long to travel; link to it, if you like. "
        if left_out
        else ""
    )
    fields: tuple[Field, ...] = _parts(wording)
    if not change:
        fields += (
            Field(
                "to",
                "Communities it fits",
                "choices",
                "\n".join(chosen),
                options=tuple(Option(short(readers(one)), place) for place, one in to),
            ),
        )
    fields += (
        Field(
            "attribution",
            "How it is signed",
            "choice",
            attribution,
            options=tuple(Option(HOW[one], one) for one in ATTRIBUTIONS),
        ),
        Field("topics", "Topics", value=", ".join(topics), hint=hint, optional=True),
    )
    return Form(
        action("lessons.word", lesson_id, *(("here",) if here else ())),
        "Word the lesson",
        fields,
        text=Text.of(f"{note}Next you see exactly what others would read. Nothing is sent yet."),
        submit="Show me",
    )


def item_wording_form(lesson_id: int, item_id: int, wording: Wording, audience: Audience) -> Form:
    """For the author: the words in one channel only."""
    return Form(
        action("lessons.worded", lesson_id, item_id),
        short(f"For {channel_name(audience.name)}", 24),
        _parts(wording),
        text=Text.of(everybody([audience])),
        submit="Show me",
    )


def ask_form(item_id: int, author: str) -> Form:
    return Form(
        action("lessons.ask", item_id),
        "Ask back",
        (Field("word", "What would you like to know?", "long", limit=MOST_CHARACTERS),),
        text=Text.of(f"{author or 'The author'} reads it, and answers here."),
        submit="Ask",
    )


def answer_form(lesson_id: int, item_id: int, by: str, question: Text) -> Form:
    return Form(
        action("lessons.answer", lesson_id, item_id),
        "Answer",
        (Field("word", "Your answer", "long", limit=MOST_CHARACTERS),),
        text=Text.of(f"{by} asks:") + question.quoted(),
        submit="Answer",
    )


def decline_form(item_id: int, author: str) -> Form:
    return Form(
        action("lessons.decline", item_id),
        "Decline",
        (
            Field(
                "word",
                "A word to its author",
                "long",
                hint="Why it does not fit now, or where it would.",
                limit=MOST_CHARACTERS,
            ),
        ),
        text=Text.of(f"{author or 'The author'} reads it. The lesson stays in its team."),
        submit="Decline",
    )


def offer_form(
    verb: str, item_id: int, wording: Wording, audience: Audience, *, place: str = ""
) -> Form:
    """For a curator: another wording, for the channel or for a wider circle."""
    wider = verb == "lessons.offer"
    about = (item_id, place) if place else (item_id,)
    return Form(
        action(verb, *about),
        "In wider words" if wider else "Edit wording",
        (
            *_parts(wording, quote=False),
            Field("word", "A word to its author", "long", limit=MOST_CHARACTERS, optional=True),
        ),
        text=Text.of(
            f"{'Say it so that others understand it. ' if wider else ''}"
            f"It goes to {readers(audience)}. "
            "Its author sees it first, and nothing goes without their yes."
        ),
        submit="Ask the author",
    )


def retire_form(item_id: int) -> Form:
    return Form(
        action("lessons.retire", item_id),
        "Retire it",
        (Field("word", "Why?", "long", hint="It stands over the lesson.", limit=MOST_CHARACTERS),),
        text=Text.of("Its copies stay, and say that it had its time."),
        submit="Retire it",
    )
