"""`/checkin questions`: a team looks at its coming questions, adds its own and leaves others out."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from bot.channels import desk as channels
from bot.chat import Ask, Done, Place, Press, Reply, Show, Submit, read_action
from bot.checkins import bank, words
from bot.checkins.desk import entries, hearing, schedule
from bot.checkins.tables import Rhythm, TeamPrompt
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work

AHEAD = 3
"""How many days of coming questions are shown."""


async def show(work: Work, person: Person, place: Place) -> Reply:
    """The questions of the team that is meant."""
    rows = await hearing.teams_of(work, person)
    row = next((one for one in rows if one.channel_id == place.channel), rows[0] if rows else None)
    if row is None:
        raise Refusal("You are in no team channel that is set up, so there are no questions yet.")
    return await _card(work, person, row)


async def _card(work: Work, person: Person, row: Rhythm) -> Reply:
    plan = schedule.read_plan(row)
    channel = await channels.get(work, row.workspace_id, row.channel_id)
    if plan.questions:
        return Show(words.own_questions(channel.name, plan.questions))
    coming = await _coming(work, person, row)
    return Show(words.bank_card(channel.name, row.channel_id, coming, len(row.hidden)))


async def _coming(work: Work, person: Person, row: Rhythm) -> list[tuple[str, str]]:
    """Key and words of the questions of the next days that ask."""
    plan = schedule.read_plan(row)
    first = entries.day_in(work, person, plan)
    days = [first + timedelta(days=ahead) for ahead in range(30)]
    asking = [day for day in days if plan.falls_on(day)][:AHEAD]
    found: dict[str, str] = {}
    for day in asking:
        for question in await schedule.questions_for(work, row, day):
            found[question.key.removeprefix(schedule.BANK_KEY)] = question.ask
    return list(found.items())


async def _team(work: Work, person: Person, written: str) -> Rhythm:
    """The rhythm that a button or form is about; refuses who is not in that team."""
    channel_id = read_action(written)[1][0]
    row = next(
        (one for one in await hearing.teams_of(work, person) if one.channel_id == channel_id), None
    )
    if row is None:
        raise Refusal("Only people in that team can change its questions.")
    return row


async def on_add(work: Work, act: Press) -> Reply:
    """*Add a question*."""
    row = await _team(work, await people.caller(work, act.by), act.action)
    return Ask(words.add_form(row.channel_id, bank.TAGS))


async def on_added(work: Work, act: Submit) -> Reply:
    """A team's own question joins its rotation."""
    person = await people.caller(work, act.by)
    row = await _team(work, person, act.form)
    if not act.final:
        return Done()
    ask, tag = act.values.get("ask", "").strip(), act.values.get("tag", "")
    if not ask or len(ask) > 150:
        raise Refusal(f"A question has 1 to 150 characters; this one has {len(ask)}.", field="ask")
    if tag not in bank.TAGS:
        raise Refusal(f"Choose one of {', '.join(bank.TAGS)}.", field="tag")
    work.session.add(
        TeamPrompt(
            workspace_id=row.workspace_id,
            channel_id=row.channel_id,
            key=f"own.{new_id()}",
            ask=ask,
            tag=tag,
        )
    )
    row.lately = await _until_today(work, person, row)
    await work.session.flush()
    return await _card(work, person, row)


async def on_hide(work: Work, act: Press) -> Reply:
    """*Leave one out*."""
    person = await people.caller(work, act.by)
    row = await _team(work, person, act.action)
    return Ask(words.hide_form(row.channel_id, await _coming(work, person, row)))


async def on_hidden(work: Work, act: Submit) -> Reply:
    """A question is not asked in this team any more; one of its own is deleted."""
    person = await people.caller(work, act.by)
    row = await _team(work, person, act.form)
    if not act.final:
        return Done()
    key = act.values.get("key", "")
    if key not in dict(await _coming(work, person, row)):
        raise Refusal("Choose one of the questions.", field="key")
    if key.startswith("own."):
        await work.session.execute(
            delete(TeamPrompt).where(
                TeamPrompt.workspace_id == row.workspace_id,
                TeamPrompt.channel_id == row.channel_id,
                TeamPrompt.key == key,
            )
        )
    else:
        row.hidden = [*row.hidden, key]
    row.lately = await _until_today(work, person, row)
    await work.session.flush()
    return await _card(work, person, row)


async def on_unhide(work: Work, act: Press) -> Reply:
    """*Bring all back*."""
    person = await people.caller(work, act.by)
    row = await _team(work, person, act.action)
    row.hidden = []
    await work.session.flush()
    return await _card(work, person, row)


async def _until_today(work: Work, person: Person, row: Rhythm) -> dict[str, object]:
    """The rotation without the days to come, which are chosen again."""
    today = entries.day_in(work, person, schedule.read_plan(row)).isoformat()
    return {day: keys for day, keys in row.lately.items() if day < today}
