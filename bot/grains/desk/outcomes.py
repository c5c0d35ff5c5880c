"""What becomes of grains: their states, the form that asks for them, and the way back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from bot.channels import desk as channels
from bot.chat import Field, Text
from bot.grains import rules, words
from bot.grains.desk import cards, plans
from bot.grains.tables import Grain, GrainChange
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Move:
    """One step of one grain."""

    grain: Grain
    to: str
    learned: str = ""
    """As Markdown."""
    wording: Text = field(default_factory=Text)
    """Of the grain that an adjusted one becomes."""


def read_learned(written: str, *, beside: str = "learned") -> str:
    """What somebody learned, as Markdown; refuses a text of absurd length."""
    rules.check_length(written, field=beside)
    return Text.parse(written).markdown()


async def settle(work: Work, move: Move, *, act: int = 0) -> int:
    """Take one step, show it everywhere, and return the act that can be undone."""
    grain, act = move.grain, act or new_id()
    # Two forms may be sent at once; the second sees what the first did.
    await work.session.refresh(grain, with_for_update=True)
    rules.check_move(grain.state, move.to, grain.number)
    settled = grain.settled_at.isoformat() if grain.settled_at else None
    before: dict[str, Any] = {
        "state": grain.state,
        "learned": grain.learned,
        "carried": grain.carried,
        "settled_at": settled,
    }
    await plans.note(work, grain, act, before)
    grain.state, grain.settled_at, grain.heard = move.to, work.now, new_id()
    grain.learned = move.learned or grain.learned
    grain.carried += 1 if move.to == "kept" else 0
    await work.session.flush()
    if move.to == "adjusted":
        await _adjust(work, move, act)
    await cards.show_again(work, grain)
    return act


async def _adjust(work: Work, move: Move, act: int) -> None:
    """Make the grain that an adjusted one becomes; it keeps the audience, the topics and the link."""
    grain = move.grain
    author = await people.get(work, grain.workspace_id, grain.person_id)
    channel = await cards.channel_of(work, grain)
    if channel is not None and not await channels.belongs(work, author, channel):
        channel = None
    concerned = tuple(person.id for person in await cards.stakeholders(work, grain))
    text = move.wording
    await plans.drop(
        work,
        author,
        text,
        channel=channel,
        details=plans.Details(
            expected=grain.expected,
            link=(await plans.parts(work, grain.workspace_id, text)).link or grain.link,
            topics=tuple(grain.topics),
            people=concerned,
        ),
        chain=grain.chain,
        act=act,
    )


async def add_details(work: Work, grain: Grain, details: plans.Details) -> list[str]:
    """Change what stands beside the words of a grain; returns who was named and cannot read it."""
    before = {
        "expected": grain.expected,
        "link": grain.link,
        "topics": list(grain.topics),
        "people": [person.id for person in await cards.stakeholders(work, grain)],
    }
    await plans.note(work, grain, new_id(), before)
    grain.expected, grain.link = details.expected, details.link
    grain.topics = list(details.topics)
    untold = await plans.concern(work, grain, details.people)
    await cards.show_again(work, grain)
    return untold


async def answered(work: Work, grain: Grain) -> None:
    """The author has taken note of what others said so far."""
    grain.heard = new_id()
    await work.session.flush()
    if (await cards.view(work, grain)).opinions:
        await cards.show_heard(work, grain)


# The part of the check-in's form.


async def form_fields(work: Work, person: Person) -> tuple[Field, ...]:
    """The fields that ask about somebody's open grains."""
    return words.grain_fields(await cards.views(work, await plans.open_of(work, person)))


async def take_form(work: Work, person: Person, values: Mapping[str, str]) -> dict[str, str]:
    """Do what the fields of `form_fields` say; returns a sentence per wrong field, and then changes nothing."""
    return (await take(work, person, values)).errors


@dataclass(frozen=True, slots=True)
class Taken:
    """What a form did, or why it did nothing."""

    errors: dict[str, str]
    moved: tuple[Grain, ...] = ()
    act: int = 0


async def take(work: Work, person: Person, values: Mapping[str, str]) -> Taken:
    """Do what the fields of `form_fields` say, or nothing when a field is wrong."""
    errors: dict[str, str] = {}
    moves: list[Move] = []
    seen: list[Grain] = []
    for key, to in values.items():
        if not key.startswith("grain."):
            continue
        try:
            grain = await own(work, person, key.removeprefix("grain."), field=key)
            seen.append(grain)
            if to:
                moves.append(_read_move(grain, to, values))
        except Refusal as no:
            errors[no.field or key] = no.sentence
    if errors:
        return Taken(errors)
    act = new_id()
    for move in moves:
        await settle(work, move, act=act)
    moved = tuple(move.grain for move in moves)
    for grain in seen:
        if grain not in moved and grain.state in rules.ALIVE:
            await answered(work, grain)
    return Taken({}, moved, act)


def _read_move(grain: Grain, to: str, values: Mapping[str, str]) -> Move:
    if to not in rules.OUTCOMES:
        raise Refusal(f"A grain is done, kept, adjusted or dropped, and not “{to[:40]}”.")
    rules.check_move(grain.state, to, grain.number)
    learned, wording = f"learned.{grain.id}", f"adjusted.{grain.id}"
    text = Text()
    if to == "adjusted":
        if not rules.is_visible(values.get(wording, "")):
            raise Refusal("What is the new wording?", field=wording)
        text = rules.read(values[wording], field=wording)
    return Move(grain, to, read_learned(values.get(learned, ""), beside=learned), text)


async def own(work: Work, person: Person, written: str, *, field: str = "") -> Grain:
    """Somebody's own grain by its id; refuses any other."""
    grain = await work.session.get(Grain, (person.workspace_id, read_id(written)))
    if grain is None or grain.person_id != person.id:
        raise Refusal("This grain is gone, or it is not yours.", field=field)
    return grain


def read_id(written: str) -> int:
    """The id in an action or a field's key; 0, which nothing has, when it is none."""
    found = int(written) if re.fullmatch(r"[0-9]{1,19}", written) else 0
    return found if found < 2**63 else 0


# The way back.


async def last_change_at(work: Work, person: Person) -> datetime | None:
    """When somebody's last change happened that can still be taken back."""
    return await work.session.scalar(
        select(func.max(GrainChange.at)).where(
            GrainChange.workspace_id == person.workspace_id,
            GrainChange.person_id == person.id,
            GrainChange.at >= work.now - rules.UNDO_FOR,
        )
    )


async def undo_last(work: Work, person: Person) -> str | None:
    """Take back somebody's last change of a grain; None when there is none within a day."""
    act = await work.session.scalar(
        select(func.max(GrainChange.act)).where(
            GrainChange.workspace_id == person.workspace_id,
            GrainChange.person_id == person.id,
            GrainChange.at >= work.now - rules.UNDO_FOR,
        )
    )
    return await undo(work, person, act) if act else None


async def undo(work: Work, person: Person, act: int) -> str:
    """Take back all that one act changed, and say what that was."""
    mine = (GrainChange.workspace_id == person.workspace_id) & (GrainChange.person_id == person.id)
    changes = list(
        await work.session.scalars(
            select(GrainChange)
            .where(mine, GrainChange.act == act, GrainChange.at >= work.now - rules.UNDO_FOR)
            .order_by(GrainChange.grain_id)
        )
    )
    if not changes:
        raise Refusal("This was taken back already, or it is more than a day ago.")
    touched = [change.grain_id for change in changes]
    later = await work.session.scalar(
        select(GrainChange.act)
        .where(mine, GrainChange.grain_id.in_(touched), GrainChange.act > act)
        .limit(1)
    )
    if later:
        raise Refusal("You changed it again since. Take that back first: /checkin undo.")
    grains = [await work.session.get_one(Grain, (person.workspace_id, one)) for one in touched]
    numbers: dict[bool, list[int]] = {True: [], False: []}
    for grain, change in zip(grains, changes, strict=True):
        numbers[bool(change.before)].append(grain.number)
        if change.before:
            await _restore(work, grain, change.before)
    await work.session.execute(delete(GrainChange).where(mine, GrainChange.act == act))
    for grain, change in zip(grains, changes, strict=True):
        if not change.before:
            await cards.take_away(work, grain)
    for grain, change in zip(grains, changes, strict=True):
        if change.before:
            await cards.show_again(work, grain)
    return words.undone(numbers[True], numbers[False])


async def _restore(work: Work, grain: Grain, before: Mapping[str, Any]) -> None:
    for name, value in before.items():
        if name == "people":
            await plans.concern(work, grain, value)
        elif name == "settled_at":
            grain.settled_at = datetime.fromisoformat(value) if value else None
        else:
            setattr(grain, name, value)
