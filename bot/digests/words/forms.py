"""The forms around digests: when one comes, what is noted in its margin, where it goes by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat import Field, Form, Option, Text, When, action
from bot.digests.rules import MOST_NOTE, WEEKDAYS, Cadence, Digest, Item, Period, line
from bot.digests.words.cards import about

CADENCES = {
    "weekly": "Every week",
    "monthly": "Every month, on the first such day",
    "never": "Not by itself",
}


def schedule(channel_id: str, name: str, readers: int, cadence: Cadence) -> Form:
    people = "1 member" if readers == 1 else f"{readers} members"
    comes = When("every", ("weekly", "monthly"))
    return Form(
        id=action("digests.schedule", channel_id),
        title="When the digest comes",
        text=Text.of(
            f"It is posted in #{name}, where everybody can read it: {people}. "
            "When nothing happened, nothing is posted."
        ),
        fields=(
            Field(
                "every", "How often", "choice", cadence.every,
                options=tuple(Option(label, key) for key, label in CADENCES.items()),
            ),
            Field(
                "weekday", "On", "choice", WEEKDAYS[cadence.weekday],
                options=tuple(Option(day.capitalize(), day) for day in WEEKDAYS), when=comes,
            ),
            Field("at", "At", "time", f"{cadence.at:%H:%M}", when=comes),
            Field(
                "zone", "In the time zone", value=cadence.zone, when=comes,
                hint="Such as Europe/Lisbon.",
            ),
        ),
        submit="Save",
    )  # fmt: skip


def comes(name: str, cadence: Cadence, next_at: datetime | None) -> str:
    """When the next one comes, as one would say it; `next_at` is on the clocks of its zone."""
    if next_at is None:
        return f"The digest of #{name} does not come by itself any more."
    day = f"{next_at:%A} {next_at.day} {next_at:%B}"
    return f"The digest of #{name} comes {_often(cadence)}, next on {day} at {next_at:%H:%M} ({cadence.zone})."


def _often(cadence: Cadence) -> str:
    day = WEEKDAYS[cadence.weekday].capitalize()
    return f"every {day}" if cadence.every == "weekly" else f"on the first {day} of a month"


def scheduled_footnote(cadence: Cadence, late_for: datetime | None) -> str:
    """Below a digest that came by itself."""
    late = ""
    if late_for is not None:
        late = f"It was due on {late_for:%A} at {late_for:%H:%M} and is late, because I was away. "
    return f"{late}Comes {_often(cadence)}. A curator changes that with /digest schedule."


def notes(
    digest: Digest, channel_id: str, period: Period, mine: Sequence[tuple[Item, int, str]]
) -> Form:
    """One's own notes to change, and a new one."""
    options = tuple(
        Option(line([f"{item.by}: {item.words}" if item.by else item.words], 70), str(number))
        for number, item in enumerate(digest.items)
    )
    return Form(
        id=about("note", channel_id, period),
        title="Notes in the margin",
        text=Text.of(f"Everybody in #{digest.channel} reads them below the digest, with your name."),
        fields=(
            *(
                Field(
                    f"note.{note_id}", f"On “{line([item.words], 40)}”", "long", words,
                    hint="Empty it to take it back.", limit=MOST_NOTE, optional=True,
                )
                for item, note_id, words in mine
            ),
            Field("item", "A note on", "choice", options=options, optional=bool(mine)),
            Field("words", "What I would add", "long", limit=MOST_NOTE, optional=bool(mine)),
        ),
        submit="Save",
    )  # fmt: skip


def address(channel_id: str, period: Period, written: str) -> Form:
    return Form(
        id=about("address", channel_id, period),
        title="Digests by e-mail",
        text=Text.of("Your address is shown to nobody. Empty it, and I forget it."),
        fields=(
            Field(
                "address",
                "My e-mail address",
                value=written,
                limit=254,
                optional=True,
            ),
        ),
        submit="Save and send" if not written else "Save",
    )
