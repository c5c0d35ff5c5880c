"""What is kept about somebody, as they read it, and what is said before and after it is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.channels.rules import names
from bot.chat import Block, Button, Card, Span, Text, action
from bot.chat.text import cut
from bot.engine import clock

MOST_CHARACTERS = 9_000
"""Of one message of an export: few enough to be sent in one go, many enough to be few messages."""

KINDS = {
    "entry": ("entry", "entries"),
    "grain": ("grain", "grains"),
    "feedback": ("word on a grain", "words on grains"),
    "reply": ("reply", "replies"),
    "draft": ("draft", "drafts"),
    "check-in without an entry": ("check-in without an entry", "check-ins without an entry"),
    "lesson": ("lesson", "lessons"),
    "introduction": ("introduction", "introductions"),
    "margin note": ("margin note", "margin notes"),
    "change": ("change to the set-up", "changes to the set-up"),
    "role": ("role", "roles"),
}
"""What is counted, one and several."""
TITLES = {
    "person": "You",
    "link": "Linked accounts",
    "e-mail address": "E-mail address",
    "digest by e-mail": "Digests on their way by e-mail",
    "membership": "Channels",
    "next prompt": "Next prompts",
    "step to undo": "What you can undo for a day",
    "set-up not saved": "A set-up you have not saved",
}
EVERYWHERE = "everywhere"
WHEN = ("day", "made", "at")
TEXTS = ("text", "words")
MARKDOWN = (*TEXTS, "expected", "learned")


def _button_export() -> Button:
    return Button("Export", action("admin.export_me"))


def choices() -> Card:
    return Card(
        title="Your data is yours",
        text=Text.of(
            "Export sends you everything I keep about you, in our direct message.",
            "Forget deletes it. I say first what that is, and ask once.",
        ),
        buttons=(_button_export(), Button("Forget me", action("admin.ask_me"))),
        footnote="Only you see this.",
    )


def counted(counts: Mapping[str, int]) -> str:
    """Somebody's settings, and how many things of each kind, as one would say it."""
    things = [
        f"{counts[kind]} {one if counts[kind] == 1 else many}"
        for kind, (one, many) in KINDS.items()
        if counts.get(kind)
    ]
    return names(["your settings", *things])


def sent(counts: Mapping[str, int], others: Sequence[tuple[str, Mapping[str, int]]] = ()) -> Card:
    """What is on its way; `others` are linked accounts, each with what is kept about it."""
    lines = [
        f"I am sending you everything I keep about you, in our direct message: {counted(counts)}."
    ]
    for title, some in others:
        lines.append(
            f"As {title} you get what I keep there, in our direct message there: {counted(some)}."
        )
    return Card(text=Text.of(*lines))


def ask(
    counts: Mapping[str, int],
    teams: Sequence[str],
    others: Sequence[tuple[str, Mapping[str, int]]] = (),
) -> Card:
    """What would be deleted, before it is; of linked accounts only when that is said."""
    lines = [
        f"I would delete {counted(counts)}, and take away every message that shows them.",
        "What I sent you in our direct message goes too, an export as well: save first what you want to keep.",
        "Afterwards I ask you nothing, until you tell me to in /checkin settings. This cannot be undone.",
    ]
    buttons = [Button("Forget me", action("admin.forget_me"), "danger")]
    if others:
        lines.append("That is about this account. You have linked others:")
        lines += [f"As {title} I keep {counted(some)}." for title, some in others]
        buttons = [
            Button("Forget me here", action("admin.forget_me"), "danger"),
            Button("Forget me everywhere", action("admin.forget_me", EVERYWHERE), "danger"),
        ]
    where = f" in {names([f'#{team}' for team in teams])} and elsewhere" if teams else ""
    return Card(
        title="Forget everything about you?",
        text=Text.of(*lines),
        buttons=(
            *buttons,
            _button_export(),
            Button("Keep it all", action("admin.keep_me")),
            # Their copies may help others for long; the form behind it is the lessons' own.
            *(
                (Button("Leave my lessons, unnamed", action("lessons.unname")),)
                if counts.get("lesson")
                else ()
            ),
        ),
        footnote=f"What you typed{where} yourself stays in the chat, and is yours to delete there.",
    )


def kept() -> Card:
    return Card(text=Text.of("Nothing was deleted."))


def forgotten() -> Card:
    return Card(
        text=Text.of(
            "Forgotten. I keep nothing you wrote, and the messages that showed it are on their way out.",
            "I ask you nothing from now on. Should you want to start afresh, write to me at any time.",
        ),
        buttons=(Button("My settings", action("checkins.settings")),),
    )


def export_cards(found: Sequence[Mapping[str, object]], zone: str, today: date) -> tuple[Card, ...]:
    """Everything, to read, in as many messages as it needs."""
    parts = cut(_whole(found, zone), MOST_CHARACTERS)
    title = f"Everything I keep about you, on {_day(today)}"
    cards = [
        Card(title=title if len(parts) == 1 else f"{title} ({n} of {len(parts)})", text=part)
        for n, part in enumerate(parts, 1)
    ]
    last = replace(
        cards[-1],
        footnote=f"Times in {zone}. Only you see this. To have it deleted: /outloud mydata forget",
    )
    return (*cards[:-1], last)


def _whole(found: Sequence[Mapping[str, object]], zone: str) -> Text:
    blocks: list[Block] = []
    for kind in dict.fromkeys(str(one["kind"]) for one in found):
        title = TITLES.get(kind) or KINDS.get(kind, (kind, kind))[1].capitalize()
        records = [_record(kind, one, zone) for one in found if one["kind"] == kind]
        if any(records):
            blocks.append(Block((Span(title),), "heading"))
            blocks += [block for text in records for block in text.blocks]
    return Text(tuple(blocks))


def _record(kind: str, record: Mapping[str, object], zone: str) -> Text:
    """One thing: when and where, its words, and the rest as a list."""
    head = [f"{kind.capitalize()} {record['number']}"] if "number" in record else []
    head += [_value(key, record[key], zone) for key in (*WHEN, "channel") if record.get(key)]
    text = Text((Block((Span(", ".join(head), bold=True),)),)) if head else Text()
    for key in TEXTS:
        text += Text.parse(str(record.get(key) or "")).quoted()
    shown = {"kind", "number", "channel", *WHEN, *TEXTS}
    for key, value in record.items():
        if key not in shown and value not in (None, "", False, 0) and value != []:
            text += _part(key.replace("_", " ").capitalize(), key, value, zone)
    return text


def _part(label: str, key: str, value: object, zone: str) -> Text:
    """One labelled value of a record; what is itself made of parts is a list below it."""
    if isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
        return sum((_lines(one) for one in value), Text())
    if key in MARKDOWN:
        return _bullet(f"{label}:") + Text.parse(str(value)).quoted()
    return _bullet(f"{label}: {_value(key, value, zone)}")


def _lines(part: Mapping[str, object]) -> Text:
    """A question and its answer, or who said what."""
    said = [str(one) for key, one in part.items() if key not in MARKDOWN and one]
    words = Text.parse("\n\n".join(str(part[key]) for key in MARKDOWN if part.get(key)))
    return (_bullet(", ".join(said)) if said else Text()) + words.quoted()


def _bullet(line: str) -> Text:
    return Text((Block((Span(line),), "bullet"),))


def _value(key: str, value: object, zone: str) -> str:
    if value is True:
        return "yes"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_value('', one, zone)}" for name, one in _full(value))
    if isinstance(value, list | tuple):
        return names([_value("", one, zone) for one in value])
    written = str(value)
    if key == "channel":
        return f"#{written.removeprefix('#')}"
    if isinstance(value, str) and (key == "day" or key.endswith("until")):
        return _read_day(written)
    return _moment(written, zone) if key in MOMENTS else written


MOMENTS = {
    "at", "made", "met", "written", "edited", "answered", "taken_back", "settled", "introduced",
}  # fmt: skip


def _full(value: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    items: Iterable[tuple[str, object]] = value.items()
    return ((key, one) for key, one in items if one not in (None, "", False) and one != [])


def _read_day(written: str) -> str:
    try:
        return _day(date.fromisoformat(written))
    except ValueError:
        return written


def _moment(written: str, zone: str) -> str:
    here = clock.local(datetime.fromisoformat(written), zone)
    return f"{_day(here.date())} at {here:%H:%M}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
