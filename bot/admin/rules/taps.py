"""A channel's set-up as it is tapped together in a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.admin.rules import check
from bot.admin.rules.setup import ChannelSetup, RouteSetup
from bot.channels.rules import FOCUSES, RINGS, STAGES
from bot.chat import Place
from bot.chat.spans import clean
from bot.checkins.bank import TAGS
from bot.checkins.rules import DAYS, KINDS, WORKDAYS, Question, RhythmPlan
from bot.engine.clock import read_zone
from bot.people.rules import read_time
from bot.refusal import Refusal

T = TypeVar("T")

OFF = "off"
"""In the place of a ring: the channel is no longer set up."""
NEVER = "never"
"""In the place of how often: a team that is not asked."""
MONTHLY = ("first", "last")
_NOTES = re.compile(r"\s*\[([^\[\]]*)\]\s*$")
_ROLES = ("plan", "learned", "stuck")


@dataclass(frozen=True, slots=True)
class Tapped:
    """One channel and where it passes things on; without a channel it is not set up."""

    channel: ChannelSetup | None
    routes: tuple[RouteSetup, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a workspace, by account, under the names they are called by."""

    names: Mapping[str, str]

    def account(self, written: str) -> str:
        """The account of somebody who is written by account or by name; refuses another."""
        if written in self.names:
            return written
        wanted = written.strip().lstrip("@").casefold()
        found = [
            account
            for account, name in self.names.items()
            if wanted in (name.casefold(), account.casefold())
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise Refusal(
                f"Two people are called {written.strip()[:40]}. Write {' or '.join(found)}."
            )
        hint = check.nearest(written.strip(), list(self.names.values()))
        raise Refusal(f"I know nobody called {written.strip()[:40]} here. {hint}".strip())


@dataclass(slots=True)
class _Form:
    """A sent form; what is wrong is gathered by field."""

    values: Mapping[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    def lines(self, key: str) -> list[str]:
        return [line.strip() for line in self.values.get(key, "").split("\n") if line.strip()]

    def one(self, key: str, known: Sequence[str], default: str) -> str:
        """One of a few; the default where nothing was chosen."""
        written = self.values.get(key, "").strip()
        if not written:
            return default
        if written not in known:
            self.wrong[key] = f"“{written[:40]}” does not fit here. {check.nearest(written, known)}"
            return default
        return written

    def read(self, key: str, how: Callable[[str], T], default: T) -> T:
        written = self.values.get(key, "").strip()
        if not written:
            return default
        try:
            return how(written)
        except Refusal as no:
            self.wrong[key] = no.sentence
            return default

    def people(self, key: str, roster: Roster) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for line in self.lines(key):
            try:
                found[roster.account(line)] = None
            except Refusal as no:
                self.wrong[key] = no.sentence
        return tuple(found)


def read_form(
    values: Mapping[str, str],
    base: Tapped,
    place: Place,
    *,
    roster: Roster,
    further: Mapping[str, Sequence[Place]],
) -> tuple[Tapped, dict[str, str]]:
    """The set-up that a sent form means, and a sentence by field for each that is wrong.

    `base` is what the form was opened with: what it does not show stays as it is there. `further` are the channels
    one ring further out, by ring.
    """
    form = _Form(values)
    before = base.channel or ChannelSetup(place.channel, "team", rhythm=RhythmPlan())
    ring = form.one("ring", (*RINGS, OFF), before.ring)
    if ring == OFF:
        return Tapped(None), form.wrong
    channel = ChannelSetup(id=before.id, ring=ring, name=before.name, members=before.members)
    if ring == "team":
        members = form.people("members", roster)
        channel = replace(channel, members=members or None, rhythm=_rhythm(form, before.rhythm))
    else:
        topics = [clean(one).strip() for one in re.split(r"[,\n]", values.get("topics", ""))]
        channel = replace(
            channel,
            curators=form.people("curators", roster),
            focus=form.one("focus", FOCUSES, ""),
            stage=form.one("stage", STAGES, ""),
            topics=tuple(dict.fromkeys(one for one in topics if one)),
            relays_a_day=before.relays_a_day,
        )
        for topic in channel.topics:
            if len(topic) > check.LONGEST_NAME:
                form.wrong["topics"] = (
                    f"“{topic[:40]}…” is long for a topic. Say it in a few words."
                )
    routes = _routes(form, base, place, ring, further.get(ring, ()))
    for key, sentence in check.channel_problems(channel):
        form.wrong.setdefault(key, sentence)
    return Tapped(channel, routes), form.wrong


def _routes(
    form: _Form, base: Tapped, place: Place, ring: str, offered: Sequence[Place]
) -> tuple[RouteSetup, ...]:
    """The routes that were ticked, with the topics they had; those that were not offered stay in the same ring."""
    ticked = form.lines(f"routes.{ring}")
    had = {route.end: route for route in base.routes}
    kept = []
    if base.channel is not None and base.channel.ring == ring:
        kept = [route for route in base.routes if route.end not in offered]
    return (
        *kept,
        *(had.get(end, RouteSetup(place, end)) for end in offered if str(end) in ticked),
    )


def _rhythm(form: _Form, before: RhythmPlan | None) -> RhythmPlan | None:
    often = form.values.get("often", "").strip() or usual(before)
    if often == NEVER:
        return None
    old = before or RhythmPlan()
    days = tuple(day for day in DAYS if day in form.lines("days"))
    plan = replace(
        old,
        days=days or (old.days if "days" not in form.values else ()),
        at=form.read("at", read_time, old.at),
        zone=form.read("zone", _zone, "person" if "zone" in form.values else old.zone),
        deliver=form.one("deliver", ("dm", "channel"), old.deliver),
        entries=form.one("entries", ("thread", "private"), old.entries),
        nudges=int(form.one("nudges", ("0", "1", "2"), str(old.nudges))),
        tags=tuple(tag for tag in TAGS if tag in form.lines("tags")),
        questions=_questions(form, old.questions),
    )
    if often in MONTHLY:
        if len(days) != 1:
            form.wrong["days"] = f"Choose one day: the {often} such day of each month."
            return plan
        return replace(plan, monthly=f"{often} {days[0]}", every=1, days=WORKDAYS)
    if often == old.monthly:
        return replace(plan, days=WORKDAYS)
    if often.isdigit() and 1 <= int(often) <= 52:
        return replace(plan, monthly="", every=int(often))
    form.wrong["often"] = f"“{often[:40]}” is not how often I can ask."
    return plan


def usual(plan: RhythmPlan | None) -> str:
    """How often a rhythm asks, as the form has it."""
    if plan is None:
        return NEVER
    word = plan.monthly.partition(" ")[0]
    return (word if word in MONTHLY else plan.monthly) or str(plan.every)


def _zone(written: str) -> str:
    return "person" if written.casefold() == "person" else read_zone(written)


def line_of(question: Question, *, first: bool) -> str:
    """A question as one line of the form, with what is special about it in brackets behind it."""
    notes = []
    if question.kind == "choice":
        notes.append(f"choice: {' / '.join(question.options)}")
    elif question.kind != "text":
        notes.append(question.kind)
    if question.role and not (first and question.role == "plan"):
        notes.append(question.role)
    if question.optional:
        notes.append("optional")
    return f"{question.ask} [{'; '.join(notes)}]" if notes else question.ask


def _questions(form: _Form, before: Sequence[Question]) -> tuple[Question, ...]:
    if "questions" not in form.values:
        return tuple(before)
    plan_first = form.values.get("first", "plan") != "words"
    # A line that nobody touched is the question it came from, with all that the line does not show.
    known = {line_of(one, first=n == 0): one for n, one in enumerate(before)}
    found: list[Question] = []
    for number, line in enumerate(form.lines("questions")):
        question = known.get(line)
        if question is None:
            try:
                question = _read_line(" ".join(clean(line).split()), number + 1)
            except Refusal as no:
                form.wrong["questions"] = no.sentence
                continue
        if number == 0 and question.role in ("", "plan"):
            question = replace(question, role="plan" if plan_first else "")
        taken = {one.key for one in found}
        if line not in known:
            taken |= {one.key for one in known.values()}
        if question.key in taken:
            key = next(f"q{n}" for n in range(1, 100) if f"q{n}" not in taken)
            question = replace(question, key=key)
        found.append(question)
    return tuple(found)


def _read_line(line: str, number: int) -> Question:
    notes = _NOTES.search(line)
    question = Question(key=f"q{number}", ask=_NOTES.sub("", line))
    for note in notes[1].split(";") if notes else ():
        word, _, rest = note.strip().partition(":")
        word = word.strip().casefold()
        if word == "optional":
            question = replace(question, optional=True)
        elif word in _ROLES:
            question = replace(question, role=word)
        elif word == "choice":
            options = tuple(dict.fromkeys(one.strip() for one in rest.split("/") if one.strip()))
            question = replace(question, kind="choice", options=options)
        elif word in KINDS:
            question = replace(question, kind=word)
        elif word:
            hint = check.nearest(word, (*_ROLES, *KINDS, "optional"))
            raise Refusal(f"I do not know the note [{word[:40]}]. {hint}".strip())
    if not question.ask:
        raise Refusal("A line has notes in brackets but asks nothing.")
    return question
