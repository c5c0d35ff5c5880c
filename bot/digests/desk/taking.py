"""Digests to take along: as a file, in the direct message of whoever asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.channels import desk as channels
from bot.chat import Attachment, Card, Chat, Press, Reply, Show, read_action
from bot.digests import rules
from bot.digests.desk import collecting, finding
from bot.digests.desk.collecting import Material, Reading
from bot.digests.desk.mailing import linked_digest
from bot.digests.rules import Period
from bot.digests.words import cards, files, parts
from bot.engine import outbox, traces
from bot.insight.canvas import Chart, Look
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Store, Work

START = "digests.file:"
"""How the keys of messages with a file begin."""


@dataclass(frozen=True, slots=True)
class Taking:
    """Hands digests out as files, whose links lead to where people read on."""

    chats: Mapping[str, Chat] = field(default_factory=dict)
    public_url: str = ""

    async def on_file(self, store: Store, act: Press) -> Reply:
        """*Markdown* and *HTML* under a digest."""
        _, (channel_id, key, kind) = read_action(act.action)
        period = Period.parse(key)
        async with store.look() as work:
            person = await people.caller(work, act.by)
            channel = await finding.readable(work, person, channel_id)
            curator = await channels.is_curator(work, person, channel.id)
            reading = Reading(person.zone, curator=curator)
            material = await collecting.collect(work, channel, period, reading)
        title = parts.title(material.digest)
        file = await self._file(material, kind, title, rules.file_name(channel.name, period))

        async def hand_over(work: Work) -> Reply:
            person = await people.caller(work, act.by)
            await finding.readable(work, person, channel_id)
            return await _hand_over(work, person, act, cards.taken_along(title, file))

        return await store.do(hand_over)

    async def on_own_file(self, store: Store, act: Press) -> Reply:
        """*Markdown* and *HTML* under one's own digest, with all of it."""
        _, (key, kind) = read_action(act.action)
        period = Period.parse(key)
        async with store.look() as work:
            person = await people.caller(work, act.by)
            material = await collecting.collect_own(work, person, period, whole=True)
        title = parts.title_of_own(period)
        file = await self._file(material, kind, title, rules.file_name("my work", period))

        async def hand_over(work: Work) -> Reply:
            person = await people.caller(work, act.by)
            return await _hand_over(work, person, act, cards.own_taken_along(title, file))

        return await store.do(hand_over)

    async def _file(self, material: Material, kind: str, title: str, name: str) -> Attachment:
        digest = linked_digest(material.digest, self.chats, self.public_url)
        if not digest:
            raise Refusal("There is nothing in this digest any more that you could take along.")
        light, dark = await asyncio.to_thread(_charts, material)
        alt = light.alt if light else ""
        if kind == "html":
            pictures = files.Pictures(light.image, dark.image) if light and dark else None
            page = files.html(digest, title=title, alt=alt, footnote=files.TAKEN, pictures=pictures)
            return Attachment(f"{name}.html", "text/html", page.encode())
        written = files.markdown(digest, title=title, alt=alt)
        return Attachment(f"{name}.md", "text/markdown", written.encode())


def _charts(material: Material) -> tuple[Chart | None, Chart | None]:
    """The picture for a light page, and the one for a dark page."""
    return material.chart(Look("light", "svg")), material.chart(Look("dark", "svg"))


async def _hand_over(work: Work, person: Person, act: Press, card: Card) -> Reply:
    """Send a card with a file, once for two deliveries of one press."""
    key = f"{START}{person.id}:{act.key or new_id()}"
    await outbox.show_new(work, [outbox.Post(await people.direct(work, person), card, key)])
    return Show(cards.said("It is on its way to you, in our direct message."))


async def take_back(work: Work, workspace_id: str, before: datetime | None = None) -> int:
    """Take files away, with whoever's words stand in them; all of them, or those older than a moment."""
    old = await traces.about(work, workspace_id, START, before=before)
    await traces.erase(work, workspace_id, [one.key for one in old])
    return len(old)
