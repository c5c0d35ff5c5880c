"""The home page that a platform shows to one person: their day, their grains, their settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.channels import desk as channels
from bot.chat import Button, Fact, Press, Reply, Show
from bot.checkins import words
from bot.checkins.desk import schedule, today
from bot.engine import clock
from bot.grains import desk as grains
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.session import Work

AtHome = Callable[[Work, Person], Awaitable[tuple[tuple[Fact, ...], tuple[Button, ...]]]]

SHOWN_AT_HOME: list[AtHome] = []
"""What other features put on somebody's home page: lines, and doors to their own lists."""


async def on_home(work: Work, act: Press) -> Reply:
    """Somebody opened their home page."""
    person = await people.caller(work, act.by)
    rows = await today.teams_of(work, person)
    named = await channels.many(work, [(one.workspace_id, one.channel_id) for one in rows])
    known = await today.known(work, person, rows)
    days = [
        (
            named[row.workspace_id, row.channel_id].name,
            known[row.channel_id].state if row.channel_id in known else "open",
        )
        for row in rows
    ]
    coming = {
        channel.name: clock.local(at, person.zone)
        for channel, at in await schedule.upcoming(work, person)
        if at is not None
    }
    alive = await grains.open_of(work, person)
    card = words.home(days, coming, [(one.number, one.headline) for one in alive])
    for at_home in SHOWN_AT_HOME:
        facts, doors = await at_home(work, person)
        card = replace(card, facts=(*card.facts, *facts), buttons=(*card.buttons, *doors))
    return Show(card)
