"""The pages of the board, each read in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.board import rules, words
from bot.board.desk import drawings, visits
from bot.board.desk.visits import Visit
from bot.board.words.frame import Shown
from bot.board.words.week import Pictures
from bot.channels import desk as channels
from bot.chat.pages import Page
from bot.communities import desk as communities
from bot.digests.desk import collecting, landscape
from bot.digests.desk.collecting import Reading
from bot.insight.charts import End, Flow
from bot.lessons.desk import browsing, steps
from bot.lessons.words.shelf import Wanted
from bot.store.session import Work

MOST_DUNES = 24

Room = Callable[[Work, Visit], Awaitable[Page]]


async def week(work: Work, visit: Visit) -> Page:
    """What happened in a channel, as its digest tells it."""
    person, asked = visit.person, visit.asked
    channel = await visits.channel_of(work, visit)
    period, wrong = await visits.period_of(work, visit, "week")
    curator = await channels.is_curator(work, person, channel.id)
    reading = Reading(person.zone, curator=curator, whole=asked.whole)
    material = await collecting.collect(work, channel, period, reading)
    pictures = Pictures(
        drawings.weeks(material.weeks, f"#{channel.name}"), drawings.flow(material.flows)
    )
    shown = await visits.shown_channels(work, visit, channel)
    return words.week(material.digest, pictures, asked, shown, channel.id, wrong=wrong)


async def lessons(work: Work, visit: Visit) -> Page:
    """The lessons that somebody looks for, or one of them."""
    asked = visit.asked
    _, _, number = visit.path.partition("/")
    if number:
        card = await browsing.one(work, visit.person, steps.read_id(number))
        return words.lesson(card) if card else words.missing(words.LESSON_GONE)
    wanted = Wanted(asked.words, asked.channel, asked.topic, asked.state)
    found = await browsing.browse(
        work, visit.person, wanted, start=asked.start, most=rules.ON_A_PAGE + 1
    )
    return words.lessons(
        found[: rules.ON_A_PAGE],
        asked,
        await visits.shown_channels(work, visit),
        await browsing.topics(work, visit.person),
        more=len(found) > rules.ON_A_PAGE,
    )


async def patterns(work: Work, visit: Visit) -> Page:
    """The patterns that the readers of a channel may know."""
    channel = await visits.channel_of(work, visit)
    found = await landscape.landscape(work, channel, most=MOST_DUNES)
    return words.patterns(
        found,
        drawings.dunes(found, f"#{channel.name}"),
        visit.asked,
        await visits.shown_channels(work, visit, channel),
        Shown(channel.id, channel.name),
        team=channel.ring == "team",
    )


async def flow(work: Work, visit: Visit) -> Page:
    """Which way lessons went between rings, and the map of communities."""
    person = visit.person
    period, wrong = await visits.period_of(work, visit, rules.FLOW_SPAN)
    ways: dict[tuple[End, End], int] = {}
    for channel in await channels.of_person(work, person):
        if channel.ring == "team":
            continue
        for way in await collecting.flows(work, channel, *period.instants(person.zone)):
            # Both ends tell of one way, where both are theirs.
            key = (way.start, way.end)
            ways[key] = max(way.lessons, ways.get(key, 0))
    flows = [Flow(start, end, count) for (start, end), count in ways.items()]
    flows.sort(key=lambda one: (-one.lessons, one.start.name, one.end.name))
    sky = await communities.sky(work, person)
    return words.ways(
        flows, drawings.flow(tuple(flows)), drawings.sky(sky), period, visit.asked, wrong=wrong
    )


ROOMS: Mapping[str, Room] = {"": week, "lessons": lessons, "patterns": patterns, "flow": flow}
"""The pages, by the first part of their paths."""
ALONE = ("", "patterns", "flow")
"""Pages with nothing behind their paths."""
