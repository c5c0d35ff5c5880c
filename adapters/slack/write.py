"""What the bot says, as Slack wants it: cards as the parts of a message, as a modal, as the Home tab."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from adapters.slack import limits
from adapters.slack.richtext import escape, length_bound, write_text
from bot.chat import Block, Button, Card, Fact, Option, Ref, Select, Span, Text

Json = dict[str, Any]

NOTHING: Final = "∅"
"""The empty value, which Slack does not allow."""
LONG: Final = "long:"
"""Before the digest that stands for a value longer than Slack allows."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message on Slack: its blocks, and the text that notifications show."""

    blocks: tuple[Json, ...]
    text: str


def write_card(card: Card, *, picture: str = "") -> tuple[Part, ...]:
    """Write a card as one message, or as several in order where it is too long for one.

    `picture` is the id of the uploaded file that holds the card's picture.
    """
    shown = card.plain()
    words = shorten(escape(shown), limits.FALLBACK) or "…"
    blocks = list(_blocks(card, picture))
    if len(blocks) <= limits.MESSAGE_BLOCKS and _is_short(card, shown):
        return (Part(tuple(blocks), words),)
    packed = _pack(blocks, limits.MESSAGE_BLOCKS, limits.MESSAGE_JSON)
    return tuple([Part(tuple(several), words) for several in packed]) or (Part((), words),)


def write_home(card: Card) -> Json:
    """Write a card as somebody's Home tab."""
    return {"type": "home", "blocks": _fit_view(list(_blocks(card, "")))}


def write_sheet(card: Card, *, metadata: str = "", picture: str = "") -> Json:
    """Write a card as a modal that is only read, and whose buttons work."""
    untitled = Card(
        "", card.text, card.facts, card.buttons, card.selects, card.picture, card.footnote
    )
    short = shorten(card.title, limits.TITLE)
    shown = untitled if short == card.title else card
    return {
        "type": "modal",
        "callback_id": "card",
        "title": plain(short or "Outloud"),
        "close": plain("Close"),
        "private_metadata": metadata,
        "blocks": _fit_view(list(_blocks(shown, picture))) or [section("Done.")],
    }


def _fit_view(blocks: list[Json]) -> list[Json]:
    if len(blocks) <= limits.VIEW_BLOCKS:
        return blocks
    rest = len(blocks) - limits.VIEW_BLOCKS + 1
    return [*blocks[: limits.VIEW_BLOCKS - 1], section(f"And {rest} more lines than fit here.")]


def _blocks(card: Card, picture: str) -> Iterator[Json]:
    if card.title:
        yield from _title(card.title)
    yield from write_text(card.text)
    if card.facts:
        yield from _facts(card.facts)
    if card.picture is not None and picture:
        alt = shorten(card.picture.alt, limits.ALT) or card.title or "Picture"
        yield {"type": "image", "slack_file": {"id": picture}, "alt_text": alt}
    for at, select in enumerate(card.selects):
        if select.options:
            yield _select(select, at)
    for row in _rows(card.buttons):
        yield {"type": "actions", "elements": [_button(button, at) for at, button in row]}
    if card.footnote:
        for piece in _pieces(card.footnote, limits.TEXT):
            yield {"type": "context", "elements": [plain(piece)]}


def _is_short(card: Card, shown: str) -> bool:
    """Whether a card of words and buttons alone surely fits in one message, told without writing it."""
    if card.facts or card.selects or card.picture is not None or len(shown) > limits.TEXT:
        # Words over that limit are cut, and their pieces take more room than they did as one.
        return False
    words = len(card.title) + len(card.footnote)
    for button in card.buttons:
        words += len(button.label) + len(button.action)
    elements = 2 + len(card.buttons)
    longest = length_bound(card.text) + limits.WIDEST * words + limits.ELEMENT * elements
    return longest <= limits.MESSAGE_JSON


def _title(title: str) -> Iterator[Json]:
    if len(title) <= limits.HEADER:
        yield {"type": "header", "text": plain(title)}
    else:
        yield from write_text(Text((Block((Span(title, bold=True),)),)))


def _facts(facts: Iterable[Fact]) -> list[Json]:
    lines = []
    for fact in facts:
        first, *rest = fact.value.blocks or (Block(()),)
        lines.append(Block((Span(f"{fact.label}: ", bold=True), *first.spans)))
        lines += rest
    return write_text(Text(tuple(lines)), gap="\n")


def _rows(buttons: tuple[Button, ...]) -> Iterator[list[tuple[int, Button]]]:
    numbered = list(enumerate(buttons))
    for start in range(0, len(numbered), limits.ACTIONS):
        yield numbered[start : start + limits.ACTIONS]


def _button(button: Button, at: int) -> Json:
    written: Json = {
        "type": "button",
        "text": plain(shorten(button.label, limits.BUTTON)),
        "action_id": f"press:{at}",
        "value": button.action,
    }
    if button.style != "plain":
        written["style"] = button.style
    return written


def _select(select: Select, at: int) -> Json:
    menu: Json = {
        "type": "static_select",
        "action_id": f"choose:{at}:{select.action}",
        "placeholder": plain(shorten(select.label, limits.PLACEHOLDER) or "Choose"),
        **write_options(select.options),
    }
    chosen = [option for option in select.options if option.value == select.chosen]
    if chosen:
        menu["initial_option"] = write_option(chosen[0])
    return {**section(shorten(select.label, limits.TEXT) or "Choose"), "accessory": menu}


def write_options(options: tuple[Option, ...]) -> Json:
    """The options of a menu, in groups where there are more than one list may hold."""
    written = [write_option(option) for option in options]
    if len(written) <= limits.OPTIONS:
        return {"options": written}
    groups = []
    for start in range(0, len(written), limits.OPTIONS):
        several = written[start : start + limits.OPTIONS]
        ends = [shorten(end["text"]["text"], 35) for end in (several[0], several[-1])]
        groups.append({"label": plain(" … ".join(ends)), "options": several})
    return {"option_groups": groups}


def write_option(option: Option) -> Json:
    """One option; what its label has no room for becomes the small line under it."""
    label = option.label or option.value
    short = shorten(label, limits.OPTION)
    written: Json = {"text": plain(short), "value": write_value(option.value)}
    if short != label:
        written["description"] = plain(shorten(f"…{label[len(short) - 1 :]}", limits.OPTION))
    return written


def write_value(value: str) -> str:
    """A value within the lengths that Slack allows; forms know how to read it back."""
    if len(value) > limits.OPTION_VALUE:
        return f"{LONG}{hashlib.sha256(value.encode()).hexdigest()}"
    return value or NOTHING


def read_value(written: str) -> str:
    """The value of an option as it came back."""
    return "" if written == NOTHING else written


def section(text: str) -> Json:
    """A line of plain text."""
    return {"type": "section", "text": plain(text)}


def plain(text: str) -> Json:
    """Text without any markup, as labels and titles are on Slack."""
    return {"type": "plain_text", "text": text, "emoji": True}


def shorten(text: str, most: int) -> str:
    """The text, or its beginning with an ellipsis that shows that there is more."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _pieces(text: str, most: int) -> Iterator[str]:
    for start in range(0, len(text), most):
        yield text[start : start + most]


def _pack(blocks: Iterable[Json], most: int, room: int) -> Iterator[list[Json]]:
    packed: list[Json] = []
    used = 0
    for block in blocks:
        length = limits.written_length([block])
        if packed and (len(packed) == most or used + length > room):
            yield packed
            packed, used = [], 0
        packed.append(block)
        used += length
    if packed:
        yield packed


def link(ref: Ref) -> str:
    """The address that opens a message in Slack, or its channel where Slack does not find the message.

    https://api.slack.com/docs/deep-linking; one's direct message with the app has no such address.
    """
    place = ref.place
    if place.is_direct:
        return ""
    asked = {"team": place.workspace, "channel": place.channel, "message_ts": ref.id}
    if place.thread:
        asked["thread_ts"] = place.thread
    return f"https://slack.com/app_redirect?{urlencode(asked)}"
