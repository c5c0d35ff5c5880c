"""Block Kit drawn as HTML, to look at what the adapter makes of cards and forms."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape
from typing import Any

Json = dict[str, Any]

STYLE = """
body{margin:0;padding:22px;background:#fff;color:#1d1c1d;
  font:15px/22px -apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif}
.message{display:flex;gap:10px;max-width:680px;padding:6px 0}
.face{flex:none;width:36px;height:36px;border-radius:6px;background:#2c5f5d;color:#fff;
  font-weight:700;text-align:center;line-height:36px}
.who{font-weight:900}.app{background:#ddd;border-radius:2px;font-size:10px;padding:1px 3px;margin-left:4px;
  color:#616061;font-weight:700}.at{color:#616061;font-size:12px;margin-left:6px}
.only{color:#616061;font-size:12px}
.thread{margin-left:46px;border-left:2px solid #ddd;padding-left:12px}
h3{font-size:18px;line-height:24px;margin:4px 0;font-weight:900}
p,ul,ol{margin:4px 0}ul,ol{padding-left:26px}blockquote{margin:4px 0;padding-left:12px;
  border-left:4px solid #ddd}pre{background:#f8f8f8;border:1px solid #ddd;border-radius:4px;padding:8px;
  margin:4px 0;font:12px/18px "DejaVu Sans Mono",monospace}
code{background:#f8f8f8;border:1px solid #ddd;border-radius:3px;color:#e01e5a;padding:1px 3px;
  font:12px "DejaVu Sans Mono",monospace}a{color:#1264a3;text-decoration:none}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.button{border:1px solid #bbb;border-radius:4px;padding:4px 12px;font-weight:700;font-size:14px}
.primary{background:#007a5a;border-color:#007a5a;color:#fff}.danger{color:#e01e5a;border-color:#e01e5a}
.menu{border:1px solid #bbb;border-radius:4px;padding:5px 10px;display:flex;justify-content:space-between}
.menu:after{content:"▾";margin-left:14px;color:#616061}
.section{display:flex;justify-content:space-between;gap:16px;margin:8px 0}
.context{color:#616061;font-size:13px;margin:6px 0}
img{max-width:480px;border-radius:8px;margin:6px 0}
.modal,.home{width:520px;border:1px solid #ccc;border-radius:8px;box-shadow:0 4px 14px #0003}
.bar{display:flex;justify-content:space-between;padding:14px 22px;font-weight:900;font-size:20px;
  border-bottom:1px solid #eee}.inside{padding:8px 22px 16px}.foot{display:flex;justify-content:flex-end;
  gap:10px;padding:14px 22px;border-top:1px solid #eee}
label{display:block;font-weight:700;margin:14px 0 6px}.optional{color:#616061;font-weight:400}
.input{border:1px solid #8d8d8d;border-radius:4px;padding:7px 11px;min-height:22px;white-space:pre-wrap}
.tall{min-height:66px}.hint{color:#616061;font-size:13px;margin-top:4px}
.error{color:#e01e5a;font-size:13px;margin-top:4px}.input.bad{border-color:#e01e5a}
"""


def page(*parts: str) -> str:
    """A page of these parts."""
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{''.join(parts)}"


def message(
    blocks: Iterable[Json], *, by: str = "Outloud", only: bool = False, at: str = "09:00"
) -> str:
    """A message, the bot's unless somebody else is named."""
    app = '<span class="app">APP</span>' if by == "Outloud" else ""
    note = '<div class="only">👁 Only visible to you</div>' if only else ""
    body = "".join(map(_block, blocks))
    return (
        f'<div class="message"><div class="face">{by[0]}</div><div>{note}<span class="who">{escape(by)}'
        f'</span>{app}<span class="at">{at}</span>{body}</div></div>'
    )


def thread(*messages: str) -> str:
    """Replies under a message."""
    return f'<div class="thread">{"".join(messages)}</div>'


def view(body: Json, errors: dict[str, str] | None = None) -> str:
    """A modal or a Home tab, with what an answer to it put beside its fields."""
    blocks = "".join(_block(block, errors or {}) for block in body["blocks"])
    if body["type"] == "home":
        return f'<div class="home"><div class="bar">Outloud &nbsp; Home</div><div class="inside">{blocks}</div></div>'
    close = (
        f'<span class="button">{escape(body["close"]["text"])}</span>' if "close" in body else ""
    )
    submit = (
        f'<span class="button primary">{escape(body["submit"]["text"])}</span>'
        if "submit" in body
        else ""
    )
    return (
        f'<div class="modal"><div class="bar"><span>{escape(body["title"]["text"])}</span><span>✕</span></div>'
        f'<div class="inside">{blocks}</div><div class="foot">{close}{submit}</div></div>'
    )


def _block(block: Json, errors: dict[str, str] | None = None) -> str:
    match block["type"]:
        case "header":
            return f"<h3>{escape(block['text']['text'])}</h3>"
        case "section":
            beside = _element(block["accessory"]) if "accessory" in block else ""
            return (
                f'<div class="section"><span>{escape(block["text"]["text"])}</span>{beside}</div>'
            )
        case "context":
            said = " ".join(escape(element["text"]) for element in block["elements"])
            return f'<div class="context">{said}</div>'
        case "actions":
            return f'<div class="actions">{"".join(map(_element, block["elements"]))}</div>'
        case "rich_text":
            return "".join(map(_rich, block["elements"]))
        case "image":
            data = base64.b64encode(block.get("data", b"")).decode()
            return f'<img src="data:image/png;base64,{data}" alt="{escape(block["alt_text"])}">'
        case "input":
            return _input(block, (errors or {}).get(block["block_id"], ""))
        case _:
            return "<hr>"


def _input(block: Json, error: str) -> str:
    optional = ' <span class="optional">(optional)</span>' if block.get("optional") else ""
    hint = f'<div class="hint">{escape(block["hint"]["text"])}</div>' if "hint" in block else ""
    wrong = f'<div class="error">⚠ {escape(error)}</div>' if error else ""
    field = _element(block["element"])
    field = field.replace('class="input', 'class="input bad') if error else field
    return f"<label>{escape(block['label']['text'])}{optional}</label>{field}{wrong}{hint}"


def _element(element: Json) -> str:
    match element["type"]:
        case "button":
            style = element.get("style", "")
            return f'<span class="button {style}">{escape(element["text"]["text"])}</span>'
        case "static_select" | "multi_static_select":
            chosen = element.get("initial_options") or [element["initial_option"]] if (
                "initial_option" in element or "initial_options" in element
            ) else []  # fmt: skip
            shown = ", ".join(option["text"]["text"] for option in chosen)
            shown = shown or element.get("placeholder", {}).get("text", "Select an item")
            return f'<div class="menu">{escape(shown)}</div>'
        case kind:
            value = (
                element.get("initial_value")
                or element.get("initial_date")
                or element.get("initial_time")
            )
            tall = " tall" if element.get("multiline") else ""
            empty = element.get("placeholder", {}).get("text", "")
            shown = escape(str(value)) if value else f'<span class="hint">{escape(empty)}</span>'
            return f'<div class="input{tall}" title="{kind}">{shown}</div>'


def _rich(element: Json) -> str:
    match element["type"]:
        case "rich_text_list":
            tag = "ol" if element["style"] == "ordered" else "ul"
            start = f' start="{element["offset"] + 1}"' if element.get("offset") else ""
            indent = f' style="margin-left:{24 * element.get("indent", 0)}px"'
            items = "".join(f"<li>{_spans(item['elements'])}</li>" for item in element["elements"])
            return f"<{tag}{start}{indent}>{items}</{tag}>"
        case "rich_text_preformatted":
            return f"<pre>{_spans(element['elements'])}</pre>"
        case "rich_text_quote":
            return f"<blockquote>{_spans(element['elements'])}</blockquote>"
        case _:
            return f"<p>{_spans(element['elements'])}</p>"


def _spans(elements: Iterable[Json]) -> str:
    written = []
    for element in elements:
        text = escape(element["text"]).replace("\n", "<br>")
        if element["type"] == "link":
            text = f'<a href="{escape(element["url"])}">{text}</a>'
        for style, tag in (("code", "code"), ("bold", "b"), ("italic", "i"), ("strike", "s")):
            if element.get("style", {}).get(style):
                text = f"<{tag}>{text}</{tag}>"
        written.append(text)
    return "".join(written)
