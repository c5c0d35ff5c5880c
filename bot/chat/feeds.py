"""What the web shows of a network's lessons to feed readers outside of chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.chat.text import Text


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One lesson that stands in a network."""

    id: str
    """A URI that no other entry ever has, and that this one keeps."""
    title: str
    text: Text
    authors: tuple[str, ...]
    """Whose it is, as far as they agreed."""
    published_at: datetime
    changed_at: datetime
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedGap:
    """What was an entry once, and is gone."""

    id: str
    gone_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A network as feed readers see it."""

    id: str
    workspace: str
    """What its address says for the workspace, and for the channel."""
    channel: str
    title: str
    about: str
    changed_at: datetime
    entries: tuple[FeedEntry, ...] = ()
    """What changed last comes first, here and among the gaps."""
    gaps: tuple[FeedGap, ...] = ()


FindFeed: TypeAlias = Callable[[str, str], Awaitable[Feed | None]]
"""Finds a feed by the workspace and the channel of its address; None where there is none."""
