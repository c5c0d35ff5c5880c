"""Discord's messages and modals drawn as HTML, to look at what the adapter makes of cards and forms."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from adapters.discord.write import Part

Json = dict[str, Any]

STYLE = """
body{margin:0;padding:18px;background:#313338;color:#dbdee1;
  font:16px/22px "gg sans","Noto Sans","DejaVu Sans",sans-serif}
.message{display:flex;gap:16px;max-width:720px;padding:6px 0}
.face{flex:none;width:40px;height:40px;border-radius:50%;background:#2c5f5d;color:#fff;
  font-weight:700;text-align:center;line-height:40px}
.who{font-weight:600;color:#f2f3f5}.app{background:#5865f2;border-radius:4px;font-size:10px;padding:1px 5px;
  margin-left:5px;color:#fff;font-weight:600;vertical-align:1px}.at{color:#949ba4;font-size:12px;margin-left:8px}
.only{color:#949ba4;font-size:12px;margin-top:6px}.only b{color:#00a8fc;font-weight:400}
.line{min-height:22px;white-space:pre-wrap}.gap{height:14px}.small{font-size:13px;color:#949ba4;line-height:18px}
h3{font-size:16px;line-height:22px;margin:4px 0;color:#f2f3f5}
ul,ol{margin:2px 0;padding-left:24px}blockquote{margin:2px 0;padding-left:12px;border-left:4px solid #4e5058}
pre{background:#2b2d31;border:1px solid #1e1f22;border-radius:4px;padding:8px;margin:4px 0;
  font:13px/18px "DejaVu Sans Mono",monospace}
code{background:#2b2d31;border-radius:3px;padding:1px 4px;font:13px "DejaVu Sans Mono",monospace}
a{color:#00a8fc;text-decoration:none}b{color:#f2f3f5}
.row{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0 2px}
.button{border-radius:4px;padding:3px 16px;font-weight:500;font-size:14px;line-height:26px;color:#fff;
  background:#4e5058}.s1{background:#5865f2}.s4{background:#da373c}
.menu{border-radius:4px;background:#1e1f22;padding:8px 12px;min-width:320px;display:flex;
  justify-content:space-between;color:#dbdee1}.menu:after{content:"▾";color:#949ba4;margin-left:14px}
.thread{margin:6px 0 0 20px;border-left:2px solid #4e5058;padding-left:16px}
.name{color:#f2f3f5;font-weight:600;font-size:14px;margin:4px 0}
.modal{width:440px;border-radius:8px;background:#313338;border:1px solid #1e1f22;
  box-shadow:0 4px 14px #0008;overflow:hidden}
.bar{padding:16px;font-weight:600;font-size:20px;color:#f2f3f5;display:flex;justify-content:space-between}
.inside{padding:0 16px 12px}.foot{background:#2b2d31;display:flex;justify-content:flex-end;gap:10px;padding:14px 16px}
label{display:block;font-weight:600;color:#f2f3f5;font-size:15px;margin:14px 0 2px}.star{color:#f23f43}
.hint{color:#b5bac1;font-size:13px;line-height:17px;margin-bottom:6px}
.input{background:#1e1f22;border-radius:4px;padding:9px 11px;min-height:22px;white-space:pre-wrap}
.tall{min-height:54px}.empty{color:#87898c}.inside .menu{min-width:0}
"""


def page(*parts: str) -> str:
    """A page of these parts."""
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{''.join(parts)}"


def message(part: Part, *, by: str = "Outloud", only: bool = False, at: str = "09:00") -> str:
    """A message, the bot's unless somebody else is named."""
    app = '<span class="app">APP</span>' if by == "Outloud" else ""
    note = (
        '<div class="only">👁 Only you can see this • <b>Dismiss message</b></div>' if only else ""
    )
    rows = "".join(_row(row) for row in part.components)
    return (
        f'<div class="message"><div class="face">{by[0]}</div><div><span class="who">{escape(by)}'
        f'</span>{app}<span class="at">{at}</span>{_content(part.content)}{rows}{note}</div></div>'
    )


def thread(name: str, *messages: str) -> str:
    """A thread under a message."""
    return f'<div class="thread"><div class="name"># {escape(name)}</div>{"".join(messages)}</div>'


def modal(body: Json) -> str:
    """A modal."""
    inside = "".join(_part(part) for part in body["components"])
    return (
        f'<div class="modal"><div class="bar"><span>{escape(body["title"])}</span><span>✕</span></div>'
        f'<div class="inside">{inside}</div><div class="foot"><span class="button">Cancel</span>'
        '<span class="button s1">Submit</span></div></div>'
    )


def _part(part: Json) -> str:
    if part["type"] == 10:
        return f'<div class="hint">{_content(part["content"])}</div>'
    inside = part["component"]
    star = ' <span class="star">*</span>' if inside.get("required", True) else ""
    hint = f'<div class="hint">{escape(part["description"])}</div>' if "description" in part else ""
    return f"<label>{escape(part['label'])}{star}</label>{hint}{_input(inside)}"


def _input(part: Json) -> str:
    if part["type"] == 3:
        chosen = [option["label"] for option in part["options"] if option.get("default")]
        return f'<div class="menu">{escape(", ".join(chosen) or "Make a selection")}</div>'
    tall = " tall" if part["style"] == 2 else ""
    empty = f'<span class="empty">{escape(part.get("placeholder", ""))}</span>'
    return f'<div class="input{tall}">{escape(part["value"]) if part.get("value") else empty}</div>'


def _row(row: Json) -> str:
    inside = []
    for each in row["components"]:
        if each["type"] == 2:
            inside.append(f'<span class="button s{each["style"]}">{escape(each["label"])}</span>')
        else:
            chosen = [one["label"] for one in each["options"] if one.get("default")]
            shown = ", ".join(chosen) or each.get("placeholder", "")
            inside.append(f'<div class="menu">{escape(shown)}</div>')
    return f'<div class="row">{"".join(inside)}</div>'


def _content(content: str) -> str:
    """Discord's own reading of its markup, as far as the adapter writes it."""
    drawn = []
    for code, lines in re.findall(r"```\n(.*?)\n```|((?:(?!```).)+)", content, re.DOTALL):
        if code:
            drawn.append(f"<pre>{escape(code)}</pre>")
            continue
        drawn += [_line(line) for line in lines.strip("\n").split("\n")]
    return "".join(drawn)


def _line(line: str) -> str:
    shapes = (
        (r"-# (.*)", '<div class="small">{}</div>'),
        (r"### (.*)", "<h3>{}</h3>"),
        (r"> (.*)", "<blockquote>{}</blockquote>"),
        (r" *- (.*)", "<ul><li>{}</li></ul>"),
    )
    if not line:
        return '<div class="gap"></div>'
    for pattern, shape in shapes:
        if match := re.fullmatch(pattern, line):
            return shape.format(_spans(match[1]))
    if match := re.fullmatch(r" *(\d+)\. (.*)", line):
        return f'<ol start="{match[1]}"><li>{_spans(match[2])}</li></ol>'
    return f'<div class="line">{_spans(line)}</div>'


def _spans(words: str) -> str:
    held: list[str] = []

    def hold(drawn: str) -> str:
        held.append(drawn)
        return f"\ue000{len(held) - 1}\ue001"

    words = re.sub(r"\\([^0-9A-Za-z\s])", lambda match: hold(escape(match[1])), words)
    words = re.sub(r"`([^`]+)`", lambda match: hold(f"<code>{escape(match[1])}</code>"), words)
    words = re.sub(
        r"\[([^\]]+)\]\(<([^>]+)>\)|<(https?://[^>]+)>",
        lambda match: hold(f"<a>{escape(match[1] or match[3])}</a>"),
        words,
    )
    words = escape(words)
    words = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", words)
    words = re.sub(r"\*(.+?)\*", r"<i>\1</i>", words)
    words = re.sub(r"~~(.+?)~~", r"<s>\1</s>", words)
    while "\ue000" in words:
        words = re.sub("\ue000(\\d+)\ue001", lambda match: held[int(match[1])], words)
    return words
