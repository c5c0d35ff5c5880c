"""Who looks at the board, at what, and which channels that may be."""

from __future__ import annotations

from dataclasses import dataclass

from bot.board.rules import Asked
from bot.board.words.frame import Shown
from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.digests import rules as digests
from bot.digests.desk import finding
from bot.digests.rules import Period
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody looks at a page."""

    person: Person
    path: str
    asked: Asked


async def channel_of(work: Work, visit: Visit) -> Channel:
    """The channel of a page: the one that was asked for, else the one its visitor looks at most."""
    person = visit.person
    if visit.asked.channel:
        return await finding.readable(work, person, visit.asked.channel)
    return await finding.meant(work, person, "", await people.direct(work, person))


async def shown_channels(work: Work, visit: Visit, *also: Channel) -> list[Shown]:
    """The channels that somebody can choose among."""
    mine = {one.id: one for one in await channels.of_person(work, visit.person)}
    mine |= {one.id: one for one in also}
    order = {"team": 0, "community": 1, "network": 2}
    every = sorted(mine.values(), key=lambda one: (order.get(one.ring, 3), one.name))
    return [Shown(one.id, one.name) for one in every]


async def period_of(work: Work, visit: Visit, usual: str) -> tuple[Period, str]:
    """The days of a page, and what is wrong with those that were asked for; the usual ones then."""
    today = people.today(work, visit.person)
    try:
        return digests.read_period(visit.asked.period or usual, today), ""
    except Refusal as no:
        return digests.read_period(usual, today), str(no)
