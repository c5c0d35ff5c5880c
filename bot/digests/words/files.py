"""Digests as Markdown and as HTML, for e-mail and to take along."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, StrictUndefined, Template

from bot.chat import Block, Span, Text
from bot.digests.rules import Digest
from bot.digests.words import cards, parts

PICTURE = "chart@outloud"
"""By what an e-mail's text names the picture that comes along."""
TAKEN = "Taken along from Outloud. Type /digest in chat to see other days."

_HTML = re.compile(r"\\.|(`+)(?!`).*?(?<!`)\1(?!`)|<|&(?=#?\w+;)", re.DOTALL)
"""Signs of HTML, except those in code and those that are escaped, which are found first."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data: cid:">
<title>{{ title }}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; background: #fcfbf8; color: #20262a; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.25; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; border-bottom: 2px solid #b57f1e; }
ul { padding-left: 1.2rem; }
li { margin: .35rem 0; }
a { color: #0072b2; }
.note, .more, footer { color: #5a6268; }
img { max-width: 100%; height: auto; }
@media (prefers-color-scheme: dark) {
  body { background: #15181b; color: #e7e5e0; }
  a { color: #56b4e9; }
  h2 { border-color: #e0b45c; }
  .note, .more, footer { color: #a4abb0; }
}
</style>
</head>
<body>
<main>
<h1>{{ title }}</h1>
{% for section in digest.sections %}<h2>{{ section.heading }}</h2>
<ul>
{% for item in section.items %}<li>{% if item.by %}<strong>{{ item.by }}:</strong> {% endif %}{{ item.words }}
{%- if item.more %} <em>{{ item.more }}</em>{% endif %}
{%- if item.link %} (<a href="{{ item.link }}">read</a>){% endif %}
{%- for note in item.notes %}<div class="note">{{ note.by }} notes: {{ plain(note.words) }}</div>{% endfor %}</li>
{% endfor %}{% if rest(section) %}<li class="more">{{ rest(section) }} in chat</li>
{% endif %}</ul>
{% endfor %}{% for count in digest.counts %}<p>{{ count }}</p>
{% endfor %}{% if alt %}<p><picture>
{%- if dark %}<source srcset="{{ dark }}" media="(prefers-color-scheme: dark)">{% endif -%}
<img src="{{ picture }}" alt="{{ alt }}"></picture></p>
{% endif %}<footer><p>{{ footnote }}</p></footer>
</main>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Pictures:
    """One SVG for light pages and one for dark pages."""

    light: bytes
    dark: bytes


def markdown(digest: Digest, *, title: str, alt: str = "") -> str:
    """The digest as Markdown, with what its picture shows in words; a link is an address by now, or left out."""
    # A section stands one level below the title.
    lines = cards.body(digest, rest="in chat").markdown().split("\n")
    body = "\n".join(f"#{line}" if line.startswith("# ") else line for line in lines)
    heading = Text((Block((Span(title),), "heading"),)).markdown()
    written = "\n\n".join(filter(None, (heading, body, Text.of(alt).markdown())))
    return _HTML.sub(_escaped, written) + "\n"


def _escaped(found: re.Match[str]) -> str:
    """What other readers of Markdown, and not ours, would take for HTML or an entity."""
    return f"\\{found[0]}" if found[0] in "<&" else found[0]


def html(
    digest: Digest, *, title: str, alt: str, footnote: str, pictures: Pictures | None = None
) -> str:
    """The digest as a page that loads nothing.

    With `alt` it shows a picture: these ones, which are inside the page, or that which comes along with an e-mail.
    """
    return _page().render(
        digest=digest,
        title=title,
        alt=alt,
        picture=f"cid:{PICTURE}" if pictures is None else _inside(pictures.light),
        dark=_inside(pictures.dark) if pictures else "",
        footnote=footnote,
    )


def _inside(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"


def _plain(written: str) -> str:
    return " ".join(Text.parse(written).lines())


@cache
def _page() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=False)
    environment.globals.update(rest=parts.rest, plain=_plain)
    return environment.from_string(_PAGE)
