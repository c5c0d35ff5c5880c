"""What a team is asked on a day: its own questions, or some from the prompt bank in rotation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select

from bot.checkins import bank
from bot.checkins.desk import schedule
from bot.checkins.rules import Question, RhythmPlan
from bot.checkins.tables import Checkin, Rhythm, TeamPrompt
from bot.store.base import among
from bot.store.session import Work

REMEMBERED = 60
"""How many days of bank questions a team's rotation remembers."""
BANK_KEY = "bank."

_BANK: dict[str, bank.Prompt] = {one.key: one for one in bank.BANK}

TeamKey = tuple[str, str]
"""Workspace and channel."""
TeamDay = tuple[str, str, date]
"""Workspace, channel and day."""


async def questions_for(work: Work, row: Rhythm, day: date) -> tuple[Question, ...]:
    """What a team is asked on a day: its own questions, or a plan and one more from the prompt bank.

    Everybody in a team gets the same ones on one local day, so that the thread hangs together.
    """
    return (await questions_of(work, [(row, day)]))[*_key(row), day]


async def questions_of(
    work: Work, asked: Collection[tuple[Rhythm, date]]
) -> dict[TeamDay, tuple[Question, ...]]:
    """What many teams are asked on days, read and chosen together."""
    plans = {_key(row): schedule.read_plan(row) for row, _ in asked}
    found = {(*_key(row), day): plans[_key(row)].questions for row, day in asked}
    drawn = [(row, day) for row, day in asked if not plans[_key(row)].questions]
    mine = await _team_prompts(work, [_key(row) for row, _ in drawn])
    prompts = {key: _BANK | {one.key: one for one in own} for key, own in mine.items()}
    missing = [(row, day) for row, day in drawn if not _chosen(row, day, prompts[_key(row)])]
    if missing:
        # Somebody in another process may be choosing now; the second takes what the first chose.
        await _lock(work, [_key(row) for row, _ in missing])
    for row, day in missing:
        if not _chosen(row, day, prompts[_key(row)]):
            keys = _choose(row, plans[_key(row)], day, mine[_key(row)])
            days = {**row.lately, day.isoformat(): keys}
            row.lately = {one: days[one] for one in sorted(days)[-REMEMBERED:]}
    if missing:
        await work.session.flush()
    for row, day in drawn:
        known = prompts[_key(row)]
        found[*_key(row), day] = tuple(
            Question(
                key=f"{BANK_KEY}{key}",
                ask=known[key].ask,
                role=known[key].role,
                optional=number > 0,
            )
            for number, key in enumerate(_chosen(row, day, known))
        )
    return found


def _key(row: Rhythm) -> TeamKey:
    return row.workspace_id, row.channel_id


async def _lock(work: Work, keys: Collection[TeamKey]) -> None:
    """Take these rhythms, and read them as they are now."""
    await work.session.execute(
        select(Rhythm)
        .where(among(Rhythm.workspace_id, Rhythm.channel_id, keys))
        .order_by(Rhythm.workspace_id, Rhythm.channel_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _chosen(row: Rhythm, day: date, prompts: Mapping[str, bank.Prompt]) -> list[str]:
    """The questions chosen for a day before; none when one of them is not in the bank any more."""
    keys: list[str] = row.lately.get(day.isoformat(), [])
    return keys if all(key in prompts for key in keys) else []


def _choose(row: Rhythm, plan: RhythmPlan, day: date, mine: tuple[bank.Prompt, ...]) -> list[str]:
    tags = plan.tags or bank.TAGS
    groups: list[Collection[str]] = [tags]
    if "plan" in tags:
        groups = [("plan",), tuple(tag for tag in tags if tag != "plan")]
    asked = [key for one in sorted(row.lately) for key in row.lately[one]]
    chosen: list[str] = []
    for group in groups:
        if group:
            prompt = bank.pick(
                day,
                row.channel_id,
                tags=group,
                focus=plan.focus,
                stage=plan.stage,
                asked_lately=asked,
                own=mine,
                hidden={*row.hidden, *chosen},
            )
            chosen.append(prompt.key)
    return chosen


async def team_prompts(work: Work, row: Rhythm) -> tuple[bank.Prompt, ...]:
    """The questions that a team added for itself."""
    return (await _team_prompts(work, [_key(row)]))[_key(row)]


async def _team_prompts(
    work: Work, keys: Collection[TeamKey]
) -> dict[TeamKey, tuple[bank.Prompt, ...]]:
    found: dict[TeamKey, tuple[bank.Prompt, ...]] = dict.fromkeys(keys, ())
    if not found:
        return found
    rows = await work.session.scalars(
        select(TeamPrompt)
        .where(among(TeamPrompt.workspace_id, TeamPrompt.channel_id, found))
        .order_by(TeamPrompt.key)
    )
    for one in rows:
        role = "plan" if one.tag == "plan" else ""
        prompt = bank.Prompt(key=one.key, ask=one.ask, tag=one.tag, role=role)
        found[one.workspace_id, one.channel_id] += (prompt,)
    return found


async def choose_anew(work: Work, row: Rhythm) -> None:
    """Let the questions of days that nobody was asked about yet be chosen again."""
    today = work.now.date()
    begun = await work.session.scalars(
        select(Checkin.day)
        .where(
            Checkin.workspace_id == row.workspace_id,
            Checkin.channel_id == row.channel_id,
            Checkin.day >= today,
        )
        .distinct()
    )
    fixed = {day.isoformat() for day in begun}
    row.lately = {
        day: keys for day, keys in row.lately.items() if day in fixed or day < today.isoformat()
    }
    await work.session.flush()
