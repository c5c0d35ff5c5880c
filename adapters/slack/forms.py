"""Forms as Slack's modals: written field by field, read back from what was typed, paged where they are too long."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.slack import limits
from adapters.slack.richtext import write_text
from adapters.slack.write import (
    LONG,
    plain,
    read_value,
    section,
    shorten,
    write_option,
    write_options,
    write_value,
)
from bot.chat import Block, Field, Form, Place, Ref, Span, Text

Json = dict[str, Any]

PAGE_BLOCKS: Final = 80
"""Inputs on one page; a view has room for a few blocks more."""
BACK: Final = "page:back"
_CHOOSING: Final = ("choice", "choices", "date", "time")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a form was opened and what it came from, carried through Slack inside the modal."""

    place: Place
    on: Ref | None = None
    response_url: str = ""
    kept: int = 0
    """The id under which the form itself is kept, for forms that change while they are filled in."""
    page: int = 0

    def write(self) -> str:
        """The origin as a modal carries it."""
        parts: Json = {"place": str(self.place)}
        if self.on is not None:
            parts["on"] = [str(self.on.place), self.on.id]
        if self.response_url:
            parts["url"] = self.response_url
        if self.kept:
            parts["kept"], parts["page"] = self.kept, self.page
        return json.dumps(parts)

    @classmethod
    def read(cls, metadata: str) -> Origin | None:
        """Read what `write` wrote; None when a view carries nothing of ours."""
        if not metadata:
            return None
        parts = json.loads(metadata)
        on = parts.get("on")
        return cls(
            Place.parse(parts["place"]),
            Ref(Place.parse(on[0]), on[1]) if on else None,
            parts.get("url", ""),
            parts.get("kept", 0),
            parts.get("page", 0),
        )


def must_be_kept(form: Form) -> bool:
    """Whether a form changes while it is filled in, so that the modal alone does not hold it all."""
    return len(form.fields) > PAGE_BLOCKS or any(
        field.when or any(len(option.value) > limits.OPTION_VALUE for option in field.options)
        for field in form.fields
    )


def filled(form: Form, values: Mapping[str, str]) -> Form:
    """The form with these values in it, as `read_values` gave them."""
    return replace(
        form,
        fields=tuple(
            replace(field, value=_restored(field, values[field.key]))
            if field.key in values
            else field
            for field in form.fields
        ),
    )


def _restored(field: Field, value: str) -> str:
    """The value with its long options in place of what stood for them."""
    if not field.options or LONG not in value:
        return value
    known = {write_value(option.value): option.value for option in field.options}
    return "\n".join(known.get(line, line) for line in value.split("\n"))


def shown_fields(form: Form) -> tuple[Field, ...]:
    """The fields that matter with the values that the form holds."""
    values = {field.key: field.value.split("\n") for field in form.fields}
    return tuple(
        field
        for field in form.fields
        if field.when is None or set(values.get(field.when.field, ())) & set(field.when.values)
    )


def pages(form: Form) -> tuple[tuple[Field, ...], ...]:
    """The fields that matter, page by page; a form has at least one page."""
    found: list[list[Field]] = [[]]
    room = PAGE_BLOCKS
    for field in shown_fields(form):
        size = max(1, -(-len(field.value) // limits.INPUT)) if field.kind == "long" else 1
        if size > room and found[-1]:
            found.append([])
            room = PAGE_BLOCKS
        found[-1].append(field)
        room -= size
    return tuple(tuple(page) for page in found)


def write_form(form: Form, origin: Origin, *, wrong: Mapping[str, str] | None = None) -> Json:
    """Write the page of a form that `origin` names, with sentences about fields above it."""
    every = pages(form)
    page = min(origin.page, len(every) - 1)
    last = page == len(every) - 1
    title = shorten(form.title, limits.TITLE) or "Outloud"
    blocks: list[Json] = []
    if title != form.title and form.title:
        blocks.append({"type": "header", "text": plain(shorten(form.title, limits.HEADER))})
    if page == 0:
        blocks += write_text(form.text)
    if len(every) > 1:
        line = f"Page {page + 1} of {len(every)}"
        blocks.append({"type": "context", "elements": [plain(line)]})
    labels = {field.key: field.label for field in form.fields}
    blocks += complaints(wrong or {}, labels)
    for field in every[page]:
        blocks += _write_field(field)
    if page > 0:
        back = {"type": "button", "text": plain("Back"), "action_id": BACK, "value": BACK}
        blocks.append({"type": "actions", "elements": [back]})
    return {
        "type": "modal",
        "callback_id": form.id,
        "title": plain(title),
        "submit": plain(shorten(form.submit, limits.TITLE) or "Submit" if last else "Next"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "private_metadata": replace(origin, page=page).write() if origin.kept else origin.write(),
        "blocks": blocks,
    }


def complaints(wrong: Mapping[str, str], labels: Mapping[str, str]) -> list[Json]:
    """Lines that say what is wrong where it cannot stand beside its field."""
    lines = [
        Block((Span("⚠️ "), *_labelled(labels.get(key, "")), Span(sentence)))
        for key, sentence in wrong.items()
    ]
    return write_text(Text(tuple(lines)), gap="\n")


def _labelled(label: str) -> tuple[Span, ...]:
    return (Span(f"{label}: ", bold=True),) if label else ()


def with_complaints(view: Mapping[str, Any], wrong: Mapping[str, str]) -> Json:
    """The view as it came back from Slack, with what is wrong written above its fields.

    Slack keeps what was typed as long as blocks and actions keep their ids.
    """
    kept = [block for block in view["blocks"] if block.get("block_id") != "wrong"]
    lines = [{**block, "block_id": "wrong"} for block in complaints(wrong, {})[:1]]
    names = ("type", "callback_id", "title", "submit", "close", "private_metadata")
    shown = {name: view[name] for name in names if view.get(name)}
    return {**shown, "notify_on_close": True, "blocks": [*lines, *kept]}


def _write_field(field: Field) -> Iterator[Json]:
    if field.kind in ("choice", "choices") and not field.options:
        yield section(f"{field.label}: there is nothing to choose from yet.")
        return
    values = _cut(field.value) if field.kind == "long" else [field.value]
    for at, value in enumerate(values):
        label = field.label if at == 0 else f"{field.label} (continued)"
        block: Json = {
            "type": "input",
            "block_id": f"{at}:{field.key}",
            "label": plain(shorten(label, limits.LABEL) or field.key),
            "element": _element(field, value),
            "optional": field.optional or at > 0,
        }
        if field.kind in _CHOOSING:
            block["dispatch_action"] = True
        if hint := _hint(field):
            block["hint"] = plain(shorten(hint, limits.HINT))
        yield block


def _cut(value: str) -> list[str]:
    """A text that is longer than an input may be, in as many inputs as it takes."""
    return [value[at : at + limits.INPUT] for at in range(0, len(value), limits.INPUT)] or [""]


def _hint(field: Field) -> str:
    count = f"Best within {field.counted} characters a line." if field.counted else ""
    return " ".join(part for part in (field.hint, count) if part)


def _element(field: Field, value: str) -> Json:
    ident = {"action_id": f"field:{field.kind}"}
    match field.kind:
        case "choice":
            menu = {"type": "static_select", **ident, **write_options(field.options)}
            chosen = [option for option in field.options if option.value == value]
            return {**menu, "initial_option": write_option(chosen[0])} if chosen else menu
        case "choices":
            menu = {"type": "multi_static_select", **ident, **write_options(field.options)}
            picked = value.split("\n")
            several = [
                write_option(option)
                for option in field.options
                if option.value in picked and option.value
            ]
            return {**menu, "initial_options": several} if several else menu
        case "number":
            number: Json = {"type": "number_input", **ident, "is_decimal_allowed": True}
            is_number = re.fullmatch(r"-?\d+(\.\d+)?", value)
            return {**number, "initial_value": value} if is_number else number
        case "date":
            date: Json = {"type": "datepicker", **ident}
            is_date = re.fullmatch(r"\d{4}-\d\d-\d\d", value)
            return {**date, "initial_date": value} if is_date else date
        case "time":
            time: Json = {"type": "timepicker", **ident}
            is_time = re.fullmatch(r"\d\d:\d\d", value)
            return {**time, "initial_time": value} if is_time else time
        case _:
            return _text_input(field, value, ident)


def _text_input(field: Field, value: str, ident: Json) -> Json:
    # A long value is spread over several inputs, and each may be filled up to Slack's own limit.
    most = max(1, min(field.limit, limits.INPUT), len(value))
    typed: Json = {"type": "plain_text_input", **ident, "max_length": min(most, limits.INPUT)}
    if field.kind == "long":
        typed["multiline"] = True
    if field.kind == "suggest" and field.options:
        some = ", ".join(option.value for option in field.options[:4])
        typed["placeholder"] = plain(shorten(f"Such as {some}", limits.PLACEHOLDER))
    return {**typed, "initial_value": value[: limits.INPUT]} if value else typed


def read_values(view: Mapping[str, Any]) -> dict[str, str]:
    """What a modal holds now, by field key."""
    inputs: dict[str, dict[int, str]] = {}
    for block, actions in ((view.get("state") or {}).get("values") or {}).items():
        at, _, key = block.partition(":")
        for action, element in actions.items():
            if at.isdecimal() and action.startswith("field:"):
                inputs.setdefault(key, {})[int(at)] = _read_element(element)
    return {key: "".join(parts[at] for at in sorted(parts)) for key, parts in inputs.items()}


def _read_element(element: Mapping[str, Any]) -> str:
    match element["type"]:
        case "static_select":
            return read_value((element.get("selected_option") or {}).get("value", ""))
        case "multi_static_select":
            return "\n".join(option["value"] for option in element.get("selected_options") or ())
        case "datepicker":
            return str(element.get("selected_date") or "")
        case "timepicker":
            return str(element.get("selected_time") or "")
        case _:
            return str(element.get("value") or "")
