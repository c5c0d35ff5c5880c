"""What people chose for themselves, and how they have been answering lately."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Executable, Select, or_, select, update

from bot.checkins import rules
from bot.checkins.rules import Own
from bot.checkins.tables import Habit
from bot.people.desk import Person, PersonKey
from bot.store.base import dialect_of
from bot.store.given import Given, insert_new
from bot.store.session import Work

_WHO = Given.of(Habit, "workspace_id", "person_id")


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody wants to be asked and has been answering, as their habit's row has it."""

    own: Own
    stopped: bool
    waiting: bool
    ignored: int
    halved: bool

    def asked_again(self) -> Manner:
        """The same from here on, now that they are asked once more."""
        ignored = self.ignored + 1 if self.waiting else 0
        slower = ignored >= rules.IGNORED and not self.halved
        return replace(
            self,
            waiting=True,
            ignored=0 if slower else ignored,
            halved=self.halved or slower,
        )


async def manners(work: Work, keys: Collection[PersonKey]) -> Mapping[PersonKey, Manner]:
    """How these people are asked; whoever chose nothing gets an empty row."""
    found = await _manners(work, {*keys})
    missing = await _fill(work, {*keys} - found.keys())
    return {**found, **await _manners(work, missing)} if missing else found


async def _manners(work: Work, keys: Collection[PersonKey]) -> dict[PersonKey, Manner]:
    rows = await work.session.execute(
        _chosen(dialect_of(work.session)), _WHO.these(work.session, keys)
    )
    return {
        (row.workspace_id, row.person_id): Manner(
            Own(row.at, tuple(row.days), row.nudges),
            stopped=row.stopped,
            waiting=row.waiting,
            ignored=row.ignored,
            halved=row.halved,
        )
        for row in rows
    }


@cache
def _chosen(dialect: str) -> Select[*tuple[Any, ...]]:
    return select(
        Habit.workspace_id, Habit.person_id, Habit.at, Habit.days, Habit.nudges,
        Habit.stopped, Habit.waiting, Habit.ignored, Habit.halved,
    ).where(_WHO.match(dialect))  # fmt: skip


async def count_silence(work: Work, asked: Mapping[PersonKey, Manner]) -> None:
    """Keep that these people were asked once more, how often without a sign, and who is asked less from here on."""
    rows = [
        {
            "workspace_id": workspace_id,
            "person_id": person_id,
            "waiting": True,
            "ignored": manner.ignored,
            "halved": manner.halved,
        }
        for (workspace_id, person_id), manner in asked.items()
    ]
    await (await work.session.connection()).execute(
        _counting(dialect_of(work.session)), _SILENCE.hold(work.session, rows)
    )


_SILENCE = Given.of(Habit, "workspace_id", "person_id", "waiting", "ignored", "halved")


@cache
def _counting(dialect: str) -> Executable:
    rows = _SILENCE.rows(dialect)
    return (
        update(Habit)
        .where(Habit.workspace_id == rows.c.workspace_id, Habit.person_id == rows.c.person_id)
        .values(
            waiting=rows.c.waiting,
            ignored=rows.c.ignored,
            # Somebody may have asked for less at this very moment.
            halved=or_(Habit.halved, rows.c.halved),
        )
    )


async def _fill(work: Work, missing: Collection[PersonKey]) -> Collection[PersonKey]:
    """Give an empty row to people who have none."""
    # In one order everywhere, so that two processes do not wait for each other.
    rows = [
        {
            "workspace_id": workspace_id,
            "person_id": person_id,
            "days": [],
            "stopped": False,
            "waiting": False,
            "ignored": 0,
            "halved": False,
        }
        for workspace_id, person_id in sorted(missing)
    ]
    await insert_new(work.session, Habit, rows)
    return missing


async def habit_of(work: Work, person: Person) -> Habit:
    """What this person chose for themselves, to be changed."""
    key = person.workspace_id, person.id
    found = await work.session.get(Habit, key)
    if found is None:
        await _fill(work, [key])
        found = await work.session.get_one(Habit, key)
    return found


def own(habit: Habit) -> Own:
    """A person's choices as the rules know them."""
    return Own(habit.at, tuple(habit.days), habit.nudges)
