"""`/checkin questions`: a team looks at its coming questions, adds its own and leaves others out."""

from __future__ import annotations

from datetime import timedelta

from bot.channels import desk as channels
from bot.chat import Ask, Done, Place, Press, Reply, Show, Submit
from bot.checkins import bank, rules, words
from bot.checkins.desk import buttons, narrating, questions, schedule, today
from bot.checkins.tables import Rhythm, TeamPrompt
from bot.checkins.words.questions import MOST_SIGNS, TAGS
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work

AHEAD = 3
"""How many days of coming questions are shown."""
LOOKED_AHEAD = 70
"""Days to look through for them: a rhythm may ask once a month."""
FEWEST = 8
"""Questions that a team keeps, however many it leaves out."""


async def show(work: Work, person: Person, place: Place, channel_id: str = "") -> Reply:
    """The questions of the team that is meant; asks which when that is not clear."""
    rows = await today.teams_of(work, person)
    rows = [one for one in rows if one.channel_id == (channel_id or place.channel)] or rows
    if not rows:
        raise Refusal("You are in no team channel that is set up, so there are no questions yet.")
    if len(rows) > 1:
        return Show(await narrating.which_team(work, rows, "checkins.questions"))
    return await _card(work, person, rows[0])


async def on_questions(work: Work, act: Press) -> Reply:
    """The choice of a team, to look at its questions."""
    person = await people.caller(work, act.by)
    return await _card(work, person, await _team(work, person, act.action))


async def _card(work: Work, person: Person, row: Rhythm) -> Reply:
    plan = schedule.read_plan(row)
    channel = await channels.get(work, row.workspace_id, row.channel_id)
    if plan.questions:
        return Show(words.own_questions(channel.name, plan.questions))
    coming = await _coming(work, person, row)
    return Show(words.bank_card(channel.name, row.channel_id, coming, len(row.hidden)))


async def _coming(work: Work, person: Person, row: Rhythm) -> list[tuple[str, str]]:
    """Key and words of the questions of the next days that ask, without those that were just left out."""
    plan = schedule.read_plan(row)
    first = await schedule.day_in(work, person, plan)
    days = [first + timedelta(days=ahead) for ahead in range(LOOKED_AHEAD)]
    asking = [day for day in days if plan.falls_on(day)][:AHEAD]
    found: dict[str, str] = {}
    for day in asking:
        for question in await questions.questions_for(work, row, day):
            key = question.key.removeprefix(questions.BANK_KEY)
            if key not in row.hidden:
                found[key] = question.ask
    return list(found.items())


async def _team(work: Work, person: Person, written: str) -> Rhythm:
    """The rhythm that a button or form is about; refuses who is not in that team."""
    channel_id = buttons.words_of(written)[0]
    for row in await today.teams_of(work, person):
        if row.channel_id == channel_id:
            return row
    raise Refusal("Only people in that team can change its questions.")


async def _name(work: Work, row: Rhythm) -> str:
    return (await channels.get(work, row.workspace_id, row.channel_id)).name


async def on_add(work: Work, act: Press) -> Reply:
    """*Add a question*."""
    row = await _team(work, await people.caller(work, act.by), act.action)
    return Ask(words.add_form(await _name(work, row), row.channel_id))


async def on_added(work: Work, act: Submit) -> Reply:
    """A team's own question joins its rotation."""
    person = await people.caller(work, act.by)
    row = await _team(work, person, act.form)
    if not act.final:
        return Done()
    ask = " ".join(rules.seen(act.values.get("ask", ""), field="ask").split())
    tag = act.values.get("tag", "")
    if not ask or len(ask) > MOST_SIGNS:
        raise Refusal(
            f"A question has 1 to {MOST_SIGNS} characters; this one has {len(ask):,}.", field="ask"
        )
    if tag not in bank.TAGS:
        raise Refusal(f"Choose one of these: {', '.join(TAGS.values())}.", field="tag")
    known = (*bank.BANK, *await questions.team_prompts(work, row))
    if any(one.ask.casefold() == ask.casefold() for one in known):
        raise Refusal("This question takes its turn already.", field="ask")
    work.session.add(
        TeamPrompt(
            workspace_id=row.workspace_id,
            channel_id=row.channel_id,
            key=f"own.{new_id()}",
            ask=ask,
            tag=tag,
        )
    )
    await work.session.flush()
    await questions.choose_anew(work, row)
    return await _card(work, person, row)


async def on_hide(work: Work, act: Press) -> Reply:
    """*Leave one out*."""
    person = await people.caller(work, act.by)
    row = await _team(work, person, act.action)
    coming = await _coming(work, person, row)
    if not coming:
        raise Refusal("There is no question ahead to leave out.")
    return Ask(words.hide_form(await _name(work, row), row.channel_id, coming))


async def on_hidden(work: Work, act: Submit) -> Reply:
    """A question is not asked in this team any more, until it is brought back."""
    person = await people.caller(work, act.by)
    row = await _team(work, person, act.form)
    if not act.final:
        return Done()
    key = act.values.get("key", "")
    if key not in dict(await _coming(work, person, row)):
        raise Refusal("Choose one of the questions.", field="key")
    known = {one.key for one in (*bank.BANK, *await questions.team_prompts(work, row))}
    if len(known - {*row.hidden, key}) < FEWEST:
        raise Refusal(
            f"Leave at least {FEWEST} questions in, or I would repeat myself. "
            "Bring the others back first.",
            field="key",
        )
    row.hidden = [*row.hidden, key]
    await work.session.flush()
    await questions.choose_anew(work, row)
    return await _card(work, person, row)


async def on_unhide(work: Work, act: Press) -> Reply:
    """*Bring all back*."""
    person = await people.caller(work, act.by)
    row = await _team(work, person, act.action)
    row.hidden = []
    await work.session.flush()
    return await _card(work, person, row)
