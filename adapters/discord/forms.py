"""Forms as Discord's modals: five components at a time, page by page, read back from what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.discord import limits
from adapters.discord.richtext import escape_line, write_text
from adapters.discord.write import read_value, shorten, write_option
from bot.chat import Block, Button, Card, Field, Form, Span, Text, action, read_action

Json = dict[str, Any]

OPEN: Final = "discord.form"
"""The verb of modals and of the buttons that open a page of a kept form."""
_CHOOSING: Final = ("choice", "choices")
_SHAPES: Final = {"date": "2026-11-20", "time": "09:00"}


@dataclass(frozen=True, slots=True)
class Slot:
    """One input: a field of the form, or a part of a field whose value is long."""

    index: int
    field: Field
    part: int = 0
    value: str = ""

    @property
    def ident(self) -> str:
        """The custom id by which the value finds its way back."""
        return f"{self.index}.{self.part}"


@dataclass(frozen=True, slots=True)
class Page:
    """What one modal shows: inputs, and words above them that fit nowhere else."""

    slots: tuple[Slot, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The components it takes."""
        return len(self.slots) + bool(self.notes)


def shown_fields(form: Form) -> tuple[Field, ...]:
    """The fields that matter with the values that the form holds."""
    return tuple(field for _, field in _shown(form))


def _shown(form: Form) -> Iterator[tuple[int, Field]]:
    values = {field.key: field.value.split("\n") for field in form.fields}
    for index, field in enumerate(form.fields):
        when = field.when
        if when is None or set(values.get(when.field, ())) & set(when.values):
            yield index, field


def pages(form: Form) -> tuple[Page, ...]:
    """The fields that matter, page by page; a form has at least one page.

    A field that depends on another comes on a later page than that one: only then it is known whether it matters.
    """
    opening = _opening(form)
    found = [Page(notes=(opening,) if opening else ())]
    for index, field in _shown(form):
        slots, note = tuple(_slots(index, field)), _note(field)
        page = found[-1]
        notes = (*page.notes, note) if note else page.notes
        here = {slot.field.key for slot in page.slots}
        depends = field.when is not None and field.when.field in here
        for at, slot in enumerate(slots or (None,)):
            more = (slot,) if slot else ()
            wider = Page((*page.slots, *more), notes)
            if page.slots and (wider.size > limits.MODAL or (depends and at == 0)):
                wider = Page(more, (note,) if note and at == 0 else ())
                found.append(wider)
            found[-1] = page = wider
            notes = page.notes
    return tuple(found)


def _opening(form: Form) -> str:
    """The form's text, unless it is said under the first label instead."""
    return "" if not form.text or _is_said_below(form) else "\n".join(write_text(form.text))


def _is_said_below(form: Form) -> bool:
    """Whether the form would take one more page for the sake of its text, which fits under its first label."""
    fields = shown_fields(form)
    return (
        len(fields) == limits.MODAL
        and len(form.text.plain()) <= limits.DESCRIPTION
        and not _description(fields[0])
    )


def _slots(index: int, field: Field) -> Iterator[Slot]:
    if field.kind in _CHOOSING and not field.options:
        return
    for part, value in enumerate(_parts(field)):
        yield Slot(index, field, part, value)


def _parts(field: Field) -> list[str]:
    """The value of a field in pieces of which each fits into one input."""
    if field.kind != "long":
        return [field.value]
    cuts = range(0, len(field.value), limits.INPUT)
    return [field.value[at : at + limits.INPUT] for at in cuts] or [""]


def _is_menu(field: Field) -> bool:
    return field.kind in _CHOOSING and 0 < len(field.options) <= limits.OPTIONS


def _hint(field: Field) -> str:
    count = f"Best within {field.counted} characters a line." if field.counted else ""
    many = ""
    if field.kind in _CHOOSING and not _is_menu(field):
        many = "One per line." if field.kind == "choices" else "Type one of the choices."
    return " ".join(part for part in (field.hint, count, many) if part)


def _description(field: Field) -> str:
    """What stands small under the label: a long label in full, and the hint."""
    label = field.label if len(field.label) > limits.LABEL else ""
    for words in ((label, _hint(field)), (label,), (_hint(field),)):
        said = " ".join(part for part in words if part)
        if said and len(said) <= limits.DESCRIPTION:
            return said
    return ""


def _note(field: Field) -> str:
    """What a field says that fits neither into its label nor under it."""
    if field.kind in _CHOOSING and not field.options:
        return escape_line(f"{field.label}: there is nothing to choose from yet.")
    said = _description(field)
    missing = [field.label] if len(field.label) > limits.LABEL and field.label not in said else []
    if (hint := _hint(field)) and hint not in said:
        missing.append(hint if missing else f"{field.label}: {hint}")
    return escape_line(" ".join(missing))


def write_form(form: Form, ident: int, page: int) -> Json:
    """Write one page of a form that is kept under `ident`."""
    every = pages(form)
    page = max(0, min(page, len(every) - 1))
    count = f" ({page + 1}/{len(every)})" if len(every) > 1 else ""
    title = shorten(form.title or "Outloud", limits.TITLE - len(count)) + count
    shown = every[page]
    components: list[Json] = []
    if shown.notes:
        content = shorten("\n".join(shown.notes), limits.DISPLAY)
        components.append({"type": limits.DISPLAY_KIND, "content": content})
    components += [_write_slot(slot) for slot in shown.slots]
    if page == 0 and form.text and _is_said_below(form):
        components[0]["description"] = form.text.plain()
    if not components:
        components.append({"type": limits.DISPLAY_KIND, "content": escape_line(title)})
    return {"custom_id": action(OPEN, ident, page), "title": title, "components": components}


def _write_slot(slot: Slot) -> Json:
    field = slot.field
    label = field.label or field.key
    if slot.part:
        label = f"{shorten(label, limits.LABEL - 5)} ({slot.part + 1})"
    written: Json = {
        "type": limits.LABEL_KIND,
        "label": shorten(label, limits.LABEL),
        "component": _write_input(slot),
    }
    if (said := _description(field)) and not slot.part:
        written["description"] = said
    return written


def _write_input(slot: Slot) -> Json:
    field = slot.field
    required = not field.optional and slot.part == 0
    if _is_menu(field):
        several = field.kind == "choices"
        picked = field.value.split("\n") if several else [field.value]
        options = []
        for option in field.options:
            is_chosen = option.value in picked and bool(option.value or not several)
            options.append(write_option(option, chosen=is_chosen and bool(field.value)))
        return {
            "type": limits.SELECT_KIND,
            "custom_id": slot.ident,
            "options": options,
            "required": required,
            "min_values": 1 if required else 0,
            "max_values": len(options) if several else 1,
        }
    most = max(1, min(field.limit, limits.INPUT))
    if field.kind == "long":
        # A long value is spread over several inputs, and each may be filled up to Discord's own limit.
        most = min(max(most, len(field.value)), limits.INPUT)
    typed: Json = {
        "type": limits.INPUT_KIND,
        "custom_id": slot.ident,
        "style": 2 if field.kind in ("long", "choices") else 1,
        "required": required,
        "max_length": most,
    }
    value = _shown_value(field, slot.value)[:most]
    if value:
        typed["value"] = value
    if shape := _placeholder(field):
        typed["placeholder"] = shorten(shape, limits.INPUT_PLACEHOLDER)
    return typed


def _shown_value(field: Field, value: str) -> str:
    """The value as it is typed: a choice by the words that are read."""
    if field.kind not in _CHOOSING:
        return value
    labels = {option.value: option.label for option in field.options}
    return "\n".join(labels.get(line, line) for line in value.split("\n"))


def _placeholder(field: Field) -> str:
    if field.options:
        some = ", ".join(option.label or option.value for option in field.options[:4])
        return f"Such as {some}"
    return f"Such as {_SHAPES[field.kind]}" if field.kind in _SHAPES else ""


def read_values(form: Form, components: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What a sent page of this form holds, by field key."""
    sent: dict[int, dict[int, str]] = {}
    for typed in _inputs(components):
        index, _, part = str(typed["custom_id"]).partition(".")
        if index.isdecimal() and part.isdecimal() and int(index) < len(form.fields):
            value = _read_input(form.fields[int(index)], typed)
            sent.setdefault(int(index), {})[int(part)] = value
    read = {}
    for at, parts in sent.items():
        field = form.fields[at]
        # What stands on another page stays as it is.
        whole = (dict(enumerate(_parts(field))) if field.kind == "long" else {}) | parts
        read[field.key] = "".join(whole[part] for part in sorted(whole))
    return read


def _inputs(components: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        inside = [component["component"]] if "component" in component else []
        for each in [*inside, *component.get("components", ())]:
            if "custom_id" in each:
                yield each


def _read_input(field: Field, typed: Mapping[str, Any]) -> str:
    if "values" in typed:
        values = [read_value(value, field.options) for value in typed["values"] or ()]
        return "\n".join(values)
    value = str(typed.get("value") or "")
    if field.kind not in _CHOOSING:
        return value
    known = {option.label.casefold(): option.value for option in field.options}
    lines = [line.strip() for line in value.split("\n") if line.strip()]
    return "\n".join(known.get(line.casefold(), line) for line in lines)


def filled(form: Form, values: Mapping[str, str]) -> Form:
    """The form with these values in it."""
    return replace(
        form,
        fields=tuple(
            replace(field, value=values[field.key]) if field.key in values else field
            for field in form.fields
        ),
    )


def page_of(form: Form, keys: Iterable[str], otherwise: int) -> int:
    """The first page with one of these fields."""
    wanted = set(keys)
    for number, page in enumerate(pages(form)):
        if any(slot.field.key in wanted for slot in page.slots):
            return number
    return otherwise


# The cards between two modals: Discord opens none straight from another.


def continue_card(form: Form, ident: int, page: int) -> Card:
    """Leads on to another page of a form."""
    count = len(pages(form))
    if page == 0:
        return Card(
            text=Text.of("This took a moment. The form is ready now."),
            buttons=(Button("Continue", action(OPEN, ident, 0), "primary"),),
        )
    return Card(
        text=Text.of(f"Page {page} of {count} is kept."),
        buttons=(
            Button("Continue", action(OPEN, ident, page), "primary"),
            Button("Back", action(OPEN, ident, page - 1)),
        ),
    )


def next_card(form: Form, ident: int) -> Card:
    """Leads on to a form that follows another."""
    return Card(
        title=form.title,
        text=form.text,
        buttons=(Button("Continue", action(OPEN, ident, 0), "primary"),),
    )


def wrong_card(form: Form, ident: int, page: int, sentences: Mapping[str, str]) -> Card:
    """Says what is wrong in a form that was sent; all that was typed is kept."""
    labels = {field.key: field.label for field in form.fields}
    lines = []
    for key, sentence in sentences.items():
        if labels.get(key):
            lines.append(Block((Span(labels[key], bold=True),)))
        lines.append(Block((Span(sentence),)))
    where = page_of(form, sentences, page)
    return Card(
        text=Text(tuple(lines)),
        buttons=(Button("Correct it", action(OPEN, ident, where), "primary"),),
        footnote="All that you typed is kept.",
    )


def read_open(custom_id: str) -> tuple[int, int] | None:
    """The kept form and the page that a modal or a button is about; None when it is none of ours."""
    verb, words = read_action(custom_id)
    if verb != OPEN or len(words) != 2 or not all(word.isdecimal() for word in words):
        return None
    return int(words[0]), int(words[1])
