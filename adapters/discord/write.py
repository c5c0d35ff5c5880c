"""What the bot says, as Discord wants it: cards as the parts of a message, with buttons and lists under the last."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.discord import limits
from adapters.discord.richtext import escape_line, write_text
from bot.chat import (
    Attachment,
    Block,
    Button,
    Card,
    CommandHelp,
    Option,
    Picture,
    Ref,
    Select,
    Shortcut,
    Span,
    Text,
)

Json = dict[str, Any]

EPHEMERAL: Final = 64
NO_PREVIEWS: Final = 4
"""Flags of a message: seen by one person alone; without previews of its links."""
PICTURE: Final = "picture.png"

NOTHING: Final = "∅"
"""The empty value, which Discord does not allow."""
LONG: Final = "long:"
"""Before the digest that stands for a value longer than Discord allows."""

_STYLES: Final = {"primary": 1, "plain": 2, "danger": 4}
_AGAIN = re.compile(r"~\d+$")


@dataclass(frozen=True, slots=True)
class Part:
    """One message on Discord."""

    content: str
    components: tuple[Json, ...] = ()
    picture: Picture | None = None
    file: Attachment | None = None

    @property
    def files(self) -> tuple[Attachment, ...]:
        """What comes along: the picture, and the file."""
        picture = Attachment(PICTURE, "image/png", self.picture.png) if self.picture else None
        return tuple(one for one in (picture, self.file) if one is not None)

    def body(self, *, flags: int = NO_PREVIEWS) -> Json:
        """The message as Discord is told it; nobody can be pinged by it."""
        attachments: list[Json] = [
            {"id": number, "filename": one.name} for number, one in enumerate(self.files)
        ]
        if self.picture is not None:
            attachments[0]["description"] = shorten(self.picture.alt, limits.ALT)
        return {
            "content": self.content,
            "components": list(self.components),
            "attachments": attachments,
            "allowed_mentions": {"parse": []},
            "flags": flags,
        }


def write_card(card: Card) -> tuple[Part, ...]:
    """Write a card as one message, or as several in order where it is too long for one."""
    contents = list(_pack(_pieces(card))) or [""]
    rows = list(_unique(_rows(card)))
    first, rest = rows[: limits.ROWS], rows[limits.ROWS :]
    parts = [Part(content) for content in contents]
    last = parts[-1]
    if not last.content and card.picture is None and card.file is None:
        last = replace(last, content="…")
    parts[-1] = replace(last, components=tuple(first), picture=card.picture, file=card.file)
    steps = range(0, len(rest), limits.ROWS)
    parts += [Part("…", tuple(rest[at : at + limits.ROWS])) for at in steps]
    return tuple(parts)


def _pieces(card: Card) -> Iterator[str]:
    title = (Block((Span(" ".join(card.title.split()), bold=True),)),) if card.title.strip() else ()
    yield from write_text(Text((*title, *card.text.blocks)))
    facts = []
    for fact in card.facts:
        first, *rest = fact.value.blocks or (Block(()),)
        facts.append(Block((Span(f"{fact.label}: ", bold=True), *first.spans)))
        facts += rest
    for piece in write_text(_spaced(Text(tuple(facts))), gap="\n", room=limits.MESSAGE - 1):
        yield f"\n{piece}" if card.text else piece
    for line in card.footnote.split("\n"):
        words = line.strip()
        while words:
            room = (limits.MESSAGE - 10) // 2
            yield f"-# {escape_line(words[:room])}"
            words = words[room:]


def _spaced(facts: Text) -> Text:
    """Labels with their blank outside of the bold, where Discord shows it."""
    blocks = []
    for block in facts.blocks:
        label, *rest = block.spans or (Span(""),)
        if label.bold and label.text.endswith(": "):
            short = replace(label, text=label.text.rstrip())
            blocks.append(replace(block, spans=(short, Span(" "), *rest)))
        else:
            blocks.append(block)
    return Text(tuple(blocks))


def _pack(pieces: Iterable[str]) -> Iterator[str]:
    packed = ""
    for piece in pieces:
        together = f"{packed}\n{piece}" if packed else piece
        if len(together) > limits.MESSAGE:
            yield packed
            together = piece
        packed = together.lstrip("\n")
    if packed:
        yield packed


def _rows(card: Card) -> Iterator[Json]:
    for select in card.selects:
        for at in range(0, len(select.options), limits.OPTIONS):
            some = select.options[at : at + limits.OPTIONS]
            yield {"type": limits.ROW_KIND, "components": [_select(select, some, at > 0)]}
    for at in range(0, len(card.buttons), limits.ROW):
        row = card.buttons[at : at + limits.ROW]
        yield {"type": limits.ROW_KIND, "components": [_button(button) for button in row]}


def _button(button: Button) -> Json:
    return {
        "type": limits.BUTTON_KIND,
        "style": _STYLES[button.style],
        "label": shorten(button.label, limits.BUTTON) or "…",
        "custom_id": button.action,
    }


def _select(select: Select, options: Sequence[Option], is_more: bool) -> Json:
    label = f"{select.label} (more)" if is_more else select.label
    written = [
        write_option(option, chosen=bool(select.chosen) and option.value == select.chosen)
        for option in options
    ]
    return {
        "type": limits.SELECT_KIND,
        "custom_id": select.action,
        "placeholder": shorten(label, limits.PLACEHOLDER) or "Choose",
        "options": written,
    }


def _unique(rows: Iterable[Json]) -> Iterator[Json]:
    """Rows in which no two components have one custom_id, which Discord would refuse."""
    met: dict[str, int] = {}
    for row in rows:
        for component in row["components"]:
            ident = component["custom_id"]
            met[ident] = met.get(ident, 0) + 1
            if met[ident] > 1:
                component["custom_id"] = f"{ident}~{met[ident]}"
        yield row


def read_action(custom_id: str) -> str:
    """The action of a component as the core wrote it."""
    return _AGAIN.sub("", custom_id)


def write_option(option: Option, *, chosen: bool = False) -> Json:
    """One option; what its label has no room for becomes the small line under it."""
    label = option.label or option.value or NOTHING
    short = shorten(label, limits.OPTION)
    written: Json = {"label": short, "value": write_value(option.value)}
    if short != label:
        rest = f"…{label[len(short) - 1 :].lstrip()}"
        written["description"] = shorten(rest, limits.OPTION)
    if chosen:
        written["default"] = True
    return written


def write_value(value: str) -> str:
    """A value within the lengths that Discord allows; `read_value` reads it back among its options."""
    if len(value) > limits.OPTION:
        return f"{LONG}{hashlib.sha256(value.encode()).hexdigest()}"
    return value or NOTHING


def read_value(written: str, options: Iterable[Option] = ()) -> str:
    """The value of an option as it came back."""
    if written == NOTHING:
        return ""
    if written.startswith(LONG):
        known = {write_value(option.value): option.value for option in options}
        return known.get(written, written)
    return written


def shorten(text: str, most: int) -> str:
    """The text, or its beginning with an ellipsis that shows that there is more."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def write_commands(commands: Sequence[CommandHelp], shortcuts: Sequence[Shortcut]) -> list[Json]:
    """Everything that can be typed, and the entries of a message's menu, as Discord registers them."""
    written: list[Json] = [
        {
            "name": command.name,
            "type": 1,
            "description": shorten(command.summary, limits.COMMAND) or command.name,
            "options": [
                {
                    "type": 3,
                    "name": "text",
                    "description": shorten(command.usage, limits.COMMAND) or "What you want to say",
                    "required": False,
                    "autocomplete": True,
                }
            ],
            "contexts": [0, 1],
            "integration_types": [0],
            "default_member_permissions": None,
        }
        for command in commands
    ]
    for shortcut in shortcuts:
        entry = {"name": shorten(shortcut.label, limits.MENU), "type": 3, "contexts": [0, 1]}
        written.append({**entry, "integration_types": [0], "default_member_permissions": None})
    return written


def write_choices(offered: Iterable[str]) -> list[Json]:
    """What completes a command; what Discord has no room for is left out rather than cut."""
    fitting = [one for one in dict.fromkeys(offered) if 0 < len(one) <= limits.CHOICE]
    return [{"name": one, "value": one} for one in fitting[: limits.CHOICES]]


def link(ref: Ref) -> str:
    """The address of a message; a thread is a channel of its own, which has the id of its first message."""
    place = ref.place
    if place.is_direct:
        return ""
    return (
        f"https://discord.com/channels/{place.workspace}/{place.thread or place.channel}/{ref.id}"
    )
