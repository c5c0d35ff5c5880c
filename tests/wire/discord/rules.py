"""What Discord accepts: the limits of its documentation, checked on everything that is sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def edit(body: Json) -> list[str]:
    """What is wrong with a change to a message, whose flags can only say whether previews are shown."""
    flags = ["flags: cannot be changed"] if body.get("flags", 0) & ~4 else []
    return [*message(body), *flags]


def message(body: Json) -> list[str]:
    """What is wrong with a message."""
    wrong = []
    if len(body.get("content") or "") > 2000:
        wrong.append("content: must be 2000 or fewer in length")
    if len(body.get("nonce") or "") > 25:
        wrong.append("nonce: must be 25 or fewer in length")
    rows = body.get("components") or []
    if len(rows) > 5:
        wrong.append("components: must be between 1 and 5 in length")
    idents = []
    for row in rows:
        inside = row.get("components", [])
        if row.get("type") != 1 or not 1 <= len(inside) <= 5:
            wrong.append("components: a row has one to five components")
        for part in inside:
            idents.append(part.get("custom_id"))
            wrong += component(part, alone=len(inside) == 1)
    if len(set(idents)) < len(idents):
        wrong.append("components: COMPONENT_CUSTOM_ID_DUPLICATED")
    return wrong


def component(part: Json, *, alone: bool) -> Iterator[str]:
    """What is wrong with a button or a list."""
    if not 1 <= len(part.get("custom_id") or "") <= 100:
        yield "custom_id: must be between 1 and 100 in length"
    if part["type"] == 2:
        if not 1 <= len(part.get("label") or "") <= 80 or part.get("style") not in (1, 2, 3, 4):
            yield "label: must be between 1 and 80 in length"
    elif part["type"] == 3:
        if not alone:
            yield "components: a list takes a row"
        if len(part.get("placeholder") or "") > 150:
            yield "placeholder: must be 150 or fewer in length"
        yield from options(part)
    else:
        yield f"type: {part['type']} is not for messages"


def options(part: Json) -> Iterator[str]:
    """What is wrong with the options of a list."""
    every = part.get("options") or []
    if not 1 <= len(every) <= 25:
        yield "options: must be between 1 and 25 in length"
    for option in every:
        for name in ("label", "value"):
            if not 1 <= len(option.get(name) or "") <= 100:
                yield f"options.{name}: must be between 1 and 100 in length"
        if len(option.get("description") or "") > 100:
            yield "options.description: must be 100 or fewer in length"
    if len({option["value"] for option in every}) < len(every):
        yield "options: SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
    most = part.get("max_values", 1)
    if most > len(every) or part.get("min_values", 1) > most:
        yield "max_values: more than there are options"


def modal(body: Json) -> list[str]:
    """What is wrong with a modal."""
    wrong = []
    parts = body.get("components") or []
    if not 1 <= len(body.get("title") or "") <= 45:
        wrong.append("title: must be between 1 and 45 in length")
    if not 1 <= len(body.get("custom_id") or "") <= 100:
        wrong.append("custom_id: must be between 1 and 100 in length")
    if not 1 <= len(parts) <= 5:
        wrong.append("components: must be between 1 and 5 in length")
    for part in parts:
        if part["type"] == 10:
            if not 1 <= len(part["content"]) <= 4000:
                wrong.append("content: must be between 1 and 4000 in length")
            continue
        if part["type"] != 18:
            wrong.append(f"type: {part['type']} is not for modals")
            continue
        if not 1 <= len(part["label"]) <= 45 or len(part.get("description") or "") > 100:
            wrong.append("label: must be between 1 and 45 in length")
        inside = part["component"]
        if inside["type"] == 3:
            wrong += options(inside)
        elif inside["type"] == 4:
            most = inside.get("max_length", 4000)
            if not 1 <= most <= 4000 or len(inside.get("value") or "") > most:
                wrong.append("value: must be max_length or fewer in length")
            if len(inside.get("placeholder") or "") > 100:
                wrong.append("placeholder: must be 100 or fewer in length")
            if inside.get("style") not in (1, 2):
                wrong.append("style: must be 1 or 2")
        else:
            wrong.append(f"type: {inside['type']} is not for modals")
    idents = [part["component"]["custom_id"] for part in parts if part["type"] == 18]
    if len(set(idents)) < len(idents):
        wrong.append("components: COMPONENT_CUSTOM_ID_DUPLICATED")
    return wrong


def commands(listed: list[Json]) -> list[str]:
    """What is wrong with a list of commands."""
    wrong = []
    for one in listed:
        kind = one.get("type", 1)
        if not 1 <= len(one["name"]) <= 32 or (kind == 1 and one["name"] != one["name"].lower()):
            wrong.append("name: APPLICATION_COMMAND_INVALID_NAME")
        if (kind == 1) != (1 <= len(one.get("description") or "") <= 100):
            wrong.append("description: must be between 1 and 100 in length")
        told = [option["description"] for option in one.get("options") or ()]
        if not all(1 <= len(words) <= 100 for words in told):
            wrong.append("options.description: must be between 1 and 100 in length")
    if sum(one.get("type", 1) == 3 for one in listed) > 5:
        wrong.append("APPLICATION_COMMANDS_MAX")
    return wrong
