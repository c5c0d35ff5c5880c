"""What is true of channels: rings, roles, and who stands in a day's thread."""

from __future__ import annotations

from collections.abc import Sequence

RINGS = ("team", "community", "network")
"""From the inside out."""
FOCUSES = ("weavers", "learners", "influence")
STAGES = ("relating", "solving", "steering")
MOST_TOPICS = 12


def names(people: Sequence[str]) -> str:
    """Names as one would say them: Ana; Ana and Ben; Ana, Ben and Chi."""
    if len(people) < 2:
        return "".join(people)
    return f"{', '.join(people[:-1])} and {people[-1]}"


def parent_key(channel_id: str, day: str, parents: int) -> str:
    """The subject of a day's parent message; the next one after a moderator removed it is another subject."""
    return f"channels.day:{channel_id}:{day}:{parents}"


def read_parent_key(key: str) -> tuple[str, str] | None:
    """The channel and the day of a parent's key, as `parent_key` wrote it; None for any other key."""
    if not key.startswith("channels.day:"):
        return None
    channel_id, day, _ = key.removeprefix("channels.day:").rsplit(":", 2)
    return channel_id, day
