"""Where grains come from: the lines of an entry or of a message, or a whole message that was kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import AccountId, Place, Ref, Said
from bot.engine import outbox
from bot.grains import rules, words
from bot.grains.desk import cards, plans
from bot.grains.tables import Grain
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work


async def from_source(work: Work, person: Person, source: str) -> list[Grain]:
    """Somebody's grains from one source, in its order."""
    return list(
        await work.session.scalars(
            select(Grain)
            .where(
                Grain.workspace_id == person.workspace_id,
                Grain.source == source,
                Grain.person_id == person.id,
            )
            .order_by(Grain.position, Grain.id)
        )
    )


async def sync_lines(
    work: Work, person: Person, channel_id: str, lines: Sequence[str], *, source: str
) -> list[Grain]:
    """Bring the grains of a source to its lines of plain words, and return them in order.

    A line that stays keeps its grain with its state, a changed one changes it, a missing one takes it away.
    The source's own card shows these grains, so they get none of their own; an empty `channel_id` keeps them
    for their author alone.
    """
    platform, _, workspace = person.workspace_id.partition(":")
    place = Place(platform, workspace, channel_id)
    channel = await channels.find(work, place) if channel_id else None
    grains, _ = await _sync(work, person, channel, lines, source)
    return grains


async def keep_lines(
    work: Work, person: Person, lines: Sequence[str], *, source: str
) -> list[Grain]:
    """Bring the grains of a direct message to its ``grain:`` lines, each with a card of its own in the team's thread.

    The author is told in the direct message what was kept and who sees it.
    """
    direct = await people.direct(work, person)
    channel = await plans.team(work, person, direct)
    grains, notes = await _sync(work, person, channel, lines, source, act=new_id())
    key = f"grains.kept:{source}"
    if grains:
        if channel is None:
            notes.append(words.private_because_no_team())
        card = words.kept_lines(await cards.views(work, grains), notes)
        await outbox.show(work, direct, card, key=key)
    else:
        await outbox.withdraw(work, person.workspace_id, key)
    return grains


async def _sync(
    work: Work,
    person: Person,
    channel: Channel | None,
    lines: Sequence[str],
    source: str,
    *,
    act: int = 0,
) -> tuple[list[Grain], list[str]]:
    """Bring grains to lines; with an `act` they get cards of their own and their making can be undone."""
    texts = [text for line in lines if rules.is_visible((text := rules.read_line(line)).plain())]
    kept = await from_source(work, person, source)
    written = [rules.Shape(one.headline, one.detail) for one in kept]
    places = [one.position for one in kept]
    shapes = [rules.shape(text) for text in texts]
    chosen = rules.match_lines(list(zip(places, written, strict=True)), shapes)
    for place, gone in enumerate(kept):
        if place not in chosen:
            await cards.take_away(work, gone)
    grains, untold = [], []
    for position, (text, i) in enumerate(zip(texts, chosen, strict=True)):
        if i is None:
            grain, others = await plans.make(
                work, person, text, channel, plans.Details(), source=source, position=position
            )
            untold += others
            if act:
                grain.day = people.today(work, person) if channel else None
                await plans.note(work, grain, act)
        else:
            grain = kept[i]
            moved = grain.channel_id != (channel.id if channel else "") and not act
            if moved:
                grain.channel_id = channel.id if channel else ""
            grain.position = position
            if moved or written[i] != shapes[position]:
                untold += await plans.reword(work, grain, text)
        await cards.show_again(work, grain, source=False)
        grains.append(grain)
    channel_name = channel.name if channel else ""
    return grains, [words.not_told(list(dict.fromkeys(untold)), channel_name)] if untold else []


async def remove_source(work: Work, person: Person, source: str) -> None:
    """Take away the grains of a source."""
    for grain in await from_source(work, person, source):
        await cards.take_away(work, grain)


def message_source(ref: Ref) -> str:
    """How a message is named as a source."""
    return f"{ref.place}#{ref.id}"


def kept_source(ref: Ref, *, borrowed: bool) -> str:
    """How a whole message is named as a source; `borrowed` when somebody else wrote it."""
    return f"{'borrowed' if borrowed else 'kept'}:{message_source(ref)}"


async def keep(
    work: Work, person: Person, said: Said, *, by: AccountId, place: Place
) -> plans.Dropped:
    """Keep a message as one's own grain.

    Somebody else's words go to the channel they stand in or to nobody: only their author takes them elsewhere.
    """
    here = said.ref.place
    channel = await channels.find(work, here)
    if (here.is_direct and here.account != by) or (
        channel is not None and not await channels.can_read(work, person, channel)
    ):
        raise Refusal("You can keep messages that you can read, and this is not one of them.")
    source = kept_source(said.ref, borrowed=said.by != by)
    if kept_before := await from_source(work, person, source):
        raise Refusal(f"You keep this message as grain {kept_before[0].number} already.")
    text = rules.check(said.text)
    teams = [one.id for one in await channels.of_person(work, person, "team")]
    if channel is None or channel.id not in teams:
        channel = await plans.team(work, person, place) if said.by == by else None
    dropped = await plans.drop(work, person, text, channel=channel, source=source)
    if channel is None:
        dropped.notes.append(
            words.private_because_elsewhere() if teams else words.private_because_no_team()
        )
    return dropped
