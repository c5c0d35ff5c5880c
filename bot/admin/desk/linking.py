"""`/outloud link`: accounts of one human, and workspaces between which lessons may cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.admin.desk import state
from bot.admin.rules.setup import RouteSetup, Setup
from bot.admin.tables import Change
from bot.admin.words import linking as words
from bot.channels import desk as channels
from bot.chat import Card, Press, Replace, Reply, Show, read_action
from bot.engine import outbox
from bot.people import desk as people
from bot.people import rules
from bot.people.desk import Code, Person
from bot.people.words import person_title, workspace_title
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work

WORKSPACE = "workspace"
NOT_LINKED = "These workspaces are not linked any more. /outloud link shows what is."


async def title_of(work: Work, person: Person) -> str:
    """Somebody as one of several accounts."""
    workspace = await people.workspace(work, person.workspace_id)
    return person_title(person.name, workspace.workspace_id, workspace.name)


async def _title(work: Work, workspace_id: str) -> str:
    return workspace_title(workspace_id, (await people.workspace(work, workspace_id)).name)


async def open_link(work: Work, person: Person, written: str) -> Reply:
    """What the words behind `link` say; alone they show what is linked, with a new code."""
    if not written:
        return await _overview(work, person)
    if written.casefold() == WORKSPACE:
        await channels.require_admin(work, person)
        code = await people.new_code(work, person, WORKSPACE)
        return Show(words.workspace_code(rules.show_code(code)))
    found = await people.find_code(work, person, written)
    if isinstance(found, str):
        # No refusal: that would undo the count of wrong codes.
        return Show(words.said(found))
    if no := await _why_not(work, person, found):
        return Show(words.said(no))
    code = rules.read_code(written)
    if found.kind == WORKSPACE:
        other = await _title(work, found.maker.workspace_id)
        return Show(words.ask_workspace(code, other, found.maker.name))
    hours = rules.shared(people.hours_of(person), people.hours_of(found.maker))
    return Show(words.ask_person(code, await title_of(work, found.maker), hours))


async def _overview(work: Work, person: Person) -> Reply:
    admin = await channels.is_admin(work, person)
    accounts = [(one.id, await title_of(work, one)) for one in await people.linked(work, person)]
    others = await people.linked_workspaces(work, person.workspace_id) if admin else []
    return Show(
        words.overview(
            rules.show_code(await people.new_code(work, person, "person")),
            accounts,
            [(one.workspace_id, workspace_title(one.workspace_id, one.name)) for one in others],
            admin=admin,
        )
    )


async def _why_not(work: Work, person: Person, code: Code) -> str:
    """Why a code that is good links nothing here; empty when it does."""
    if code.kind != WORKSPACE:
        return await people.why_not(work, person, code.maker)
    if not await channels.is_admin(work, person):
        return (
            "This code links whole workspaces, and only an admin of this workspace can use it. "
            "For your own accounts, type /outloud link."
        )
    if code.maker.workspace_id == person.workspace_id:
        return "This code is from this very workspace. An admin of the other one types it there."
    if not await channels.is_admin(work, code.maker):
        return f"{code.maker.name} is no admin there any more, so this code links nothing."
    if await people.are_linked(work, person.workspace_id, code.maker.workspace_id):
        return "These two workspaces are linked already."
    return ""


async def on_yes(work: Work, act: Press) -> Reply:
    """*Yes, link them*: the code is used up, and what it is for is linked."""
    person = await people.caller(work, act.by)
    _, (code, *_) = read_action(act.action)
    found = await people.find_code(work, person, code)
    no = found if isinstance(found, str) else await _why_not(work, person, found)
    if no or isinstance(found, str):
        return Replace(words.said(no))
    await people.use_code(work, person, code)
    if found.kind == WORKSPACE:
        return Replace(await _link_workspaces(work, person, found.maker))
    other = await title_of(work, found.maker)
    for one in await people.link(work, person, found.maker):
        if one is found.maker:
            card = words.told_person(await title_of(work, person), person.id)
            await _tell(work, one, card, f"admin.linked:{one.id}:{new_id()}")
    return Replace(words.linked_person(other))


async def _tell(work: Work, person: Person, card: Card, key: str) -> None:
    if person.present:
        await outbox.show(work, await people.direct(work, person), card, key=key)


async def _link_workspaces(work: Work, person: Person, maker: Person) -> Card:
    here, there = person.workspace_id, maker.workspace_id
    await people.link_workspaces(work, here, there, by=person.id, other_by=maker.id)
    ours, theirs = await _title(work, here), await _title(work, there)
    _log(work, here, person.id, f"+ link with {theirs}")
    _log(work, there, maker.id, f"+ link with {ours}")
    told = words.told_workspace(ours, here)
    await _tell(work, maker, told, f"admin.linked:{maker.id}:{new_id()}")
    return words.linked_workspace(theirs)


def _log(work: Work, workspace_id: str, person_id: int, line: str) -> None:
    work.session.add(
        Change(workspace_id=workspace_id, id=new_id(), at=work.now, person_id=person_id, line=line)
    )


async def on_no(work: Work, act: Press) -> Reply:
    """*No*."""
    return Replace(words.nothing_linked())


async def on_unlink(work: Work, act: Press) -> Reply:
    """*Unlink* one of one's accounts."""
    person = await people.caller(work, act.by)
    _, (wanted, *_) = read_action(act.action)
    for one in await people.linked(work, person):
        if str(one.id) == wanted:
            other = await title_of(work, one)
            await people.unlink(work, one)
            return Replace(words.unlinked_person(other))
    raise Refusal("These accounts are not linked any more. /outloud link shows which are.")


# Workspaces


async def _between(
    work: Work, one: str, other: str
) -> tuple[Setup, tuple[RouteSetup, ...], list[str]]:
    """The set-up around two workspaces, the routes between them, and those as words."""
    current = await state.read_setup(work, around=[one, other])
    crossing = tuple(
        route
        for route in current.routes
        if {route.start.workspace_id, route.end.workspace_id} == {one, other}
    )
    said = [f"{current.title(each.start)} → {current.title(each.end)}" for each in crossing]
    return current, crossing, said


async def _parting(work: Work, act: Press) -> tuple[Person, str]:
    """The admin who ends a link, and the workspace that it is with."""
    person = await people.caller(work, act.by)
    await channels.require_admin(work, person)
    _, parts = read_action(act.action)
    other = ":".join(parts)
    if other == person.workspace_id or not await people.are_linked(
        work, person.workspace_id, other
    ):
        raise Refusal(NOT_LINKED)
    return person, other


async def on_part(work: Work, act: Press) -> Reply:
    """*Unlink* a workspace: first say which routes stop."""
    person, other = await _parting(work, act)
    _, _, said = await _between(work, person.workspace_id, other)
    return Show(words.ask_part(await _title(work, other), other, said))


async def on_part_yes(work: Work, act: Press) -> Reply:
    """*Unlink them*: the routes between them go, and both sides' admins can read so in their log."""
    person, other = await _parting(work, act)
    here = person.workspace_id
    current, crossing, said = await _between(work, here, other)
    partner = await people.agreed(work, other, here)
    await _stop(work, person, current, crossing)
    await people.unlink_workspaces(work, here, other)
    ours, theirs = await _title(work, here), await _title(work, other)
    _log(work, here, person.id, f"- link with {theirs}")
    _log(work, other, state.ELSEWHERE, f"- link with {ours}")
    if partner:
        told = await people.get(work, other, partner)
        await _tell(work, told, words.parted(ours, said), f"admin.parted:{told.id}:{new_id()}")
    return Replace(words.parted(theirs, said))


async def _stop(work: Work, person: Person, current: Setup, crossing: Sequence[RouteSetup]) -> None:
    """Take routes out of the set-up."""
    starts = sorted({route.start.workspace_id for route in crossing})
    if starts:
        mine = current.only(starts)
        left = tuple(route for route in mine.routes if route not in crossing)
        await state.apply(work, replace(mine, routes=left), by=person)


async def on_part_no(work: Work, act: Press) -> Reply:
    """*Keep the link*."""
    return Replace(words.kept())
