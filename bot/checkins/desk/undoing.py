"""`/checkin undo`: takes back the last thing that somebody did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.chat import Reply, Show
from bot.checkins import words
from bot.checkins.desk import deeds, drafts, entries, putting_off, replies
from bot.checkins.tables import Answer, Deed, Entry
from bot.grains import desk as grains
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work

NOTHING = "There is nothing to undo: you did nothing with me in the last day."


async def undo(work: Work, person: Person) -> Reply:
    """Take back the latest of what somebody did to their check-ins and grains, and say what that was."""
    grain_at = await grains.last_change_at(work, person)
    for deed in await deeds.recent(work, person):
        if grain_at is not None and grain_at > deed.at:
            break
        sentence = await _undo(work, person, deed)
        await work.session.delete(deed)
        await work.session.flush()
        if sentence:
            return Show(words.sentence(sentence))
    done = await grains.undo_last(work, person) if grain_at is not None else None
    if done is None:
        raise Refusal(NOTHING)
    return Show(words.sentence(done))


async def _undo(work: Work, person: Person, deed: Deed) -> str:
    """Undo one deed and say so; empty when something else has undone it since."""
    before = deed.before
    match deed.what:
        case "away":
            until = before["until"]
            person.away_until = date.fromisoformat(until) if until else None
            await people.follow(work, person)
            return "Undone: your time away is as it was."
        case "skip" | "snooze":
            return await _undo_putting_off(work, person, before["checkin"])
        case "reply":
            await replies.take_back(work, person, before["key"])
            return "Undone: your reply is gone."
        case _:
            return await _undo_words(work, person, deed)


async def _undo_putting_off(work: Work, person: Person, checkin_id: int) -> str:
    try:
        checkin = await entries.checkin_of(work, person, checkin_id)
        await putting_off.unskip(work, person, checkin)
    except Refusal:
        return ""
    return "Undone: your check-in is open again."


async def _undo_words(work: Work, person: Person, deed: Deed) -> str:
    """Undo what somebody wrote, changed or deleted."""
    entry = await work.session.get(Entry, (person.workspace_id, deed.before["entry"]))
    if entry is None:
        return ""
    if deed.what == "delete":
        try:
            await entries.bring_back(work, person, entry)
        except Refusal:
            return ""
        return "Undone: your entry is back."
    if deed.before["answers"] is None:
        if entry.removed:
            return ""
        await entries.take_back(work, person, entry)
        return "Undone: your last entry is gone from everywhere."
    await _put_back(work, entry, deed.before["answers"])
    checkin = await entries.checkin_of(work, person, entry.checkin_id)
    entry.removed_at, checkin.state = None, "written"
    await drafts.drop(work, person, entries.form_id(checkin))
    await entries.follow(work, entry, checkin)
    return "Undone: your entry says what it said before."


async def _put_back(work: Work, entry: Entry, said: Sequence[dict[str, Any]]) -> None:
    """Let an entry say what it said before; what came from a message keeps following that message."""
    there = {one.key: one for one in await entries.answers_of(work, entry)}
    for key in there.keys() - {one["key"] for one in said}:
        await work.session.delete(there[key])
    for one in said:
        if one["key"] in there:
            there[one["key"]].words = one["words"]
        else:
            work.session.add(Answer(workspace_id=entry.workspace_id, entry_id=entry.id, **one))
    await work.session.flush()
