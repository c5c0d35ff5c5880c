"""Agreeing: the author words a lesson, looks at what the guard found, sees the exact post, and says yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.channels.rules import names as names_of
from bot.chat import Form, Place, Text
from bot.engine import outbox
from bot.lessons import rules, words
from bot.lessons.desk import around, guarding, hours, pausing, showing, steps, views, ways
from bot.lessons.desk.guarding import Draft
from bot.lessons.rules import LIVE, Wording
from bot.lessons.tables import Lesson, LessonItem
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work


async def word_form(work: Work, lesson: Lesson, *, here: bool) -> Form:
    """The form in which its author words a lesson, with what is known of it."""
    if lesson.state not in (*LIVE, "marked"):
        raise Refusal(f"This lesson {rules.NOW[lesson.state]}.")
    said = Text.parse(lesson.said)
    ways_out = await ways.ways_from(work, steps.team_place(lesson), "community")
    known = tuple(dict.fromkeys(topic for way in ways_out for topic in way.topics))
    kept = "wording" in lesson.draft
    if kept or lesson.state in LIVE:
        draft = showing.read_draft(lesson) if kept else signed(lesson, lesson.wording)
        if "edited" in lesson.draft:
            draft = replace(draft, wording=views.renewed(lesson))
    else:
        wording = rules.proposed(said, quote=lesson.origin_place != "typed")
        draft = Draft(wording, lesson.attribution, rules.topics_in(said, known))
    fitting = [str(way.end) for way in ways_out if rules.fits(way.topics, draft.topics)]
    chosen = lesson.draft.get("to") or fitting or [str(way.end) for way in ways_out]
    return words.word_form(
        lesson.id,
        draft.wording,
        to=[(str(way.end), await ways.audience(work, way.end)) for way in ways_out],
        chosen=chosen,
        attribution=draft.attribution,
        topics=draft.topics,
        known_topics=known,
        left_out=rules.quoted(said)[1] and not kept,
        change=lesson.state in LIVE,
        here=here,
    )


def signed(lesson: Lesson, wording: Mapping[str, str]) -> Draft:
    """A wording signed as its author agreed."""
    return Draft(Wording.read(wording), lesson.attribution, tuple(lesson.topics))


async def take_wording(work: Work, lesson: Lesson, values: Mapping[str, str]) -> None:
    """Keep what its author typed as the draft of a lesson; nothing leaves by it."""
    if lesson.state not in (*LIVE, "marked"):
        raise Refusal(f"This lesson {rules.NOW[lesson.state]}, so nothing was changed.")
    wording = rules.read_wording(values)
    attribution = values.get("attribution") or lesson.attribution
    if attribution not in rules.ATTRIBUTIONS:
        raise Refusal("Choose how it is signed.", field="attribution")
    topics = rules.read_topics(values.get("topics", ""))
    draft = {
        "wording": wording.kept(),
        "attribution": attribution,
        "topics": list(topics),
    }
    if lesson.state == "marked":
        to = [one for one in values.get("to", "").split("\n") if one]
        await _check_places(work, lesson, to, topics)
        draft["to"] = to
    lesson.draft = draft
    lesson.ask_at = None
    await showing.follow(work, lesson)


async def _check_places(
    work: Work, lesson: Lesson, to: list[str], topics: tuple[str, ...]
) -> list[Place]:
    """The communities its author chose, if a route leads to each of them and takes these topics."""
    if not to:
        raise Refusal("Choose at least one community.", field="to")
    open_ways = {
        str(way.end): way
        for way in await ways.ways_from(work, steps.team_place(lesson), "community")
    }
    for one in to:
        if one not in open_ways:
            raise Refusal(
                "The way to one of these communities is gone meanwhile. Choose again.", field="to"
            )
        way = open_ways[one]
        if not rules.fits(way.topics, topics):
            name = await ways.channel_name(work, way.end)
            raise Refusal(
                f"#{name} takes lessons about {' or '.join(way.topics)}: "
                "name the topic, or leave that community out.",
                field="topics",
            )
    return [open_ways[one].end for one in dict.fromkeys(to)]


async def confirm(work: Work, lesson: Lesson, item: LessonItem | None, fingerprint: str) -> None:
    """Keep that the author looked at a finding and that it may stay; a credential never may."""
    draft = _pending(lesson, item)
    found = [
        one
        for one in await guarding.findings(work, lesson, draft)
        if one.fingerprint.startswith(fingerprint)
    ]
    if found and found[0].blocks:
        raise Refusal(found[0].sentence)
    lesson.confirmed = [*lesson.confirmed, *(one.fingerprint for one in found)]
    await showing.follow(work, lesson)


async def take_suggestion(
    work: Work, lesson: Lesson, item: LessonItem | None, fingerprint: str
) -> None:
    """Put what was found as the guard suggests."""
    draft = await guarding.without(work, lesson, _pending(lesson, item), fingerprint)
    if item is not None:
        item.proposal = draft.wording.kept()
    else:
        lesson.draft = {
            **lesson.draft,
            "wording": draft.wording.kept(),
            "topics": list(draft.topics),
        }
    await showing.follow(work, lesson)


def _pending(lesson: Lesson, item: LessonItem | None) -> Draft:
    if item is not None and item.proposal:
        return showing.proposal_of(lesson, item)
    if item is None and "wording" in lesson.draft:
        return showing.read_draft(lesson)
    raise Refusal("This is settled already.")


async def agree(work: Work, author: Person, lesson: Lesson) -> None:
    """The yes to exactly what was shown, and all that follows from it, in one transaction."""
    if "wording" not in lesson.draft:
        done = rules.NOW[lesson.state]
        raise Refusal(
            f"This lesson {done}. Press Word it first."
            if lesson.state == "marked"
            else f"This lesson {done} already, so nothing changed."
        )
    draft = showing.read_draft(lesson)
    if await guarding.findings(work, lesson, draft):
        await showing.follow(work, lesson)
        return
    if lesson.state == "marked":
        await _share(work, author, lesson, draft)
    elif lesson.state in ("agreed", "confirmed"):
        await _change(work, author, lesson, draft)
        lesson.news = "Changed wherever it stands in these words."
    else:
        raise Refusal(f"This lesson {rules.NOW[lesson.state]}, so nothing changed.")
    await showing.follow(work, lesson)


async def _change(work: Work, author: Person, lesson: Lesson, draft: Draft) -> None:
    """Let every copy read as the author changed it: also where curators had words of their own, who hear of it.

    What the author took back must not stand anywhere; a network still gets no words of the origin.
    """
    worded = [
        one
        for one in await steps.items_of(work, lesson)
        if one.wording and one.state in ("waiting", "asked", "selected", "relayed")
    ]
    if draft.wording.kept() == lesson.wording:
        worded = []
    steps.move(work, lesson, "change", author, items=worded)
    _settle(lesson, draft)
    for item in worded:
        was = Wording.read(item.wording)
        item.wording, item.proposal = {}, {}
        if item.ring == "network":
            item.wording = replace(draft.wording, quote="").kept()
        now = views.wording_of(lesson, item)
        place = steps.place_to(item)
        who = (await views.origin_for(work, lesson, item.to_workspace)).author
        card = words.overtaken(item.id, who, await ways.channel_name(work, place), now, was)
        for curator in await ways.curators(work, place):
            await showing.tell_curator(work, item, curator, "lessons.overtaken", card)


async def _share(work: Work, author: Person, lesson: Lesson, draft: Draft) -> None:
    places = await _check_places(work, lesson, list(lesson.draft.get("to", ())), draft.topics)
    there = {steps.place_to(one): one for one in await steps.items_of(work, lesson)}
    new = [new_item(work, lesson, one) for one in places if one not in there]
    work.session.add_all(new)
    await work.session.flush()
    steps.move(work, lesson, "agree", author, new=new, items=list(there.values()))
    for place, item in there.items():
        # Where it was before it is checked anew, as the same item: one copy at most, whatever happens.
        if item.state not in ("removed", "joined"):
            item.state = "waiting" if place in places else "stopped"
            item.since, item.told, item.wording, item.proposal = work.now, [], {}, {}
    _settle(lesson, draft)
    lesson.agreed_at = work.now
    names = names_of([f"#{await ways.channel_name(work, place)}" for place in places])
    lesson.news = f"Thank you! Next, somebody in {names} looks at it."
    await work.session.flush()
    for place in places:
        await pausing.look(work, lesson, place)


def new_item(
    work: Work, lesson: Lesson, place: Place, *, ring: str = "community", via: str = ""
) -> LessonItem:
    """A lesson on its way to one channel."""
    return LessonItem(
        workspace_id=lesson.workspace_id,
        id=new_id(),
        lesson_id=lesson.id,
        to_workspace=place.workspace_id,
        to_channel=place.channel,
        ring=ring,
        via=via,
        state="waiting",
        since=work.now,
        wording={},
        proposal={},
        word="",
        answer="",
        told=[],
    )


def _settle(lesson: Lesson, draft: Draft) -> None:
    lesson.wording = draft.wording.kept()
    lesson.attribution = draft.attribution
    lesson.topics = list(draft.topics)
    lesson.draft = {}


async def refuse(work: Work, author: Person, lesson: Lesson) -> None:
    """Not this one: nobody is told, and nobody asks again."""
    if lesson.state == "refused":
        return
    steps.move(work, lesson, "refuse", author)
    lesson.ask_at, lesson.draft = None, {}
    lesson.news = "All right. It stays where it is, and nobody is told."
    await showing.follow(work, lesson)


async def put_off(work: Work, author: Person, lesson: Lesson) -> None:
    """Ask again tomorrow."""
    if lesson.state != "marked":
        raise Refusal(f"This lesson {rules.NOW[lesson.state]}.")
    lesson.ask_at = max(work.now + timedelta(days=1), hours.good_time(work, author))
    lesson.draft = {}
    await showing.follow(work, lesson)


async def leave(work: Work, _author: Person, lesson: Lesson) -> None:
    """Leave a lesson as it stands, whatever was typed or changed behind it."""
    lesson.draft = {}
    lesson.news = "It stays as it was."
    await showing.follow(work, lesson)


async def take_new_words(work: Work, author: Person, lesson: Lesson) -> None:
    """Let the quote follow its changed source: one tap, and the guard reads it first."""
    if "edited" not in lesson.draft:
        raise Refusal("This is settled already.")
    lesson.draft = {
        "wording": views.renewed(lesson).kept(),
        "attribution": lesson.attribution,
        "topics": list(lesson.topics),
    }
    await agree(work, author, lesson)


async def withdraw(work: Work, author: Person, lesson: Lesson) -> None:
    """Take a lesson back from everywhere; its author can undo that."""
    if lesson.state == "withdrawn":
        return
    if lesson.state in ("refused", "expired"):
        raise Refusal(f"Lesson {lesson.number} {rules.NOW[lesson.state]}: it stands nowhere.")
    shared = lesson.state in LIVE
    steps.move(work, lesson, "withdraw", author)
    lesson.draft, lesson.ask_at = {}, None
    lesson.news = "Its copies are on their way out." if shared else "It was shared with nobody."
    await showing.follow(work, lesson)


async def ask_again(work: Work, author: Person, lesson: Lesson) -> None:
    """Share a lesson after all."""
    steps.move(work, lesson, "ask again", author)
    lesson.draft = {}
    if lesson.wording:
        lesson.draft = {
            "wording": dict(lesson.wording),
            "attribution": lesson.attribution,
            "topics": list(lesson.topics),
            "to": [
                str(steps.place_to(one))
                for one in await steps.items_of(work, lesson)
                if one.ring == "community"
            ],
        }
    lesson.ask_at, lesson.asked_at = None, work.now
    await showing.follow(work, lesson, news="")


async def undo(work: Work, person: Person, lesson: Lesson, step_id: int) -> None:
    """Take back the last step that somebody took with a lesson, where nobody else has acted since."""
    step = next((one for one in await steps.trail(work, lesson) if one.id == step_id), None)
    if step is None:
        raise Refusal(steps.GONE)
    new = step.before.get("new", ())
    items = await steps.items_of(work, lesson)
    gone = [item for item in items if item.id in new]
    for item in items:
        await around.forget_merge(work, item)
    for item in gone:
        for key in (showing.copy_key(item), *showing.curators_keys(item)):
            await outbox.withdraw(work, item.to_workspace, key)
    copies = showing.copies(gone)
    await steps.take_back(work, lesson, step, person)
    await showing.tell_followers(work, copies)
    lesson.news = "Undone."
    await showing.follow(work, lesson)
