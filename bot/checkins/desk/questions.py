"""What a team is asked on a day: its own questions, or some from the prompt bank in rotation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select

from bot.checkins import bank
from bot.checkins.desk import schedule
from bot.checkins.rules import Question, RhythmPlan
from bot.checkins.tables import Checkin, Rhythm, TeamPrompt
from bot.store.session import Work

REMEMBERED = 60
"""How many days of bank questions a team's rotation remembers."""
BANK_KEY = "bank."


async def questions_for(work: Work, row: Rhythm, day: date) -> tuple[Question, ...]:
    """What a team is asked on a day: its own questions, or a plan and one more from the prompt bank.

    Everybody in a team gets the same ones on one local day, so that the thread hangs together.
    """
    plan = schedule.read_plan(row)
    if plan.questions:
        return plan.questions
    prompts = {one.key: one for one in (*bank.BANK, *await team_prompts(work, row))}
    keys = _chosen(row, day, prompts)
    if not keys:
        # Somebody in another process may be choosing now; the second takes what the first chose.
        await work.session.refresh(row, with_for_update=True)
        keys = _chosen(row, day, prompts)
    if not keys:
        keys = await _choose(work, row, plan, day)
        days = {**row.lately, day.isoformat(): keys}
        row.lately = {one: days[one] for one in sorted(days)[-REMEMBERED:]}
        await work.session.flush()
    return tuple(
        Question(
            key=f"{BANK_KEY}{key}",
            ask=prompts[key].ask,
            role=prompts[key].role,
            optional=number > 0,
        )
        for number, key in enumerate(keys)
    )


def _chosen(row: Rhythm, day: date, prompts: Mapping[str, bank.Prompt]) -> list[str]:
    """The questions chosen for a day before; none when one of them is not in the bank any more."""
    keys: list[str] = row.lately.get(day.isoformat(), [])
    return keys if all(key in prompts for key in keys) else []


async def _choose(work: Work, row: Rhythm, plan: RhythmPlan, day: date) -> list[str]:
    tags = plan.tags or bank.TAGS
    groups: list[Collection[str]] = [tags]
    if "plan" in tags:
        groups = [("plan",), tuple(tag for tag in tags if tag != "plan")]
    asked = [key for one in sorted(row.lately) for key in row.lately[one]]
    mine = await team_prompts(work, row)
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
    rows = await work.session.scalars(
        select(TeamPrompt)
        .where(TeamPrompt.workspace_id == row.workspace_id, TeamPrompt.channel_id == row.channel_id)
        .order_by(TeamPrompt.key)
    )
    return tuple(
        bank.Prompt(key=one.key, ask=one.ask, tag=one.tag, role="plan" if one.tag == "plan" else "")
        for one in rows
    )


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
