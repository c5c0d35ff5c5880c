"""What somebody wrote about plans: to take along, and to be forgotten."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import delete, select

from bot.engine import outbox
from bot.grains import words
from bot.grains.desk import cards, feedback
from bot.grains.tables import Grain, GrainCount, Remark, Stakeholder, Verdict
from bot.people.desk import Person
from bot.store.session import Work

T = TypeVar("T", Verdict, Remark, Stakeholder)


async def export(work: Work, person: Person) -> list[dict[str, object]]:
    """All of somebody's grains and all they said about others' grains, oldest first, ready for JSON."""
    mine = list(
        await work.session.scalars(
            select(Grain)
            .where(Grain.workspace_id == person.workspace_id, Grain.person_id == person.id)
            .order_by(Grain.number)
        )
    )
    found: list[dict[str, object]] = []
    for grain, view in zip(mine, await cards.views(work, mine), strict=True):
        found.append(
            {
                "kind": "grain",
                "number": grain.number,
                "made": grain.made_at.isoformat(),
                "text": view.whole.markdown(),
                "expected": grain.expected,
                "link": grain.link,
                "topics": list(grain.topics),
                "stakeholders": list(view.people),
                "state": grain.state,
                "settled": grain.settled_at.isoformat() if grain.settled_at else None,
                "learned": grain.learned,
                "carried": grain.carried,
                "adjusts": view.before.number if view.before else None,
                "channel": view.channel,
                "feedback": [
                    {"from": one.name, "verdict": words.VERBS.get(one.verdict), "words": one.words}
                    for one in view.opinions
                ],
            }
        )
    for verdict, grain in await _said(work, person, Verdict):
        found.append(
            {
                "kind": "feedback",
                "at": verdict.at.isoformat(),
                "about": grain.headline,
                "verdict": words.VERBS[verdict.verdict],
                "words": verdict.words,
            }
        )
    for remark, grain in await _said(work, person, Remark):
        found.append(
            {
                "kind": "reply",
                "at": remark.at.isoformat(),
                "about": grain.headline,
                "words": remark.words,
            }
        )
    for _, grain in await _said(work, person, Stakeholder):
        if await feedback.readable(work, person, grain):
            found.append({"kind": "named in a plan", "about": grain.headline})
    return found


async def forget(work: Work, person: Person) -> None:
    """Delete somebody's grains and what they said about others', with every message that shows it."""
    mine = Grain.workspace_id == person.workspace_id, Grain.person_id == person.id
    # The newest of a chain first, so that no card of an older one has to change on the way.
    for grain in list(
        await work.session.scalars(select(Grain).where(*mine).order_by(Grain.id.desc()))
    ):
        await cards.take_away(work, grain)
    said = [*await _said(work, person, Verdict), *await _said(work, person, Remark)]
    named = await _said(work, person, Stakeholder)
    for row, _ in (*said, *named):
        await work.session.delete(row)
    await work.session.flush()
    for _, grain in named:
        key = cards.asked_key(grain, person.id)
        await outbox.withdraw(work, grain.workspace_id, key)
        await outbox.forget(work, grain.workspace_id, [key])
    for grain in {grain.id: grain for _, grain in (*said, *named)}.values():
        await cards.show_again(work, grain)
    for grain in {grain.id: grain for _, grain in said}.values():
        await cards.show_heard(work, grain)
    await work.session.execute(
        delete(GrainCount).where(
            GrainCount.workspace_id == person.workspace_id, GrainCount.person_id == person.id
        )
    )


async def _said(work: Work, person: Person, table: type[T]) -> list[tuple[T, Grain]]:
    found = await work.session.execute(
        select(table, Grain)
        .join(Grain, (Grain.workspace_id == table.workspace_id) & (Grain.id == table.grain_id))
        .where(table.workspace_id == person.workspace_id, table.person_id == person.id)
        .order_by(table.grain_id)
    )
    return list(found)
