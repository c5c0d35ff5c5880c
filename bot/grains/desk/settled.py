"""What became of plans over some time, for digests: the plans, and nobody's score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from bot.channels.desk import Channel
from bot.grains.desk import cards
from bot.grains.tables import Grain
from bot.people.desk import Person
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Settled:
    """A plan and what became of it."""

    grain_id: int
    person_id: int
    state: str
    headline: str
    learned: str
    """Markdown."""
    key: str
    """The subject of the message that shows it."""


async def settled(
    work: Work, channel: Channel, since: datetime, until: datetime, *, most: int
) -> tuple[list[Settled], bool]:
    """The plans that a channel can read and that were settled in a time, the latest first, and if there were more."""
    return await _find(
        work, channel.workspace_id, since, until, most, Grain.channel_id == channel.id
    )


async def settled_by(
    work: Work, person: Person, since: datetime, until: datetime, *, most: int
) -> tuple[list[Settled], bool]:
    """Somebody's own plans that were settled in a time, the latest first, and if there were more."""
    return await _find(work, person.workspace_id, since, until, most, Grain.person_id == person.id)


async def made_by(
    work: Work, person: Person, since: datetime, until: datetime, *, most: int
) -> list[Settled]:
    """The plans that somebody made in a time, the latest first."""
    found = await work.session.scalars(
        select(Grain)
        .where(
            Grain.workspace_id == person.workspace_id,
            Grain.person_id == person.id,
            Grain.made_at >= since,
            Grain.made_at < until,
        )
        .order_by(Grain.made_at.desc(), Grain.id.desc())
        .limit(most)
    )
    return [_told(one) for one in found]


async def all_by(work: Work, person: Person) -> list[Settled]:
    """Every plan of somebody."""
    found = await work.session.scalars(
        select(Grain).where(Grain.workspace_id == person.workspace_id, Grain.person_id == person.id)
    )
    return [_told(one) for one in found]


async def own_ids(work: Work, workspace_id: str) -> list[int]:
    """Every grain of a workspace that a channel can read and that has a card of its own, the oldest first."""
    found = await work.session.scalars(
        select(Grain.id)
        .where(Grain.workspace_id == workspace_id, Grain.channel_id != "", Grain.day.is_not(None))
        .order_by(Grain.id)
    )
    return list(found)


async def _find(
    work: Work,
    workspace_id: str,
    since: datetime,
    until: datetime,
    most: int,
    where: ColumnElement[bool],
) -> tuple[list[Settled], bool]:
    found = list(
        await work.session.scalars(
            select(Grain)
            .where(
                Grain.workspace_id == workspace_id,
                where,
                Grain.settled_at >= since,
                Grain.settled_at < until,
                Grain.state != "open",
            )
            .order_by(Grain.settled_at.desc(), Grain.id.desc())
            .limit(most + 1)
        )
    )
    return [_told(one) for one in found[:most]], len(found) > most


def _told(grain: Grain) -> Settled:
    kind, _, rest = grain.source.partition(":")
    inside = kind == "entry" and grain.day is None
    key = f"checkins.entry:{rest.split(':')[0]}" if inside else cards.card_key(grain)
    return Settled(grain.id, grain.person_id, grain.state, grain.headline, grain.learned, key)
