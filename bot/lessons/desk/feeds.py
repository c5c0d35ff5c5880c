"""The feeds of networks: what stands there, for feed readers outside of chat, and what is gone again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat.feeds import Feed, FeedEntry, FeedGap
from bot.chat.text import Text
from bot.lessons import words
from bot.lessons.desk import showing, views, whole
from bot.lessons.desk.showing import Copy
from bot.lessons.rules import LIVE
from bot.lessons.tables import Lesson, LessonFeed, LessonItem
from bot.people import desk as people
from bot.store.session import Work

MOST = 50
"""Entries in a feed, and gaps beside them: those that changed last."""

_NAMES = UUID("5f0b1a55-6d3c-4c0e-9a43-1d7c7a2f8b60")
"""Ids are made of what they name, so that they stay the same wherever this runs."""


async def follow(work: Work, copies: Sequence[Copy]) -> None:
    """Note in the feeds of their networks that copies came, changed or went."""
    for copy in copies:
        if copy.ring == "network":
            await _follow(work, copy.workspace_id, copy.item_id)


async def _follow(work: Work, workspace_id: str, item_id: int) -> None:
    found = await work.session.execute(
        select(LessonItem, Lesson)
        .join(
            Lesson,
            (Lesson.workspace_id == LessonItem.workspace_id) & (Lesson.id == LessonItem.lesson_id),
        )
        .where(LessonItem.to_workspace == workspace_id, LessonItem.id == item_id)
    )
    mark, channel_id, came_at = "", "", work.now
    for item, lesson in found.all():
        if item.joined is not None:
            await _follow(work, workspace_id, item.joined)
        if item.state == "relayed" and lesson.state in LIVE:
            joined = (await whole.joined_to(work, [item])).get(item_id, ())
            mark = _mark(await _entry(work, lesson, item, joined, work.now, work.now))
        came_at, channel_id = item.relayed_at or work.now, item.to_channel
    row = await work.session.get(LessonFeed, (workspace_id, item_id), with_for_update=True)
    if row is not None and row.mark != mark:
        row.mark, row.changed_at = mark, work.now
    elif row is None and mark:
        row = LessonFeed(
            workspace_id=workspace_id,
            item_id=item_id,
            channel_id=channel_id,
            mark=mark,
            published_at=came_at,
            changed_at=work.now,
        )
        work.session.add(row)
    await work.session.flush()


def _mark(entry: FeedEntry) -> str:
    said = repr((entry.title, entry.text, entry.authors, entry.topics))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


async def find(work: Work, platforms: Sequence[str], workspace: str, channel: str) -> Feed | None:
    """The feed of a network; None for a channel that is not one, or not there.

    A workspace is named by its platform's own id, or with the platform before it where two have the same.
    """
    if not f"{workspace}{channel}".isprintable():
        # No name has such characters, and PostgreSQL takes not all of them.
        return None
    ids = [workspace] if ":" in workspace else [f"{one}:{workspace}" for one in platforms]
    known = await channels.many(work, [(one, channel) for one in ids])
    networks = [one for one in known.values() if one.ring == "network"]
    if len(networks) != 1:
        return None
    network = networks[0]
    entries = await _entries(work, network)
    gaps = await _gaps(work, network)
    changes = [*(one.changed_at for one in entries), *(one.gone_at for one in gaps)]
    begun = (await people.workspace(work, network.workspace_id)).created_at
    name = words.channel_name(network.name)
    return Feed(
        id=_id(f"{network.workspace_id}/{network.id}"),
        workspace=workspace,
        channel=channel,
        title=words.feed_title(name),
        about=words.feed_about(name),
        changed_at=max(changes, default=begun),
        entries=tuple(entries),
        gaps=tuple(gaps),
    )


def _id(name: str) -> str:
    return uuid5(_NAMES, name).urn


def _entry_id(row: LessonFeed) -> str:
    return _id(f"{row.workspace_id}/{row.item_id}")


async def _entries(work: Work, network: Channel) -> list[FeedEntry]:
    found = await work.session.execute(
        select(LessonFeed, LessonItem, Lesson)
        .join(
            LessonItem,
            (LessonItem.to_workspace == LessonFeed.workspace_id)
            & (LessonItem.id == LessonFeed.item_id),
        )
        .join(
            Lesson,
            (Lesson.workspace_id == LessonItem.workspace_id) & (Lesson.id == LessonItem.lesson_id),
        )
        .where(
            *_of(network),
            LessonFeed.mark != "",
            LessonItem.state == "relayed",
            Lesson.state.in_(LIVE),
        )
        .order_by(LessonFeed.changed_at.desc(), LessonFeed.item_id.desc())
        .limit(MOST)
    )
    rows = found.all()
    joined = await whole.joined_to(work, [item for _, item, _ in rows])
    return [
        await _entry(
            work,
            lesson,
            item,
            joined.get(item.id, ()),
            row.published_at,
            row.changed_at,
            id=_entry_id(row),
        )
        for row, item, lesson in rows
    ]


async def _gaps(work: Work, network: Channel) -> list[FeedGap]:
    found = await work.session.scalars(
        select(LessonFeed)
        .where(*_of(network), LessonFeed.mark == "")
        .order_by(LessonFeed.changed_at.desc(), LessonFeed.item_id.desc())
        .limit(MOST)
    )
    return [FeedGap(_entry_id(row), row.changed_at) for row in found]


def _of(network: Channel) -> tuple[ColumnElement[bool], ...]:
    return (
        LessonFeed.workspace_id == network.workspace_id,
        LessonFeed.channel_id == network.id,
    )


async def _entry(
    work: Work,
    lesson: Lesson,
    item: LessonItem,
    joined: Sequence[Lesson],
    published_at: datetime,
    changed_at: datetime,
    *,
    id: str = "",
) -> FeedEntry:
    # Whoever reads it outside of chat is in no workspace, so that origins name their platforms.
    origins = await showing.origins_of(work, lesson, joined, "")
    return FeedEntry(
        id=id,
        title=words.headline(views.wording_of(lesson, item)),
        text=words.feed_text(
            views.wording_of(lesson, item), state=lesson.state, reason=Text.parse(lesson.reason)
        ),
        authors=tuple(words.told_of(one) for one in origins),
        published_at=published_at,
        changed_at=changed_at,
        topics=tuple(lesson.topics),
    )
