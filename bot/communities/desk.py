"""`/community`: for now the map of who learns with whom."""

from __future__ import annotations

import asyncio
import difflib
from dataclasses import dataclass
from typing import cast

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import AccountId, Command, CommandHelp, Picture, Place, Reply, Show
from bot.communities import rules, words
from bot.communities.rules import ChannelKey, Human, Node, Ring
from bot.engine.feature import Feature
from bot.insight.canvas import PLAIN, Chart, Look
from bot.insight.constellation import Bond, Star, constellation
from bot.lessons import desk as lessons
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Store, Work

SUB_WORDS = ("map",)


@dataclass(frozen=True, slots=True)
class Sky:
    """What the map of somebody's communities is drawn from."""

    bonds: tuple[Bond, ...] = ()
    alone: tuple[Star, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.bonds or self.alone)

    def chart(self, look: Look = PLAIN) -> Chart:
        """The map, drawn now."""
        return constellation(self.bonds, self.alone, look)

    async def picture(self) -> Picture:
        """The map for a card, drawn beside the loop."""
        chart = await asyncio.to_thread(self.chart)
        return Picture(chart.image, chart.alt)


async def sky(work: Work, person: Person) -> Sky:
    """The communities and networks that somebody is in with any of their accounts, and what joins them.

    Other channels stand on it only where a lesson came from them or went to them, as its copies tell everybody there.
    """
    mine: dict[ChannelKey, Channel] = {}
    for account in (person, *await people.linked(work, person)):
        for channel in await channels.of_person(work, account):
            if channel.ring != "team":
                mine[channel.workspace_id, channel.id] = channel
    nodes = {key: _node(one, await _humans(work, one)) for key, one in mine.items()}
    ways: dict[tuple[ChannelKey, ChannelKey], int] = {}
    for channel in mine.values():
        for passage in await lessons.passages(work, channel, *rules.span(work.now)):
            if passage.start is None:
                continue
            start, end = _node(passage.start), _node(passage.end)
            nodes.setdefault(start.key, start)
            nodes.setdefault(end.key, end)
            # Both ends tell of one way, where both are mine.
            ways[start.key, end.key] = max(passage.lessons, ways.get((start.key, end.key), 0))
    return Sky(*rules.bonds(list(nodes.values()), ways))


def _node(channel: Channel, humans: frozenset[Human] = frozenset()) -> Node:
    ring = cast(Ring, channel.ring)
    return Node((channel.workspace_id, channel.id), channel.name, ring, humans)


async def _humans(work: Work, channel: Channel) -> frozenset[Human]:
    """Everybody in a channel, each once whichever of their accounts is in it."""
    keys = [(one.workspace_id, one.id) for one in await channels.members(work, channel)]
    linked = await people.linked_to(work, keys)
    return frozenset(min(key, *linked.get(key, ())) if key in linked else key for key in keys)


async def on_command(store: Store, act: Command) -> Reply:
    """What the words behind `/community` say."""
    typed = " ".join(act.words.casefold().split())
    async with store.look() as work:
        person = await people.caller(work, act.by)
        if typed not in SUB_WORDS:
            near = difflib.get_close_matches(typed, SUB_WORDS, 1)
            raise Refusal(words.unknown(act.words.strip()[:40], next(iter(near), "")))
        found = await sky(work, person)
    if not found:
        raise Refusal(words.NOWHERE)
    return Show(words.map_card(await found.picture()))


async def complete(work: Work, typed: str, by: AccountId, place: Place) -> tuple[str, ...]:
    """The sub-words of `/community`."""
    return SUB_WORDS


FEATURE = Feature(
    name="communities",
    commands=(
        CommandHelp(
            "community", "Who learns with whom: the map of the communities around you", "map"
        ),
    ),
    drawn={"community": on_command},
    complete={"community": complete},
)
