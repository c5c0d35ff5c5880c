"""What would change: the lines that are shown before, and kept in the change log after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.admin.rules.setup import ChannelSetup, Setup, WorkspaceSetup
from bot.admin.rules.writing import length
from bot.channels.rules import names
from bot.checkins.rules import DAYS, WORKDAYS, RhythmPlan

Called = Callable[[str, str], str]
"""What to call an account of a workspace."""


@dataclass(frozen=True, slots=True)
class Line:
    """One change: `+` comes, `~` becomes, `-` goes."""

    sign: str
    workspace_id: str
    words: str

    def __str__(self) -> str:
        return f"{self.sign} {self.words}"


def by_account(workspace_id: str, account: str) -> str:
    """Call people what the file calls them."""
    return account


def printed(lines: Sequence[Line]) -> tuple[str, ...]:
    """The lines for a screen; several workspaces are told apart."""
    if not lines:
        return ("Nothing changes.",)
    if len({line.workspace_id for line in lines}) == 1:
        return tuple(str(line) for line in lines)
    return tuple(f"{line.sign} {line.workspace_id}: {line.words}" for line in lines)


def diff(current: Setup, wanted: Setup, *, called: Called = by_account) -> tuple[Line, ...]:
    """What makes `current` into `wanted`; workspaces that `wanted` does not name stay as they are."""
    return tuple(_all(current, wanted, called))


def _all(current: Setup, wanted: Setup, called: Called) -> Iterator[Line]:
    after = current.changed_to(wanted)
    for workspace in wanted.workspaces:
        before = current.workspace(workspace.workspace_id)
        if before is None:
            yield Line("+", workspace.workspace_id, f"workspace {workspace.workspace_id}")
            before = WorkspaceSetup(workspace.platform, workspace.id)
        yield from _workspace(before, workspace, called)
        yield from _routes(current, after, workspace.workspace_id)
        yield from _feeds(current, after, workspace.workspace_id)


def _workspace(before: WorkspaceSetup, after: WorkspaceSetup, called: Called) -> Iterator[Line]:
    at = after.workspace_id
    there = {person.id for person in before.people}
    for person in after.people:
        if person.id not in there:
            yield Line("+", at, f"person {person.id} ({person.name}, {person.zone})")
    if change := _people("admins", before.admins, after.admins, at, called):
        yield Line("~", at, change)
    if set(before.confidential) != set(after.confidential):
        # The terms themselves are nobody's business in a log.
        count = len(after.confidential)
        yield Line("~", at, f"confidential terms: {count} now")
    if before.retention_days != after.retention_days:
        keeps = f"for {after.retention_days} days" if after.retention_days else "without an end"
        yield Line("~", at, f"what is written is kept {keeps}")
    for channel in after.channels:
        old = before.channel(channel.id)
        if old is None:
            yield from _new_channel(at, channel, called)
        else:
            yield from _channel(at, old, channel, called)
    for channel in before.channels:
        if after.channel(channel.id) is None:
            yield Line(
                "-", at, f"{channel.title} is no longer set up; what was written in it stays"
            )


def _people(what: str, before: Sequence[str], after: Sequence[str], at: str, called: Called) -> str:
    if set(before) == set(after):
        return ""
    now = names([called(at, one) for one in after]) or "nobody"
    return f"{what}: {names([called(at, one) for one in before]) or 'nobody'} → {now}"


def _new_channel(at: str, channel: ChannelSetup, called: Called) -> Iterator[Line]:
    about = [f"a {channel.ring}"]
    if channel.members is not None:
        about.append(f"members {names([called(at, one) for one in channel.members])}")
    if channel.curators:
        about.append(f"curated by {names([called(at, one) for one in channel.curators])}")
    about += [word for word in (channel.focus, channel.stage) if word]
    if channel.topics:
        about.append(f"topics {', '.join(channel.topics)}")
    if channel.relays_a_day is not None:
        about.append(f"at most {channel.relays_a_day} lessons a day")
    yield Line("+", at, f"{channel.title}: {'; '.join(about)}")
    if channel.rhythm is not None:
        yield Line("+", at, f"{channel.title} asks {describe(channel.rhythm)}")


def _channel(at: str, old: ChannelSetup, new: ChannelSetup, called: Called) -> Iterator[Line]:
    title = old.title
    if new.name and new.title != title:
        yield Line("~", at, f"{title} is called {new.title}")
    if old.ring != new.ring:
        yield Line("~", at, f"{title}: {old.ring} → {new.ring}")
    if (old.members is None) != (new.members is None) or set(old.members or ()) != set(
        new.members or ()
    ):
        who = [
            "all" if one is None else names([called(at, each) for each in one])
            for one in (old.members, new.members)
        ]
        yield Line("~", at, f"{title}: members {who[0]} → {who[1]}")
    if change := _people("curators", old.curators, new.curators, at, called):
        yield Line("~", at, f"{title}: {change}")
    for what in ("focus", "stage"):
        before, after = getattr(old, what), getattr(new, what)
        if before != after:
            yield Line("~", at, f"{title}: {what} {before or 'none'} → {after or 'none'}")
    if old.relays_a_day != new.relays_a_day:
        before, after = old.relays_a_day or "the usual", new.relays_a_day or "the usual"
        yield Line("~", at, f"{title}: lessons a day {before} → {after}")
    if set(old.topics) != set(new.topics):
        before, after = ", ".join(old.topics), ", ".join(new.topics)
        yield Line("~", at, f"{title}: topics {before or 'none'} → {after or 'none'}")
    if old.rhythm == new.rhythm:
        return
    if new.rhythm is None:
        yield Line("-", at, f"{title} asks no more; what was written stays")
    elif old.rhythm is None:
        yield Line("+", at, f"{title} asks {describe(new.rhythm)}")
    else:
        yield Line("~", at, f"{title} asks {_rhythm_change(old.rhythm, new.rhythm)}")


def _routes(current: Setup, after: Setup, workspace_id: str) -> Iterator[Line]:
    before = {(one.start, one.end): one for one in current.only([workspace_id]).routes}
    wanted = {(one.start, one.end): one for one in after.only([workspace_id]).routes}
    for key, route in wanted.items():
        way = f"route {after.title(route.start)} → {after.title(route.end)}"
        topics = f" ({', '.join(route.topics)})" if route.topics else ""
        if key not in before:
            waits = "" if after.channel(route.end) else ", which waits until that channel is set up"
            yield Line("+", workspace_id, f"{way}{topics}{waits}")
        elif set(before[key].topics) != set(route.topics):
            yield Line("~", workspace_id, f"{way}{topics or ' (all topics)'}")
    for key, route in before.items():
        if key not in wanted:
            way = f"{current.title(route.start)} → {current.title(route.end)}"
            yield Line("-", workspace_id, f"route {way}")


def _feeds(current: Setup, after: Setup, workspace_id: str) -> Iterator[Line]:
    before, wanted = current.only([workspace_id]).feeds, after.only([workspace_id]).feeds
    for feed in wanted:
        if feed not in before:
            yield Line("+", workspace_id, f"feed {feed.url} → {after.title(feed.to)}")
    for feed in before:
        if feed not in wanted:
            yield Line("-", workspace_id, f"feed {feed.url} → {current.title(feed.to)}")


def days(chosen: Sequence[str]) -> str:
    """Days as one would say them: mon to fri; mon, wed."""
    places = [DAYS.index(day) for day in chosen]
    if len(places) > 2 and places == list(range(places[0], places[0] + len(places))):
        return f"{chosen[0]} to {chosen[-1]}"
    return ", ".join(chosen)


def _when(plan: RhythmPlan) -> str:
    if plan.monthly:
        named = f"day {plan.monthly}" if plan.monthly.isdigit() else f"{plan.monthly}"
        return f"every month on {named if plan.monthly.isdigit() else 'the ' + named}"
    weeks = "" if plan.every == 1 else f" every {plan.every} weeks"
    return f"on {days(plan.days or WORKDAYS)}{weeks}"


def _parts(plan: RhythmPlan) -> dict[str, str]:
    """What a rhythm says, part by part."""
    return {
        "days": _when(plan),
        "at": f"at {plan.at:%H:%M}",
        "zone": "in each person's own zone" if plan.zone == "person" else f"in {plan.zone}",
        "deliver": "by direct message" if plan.deliver == "dm" else "in the channel",
        "entries": "answers go to the day's thread"
        if plan.entries == "thread"
        else "answers stay private",
        "nudges": ("no nudge", "1 nudge", "2 nudges")[plan.nudges],
        "catch_up": f"at most {length(plan.catch_up)} late",
        "questions": _asked(plan),
    }


def _asked(plan: RhythmPlan) -> str:
    if plan.questions:
        count = len(plan.questions)
        return f"{count} own question{'' if count == 1 else 's'}"
    kinds = [*plan.tags, *(word for word in (plan.focus, plan.stage) if word)]
    return f"questions from the bank ({', '.join(kinds)})" if kinds else "questions from the bank"


def describe(plan: RhythmPlan) -> str:
    """A rhythm in one line."""
    parts = _parts(plan)
    if plan.catch_up == RhythmPlan().catch_up:
        del parts["catch_up"]
    when = " ".join(parts.pop(key) for key in ("days", "at", "zone", "deliver"))
    return ", ".join([when, *parts.values()])


def _rhythm_change(old: RhythmPlan, new: RhythmPlan) -> str:
    before, after = _parts(old), _parts(new)
    changed = [f"{after[key]} (was: {before[key]})" for key in after if before[key] != after[key]]
    if old.questions != new.questions and before["questions"] == after["questions"]:
        changed.append("other questions than before")
    return ", ".join(changed) or describe(new)
