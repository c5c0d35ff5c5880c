"""Who belongs to a channel, and who is in it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select, update

from bot.channels.desk.places import find, place_of
from bot.channels.tables import Channel, Member
from bot.chat import AccountId, Busy, Chat, Joined, Left, Place, Refused, Unsure
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.base import insert
from bot.store.session import Store, Work

FRESH = timedelta(hours=1)
"""How long a list of members is believed before the platform is asked again."""
A_MOMENT = timedelta(seconds=5)
"""How long a platform that could not say is left alone."""


async def members(work: Work, channel: Channel) -> list[Person]:
    """Who belongs to a channel, by name: everybody who is in it, or those an admin chose."""
    wanted = Member.here if channel.everyone else Member.chosen
    ids = await work.session.scalars(
        select(Member.person_id).where(
            Member.workspace_id == channel.workspace_id, Member.channel_id == channel.id, wanted
        )
    )
    found = await people.many(work, [(channel.workspace_id, person_id) for person_id in ids])
    return sorted((one for one in found.values() if one.present), key=lambda one: one.name)


async def how_many(work: Work, channel: Channel) -> int:
    """How many people belong to a channel."""
    found = await work.session.scalar(
        select(func.count())
        .select_from(Member)
        .join(
            Person, (Person.workspace_id == Member.workspace_id) & (Person.id == Member.person_id)
        )
        .where(
            Member.workspace_id == channel.workspace_id,
            Member.channel_id == channel.id,
            Member.here if channel.everyone else Member.chosen,
            Person.present,
        )
    )
    return found or 0


async def belongs(work: Work, person: Person, channel: Channel) -> bool:
    """Whether this person is one of the channel's members."""
    member = await work.session.get(Member, (channel.workspace_id, channel.id, person.id))
    return member is not None and (member.here if channel.everyone else member.chosen)


async def of_person(work: Work, person: Person, ring: str = "") -> list[Channel]:
    """The channels somebody belongs to, of one ring or all."""
    found = await work.session.execute(
        select(Channel, Member)
        .join(
            Member,
            (Member.workspace_id == Channel.workspace_id) & (Member.channel_id == Channel.id),
        )
        .where(Member.workspace_id == person.workspace_id, Member.person_id == person.id)
        .order_by(Channel.name)
    )
    return [
        channel
        for channel, member in found
        if (member.here if channel.everyone else member.chosen) and ring in ("", channel.ring)
    ]


async def can_read(work: Work, person: Person, channel: Channel) -> bool:
    """Whether somebody may read what stands in a channel: its members, and nobody else."""
    member = await work.session.get(Member, (channel.workspace_id, channel.id, person.id))
    return member is not None and (member.here or member.chosen)


async def put_members(work: Work, channel: Channel, present: Sequence[Person]) -> None:
    """Keep who is in a channel now."""
    await work.session.execute(
        update(Member)
        .where(Member.workspace_id == channel.workspace_id, Member.channel_id == channel.id)
        .values(here=False)
    )
    await _set(work, channel, present, here=True)
    channel.members_at = work.now


async def choose_members(work: Work, channel: Channel, chosen: Sequence[Person] | None) -> None:
    """Say who belongs: these people, or with None everybody who is in the channel."""
    channel.everyone = chosen is None
    await work.session.execute(
        update(Member)
        .where(Member.workspace_id == channel.workspace_id, Member.channel_id == channel.id)
        .values(chosen=False)
    )
    await _set(work, channel, chosen or (), chosen=True)


async def _set(work: Work, channel: Channel, people: Sequence[Person], **as_is: bool) -> None:
    """Keep one thing about these members, who may be new, and leave the other as it is."""
    if not people:
        return
    rows = [
        {
            "workspace_id": channel.workspace_id,
            "channel_id": channel.id,
            "person_id": person_id,
            "here": False,
            "chosen": False,
            **as_is,
        }
        for person_id in sorted({person.id for person in people})
    ]
    await work.session.execute(
        insert(work.session, Member).on_conflict_do_update(
            index_elements=[Member.workspace_id, Member.channel_id, Member.person_id], set_=as_is
        ),
        rows,
    )


async def on_joined(work: Work, event: Joined) -> bool:
    """Somebody came into a channel."""
    return await _moved(work, event.channel, event.by, here=True)


async def on_left(work: Work, event: Left) -> bool:
    """Somebody left a channel."""
    return await _moved(work, event.channel, event.by, here=False)


async def _moved(work: Work, place: Place | None, by: AccountId, *, here: bool) -> bool:
    if place is not None:
        channel, person = await find(work, place), await people.find(work, by)
        if channel is not None and person is not None:
            await _set(work, channel, [person], here=here)
            if here and person.zone_guessed:
                await _guess_zones(work, channel)
    return False


async def _guess_zones(work: Work, channel: Channel) -> None:
    """Take those whose zone nobody told to be where most of their first team are."""
    everybody = await members(work, channel)
    lost = [
        one
        for one in everybody
        if one.zone_guessed and (await of_person(work, one, "team"))[:1] == [channel]
    ]
    if lost:
        people.guess_zones(lost, [one.zone for one in everybody if not one.zone_guessed])
        await work.session.flush()


async def refresh(store: Store, chats: Mapping[str, Chat]) -> None:
    """Read the members of a few channels again: somebody may have come or gone while nobody listened."""
    for platform, chat in chats.items():
        async with store.look() as work:
            stale = await work.session.scalars(
                select(Channel)
                .where(
                    Channel.workspace_id.startswith(f"{platform}:", autoescape=True),
                    or_(Channel.members_at.is_(None), Channel.members_at < work.now - FRESH),
                )
                .order_by(Channel.members_at.nulls_first())
                .limit(5)
            )
            places = [place_of(channel) for channel in stale]
        for place in places:
            await sync_members(store, chat, place)


async def sync_members(store: Store, chat: Chat, place: Place) -> None:
    """Bring a channel's members to what the platform says; one it cannot see keeps those it has."""
    accounts: tuple[AccountId, ...] | None = None
    is_busy = False
    try:
        accounts = await chat.members(place)
    except Refused:
        pass
    except (Busy, Unsure):
        is_busy = True
    for account in accounts or ():
        # Whom the platform cannot name just now is met when they write, or with the next refresh.
        with contextlib.suppress(Busy, Refused, Unsure, TimeoutError):
            await people.meet(store, chat, account)
    async with store.work() as work:
        channel = await find(work, place)
        if channel is None:
            return
        if accounts is not None:
            found = [await people.find(work, account) for account in accounts]
            await put_members(work, channel, [person for person in found if person])
            await _guess_zones(work, channel)
        # A platform that is busy, as one that is not connected yet, is asked again in a moment.
        channel.members_at = work.now - FRESH + A_MOMENT if is_busy else work.now
