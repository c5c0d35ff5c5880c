"""Channels by where they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from bot.channels import rules
from bot.channels.tables import Channel
from bot.chat import Place
from bot.store.base import among
from bot.store.session import Work


def place_of(channel: Channel) -> Place:
    """Where the channel is."""
    platform, _, workspace = channel.workspace_id.partition(":")
    return Place(platform, workspace, channel.id)


async def find(work: Work, place: Place) -> Channel | None:
    """The configured channel at a place, in whichever of its threads; None for any other place."""
    channel = await work.session.get(Channel, (place.workspace_id, place.channel))
    work.held.add(channel)
    return channel


async def get(work: Work, workspace_id: str, channel_id: str) -> Channel:
    """The channel with this id; it exists."""
    channel = await work.session.get_one(Channel, (workspace_id, channel_id))
    work.held.add(channel)
    return channel


async def many(work: Work, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Channel]:
    """Channels by workspace and id, in one question."""
    found = await work.session.scalars(
        select(Channel).where(among(Channel.workspace_id, Channel.id, keys))
    )
    return {(one.workspace_id, one.id): one for one in found}


async def places(work: Work) -> list[Place]:
    """Where every configured channel is."""
    return [place_of(one) for one in await work.session.scalars(select(Channel))]


async def every(work: Work, workspace_id: str) -> list[Channel]:
    """A workspace's configured channels, teams first, by name."""
    found = await work.session.scalars(select(Channel).where(Channel.workspace_id == workspace_id))
    return sorted(found, key=lambda one: (rules.RINGS.index(one.ring), one.name))


async def team_names(work: Work, workspace_id: str) -> list[tuple[str, str]]:
    """The team channels of a workspace by id and name, and nothing else of them: there may be hundreds."""
    found = await work.session.execute(
        select(Channel.id, Channel.name)
        .where(Channel.workspace_id == workspace_id, Channel.ring == "team")
        .order_by(Channel.name, Channel.id)
    )
    return [(channel_id, name) for channel_id, name in found]
