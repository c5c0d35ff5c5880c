"""The patterns of each workspace: fed with what its teams narrate, and told so that nothing leaves a team by them.

What changes is queued where it changes. The patterns are read, fed beside the loop and written back, and whoever comes
second with the same patterns gives way.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import delete, select

from bot.channels.desk import Channel
from bot.chat import Chat, Text
from bot.checkins import desk as checkins
from bot.digests.desk.items import Find
from bot.digests.tables import PatternChange, PatternState
from bot.engine import bugs, traces
from bot.grains import desk as grains
from bot.store.base import insert
from bot.store.session import Store, Work

if TYPE_CHECKING:
    from bot.insight.patterns import Embed, Pattern, Patterns

log = structlog.get_logger(__name__)

BATCH = 200
"""Texts fed at a time: a few tenths of a second beside the loop."""
WORKSPACES = 3
PAUSE = timedelta(minutes=1)
"""What comes in within so long is fed together."""
DAY = timedelta(days=1)
MOST_TOLD = 60
WEEKS = 9
"""Weeks of which it is told how many texts joined a pattern: as many as are remembered."""
FRESH = timedelta(days=3)
"""A digest tells patterns while its last day is no older: what rises now says nothing of last year."""
RISING = ("rising", "new")


@dataclass(frozen=True, slots=True)
class Grown:
    """A text to feed; without words it is gone, or its author's alone."""

    about: str
    words: str = ""
    who: str = ""
    team: str = ""
    at: datetime | None = None


async def on_entry(work: Work, workspace_id: str, entry_id: int) -> None:
    """An entry is new or changed."""
    await _queue(work, workspace_id, f"entry:{entry_id}")


async def on_grain(work: Work, workspace_id: str, grain_id: int) -> None:
    """A grain is new or changed."""
    await _queue(work, workspace_id, f"grain:{grain_id}")


async def _queue(work: Work, workspace_id: str, about: str) -> None:
    row = insert(work.session, PatternChange).values(
        workspace_id=workspace_id, about=about, at=work.now
    )
    keys = [PatternChange.workspace_id, PatternChange.about]
    await work.session.execute(
        row.on_conflict_do_update(index_elements=keys, set_={"at": work.now})
    )


async def feed(store: Store, chats: Mapping[str, Chat]) -> None:
    """Feed the patterns of a few workspaces with what changed, the one that waits longest first."""
    async with store.look() as work:
        waiting = list(
            await work.session.scalars(
                select(PatternChange.workspace_id)
                .where(PatternChange.at <= work.now - PAUSE)
                .group_by(PatternChange.workspace_id)
                .limit(WORKSPACES)
            )
        )
        old = await work.session.scalars(
            select(PatternState.workspace_id)
            .where(PatternState.told_at < work.now - DAY)
            .limit(WORKSPACES)
        )
        waiting += [one for one in old if one not in waiting]
    for workspace_id in waiting:
        try:
            await _feed(store, workspace_id)
        except Exception as bug:
            log.error("feeding patterns broke", workspace=workspace_id, **bugs.told(bug))


async def _feed(store: Store, workspace_id: str) -> None:
    async with store.look() as work:
        row = await work.session.get(PatternState, workspace_id)
        changes = list(
            await work.session.scalars(
                select(PatternChange)
                .where(PatternChange.workspace_id == workspace_id)
                .order_by(PatternChange.at, PatternChange.about)
                .limit(BATCH)
            )
        )
        grown = [await _read(work, workspace_id, one.about) for one in changes]
    saved = row.saved if row is not None else b""
    fed = await asyncio.to_thread(_fed, saved, grown, store.now())
    async with store.work() as work:
        if not await _write(work, workspace_id, row.revision if row else 0, fed):
            return
        for change in changes:
            # What changed once more meanwhile stays queued.
            await work.session.execute(
                delete(PatternChange).where(
                    PatternChange.workspace_id == workspace_id,
                    PatternChange.about == change.about,
                    PatternChange.at == change.at,
                )
            )


async def _read(work: Work, workspace_id: str, about: str) -> Grown:
    """A text as it is now."""
    kind, _, number = about.partition(":")
    if kind == "entry":
        entry = await checkins.narration(work, workspace_id, int(number))
        if entry is None:
            return Grown(about)
        words = Text.parse(entry.words).plain()
        at = datetime.combine(entry.day, time(12), UTC)
        return Grown(about, words, str(entry.person_id), entry.channel_id, at)
    grain = await grains.by_id(work, workspace_id, int(number))
    # What came from an entry is in the entry's words.
    if grain is None or not grain.channel_id or grain.source.startswith("entry:"):
        return Grown(about)
    return Grown(about, grain.headline, str(grain.person_id), grain.channel_id, grain.made_at)


@dataclass(frozen=True, slots=True)
class Fed:
    """Patterns to be kept, and what is told of them."""

    saved: bytes
    told: list[dict[str, object]]
    oldest: int
    anew: bool = False
    """Whether they have to be built anew from the texts."""


def _resumed(saved: bytes = b"") -> tuple[Patterns, bool]:
    """The patterns as they were saved, and whether another version saved them, so that they begin anew."""
    # NumPy comes along, which a start does not wait for.
    from bot.insight import saved_patterns
    from bot.insight.patterns import Patterns

    embed = _embed()
    try:
        return (saved_patterns.resume(saved, embed) if saved else Patterns(embed)), False
    except saved_patterns.OtherVersion:
        return Patterns(embed), True


@cache
def _embed() -> Embed | None:
    """Sentence vectors, where they are installed."""
    from bot import embedding

    if not embedding.is_installed():
        return None
    try:
        return embedding.load().embed
    except embedding.SemanticUnavailable as no:
        log.warning("patterns go without sentence vectors", why=str(no))
        return None


def _fed(saved: bytes, grown: Sequence[Grown], now: datetime) -> Fed:
    """The patterns with these texts as they are now."""
    from bot.insight.patterns import Told

    patterns, anew = _resumed(saved)
    patterns.forget([one.about for one in grown if one.about in patterns.notes])
    patterns.add_all(
        [
            Told(one.about, one.words, one.at, one.who, one.team)
            for one in grown
            if one.at is not None
        ]
    )
    return _kept(patterns, now, anew=anew)


def _kept(patterns: Patterns, now: datetime, *, anew: bool = False) -> Fed:
    from bot.insight import saved_patterns

    told = [_told(patterns, one, now) for one in patterns.shown(now)[:MOST_TOLD]]
    oldest = min((note.day for note in patterns.notes.values()), default=0)
    return Fed(saved_patterns.save(patterns), told, oldest, anew)


def _told(patterns: Patterns, one: Pattern, now: datetime) -> dict[str, object]:
    """What may be told of a pattern: inside a team if it is that team's alone, outside only what several share."""
    kept = patterns.kept[one.number]
    teams = {patterns.notes[id].team for id in kept.ids}
    outside = patterns.shown_outside(one.number, now)
    # While every text is remembered it is certain whose words these are.
    alone = len(teams) == 1 and kept.texts == len(kept.ids)
    weeks: Counter[int] = Counter()
    for day, count in kept.days.items():
        weeks[max(0, now.toordinal() - day) // 7] += count
    return {
        "number": one.number,
        "trend": one.trend,
        "last_week": one.last_week,
        "texts": one.texts,
        "weeks": [weeks.get(n, 0) for n in reversed(range(WEEKS))],
        "typical": one.typical if alone else "",
        "why": (patterns.explain(one.typical) or "") if alone else "",
        "team": next(iter(teams)) if alone else "",
        "teams": sorted(teams),
        "inside": list(one.words) if alone else [],
        "outside": list(outside.words) if outside else [],
    }


async def _write(work: Work, workspace_id: str, revision: int, fed: Fed) -> bool:
    """Keep patterns, unless somebody else kept others since they were read."""
    await work.session.execute(
        insert(work.session, PatternState)
        .values(workspace_id=workspace_id, saved=b"", told=[], oldest=0, revision=0)
        .on_conflict_do_nothing()
    )
    row = await work.session.get_one(PatternState, workspace_id, with_for_update=True)
    if row.revision != revision:
        return False
    row.saved, row.told, row.oldest = fed.saved, fed.told, fed.oldest
    row.revision, row.told_at = revision + 1, work.now
    if fed.anew:
        await _queue_all(work, workspace_id)
    await work.session.flush()
    return True


async def _queue_all(work: Work, workspace_id: str) -> None:
    """Queue every text there is, so that the patterns are built anew."""
    abouts = [f"entry:{one}" for one in await checkins.entry_ids(work, workspace_id)]
    abouts += [f"grain:{one}" for one in await grains.own_ids(work, workspace_id)]
    for about in abouts:
        await _queue(work, workspace_id, about)


async def take_out(work: Work, workspace_id: str, abouts: Collection[str]) -> None:
    """Take texts out of the patterns at once; where that cannot be told apart any more, they are built anew."""
    every = list(abouts)
    for start in range(0, len(every), traces.AT_ONCE):
        await work.session.execute(
            delete(PatternChange).where(
                PatternChange.workspace_id == workspace_id,
                PatternChange.about.in_(every[start : start + traces.AT_ONCE]),
            )
        )
    row = await work.session.get(PatternState, workspace_id, with_for_update=True)
    if row is None or not row.saved or not every:
        return
    fed = _without(row.saved, every, work.now)
    await _write(work, workspace_id, row.revision, fed)


def _without(saved: bytes, abouts: Sequence[str], now: datetime) -> Fed:
    patterns, anew = _resumed(saved)
    unknown = patterns.forget(abouts)
    is_whole = all(kept.texts == len(kept.ids) for kept in patterns.kept.values())
    # One of the unknown may be in there without being remembered.
    if unknown and not is_whole:
        patterns, anew = _resumed()[0], True
    return _kept(patterns, now, anew=anew)


async def expire(work: Work, workspace_id: str, before: datetime) -> None:
    """Take texts of days before a moment out of the patterns."""
    row = await work.session.get(PatternState, workspace_id)
    if row is None or not row.saved or row.oldest >= before.toordinal():
        return
    patterns, anew = _resumed(row.saved)
    if anew:
        await _write(work, workspace_id, row.revision, _kept(patterns, work.now, anew=True))
        return
    old = [id for id, note in patterns.notes.items() if note.day < before.toordinal()]
    await take_out(work, workspace_id, old)


async def told_of(
    work: Work, channel: Channel, last_day: datetime, *, most: int
) -> dict[str, list[Find]]:
    """The patterns that rise and fade and that a channel's readers may know, by section."""
    row = await work.session.get(PatternState, channel.workspace_id)
    found: dict[str, list[Find]] = {"rising": [], "fading": []}
    if row is None or last_day < work.now - FRESH:
        return found
    for one in row.told:
        words = words_for(channel, one)
        section = "rising" if one["trend"] in RISING else one["trend"]
        if words and section in found and len(found[section]) < most:
            week = one["last_week"]
            more = f"{week} in the last seven days, {one['texts']} in all"
            plain = Text.of(", ".join(words)).markdown()
            found[section].append(Find(f"pattern:{one['number']}", plain, more=more))
    return found


def words_for(channel: Channel, told: Mapping[str, Any]) -> list[str]:
    """The words of a pattern that the readers of a channel may know; none where it is not told there."""
    outside: list[str] = told["outside"]
    if channel.ring != "team":
        return outside
    inside: list[str] = told["inside"]
    return inside if told["team"] == channel.id else outside if channel.id in told["teams"] else []
