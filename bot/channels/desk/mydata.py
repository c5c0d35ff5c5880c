"""What is kept about somebody in channels: to take along, and to be forgotten."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.channels.desk import days, membership
from bot.channels.tables import Channel, Role, Voice
from bot.engine import traces
from bot.people.desk import Person
from bot.store.session import Work


async def export(work: Work, person: Person) -> list[dict[str, object]]:
    """The channels somebody belongs to, and what they may do where."""
    channels: list[dict[str, object]] = [
        {"kind": "membership", "channel": f"#{channel.name}", "ring": channel.ring}
        for channel in await membership.of_person(work, person)
    ]
    found = await work.session.execute(
        select(Role.role, Channel.name)
        .outerjoin(
            Channel, (Channel.workspace_id == Role.workspace_id) & (Channel.id == Role.channel_id)
        )
        .where(Role.workspace_id == person.workspace_id, Role.person_id == person.id)
        .order_by(Role.channel_id, Role.role)
    )
    return channels + [
        {"kind": "role", "role": role, "channel": f"#{name}" if name else ""}
        for role, name in found
    ]


async def forget(work: Work, person: Person) -> None:
    """Take somebody's words out of every day's thread, and their roles from them.

    That they are in a channel is the platform's to say, and stays.
    """
    voices = await work.session.scalars(
        select(Voice)
        .where(Voice.workspace_id == person.workspace_id, Voice.person_id == person.id)
        .order_by(Voice.channel_id, Voice.day, Voice.key)
    )
    keys = {(one.channel_id, one.day, one.key) for one in voices}
    # The last of each day goes one by one, which brings the day's parent up to date.
    last = {(channel_id, day): key for channel_id, day, key in sorted(keys)}
    others = sorted({key for _, _, key in keys} - set(last.values()))
    for start in range(0, len(others), traces.AT_ONCE):
        await work.session.execute(
            delete(Voice).where(
                Voice.workspace_id == person.workspace_id,
                Voice.key.in_(others[start : start + traces.AT_ONCE]),
            )
        )
    for key in last.values():
        await days.hush(work, person.workspace_id, key)
    await traces.erase(work, person.workspace_id, [*others, *last.values()])
    await work.session.execute(
        delete(Role).where(Role.workspace_id == person.workspace_id, Role.person_id == person.id)
    )
