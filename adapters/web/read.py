"""What comes in from the page and the tables, as values of the port: pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from adapters.web.people import PLATFORM, Town
from adapters.web.tables import MessageRow
from bot.chat import AccountId, Block, Place, Ref, Said, Span, Text

_MENTION: Final = re.compile(r"(?<![\w@])@(\w[\w.-]*\w|\w)")
_COMMAND: Final = re.compile(r"/([A-Za-z][\w-]*)(\s.*)?\Z", re.DOTALL)
_FIELD: Final = "field."


def place_of(workspace: str, channel: str, thread: int = 0) -> Place:
    """Where a message stands."""
    return Place(PLATFORM, workspace, channel, str(thread) if thread else "")


def ref_of(row: MessageRow) -> Ref:
    """What the core calls a message."""
    return Ref(place_of(row.workspace_id, row.channel, row.thread), str(row.id))


def account_of(workspace: str, person: str) -> AccountId:
    """What the core calls somebody."""
    return AccountId(PLATFORM, workspace, person)


def text_of(written: str, town: Town) -> Text:
    """What somebody typed, with ``@ana`` read as a mention when there is an Ana."""
    text = Text.parse(written)
    return Text(tuple(replace(block, spans=tuple(_named(block, town))) for block in text.blocks))


def said_of(row: MessageRow, town: Town) -> Said:
    """A person's message as the core hears it."""
    return Said(
        ref=ref_of(row),
        by=account_of(row.workspace_id, row.author),
        text=text_of(row.text, town),
        at=row.said_at,
    )


def command_of(typed: str) -> tuple[str, str] | None:
    """The name and words of a slash command; None for an ordinary message, such as one about ``/etc/hosts``."""
    found = _COMMAND.match(typed)
    return (found[1].lower(), (found[2] or "").strip()) if found else None


def number_of(written: str) -> int:
    """A message's id as the page sent it; 0 when it is none."""
    return int(written) if re.fullmatch(r"[0-9]{1,19}", written, re.ASCII) else 0


def values_of(sent: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The fields of a form by key; several choices of one field are one per line."""
    values: dict[str, list[str]] = {}
    for name, value in sent:
        if name.startswith(_FIELD):
            values.setdefault(name.removeprefix(_FIELD), []).append(cleaned(value))
    # A group of checkboxes sends one empty value first, so that choosing nothing arrives too.
    return {
        key: "\n".join(given if len(given) == 1 else (one for one in given if one))
        for key, given in values.items()
    }


def cleaned(typed: str) -> str:
    """What somebody typed with plain line breaks, and without the one character PostgreSQL cannot keep."""
    return typed.replace("\r\n", "\n").replace("\x00", "")


def is_blank(typed: str) -> bool:
    """Whether there is nothing to see: spaces, line breaks and zero-width characters alone."""
    return all(unicodedata.category(one)[0] in "ZC" for one in typed)


def shown_emoji(name: str, known: Mapping[str, str]) -> str:
    """The emoji for a short name, or ``:name:`` for one without a picture here."""
    return known.get(name, f":{name}:")


def emoji_of(typed: str, known: Mapping[str, str]) -> str:
    """The short name of what somebody typed: ``:tada:``, ``tada`` or the emoji itself; empty for neither."""
    typed = typed.strip()
    for name, picture in known.items():
        if picture.rstrip("\ufe0f") == typed.rstrip("\ufe0f"):
            return name
    name = typed.strip(":").lower()
    return name if re.fullmatch(r"[a-z0-9_+-]{1,40}", name) else ""


def _named(block: Block, town: Town) -> Iterator[Span]:
    for span in block.spans:
        if block.kind == "code" or span.code or span.href or "@" not in span.text:
            yield span
            continue
        end = 0
        for found in _MENTION.finditer(span.text):
            person = town.people.get(found[1].lower())
            if person is None:
                continue
            if found.start() > end:
                yield replace(span, text=span.text[end : found.start()])
            yield replace(span, text=f"@{person.name}", mention=person.id)
            end = found.end()
        if end < len(span.text):
            yield replace(span, text=span.text[end:])
