"""`/checkin undo`: takes back the last thing that somebody did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.chat import Done, Reply, Show
from bot.checkins import words
from bot.checkins.desk import deeds, entries, schedule
from bot.checkins.tables import Answer, Checkin, Deed, Entry
from bot.grains import desk as grains
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work


async def undo(work: Work, person: Person) -> Reply:
    """Take back the latest of what somebody did to their check-ins and grains, and say what that was."""
    deed = await deeds.last(work, person)
    grain_at = await grains.last_change_at(work, person)
    if grain_at is not None and (deed is None or grain_at > deed.at):
        done = await grains.undo_last(work, person)
        if done is not None:
            return Show(words.sentence(done))
    if deed is None:
        raise Refusal("There is nothing to undo: you did nothing with me in the last day.")
    sentence = await _undo(work, person, deed)
    await work.session.delete(deed)
    return Show(words.sentence(sentence))


async def _undo(work: Work, person: Person, deed: Deed) -> str:
    before = deed.before
    if deed.what == "away":
        person.away_until = date.fromisoformat(before["until"]) if before["until"] else None
        return "Undone: your time away is as it was."
    if deed.what in ("skip", "snooze"):
        await unskip(work, person, await entries.checkin_of(work, person, before["checkin"]))
        return "Undone: your check-in is open again."
    entry = await work.session.get_one(Entry, (person.workspace_id, before["entry"]))
    if deed.what == "delete":
        await entries.bring_back(work, person, entry)
        return "Undone: your entry is back."
    if before["answers"] is None:
        await entries.take_back(work, person, entry)
        return "Undone: your last entry is gone from everywhere."
    await _put_back(work, entry, before["answers"])
    checkin = await entries.checkin_of(work, person, entry.checkin_id)
    await entries.follow(work, entry, checkin)
    return "Undone: your entry says what it said before."


async def _put_back(work: Work, entry: Entry, said: Mapping[str, str]) -> None:
    """Let an entry say what it said before; what came from a message keeps following that message."""
    there = {one.key: one for one in await entries.answers_of(work, entry)}
    for key, answer in there.items():
        if key not in said:
            await work.session.delete(answer)
    for position, (key, text) in enumerate(said.items()):
        if key in there:
            there[key].words = text
        else:
            work.session.add(
                Answer(
                    workspace_id=entry.workspace_id,
                    entry_id=entry.id,
                    key=key,
                    position=position,
                    words=text,
                    source="",
                )
            )
    await work.session.flush()


async def unskip(work: Work, person: Person, checkin: Checkin) -> Reply:
    """Bring a check-in back that was skipped or put off, with its prompt."""
    if checkin.state not in ("skipped", "snoozed"):
        raise Refusal("There is nothing to undo here.")
    checkin.state, checkin.again_at = ("asked" if checkin.asked_at else "open"), None
    channel = await entries.find_channel(work, checkin)
    row = await schedule.find(work, checkin.workspace_id, checkin.channel_id)
    if channel is None or row is None or checkin.said == 0:
        return Show(words.sentence("Your check-in is open again. Type /checkin whenever you like."))
    questions = schedule.read_questions(checkin.questions)
    card = words.returned(questions, checkin_id=checkin.id, channel=channel.name)
    await entries.replace_prompt(work, person, checkin, card)
    return Done()
