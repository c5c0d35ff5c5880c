"""Workspaces: each is its own, until the admins of two agree that lessons may cross."""

from __future__ import annotations

from sqlalchemy import delete, or_, select

from bot.people.tables import Workspace, WorkspaceLink
from bot.store.base import among, insert
from bot.store.session import Work


async def open_workspace(work: Work, workspace_id: str) -> Workspace:
    """The workspace's row, made when it is new."""
    await work.session.execute(
        insert(work.session, Workspace)
        .values(workspace_id=workspace_id, name="", confidential=[], created_at=work.now)
        .on_conflict_do_nothing()
    )
    return await work.session.get_one(Workspace, workspace_id)


async def workspace(work: Work, workspace_id: str) -> Workspace:
    """The workspace with this id; it exists."""
    return await work.session.get_one(Workspace, workspace_id)


async def workspaces(work: Work) -> list[Workspace]:
    """Every workspace the bot knows."""
    return list(await work.session.scalars(select(Workspace).order_by(Workspace.workspace_id)))


async def are_linked(work: Work, one: str, other: str) -> bool:
    """Whether lessons may cross from one workspace to another; within one they always may."""
    found = await work.session.scalar(
        select(WorkspaceLink.at).where(
            among(WorkspaceLink.workspace_id, WorkspaceLink.other_id, [(one, other), (other, one)])
        )
    )
    return one == other or found is not None


async def linked_workspaces(work: Work, workspace_id: str) -> list[Workspace]:
    """The workspaces that this one is linked with, by id."""
    found = await work.session.execute(
        select(WorkspaceLink.workspace_id, WorkspaceLink.other_id).where(
            or_(WorkspaceLink.workspace_id == workspace_id, WorkspaceLink.other_id == workspace_id)
        )
    )
    others = {one for pair in found for one in pair} - {workspace_id}
    rows = await work.session.scalars(
        select(Workspace).where(Workspace.workspace_id.in_(others)).order_by(Workspace.workspace_id)
    )
    return list(rows)


async def link_workspaces(
    work: Work, one: str, other: str, *, by: int = 0, other_by: int = 0
) -> bool:
    """Link two workspaces in both directions; False when they were linked already.

    `by` and `other_by` are the admins who agreed, each a person of their own workspace; 0 is the set-up file, which
    may name a workspace that is not known yet.
    """
    known = set(
        await work.session.scalars(
            select(Workspace.workspace_id).where(Workspace.workspace_id.in_((one, other)))
        )
    )
    rows = [
        {"workspace_id": here, "other_id": there, "agreed_by": person_id, "at": work.now}
        for here, there, person_id in sorted([(one, other, by), (other, one, other_by)])
        if here in known
    ]
    new = insert(work.session, WorkspaceLink).on_conflict_do_nothing()
    made = await work.session.scalars(new.returning(WorkspaceLink.workspace_id), rows)
    return bool(made.all())


async def agreed(work: Work, workspace_id: str, other_id: str) -> int | None:
    """Which person of a workspace agreed to be linked with another; 0 for the file, None when it is not linked."""
    found = await work.session.get(WorkspaceLink, (workspace_id, other_id))
    return found.agreed_by if found is not None else None


async def unlink_workspaces(work: Work, one: str, other: str) -> None:
    """End what two workspaces agreed on, on both sides."""
    for here, there in sorted([(one, other), (other, one)]):
        await work.session.execute(
            delete(WorkspaceLink).where(
                WorkspaceLink.workspace_id == here, WorkspaceLink.other_id == there
            )
        )
