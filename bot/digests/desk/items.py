"""From what was found to what one reads: only what is shown is worded, named, linked and noted upon."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.channels.desk import Channel
from bot.chat import Text
from bot.checkins import desk as checkins
from bot.checkins.desk import Told
from bot.digests import rules
from bot.digests.rules import SHOWN, Item, Note, Section
from bot.digests.tables import DigestNote
from bot.digests.words import parts
from bot.engine import links, outbox
from bot.grains.desk import Settled
from bot.lessons.desk import News, Story
from bot.people import desk as people
from bot.store.session import Work

A_STORY = 600
"""Characters of a story; of anything else a line is enough."""


@dataclass(frozen=True, slots=True)
class Find:
    """Something for a section."""

    about: str
    words: str
    """Markdown."""
    person_id: int = 0
    """Whose words they are; 0 where that is not told."""
    by: str = ""
    key: str = ""
    """The subject of the message that shows it."""
    learned: str = ""
    """Markdown."""
    used: int = 0
    more: str = ""
    most: int = 220


def of_answer(answer: Told, *, named: bool = True, most: int = 220) -> Find:
    return Find(
        f"entry:{answer.entry_id}:{answer.key}",
        answer.words,
        answer.person_id if named else 0,
        key=checkins.entry_key(answer.entry_id),
        most=most,
    )


def of_plan(plan: Settled) -> Find:
    """A plan with what was learned from it, and without whose it is."""
    words = Text.of(plan.headline).markdown()
    return Find(f"grain:{plan.grain_id}", words, key=plan.key, learned=plan.learned)


def of_lesson_from(plan: Settled, *, named: bool = True) -> Find:
    """What somebody learned from a plan that came to nothing."""
    whose = plan.person_id if named else 0
    return Find(f"grain:{plan.grain_id}", plan.learned, whose, key=plan.key)


def of_news(news: News) -> Find:
    words = Text.of(news.headline).markdown()
    return Find(f"lesson:{news.item_id}", words, by=news.origin, key=news.key, used=news.reused)


def of_story(story: Story) -> Find:
    """What happened when somebody tried a lesson."""
    return Find(story.about, story.words, by=story.by, key=story.key, most=A_STORY)


@dataclass(frozen=True, slots=True)
class Finds:
    """All that was found for a digest, by section."""

    by_section: Mapping[str, Sequence[Find]]
    unread: Collection[str] = ()
    """Sections of which there was more than one reads for a digest."""

    async def sections(
        self, work: Work, workspace_id: str, *, channel: Channel | None, whole: Collection[str] = ()
    ) -> tuple[Section, ...]:
        """What one reads of each section: the first items, and of those that are `whole` all of them."""
        shown = {
            key: found if key in whole else found[:SHOWN]
            for key in parts.HEADINGS
            if (found := self.by_section.get(key))
        }
        every = [one for some in shown.values() for one in some]
        wording = _Wording(
            await names(work, workspace_id, {one.person_id for one in every if one.person_id}),
            await _refs(work, workspace_id, {one.key for one in every}),
            await _notes(work, channel, {one.about for one in every}) if channel else {},
        )
        return tuple(
            Section(
                key,
                parts.HEADINGS[key],
                tuple(wording.item(one) for one in some),
                len(self.by_section[key]),
                key in self.unread,
            )
            for key, some in shown.items()
        )


@dataclass(frozen=True, slots=True)
class _Wording:
    names: Mapping[int, str]
    refs: Mapping[str, str]
    notes: Mapping[str, Sequence[Note]]

    def item(self, find: Find) -> Item:
        return Item(
            find.about,
            rules.line(Text.parse(find.words).lines(), find.most),
            self.names.get(find.person_id, find.by),
            self.refs.get(find.key, ""),
            find.more or parts.more(rules.line(Text.parse(find.learned).lines()), find.used),
            tuple(self.notes.get(find.about, ())),
        )


async def names(work: Work, workspace_id: str, ids: Iterable[int]) -> dict[int, str]:
    found = await people.many(work, [(workspace_id, one) for one in ids])
    return {one.id: one.name for one in found.values()}


async def _refs(work: Work, workspace_id: str, keys: Iterable[str]) -> dict[str, str]:
    found = await outbox.refs_of(work, [(workspace_id, key) for key in keys if key])
    return {key: links.to(refs[0]) for (_, key), refs in found.items()}


async def _notes(work: Work, channel: Channel, abouts: Collection[str]) -> dict[str, list[Note]]:
    """What curators wrote in the margin, oldest first."""
    found = list(
        await work.session.scalars(
            select(DigestNote)
            .where(
                DigestNote.workspace_id == channel.workspace_id,
                DigestNote.channel_id == channel.id,
                DigestNote.about.in_(abouts),
            )
            .order_by(DigestNote.id)
        )
    )
    named = await names(work, channel.workspace_id, {one.person_id for one in found})
    notes: dict[str, list[Note]] = {}
    for one in found:
        notes.setdefault(one.about, []).append(Note(one.id, named[one.person_id], one.words))
    return notes
