"""What others make of a plan: go on, adjust, or words; its author hears it at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.channels import desk as channels
from bot.chat import Text
from bot.grains import rules
from bot.grains.desk import cards
from bot.grains.desk.outcomes import read_id
from bot.grains.tables import Grain, Remark, Verdict
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work


async def readable(work: Work, person: Person, grain: Grain | None) -> bool:
    """Whether somebody may read a grain: its author, and the people of its channel."""
    if grain is None:
        return False
    if grain.person_id == person.id:
        return True
    channel = await cards.channel_of(work, grain)
    return channel is not None and await channels.can_read(work, person, channel)


async def reach(work: Work, person: Person, written: str) -> Grain:
    """The grain with this id; refuses one that is gone or that this person cannot read."""
    grain = await work.session.get(Grain, (person.workspace_id, read_id(written)))
    if grain is None or not await readable(work, person, grain):
        raise Refusal("This plan is gone, or you cannot read it.")
    return grain


async def about(work: Work, person: Person, said: Sequence[str]) -> list[Grain]:
    """The plans that the words of a button name and that somebody may judge now, in order."""
    if said and said[0] == "from":
        found = list(
            await work.session.scalars(
                select(Grain)
                .where(
                    Grain.workspace_id == person.workspace_id, Grain.source == ":".join(said[1:])
                )
                .order_by(Grain.position, Grain.id)
            )
        )
    else:
        ids = [read_id(one) for one in said]
        rows = [await work.session.get(Grain, (person.workspace_id, one)) for one in ids]
        found = [row for row in rows if row is not None]
    found = [grain for grain in found if await readable(work, person, grain)]
    if not found:
        raise Refusal("This plan is gone, or you cannot read it.")
    if found[0].person_id == person.id:
        raise Refusal(
            "This is your own plan, so the others say what they think of it. "
            f"Type /grain {found[0].number} to settle it."
        )
    alive = [grain for grain in found if grain.state in rules.ALIVE]
    if not alive:
        author = await people.get(work, person.workspace_id, found[0].person_id)
        raise Refusal(f"{author.name} has settled this plan already: {found[0].state}.")
    return alive


async def verdict_of(work: Work, person: Person, grain: Grain) -> Verdict | None:
    """What somebody says of a plan now."""
    key = (person.workspace_id, grain.id, person.id)
    return await work.session.get(Verdict, key)


async def judge(
    work: Work, person: Person, grain: Grain, verdict: rules.Verdict, written: str = ""
) -> None:
    """Say what one would do with a plan; the last word of a person counts."""
    rules.check_length(written, field="words")
    said = Text.parse(written).markdown()
    # One after another, so that two taps of one person leave one verdict.
    await work.session.refresh(grain, with_for_update=True)
    row = await verdict_of(work, person, grain)
    if row is not None and (row.verdict, row.words) == (verdict, said):
        return
    if row is None:
        row = Verdict(workspace_id=person.workspace_id, grain_id=grain.id, person_id=person.id)
        work.session.add(row)
    row.id, row.verdict, row.words, row.at = new_id(), verdict, said, work.now
    await cards.show_again(work, grain)


async def unsay(work: Work, person: Person, grain: Grain) -> None:
    """Take a verdict back."""
    row = await verdict_of(work, person, grain)
    if row is None:
        return
    await work.session.delete(row)
    await cards.show_again(work, grain)
    await cards.show_heard(work, grain)


async def reply(work: Work, person: Person, grain: Grain, text: Text, *, source: str = "") -> None:
    """Put somebody's words under a plan."""
    work.session.add(
        Remark(
            workspace_id=person.workspace_id,
            id=new_id(),
            grain_id=grain.id,
            person_id=person.id,
            words=text.markdown(),
            source=source,
            at=work.now,
        )
    )
    await cards.show_again(work, grain)
