"""What is said about digests."""

from __future__ import annotations

from bot.digests.words.parts import days, short, title

__all__ = ["days", "short", "title"]
