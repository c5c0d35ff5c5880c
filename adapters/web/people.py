"""Who lives in the local chat, and which channels it has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from adapters.web.changes import keep_event, next_change
from adapters.web.tables import ChannelRow, MemberRow, PersonRow, new_id
from bot.chat import AccountId, Joined, Left, Place

PLATFORM: Final = "local"
_ID: Final = re.compile(r"\w[\w.-]{0,79}")


@dataclass(frozen=True, slots=True)
class LocalPerson:
    """Somebody one can act as; `id` is the name in lower case, such as ``ana``."""

    id: str
    name: str
    zone: str
    is_admin: bool = False

    def __post_init__(self) -> None:
        _check_id(self.id, "person")


@dataclass(frozen=True, slots=True)
class LocalChannel:
    """A channel; `members` are people's ids, or None for everybody, those who come later too."""

    id: str
    purpose: str = ""
    members: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        _check_id(self.id, "channel")


@dataclass(frozen=True, slots=True)
class Town:
    """Everybody and every channel, in the order they came."""

    people: dict[str, LocalPerson]
    channels: dict[str, LocalChannel]

    def named(self, person: str) -> str:
        """What somebody is called; the bot is called Outloud."""
        if not person:
            return "Outloud"
        known = self.people.get(person)
        return known.name if known else person

    def may_see(self, person: str, channel: str) -> bool:
        """A channel is open to everybody; a direct message only to its person."""
        return channel == f"@{person}" if channel.startswith("@") else channel in self.channels


async def load_town(session: AsyncSession, workspace: str) -> Town:
    """Everybody and every channel of the workspace."""
    people = await session.scalars(
        select(PersonRow).where(PersonRow.workspace_id == workspace).order_by(PersonRow.made)
    )
    channels = await session.scalars(
        select(ChannelRow).where(ChannelRow.workspace_id == workspace).order_by(ChannelRow.made)
    )
    members: dict[str, list[str]] = {}
    for row in await session.scalars(
        select(MemberRow)
        .where(MemberRow.workspace_id == workspace)
        .order_by(MemberRow.joined_at, MemberRow.person_id)
    ):
        members.setdefault(row.channel_id, []).append(row.person_id)
    return Town(
        people={
            row.id: LocalPerson(row.id, row.name, row.zone, is_admin=row.is_admin) for row in people
        },
        channels={
            row.id: LocalChannel(row.id, row.purpose, tuple(members.get(row.id, ())))
            for row in channels
        },
    )


async def has_place(session: AsyncSession, workspace: str, channel: str) -> bool:
    """Whether there is such a channel, or such a person to have a direct message with."""
    if channel.startswith("@"):
        return await session.get(PersonRow, (workspace, channel[1:])) is not None
    return await session.get(ChannelRow, (workspace, channel)) is not None


async def provide(
    session: AsyncSession,
    workspace: str,
    now: datetime,
    *,
    people: Sequence[LocalPerson],
    channels: Sequence[LocalChannel],
) -> None:
    """Make the people, channels and memberships that do not exist yet; what exists stays as it is."""
    town = await load_town(session, workspace)
    there = set(town.people)
    new_people = [person for person in people if person.id not in there]
    for person in new_people:
        session.add(
            PersonRow(
                workspace_id=workspace,
                id=person.id,
                name=person.name,
                zone=person.zone,
                is_admin=person.is_admin,
                made=new_id(),
            )
        )
        by = AccountId(PLATFORM, workspace, person.id)
        keep_event(session, workspace, f"joined:{by}", Joined(by, now))
    for channel in channels:
        if channel.id not in town.channels:
            session.add(
                ChannelRow(
                    workspace_id=workspace,
                    id=channel.id,
                    purpose=channel.purpose,
                    for_everybody=channel.members is None,
                    made=new_id(),
                )
            )
    await session.flush()
    await _fill_channels(session, workspace, now, channels, new_people, town)
    await next_change(session, workspace)


async def _fill_channels(
    session: AsyncSession,
    workspace: str,
    now: datetime,
    channels: Sequence[LocalChannel],
    new_people: Sequence[LocalPerson],
    before: Town,
) -> None:
    everybody = (*before.people, *(person.id for person in new_people))
    asked = {channel.id: channel.members for channel in channels}
    rows = await session.scalars(select(ChannelRow).where(ChannelRow.workspace_id == workspace))
    for row in rows:
        had = before.channels.get(row.id)
        wanted = list(asked.get(row.id) or ())
        if row.for_everybody:
            # Somebody who left a channel that was for everybody is not dragged back into it.
            wanted += [person.id for person in new_people] if had else everybody
        for person in dict.fromkeys(wanted):
            if person in everybody and not (had and had.members and person in had.members):
                await join(session, workspace, now, person=person, channel=row.id)


async def join(
    session: AsyncSession, workspace: str, now: datetime, *, person: str, channel: str
) -> None:
    """Make somebody a member who was none."""
    session.add(
        MemberRow(workspace_id=workspace, channel_id=channel, person_id=person, joined_at=now)
    )
    by = AccountId(PLATFORM, workspace, person)
    place = Place(PLATFORM, workspace, channel)
    change = await next_change(session, workspace)
    keep_event(session, workspace, f"joined:{place}/@{person}/{change}", Joined(by, now, place))


async def leave(
    session: AsyncSession, workspace: str, now: datetime, *, person: str, channel: str
) -> bool:
    """Take somebody out of a channel; False when they were not in it."""
    gone = await session.execute(
        delete(MemberRow).where(
            MemberRow.workspace_id == workspace,
            MemberRow.channel_id == channel,
            MemberRow.person_id == person,
        )
    )
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    by = AccountId(PLATFORM, workspace, person)
    place = Place(PLATFORM, workspace, channel)
    change = await next_change(session, workspace)
    keep_event(session, workspace, f"left:{place}/@{person}/{change}", Left(by, now, place))
    return True


def _check_id(id: str, what: str) -> None:
    if not _ID.fullmatch(id) or id != id.lower():
        raise ValueError(
            f"{id!r} cannot be the id of a local {what}: "
            "use lower-case letters, digits, '-', '_' and '.', such as team-harbour."
        )
