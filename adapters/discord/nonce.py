"""By what a message is known again: a nonce of its key, and what it says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from adapters.discord.write import Part
from bot.chat import Place


def nonce_of(to: Place, key: str, part: int) -> str:
    """What Discord is given with a part of a message so that it takes it once: 25 characters of a digest."""
    written = f"{to.workspace}\n{to.channel}\n{key}\n{part}"
    return hashlib.sha256(written.encode()).hexdigest()[:25]


def is_same(told: Mapping[str, Any], part: Part, title: str) -> bool:
    """Whether a message, or a forum's thread, that Discord tells of says what this part says."""
    if "content" not in told:
        return bool(title) and told.get("name") == title
    return (told["content"] or "").strip() == part.content.strip() and (
        _idents(told.get("components") or ()) == _idents(part.components)
    )


def _idents(rows: Any) -> list[str]:
    return [each.get("custom_id", "") for row in rows for each in row.get("components", ())]
