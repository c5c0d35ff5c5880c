"""`/checkin`: today's form, a sub-word, or the answer itself."""

from __future__ import annotations

import difflib
from datetime import timedelta

from bot.chat import AccountId, Command, Place, Reply
from bot.checkins.desk import asks, narrating, putting_off, settings, undoing, zones
from bot.people import desk as people
from bot.refusal import Refusal
from bot.store.session import Work

ALONE = ("skip", "back", "settings", "undo", "questions")
CITY = 3
"""Words of the longest names of cities in zones, such as Port of Spain."""
"""Sub-words that take no further words."""
SUB_WORDS = (*ALONE, "snooze", "away until", zones.SUB_WORD)


async def on_command(work: Work, act: Command) -> Reply:
    """`/checkin` alone opens today's form; a sub-word does what it says; other words are the answer itself."""
    person = await people.caller(work, act.by)
    sub, _, rest = act.words.strip().partition(" ")
    _check_sub_word(sub.casefold(), rest.split())
    match sub.casefold(), bool(rest.strip()):
        case "", _:
            return await narrating.open_form(work, person, act.place)
        case "skip", False:
            return await putting_off.skip_by_command(work, person, act.place)
        case "snooze", _:
            return await putting_off.snooze_by_command(work, person, act.place, rest)
        case "away", _:
            return await settings.go_away(work, person, rest)
        case "back", False:
            return await settings.come_back(work, person)
        case "settings", False:
            return await settings.form(work, person)
        case zones.SUB_WORD, False:
            return await zones.form(work, person)
        case zones.SUB_WORD, True if len(rest.split()) <= CITY:
            return await zones.by_command(work, person, rest)
        case "undo", False:
            return await undoing.undo(work, person)
        case "questions", False:
            return await asks.show(work, person, act.place)
        case _:
            return await narrating.said_in_command(work, person, act)


def _check_sub_word(sub: str, rest: list[str]) -> None:
    """Refuse what looks like a slip of a sub-word; a sentence that begins with one is narration."""
    if sub in ALONE and 0 < len(rest) < 3:
        raise Refusal(
            f"/checkin {sub} takes no further words. To narrate, type /checkin and use the form."
        )
    near = difflib.get_close_matches(sub, SUB_WORDS, 1, 0.8)
    if not rest and near and sub not in (*ALONE, "snooze", "away", zones.SUB_WORD):
        raise Refusal(f"I do not know /checkin {sub}. Did you mean /checkin {near[0]}?")


async def complete(work: Work, typed: str, by: AccountId, place: Place) -> tuple[str, ...]:
    """The sub-words of `/checkin`, with examples of what follows them; behind `zone` every zone."""
    person = await people.find(work, by)
    if person is not None and typed.casefold().startswith(zones.SUB_WORD):
        return await zones.complete(work, person, typed)
    return (
        "skip",
        "snooze 30m",
        "snooze 2h",
        f"away until {(work.now + timedelta(days=7)).date().isoformat()}",
        "back",
        "settings",
        zones.SUB_WORD,
        "undo",
        "questions",
    )
