"""The operator's export: everything that is kept, in a file per workspace, with the set-up beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from sqlalchemy import select

from bot.admin.desk import mydata, state
from bot.admin.tables import Change
from bot.checkins import desk as checkins
from bot.engine.feature import Feature
from bot.people import desk as people
from bot.people import mydata as lives
from bot.store.session import Work

Write = Callable[[str, str], None]
"""Puts a text into the file of this name."""


async def write_out(work: Work, features: Sequence[Feature], write: Write) -> tuple[str, ...]:
    """Write every workspace and the set-up, one file after another, and say what each file holds."""
    lines = []
    for workspace in await people.workspaces(work):
        name = f"{workspace.workspace_id.replace(':', '-')}.json"
        found, count = await _workspace(work, workspace.workspace_id, features)
        write(name, json.dumps(found, ensure_ascii=False, indent=1))
        lines.append(f"{name}: {count}")
    write("setup.yaml", await state.show_setup(work))
    return (*lines, "setup.yaml: the set-up, which outloud apply reads")


async def _workspace(
    work: Work, workspace_id: str, features: Sequence[Feature]
) -> tuple[dict[str, object], str]:
    """A workspace with all its people, and how much that is."""
    kept = {
        person.id: await mydata.records_of(work, person, features)
        for person in await lives.everyone(work, workspace_id)
    }
    changes = await work.session.scalars(
        select(Change).where(Change.workspace_id == workspace_id).order_by(Change.id)
    )
    written: dict[str, object] = {
        "workspace": workspace_id,
        "exported": work.now.isoformat(),
        "people": [{"id": str(one), "kept": records} for one, records in kept.items()],
        "team_questions": await checkins.team_questions(work, workspace_id),
        "changes": [
            {"at": one.at.isoformat(), "by": str(one.person_id), "line": one.line}
            for one in changes
        ],
    }
    return written, f"{len(kept)} people, {sum(map(len, kept.values()))} records"
