"""What happens with check-ins: asking, hearing answers, entries, settings."""

from __future__ import annotations

from bot.chat import CommandHelp, Edited, Joined, Left, Removed, Said
from bot.checkins.desk import (
    asking,
    asks,
    commands,
    deeds,
    drafts,
    entries,
    hearing,
    home,
    mydata,
    narrating,
    putting_off,
    reminders,
    replies,
    schedule,
    settings,
    zones,
)
from bot.checkins.desk.asking import try_on
from bot.checkins.desk.entries import FOLLOWED_BY, entry_key
from bot.checkins.desk.home import SHOWN_AT_HOME
from bot.checkins.desk.mydata import team_questions
from bot.checkins.desk.narrations import (
    Narration,
    has_checkin,
    has_stopped,
    narration,
    narration_of_card,
    narrations,
    unheard,
)
from bot.checkins.desk.schedule import rhythms, set_rhythm
from bot.checkins.desk.told import Told, day_of, entry_ids, told, told_by, told_per_day
from bot.engine.feature import Feature
from bot.grains import desk as grains

# An entry's card shows what becomes of the grains in it.
grains.SHOWN_BY["entry"] = entries.show_source

FEATURE = Feature(
    name="checkins",
    commands=(
        CommandHelp(
            "checkin",
            "Narrate your work; skip, snooze, go away, settings",
            "[words | skip | snooze 30m | away until DATE | back | settings | zone NAME | undo | questions]",
        ),
    ),
    on_command={"checkin": commands.on_command},
    on_press={
        "home": home.on_home,
        "checkins.open": narrating.on_open,
        "checkins.form": narrating.on_form,
        "checkins.tell": narrating.on_tell,
        "checkins.skip": putting_off.on_skip,
        "checkins.unskip": putting_off.on_unskip,
        "checkins.later": putting_off.on_later,
        "checkins.delete": narrating.on_delete,
        "checkins.restore": narrating.on_restore,
        "checkins.enough": narrating.on_enough,
        "checkins.reply": replies.on_reply,
        "checkins.pace": settings.on_pace,
        "checkins.settings": settings.on_settings,
        "checkins.zone": zones.on_zone,
        "checkins.questions": asks.on_questions,
        "checkins.add": asks.on_add,
        "checkins.hide": asks.on_hide,
        "checkins.unhide": asks.on_unhide,
    },
    on_submit={
        "checkins.entry": narrating.on_entry_form,
        "checkins.answer": replies.on_reply_form,
        "checkins.settings": settings.on_settings_form,
        "checkins.zone": zones.on_zone_form,
        "checkins.added": asks.on_added,
        "checkins.hidden": asks.on_hidden,
    },
    on_event={
        Said: hearing.on_said,
        Edited: hearing.on_edited,
        Removed: hearing.on_removed,
        Joined: hearing.on_joined,
        Left: schedule.on_left,
    },
    complete={"checkin": commands.complete},
    due={
        "seats": schedule.reseat,
        "zones": zones.ask,
        "ask": asking.ask_due,
        "again": reminders.speak_again,
        "removed": entries.purge,
        "deeds": deeds.sweep,
        "drafts": drafts.sweep,
    },
    soonest=asking.soonest,
    export=mydata.export,
    forget=mydata.forget,
    expire=mydata.expire,
    holds=hearing.holds,
)

__all__ = [
    "FEATURE",
    "FOLLOWED_BY",
    "SHOWN_AT_HOME",
    "Narration",
    "Told",
    "day_of",
    "entry_ids",
    "entry_key",
    "has_checkin",
    "has_stopped",
    "narration",
    "narration_of_card",
    "narrations",
    "rhythms",
    "set_rhythm",
    "team_questions",
    "told",
    "told_by",
    "told_per_day",
    "try_on",
    "unheard",
]
