"""Posted digests: one per channel and period, drawn again when something in them changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import delete, func, select, update

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Chat, Picture
from bot.digests.desk import collecting
from bot.digests.desk.collecting import Material, Reading
from bot.digests.rules import Digest, Period
from bot.digests.tables import DigestPost, DigestSource
from bot.digests.words import cards
from bot.engine import bugs, outbox, traces
from bot.lessons.desk import Copy
from bot.store.base import insert, new_id
from bot.store.session import Store, Work

log = structlog.get_logger(__name__)

AT_ONCE = 10
"""Digests drawn again in one chore."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A digest that is drawn and can be posted."""

    material: Material
    zone: str
    picture: Picture | None
    footnote: str = ""


def post_key(post_id: int) -> str:
    """The subject of a posted digest."""
    return f"digests.post:{post_id}"


async def put(work: Work, channel: Channel, ready: Ready) -> tuple[DigestPost, bool]:
    """Post a digest, unless it was posted before; returns its row and whether it is new."""
    period = ready.material.digest.period
    made = await work.session.scalar(
        insert(work.session, DigestPost)
        .values(
            workspace_id=channel.workspace_id,
            id=new_id(),
            channel_id=channel.id,
            first=period.first,
            last=period.last,
            zone=ready.zone,
            footnote=ready.footnote,
            posted_at=work.now,
        )
        .on_conflict_do_nothing()
        .returning(DigestPost.id)
    )
    row = await work.session.scalar(
        select(DigestPost).where(
            DigestPost.workspace_id == channel.workspace_id,
            DigestPost.channel_id == channel.id,
            DigestPost.first == period.first,
            DigestPost.last == period.last,
        )
    )
    assert row is not None, "it is there now"
    await show(work, channel, row, ready.material.digest, ready.picture)
    return row, made is not None


async def show(
    work: Work, channel: Channel, row: DigestPost, digest: Digest, picture: Picture | None
) -> None:
    """Make a posted digest say this, and remember what stands in it."""
    key = post_key(row.id)
    if digest:
        card = cards.posted(digest, channel.id, picture, footnote=row.footnote)
        await outbox.show(work, channels.place_of(channel), card, key=key)
    else:
        await traces.erase(work, row.workspace_id, [key])
    await work.session.execute(
        delete(DigestSource).where(
            DigestSource.workspace_id == row.workspace_id, DigestSource.post_id == row.id
        )
    )
    work.session.add_all(
        DigestSource(workspace_id=row.workspace_id, post_id=row.id, about=about)
        for about in sorted(sources(digest))
    )
    await work.session.flush()


def sources(digest: Digest) -> set[str]:
    """What stands in a digest, each as it is followed: ``entry:17`` of ``entry:17:learned``."""
    return {":".join(item.about.split(":")[:2]) for item in digest.items}


async def take_back(work: Work, row: DigestPost) -> None:
    """Take a posted digest away; the same period can be posted again."""
    await traces.erase(work, row.workspace_id, [post_key(row.id)])
    await work.session.delete(row)
    await work.session.flush()


async def on_entry(work: Work, workspace_id: str, entry_id: int) -> None:
    """An entry changed: the digests in which it stands do, too."""
    await outdate(work, workspace_id, [f"entry:{entry_id}"])


async def on_grain(work: Work, workspace_id: str, grain_id: int) -> None:
    """A grain changed: the digests in which it stands do, too."""
    await outdate(work, workspace_id, [f"grain:{grain_id}"])


async def on_copies(work: Work, copies: Sequence[Copy]) -> None:
    """Copies of a lesson changed: the digests in which they stand do, too."""
    for workspace_id in sorted({one.workspace_id for one in copies}):
        mine = [f"lesson:{one.item_id}" for one in copies if one.workspace_id == workspace_id]
        await outdate(work, workspace_id, mine)


async def outdate(work: Work, workspace_id: str, abouts: Collection[str]) -> None:
    """Let the posted digests in which something stands be drawn again."""
    ids = await with_sources(work, workspace_id, abouts)
    if ids:
        await work.session.execute(
            update(DigestPost)
            .where(DigestPost.workspace_id == workspace_id, DigestPost.id.in_(ids))
            .values(stale_at=func.coalesce(DigestPost.stale_at, work.now))
        )


async def with_sources(work: Work, workspace_id: str, abouts: Collection[str]) -> list[int]:
    """The posted digests in which one of these stands."""
    every, found = list(abouts), set[int]()
    for start in range(0, len(every), traces.AT_ONCE):
        found |= set(
            await work.session.scalars(
                select(DigestSource.post_id).where(
                    DigestSource.workspace_id == workspace_id,
                    DigestSource.about.in_(every[start : start + traces.AT_ONCE]),
                )
            )
        )
    return sorted(found)


async def draw_again(store: Store, chats: Mapping[str, Chat]) -> None:
    """Bring posted digests to what is true of them now."""
    async with store.look() as work:
        stale = list(
            await work.session.scalars(
                select(DigestPost)
                .where(DigestPost.stale_at.is_not(None))
                .order_by(DigestPost.stale_at)
                .limit(AT_ONCE)
            )
        )
    for row in stale:
        try:
            await _again(store, row)
        except Exception as bug:
            log.error("drawing a digest again broke", post=row.id, **bugs.told(bug))


async def _again(store: Store, before: DigestPost) -> None:
    async with store.look() as work:
        channel = await channels.get(work, before.workspace_id, before.channel_id)
        period = Period(before.first, before.last)
        material = await collecting.collect(work, channel, period, Reading(before.zone))
    picture = await material.picture()
    async with store.work() as work:
        row = await work.session.get(
            DigestPost, (before.workspace_id, before.id), with_for_update=True
        )
        if row is None:
            return
        await show(work, channel, row, material.digest, picture)
        if row.stale_at == before.stale_at:
            row.stale_at = None
