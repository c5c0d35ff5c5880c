"""What somebody typed and has not sent: kept, so that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import delete

from bot.checkins.rules import MOST_CHARACTERS
from bot.checkins.tables import Draft
from bot.people.desk import Person
from bot.store.base import insert
from bot.store.session import Work

KEPT = timedelta(days=2)
MOST = 2 * MOST_CHARACTERS


async def keep(work: Work, person: Person, form: str, values: Mapping[str, str]) -> None:
    """Keep what is typed in a form now; a field with far more than an answer holds stays in the form alone."""
    typed = {key: words for key, words in values.items() if 0 < len(words) <= MOST}
    if not typed:
        await drop(work, person, form)
        return
    new = insert(work.session, Draft).values(
        workspace_id=person.workspace_id,
        person_id=person.id,
        form=form,
        words=typed,
        at=work.now,
    )
    await work.session.execute(
        new.on_conflict_do_update(
            index_elements=[Draft.workspace_id, Draft.person_id, Draft.form],
            set_={"words": new.excluded.words, "at": new.excluded.at},
        )
    )


async def find(work: Work, person: Person, form: str) -> dict[str, str]:
    """What was typed in a form and not sent; empty when nothing was."""
    draft = await work.session.get(
        Draft, (person.workspace_id, person.id, form), populate_existing=True
    )
    return dict(draft.words) if draft else {}


async def leave_out(work: Work, person: Person, form: str, keys: Collection[str]) -> None:
    """Forget what was typed in some fields: these have been answered in another way since."""
    typed = await find(work, person, form)
    if typed.keys() & set(keys):
        left = {key: words for key, words in typed.items() if key not in keys}
        await keep(work, person, form, left)


async def drop(work: Work, person: Person, form: str) -> None:
    """Forget what was typed in a form: it was sent."""
    await work.session.execute(
        delete(Draft).where(
            Draft.workspace_id == person.workspace_id,
            Draft.person_id == person.id,
            Draft.form == form,
        )
    )


async def sweep(work: Work) -> int:
    """Forget what was typed and left for two days."""
    await work.session.execute(delete(Draft).where(Draft.at < work.now - KEPT))
    return 0
