"""Holding a lesson's words against what should not leave its team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.channels import desk as channels
from bot.chat import Text
from bot.insight import guard
from bot.insight.guard import Finding, Known
from bot.lessons.rules import PARTS, Wording
from bot.lessons.tables import Lesson
from bot.people import desk as people
from bot.refusal import Refusal
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Draft:
    """Words on their way out, and how they would be signed."""

    wording: Wording
    attribution: str = "named"
    topics: tuple[str, ...] = ()


async def findings(work: Work, lesson: Lesson, draft: Draft) -> list[Finding]:
    """What its author has neither changed nor confirmed yet; what blocks comes first."""
    known = await _known(work, lesson, draft.attribution)
    texts = [Text.parse(one) for one in _parts(draft.wording).values()]
    texts.append(Text.of(", ".join(draft.topics)))
    found: dict[str, Finding] = {}
    for text in texts:
        for one in guard.read(text, known):
            if one.blocks or one.fingerprint not in lesson.confirmed:
                found.setdefault(one.fingerprint, one)
    return sorted(found.values(), key=lambda one: not one.blocks)


def _parts(wording: Wording) -> dict[str, str]:
    return {part: getattr(wording, part) for part in (*PARTS, "quote")}


async def without(work: Work, lesson: Lesson, draft: Draft, fingerprint: str) -> Draft:
    """The draft with what was found put as the guard suggests; a topic that holds it goes."""
    known = await _known(work, lesson, draft.attribution)
    changed: dict[str, str] = {}
    for part, written in _parts(draft.wording).items():
        text = Text.parse(written)
        hits = [one for one in guard.read(text, known) if one.fingerprint.startswith(fingerprint)]
        if hits:
            changed[part] = guard.mask(text, hits).markdown()
    topics = tuple(
        topic
        for topic in draft.topics
        if not any(
            one.fingerprint.startswith(fingerprint) for one in guard.read(Text.of(topic), known)
        )
    )
    return replace(draft, wording=replace(draft.wording, **changed), topics=topics)


async def check(work: Work, lesson: Lesson, wording: Wording) -> None:
    """Refuse a curator's wording that holds a credential, beside the field it stands in."""
    known = await _known(work, lesson, "named")
    for part, written in _parts(wording).items():
        blocking = [one for one in guard.read(Text.parse(written), known) if one.blocks]
        if blocking:
            raise Refusal(blocking[0].sentence, field=part)


async def _known(work: Work, lesson: Lesson, attribution: str) -> Known:
    """What this workspace knows; the author's own name and team are theirs to sign with."""
    workspace = await people.workspace(work, lesson.workspace_id)
    everybody = await people.everybody(work, lesson.workspace_id)
    every = await channels.every(work, lesson.workspace_id)
    hidden = attribution == "unnamed"
    return Known(
        terms=tuple(workspace.confidential),
        members=_named([one.name for one in everybody if hidden or one.id != lesson.person_id]),
        channels=_named(
            [
                one.name
                for one in every
                if one.ring == "team" and (hidden or one.id != lesson.channel_id)
            ]
        ),
    )


def _named(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(names) if one)
