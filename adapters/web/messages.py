"""The messages of the local chat: posting, changing, removing, reacting, and reading them a page at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from adapters.web.changes import next_change
from adapters.web.tables import (
    FileRow,
    MessageRow,
    PictureRow,
    ReactionRow,
    ReadRow,
    insert,
    new_id,
)
from bot.chat import Card

PAGE: Final = 50
BATCH: Final = 200
PICTURES_STAY: Final = timedelta(days=1)
"""How long a picture that stands in no message, but was shown to somebody alone, can still be loaded."""
_CARD: Final = TypeAdapter(Card)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands, with what hangs on it."""

    id: int
    channel: str
    thread: int
    author: str
    text: str
    card: Card | None
    picture: str
    """The digest of the card's picture; empty for none."""
    said_at: datetime
    is_edited: bool
    is_removed: bool
    changed: int
    reactions: dict[str, tuple[str, ...]]
    """The people behind each emoji, both in the order they came."""
    replies: int


@dataclass(frozen=True, slots=True)
class Page:
    """Messages in reading order, and whether there are older ones."""

    messages: tuple[Message, ...]
    has_earlier: bool
    oldest: int
    """The id of the first of them, whether it is shown or not."""


async def find(session: AsyncSession, workspace: str, message: int) -> MessageRow | None:
    """A message that is not removed."""
    row = await session.get(MessageRow, (workspace, message))
    return row if row is not None and row.removed_at is None else None


async def find_key(session: AsyncSession, workspace: str, key: str) -> MessageRow | None:
    """The message that was posted with this key, removed or not."""
    found: MessageRow | None = await session.scalar(
        select(MessageRow).where(MessageRow.workspace_id == workspace, MessageRow.key == key)
    )
    return found


async def post(
    session: AsyncSession,
    workspace: str,
    now: datetime,
    *,
    channel: str,
    thread: int,
    key: str,
    author: str = "",
    text: str = "",
    card: Card | None = None,
) -> tuple[MessageRow, bool]:
    """Add a message and say True, or False and the message that was posted with this key before."""
    # Counting first takes the workspace's lock, so two requests with one key cannot both find it new.
    change = await next_change(session, workspace)
    there = await find_key(session, workspace, key)
    if there is not None:
        return there, False
    row = MessageRow(
        workspace_id=workspace,
        id=new_id(),
        channel=channel,
        thread=thread,
        author=author,
        text=text,
        key=key,
        said_at=now,
        changed=change,
        revision=1,
    )
    if card is not None:
        await _put_card(session, row, card, now)
    session.add(row)
    if thread:
        await _touch_root(session, row)
    await session.flush()
    await _keep_file(session, row, card)
    return row, True


async def change_text(session: AsyncSession, row: MessageRow, text: str, now: datetime) -> None:
    """Make a person's message say something else."""
    row.text = text
    row.edited_at = now
    row.revision += 1
    row.changed = await next_change(session, row.workspace_id)


async def change_card(session: AsyncSession, row: MessageRow, card: Card, now: datetime) -> None:
    """Make a message of the bot say this card."""
    await _put_card(session, row, card, now)
    await _keep_file(session, row, card)
    row.revision += 1
    row.changed = await next_change(session, row.workspace_id)


async def remove(session: AsyncSession, row: MessageRow, now: datetime) -> None:
    """Empty a message, and leave only the mark that it is gone."""
    row.text = ""
    row.card = None
    row.picture = None
    await _keep_file(session, row, None)
    row.removed_at = now
    row.revision += 1
    row.changed = await next_change(session, row.workspace_id)
    await session.execute(
        delete(ReactionRow).where(
            ReactionRow.workspace_id == row.workspace_id, ReactionRow.message_id == row.id
        )
    )
    if row.thread:
        await _touch_root(session, row)


async def react(
    session: AsyncSession, row: MessageRow, *, person: str, emoji: str, on: bool
) -> bool:
    """Put an emoji on a message or take it off; False when it was so already."""
    identity = (row.workspace_id, row.id, person, emoji)
    there = await session.get(ReactionRow, identity)
    if (there is not None) == on:
        return False
    if there is None:
        session.add(
            ReactionRow(
                workspace_id=row.workspace_id,
                message_id=row.id,
                person_id=person,
                emoji=emoji,
                made=new_id(),
            )
        )
    else:
        await session.delete(there)
    row.changed = await next_change(session, row.workspace_id)
    return True


async def page(
    session: AsyncSession, workspace: str, *, channel: str, before: int = 0, size: int = PAGE
) -> Page:
    """The newest messages in the open of a channel, or those before a message."""
    query = (
        select(MessageRow)
        .where(
            MessageRow.workspace_id == workspace,
            MessageRow.channel == channel,
            MessageRow.thread == 0,
        )
        .order_by(MessageRow.id.desc())
        .limit(size + 1)
    )
    if before:
        query = query.where(MessageRow.id < before)
    rows = (await session.scalars(query)).all()
    shown = await gather(session, workspace, rows[:size][::-1])
    return Page(
        messages=tuple(one for one in shown if is_shown(one)),
        has_earlier=len(rows) > size,
        oldest=rows[:size][-1].id if rows else 0,
    )


async def replies(session: AsyncSession, workspace: str, root: int) -> tuple[Message, ...]:
    """The message that opened a thread, and every answer in it."""
    rows = await session.scalars(
        select(MessageRow)
        .where(
            MessageRow.workspace_id == workspace,
            (MessageRow.id == root) | (MessageRow.thread == root),
        )
        .order_by(MessageRow.id)
    )
    return tuple(one for one in await gather(session, workspace, rows.all()) if is_shown(one))


async def changes_since(
    session: AsyncSession, workspace: str, *, channel: str, after: int, size: int = BATCH
) -> tuple[Message, ...]:
    """What changed in a channel and its threads, in the order of the changes."""
    rows = await session.scalars(
        select(MessageRow)
        .where(
            MessageRow.workspace_id == workspace,
            MessageRow.channel == channel,
            MessageRow.changed > after,
        )
        .order_by(MessageRow.changed)
        .limit(size)
    )
    return await gather(session, workspace, rows.all())


def is_shown(message: Message) -> bool:
    """A removed message leaves a mark only where answers still hang on it."""
    return not message.is_removed or message.replies > 0


async def unread(session: AsyncSession, workspace: str, person: str) -> dict[str, int]:
    """How many messages somebody has not seen, by channel; channels that hold none are left out."""
    counted = await session.execute(
        select(MessageRow.channel, func.count())
        .outerjoin(
            ReadRow,
            (ReadRow.workspace_id == MessageRow.workspace_id)
            & (ReadRow.person_id == person)
            & (ReadRow.channel == MessageRow.channel),
        )
        .where(
            MessageRow.workspace_id == workspace,
            MessageRow.thread == 0,
            MessageRow.author != person,
            MessageRow.removed_at.is_(None),
            MessageRow.id > func.coalesce(ReadRow.seen, 0),
            (MessageRow.channel.not_like("@%")) | (MessageRow.channel == f"@{person}"),
        )
        .group_by(MessageRow.channel)
    )
    return dict(counted.all())


async def see(
    session: AsyncSession, workspace: str, *, person: str, channel: str, message: int
) -> None:
    """Note that somebody has seen a channel up to this message."""
    row = await session.get(ReadRow, (workspace, person, channel))
    if row is None:
        put = insert(session, ReadRow).values(
            workspace_id=workspace, person_id=person, channel=channel, seen=message
        )
        await session.execute(put.on_conflict_do_nothing())
    elif row.seen < message:
        row.seen = message


async def gather(
    session: AsyncSession, workspace: str, rows: Sequence[MessageRow]
) -> tuple[Message, ...]:
    """These messages with their reactions and the number of their replies."""
    ids = [row.id for row in rows]
    reactions: dict[int, dict[str, tuple[str, ...]]] = {}
    for reaction in await session.scalars(
        select(ReactionRow)
        .where(ReactionRow.workspace_id == workspace, ReactionRow.message_id.in_(ids))
        .order_by(ReactionRow.made)
    ):
        on = reactions.setdefault(reaction.message_id, {})
        on[reaction.emoji] = (*on.get(reaction.emoji, ()), reaction.person_id)
    counted = await session.execute(
        select(MessageRow.thread, func.count())
        .where(
            MessageRow.workspace_id == workspace,
            MessageRow.thread.in_([row.id for row in rows if not row.thread]),
            MessageRow.removed_at.is_(None),
        )
        .group_by(MessageRow.thread)
    )
    answers = dict(counted.all())
    return tuple(
        Message(
            id=row.id,
            channel=row.channel,
            thread=row.thread,
            author=row.author,
            text=row.text,
            card=_CARD.validate_json(row.card) if row.card else None,
            picture=row.picture or "",
            said_at=row.said_at,
            is_edited=row.edited_at is not None,
            is_removed=row.removed_at is not None,
            changed=row.changed,
            reactions=reactions.get(row.id, {}),
            replies=answers.get(row.id, 0),
        )
        for row in rows
    )


async def keep_picture(
    session: AsyncSession, workspace: str, card: Card, now: datetime
) -> tuple[Card, str]:
    """Put a card's picture where a page can load it; the card without its bytes, and their digest."""
    if card.picture is None:
        return card, ""
    digest = hashlib.sha256(card.picture.png).hexdigest()
    put = insert(session, PictureRow).values(
        workspace_id=workspace, digest=digest, png=card.picture.png, made_at=now
    )
    await session.execute(
        put.on_conflict_do_update(
            index_elements=[PictureRow.workspace_id, PictureRow.digest], set_={"made_at": now}
        )
    )
    await _forget_pictures(session, workspace, now - PICTURES_STAY)
    return replace(card, picture=replace(card.picture, png=b"")), digest


async def find_file(session: AsyncSession, row: MessageRow) -> tuple[str, bytes] | None:
    """The file of a message and what it is called."""
    kept = await session.get(FileRow, (row.workspace_id, row.id))
    card = _CARD.validate_json(row.card) if row.card else None
    return (card.file.name, kept.data) if kept and card and card.file else None


async def find_picture(session: AsyncSession, workspace: str, digest: str) -> bytes | None:
    """The bytes under a digest."""
    row = await session.get(PictureRow, (workspace, digest))
    return row.png if row else None


async def _put_card(session: AsyncSession, row: MessageRow, card: Card, now: datetime) -> None:
    bare, digest = await keep_picture(session, row.workspace_id, card, now)
    if bare.file is not None:
        bare = replace(bare, file=replace(bare.file, data=b""))
    row.card = _CARD.dump_json(bare, exclude_defaults=True).decode()
    row.picture = digest or None


async def _keep_file(session: AsyncSession, row: MessageRow, card: Card | None) -> None:
    """Keep what is in the file of a message's card, and nothing where it has none."""
    kept = await session.get(FileRow, (row.workspace_id, row.id))
    if card is None or card.file is None:
        if kept is not None:
            await session.delete(kept)
    elif kept is None:
        session.add(FileRow(workspace_id=row.workspace_id, message_id=row.id, data=card.file.data))
    else:
        kept.data = card.file.data


async def _forget_pictures(session: AsyncSession, workspace: str, before: datetime) -> None:
    shown = select(MessageRow.picture).where(
        MessageRow.workspace_id == workspace, MessageRow.picture.is_not(None)
    )
    await session.execute(
        delete(PictureRow).where(
            PictureRow.workspace_id == workspace,
            PictureRow.made_at < before,
            PictureRow.digest.not_in(shown),
        )
    )


async def _touch_root(session: AsyncSession, row: MessageRow) -> None:
    root = await session.get(MessageRow, (row.workspace_id, row.thread))
    if root is not None:
        root.changed = row.changed
