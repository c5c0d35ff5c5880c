"""What the loopback Slack accepts as blocks and views, from the reference pages of Block Kit."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]

SURFACES = {
    "message": {"actions", "context", "divider", "file", "header", "image", "rich_text", "section"},
    "modal": {"actions", "context", "divider", "header", "image", "input", "rich_text", "section"},
    "home": {"actions", "context", "divider", "header", "image", "input", "rich_text", "section"},
}
RICH = {"text", "link", "user", "usergroup", "channel", "emoji", "broadcast", "date", "color"}
RICH_BLOCKS = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}


def wrong_blocks(blocks: object, surface: str) -> list[str]:
    """What is wrong, in Slack's manner; empty when nothing is."""
    if not isinstance(blocks, list):
        return ["must be an array"]
    wrong = (
        [f"no more than {most} items allowed"]
        if len(blocks) > (most := 50 if surface == "message" else 100)
        else []
    )
    for at, block in enumerate(blocks):
        if block.get("type") not in SURFACES[surface]:
            wrong.append(f"unsupported type: {block.get('type')} [json-pointer:/blocks/{at}/type]")
            continue
        wrong += [f"{why} [json-pointer:/blocks/{at}]" for why in _wrong_block(block)]
    idents = [block["block_id"] for block in blocks if "block_id" in block]
    if len(idents) != len(set(idents)):
        wrong.append("duplicate block_id")
    return wrong


def _wrong_block(block: Json) -> list[str]:
    match block["type"]:
        case "header":
            return _text(block["text"], 150, ("plain_text",))
        case "section":
            wrong = _text(block["text"], 3000, ("plain_text", "mrkdwn")) if "text" in block else []
            return wrong + (_element(block["accessory"]) if "accessory" in block else [])
        case "context":
            wrong = [] if 1 <= len(block["elements"]) <= 10 else ["elements: 1 to 10"]
            return wrong + [
                w for e in block["elements"] for w in _text(e, 3000, ("plain_text", "mrkdwn"))
            ]
        case "actions":
            wrong = [] if 1 <= len(block["elements"]) <= 25 else ["elements: 1 to 25"]
            idents = [element.get("action_id") for element in block["elements"]]
            wrong += [] if len(set(idents)) == len(idents) else ["duplicate action_id"]
            return wrong + [w for e in block["elements"] for w in _element(e)]
        case "input":
            wrong = _text(block["label"], 2000, ("plain_text",)) + _element(block["element"])
            return wrong + (_text(block["hint"], 2000, ("plain_text",)) if "hint" in block else [])
        case "rich_text":
            return _rich(block["elements"], RICH_BLOCKS)
        case "image":
            return (
                []
                if block.get("alt_text") and ("slack_file" in block) != ("image_url" in block)
                else ["image"]
            )
        case _:
            return []


def _rich(elements: list[Json], allowed: set[str]) -> list[str]:
    wrong = [] if elements else ["missing elements"]
    for element in elements:
        kind = element["type"]
        if kind not in allowed:
            wrong.append(f"unsupported type: {kind}")
        elif "elements" in element:
            inside = {"rich_text_section"} if kind == "rich_text_list" else RICH
            wrong += _rich(element["elements"], inside)
        elif kind == "text" and not element["text"]:
            wrong.append("text must be more than 0 characters")
    return wrong


def _text(text: Json, most: int, kinds: tuple[str, ...]) -> list[str]:
    wrong = [] if text.get("type") in kinds else [f"text: {text.get('type')}"]
    return wrong + ([] if 1 <= len(text["text"]) <= most else [f"must be 1 to {most} characters"])


def _element(element: Json) -> list[str]:
    wrong = [] if len(element.get("action_id", "")) <= 255 else ["action_id"]
    match element["type"]:
        case "button":
            wrong += _text(element["text"], 75, ("plain_text",))
            wrong += [] if len(element.get("value", "")) <= 2000 else ["value"]
        case "static_select" | "multi_static_select" | "radio_buttons" | "checkboxes":
            groups = element.get("option_groups")
            lists = [g["options"] for g in groups] if groups else [element.get("options", [])]
            if not all(1 <= len(options) <= 100 for options in lists):
                wrong.append("options: 1 to 100")
            every = [option for options in lists for option in options]
            for option in every:
                wrong += _text(option["text"], 75, ("plain_text", "mrkdwn"))
                wrong += [] if 1 <= len(option["value"]) <= 150 else ["option value"]
            first = [element["initial_option"]] if "initial_option" in element else []
            if any(option not in every for option in first + element.get("initial_options", [])):
                wrong.append("initial_option must match one of the options")
        case "plain_text_input":
            most = element.get("max_length", 3000)
            wrong += [] if 1 <= most <= 3000 else ["max_length"]
            wrong += [] if len(element.get("initial_value", "")) <= most else ["initial_value"]
        case "number_input" | "datepicker" | "timepicker":
            pass
        case other:
            wrong.append(f"unsupported element {other}")
    return wrong


def wrong_view(view: Json) -> list[str]:
    """What is wrong with a view."""
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return ["type must be modal or home"]
    wrong = wrong_blocks(view.get("blocks"), kind)
    if kind == "modal":
        for name in ("title", "submit", "close"):
            if name in view:
                wrong += _text(view[name], 24, ("plain_text",))
        if "title" not in view:
            wrong.append("missing required field: title")
        if (
            any(block["type"] == "input" for block in view.get("blocks", []))
            and "submit" not in view
        ):
            wrong.append("submit is required when there is an input")
    if len(view.get("private_metadata", "")) > 3000:
        wrong.append("private_metadata")
    if len(view.get("callback_id", "")) > 255:
        wrong.append("callback_id")
    if len(json.dumps(view)) > 250_000:
        wrong.append("view_too_large")
    return wrong


def is_too_long(blocks: list[Json]) -> bool:
    """Slack's undocumented limit on all blocks of a message together."""
    return sum(len(json.dumps(block, ensure_ascii=False)) for block in blocks) > 13_200


def files_in(blocks: list[Json]) -> list[str]:
    """The uploaded files that blocks show."""
    return [block["slack_file"]["id"] for block in blocks if "slack_file" in block]
