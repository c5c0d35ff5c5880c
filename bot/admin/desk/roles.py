"""`/outloud roles` and `/outloud log`: who does what, and who changed what."""

from __future__ import annotations

from dataclasses import replace

from bot.admin.desk import state
from bot.admin.desk.setup import roster_of
from bot.admin.rules.setup import WorkspaceSetup
from bot.admin.rules.taps import Roster
from bot.admin.words import roles as words
from bot.channels import desk as channels
from bot.channels import rules as channel_rules
from bot.chat import Ask, Done, Press, Reply, Show, Submit, Wrong
from bot.engine import clock
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work

_NOBODY_HERE = {0: "the set-up file", state.ELSEWHERE: "an admin of a linked workspace"}


async def show_roles(work: Work, person: Person) -> Reply:
    """Who is admin, and who curates which of the channels that the caller can read."""
    is_admin = await channels.is_admin(work, person)
    roles = await channels.roles(work, person.workspace_id)
    everybody = await people.everybody(work, person.workspace_id)
    admins = {one.name for one in everybody if one.is_admin}
    admins |= {one.name for _, role, one in roles if role == "admin"}
    rows = [("Admins", sorted(admins))]
    for channel in await channels.every(work, person.workspace_id):
        readable = is_admin or await channels.can_read(work, person, channel)
        if channel.ring == channel_rules.RINGS[0] or not readable:
            continue
        curators = [one.name for where, _, one in roles if where == channel.id]
        rows.append((f"#{channel.name}", sorted(curators)))
    return Show(words.roles_card(rows, may_change=is_admin))


async def on_roles(work: Work, act: Press) -> Reply:
    """*Change*, under the roles."""
    person = await people.caller(work, act.by)
    await channels.require_admin(work, person)
    workspace = await _workspace(work, person)
    roster = await roster_of(work, person.workspace_id)
    curated = [one for one in workspace.channels if one.ring != channel_rules.RINGS[0]]
    return Ask(words.roles_form(workspace.admins, curated, roster))


async def _workspace(work: Work, person: Person) -> WorkspaceSetup:
    found = (await state.read_setup(work, around=[person.workspace_id])).workspace(
        person.workspace_id
    )
    assert found is not None, "a person is in a workspace"
    return found


async def on_roles_form(work: Work, act: Submit) -> Reply:
    """Give the roles as the form has them; a channel that it does not name keeps its curators."""
    person = await people.caller(work, act.by)
    await channels.require_admin(work, person)
    if not act.final:
        return Done()
    current = await state.read_setup(work, around=[person.workspace_id])
    mine = current.only([person.workspace_id])
    roster = await roster_of(work, person.workspace_id)
    wrong: dict[str, str] = {}
    workspace = await _workspace(work, person)
    admins = _read(act, "admins", workspace.admins, roster, wrong)
    workspace = replace(workspace, admins=admins)
    for channel in workspace.channels:
        if channel.ring != channel_rules.RINGS[0]:
            key = f"curators.{channel.id}"
            curators = _read(act, key, channel.curators, roster, wrong)
            workspace = workspace.with_channel(replace(channel, curators=curators))
    if wrong:
        return Wrong(wrong)
    lines = await state.apply(work, replace(mine, workspaces=(workspace,)), by=person)
    return Show(words.changed_card([str(line) for line in lines]))


def _read(
    act: Submit, key: str, before: tuple[str, ...], roster: Roster, wrong: dict[str, str]
) -> tuple[str, ...]:
    """The accounts in a field; those it could not show, because they left, keep their role."""
    if key not in act.values:
        return before
    found = [one for one in before if one not in roster.names]
    for line in act.values[key].split("\n"):
        if line.strip():
            try:
                found.append(roster.account(line.strip()))
            except Refusal as no:
                wrong[key] = no.sentence
    return tuple(dict.fromkeys(found))


async def show_log(work: Work, person: Person) -> Reply:
    """The latest changes, in the caller's own time."""
    await channels.require_admin(work, person)
    changes = await state.latest(work, person.workspace_id)
    keys = {(one.workspace_id, one.person_id) for one in changes}
    who = await people.many(work, list(keys)) if keys else {}
    rows = []
    for one in changes:
        by = who.get((one.workspace_id, one.person_id))
        name = by.name if by else _NOBODY_HERE.get(one.person_id, "somebody who left")
        rows.append((clock.local(one.at, person.zone), name, one.line))
    return Show(words.log_card(rows, person.zone))
