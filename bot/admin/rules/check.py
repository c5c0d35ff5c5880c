"""What a set-up may say: each problem is a sentence and the key it is about."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from bot.admin.rules.setup import ChannelSetup, RouteSetup, Setup
from bot.channels.rules import MOST_TOPICS, RINGS, names
from bot.chat import Place
from bot.checkins.rules import MOST_QUESTIONS, RhythmPlan

LONGEST_QUESTION = 200
"""Characters of a question; longer ones are not read."""
LONGEST_NAME = 80
"""Characters of a topic, a name, an option."""


def nearest(written: str, known: Sequence[str]) -> str:
    """Which of these was meant: a question with the nearest one, or the whole list."""
    lowered = {one.casefold(): one for one in reversed(known)}
    near = difflib.get_close_matches(written.casefold(), lowered, 1, cutoff=0.5)
    if near:
        return f"Did you mean {lowered[near[0]]}?"
    return f"Write {' or '.join(known)}." if 0 < len(known) < 12 else ""


def channel_problems(channel: ChannelSetup) -> Iterator[tuple[str, str]]:
    """What is wrong with a channel, by key."""
    ring, title = channel.ring, channel.title
    if ring == "team":
        for key in ("curators", "focus", "stage", "relays_a_day"):
            if getattr(channel, key):
                yield key, f"{title} is a team, and {key} belongs to a community or a network."
    elif channel.rhythm is not None:
        yield "rhythm", f"{title} is a {ring}, and only a team has a rhythm."
    if len(channel.topics) > MOST_TOPICS:
        yield (
            "topics",
            f"{title} has {len(channel.topics)} topics. Keep the best {MOST_TOPICS}.",
        )
    if channel.rhythm is not None:
        yield from rhythm_problems(channel.rhythm)


def rhythm_problems(plan: RhythmPlan) -> Iterator[tuple[str, str]]:
    """What is wrong with a rhythm, by key."""
    if not plan.days and not plan.monthly:
        yield "days", "There is no day on which to ask. Choose at least one."
    if len(plan.questions) > MOST_QUESTIONS:
        yield (
            "questions",
            f"{len(plan.questions)} questions take too long to answer. Keep the best {MOST_QUESTIONS}.",
        )
    keys = [question.key for question in plan.questions]
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        yield "questions", f"Two questions have the key {key}. Give each its own."
    for question in plan.questions:
        if question.kind == "choice" and not 2 <= len(question.options) <= 20:
            yield (
                "questions",
                f"The question {question.key} is a choice. Give it from 2 to 20 options.",
            )
        if question.kind != "choice" and question.options:
            yield (
                "questions",
                f"The question {question.key} is of kind {question.kind}; only a choice has options.",
            )
        if len(question.ask) > LONGEST_QUESTION:
            yield (
                "questions",
                f"Ask {question.key} in {LONGEST_QUESTION} characters; it has {len(question.ask)}.",
            )


def route_problems(setup: Setup) -> Iterator[tuple[RouteSetup, str]]:
    """What is wrong with the routes, each with its path; one to a channel that is not set up yet just waits."""
    kept: dict[Place, list[Place]] = {}
    for route in setup.routes:
        start, end = setup.title(route.start), setup.title(route.end)
        if route.start == route.end:
            yield route, f"This route leads from {start} to itself."
            continue
        if route.end in kept.get(route.start, ()):
            yield (
                route,
                f"There are two routes {start} → {end}. Write it once, with all its topics.",
            )
            continue
        if sentence := _ring_problem(setup, route):
            yield route, sentence
        if back := _path(kept, route.end, route.start):
            circle = " → ".join(setup.title(place) for place in (route.start, *back))
            yield route, f"This route closes a circle: {circle}. A lesson would come back for ever."
            continue
        kept.setdefault(route.start, []).append(route.end)


def _ring_problem(setup: Setup, route: RouteSetup) -> str:
    start, end = setup.channel(route.start), setup.channel(route.end)
    if start is None or end is None:
        return ""
    path = f"{start.title} ({start.ring}) → {end.title} ({end.ring})"
    far = abs(RINGS.index(start.ring) - RINGS.index(end.ring))
    if far == 0:
        return f"{path} stays in one ring. A route leads one ring further out or in."
    if far > 1:
        return f"{path} skips a ring. Let it go by a community."
    return ""


def _path(ways: Mapping[Place, Sequence[Place]], start: Place, end: Place) -> tuple[Place, ...]:
    """A way from `start` to `end`, both included; empty when there is none."""
    came: dict[Place, Place | None] = {start: None}
    todo = [start]
    while todo:
        here = todo.pop()
        if here == end:
            path: list[Place] = []
            step: Place | None = here
            while step is not None:
                path.append(step)
                step = came[step]
            return tuple(reversed(path))
        for there in ways.get(here, ()):
            if there not in came:
                came[there] = here
                todo.append(there)
    return ()


def said_twice(written: Sequence[str]) -> str:
    """A sentence about what a list says more than once; empty when it does not."""
    twice = [one for one in dict.fromkeys(written) if written.count(one) > 1]
    return f"{names(twice)} stands here twice." if twice else ""
