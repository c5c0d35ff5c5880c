"""Discord's limits on messages, forms and commands, and a check of what we write against them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

Json = dict[str, Any]

MESSAGE: Final = 2000
"""Characters of one message, formatting signs included."""
ROWS: Final = 5
ROW: Final = 5
"""Buttons in one row."""
OPTIONS: Final = 25
OPTION: Final = 100
"""Characters of an option's label and of its value."""
BUTTON: Final = 80
IDENT: Final = 100
PLACEHOLDER: Final = 150
INPUT_PLACEHOLDER: Final = 100
MODAL: Final = 5
"""Components of one modal."""
TITLE: Final = 45
LABEL: Final = 45
DESCRIPTION: Final = 100
INPUT: Final = 4000
DISPLAY: Final = 4000
COMMAND: Final = 100
"""Characters of a command's description."""
MENU: Final = 32
"""Characters of an entry in a message's menu."""
CHOICES: Final = 25
CHOICE: Final = 100
THREAD: Final = 100
ALT: Final = 1024

BUTTON_KIND, SELECT_KIND, INPUT_KIND, DISPLAY_KIND, LABEL_KIND, ROW_KIND = 2, 3, 4, 10, 18, 1


def check_message(body: Json) -> list[str]:
    """What Discord would not accept in a message, a sentence each."""
    wrong = list(_check_length("content", body.get("content") or "", MESSAGE))
    rows = body.get("components") or []
    if not (body.get("content") or "").strip() and not body.get("attachments"):
        wrong.append("The message is empty.")
    if len(rows) > ROWS:
        wrong.append(f"There are {len(rows)} rows of {ROWS}.")
    for row in rows:
        wrong += _check_row(row)
    idents = [each["custom_id"] for row in rows for each in row["components"]]
    if len(set(idents)) < len(idents):
        wrong.append("Two components have one custom_id.")
    if (body.get("allowed_mentions") or {}).get("parse") != []:
        wrong.append("The message could reach somebody.")
    for attachment in body.get("attachments") or ():
        wrong += _check_length("description", attachment.get("description", ""), ALT)
    return wrong


def check_modal(modal: Json) -> list[str]:
    """What Discord would not accept in a modal, a sentence each."""
    wrong = [
        *_check_filled("title", modal.get("title", ""), TITLE),
        *_check_filled("custom_id", modal.get("custom_id", ""), IDENT),
    ]
    parts = modal.get("components") or []
    if not 1 <= len(parts) <= MODAL:
        wrong.append(f"The modal has {len(parts)} components of {MODAL}.")
    for part in parts:
        if part["type"] == DISPLAY_KIND:
            wrong += _check_filled("text", part["content"], DISPLAY)
        elif part["type"] == LABEL_KIND:
            wrong += _check_filled("label", part["label"], LABEL)
            wrong += _check_length("description", part.get("description", ""), DESCRIPTION)
            wrong += _check_input(part["component"])
        else:
            wrong.append(f"A component of type {part['type']} does not belong into a modal.")
    idents = [part["component"]["custom_id"] for part in parts if "component" in part]
    if len(set(idents)) < len(idents):
        wrong.append("Two components have one custom_id.")
    return wrong


def check_command(command: Json) -> list[str]:
    """What Discord would not accept in a command, a sentence each."""
    if command.get("type", 1) == 3:
        return list(_check_filled("name", command["name"], MENU))
    wrong = [
        *_check_filled("name", command["name"], MENU),
        *_check_filled("description", command["description"], COMMAND),
    ]
    if command["name"] != command["name"].lower():
        wrong.append(f"The name {command['name']} is not in lower case.")
    for option in command.get("options", ()):
        wrong += _check_filled("name", option["name"], MENU)
        wrong += _check_filled("description", option["description"], COMMAND)
    return wrong


def _check_row(row: Json) -> Iterator[str]:
    if row["type"] != ROW_KIND:
        yield f"A component of type {row['type']} is not a row."
        return
    kinds = [each["type"] for each in row["components"]]
    most = ROW if kinds and kinds[0] == BUTTON_KIND else 1
    if not 1 <= len(kinds) <= most:
        yield f"A row has {len(kinds)} components of {most}."
    for each in row["components"]:
        yield from _check_filled("custom_id", each["custom_id"], IDENT)
        if each["type"] == BUTTON_KIND:
            yield from _check_filled("label", each["label"], BUTTON)
            if each["style"] not in (1, 2, 3, 4):
                yield f"A button has the style {each['style']}."
        elif each["type"] == SELECT_KIND:
            yield from _check_length("placeholder", each.get("placeholder", ""), PLACEHOLDER)
            yield from _check_options(each)
        else:
            yield f"A component of type {each['type']} does not belong into a message."


def _check_input(part: Json) -> Iterator[str]:
    yield from _check_filled("custom_id", part["custom_id"], IDENT)
    if part["type"] == SELECT_KIND:
        yield from _check_options(part)
    elif part["type"] == INPUT_KIND:
        most = part.get("max_length", INPUT)
        if not 1 <= most <= INPUT:
            yield f"An input accepts {most} characters of {INPUT}."
        yield from _check_length("value", part.get("value", ""), most)
        yield from _check_length("placeholder", part.get("placeholder", ""), INPUT_PLACEHOLDER)
    else:
        yield f"An input of type {part['type']} is not known."


def _check_options(menu: Json) -> Iterator[str]:
    options = menu["options"]
    if not 1 <= len(options) <= OPTIONS:
        yield f"A menu has {len(options)} options of {OPTIONS}."
    for option in options:
        yield from _check_filled("option", option["label"], OPTION)
        yield from _check_filled("value", option["value"], OPTION)
        yield from _check_length("description", option.get("description", ""), OPTION)
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        yield "Two options have one value."
    chosen = sum(bool(option.get("default")) for option in options)
    if chosen > menu.get("max_values", 1):
        yield f"{chosen} options are chosen of {menu.get('max_values', 1)}."


def _check_filled(name: str, text: str, most: int) -> Iterator[str]:
    if not text:
        yield f"The {name} is empty."
    yield from _check_length(name, text, most)


def _check_length(name: str, text: str, most: int) -> Iterator[str]:
    if len(text) > most:
        yield f"The {name} has {len(text)} characters of {most}."
