"""What is shown as a file reads back as the same set-up."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.admin.rules import plan, reading, writing
from bot.admin.rules.setup import (
    ChannelSetup,
    FeedSetup,
    PersonSetup,
    RouteSetup,
    Setup,
    WorkspaceSetup,
)
from bot.channels.rules import FOCUSES, RINGS, STAGES
from bot.chat import Place
from bot.checkins.bank import TAGS
from bot.checkins.rules import DAYS, KINDS, ROLES, WORKDAYS, Question, RhythmPlan

ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,8}", fullmatch=True)
words = (
    st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
lists = st.lists(ids, max_size=3, unique=True).map(tuple)
zones = st.sampled_from(["person", "Europe/Lisbon", "Australia/Lord_Howe"])


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from(KINDS))
    options = st.lists(words, min_size=2, max_size=4, unique=True).map(tuple)
    return Question(
        key=draw(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)),
        ask=draw(words),
        kind=kind,
        role=draw(st.sampled_from(ROLES)),
        optional=draw(st.booleans()),
        options=draw(options) if kind == "choice" else (),
    )


@st.composite
def rhythms(draw: st.DrawFn) -> RhythmPlan:
    own = tuple(draw(st.lists(questions(), max_size=5, unique_by=lambda one: one.key)))
    weekly = draw(st.booleans())
    days = draw(st.sets(st.sampled_from(DAYS), min_size=1))
    return RhythmPlan(
        days=tuple(day for day in DAYS if day in days) if weekly else WORKDAYS,
        at=draw(st.times()).replace(second=0, microsecond=0),
        zone=draw(zones),
        every=draw(st.integers(1, 52)) if weekly else 1,
        monthly="" if weekly else draw(st.sampled_from(["1", "15", "31", "first mon", "last fri"])),
        deliver=draw(st.sampled_from(["dm", "channel"])),
        entries=draw(st.sampled_from(["thread", "private"])),
        nudges=draw(st.integers(0, 2)),
        catch_up=timedelta(minutes=draw(st.integers(1, 1440))),
        tags=() if own else tuple(draw(st.lists(st.sampled_from(TAGS), unique=True))),
        focus="" if own else draw(st.sampled_from(["", *FOCUSES])),
        stage="" if own else draw(st.sampled_from(["", *STAGES])),
        questions=own,
    )


@st.composite
def channels(draw: st.DrawFn) -> ChannelSetup:
    ring = draw(st.sampled_from(RINGS))
    team = ring == "team"
    names = words.filter(lambda name: not name.startswith("#"))
    return ChannelSetup(
        id=draw(ids),
        ring=ring,
        name=draw(st.just("") | names),
        members=draw(lists) or None,
        rhythm=draw(st.none() | rhythms()) if team else None,
        curators=() if team else draw(lists),
        focus="" if team else draw(st.sampled_from(["", *FOCUSES])),
        stage="" if team else draw(st.sampled_from(["", *STAGES])),
        topics=tuple(draw(st.lists(words, max_size=12, unique=True))),
        relays_a_day=None if team else draw(st.none() | st.integers(1, 100)),
    )


@st.composite
def workspaces(draw: st.DrawFn) -> WorkspaceSetup:
    platform = draw(st.sampled_from(["local", "slack", "discord"]))
    people = st.builds(
        PersonSetup,
        ids,
        words,
        st.sampled_from(["UTC", "Asia/Kolkata"]),
        st.sampled_from(["", "PT", "NO"]),
    )
    return WorkspaceSetup(
        platform=platform,
        id="local" if platform == "local" else draw(ids),
        admins=draw(lists),
        confidential=tuple(draw(st.lists(words, max_size=3, unique=True))),
        retention_days=draw(st.none() | st.integers(1, 36500)),
        people=tuple(draw(st.lists(people, max_size=3, unique_by=lambda one: one.id)))
        if platform == "local"
        else (),
        channels=tuple(draw(st.lists(channels(), max_size=4, unique_by=lambda one: one.id))),
    )


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    setup = Setup(
        tuple(draw(st.lists(workspaces(), max_size=2, unique_by=lambda one: one.workspace_id)))
    )
    places = [(w.place(c), RINGS.index(c.ring)) for w in setup.workspaces for c in w.channels]
    ways = [(a, b) for a, ring in places for b, outer in places if outer == ring + 1]
    routes = [RouteSetup(a, b, draw(lists)) for a, b in ways if draw(st.booleans())]
    if places:
        routes.append(RouteSetup(places[0][0], Place("discord", "not-yet", "there")))
    feeds = [FeedSetup("https://example.org/a?b=c#d", place) for place, _ in places[:1]]
    return replace(setup, routes=tuple(routes), feeds=tuple(feeds))


@settings(max_examples=50, deadline=None)
@given(setups())
def test_a_written_set_up_reads_back_as_the_same(setup: Setup) -> None:
    assert reading.read(writing.write(setup)).setup == setup


@settings(max_examples=50, deadline=None)
@given(setups())
def test_a_set_up_does_not_change_itself(setup: Setup) -> None:
    assert plan.diff(setup, setup) == ()


def test_a_time_is_written_in_quotes() -> None:
    """Any reader of YAML sees a time, not a number."""
    channel = ChannelSetup("C1", "team", rhythm=RhythmPlan(at=time(10, 30)))
    setup = Setup((WorkspaceSetup("slack", "T1", channels=(channel,)),))
    assert 'at: "10:30"' in writing.write(setup)
