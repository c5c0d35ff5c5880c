"""Discord's markup, read and written: a backslash stands before every character of people's words that could act."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from adapters.discord.limits import MESSAGE
from bot.chat import Block, Span, Text
from bot.chat.spans import clean, numbered, tidy
from bot.chat.text import cut

_SCHEMES: Final = ("http://", "https://")
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Private characters that stand around the number of a name while the words around it are read."""
_HELD = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_ENTITY = re.compile(
    r"<(?:(?P<kind>@[!&]?|\#)(?P<id>\d{1,20})|a?:(?P<emoji>\w{1,32}):\d{1,20}"
    r"|t:(?P<time>-?\d{1,13})(?::\w)?|(?P<command>/[^:<>\n]{1,100}):\d{1,20})>"
)
_FENCE = re.compile(r"(```.*?```)", re.DOTALL)


# Reading


def read_text(content: str, names: Mapping[str, str]) -> Text:
    """Read the words of a message; `names` tells what to call the people, channels and roles in it.

    A person's id is its own key, a channel's stands behind ``#`` and a role's behind ``&``.
    """
    held: list[Span] = []

    def hold(match: re.Match[str]) -> str:
        held.append(_read_entity(match, names))
        return f"{_OPEN}{len(held) - 1}{_CLOSE}"

    content = content.replace(_OPEN, "\ufffd").replace(_CLOSE, "\ufffd")
    text = Text.parse(_quotes(_ENTITY.sub(hold, content)))
    return Text(tuple(replace(block, spans=_released(block.spans, held)) for block in text.blocks))


def read_typed(typed: str, names: Mapping[str, str]) -> str:
    """What somebody typed after a command, with names in place of ids."""
    return clean(_ENTITY.sub(lambda match: _read_entity(match, names).text, typed))


def _read_entity(match: re.Match[str], names: Mapping[str, str]) -> Span:
    if emoji := match["emoji"]:
        return Span(f":{emoji}:")
    if command := match["command"]:
        return Span(command)
    if match["time"]:
        return Span(match[0])
    kind, ident = match["kind"], match["id"]
    if kind == "#":
        return Span(f"#{clean(names.get(f'#{ident}') or ident)}")
    if kind == "@&":
        return Span(f"@{clean(names.get(f'&{ident}') or ident)}")
    return Span(f"@{clean(names.get(ident) or ident)}", mention=ident)


def _released(spans: Iterable[Span], held: list[Span]) -> tuple[Span, ...]:
    """The spans with the names back in their places."""
    found: list[Span] = []
    for span in spans:
        at = 0
        for match in _HELD.finditer(span.text):
            name = held[int(match[1])]
            found.append(replace(span, text=span.text[at : match.start()]))
            found.append(replace(span, text=name.text, mention=name.mention))
            at = match.end()
        found.append(replace(span, text=span.text[at:]))
    return tidy(span for span in found if span.text)


def _quotes(content: str) -> str:
    """Discord ends a quote with its line, and quotes all that follows three signs."""
    pieces = _FENCE.split(content)
    for at in range(0, len(pieces), 2):
        lines = pieces[at].split("\n")
        shown: list[str] = []
        quoting = False
        for line in lines:
            if line.startswith(">>> "):
                quoting = True
                line = line[4:]
            if quoting:
                shown.append(f"> {line}")
                continue
            if shown and shown[-1].startswith("> ") and line.strip() and not line.startswith("> "):
                shown.append("")
            shown.append(line)
        pieces[at] = "\n".join(shown)
    return "".join(pieces)


# Writing

_ACTS = re.compile(r"([\\*_~`|<\[\]@])")
_ADDRESS = re.compile(r"(?<=\w)(://)")
_STARTS = re.compile(r"(?m)^([^\S\n]*)([#>+-])|^([^\S\n]*\d+)([.)])")


def escape(text: str) -> str:
    """Words that Discord shows as they are, wherever they stand in a line."""
    return _ADDRESS.sub(r"\\\1", _ACTS.sub(r"\\\1", text))


def escape_line(text: str) -> str:
    """Words that Discord shows as they are, also at the start of a line."""
    return _guard(escape(text))


def _guard(written: str) -> str:
    def behind(match: re.Match[str]) -> str:
        return f"{match[1] or match[3] or ''}\\{match[2] or match[4]}"

    return _STARTS.sub(behind, written)


def write_text(text: Text, *, gap: str = "\n\n", room: int = MESSAGE) -> list[str]:
    """Write text in parts of at most `room` characters; `gap` stands between two paragraphs."""
    return list(_fitting(text, gap, room, room))


def _fitting(text: Text, gap: str, room: int, size: int) -> Iterator[str]:
    for part in cut(text, size):
        written = "\n".join(_write_blocks(part, gap))
        if len(written) > room and size > 10:
            # Signs and gaps take room too: cut where there is less to write.
            yield from _fitting(part, gap, room, size * 3 // 4)
        else:
            yield written


def _write_blocks(text: Text, gap: str) -> Iterator[str]:
    before: Block | None = None
    for block, number in numbered(text.blocks):
        written = _write_block(block, number)
        if before is not None and _stands_apart(before, block):
            written = gap[1:] + written
        yield written
        before = block


def _stands_apart(before: Block, block: Block) -> bool:
    """Whether there is a gap between two neighbours; a line leads into what follows it."""
    if "code" in (before.kind, block.kind):
        return False
    if before.kind == block.kind and block.kind in ("bullet", "number", "quote"):
        return False
    leads = before.kind == "heading" or all(span.bold or span.italic for span in before.spans)
    return not leads


def _write_block(block: Block, number: int) -> str:
    if block.kind == "code":
        code = "".join(span.text for span in block.spans).replace("```", "``\u200b`")
        return f"```\n{code}\n```"
    words = _guard(_write_spans(block.spans))
    match block.kind:
        case "heading":
            return "\n".join(f"### {line}" for line in words.split("\n"))
        case "bullet":
            return _hang(f"{'  ' * block.depth}- ", words)
        case "number":
            return _hang(f"{'   ' * block.depth}{number}. ", words)
        case "quote":
            return "\n".join(f"> {line}" for line in words.split("\n"))
        case _:
            return words


def _hang(marker: str, words: str) -> str:
    return marker + words.replace("\n", "\n" + " " * len(marker))


def _write_spans(spans: Iterable[Span]) -> str:
    written = ""
    was_styled = False
    for href, run in groupby(spans, key=lambda span: span.href):
        pieces = list(run)
        if href.startswith(_SCHEMES):
            link = _write_link(href, pieces)
            written, was_styled = written + link, False
            continue
        for span in pieces:
            mark = _styled(span)
            is_styled = mark != escape(span.text)
            # Two styles that touch would be read as one.
            written += ("\u200b" if was_styled and is_styled else "") + mark
            was_styled = is_styled
    return written


def _write_link(href: str, spans: list[Span]) -> str:
    label = "".join(span.text for span in spans)
    address = re.sub(r"[<>\s]", lambda match: f"%{ord(match[0]):02X}", href)
    if label == href:
        return f"<{address}>"
    if "://" in label or re.search(r"\w\.\w", label):
        # Discord shows no link whose words look like another address.
        return f"{_plainly(spans)} (<{address}>)"
    return f"[{_plainly(spans)}](<{address}>)"


def _plainly(spans: Iterable[Span]) -> str:
    return "".join(_styled(replace(span, href="")) for span in spans)


def _styled(span: Span) -> str:
    if span.code and "``" not in span.text and span.text.strip("`"):
        fence = "``" if "`" in span.text else "`"
        pad = " " if len(fence) == 2 else ""
        return f"{fence}{pad}{span.text}{pad}{fence}"
    written = escape(span.text)
    styles: tuple[tuple[bool, Callable[[str], str]], ...] = (
        (span.italic, lambda words: f"*{words}*"),
        (span.bold, lambda words: f"**{words}**"),
        (span.strike, lambda words: f"~~{words}~~"),
    )
    for is_so, style in styles:
        if is_so and written.strip():
            written = style(written)
    return written


def people_in(message: Mapping[str, Any]) -> dict[str, str]:
    """The names of the people that a message mentions, as it tells them itself."""
    found = {}
    for user in message.get("mentions") or ():
        nick = (user.get("member") or {}).get("nick")
        found[str(user["id"])] = nick or user.get("global_name") or user["username"]
    return found
