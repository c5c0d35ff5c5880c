"""The dune: every pattern that the readers of a channel may know, with how it grew and what is typical of it."""

from __future__ import annotations

from typing import Any

from bot.channels.desk import Channel
from bot.chat import Text
from bot.checkins import desk as checkins
from bot.digests import rules
from bot.digests.desk import dunes
from bot.digests.rules import Dune
from bot.digests.tables import PatternState
from bot.grains import desk as grains
from bot.store.session import Work


async def landscape(work: Work, channel: Channel, *, most: int) -> list[Dune]:
    """The patterns that a channel's readers may know, those with the most texts of the last week first."""
    row = await work.session.get(PatternState, channel.workspace_id)
    if row is None:
        return []
    found = [one for one in row.told if dunes.words_for(channel, one)][:most]
    return [await _dune(work, channel, one) for one in found]


async def _dune(work: Work, channel: Channel, told: dict[str, Any]) -> Dune:
    own = channel.ring == "team" and told["team"] == channel.id
    typical = await _words(work, channel.workspace_id, told["typical"]) if own else ""
    return Dune(
        told["number"],
        tuple(dunes.words_for(channel, told)),
        told["trend"],
        told["texts"],
        tuple(told["weeks"]),
        typical,
        told["why"] if typical else "",
    )


async def _words(work: Work, workspace_id: str, about: str) -> str:
    """What a text says as long as its team can read it."""
    kind, _, number = about.partition(":")
    if kind == "entry":
        entry = await checkins.narration(work, workspace_id, int(number))
        return rules.line(Text.parse(entry.words).lines()) if entry else ""
    if kind == "grain":
        grain = await grains.by_id(work, workspace_id, int(number))
        return grain.headline if grain and grain.channel_id else ""
    return ""
