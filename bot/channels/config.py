"""Setting channels up and taking them off again; only the set-up does that."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from bot.channels.tables import Channel, Member, Role
from bot.engine import minding
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.session import Work


async def put(
    work: Work,
    workspace_id: str,
    channel_id: str,
    *,
    ring: str,
    name: str = "",
    focus: str = "",
    stage: str = "",
    topics: Sequence[str] = (),
    relays_a_day: int | None = None,
) -> Channel:
    """Set a channel up, or change how it is; without a name it keeps the one it has, or is called by its id."""
    channel = await work.session.get(Channel, (workspace_id, channel_id))
    if channel is None:
        channel = Channel(
            workspace_id=workspace_id, id=channel_id, name=name or channel_id, everyone=True
        )
        work.session.add(channel)
    channel.name = name or channel.name
    channel.ring = ring
    channel.focus = focus
    channel.stage = stage
    channel.topics = list(topics)
    channel.relays_a_day = relays_a_day
    await work.session.flush()
    work.wakes.add(minding.CHANGED)
    return channel


async def take_off(work: Work, channel: Channel) -> None:
    """Forget that a channel was set up; what people wrote in it stays."""
    await work.session.execute(
        delete(Role).where(Role.workspace_id == channel.workspace_id, Role.channel_id == channel.id)
    )
    await work.session.delete(channel)
    await work.session.flush()
    work.wakes.add(minding.CHANGED)


async def chosen(work: Work, workspace_id: str) -> dict[str, list[Person]]:
    """Whom an admin listed as members, by channel; those who left the workspace are still listed."""
    rows = list(
        await work.session.execute(
            select(Member.channel_id, Member.person_id)
            .where(Member.workspace_id == workspace_id, Member.chosen)
            .order_by(Member.channel_id, Member.person_id)
        )
    )
    who = await people.many(work, [(workspace_id, person_id) for _, person_id in rows])
    listed: dict[str, list[Person]] = {}
    for channel_id, person_id in rows:
        listed.setdefault(channel_id, []).append(who[workspace_id, person_id])
    return listed
