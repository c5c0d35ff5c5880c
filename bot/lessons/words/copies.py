"""What stands in a community's or a network's channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat import Button, Card, Fact, Text, action
from bot.lessons.rules import USES, Wording
from bot.lessons.words.echoes import SMALL_PRINT
from bot.lessons.words.view import USE_LABELS, Origin, counted, lead, told_of, topics_fact

TITLES = {
    "agreed": "A lesson",
    "confirmed": "A lesson that worked for others, too",
    "retired": "A lesson that had its time",
}


def copy(
    item_id: int,
    wording: Wording,
    origins: Sequence[Origin],
    *,
    state: str = "agreed",
    topics: Sequence[str] = (),
    uses: Mapping[str, int] | None = None,
    reason: Text | None = None,
    echoes: bool = False,
) -> Card:
    """A lesson as others read it, with what they can say of it."""
    retired = state == "retired"
    facts = tuple(
        Fact("From" if n == 0 else "And from", Text.of(told_of(one)))
        for n, one in enumerate(origins)
    )
    return Card(
        title=TITLES.get(state, TITLES["agreed"]),
        text=lead("Retired", reason or Text()) + wording.whole(),
        facts=(*facts, *topics_fact(topics)),
        buttons=()
        if retired
        else (
            *(Button(USE_LABELS[one], action("lessons.use", item_id, one)) for one in USES),
            Button("Who could use this?", action("lessons.who", item_id)),
        ),
        footnote=" ".join(filter(None, [counted(uses or {}), SMALL_PRINT if echoes else ""])),
    )


def thanks(said: str, item_id: int, *, author: str, before: str = "") -> Card:
    """Right after somebody said what they made of a lesson."""
    label = USE_LABELS[said]
    heard = f"{author} hears how many say so, and not who." if author else "Its author hears it."
    if before and before != said:
        words = f"Changed to “{label}”. {heard}"
    elif before:
        words = f"“{label}” is what you said already."
    else:
        words = f"Thank you: “{label}”. {heard}"
    return Card(
        text=Text.of(words),
        buttons=(Button("Take it back", action("lessons.unuse", item_id)),),
        footnote="Only you see this.",
    )


def feed_title(channel: str) -> str:
    return f"Lessons in {channel}"


def feed_about(channel: str) -> str:
    return f"What teams learned, and agreed to share in {channel} and here."


def feed_text(wording: Wording, *, state: str, reason: Text) -> Text:
    """A lesson as it reads outside of chat, where nobody can say what they made of it."""
    retired = state == "retired"
    return (lead("Retired", reason) if retired else Text()) + wording.whole()
