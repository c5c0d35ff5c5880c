"""Slack's rich text, read and written: in it words are typed elements, so nobody's words can become a ping."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from adapters.slack.limits import ELEMENT, MESSAGE_JSON, TEXT, WIDEST, written_length
from bot.chat import Block, Span, Text
from bot.chat.spans import Kind, clean, counted, numbered, tidy
from bot.chat.text import cut

Json = dict[str, Any]

_STYLES: Final = ("bold", "italic", "strike", "code")
_SCHEMES: Final = ("http://", "https://", "mailto:")


# Reading


def read_text(message: Mapping[str, Any], names: Mapping[str, str]) -> Text:
    """Read the words of a message; `names` tells what to call the people and channels in it."""
    blocks = [block for block in message.get("blocks") or () if block.get("type") == "rich_text"]
    if not blocks:
        return read_mrkdwn(message.get("text") or "", names)
    read = [found for block in blocks for found in _read_elements(block, names) if found.spans]
    return Text(tuple(counted(numbered(read))))


def people_in(message: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the people and channels that a message mentions."""
    text = message.get("text") or ""
    found = {match["id"] for match in _ENTITY.finditer(text) if match["kind"] in ("@", "#")}
    waiting = list(message.get("blocks") or ())
    while waiting:
        element = waiting.pop()
        waiting += element.get("elements") or ()
        kind = element.get("type")
        if kind == "user" and "user_id" in element:
            found.add(element["user_id"])
        elif kind == "channel" and "channel_id" in element:
            found.add(element["channel_id"])
    return frozenset(found)


def _read_elements(block: Json, names: Mapping[str, str]) -> Iterator[Block]:
    for element in block["elements"]:
        kind = element["type"]
        if kind == "rich_text_list":
            item: Kind = "number" if element.get("style") == "ordered" else "bullet"
            for section in element["elements"]:
                spans = tidy(_read_spans(section["elements"], names))
                yield Block(spans, item, int(element.get("indent", 0)))
        elif kind == "rich_text_preformatted":
            code = "".join(span.text for span in _read_spans(element["elements"], names))
            yield Block((Span(code.rstrip("\n")),) if code.strip() else (), "code")
        elif kind in ("rich_text_section", "rich_text_quote"):
            shape: Kind = "quote" if kind == "rich_text_quote" else "paragraph"
            for paragraph in _paragraphs(_read_spans(element["elements"], names)):
                yield Block(paragraph, shape)


def _read_spans(elements: Iterable[Json], names: Mapping[str, str]) -> list[Span]:
    spans = []
    for element in elements:
        text, href, mention = _read_words(element, names)
        if text:
            style = element.get("style")
            styles = {name: bool(style.get(name)) for name in _STYLES} if style else {}
            spans.append(Span(clean(text), href=href, mention=mention, **styles))
    return spans


def _read_words(element: Json, names: Mapping[str, str]) -> tuple[str, str, str]:
    """The words, the link and the mention of one element."""
    match element["type"]:
        case "text":
            return element["text"], "", ""
        case "link":
            url = element["url"]
            href = url if url.startswith(_SCHEMES) else ""
            return element.get("text") or url, href, ""
        case "user":
            return _name(element["user_id"], names), "", element["user_id"]
        case "channel":
            return f"#{names.get(element['channel_id'], element['channel_id'])}", "", ""
        case "broadcast":
            return f"@{element['range']}", "", ""
        case "emoji":
            return _emoji(element), "", ""
        case "date":
            return element.get("fallback") or str(element.get("timestamp", "")), "", ""
        case "color":
            return element.get("value", ""), "", ""
        case _:
            return element.get("text") or "", "", ""


def _name(user: str, names: Mapping[str, str]) -> str:
    return f"@{names.get(user, user)}"


def _emoji(element: Json) -> str:
    try:
        return "".join(chr(int(code, 16)) for code in element["unicode"].split("-"))
    except (KeyError, ValueError):
        return f":{element['name']}:"


def _paragraphs(spans: Iterable[Span]) -> Iterator[tuple[Span, ...]]:
    """Cut where there is a blank line; a single line break stays inside."""
    current: list[Span] = []
    for span in spans:
        if "\n" not in span.text:
            current.append(span)
            continue
        first, *rest = _BLANK_LINE.split(span.text)
        current.append(replace(span, text=first))
        for text in rest:
            yield tidy(current)
            current = [replace(span, text=text)]
    yield tidy(current)


_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_ENTITY = re.compile(r"<(?P<kind>[@#!]?)(?P<id>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")
_INLINE = re.compile(r"(?<![\w*_~`])([*_~`])(?!\s)([^\n]+?)(?<!\s)\1(?![\w*_~`])")
_MARKS = {
    "*": Span("", bold=True),
    "_": Span("", italic=True),
    "~": Span("", strike=True),
    "`": Span("", code=True),
}


def read_mrkdwn(text: str, names: Mapping[str, str]) -> Text:
    """Read Slack's older markup, in which messages without blocks still come."""
    spans: list[Span] = []
    at = 0
    for match in _ENTITY.finditer(text):
        spans += _read_inline(text[at : match.start()])
        spans.append(_read_entity(match, names))
        at = match.end()
    spans += _read_inline(text[at:])
    return Text(tuple(Block(paragraph) for paragraph in _paragraphs(spans) if paragraph))


def read_typed(text: str) -> str:
    """What somebody typed after a slash command; Slack has escaped it, and people and channels in it."""

    def name(match: re.Match[str]) -> str:
        if match["kind"] in ("@", "#"):
            return f"{match['kind']}{match['label'] or match['id']}"
        return match["label"] or match["id"]

    return _unescape(_ENTITY.sub(name, text))


def _read_entity(match: re.Match[str], names: Mapping[str, str]) -> Span:
    kind, ident, label = match["kind"], match["id"], _unescape(match["label"] or "")
    if kind == "@":
        return Span(f"@{names.get(ident) or label or ident}", mention=ident)
    if kind == "#":
        return Span(f"#{names.get(ident) or label or ident}")
    if kind == "!":
        return Span(label or f"@{ident.partition('^')[0]}")
    url = _unescape(ident)
    return Span(label or url, href=url if url.startswith(_SCHEMES) else "")


def _read_inline(text: str) -> Iterator[Span]:
    at = 0
    for match in _INLINE.finditer(text):
        if at < match.start():
            yield Span(_unescape(text[at : match.start()]))
        yield replace(_MARKS[match[1]], text=_unescape(match[2]))
        at = match.end()
    if at < len(text):
        yield Span(_unescape(text[at:]))


def _unescape(text: str) -> str:
    return clean(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


# Writing


def escape(text: str) -> str:
    """Words that Slack's older markup shows as they are."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def write_text(text: Text, *, gap: str = "\n\n", room: int = TEXT) -> list[Json]:
    """Write text as rich_text blocks within Slack's limits; `gap` stands between two paragraphs."""
    written = []
    for part in cut(text, room):
        block = {"type": "rich_text", "elements": list(_write_blocks(part, gap))}
        if room > 100 and _is_too_long(part, block):
            written += write_text(part, gap=gap, room=room // 2)
        else:
            written.append(block)
    return written


def length_bound(text: Text) -> int:
    """No fewer characters than a text takes on the wire as one rich text, told without writing it."""
    words = elements = 0
    for block in text.blocks:
        elements += 1 + len(block.spans)
        for span in block.spans:
            words += len(span.text) + len(span.href)
    return WIDEST * words + ELEMENT * elements


def _is_too_long(text: Text, block: Json) -> bool:
    """Whether gaps, or styles, which cost room on the wire, take more than Slack allows."""
    if length_bound(text) <= MESSAGE_JSON:
        # Each character counts for six there, so there are far fewer of them than TEXT.
        return False
    length, waiting = 0, [block]
    while waiting:
        element = waiting.pop()
        waiting += element.get("elements", ())
        length += len(element.get("text", ""))
    return length > TEXT or written_length([block]) > MESSAGE_JSON


def _shape(item: tuple[Block, int]) -> tuple[str, int]:
    """Neighbours of one shape are written as one element."""
    block, _ = item
    if block.kind in ("paragraph", "heading"):
        return "section", 0
    return block.kind, block.depth


def _write_blocks(text: Text, gap: str) -> Iterator[Json]:
    for (shape, depth), neighbours in groupby(numbered(text.blocks), _shape):
        group = list(neighbours)
        if shape in ("bullet", "number"):
            first = group[0][1]
            yield {
                "type": "rich_text_list",
                "style": "ordered" if shape == "number" else "bullet",
                "indent": min(depth, 8),
                **({"offset": first - 1} if first > 1 else {}),
                "elements": [
                    {"type": "rich_text_section", "elements": _write_spans(block.spans)}
                    for block, _ in group
                ],
            }
        elif shape == "code":
            for block, _ in group:
                code = "".join(span.text for span in block.spans)
                yield {"type": "rich_text_preformatted", "elements": [_text(code, {})]}
        else:
            elements: list[Json] = []
            between = ""
            for block, _ in group:
                if between:
                    elements.append(_text(between, {}))
                elements += _write_spans(block.spans, bold=block.kind == "heading")
                between = "\n" if _leads(block) else gap
            kind = "rich_text_quote" if shape == "quote" else "rich_text_section"
            yield {"type": kind, "elements": elements}


def _leads(block: Block) -> bool:
    """Whether a paragraph is a line that leads into the next one, such as a question and its answer."""
    return block.kind == "heading" or all(span.bold or span.italic for span in block.spans)


def _write_spans(spans: Iterable[Span], *, bold: bool = False) -> list[Json]:
    written = []
    for span in spans:
        style = {}
        if span.bold or span.italic or span.strike or span.code:
            style = {name: True for name in _STYLES if getattr(span, name)}
        if bold:
            style["bold"] = True
        if span.href and span.href.startswith(_SCHEMES):
            link = {"type": "link", "url": span.href, "text": span.text}
            written.append({**link, "style": style} if style else link)
        elif span.text:
            # A mention is written as the name alone: a user element would ring that person's phone.
            written.append(_text(span.text, style))
    return written


def _text(text: str, style: dict[str, bool]) -> Json:
    if style:
        return {"type": "text", "text": text, "style": style}
    return {"type": "text", "text": text}
