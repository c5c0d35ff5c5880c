"""What stands in a digest, read in one transaction in which nothing is drawn."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Picture
from bot.checkins import desk as checkins
from bot.checkins.desk import Told
from bot.digests import rules
from bot.digests.desk import counting, dunes, items
from bot.digests.desk.items import Find, Finds
from bot.digests.rules import Digest, Period
from bot.digests.words import parts
from bot.grains import desk as grains
from bot.insight import charts
from bot.insight.canvas import PLAIN, Chart, Look
from bot.introductions import desk as introductions
from bot.lessons import desk as lessons
from bot.lessons.desk import Passage
from bot.people.desk import Person
from bot.store.session import Work

MOST_ENTRIES = 500
"""The latest entries of a period that a digest reads; in five minutes nobody reads more."""
MOST_PLANS = 200
MOST_LESSONS = 100
FEWEST_WEEKS = 4
"""Weeks in the chart of a channel that is new."""
CAME = ("done", "adjusted")
"""What became of plans that a team reads about."""


@dataclass(frozen=True, slots=True)
class Material:
    """A digest, and what its picture is drawn from."""

    digest: Digest
    weeks: tuple[charts.Week, ...] = ()
    flows: tuple[charts.Flow, ...] = ()

    def chart(self, look: Look = PLAIN) -> Chart | None:
        """The picture, drawn now; None where there is nothing to draw."""
        if self.flows:
            return charts.flow(self.flows, look)
        if any(week.entries for week in self.weeks):
            return charts.narration(self.weeks, f"#{self.digest.channel}", look)
        return None

    async def picture(self) -> Picture | None:
        """The picture for a card, drawn beside the loop."""
        chart = await asyncio.to_thread(self.chart)
        return Picture(chart.image, chart.alt) if chart is not None else None


@dataclass(frozen=True, slots=True)
class Reading:
    """For whom a digest is read, and how much of it."""

    zone: str
    """Where its days begin and end."""
    curator: bool = False
    """Whether it tells what waits to be checked."""
    whole: str = ""
    """A section to be read whole."""
    but: Person | None = None
    """Whose words to leave out."""


async def collect(work: Work, channel: Channel, period: Period, reading: Reading) -> Material:
    """What happened in a channel over some days, as everybody in the channel may read it."""
    found, unread = await _narrated(work, channel, period, reading)
    _, over = period.instants(reading.zone)
    found |= await dunes.told_of(work, channel, over, most=rules.SHOWN)
    counts: tuple[str, ...] = ()
    ways: tuple[charts.Flow, ...] = ()
    if channel.ring != "team":
        waiting = await _lessons(work, channel, period, reading, found)
        counts = parts.counts(waiting, await _pairs(work, channel))
        ways = await flows(work, channel, *period.instants(reading.zone))
    finds = Finds(found, unread)
    sections = await finds.sections(
        work, channel.workspace_id, channel=channel, whole=[reading.whole]
    )
    digest = Digest(channel.name, channel.ring, period, sections, counts)
    return Material(digest, await _weeks(work, channel, period), ways)


async def _narrated(
    work: Work, channel: Channel, period: Period, reading: Reading
) -> tuple[defaultdict[str, list[Find]], set[str]]:
    """What was learned, what became of plans, and one story; and of which of these there was too much."""
    told, more_told = await checkins.told(
        work, channel, period.first, period.last, most=MOST_ENTRIES
    )
    settled, more_plans = await grains.settled(
        work, channel, *period.instants(reading.zone), most=MOST_PLANS
    )
    gone = reading.but.id if reading.but else 0
    answers = [one for one in told if one.person_id != gone]
    story = _story(answers)
    found: defaultdict[str, list[Find]] = defaultdict(list)
    for answer in answers:
        # One story is told as such; others tell what was learned, too.
        if (answer.role == "learned" or answer.story) and answer != story:
            found["learned"].append(items.of_answer(answer))
    for plan in settled:
        if plan.person_id == gone:
            continue
        if plan.state in CAME:
            found[plan.state].append(items.of_plan(plan))
        elif plan.learned:
            found["learned"].append(items.of_lesson_from(plan))
    if story is not None:
        found["story"].append(items.of_answer(story, most=items.A_STORY))
    unread = ({"learned"} if more_told else set()) | (set(CAME) if more_plans else set())
    return found, unread


def _story(answers: Iterable[Told]) -> Told | None:
    """The longest story that was told: one is enough."""
    return max(
        (one for one in answers if one.story),
        key=lambda one: (len(one.words), one.entry_id),
        default=None,
    )


async def _lessons(
    work: Work, channel: Channel, period: Period, reading: Reading, found: dict[str, list[Find]]
) -> int:
    """Add the lessons of a community or network; returns how many wait to be checked and are not shown."""
    begin, end = period.instants(reading.zone)
    waiting = await lessons.to_check(work, channel)
    news = {
        "check": waiting if reading.curator else [],
        "relayed": await lessons.relayed(work, channel, begin, end, most=MOST_LESSONS),
        "reused": await lessons.reused(work, channel, begin, end, most=rules.SHOWN),
    }
    gone = (reading.but.workspace_id, reading.but.id) if reading.but else None
    for key, some in news.items():
        found[key] = [items.of_news(one) for one in some if one.author != gone]
    story = await lessons.story(work, channel, begin, end, but=reading.but)
    if story is not None and not found.get("story"):
        found["story"] = [items.of_story(story)]
    return 0 if reading.curator else len(waiting)


async def _pairs(work: Work, channel: Channel) -> int:
    ids = [one.id for one in await channels.members(work, channel)]
    return await introductions.open_among(work, channel.workspace_id, ids)


async def flows(
    work: Work, channel: Channel, since: datetime, until: datetime
) -> tuple[charts.Flow, ...]:
    """Which way lessons came into a channel, and from there into wider ones, in a time."""
    return tuple(_flow(one) for one in await lessons.passages(work, channel, since, until))


def _flow(passage: Passage) -> charts.Flow:
    start = charts.End("teams, unnamed", "team")
    if passage.start is not None:
        start = _end(passage.start)
    return charts.Flow(start, _end(passage.end), passage.lessons)


def _end(channel: Channel) -> charts.End:
    ring: Literal["team", "community", "network"] = channel.ring  # type: ignore[assignment]
    return charts.End(f"#{channel.name}", ring)


async def _weeks(work: Work, channel: Channel, period: Period) -> tuple[charts.Week, ...]:
    weeks = rules.weeks_until(period.last)
    counts = await counting.entries_per_day(work, channel, weeks[0].first, period.last)
    drawn = tuple(
        charts.Week(
            parts.short(week.first),
            sum(count for day, count in counts.items() if week.first <= day <= week.last),
        )
        for week in weeks
    )
    begun = next((at for at, week in enumerate(drawn) if week.entries), len(drawn))
    # Weeks before anybody wrote here tell nothing.
    return drawn[min(begun, len(drawn) - FEWEST_WEEKS) :]


async def collect_own(
    work: Work, person: Person, period: Period, *, whole: bool = False
) -> Material:
    """What somebody planned, did and learned over some days, for them alone."""
    answers = await checkins.told_by(work, person, period.first, period.last)
    begin, end = period.instants(person.zone)
    made = await grains.made_by(work, person, begin, end, most=MOST_PLANS)
    settled, _ = await grains.settled_by(work, person, begin, end, most=MOST_PLANS)
    learned = [one for one in answers if one.role == "learned"]
    told = [one for one in answers if one.role not in ("plan", "learned")]
    found = {
        "planned": [items.of_plan(one) for one in made],
        "did": [items.of_plan(one) for one in settled if one.state != "dropped"],
        "found": [
            *(items.of_answer(one, named=False) for one in learned),
            *(
                items.of_lesson_from(one, named=False)
                for one in settled
                if one.learned and one.state == "dropped"
            ),
        ],
        "told": [items.of_answer(one, named=False) for one in told],
    }
    sections = await Finds(found).sections(
        work, person.workspace_id, channel=None, whole=found if whole else ()
    )
    return Material(Digest("", "", period, sections))
