"""`outloud doctor`: looks at everything Outloud needs to work, and says what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot import app, migrating
from bot.app import House, StartError
from bot.channels import desk as channels
from bot.engine import health
from bot.settings import Settings

AHEAD = timedelta(minutes=2)
"""How far ahead of the clock something written may be before that is worth a word."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    fine: bool
    sentence: str


async def examine(settings: Settings) -> list[Finding]:
    """Look at database, clock, queues and platforms."""
    try:
        await app.check_database(settings)
    except StartError as problem:
        return [Finding(False, str(problem))]
    async with app.build(settings) as house:
        answers = Finding(True, "The database answers and can be written.")
        if late := await migrating.behind(house.store):
            # What platforms keep is in the tables as well, so there is nothing more to ask.
            return [answers, Finding(False, late)]
        schema = Finding(True, "The database has this version's schema.")
        return [answers, schema, *await _queues(house), *await _platforms(house)]


async def _queues(house: House) -> list[Finding]:
    """The clock against what was written last, and messages and events that were given up."""
    async with house.store.look() as work:
        queues, now = await health.look(work), work.now
    found = [
        Finding(True, f"The clock says {now:%Y-%m-%d %H:%M} UTC."),
        Finding(True, "No message was given up."),
        Finding(True, "No event was set aside."),
    ]
    if queues.newest is not None and queues.newest > now + AHEAD:
        found[0] = Finding(
            False,
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, but something was written at "
            f"{queues.newest:%Y-%m-%d %H:%M}: set the clock right (NTP).",
        )
    if queues.dead:
        reasons = " ".join(queues.reasons)
        found[1] = Finding(False, f"Messages that were given up: {queues.dead}. {reasons}")
    if queues.aside:
        kinds = ", ".join(queues.errors)
        found[2] = Finding(
            False,
            f"Events that could not be handled and were set aside: {queues.aside} ({kinds}). "
            "The log has where each of them failed.",
        )
    return found


async def _platforms(house: House) -> list[Finding]:
    found = []
    async with house.store.look() as work:
        places = await channels.places(work)
    for name, chat in house.chats.items():
        trouble = await chat.examine(tuple(one for one in places if one.platform == name))
        found += [Finding(False, f"{name}: {sentence}") for sentence in trouble]
        if not trouble:
            found.append(Finding(True, f"{name}: all is well."))
    return found
