"""A set-up written as YAML, which reads back as the same set-up."""

from __future__ import annotations

from datetime import timedelta

import yaml

from bot.admin.rules.setup import ChannelSetup, PersonSetup, RouteSetup, Setup, WorkspaceSetup
from bot.checkins.rules import WORKDAYS, Question, RhythmPlan


class _Flow(list[str]):
    """A list on one line."""


class _Row(dict[str, object]):
    """A mapping on one line."""


class _Quoted(str):
    """Words that need quotes, so that nobody's YAML takes them for a number."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(
    _Flow, lambda d, v: d.represent_sequence("tag:yaml.org,2002:seq", v, flow_style=True)
)
_Dumper.add_representer(
    _Row, lambda d, v: d.represent_mapping("tag:yaml.org,2002:map", v.items(), flow_style=True)
)
_Dumper.add_representer(
    _Quoted, lambda d, v: d.represent_scalar("tag:yaml.org,2002:str", str(v), style='"')
)


def write(setup: Setup) -> str:
    """The file that says this set-up."""
    whole: dict[str, object] = {"workspaces": [_workspace(one) for one in setup.workspaces]}
    if setup.routes:
        whole["routes"] = [_route(one) for one in setup.routes]
    if setup.feeds:
        whole["feeds"] = [_Row(url=one.url, to=str(one.to)) for one in setup.feeds]
    return yaml.dump(whole, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _given(**values: object) -> dict[str, object]:
    """The values that say something; lists on one line."""
    kept = {key: value for key, value in values.items() if value not in ((), "", None)}
    return {key: _Flow(v) if isinstance(v, tuple) else v for key, v in kept.items()}


def _workspace(one: WorkspaceSetup) -> dict[str, object]:
    written = {
        "platform": one.platform,
        "id": one.id,
        **_given(
            admins=one.admins, confidential=one.confidential, retention_days=one.retention_days
        ),
    }
    if one.people:
        written["people"] = [_person(person) for person in one.people]
    if one.channels:
        written["channels"] = [_channel(channel) for channel in one.channels]
    return written


def _person(one: PersonSetup) -> _Row:
    return _Row({"id": one.id, "name": one.name, "zone": one.zone, **_given(country=one.country)})


def _channel(one: ChannelSetup) -> dict[str, object]:
    written = {"id": one.id, **_given(name=one.name), "ring": one.ring}
    written["members"] = "all" if one.members is None else _Flow(one.members)
    written |= _given(curators=one.curators, focus=one.focus, stage=one.stage, topics=one.topics)
    written |= _given(relays_a_day=one.relays_a_day)
    if one.rhythm is not None:
        written["rhythm"] = _rhythm(one.rhythm)
    return written


def _rhythm(plan: RhythmPlan) -> dict[str, object]:
    usual = RhythmPlan()
    written: dict[str, object] = {}
    if plan.monthly:
        written["monthly"] = _Quoted(plan.monthly) if plan.monthly.isdigit() else plan.monthly
    else:
        written["days"] = _Flow(plan.days or WORKDAYS)
    written["at"] = _Quoted(f"{plan.at:%H:%M}")
    written["zone"] = plan.zone
    if plan.every != usual.every:
        written["every"] = plan.every
    written["deliver"] = plan.deliver
    if plan.entries != usual.entries:
        written["entries"] = plan.entries
    written["nudges"] = plan.nudges
    if plan.catch_up != usual.catch_up:
        written["catch_up"] = length(plan.catch_up)
    if bank := _given(tags=plan.tags, focus=plan.focus, stage=plan.stage):
        written["bank"] = _Row(bank)
    if plan.questions:
        written["questions"] = [_question(one) for one in plan.questions]
    return written


def length(time: timedelta) -> str:
    """A length of time as it is written: 3h, 1h30m, 45m."""
    hours, minutes = divmod(round(time.total_seconds() / 60), 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "")


def _question(one: Question) -> _Row:
    written = _Row(key=one.key, ask=one.ask, kind=one.kind)
    written.update(_given(role=one.role, options=one.options))
    if one.optional:
        written["optional"] = True
    return written


def _route(one: RouteSetup) -> _Row:
    return _Row({"from": str(one.start), "to": str(one.end), **_given(topics=one.topics)})
