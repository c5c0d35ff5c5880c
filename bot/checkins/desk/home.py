"""The home page that a platform shows to one person: their day, their grains, their settings."""

from __future__ import annotations

from bot.channels import desk as channels
from bot.chat import Press, Reply, Show
from bot.checkins import words
from bot.checkins.desk import entries, hearing, schedule
from bot.engine import clock
from bot.grains import desk as grains
from bot.people import desk as people
from bot.store.session import Work


async def on_home(work: Work, act: Press) -> Reply:
    """Somebody opened their home page."""
    person = await people.caller(work, act.by)
    rows = await hearing.teams_of(work, person)
    named = await channels.many(work, [(one.workspace_id, one.channel_id) for one in rows])
    today = []
    for row in rows:
        checkin = await entries.today(work, person, row)
        entry = await entries.entry_of(work, checkin)
        written = entry is not None and not entry.removed
        name = named[row.workspace_id, row.channel_id].name
        today.append((name, "written" if written else checkin.state))
    coming = {
        channel.name: clock.local(at, person.zone)
        for channel, at in await schedule.upcoming(work, person)
    }
    alive = await grains.open_of(work, person)
    return Show(words.home(today, coming, [(one.number, one.headline) for one in alive]))
