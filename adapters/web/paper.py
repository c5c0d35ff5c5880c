"""The templates, and answers made of them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from adapters.web.write import chosen, lines, link

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"


@cache
def static_path() -> str:
    """Where the page's own files are; the path changes with them, so browsers may keep them for good."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.iterdir()):
        digest.update(file.read_bytes())
    return f"/static/{digest.hexdigest()[:12]}"


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(lines=lines, link=link, chosen=chosen)
    return made


def render(template: str, **words: object) -> str:
    """A template with these words in it, each escaped."""
    return _templates().get_template(template).render(static=static_path(), **words)


def answer(
    template: str, *, status: int = 200, headers: dict[str, str] | None = None, **words: object
) -> HTMLResponse:
    """A template as an answer that no cache keeps."""
    return HTMLResponse(
        render(template, **words), status, {"Cache-Control": "no-store", **(headers or {})}
    )


def sorry(sentence: str, status: int) -> HTMLResponse:
    """A page of one sentence."""
    return answer("sorry.html", status=status, sentence=sentence)
