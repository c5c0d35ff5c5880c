"""A form as an adapter keeps it, where a platform cannot show all of it at once."""

from __future__ import annotations

import json
from dataclasses import asdict

from bot.chat.cards import Field, Form, Option, When
from bot.chat.text import Block, Span, Text


def write_kept(form: Form) -> str:
    """A form as it is kept between two of its pages."""
    return json.dumps(asdict(form), ensure_ascii=False)


def read_kept(written: str) -> Form:
    """Read what `write_kept` wrote."""
    parts = json.loads(written)
    blocks = parts.pop("text")["blocks"]
    text = Text(
        tuple(
            Block(tuple(Span(**span) for span in block["spans"]), block["kind"], block["depth"])
            for block in blocks
        )
    )
    fields = []
    for field in parts.pop("fields"):
        options = tuple(Option(**option) for option in field.pop("options"))
        when = field.pop("when")
        shown_when = When(when["field"], tuple(when["values"])) if when else None
        fields.append(Field(**field, options=options, when=shown_when))
    return Form(**parts, text=text, fields=tuple(fields))
