"""Making grains, finding them, and what their words name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import AccountId, Place, Text
from bot.engine import outbox
from bot.grains import rules, words
from bot.grains.desk import cards
from bot.grains.tables import Grain, GrainChange, GrainCount, Stakeholder
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import insert, new_id
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Details:
    """What may be added to the words of a grain."""

    expected: str = ""
    link: str = ""
    topics: tuple[str, ...] = ()
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """A grain that was just made, and what its author should be told."""

    grain: Grain
    act: int
    notes: list[str] = field(default_factory=list)


async def find(work: Work, person: Person, number: int) -> Grain:
    """Somebody's own grain of this number."""
    grain = await work.session.scalar(
        select(Grain).where(
            Grain.workspace_id == person.workspace_id,
            Grain.person_id == person.id,
            Grain.number == number,
        )
    )
    if grain is None:
        raise Refusal(f"You have no grain {number}. /grain list shows those you have.")
    return grain


async def open_of(work: Work, person: Person, *, most: int = 5) -> list[Grain]:
    """Somebody's grains that are alive, newest first."""
    return list(
        await work.session.scalars(
            select(Grain)
            .where(
                Grain.workspace_id == person.workspace_id,
                Grain.person_id == person.id,
                Grain.state.in_(rules.ALIVE),
            )
            .order_by(Grain.number.desc())
            .limit(most)
        )
    )


async def count_open(work: Work, person: Person) -> int:
    """How many grains of somebody are alive."""
    found = await work.session.scalar(
        select(func.count()).where(
            Grain.workspace_id == person.workspace_id,
            Grain.person_id == person.id,
            Grain.state.in_(rules.ALIVE),
        )
    )
    return found or 0


async def team(work: Work, person: Person, place: Place) -> Channel | None:
    """The team channel that reads what somebody drops here: this one, else theirs, else the one used last."""
    teams = {channel.id: channel for channel in await channels.of_person(work, person, "team")}
    if place.channel in teams or not teams:
        return teams.get(place.channel)
    last = await work.session.scalar(
        select(Grain.channel_id)
        .where(
            Grain.workspace_id == person.workspace_id,
            Grain.person_id == person.id,
            Grain.channel_id.in_(teams),
        )
        .order_by(Grain.number.desc())
        .limit(1)
    )
    return teams[last] if last else next(iter(teams.values()))


async def names(work: Work, workspace_id: str) -> Mapping[str, int]:
    """People by casefolded name; a name that two people share names nobody."""
    by_name: dict[str, int] = {}
    shared: set[str] = set()
    for person in await people.everybody(work, workspace_id):
        name = person.name.casefold()
        shared |= {name} & by_name.keys()
        by_name[name] = person.id
    return {name: person_id for name, person_id in by_name.items() if name not in shared}


async def parts(work: Work, workspace_id: str, text: Text) -> rules.Parts:
    """What a text names, by ``@name`` or by the platform's own mention."""
    known = await names(work, workspace_id) if "@" in text.plain() else {}
    found = rules.parts(text, known)
    platform, _, workspace = workspace_id.partition(":")
    mentions = {span.mention for block in text.blocks for span in block.spans if span.mention}
    by_platform = [
        person.id
        for one in sorted(mentions)
        if (person := await people.find(work, AccountId(platform, workspace, one)))
    ]
    return rules.Parts(found.topics, found.link, tuple(_joined(found.people, by_platform)))


async def drop(
    work: Work,
    person: Person,
    text: Text,
    *,
    channel: Channel | None,
    details: Details = Details(),
    source: str = "",
    chain: int = 0,
    act: int = 0,
) -> Dropped:
    """Make a grain with a card of its own in the thread of today, or, without a channel, for its author alone."""
    act = act or new_id()
    grain, untold = await make(work, person, text, channel, details, source=source, chain=chain)
    grain.day = people.today(work, person) if channel else None
    await note(work, grain, act)
    await cards.show_again(work, grain)
    dropped = Dropped(grain, act)
    if untold:
        dropped.notes.append(words.not_told(untold, channel.name if channel else ""))
    return dropped


async def make(
    work: Work,
    person: Person,
    text: Text,
    channel: Channel | None,
    details: Details,
    *,
    source: str,
    chain: int = 0,
    position: int = 0,
) -> tuple[Grain, list[str]]:
    """Make a grain without a card, and return it with the names of those who cannot read it."""
    shape, found = rules.shape(text), await parts(work, person.workspace_id, text)
    grain_id = new_id()
    grain = Grain(
        workspace_id=person.workspace_id,
        id=grain_id,
        person_id=person.id,
        number=await _next_number(work, person),
        chain=chain or grain_id,
        channel_id=channel.id if channel else "",
        source=source,
        position=position,
        headline=shape.headline,
        detail=shape.detail,
        expected=details.expected,
        link=details.link or found.link,
        topics=_joined(found.topics, details.topics)[: rules.MOST_TOPICS],
        state="open",
        learned="",
        carried=0,
        made_at=work.now,
        heard=0,
    )
    work.session.add(grain)
    await work.session.flush()
    return grain, await concern(work, grain, _joined(found.people, details.people))


def _joined(first: Iterable[Any], second: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys([*first, *second]))


async def _next_number(work: Work, person: Person) -> int:
    new = insert(work.session, GrainCount).values(
        workspace_id=person.workspace_id, person_id=person.id, last=1
    )
    numbered = await work.session.execute(
        new.on_conflict_do_update(
            index_elements=[GrainCount.workspace_id, GrainCount.person_id],
            set_={"last": GrainCount.last + 1},
        ).returning(GrainCount.last)
    )
    return int(numbered.scalar_one())


async def concern(work: Work, grain: Grain, person_ids: Collection[int]) -> list[str]:
    """Say whom a grain concerns now, and return the names of those who cannot read it and are left out."""
    channel = await cards.channel_of(work, grain)
    known = {person.id: person for person in await cards.stakeholders(work, grain)}
    left_out = []
    for person_id in dict.fromkeys(person_ids):
        if person_id == grain.person_id:
            continue
        if person_id in known:
            del known[person_id]
            continue
        person = await people.get(work, grain.workspace_id, person_id)
        if channel is None or not await channels.can_read(work, person, channel):
            left_out.append(person.name)
            continue
        work.session.add(
            Stakeholder(workspace_id=grain.workspace_id, grain_id=grain.id, person_id=person_id)
        )
    for person_id in known:
        row = await work.session.get_one(Stakeholder, (grain.workspace_id, grain.id, person_id))
        await work.session.delete(row)
        await outbox.withdraw(work, grain.workspace_id, cards.asked_key(grain, person_id))
    await work.session.flush()
    return left_out


async def note(work: Work, grain: Grain, act: int, before: dict[str, Any] | None = None) -> None:
    """Keep what an act is about to change on a grain, so that it can be taken back for a day."""
    await work.session.execute(
        delete(GrainChange).where(
            GrainChange.workspace_id == grain.workspace_id,
            GrainChange.person_id == grain.person_id,
            GrainChange.at < work.now - rules.UNDO_FOR,
        )
    )
    work.session.add(
        GrainChange(
            workspace_id=grain.workspace_id,
            grain_id=grain.id,
            act=act,
            person_id=grain.person_id,
            at=work.now,
            before=before or {},
        )
    )
    await work.session.flush()


async def reword(work: Work, grain: Grain, text: Text) -> list[str]:
    """Give a grain other words; what its old words named follows, what was added by form stays.

    Returns the names of those who are named now and cannot read it.
    """
    old_text = rules.whole(rules.Shape(grain.headline, grain.detail))
    old, new = (
        await parts(work, grain.workspace_id, old_text),
        await parts(work, grain.workspace_id, text),
    )
    shape = rules.shape(text)
    grain.headline, grain.detail = shape.headline, shape.detail
    grain.link = new.link if grain.link == old.link else grain.link
    added = [topic for topic in grain.topics if topic not in old.topics]
    grain.topics = _joined(new.topics, added)[: rules.MOST_TOPICS]
    concerned = [person.id for person in await cards.stakeholders(work, grain)]
    added_people = [person_id for person_id in concerned if person_id not in old.people]
    return await concern(work, grain, _joined(new.people, added_people))
