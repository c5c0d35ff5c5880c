"""Bringing every card that shows a grain to what is true of it now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Fact, Place
from bot.engine import clock, outbox
from bot.grains import words
from bot.grains.tables import Grain, Remark, Stakeholder, Verdict
from bot.grains.words import Opinion, Step, View
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.session import Work

ShowSource = Callable[[Work, Person, str], Awaitable[None]]

FollowGrain = Callable[[Work, str, int], Awaitable[None]]

FOLLOWED_BY: list[FollowGrain] = []
"""Who hears, by workspace and id, of every change of a grain; a feature that made something of one enters here."""

SHOWN_BY: dict[str, ShowSource] = {}
"""Who shows the grains of a source again after they changed, by the first word of the source.

A feature that puts grains on cards of its own enters its function here.
"""


def card_key(grain: Grain) -> str:
    return f"grains.card:{grain.id}"


def heard_key(grain: Grain) -> str:
    return f"grains.heard:{grain.id}"


def asked_key(grain: Grain, person_id: int) -> str:
    return f"grains.asked:{grain.id}:{person_id}"


async def channel_of(work: Work, grain: Grain) -> Channel | None:
    """The channel that can read a grain; None when its author alone can."""
    if not grain.channel_id:
        return None
    platform, _, workspace = grain.workspace_id.partition(":")
    return await channels.find(work, Place(platform, workspace, grain.channel_id))


async def views(work: Work, grains: Sequence[Grain]) -> list[View]:
    """Grains of one workspace with everything that cards may show of them."""
    if not grains:
        return []
    workspace_id, ids = grains[0].workspace_id, [grain.id for grain in grains]
    verdicts = await work.session.scalars(
        select(Verdict).where(Verdict.workspace_id == workspace_id, Verdict.grain_id.in_(ids))
    )
    remarks = await work.session.scalars(
        select(Remark).where(Remark.workspace_id == workspace_id, Remark.grain_id.in_(ids))
    )
    concerned = list(
        await work.session.scalars(
            select(Stakeholder).where(
                Stakeholder.workspace_id == workspace_id, Stakeholder.grain_id.in_(ids)
            )
        )
    )
    said: defaultdict[int, list[Verdict | Remark]] = defaultdict(list)
    for one in (*verdicts, *remarks):
        said[one.grain_id].append(one)
    chains = await _chains(work, grains)
    who = {(workspace_id, grain.person_id) for grain in grains}
    who |= {(workspace_id, one.person_id) for many in said.values() for one in many}
    who |= {(workspace_id, one.person_id) for one in concerned}
    names = {person.id: person.name for person in (await people.many(work, who)).values()}
    found = []
    for grain in grains:
        channel = await channel_of(work, grain)
        opinions = [
            (one, _opinion(one, names[one.person_id]))
            for one in sorted(said[grain.id], key=lambda one: one.id)
        ]
        found.append(
            View(
                id=grain.id,
                number=grain.number,
                author=names[grain.person_id],
                headline=grain.headline,
                detail=grain.detail,
                expected=grain.expected,
                link=grain.link,
                topics=tuple(grain.topics),
                people=tuple(
                    sorted(names[one.person_id] for one in concerned if one.grain_id == grain.id)
                ),
                state=grain.state,
                learned=grain.learned,
                carried=grain.carried,
                channel=channel.name if channel else "",
                chain=chains[grain.id],
                opinions=tuple(opinion for _, opinion in opinions),
                news=tuple(
                    opinion
                    for one, opinion in opinions
                    if one.id > grain.heard and one.person_id != grain.person_id
                ),
            )
        )
    return found


def _opinion(one: Verdict | Remark, name: str) -> Opinion:
    return Opinion(name, one.verdict if isinstance(one, Verdict) else "", one.words)


async def _chains(work: Work, grains: Sequence[Grain]) -> dict[int, tuple[Step, ...]]:
    """For each grain the steps of its chain, without those that its channel cannot read."""
    author = await people.get(work, grains[0].workspace_id, grains[0].person_id)
    rows = await work.session.scalars(
        select(Grain)
        .where(
            Grain.workspace_id == grains[0].workspace_id,
            Grain.chain.in_({grain.chain for grain in grains}),
        )
        .order_by(Grain.number)
    )
    steps: defaultdict[int, list[tuple[str, Step]]] = defaultdict(list)
    for one in rows:
        day = clock.local_day(one.made_at, author.zone)
        step = Step(one.number, day, one.headline, one.state, one.learned)
        steps[one.chain].append((one.channel_id, step))
    return {
        grain.id: tuple(
            step for channel_id, step in steps[grain.chain] if grain.channel_id in ("", channel_id)
        )
        for grain in grains
    }


async def by_id(work: Work, workspace_id: str, grain_id: int) -> Grain | None:
    """The grain with this id, or None when it is gone."""
    return await work.session.get(Grain, (workspace_id, grain_id))


async def of_card(work: Work, workspace_id: str, key: str) -> Grain | None:
    """The grain that a message of ours in its team's thread shows; None for any other message."""
    verb, _, grain_id = key.partition(":")
    return await by_id(work, workspace_id, int(grain_id)) if verb == "grains.card" else None


async def view(work: Work, grain: Grain) -> View:
    """One grain with everything that cards may show of it."""
    return (await views(work, [grain]))[0]


async def entry_facts(work: Work, grains: Sequence[Grain]) -> tuple[Fact, ...]:
    """What became of the plans of an entry and what others said, for the card that shows the entry."""
    return words.entry_facts(await views(work, grains))


async def show_again(work: Work, grain: Grain, *, source: bool = True) -> None:
    """Make every message about a grain say what is true now; `source` False leaves its source's card alone."""
    await work.session.flush()
    author = await people.get(work, grain.workspace_id, grain.person_id)
    seen = await view(work, grain)
    channel = await channel_of(work, grain)
    if grain.day is not None and channel is not None:
        card = words.team_card(seen)
        await channels.speak(work, channel, grain.day, author, card, key=card_key(grain))
    if seen.opinions:
        await show_heard(work, grain)
    for person in await stakeholders(work, grain):
        if channel is None or not await channels.can_read(work, person, channel):
            await outbox.withdraw(work, grain.workspace_id, asked_key(grain, person.id))
            continue
        place = await people.direct(work, person)
        await outbox.show(work, place, words.asked(seen), key=asked_key(grain, person.id))
    if source and (show_source := SHOWN_BY.get(grain.source.partition(":")[0])):
        await show_source(work, author, grain.source)
    for follow_grain in FOLLOWED_BY:
        await follow_grain(work, grain.workspace_id, grain.id)


async def show_heard(work: Work, grain: Grain) -> None:
    """Tell the author, in one message per grain, what others say of it now."""
    await work.session.flush()
    author = await people.get(work, grain.workspace_id, grain.person_id)
    card = words.heard(await view(work, grain))
    await outbox.show(work, await people.direct(work, author), card, key=heard_key(grain))


async def stakeholders(work: Work, grain: Grain) -> list[Person]:
    """Whom a grain concerns, by name."""
    ids = await work.session.scalars(
        select(Stakeholder.person_id).where(
            Stakeholder.workspace_id == grain.workspace_id, Stakeholder.grain_id == grain.id
        )
    )
    found = await people.many(work, [(grain.workspace_id, person_id) for person_id in ids])
    return sorted(found.values(), key=lambda person: (person.name, person.id))


async def take_away(work: Work, grain: Grain) -> None:
    """Delete a grain and take every message about it away, with the words they held."""
    workspace_id = grain.workspace_id
    others = [asked_key(grain, person.id) for person in await stakeholders(work, grain)]
    keys = [heard_key(grain), *others]
    if grain.day is not None:
        await channels.hush(work, workspace_id, card_key(grain))
        keys.append(card_key(grain))
    for key in keys:
        await outbox.withdraw(work, workspace_id, key)
    await outbox.forget(work, workspace_id, keys)
    before = await work.session.scalar(
        select(Grain)
        .where(
            Grain.workspace_id == workspace_id,
            Grain.chain == grain.chain,
            Grain.number < grain.number,
        )
        .order_by(Grain.number.desc())
        .limit(1)
    )
    await work.session.delete(grain)
    await work.session.flush()
    for follow_grain in FOLLOWED_BY:
        await follow_grain(work, workspace_id, grain.id)
    if before is not None:
        await show_again(work, before)
