"""The outbox: what should stand where, written in the transaction that causes it.

A row is a wish, not a request: it says what one message should read now. The sender brings the platform to it, so
that ten changes before the next send cost one edit, and a crash between two steps leaves a wish that is still true.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Executable, delete, or_, select, true, update

from bot.chat import Card, Place, Ref
from bot.engine.records import write_card
from bot.engine.tables import Destination, OutboxRow, Posted
from bot.store.base import among, dialect_of, insert_in, new_id
from bot.store.given import Given, insert_new
from bot.store.session import Work

NOTHING = "{}"
"""The card of a message that is gone: nothing of its words is kept."""


@dataclass(frozen=True, slots=True)
class Post:
    """One message to bring into being: `key` names its subject, once per workspace."""

    to: Place
    card: Card
    key: str
    under: str = ""
    """The key of the message in the same channel in whose thread it goes."""

    @property
    def workspace_id(self) -> str:
        return self.to.workspace_id


@dataclass(frozen=True, slots=True)
class Gone:
    """One message that should stand nowhere."""

    workspace_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the parts of one message stood, and where they stand now."""

    of: tuple[str, str]
    """Its workspace and key."""
    before: tuple[Ref, ...]
    now_at: tuple[Ref, ...]


async def show(work: Work, to: Place, card: Card, *, key: str, under: str = "") -> bool:
    """Make the message with this key say this card, posting it if it is not there.

    Returns False when a moderator took it away, which is for good, or when it was given up: then it says this card
    once an operator lets it be tried again.
    """
    row = await _lock(work, to.workspace_id, key)
    post = Post(to, card, key, under)
    if row is None:
        await show_new(work, [post])
        return True
    await _expect(work, _say(work, row, post))
    return not row.taken and row.state != "dead"


def _say(work: Work, row: OutboxRow, post: Post) -> Counter[str]:
    """Let a message say a card, and tell how many more its destination waits for."""
    if row.taken:
        return Counter()
    written = write_card(post.card)
    if row.state == "gone":
        row.destination, row.thread = str(post.to.open), post.to.thread
        row.under = post.under
    if row.card == written and row.wanted:
        return Counter()
    row.card, row.wanted = written, True
    if row.state != "dead":
        return _again(work, row)
    row.revision += 1
    return Counter()


async def bring(work: Work, wishes: Sequence[Post | Gone]) -> None:
    """Bring messages of different keys to what they should be: `show` and `withdraw`, in this order and at once."""
    keys = [(one.workspace_id, one.key) for one in wishes]
    rows = await _lock_all(work, keys)
    new: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    for key, wish in zip(keys, wishes, strict=True):
        row = rows.get(key)
        if row is None:
            new += [_new(work, wish)] if isinstance(wish, Post) else []
        elif isinstance(wish, Post):
            counts.update(_say(work, row, wish))
        elif row.wanted:
            counts.update(_take_away(work, row))
    counts.update(await _insert(work, new))
    await _expect(work, counts)


async def show_new(work: Work, posts: Sequence[Post]) -> None:
    """Queue messages that are new; one whose key exists stays as it is."""
    await _expect(work, await _insert(work, [_new(work, post) for post in posts]))


def _new(work: Work, post: Post) -> dict[str, Any]:
    return {
        "workspace_id": post.workspace_id,
        "key": post.key,
        "destination": str(post.to.open),
        "thread": post.to.thread,
        "under": post.under,
        "card": write_card(post.card),
        "wanted": True,
        "taken": False,
        "revision": 1,
        "shown": 0,
        "lives": 1,
        "state": "pending",
        "unsure": False,
        "turn": new_id(),
        "strikes": 0,
        "error": "",
        "not_before": work.now,
        "created_at": work.now,
    }


async def _insert(work: Work, rows: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """Keep those that are new, and tell how many more each destination waits for."""
    kept = await insert_new(work.session, OutboxRow, rows, OutboxRow.destination)
    return Counter(destination for (destination,) in kept)


async def withdraw(work: Work, workspace_id: str, key: str) -> None:
    """Take the message with this key away, or do not post it if it is not there yet."""
    row = await _lock(work, workspace_id, key)
    if row is not None and row.wanted:
        await _expect(work, _take_away(work, row))


def _take_away(work: Work, row: OutboxRow) -> Counter[str]:
    """Let a message go, and tell how many more, or fewer, its destination waits for."""
    row.wanted = False
    if row.shown or row.unsure:
        # A post whose end is not known may have to be made once more before it can be removed.
        row.card = row.card if row.unsure else NOTHING
        return _again(work, row)
    fewer = Counter({row.destination: -1} if row.state == "pending" else ())
    row.state, row.card = "gone", NOTHING
    return fewer


async def find(work: Work, ref: Ref) -> str | None:
    """The key of the message that stands here, when it is one of ours."""
    return await work.session.scalar(
        select(Posted.key).where(
            Posted.workspace_id == ref.place.workspace_id,
            Posted.place == str(ref.place),
            Posted.message == ref.id,
        )
    )


async def refs(work: Work, workspace_id: str, key: str) -> tuple[Ref, ...]:
    """Where the parts of this message stand, in order; empty while it is not posted or when it was taken away."""
    return (await refs_of(work, [(workspace_id, key)])).get((workspace_id, key), ())


async def refs_of(
    work: Work, keys: Collection[tuple[str, str]], *, taken: bool = False
) -> dict[tuple[str, str], tuple[Ref, ...]]:
    """Where messages stand, by workspace and key; with `taken` also what is left of those taken away."""
    if not keys:
        return {}
    found = await work.session.execute(
        select(Posted)
        .join(
            OutboxRow,
            (OutboxRow.workspace_id == Posted.workspace_id) & (OutboxRow.key == Posted.key),
        )
        .where(among(Posted.workspace_id, Posted.key, keys))
        .where(true() if taken else ~OutboxRow.taken)
        .order_by(Posted.part)
    )
    standing: dict[tuple[str, str], tuple[Ref, ...]] = {}
    for part in found.scalars():
        key = (part.workspace_id, part.key)
        standing[key] = (*standing.get(key, ()), Ref(Place.parse(part.place), part.message))
    return standing


async def known(work: Work, keys: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these, by workspace and key, of which there ever was a message, posted or on its way."""
    if not keys:
        return set()
    found = await work.session.execute(
        select(OutboxRow.workspace_id, OutboxRow.key).where(
            among(OutboxRow.workspace_id, OutboxRow.key, keys)
        )
    )
    return {(workspace_id, key) for workspace_id, key in found}


async def is_known(work: Work, workspace_id: str, key: str) -> bool:
    """Whether there ever was a message with this key, posted or on its way."""
    found = await work.session.scalar(
        select(OutboxRow.key).where(OutboxRow.workspace_id == workspace_id, OutboxRow.key == key)
    )
    return found is not None


async def is_over(work: Work, workspace_id: str, key: str) -> bool:
    """Whether somebody else took this message away or it was given up, so that showing it does nothing."""
    found = await work.session.scalar(
        select(OutboxRow.key).where(
            OutboxRow.workspace_id == workspace_id,
            OutboxRow.key == key,
            or_(OutboxRow.taken, OutboxRow.state == "dead"),
        )
    )
    return found is not None


async def lost(work: Work, ref: Ref) -> str | None:
    """Note that somebody took one of our messages away; returns its key when it was ours.

    Where a platform made us split it, one part was taken and the others follow.
    """
    key = await find(work, ref)
    if key is None:
        return None
    row = await _lock(work, ref.place.workspace_id, key)
    if row is None or row.taken or row.state == "gone":
        return key
    parts = (await refs_of(work, [(row.workspace_id, key)]))[row.workspace_id, key]
    row.taken = True
    if len(parts) == 1:
        row.shown, row.unsure = 0, False
    await _expect(work, _take_away(work, row))
    return key


async def forget(work: Work, workspace_id: str, keys: Sequence[str]) -> None:
    """Empty the words of messages that are gone, so that nothing of them is kept."""
    await work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.workspace_id == workspace_id, OutboxRow.key.in_(keys))
        .where(OutboxRow.state.in_(("gone", "dead")))
        .values(card=NOTHING)
    )


async def settle_refs(work: Work, moved: Sequence[Moved]) -> None:
    """Keep where the parts of messages stand now, where that is not where they stood before."""
    moved = [one for one in moved if one.before != one.now_at]
    if stood := [one.of for one in moved if one.before]:
        await work.session.execute(
            delete(Posted).where(among(Posted.workspace_id, Posted.key, stood))
        )
    parts = [
        {
            "workspace_id": one.of[0],
            "key": one.of[1],
            "part": part,
            "place": str(ref.place),
            "message": ref.id,
        }
        for one in moved
        for part, ref in enumerate(one.now_at)
    ]
    await insert_new(work.session, Posted, parts)


async def _lock_all(
    work: Work, keys: Collection[tuple[str, str]]
) -> Mapping[tuple[str, str], OutboxRow]:
    """Messages by workspace and key, kept from others; in one order everywhere, as in `_expect`."""
    if not keys:
        return {}
    found = await work.session.scalars(
        select(OutboxRow)
        .where(among(OutboxRow.workspace_id, OutboxRow.key, keys))
        .order_by(OutboxRow.workspace_id, OutboxRow.key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(row.workspace_id, row.key): row for row in found}


async def _lock(work: Work, workspace_id: str, key: str) -> OutboxRow | None:
    return await work.session.get(OutboxRow, (workspace_id, key), with_for_update=True)


def _again(work: Work, row: OutboxRow) -> Counter[str]:
    """Queue a changed row behind what already waits for its destination, unless it waits itself."""
    row.revision += 1
    work.wakes.add("outbox")
    return _queue(work, row) if row.state != "pending" else Counter()


async def queue(work: Work, row: OutboxRow) -> None:
    """Let a row that does not wait wait for its destination, behind what waits there already."""
    await _expect(work, _queue(work, row))


def _queue(work: Work, row: OutboxRow) -> Counter[str]:
    row.state = "pending"
    row.turn = new_id()
    row.strikes = 0
    row.not_before = work.now
    return Counter({row.destination: 1})


async def _expect(work: Work, counts: Mapping[str, int]) -> None:
    """Add to the number of messages that each destination waits for."""
    if not counts:
        return
    work.wakes.add("outbox")
    # In one order everywhere, so that two transactions seldom wait for each other.
    places = [(Place.parse(written), count) for written, count in sorted(counts.items())]
    rows = [
        {
            "workspace_id": place.workspace_id,
            "place": str(place),
            "platform": place.platform,
            "pending": count,
            "next_at": work.now,
            "lease_token": 0,
        }
        for place, count in places
    ]
    connection = await work.session.connection()
    await connection.execute(
        _expecting(dialect_of(work.session)), _COUNTED.hold(work.session, rows)
    )


_COUNTED = Given.of(
    Destination, "workspace_id", "place", "platform", "pending", "next_at", "lease_token"
)


@cache
def _expecting(dialect: str) -> Executable:
    new = insert_in(dialect, Destination).from_select(_COUNTED.names, _COUNTED.all(dialect))
    return new.on_conflict_do_update(
        index_elements=[Destination.workspace_id, Destination.place],
        set_={"pending": Destination.pending + new.excluded.pending},
    )
