"""What the bot says: cards to read and press, and forms to fill in.

Every adapter renders these within its platform's limits and splits or pages what does not fit; nothing is cut silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.chat.text import Text


def action(verb: str, *words: object) -> str:
    """What a button carries: a verb such as ``checkins.skip`` and what it is about."""
    return ":".join([verb, *map(str, words)])


def read_action(written: str) -> tuple[str, tuple[str, ...]]:
    """The verb and the words of an action, as `action` wrote them."""
    verb, *words = written.split(":")
    return verb, tuple(words)


@dataclass(frozen=True, slots=True)
class Button:
    """A button; `action` comes back in the `Press` and fits in 100 characters, the narrowest platform's limit."""

    label: str
    action: str
    style: Literal["plain", "primary", "danger"] = "plain"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what is read, and the value that comes back."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose one value from at once."""

    label: str
    action: str
    options: tuple[Option, ...]
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A short line of the form *label: value*."""

    label: str
    value: Text


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with the words for those who do not see it."""

    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to keep: what it is called, what kind it is (``text/markdown``), and what is in it."""

    name: str
    """With its ending, in letters that every file system takes."""
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Card:
    """One message of the bot: a title, text, facts, things to press, at most one picture, a small last line.

    A file comes with a card that is posted, and stays as it came when the card changes; a reply has none, since
    not every platform can hand a file to one person in a channel.
    """

    title: str = ""
    text: Text = Text()
    facts: tuple[Fact, ...] = ()
    buttons: tuple[Button, ...] = ()
    selects: tuple[Select, ...] = ()
    picture: Picture | None = None
    footnote: str = ""
    file: Attachment | None = None

    def plain(self) -> str:
        """The card in words alone, for notifications and logs of what was shown."""
        lines = [
            self.title,
            self.text.plain(),
            *[f"{fact.label}: {fact.value.plain()}" for fact in self.facts],
            self.footnote,
        ]
        return "\n".join(filter(None, lines))


@dataclass(frozen=True, slots=True)
class When:
    """A field matters only while another field holds one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form.

    Kinds: ``line`` and ``long`` text; ``choice`` (one of `options`) and ``choices`` (several of them); ``number``;
    ``date`` (``2026-11-20``); ``time`` (``09:00``); ``suggest`` (a line of text that completes from `options`).
    """

    key: str
    label: str
    kind: Literal["line", "long", "choice", "choices", "number", "date", "time", "suggest"] = "line"
    value: str = ""
    """What it holds when it opens; several choices are one per line."""
    hint: str = ""
    limit: int = 3000
    """The most characters that are accepted."""
    counted: int = 0
    """A gentle live count towards this many user-perceived characters per line; 0 for none. Longer text is accepted."""
    options: tuple[Option, ...] = ()
    optional: bool = False
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A dialog; `id` comes back in the `Submit` and fits in 100 characters."""

    id: str
    title: str
    fields: tuple[Field, ...]
    text: Text = Text()
    submit: str = "Submit"
