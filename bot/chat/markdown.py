"""Text read from Markdown, and written so that it reads back the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from bot.chat.spans import Block, Kind, Span, clean, counted, joined, numbered, quoted, tidy

_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>]+", re.IGNORECASE)

_STYLES = {"strike": "~~", "bold": "**", "italic": "*"}
_IN_ADDRESS = re.compile(r"[\\()&]")
_NO_AUTOLINK = re.compile(r"[^\s:@]{0,20}\s")
_AT_LINE_START = re.compile(
    r"""(?mx) ^(?:
    () ( [#]{1,6} (?=\s|$) | [-+*] (?=\s|$) | > | [-=] (?=[-= \t]*$) )
    | (\d{1,9}) ([.)]) (?=\s|$) )"""
)


class _Reader(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return bool(_ADDRESS.fullmatch(url))

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


def _address_end(words: str, colon: int) -> int:
    """Where the web address whose ``://`` stands at `colon` ends; `colon` when it is none."""
    found = re.compile(r"://[^\W_][^\s<>\[\]\"`\\^{|}]*").match(words, colon)
    if not found:
        return colon
    end, extra = found.end(), found[0].count(")") - found[0].count("(")
    while words[end - 1] in "?!.,:;*_~'" or (words[end - 1] == ")" and extra > 0):
        extra -= words[end - 1] == ")"
        end -= 1
    return end


def _bare_address(state: StateInline, silent: bool) -> bool:
    """An inline rule of markdown-it: a web address in running words is a link."""
    before = state.src[max(0, state.pos - 6) : state.pos]
    scheme = re.search(r"(?i)(?:^|[^a-z0-9])(https?)$", before)
    end = _address_end(state.src, state.pos) if scheme else state.pos
    if state.linkLevel or not scheme or end == state.pos:
        return False
    if not silent:
        if not state.pending.endswith(scheme[1]):
            return False
        state.pending = state.pending[: -len(scheme[1])]
        address = scheme[1] + state.src[state.pos : end]
        state.push("link_open", "a", 1).attrs = {"href": address}
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos = end
    return True


_reader = _Reader("commonmark", {"html": False, "maxNesting": 40})
_reader.disable(["reference", "html_block", "html_inline", "entity"]).enable("strikethrough")
_reader.inline.ruler.before("escape", "bare_address", _bare_address)


@lru_cache(maxsize=128)
def read(markdown: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text, in the form that `write` can write.

    The last few are at hand: whatever shows something reads the same words again, some cards five times.
    """
    return tuple(counted((_rewritable(block), number) for block, number in _read(clean(markdown))))


def _read(markdown: str) -> list[tuple[Block, int]]:
    """The blocks as written, each with the number written before it; 0 for none."""
    tokens = _reader.parse(markdown)
    if any(token.level >= 39 for token in tokens):
        # markdown-it drops what is nested deeper; nobody means such nesting, so it is words.
        plain = (tidy([Span(line)]) for line in markdown.split("\n"))
        return [(Block(spans), 0) for spans in plain if spans]
    blocks: list[tuple[Block, int]] = []
    lists: list[int | None] = []  # In each list, the number of the item; None for bullets.
    fresh = [False]  # Whether that item has shown its marker yet.
    more: dict[int, list[Sequence[Span]]] = {}  # Further paragraphs of an item, by its place.
    opened: list[tuple[int, str]] = []
    quotes = 0

    def add(spans: tuple[Span, ...], kind: Kind) -> None:
        if not spans:
            return
        item = fresh[-1] and kind != "code"
        number = lists[-1] or 0 if item else 0
        depth = len(lists) - 1
        block = Block(spans, kind)
        if item:
            block = Block(spans, "bullet" if lists[-1] is None else "number", depth)
        if quotes:
            block, number = quoted(block, number), 0
        follows = lists and blocks and block.kind in ("paragraph", "heading")
        last = blocks[-1][0] if follows else None
        if last and last.kind in ("bullet", "number") and last.depth == depth:
            more.setdefault(len(blocks) - 1, []).append(spans)
        else:
            blocks.append((block, number))
        fresh[-1] = False

    kind: Kind = "paragraph"
    for token in tokens:
        name, _, edge = token.type.rpartition("_")
        if edge == "open":
            opened.append((len(blocks), token.info + token.markup))
        if token.type in ("bullet_list_open", "ordered_list_open"):
            start = token.attrGet("start")
            number = 1 if start is None else int(start)
            lists.append(number if name == "ordered_list" else None)
            fresh.append(False)
        elif name in ("bullet_list", "ordered_list"):
            lists.pop()
            fresh.pop()
        elif token.type == "list_item_open":
            fresh[-1] = True
            if token.info not in ("", "1"):
                # As typed: a year at the start of a line stays that year.
                lists[-1] = int(token.info)
        elif token.type in ("heading_open", "paragraph_open"):
            kind = "heading" if name == "heading" else "paragraph"
        elif name == "blockquote":
            quotes += token.nesting
        elif token.type == "inline":
            add(tidy(_spans(token.children or [], one_line=kind == "heading")), kind)
        elif token.type in ("fence", "code_block"):
            add(*_code(token))
        elif token.type == "hr":
            # The library gives a rule one sign more than was typed.
            add((Span(token.markup[1:]),), "paragraph")
        if edge == "close":
            before, markup = opened.pop()
            if name in ("blockquote", "list_item", "heading") and len(blocks) == before:
                fresh[-1] = False
                add((Span(markup),), "paragraph")
            last_number = lists[-1] if lists else None
            if name == "list_item" and last_number is not None:
                lists[-1] = last_number + 1
    for place, further in more.items():
        block, number = blocks[place]
        blocks[place] = replace(block, spans=tidy(joined([block.spans, *further]))), number
    return blocks


def _code(token: Token) -> tuple[tuple[Span, ...], Kind]:
    info, content = token.info.strip(), token.content.removesuffix("\n")
    if info and (not content.strip() or not re.fullmatch(r"[\w+#.-]{1,20}", info)):
        # More than the name of a language: it is content.
        content = f"{info}\n{content}".rstrip("\n")
    if content.strip():
        return (Span(content),), "code"
    return ((Span(token.markup),) if token.markup else ()), "paragraph"


def _spans(tokens: Iterable[Token], *, one_line: bool) -> list[Span]:
    spans: list[Span] = []
    style = Span("")
    link: Token | None = None
    label = 0
    for token in tokens:
        name, _, edge = token.type.rpartition("_")
        if token.type in ("softbreak", "hardbreak"):
            spans.append(replace(style, text=" " if one_line else "\n"))
        elif token.type == "code_inline":
            spans.append(replace(style, text=token.content, code=True))
        elif token.type == "image":
            src = str(token.attrGet("src") or "")
            address = style.href or src
            alt = "".join(s.text for s in _spans(token.children or [], one_line=True)).strip()
            words = (alt or address) if src else f"![{alt}]()"
            spans.append(replace(style, text=words, href=address))
            spans += _titled(style, token)
        elif name in ("strong", "em", "s"):
            style = _styled(style, name, on=edge == "open")
        elif token.type == "link_open":
            style = replace(style, href=str(token.attrGet("href") or ""))
            link, label = token, len(spans)
            if not style.href:
                spans.append(replace(style, text="["))
        elif token.type == "link_close":
            if not style.href:
                spans.append(replace(style, text="]()"))
            elif not "".join(span.text for span in spans[label:]).strip():
                spans.append(replace(style, text=style.href))
            style = replace(style, href="")
            spans += _titled(style, link) if link else []
        else:
            spans.append(replace(style, text=token.content))
    return spans


def _styled(style: Span, name: str, *, on: bool) -> Span:
    if name == "strong":
        return replace(style, bold=on)
    return replace(style, italic=on) if name == "em" else replace(style, strike=on)


def _titled(style: Span, link: Token) -> list[Span]:
    words = " ".join(str(link.attrGet("title") or "").split())
    return [replace(style, text=f' "{words}"', href="")] if words else []


# Writing.


def write(blocks: Sequence[Block]) -> str:
    """Markdown that `read` reads as these blocks."""
    written: list[str] = []
    offsets: list[int] = []
    listed = False
    for block, number in numbered(blocks):
        item = block.kind in ("bullet", "number")
        if written:
            written.append("\n" if item and listed else "\n\n")
        first = rest = ""
        if item:
            offsets = [*offsets[: block.depth], *([0] * (block.depth - len(offsets)))]
            before = offsets[-1] if offsets else 0
            marker = f"{number}. " if number else "- "
            offsets.append(before + len(marker))
            first, rest = " " * before + marker, " " * offsets[-1]
        else:
            offsets = []
            first = rest = {"quote": "> ", "heading": "# "}.get(block.kind, "")
        if block.kind == "code":
            inside = _fenced("".join(span.text for span in block.spans))
        else:
            inside = _inline(tidy(block.spans))[0]
        if block.kind == "heading":
            inside = re.sub(r"(?<=\s)#+$", _escape, inside.replace("\n", " "))
        written.append(first + inside.replace("\n", "\n" + rest))
        listed = item
    return "".join(written)


def _fenced(code: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{code}\n{fence}"


def _rewritable(block: Block) -> Block:
    """The block, without emphasis that Markdown has no way to write."""
    return block if block.kind == "code" else replace(block, spans=_inline(block.spans)[1])


def _inline(spans: tuple[Span, ...]) -> tuple[str, tuple[Span, ...]]:
    """Spans as Markdown, and the spans that it reads back as: with less emphasis where need be."""
    if any(span.bold or span.italic or span.strike for span in spans):
        for tried, italic in ((spans, "*"), (spans, "_"), (_eased(spans), "*")):
            written = _emphasised(tried, italic)
            read_back = _read(written)
            if len(read_back) == 1 and read_back[0][0] == Block(tidy(_named(tried))):
                return written, tried
        spans = tidy(replace(s, bold=False, italic=False, strike=False) for s in spans)
    return _emphasised(spans, "*"), spans


def _named(spans: Iterable[Span]) -> Iterable[Span]:
    return (replace(span, mention="") for span in spans)


def _eased(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans without emphasis that begins or ends beside a letter with anything but a letter."""
    eased = list(spans)
    for name in _STYLES:
        keys = [(getattr(span, name), span.href) for span in spans]
        for (styled, _), run in groupby(range(len(spans)), keys.__getitem__):
            places = list(run)
            if not styled:
                continue
            first, last = places[0], places[-1]
            before = spans[first - 1].text[-1:] if first else ""
            after = spans[last + 1].text[:1] if last + 1 < len(spans) else ""
            if (before.isalnum() and not _is_lettered(spans[first], 0)) or (
                after.isalnum() and not _is_lettered(spans[last], -1)
            ):
                for i in places:
                    eased[i] = _without(eased[i], name)
    return tidy(eased)


def _without(span: Span, style: str) -> Span:
    return replace(
        span,
        bold=span.bold and style != "bold",
        italic=span.italic and style != "italic",
        strike=span.strike and style != "strike",
    )


def _is_lettered(span: Span, at: int) -> bool:
    return span.text[at].isalnum() and not span.code


def _emphasised(spans: Sequence[Span], italic: str) -> str:
    written = [""]
    runs = [(href, list(run)) for href, run in groupby(spans, lambda span: span.href)]
    for i, (href, run) in enumerate(runs):
        label = _nested(run, italic, in_link=bool(href))
        if not href:
            written.append(label)
            continue
        after = runs[i + 1][1][0].text[:1] if i + 1 < len(runs) else " "
        alone = (written[-1][-1:] or " ").isspace() and after.isspace()
        if run != [replace(run[0], text=href)] or run[0].code:
            written.append(f"[{label}]({re.sub(_IN_ADDRESS, _escape, href)})")
        elif run == [Span(href, href=href)] and alone and _is_bare(href):
            written.append(href)
        else:
            written.append(_nested([replace(run[0], text=f"<{href}>")], italic, literal=True))
    return re.sub(_AT_LINE_START, _escape_start, "".join(written))


def _escape_start(found: re.Match[str]) -> str:
    return f"{found[3]}\\{found[4]}" if found[3] else f"\\{found[2]}"


def _is_bare(href: str) -> bool:
    colon = href.find("://")
    return colon > 0 and _address_end(href, colon) == len(href)


def _nested(
    run: Sequence[Span], italic: str, *, in_link: bool = False, literal: bool = False
) -> str:
    ends: list[dict[str, int]] = [{} for _ in range(len(run) + 1)]
    for i in reversed(range(len(run))):
        ends[i] = {s: ends[i + 1].get(s, i) for s in _STYLES if getattr(run[i], s)}
    marks = {**_STYLES, "italic": italic}
    written: list[str] = []
    open_: list[str] = []
    for i, span in enumerate([*run, Span("")]):
        kept = 0
        while kept < len(open_) and open_[kept] in ends[i]:
            kept += 1
        written += [marks[style] for style in reversed(open_[kept:])]
        del open_[kept:]
        for style in sorted(ends[i].keys() - set(open_), key=lambda s: -ends[i][s]):
            written.append(marks[style])
            open_.append(style)
        if span.code:
            written.append(_ticked(span.text.replace("\n", " ")))
        else:
            written.append(span.text if literal else _escaped(span.text, in_link=in_link))
    return "".join(written)


def _ticked(code: str) -> str:
    runs = {len(run) for run in re.findall("`+", code)}
    ticks = "`" * next(n for n in range(1, len(runs) + 2) if n not in runs)
    tight = code.strip(" ") and (code[0] == "`" or code[-1] == "`" or code[0] == code[-1] == " ")
    return f"{ticks} {code} {ticks}" if tight else f"{ticks}{code}{ticks}"


def _escape(found: re.Match[str]) -> str:
    return "\\" + found[0]


def _escaped(words: str, *, in_link: bool) -> str:
    """The words with a backslash before each character that Markdown would take for its own."""

    def escape(found: re.Match[str]) -> str:
        sign, at = found[0], found.start()
        before, after = words[at - 1 : at] if at else "", words[at + 1 : at + 2]
        harmless = {
            "_": before.isalnum() and after.isalnum(),
            "*": before.isspace() and after.isspace(),
            "~": before not in ("", "~") and after not in ("", "~"),
            "!": after != "",
            "<": bool(_NO_AUTOLINK.match(words, at + 1)),
            "]": not in_link,
            "\\": after.isalnum() or after == " ",
            ":": words[at + 1 : at + 3] != "//"
            or not words[max(0, at - 5) : at].lower().endswith(("http", "https")),
        }
        return sign if harmless.get(sign, False) else "\\" + sign

    return re.sub(r"[\\`\[\]*_~<!:]", escape, words)
