"""What somebody may do in a channel or a workspace."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, true

from bot.channels import rules
from bot.channels.tables import Role
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work


async def roles(
    work: Work, workspace_id: str, channel_id: str | None = None
) -> list[tuple[str, str, Person]]:
    """Every role in a workspace, or in one channel, as channel id (empty: the workspace), role and person."""
    found = list(
        await work.session.scalars(
            select(Role)
            .where(
                Role.workspace_id == workspace_id,
                Role.channel_id == channel_id if channel_id is not None else true(),
            )
            .order_by(Role.channel_id, Role.role)
        )
    )
    who = await people.many(work, [(workspace_id, one.person_id) for one in found])
    return [(one.channel_id, one.role, who[workspace_id, one.person_id]) for one in found]


async def set_roles(
    work: Work, workspace_id: str, channel_id: str, role: str, person_ids: Sequence[int]
) -> None:
    """Give a role to these people and to nobody else."""
    await work.session.execute(
        delete(Role).where(
            Role.workspace_id == workspace_id, Role.channel_id == channel_id, Role.role == role
        )
    )
    for person_id in dict.fromkeys(person_ids):
        work.session.add(
            Role(workspace_id=workspace_id, channel_id=channel_id, role=role, person_id=person_id)
        )
    await work.session.flush()


async def is_admin(work: Work, person: Person) -> bool:
    """Whether somebody configures this workspace: the platform says so, or the set-up does."""
    if person.is_admin:
        return True
    return await work.session.get(Role, (person.workspace_id, "", person.id, "admin")) is not None


async def is_curator(work: Work, person: Person, channel_id: str) -> bool:
    """Whether somebody curates this channel."""
    key = (person.workspace_id, channel_id, person.id, "curator")
    return await work.session.get(Role, key) is not None


async def curates(work: Work, person: Person) -> list[str]:
    """The ids of the channels somebody curates."""
    return list(
        await work.session.scalars(
            select(Role.channel_id).where(
                Role.workspace_id == person.workspace_id,
                Role.person_id == person.id,
                Role.role == "curator",
            )
        )
    )


async def require_admin(work: Work, person: Person) -> None:
    """Refuse anybody who does not configure this workspace."""
    if not await is_admin(work, person):
        admins = [
            p.name for c, role, p in await roles(work, person.workspace_id) if role == "admin"
        ]
        ask = f" Ask {rules.names(admins)}." if admins else ""
        raise Refusal(f"Only an admin of this workspace can do that.{ask}")
