"""`/outloud setup`: a channel is set up in a few taps, looked at, tried, saved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete

from bot.admin.desk import state
from bot.admin.rules import check, taps
from bot.admin.rules.plan import Line
from bot.admin.rules.setup import Setup, WorkspaceSetup
from bot.admin.rules.taps import Roster, Tapped
from bot.admin.tables import Preview
from bot.admin.words import setup as words
from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.channels.rules import RINGS
from bot.chat import Ask, Done, Place, Press, Replace, Reply, Show, Submit, Wrong, read_action
from bot.checkins import desk as checkins
from bot.checkins import rules as rhythm_rules
from bot.checkins.rules import RhythmPlan
from bot.engine import clock
from bot.people import desk as people
from bot.people.desk import Person
from bot.people.words import workspace_title
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work

SHOWN = 3
"""Members whose next prompts a preview shows."""
_LINK = re.compile(r"<#([^|>]+)(?:\|[^>]*)?>")


@cache
def _tapped() -> TypeAdapter[Tapped]:
    return TypeAdapter(Tapped)


def write_tapped(tapped: Tapped) -> dict[str, Any]:
    written: dict[str, Any] = _tapped().dump_python(tapped, mode="json")
    return written


def read_tapped(written: Mapping[str, Any]) -> Tapped:
    return _tapped().validate_python(written, strict=False)


async def open_setup(work: Work, person: Person, place: Place, written: str) -> Reply:
    """The form of the channel that is meant, or first of all which one."""
    await channels.require_admin(work, person)
    current = await _current(work, person)
    workspace = _own(current, person)
    if written.strip():
        channel_id = _meant(workspace, written.strip())
    elif not place.is_direct:
        channel_id = place.channel
    elif workspace.channels:
        return Ask(words.choose_form(workspace.channels))
    else:
        raise Refusal("Type /outloud setup in the channel that I should work in.")
    return await _form(work, current, person, _place(workspace, channel_id))


async def _current(work: Work, person: Person) -> Setup:
    """The set-up of the caller's workspace, of those it is linked with, and of all that routes lead to."""
    others = await people.linked_workspaces(work, person.workspace_id)
    near = [person.workspace_id, *(one.workspace_id for one in others)]
    return await state.read_setup(work, around=near)


def _own(current: Setup, person: Person) -> WorkspaceSetup:
    found = current.workspace(person.workspace_id)
    assert found is not None, "a person is in a workspace"
    return found


def _place(workspace: WorkspaceSetup, channel_id: str) -> Place:
    return Place(workspace.platform, workspace.id, channel_id)


def _meant(workspace: WorkspaceSetup, written: str) -> str:
    if link := _LINK.fullmatch(written):
        return link[1]
    wanted = written.removeprefix("#").casefold()
    for channel in workspace.channels:
        if wanted in (channel.id.casefold(), channel.name.casefold()):
            return channel.id
    hint = check.nearest(wanted, [channel.title for channel in workspace.channels])
    raise Refusal(
        f"I do not work in {written[:60]} yet. To set up a new channel, type /outloud setup in it. "
        f"{hint}".strip()
    )


def tapped_of(current: Setup, place: Place) -> Tapped:
    """How a channel is set up now."""
    return Tapped(
        current.channel(place), tuple(one for one in current.routes if one.start == place)
    )


async def roster_of(work: Work, workspace_id: str) -> Roster:
    """Everybody in a workspace, by account, in order of their names."""
    everybody = await people.everybody(work, workspace_id)
    account = await state.accounts(work, everybody)
    return Roster({account[one.id]: one.name for one in everybody})


async def _further(work: Work, current: Setup, place: Place) -> dict[str, list[tuple[Place, str]]]:
    """By ring, the channels one ring further out, in this workspace and in those it is linked with."""
    here = place.workspace_id
    titles = {here: ""}
    for one in await people.linked_workspaces(work, here):
        titles[one.workspace_id] = f" in {workspace_title(one.workspace_id, one.name)}"
    return {
        ring: [
            (workspace.place(one), f"{one.title}{titles[workspace.workspace_id]}")
            for workspace in sorted(current.workspaces, key=lambda one: one.workspace_id != here)
            if workspace.workspace_id in titles
            for one in workspace.channels
            if one.ring == outer and workspace.place(one) != place
        ]
        for ring, outer in pairwise(RINGS)
    }


async def _form(
    work: Work,
    current: Setup,
    person: Person,
    place: Place,
    *,
    tapped: Tapped | None = None,
    preview: int = 0,
) -> Reply:
    channel = current.channel(place)
    return Ask(
        words.setup_form(
            place,
            tapped or tapped_of(current, place),
            title=channel.title if channel else f"#{place.channel}",
            is_new=channel is None,
            preview=preview,
            roster=await roster_of(work, person.workspace_id),
            further=await _further(work, current, place),
            zones=clock.zones(),
        )
    )


async def on_open(work: Work, act: Press) -> Reply:
    """*Set up a channel*."""
    return await open_setup(work, await people.caller(work, act.by), act.place, "")


async def on_choose(work: Work, act: Submit) -> Reply:
    """A channel was chosen."""
    person = await people.caller(work, act.by)
    if not act.final:
        return Done()
    if not act.values.get("channel", "").strip():
        raise Refusal("Choose a channel.", field="channel")
    return await open_setup(work, person, act.place, act.values["channel"])


async def on_setup(work: Work, act: Submit) -> Reply:
    """The form is sent: show what it would mean, and keep it until it is saved."""
    person = await people.caller(work, act.by)
    await channels.require_admin(work, person)
    if not act.final:
        return Done()
    _, (channel_id, preview) = read_action(act.form)
    current = await _current(work, person)
    place = _place(_own(current, person), channel_id)
    before = tapped_of(current, place)
    base = before
    row = await work.session.get(Preview, (person.workspace_id, person.id))
    if row is not None and str(row.id) == preview:
        base = read_tapped(row.wanted)
    wanted, wrong = taps.read_form(
        act.values,
        base,
        place,
        roster=await roster_of(work, person.workspace_id),
        further={
            ring: [one for one, _ in offered]
            for ring, offered in (await _further(work, current, place)).items()
        },
    )
    after = _after(current, person, place, wanted)
    if not wrong:
        ring = wanted.channel.ring if wanted.channel else ""
        for route, sentence in check.route_problems(current.changed_to(after)):
            wrong["ring" if route not in wanted.routes else f"routes.{ring}"] = sentence
    if wrong:
        return Wrong(wrong)
    kept = await _keep(work, person, channel_id, wanted, before)
    return await _preview(work, current, after, person, place, wanted, kept)


def _after(current: Setup, person: Person, place: Place, wanted: Tapped) -> Setup:
    """The caller's workspace as it would be."""
    mine = current.only([person.workspace_id])
    return mine.with_channel(place, wanted.channel, wanted.routes)


async def _keep(work: Work, person: Person, channel_id: str, wanted: Tapped, before: Tapped) -> int:
    await _drop(work, person)
    row = Preview(
        workspace_id=person.workspace_id,
        person_id=person.id,
        id=new_id(),
        channel_id=channel_id,
        wanted=write_tapped(wanted),
        before=write_tapped(before),
        at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    return row.id


async def _drop(work: Work, person: Person) -> None:
    await work.session.execute(
        delete(Preview).where(
            Preview.workspace_id == person.workspace_id, Preview.person_id == person.id
        )
    )


async def _preview(
    work: Work,
    current: Setup,
    after: Setup,
    person: Person,
    place: Place,
    wanted: Tapped,
    preview: int,
) -> Reply:
    lines = await state.plan_lines(work, current, after)
    plan = wanted.channel.rhythm if wanted.channel else None
    coming = await _coming(work, person, place, wanted, plan) if plan else []
    return Show(
        words.preview_card(
            after.title(place) if wanted.channel else current.title(place),
            _said(lines),
            coming,
            preview=preview,
            can_try=plan is not None,
        )
    )


def _said(lines: Iterable[Line]) -> list[str]:
    return [str(line) for line in lines]


async def _coming(
    work: Work, person: Person, place: Place, wanted: Tapped, plan: RhythmPlan
) -> list[words.Coming]:
    """The next prompts of a few members; of the caller, where nobody is known to be in the channel yet."""
    channel = await channels.find(work, place)
    listed = wanted.channel.members if wanted.channel else None
    if listed is not None:
        everybody = await people.everybody(work, person.workspace_id)
        account = await state.accounts(work, everybody)
        members = [one for one in everybody if account[one.id] in listed]
    else:
        members = await _in_channel(work, channel)
    return [
        words.Coming(
            one.name,
            one.zone,
            tuple(
                clock.local(at, one.zone)
                for at in rhythm_rules.next_slots(plan, one.zone, work.now, 5)
            ),
        )
        for one in (members or [person])[:SHOWN]
    ]


async def _in_channel(work: Work, channel: Channel | None) -> list[Person]:
    return await channels.members(work, channel) if channel is not None else []


async def _shown(work: Work, act: Press) -> tuple[Person, Preview]:
    """The preview that a pressed button belongs to."""
    person = await people.caller(work, act.by)
    await channels.require_admin(work, person)
    _, (preview,) = read_action(act.action)
    row = await work.session.get(Preview, (person.workspace_id, person.id))
    if row is None or str(row.id) != preview:
        raise Refusal(
            "This was saved already, or you made a newer one. Type /outloud setup to see."
        )
    return person, row


async def on_save(work: Work, act: Press) -> Reply:
    """*Save*: only what the preview showed."""
    person, row = await _shown(work, act)
    current = await _current(work, person)
    place = _place(_own(current, person), row.channel_id)
    wanted, title = read_tapped(row.wanted), current.title(place)
    if tapped_of(current, place) != read_tapped(row.before):
        raise Refusal(
            f"Somebody changed {title} while you looked at this. Press Change to see your version "
            "beside theirs, then save it."
        )
    lines = await state.apply(work, _after(current, person, place, wanted), by=person)
    await _drop(work, person)
    named = wanted.channel.title if wanted.channel else title
    return Replace(words.saved_card(named, _said(lines), still=wanted.channel is not None))


async def on_try(work: Work, act: Press) -> Reply:
    """*Try it on me*: the prompt, to the admin alone."""
    person, row = await _shown(work, act)
    tapped = read_tapped(row.wanted)
    if tapped.channel is None or tapped.channel.rhythm is None:
        raise Refusal("This channel would not ask anything, so there is nothing to try.")
    # The channel may not be set up yet, so this one is never added to the session.
    channel = Channel(
        workspace_id=person.workspace_id,
        id=row.channel_id,
        name=tapped.channel.name or row.channel_id,
        ring="team",
    )
    await checkins.try_on(work, person, channel, tapped.channel.rhythm)
    return Show(words.tried_card())


async def on_change(work: Work, act: Press) -> Reply:
    """*Change*: the form again, with all that was tapped."""
    person, row = await _shown(work, act)
    current = await _current(work, person)
    place = _place(_own(current, person), row.channel_id)
    return await _form(work, current, person, place, tapped=read_tapped(row.wanted), preview=row.id)
