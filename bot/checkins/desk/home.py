"""The home page that a platform shows to one person: their day, their grains, their settings."""

from __future__ import annotations

from bot.channels import desk as channels
from bot.chat import Press, Reply, Show
from bot.checkins import words
from bot.checkins.desk import schedule, today
from bot.engine import clock
from bot.grains import desk as grains
from bot.people import desk as people
from bot.store.session import Work


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
    return Show(words.home(days, coming, [(one.number, one.headline) for one in alive]))
