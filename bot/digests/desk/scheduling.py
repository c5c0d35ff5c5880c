"""Digests that come by themselves: weekly in communities unless somebody says otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, time

import structlog
from sqlalchemy import select

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Ask, Chat, Command, Press, Reply, Show, Submit, read_action
from bot.digests import rules
from bot.digests.desk import collecting, finding, posting
from bot.digests.desk.collecting import Reading
from bot.digests.desk.posting import Ready
from bot.digests.rules import Asked, Cadence
from bot.digests.tables import DigestPlan
from bot.digests.words import cards, forms
from bot.engine import bugs, clock
from bot.people import desk as people
from bot.people import rules as absence
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.base import insert
from bot.store.session import Store, Work

log = structlog.get_logger(__name__)

AT_ONCE = 5
BATCH = 50


def cadence_of(row: DigestPlan) -> Cadence:
    return Cadence(row.every, row.weekday, row.at, row.zone)


async def plan_new(work: Work) -> int:
    """Give communities that have no plan the weekly one."""
    new = list(
        await work.session.scalars(
            select(Channel)
            .outerjoin(
                DigestPlan,
                (DigestPlan.workspace_id == Channel.workspace_id)
                & (DigestPlan.channel_id == Channel.id),
            )
            .where(Channel.ring == "community", DigestPlan.channel_id.is_(None))
            .limit(BATCH)
        )
    )
    for channel in new:
        await _keep(work, channel, await _usual(work, channel), chosen=False)
    return len(new)


async def _usual(work: Work, channel: Channel) -> Cadence:
    """Monday at nine, in the zone in which most of the curators live, or else most of the members."""
    found = await channels.roles(work, channel.workspace_id)
    who = [one for at, role, one in found if at == channel.id and role == "curator"]
    zones = Counter(one.zone for one in who or await channels.members(work, channel))
    zone = max(sorted(zones), key=lambda one: zones[one], default="UTC")
    return Cadence(zone=zone)


async def _keep(work: Work, channel: Channel, cadence: Cadence, *, chosen: bool) -> datetime | None:
    values = {
        "every": cadence.every,
        "weekday": cadence.weekday,
        "at": cadence.at,
        "zone": cadence.zone,
        "chosen": chosen,
        "next_at": cadence.next(work.now),
    }
    row = insert(work.session, DigestPlan).values(
        workspace_id=channel.workspace_id, channel_id=channel.id, **values
    )
    keys = [DigestPlan.workspace_id, DigestPlan.channel_id]
    if chosen:
        row = row.on_conflict_do_update(index_elements=keys, set_=values)
    else:
        row = row.on_conflict_do_nothing(index_elements=keys)
    await work.session.execute(row)
    return cadence.next(work.now)


async def _plan(work: Work, channel: Channel, person: Person) -> Cadence:
    row = await work.session.get(DigestPlan, (channel.workspace_id, channel.id))
    if row is not None:
        return cadence_of(row)
    if channel.ring == "community":
        return await _usual(work, channel)
    return Cadence(zone=person.zone)


async def open_form(store: Store, act: Command, asked: Asked) -> Reply:
    """`/digest schedule`: when the digest of a channel comes."""
    async with store.look() as work:
        person = await people.caller(work, act.by)
        channel = await finding.meant(work, person, asked.channel, act.place)
        if asked.period:
            raise Refusal(f"Behind schedule comes a channel, and “{asked.period[:40]}” is none.")
        return await _form(work, person, channel)


async def on_schedule(work: Work, act: Press) -> Reply:
    """*Schedule*."""
    person = await people.caller(work, act.by)
    _, (channel_id,) = read_action(act.action)
    return await _form(work, person, await finding.readable(work, person, channel_id))


async def _form(work: Work, person: Person, channel: Channel) -> Reply:
    await finding.require_poster(work, person, channel)
    readers = await channels.how_many(work, channel)
    cadence = await _plan(work, channel, person)
    return Ask(forms.schedule(channel.id, channel.name, readers, cadence))


async def submit_schedule(work: Work, form: Submit) -> Reply:
    """When the digest of a channel comes from now on."""
    person = await people.caller(work, form.by)
    _, (channel_id,) = read_action(form.form)
    channel = await finding.readable(work, person, channel_id)
    await finding.require_poster(work, person, channel)
    cadence = _read(form.values, await _plan(work, channel, person))
    next_at = await _keep(work, channel, cadence, chosen=True)
    here = clock.local(next_at, cadence.zone) if next_at else None
    return Show(cards.said(forms.comes(channel.name, cadence, here)))


def _read(values: Mapping[str, str], before: Cadence) -> Cadence:
    every, weekday = values.get("every", ""), values.get("weekday", "")
    if every not in rules.CADENCES:
        raise Refusal("Choose how often the digest comes.", field="every")
    if every == "never":
        return Cadence("never", before.weekday, before.at, before.zone)
    if weekday not in rules.WEEKDAYS:
        raise Refusal("Choose a day of the week.", field="weekday")
    at: time = absence.read_time(values.get("at", ""), field="at")
    zone = clock.read_zone(values.get("zone", ""))
    return Cadence(every, rules.WEEKDAYS.index(weekday), at, zone)


async def post_due(store: Store, chats: Mapping[str, Chat]) -> None:
    """Post the digests whose time has come, each once."""
    async with store.look() as work:
        due = list(
            await work.session.scalars(
                select(DigestPlan)
                .where(DigestPlan.next_at <= work.now)
                .order_by(DigestPlan.next_at)
                .limit(AT_ONCE)
            )
        )
    for row in due:
        try:
            await _post(store, row)
        except Exception as bug:
            log.error("posting a digest broke", channel=row.channel_id, **bugs.told(bug))


async def _post(store: Store, plan: DigestPlan) -> None:
    """Post one digest, about the days before it was due last, and say so when it is late."""
    cadence, slot = cadence_of(plan), plan.next_at
    assert slot is not None, "it is due"
    # After weeks of silence the last one is enough.
    while (following := cadence.next(slot)) is not None and following <= store.now():
        slot = following
    async with store.look() as work:
        channel = await channels.get(work, plan.workspace_id, plan.channel_id)
        period = cadence.period(slot)
        material = await collecting.collect(work, channel, period, Reading(cadence.zone))
        late = clock.local(slot, cadence.zone) if work.now - slot > rules.LATE_AFTER else None
    footnote = forms.scheduled_footnote(cadence, late)
    picture = await material.picture() if material.digest else None
    async with store.work() as work:
        row = await work.session.get_one(
            DigestPlan, (plan.workspace_id, plan.channel_id), with_for_update=True
        )
        if row.next_at != plan.next_at or cadence_of(row) != cadence:
            return
        if not row.chosen and channel.ring != "community":
            # It was a community when it got the plan that every community has.
            await work.session.delete(row)
            return
        row.next_at = cadence.next(work.now)
        if material.digest:
            await posting.put(work, channel, Ready(material, cadence.zone, picture, footnote))
