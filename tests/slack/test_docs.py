"""docs/slack.md is held to what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.slack import SCOPES, limits
from adapters.slack.forms import PAGE_BLOCKS
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
WORDS = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")


def test_every_permission_is_explained_and_no_other() -> None:
    table = WORDS.partition("| permission | for |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z_]+(?::[a-z]+)?)`", table)) == set(SCOPES)


def test_every_setting_that_is_named_exists() -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    named = set(re.findall(r"\b(?:SLACK|OUTLOUD)_[A-Z_]+\b", WORDS))
    assert {name.removesuffix("_FILE") for name in named} <= known


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", WORDS)
    assert len(pictures) >= 6
    for picture in pictures:
        assert (ROOT / "docs" / picture).read_bytes().startswith(b"\x89PNG")


def test_the_limits_that_are_told_are_the_codes() -> None:
    assert f"{limits.INPUT:,} characters of typing" in WORDS
    assert f"shows {PAGE_BLOCKS} fields" in WORDS
    assert f"about {limits.MESSAGE_JSON:,} characters" in WORDS
