"""Holding a lesson's words against what should not leave its team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.channels import desk as channels
from bot.chat import Text
from bot.insight import guard
from bot.insight.guard import Finding, Known
from bot.lessons.rules import PARTS, Wording
from bot.lessons.tables import Lesson, LessonStory
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
        if sentence := blocking(Text.parse(written), known):
            raise Refusal(sentence, field=part)


def blocking(text: Text, known: Known | None = None) -> str:
    """What is said of the first thing in a text that must not leave at all; empty for nothing."""
    found = guard.read(text, known or Known())
    return next((one.sentence for one in found if one.blocks), "")


async def in_story(work: Work, story: LessonStory) -> list[Finding]:
    """What whoever tells a story has neither changed nor confirmed yet."""
    known = await _known_by(work, story.by_workspace, story.person_id, hidden=not story.named)
    return [
        one
        for one in guard.read(Text.parse(story.words), known)
        if one.blocks or one.fingerprint not in story.confirmed
    ]


async def masked_story(work: Work, story: LessonStory, fingerprint: str) -> str:
    """A story with what was found put as the guard suggests."""
    known = await _known_by(work, story.by_workspace, story.person_id, hidden=not story.named)
    text = Text.parse(story.words)
    hits = [one for one in guard.read(text, known) if one.fingerprint.startswith(fingerprint)]
    return guard.mask(text, hits).markdown()


async def carried(work: Work, lesson: Lesson, by_workspace: str, said: Text) -> Text:
    """What somebody said elsewhere, without what must not leave: nobody can be asked about it one by one."""
    terms: tuple[str, ...] = ()
    if by_workspace != lesson.workspace_id:
        terms = tuple((await people.workspace(work, by_workspace)).confidential)
    hits = guard.read(said, Known(terms=terms))
    return guard.mask(said, [one for one in hits if one.blocks or one.kind == "term"])


async def _known(work: Work, lesson: Lesson, attribution: str) -> Known:
    """What this workspace knows; the author's own name and team are theirs to sign with."""
    return await _known_by(
        work,
        lesson.workspace_id,
        lesson.person_id,
        hidden=attribution == "unnamed",
        channel_id=lesson.channel_id,
    )


async def _known_by(
    work: Work, workspace_id: str, person_id: int | None, *, hidden: bool, channel_id: str = ""
) -> Known:
    """What a workspace knows; somebody's own name and team are theirs to sign with, unless they are hidden."""
    workspace = await people.workspace(work, workspace_id)
    teams = await channels.team_names(work, workspace_id)
    named = [name for _, name in teams]
    team = "" if hidden else dict(teams).get(channel_id, "")
    author = await people.get(work, workspace_id, person_id) if person_id is not None else None
    return Known(
        terms=tuple(workspace.confidential),
        members=_named(await people.names(work, workspace_id)),
        own=author.name if author is not None and author.present and not hidden else "",
        channels=_named(named),
        # Another team may have the same name.
        own_channel=team if named.count(team) == 1 else "",
    )


def _named(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(names) if one)
