"""Messages that grains hang on: replies in a thread of ours, and edits and deletions of what was kept."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat import Edited, Ref, Removed, Said, Text
from bot.engine import outbox
from bot.grains import rules, words
from bot.grains.desk import cards, feedback, plans, sources
from bot.grains.tables import Grain, Remark
from bot.people import desk as people
from bot.store.session import Work


async def on_said(work: Work, event: Said) -> bool:
    """An answer below a direct message about a grain stands under that grain."""
    if not (event.ref.place.is_direct and event.ref.place.thread):
        return False
    key = await outbox.find(work, event.ref.root) or ""
    verb, _, rest = key.partition(":")
    if verb not in ("grains.asked", "grains.heard"):
        return False
    person = await people.find(work, event.by)
    if person is None or not rules.is_visible(event.text.plain()):
        return True
    grain_id = int(rest.partition(":")[0])
    grain = await work.session.get(Grain, (person.workspace_id, grain_id))
    if grain is None or not await feedback.readable(work, person, grain):
        no = words.said(
            "This plan is gone, or you cannot read it any more, so I kept your words nowhere."
        )
        await outbox.show(work, event.ref.replies, no, key=f"grains.no:{event.ref.id}:{person.id}")
        return True
    await feedback.reply(work, person, grain, event.text, source=sources.message_source(event.ref))
    return True


async def holds(work: Work, ref: Ref) -> bool:
    """Whether a grain or a remark came from this message."""
    own, borrowed = (sources.kept_source(ref, borrowed=one) for one in (False, True))
    kept = await work.session.scalar(
        select(Grain.id)
        .where(Grain.workspace_id == ref.place.workspace_id, Grain.source.in_((own, borrowed)))
        .limit(1)
    )
    return kept is not None or await _remarks(work, ref)


async def _remarks(work: Work, ref: Ref) -> bool:
    found = await work.session.scalar(
        select(Remark.id)
        .where(
            Remark.workspace_id == ref.place.workspace_id,
            Remark.source == sources.message_source(ref),
        )
        .limit(1)
    )
    return found is not None


async def on_edited(work: Work, event: Edited) -> bool:
    """What was kept from a message follows its author's changes."""
    await _follow(work, event.ref, event.text)
    return False


async def on_removed(work: Work, event: Removed) -> bool:
    """What was kept from a message goes with it; a card that a moderator removed is not posted again."""
    await _follow(work, event.ref, Text())
    verb, _, rest = (await outbox.find(work, event.ref) or "").partition(":")
    if verb == "grains.card":
        grain = await work.session.get(Grain, (event.ref.place.workspace_id, int(rest)))
        if grain is not None:
            grain.day = None
    return False


async def _follow(work: Work, ref: Ref, text: Text) -> None:
    workspace_id, source = ref.place.workspace_id, sources.message_source(ref)
    own, borrowed = (
        sources.kept_source(ref, borrowed=False),
        sources.kept_source(ref, borrowed=True),
    )
    stays = rules.is_visible(text.plain())
    remarks = await work.session.scalars(
        select(Remark).where(Remark.workspace_id == workspace_id, Remark.source == source)
    )
    for remark in list(remarks):
        grain = await work.session.get_one(Grain, (workspace_id, remark.grain_id))
        remark.words = text.markdown()
        if not stays:
            await work.session.delete(remark)
        await cards.show_again(work, grain)
        await cards.show_heard(work, grain)
    kept = await work.session.scalars(
        select(Grain).where(Grain.workspace_id == workspace_id, Grain.source.in_((own, borrowed)))
    )
    for grain in list(kept):
        if stays:
            await plans.reword(work, grain, text)
            await cards.show_again(work, grain)
            continue
        if grain.source == borrowed:
            keeper = await people.get(work, workspace_id, grain.person_id)
            place, key = await people.direct(work, keeper), f"grains.gone:{grain.id}"
            await outbox.show(work, place, words.gone(grain.number), key=key)
        await cards.take_away(work, grain)
