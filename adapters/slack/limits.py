"""Slack's documented limits, and a check of a message or a view against them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

Json = dict[str, Any]

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
VIEW_BYTES: Final = 250_000
MESSAGE_JSON: Final = 12_000
"""Slack refuses blocks of about 13,200 characters in all (msg_blocks_too_long), and documents no figure."""
TEXT: Final = 3000
HEADER: Final = 150
PLACEHOLDER: Final = 150
BUTTON: Final = 75
OPTION: Final = 75
OPTION_VALUE: Final = 150
OPTIONS: Final = 100
LABEL: Final = 2000
HINT: Final = 2000
TITLE: Final = 24
INPUT: Final = 3000
IDENT: Final = 255
BUTTON_VALUE: Final = 2000
METADATA: Final = 3000
ACTIONS: Final = 25
CONTEXT: Final = 10
ALT: Final = 2000
FALLBACK: Final = 4000
"""Slack asks to keep `text` under 4,000 characters; with blocks it is only the notification."""

WIDEST: Final = 6
"""How many characters one may take on the wire, as ``\\u0007`` does."""
ELEMENT: Final = 200
"""More than a span, a button or a block, with what stands around it, takes on the wire besides its words."""

_MENUS: Final = ("static_select", "multi_static_select")
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)


def written_length(blocks: Iterable[Json]) -> int:
    """How many characters these blocks take on the wire."""
    return sum([len(_ENCODER.encode(block)) + 1 for block in blocks])


def check_message(blocks: list[Json], text: str) -> list[str]:
    """What Slack would refuse about a message, a sentence each."""
    wrong = list(_check_blocks(blocks, MESSAGE_BLOCKS, inputs=False))
    if not text:
        wrong.append("The message has no text for notifications.")
    if len(text) > FALLBACK:
        wrong.append(f"The text for notifications has {len(text)} characters of {FALLBACK}.")
    if (length := written_length(blocks)) > MESSAGE_JSON:
        wrong.append(f"The blocks take {length} characters of {MESSAGE_JSON}.")
    return wrong


def check_view(view: Json) -> list[str]:
    """What Slack would refuse about a modal or a Home view, a sentence each."""
    modal = view["type"] == "modal"
    wrong = list(_check_blocks(view["blocks"], VIEW_BLOCKS, inputs=modal))
    if modal:
        for part in ("title", "submit", "close"):
            if part in view:
                wrong += _check_plain(part, view[part], TITLE)
        if "title" not in view:
            wrong.append("The modal has no title.")
        has_input = any(block["type"] == "input" for block in view["blocks"])
        if has_input and "submit" not in view:
            wrong.append("The modal has an input and no submit.")
    wrong += _check_length("callback_id", view.get("callback_id", ""), IDENT)
    wrong += _check_length("private_metadata", view.get("private_metadata", ""), METADATA)
    if (size := len(json.dumps(view))) > VIEW_BYTES:
        wrong.append(f"The view has {size} bytes of {VIEW_BYTES}.")
    return wrong


def _check_blocks(blocks: list[Json], most: int, *, inputs: bool) -> Iterator[str]:
    if len(blocks) > most:
        yield f"There are {len(blocks)} blocks of {most}."
    idents = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(idents)) < len(idents):
        yield "Two blocks have one block_id."
    for block in blocks:
        yield from _check_length("block_id", block.get("block_id", ""), IDENT)
        yield from _check_block(block, inputs=inputs)


def _check_block(block: Json, *, inputs: bool) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield from _check_plain("header", block["text"], HEADER)
        case "section":
            yield from _check_plain("section", block["text"], TEXT)
            if "accessory" in block:
                yield from _check_element(block["accessory"])
        case "context":
            if not 1 <= len(block["elements"]) <= CONTEXT:
                yield f"A context has {len(block['elements'])} elements of {CONTEXT}."
            for element in block["elements"]:
                yield from _check_plain("context", element, TEXT)
        case "actions":
            if not 1 <= len(block["elements"]) <= ACTIONS:
                yield f"A row has {len(block['elements'])} actions of {ACTIONS}."
            idents = [element["action_id"] for element in block["elements"]]
            if len(set(idents)) < len(idents):
                yield "Two actions of one row have one action_id."
            for element in block["elements"]:
                yield from _check_element(element)
        case "image":
            yield from _check_length("alt_text", block["alt_text"], ALT)
            if not block["alt_text"]:
                yield "A picture has no alt_text."
            if ("slack_file" in block) == ("image_url" in block):
                yield "A picture has not exactly one source."
        case "rich_text":
            yield from _check_rich_text(block)
        case "divider":
            pass
        case "input" if inputs:
            yield from _check_plain("label", block["label"], LABEL)
            if "hint" in block:
                yield from _check_plain("hint", block["hint"], HINT)
            yield from _check_element(block["element"])
        case other:
            yield f"A block of type {other} does not belong here."


def _check_rich_text(block: Json) -> Iterator[str]:
    if not block["elements"]:
        yield "A rich text has no elements."
    length = 0
    waiting = list(block["elements"])
    while waiting:
        element = waiting.pop()
        if "elements" in element:
            if not element["elements"]:
                yield f"A {element['type']} has no elements."
            waiting += element["elements"]
        elif element["type"] in ("text", "link"):
            length += len(element["text"])
            if not element["text"]:
                yield "A text of a rich text is empty."
        else:
            yield f"An element of type {element['type']} could reach somebody."
        if element["type"] == "link":
            yield from _check_length("url", element["url"], TEXT)
    if length > TEXT:
        yield f"A rich text has {length} characters of {TEXT}."


def _check_element(element: Json) -> Iterator[str]:
    kind = element["type"]
    yield from _check_length("action_id", element["action_id"], IDENT)
    if "placeholder" in element:
        yield from _check_plain("placeholder", element["placeholder"], PLACEHOLDER)
    if kind == "button":
        yield from _check_plain("button", element["text"], BUTTON)
        yield from _check_length("value", element.get("value", ""), BUTTON_VALUE)
        if element.get("style") not in (None, "primary", "danger"):
            yield f"A button has the style {element['style']}."
    elif kind in _MENUS:
        yield from _check_menu(element)
    elif kind == "plain_text_input":
        most = element.get("max_length", INPUT)
        if not 1 <= most <= INPUT:
            yield f"An input accepts {most} characters of {INPUT}."
        yield from _check_length("initial_value", element.get("initial_value", ""), most)
    elif kind not in ("datepicker", "timepicker", "number_input"):
        yield f"An element of type {kind} is not known."


def _check_menu(menu: Json) -> Iterator[str]:
    groups = menu.get("option_groups")
    lists = [group["options"] for group in groups] if groups else [menu.get("options", [])]
    if groups:
        if len(groups) > OPTIONS:
            yield f"A menu has {len(groups)} groups of {OPTIONS}."
        for group in groups:
            yield from _check_plain("group", group["label"], OPTION)
    for options in lists:
        if not 1 <= len(options) <= OPTIONS:
            yield f"A menu has {len(options)} options of {OPTIONS}."
        for option in options:
            yield from _check_plain("option", option["text"], OPTION)
            yield from _check_length("value", option["value"], OPTION_VALUE)
            if not option["value"]:
                yield f"The option {option['text']['text']} has no value."
            if "description" in option:
                yield from _check_plain("description", option["description"], OPTION)
    known = [option for options in lists for option in options]
    chosen = [menu["initial_option"]] if "initial_option" in menu else []
    for option in [*chosen, *menu.get("initial_options", ())]:
        if option not in known:
            yield f"The chosen option {option['value']} is not in the menu."


def _check_plain(name: str, text: Json, most: int) -> Iterator[str]:
    if text.get("type") != "plain_text":
        yield f"The {name} is not plain text."
    if not text["text"]:
        yield f"The {name} is empty."
    yield from _check_length(name, text["text"], most)


def _check_length(name: str, text: str, most: int) -> Iterator[str]:
    if len(text) > most:
        yield f"The {name} has {len(text)} characters of {most}."
