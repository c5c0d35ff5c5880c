"""Which channel somebody means, and what they may do with its digest."""

from __future__ import annotations

import difflib

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Place
from bot.digests.words.cards import May
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work


async def meant(work: Work, person: Person, typed: str, place: Place) -> Channel:
    """The channel somebody named; else the one they are in, a community they curate, or their team."""
    if typed:
        return await _named(work, person, typed)
    here = await channels.find(work, place)
    if here is not None and await channels.can_read(work, person, here):
        return here
    mine = await channels.of_person(work, person)
    curated = set(await channels.curates(work, person))
    for found in (
        [one for one in mine if one.id in curated and one.ring == "community"],
        [one for one in mine if one.ring == "team"],
        mine,
    ):
        if found:
            return found[0]
    raise Refusal(
        "You are in no channel that I work in, so there is no digest for you yet. "
        "An admin sets a channel up with /outloud setup."
    )


async def _named(work: Work, person: Person, typed: str) -> Channel:
    wanted = typed.casefold()
    every = await channels.every(work, person.workspace_id)
    readable = [one for one in every if await channels.can_read(work, person, one)]
    for one in readable:
        if wanted in (one.id.casefold(), one.name.casefold()):
            return one
    # Whether there is such a channel is not for everybody to know.
    near = difflib.get_close_matches(wanted, [one.name.casefold() for one in readable], 1)
    hint = f" Did you mean #{near[0]}?" if near else ""
    raise Refusal(f"There is no #{typed[:60]} that I work in and that you can read.{hint}")


async def readable(work: Work, person: Person, channel_id: str) -> Channel:
    """The channel with this id, if it is set up and somebody can read it; refuses any other."""
    found = await channels.many(work, [(person.workspace_id, channel_id)])
    channel = found.get((person.workspace_id, channel_id))
    if channel is None or not await channels.can_read(work, person, channel):
        raise Refusal("You cannot read that channel any more, so I cannot show you its digest.")
    return channel


async def may_post(work: Work, person: Person, channel: Channel) -> bool:
    """Whether somebody decides about a channel's digests: its curators, and admins who can read it."""
    return await channels.is_curator(work, person, channel.id) or await channels.is_admin(
        work, person
    )


async def require_poster(work: Work, person: Person, channel: Channel) -> None:
    """Refuse somebody who does not decide about a channel's digests."""
    if not await may_post(work, person, channel):
        raise Refusal(
            f"Only a curator of #{channel.name} or an admin can do that. "
            "/digest alone shows you the digest."
        )


async def may(work: Work, person: Person, channel: Channel, *, mail: bool) -> May:
    """What somebody may do with a digest of a channel."""
    post = await may_post(work, person, channel)
    readers = await channels.how_many(work, channel) if post else 0
    return May(post, mail, readers)
