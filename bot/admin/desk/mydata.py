"""`/outloud mydata`: everything that is kept about the caller, to take along or to be forgotten."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.admin.desk.linking import title_of
from bot.admin.tables import Change, Preview
from bot.admin.words import mydata as words
from bot.channels import desk as channels
from bot.chat import Press, Replace, Reply, Show, read_action
from bot.engine import clock, outbox, traces
from bot.engine.feature import Feature
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work

WORDS = ("export", "forget")
GONE = -1
"""Who did something, in the change log, after they asked to be forgotten."""
SOMEBODY = "somebody"

Record = dict[str, object]


async def records_of(work: Work, person: Person, features: Sequence[Feature]) -> list[Record]:
    """All that these features keep about somebody."""
    return [
        record
        for feature in features
        if feature.export is not None
        for record in await feature.export(work, person)
    ]


@dataclass(frozen=True, slots=True)
class Keepers:
    """Answers `/outloud mydata`, knowing all features that keep something about people."""

    features: tuple[Feature, ...]

    async def act(self, work: Work, person: Person, written: str) -> Reply:
        """What the words behind `mydata` say; alone they are explained."""
        match written.strip().casefold():
            case "":
                return Show(words.choices())
            case "export":
                return await self._export(work, person)
            case "forget":
                return await self._ask(work, person)
            case other:
                near = difflib.get_close_matches(other, WORDS, 1, cutoff=0.4) or WORDS
                raise Refusal(
                    f"There is no /outloud mydata {other[:40]}. Did you mean /outloud mydata {near[0]}?"
                )

    async def on_export(self, work: Work, act: Press) -> Reply:
        """*Export*."""
        return await self._export(work, await people.caller(work, act.by))

    async def _export(self, work: Work, person: Person) -> Reply:
        """Send somebody all that is kept about them, of each account in its own direct message."""
        others = [
            (await title_of(work, one), _counts(await self._send(work, one)))
            for one in await people.linked(work, person)
            if one.present
        ]
        return Show(words.sent(_counts(await self._send(work, person)), others))

    async def _send(self, work: Work, person: Person) -> list[Record]:
        """Send all that is kept about one account, in place of an earlier export, and return it."""
        found = await records_of(work, person, self.features)
        start = f"admin.mydata:{person.id}:"
        earlier = await traces.about(work, person.workspace_id, start)
        await traces.erase(work, person.workspace_id, [one.key for one in earlier])
        day = clock.local_day(work.now, person.zone)
        direct, number = await people.direct(work, person), new_id()
        cards = words.export_cards(found, person.zone, day)
        await outbox.show_new(
            work,
            [
                outbox.Post(direct, card, f"{start}{number}:{part}")
                for part, card in enumerate(cards)
            ],
        )
        return found

    async def on_ask(self, work: Work, act: Press) -> Reply:
        """*Forget me*, on the card that explains."""
        return await self._ask(work, await people.caller(work, act.by))

    async def _ask(self, work: Work, person: Person) -> Reply:
        """Say what would be deleted, and ask once."""
        found = await records_of(work, person, self.features)
        teams = [channel.name for channel in await channels.of_person(work, person, "team")]
        others = [
            (await title_of(work, one), _counts(await records_of(work, one, self.features)))
            for one in await people.linked(work, person)
        ]
        return Show(words.ask(_counts(found), teams, others))

    async def on_keep(self, work: Work, act: Press) -> Reply:
        """*Keep it all*."""
        return Replace(words.kept())

    async def on_forget(self, work: Work, act: Press) -> Reply:
        """*Forget me*: all of it, at once; whoever was known is a stranger afterwards."""
        person = await people.caller(work, act.by)
        everywhere = read_action(act.action)[1] == (words.EVERYWHERE,)
        others = await people.linked(work, person) if everywhere else []
        for one in (person, *others):
            for feature in reversed(self.features):
                if feature.forget is not None:
                    await feature.forget(work, one)
        return Replace(words.forgotten())


def _counts(found: Sequence[Record]) -> Counter[str]:
    return Counter(str(record["kind"]) for record in found)


async def export(work: Work, person: Person) -> list[Record]:
    """What somebody changed in the set-up, and a set-up they have not saved."""
    changes = await work.session.scalars(
        select(Change)
        .where(Change.workspace_id == person.workspace_id, Change.person_id == person.id)
        .order_by(Change.id)
    )
    found: list[Record] = [
        {"kind": "change", "at": one.at.isoformat(), "line": one.line} for one in changes
    ]
    preview = await work.session.get(Preview, (person.workspace_id, person.id))
    if preview is not None:
        place = {"at": preview.at.isoformat(), "channel_id": preview.channel_id}
        found.append({"kind": "set-up not saved", **place, "wanted": preview.wanted})
    return found


async def forget(work: Work, person: Person) -> None:
    """Take somebody's name out of the change log and out of their other accounts, and delete an unsaved set-up.

    What was changed stays in the log, because it says why the workspace is as it is.
    """
    for one in await people.linked(work, person):
        told = await traces.about(work, one.workspace_id, f"admin.linked:{one.id}:")
        await traces.erase(work, one.workspace_id, [each.key for each in told])
    await work.session.execute(
        delete(Preview).where(
            Preview.workspace_id == person.workspace_id, Preview.person_id == person.id
        )
    )
    if not person.name:
        return
    name = re.compile(rf"(?<!\w){re.escape(person.name)}(?!\w)")
    changes = await work.session.scalars(
        select(Change).where(
            Change.workspace_id == person.workspace_id,
            (Change.person_id == person.id) | Change.line.contains(person.name, autoescape=True),
        )
    )
    for change in changes:
        change.line = name.sub(SOMEBODY, change.line)
        change.person_id = GONE if change.person_id == person.id else change.person_id
    await work.session.flush()
