"""A change is told line by line before it is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from bot.admin.rules import plan
from bot.admin.rules.setup import (
    ChannelSetup,
    FeedSetup,
    PersonSetup,
    RouteSetup,
    Setup,
    WorkspaceSetup,
)
from bot.chat import Place
from bot.checkins.rules import Question, RhythmPlan

PLAN = RhythmPlan()
HARBOUR = ChannelSetup("harbour", "team", rhythm=PLAN)
COP = ChannelSetup("cop", "community", curators=("chi",), topics=("reliability",))
WORKSPACE = WorkspaceSetup("local", "local", admins=("dee",), channels=(HARBOUR, COP))
ROUTE = RouteSetup(Place("local", "local", "harbour"), Place("local", "local", "cop"))
SETUP = Setup((WORKSPACE,), (ROUTE,))


def channel(**changes: object) -> Setup:
    """The set-up with another harbour."""
    return replace(SETUP, workspaces=(WORKSPACE.with_channel(replace(HARBOUR, **changes)),))  # type: ignore[arg-type]


def cop(**changes: object) -> Setup:
    """The set-up with another community."""
    return replace(SETUP, workspaces=(WORKSPACE.with_channel(replace(COP, **changes)),))  # type: ignore[arg-type]


def workspace(**changes: object) -> Setup:
    """The set-up with another workspace."""
    return replace(SETUP, workspaces=(replace(WORKSPACE, **changes),))  # type: ignore[arg-type]


CHANGES = {
    "admins": (workspace(admins=("dee", "ana")), "~ admins: dee → dee and ana"),
    "confidential": (workspace(confidential=("Falcon",)), "~ confidential terms: 1 now"),
    "retention": (workspace(retention_days=30), "~ what is written is kept for 30 days"),
    "people": (workspace(people=(PersonSetup("eve", "Eve"),)), "+ person eve (Eve, UTC)"),
    "name": (channel(name="Harbour"), "~ #harbour is called #Harbour"),
    "members": (channel(members=("ana", "ben")), "~ #harbour: members all → ana and ben"),
    "hour": (channel(rhythm=replace(PLAN, at=time(8))), "~ #harbour asks at 08:00 (was: at 09:00)"),
    "days": (
        channel(rhythm=replace(PLAN, days=("mon", "wed"), every=2)),
        "~ #harbour asks on mon, wed every 2 weeks (was: on mon to fri)",
    ),
    "month": (
        channel(rhythm=replace(PLAN, monthly="last fri")),
        "~ #harbour asks every month on the last fri (was: on mon to fri)",
    ),
    "questions": (
        channel(rhythm=replace(PLAN, questions=(Question("q", "What?"),))),
        "~ #harbour asks 1 own question (was: questions from the bank)",
    ),
    "no rhythm": (channel(rhythm=None), "- #harbour asks no more; what was written stays"),
    "curators": (cop(curators=()), "~ #cop: curators: chi → nobody"),
    "topics": (cop(topics=("a", "b")), "~ #cop: topics reliability → a, b"),
    "focus": (cop(focus="weavers"), "~ #cop: focus none → weavers"),
    "a channel goes": (
        workspace(channels=(HARBOUR,)),
        "- #cop is no longer set up; what was written in it stays",
    ),
    "a route goes": (replace(SETUP, routes=()), "- route #harbour → #cop"),
    "a route's topics": (
        replace(SETUP, routes=(replace(ROUTE, topics=("a",)),)),
        "~ route #harbour → #cop (a)",
    ),
    "a feed": (
        replace(SETUP, feeds=(FeedSetup("https://example.org/f", ROUTE.end),)),
        "+ feed https://example.org/f → #cop",
    ),
}


@pytest.mark.parametrize(("wanted", "line"), CHANGES.values(), ids=CHANGES.keys())
def test_one_change_is_one_line(wanted: Setup, line: str) -> None:
    assert [str(one) for one in plan.diff(SETUP, wanted)] == [line]


def test_confidential_terms_stand_in_no_line() -> None:
    assert "Falcon" not in str(plan.diff(SETUP, workspace(confidential=("Falcon",))))


def test_a_workspace_that_the_file_does_not_name_stays_as_it_is() -> None:
    other = Setup((WorkspaceSetup("slack", "T1"),))
    assert [str(line) for line in plan.diff(SETUP, other)] == ["+ workspace slack:T1"]
    assert SETUP.changed_to(other).workspace("local:local") == WORKSPACE
    assert ROUTE in SETUP.changed_to(other).routes


def test_nothing_to_change_is_said_too() -> None:
    assert plan.printed(plan.diff(SETUP, SETUP)) == ("Nothing changes.",)


def test_lines_of_several_workspaces_say_which() -> None:
    two = Setup((WorkspaceSetup("slack", "T1"), WorkspaceSetup("slack", "T2")))
    assert plan.printed(plan.diff(Setup(), two))[0] == "+ slack:T1: workspace slack:T1"
