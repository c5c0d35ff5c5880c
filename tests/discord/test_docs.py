"""docs/discord.md is held to what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.discord import PERMISSIONS, limits
from adapters.discord.connection import intents
from adapters.discord.examine import NEEDED
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
WORDS = (ROOT / "docs" / "discord.md").read_text(encoding="utf-8")
INTENTS = {
    "guilds": "guilds",
    "members": "members (privileged)",
    "guild_messages": "guild messages",
    "dm_messages": "direct messages",
    "message_content": "message content (privileged)",
    "guild_reactions": "guild reactions",
    "dm_reactions": "direct message reactions",
}


def rows(head: str) -> list[str]:
    """The first column of a table."""
    table = WORDS.partition(f"| {head} | for |")[2].partition("\n\n")[0]
    return [line.split("|")[1].strip() for line in table.split("\n")[2:]]


def test_every_permission_is_explained_and_no_other() -> None:
    assert rows("permission") == list(NEEDED.values())


def test_every_intent_is_explained_and_no_other() -> None:
    asked = {INTENTS[name] for name, is_on in intents() if is_on}
    assert {one for row in rows("intent") for one in row.split(", ")} == asked


def test_the_invite_address_asks_for_exactly_what_is_needed() -> None:
    assert f"permissions={PERMISSIONS}\n" in WORDS
    assert "scope=bot+applications.commands&" in WORDS


def test_every_setting_that_is_named_exists() -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    named = set(re.findall(r"\b(?:DISCORD|OUTLOUD)_[A-Z_]+\b", WORDS))
    assert {name.removesuffix("_FILE") for name in named} <= known


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", WORDS)
    assert len(pictures) == len(list((ROOT / "docs" / "pictures").glob("discord-*.png")))
    for picture in pictures:
        assert (ROOT / "docs" / picture).read_bytes().startswith(b"\x89PNG")


def test_the_limits_that_are_told_are_the_codes() -> None:
    assert f"{limits.MESSAGE:,} characters, signs" in WORDS
    assert f"takes {limits.INPUT:,} characters" in WORDS
    assert f"shows {limits.MODAL} fields" in WORDS
    assert f"at most {limits.OPTIONS} choices" in WORDS
