"""The forms about grains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.chat import Field, Form, Option, Text, When, action
from bot.grains import rules
from bot.grains.words.view import STATES, VERBS, View, carried, channel_name, in_short


def drop_form() -> Form:
    return Form(
        action("grains.drop"),
        "Drop a grain",
        (
            Field(
                "text",
                "What will you try next?",
                "long",
                counted=rules.MOST_SIGNS,
                limit=rules.MOST_CHARACTERS,
            ),
            *_detail_fields(View(0, 0, "", "")),
        ),
        submit="Drop it",
    )


def details_form(view: View) -> Form:
    return Form(
        action("grains.details", view.id),
        f"Grain {view.number}",
        _detail_fields(view),
        text=Text.of(view.headline),
        submit="Save",
    )


def _detail_fields(view: View) -> tuple[Field, ...]:
    return (
        Field("expected", "What do you expect?", "long", value=view.expected, optional=True),
        Field("link", "Link to the work", value=view.link, optional=True),
        Field(
            "topics",
            "Topics",
            value=", ".join(view.topics),
            hint=f"At most {rules.MOST_TOPICS}, with commas between.",
            optional=True,
        ),
        Field(
            "people",
            "Whom does it concern?",
            value=", ".join(view.people),
            hint="Names with commas between. They hear about it once.",
            optional=True,
        ),
    )


def grain_fields(views: Sequence[View]) -> tuple[Field, ...]:
    """The fields of open grains in a form: what became of each, what was learned, a new wording."""
    same = Counter(view.headline for view in views)
    fields: list[Field] = []
    for view in views:
        name = (
            view.headline if same[view.headline] == 1 else f"{view.headline} (grain {view.number})"
        )
        key = f"grain.{view.id}"
        hints = [*map(in_short, view.news), carried(view.carried)]
        fields += (
            Field(
                key,
                name,
                "choice",
                hint=" ".join(filter(None, hints)),
                options=(
                    Option("Leave it open", ""),
                    *(Option(STATES[one], one) for one in rules.OUTCOMES),
                ),
                optional=True,
            ),
            Field(
                f"adjusted.{view.id}",
                f"New wording: {name}",
                "long",
                limit=rules.MOST_CHARACTERS,
                counted=rules.MOST_SIGNS,
                optional=True,
                when=When(key, ("adjusted",)),
            ),
            Field(
                f"learned.{view.id}",
                f"What did you learn? {name}",
                "long",
                optional=True,
                when=When(key, rules.OUTCOMES),
            ),
        )
    return tuple(fields)


def settle_form(view: View) -> Form:
    return Form(
        action("grains.settle", view.id),
        f"Grain {view.number}",
        grain_fields([view]),
        submit="Save",
    )


def reword_form(view: View) -> Form:
    """Adjusting straight after somebody said so."""
    return Form(
        action("grains.reword", view.id),
        f"Adjust grain {view.number}",
        (
            Field(
                "text",
                "New wording",
                "long",
                value=view.detail or Text.of(view.headline).markdown(),
                counted=rules.MOST_SIGNS,
                limit=rules.MOST_CHARACTERS,
            ),
            Field("learned", "What did you learn?", "long", optional=True),
        ),
        submit="Adjust",
    )


def judge_form(
    verdict: str, about: Sequence[str], views: Sequence[View], *, words: str = ""
) -> Form:
    """Which plan, where there are several, and what one would change."""
    fields: list[Field] = []
    if len(views) > 1:
        options = tuple(Option(view.headline, str(view.id)) for view in views)
        fields.append(Field("which", "Which plan?", "choice", options[0].value, options=options))
    if verdict == "adjust":
        fields.append(Field("words", "What would you change?", "long", value=words, optional=True))
    author, channel = views[0].author, channel_name(views[0].channel)
    return Form(
        action(f"grains.{verdict}", *about),
        VERBS[verdict].capitalize(),
        tuple(fields),
        text=Text.of(f"{author} hears it at once, and everybody in {channel} can read it."),
        submit="Say so",
    )


def reply_form(view: View) -> Form:
    return Form(
        action("grains.reply", view.id),
        "Reply",
        (Field("words", f"To {view.author}", "long"),),
        text=Text.of(
            f"{view.author} hears it at once, and everybody in {channel_name(view.channel)} can read it."
        ),
        submit="Say so",
    )
