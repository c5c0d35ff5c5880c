"""`/digest` and the buttons of a digest: to read it, to post it, and to take it along."""

from __future__ import annotations

from bot.channels import desk as channels
from bot.chat import AccountId, Card, Command, Place, Press, Replace, Reply, Show, read_action
from bot.digests import rules
from bot.digests.desk import collecting, finding, posting, scheduling
from bot.digests.desk.collecting import Material, Reading
from bot.digests.desk.posting import Ready
from bot.digests.rules import Period
from bot.digests.tables import DigestPost
from bot.digests.words import cards
from bot.engine import outbox
from bot.people import desk as people
from bot.refusal import Refusal
from bot.store.session import Store, Work

POSTED = "Everybody in this channel can read this. /digest shows it for other days, to you alone."


class Front:
    """Answers `/digest`; whether digests go out by e-mail is a matter of the installation."""

    def __init__(self, *, mail: bool) -> None:
        self.mail = mail

    async def on_command(self, store: Store, act: Command) -> Reply:
        """What the words behind `/digest` say."""
        asked = rules.read_asked(act.words)
        match asked.verb:
            case "mine":
                return await self._mine(store, act, asked.period)
            case "schedule":
                return await scheduling.open_form(store, act, asked)
        async with store.look() as work:
            person = await people.caller(work, act.by)
            channel = await finding.meant(work, person, asked.channel, act.place)
            period = rules.read_period(asked.period, people.today(work, person))
            if asked.verb == "post":
                await finding.require_poster(work, person, channel)
        if asked.verb == "post":
            return Show(await post(store, act.by, channel.id, period))
        return await self._show(store, act.by, channel.id, period)

    async def _show(self, store: Store, by: AccountId, channel_id: str, period: Period) -> Reply:
        async with store.look() as work:
            person = await people.caller(work, by)
            channel = await finding.readable(work, person, channel_id)
            curator = await channels.is_curator(work, person, channel.id)
            material = await collecting.collect(
                work, channel, period, Reading(person.zone, curator=curator)
            )
            may = await finding.may(work, person, channel, mail=self.mail)
        picture = await material.picture()
        return Show(cards.asked(material.digest, channel.id, may, picture))

    async def _mine(self, store: Store, act: Command, written: str) -> Reply:
        async with store.look() as work:
            person = await people.caller(work, act.by)
            period = rules.read_period(written, people.today(work, person))
            material = await collecting.collect_own(work, person, period)
        return Show(cards.mine(material.digest, await material.picture()))


def _read(act: Press) -> tuple[str, Period, tuple[str, ...]]:
    """The channel, the days and what else a button carries."""
    _, (channel_id, period, *more) = read_action(act.action)
    return channel_id, Period.parse(period), tuple(more)


async def _readable(
    store: Store, by: AccountId, channel_id: str, period: Period, section: str
) -> Material:
    async with store.look() as work:
        person = await people.caller(work, by)
        channel = await finding.readable(work, person, channel_id)
        curator = await channels.is_curator(work, person, channel.id)
        reading = Reading(person.zone, curator=curator, whole=section)
        return await collecting.collect(work, channel, period, reading)


async def on_more(store: Store, act: Press) -> Reply:
    """*Show all of* one section."""
    channel_id, period, _ = _read(act)
    return await _section(store, act, channel_id, period, act.choice, 0)


async def on_page(store: Store, act: Press) -> Reply:
    """*The next ones* of a section."""
    channel_id, period, (key, start) = _read(act)
    return await _section(store, act, channel_id, period, key, int(start))


async def _section(
    store: Store, act: Press, channel_id: str, period: Period, key: str, start: int
) -> Reply:
    digest = (await _readable(store, act.by, channel_id, period, key)).digest
    section = digest.section(key)
    if section is None or start >= len(section.items):
        raise Refusal("There is nothing more of this by now.")
    return Show(cards.section(digest, channel_id, section, start))


async def on_post(store: Store, act: Press) -> Reply:
    """*Post*: everybody in the channel sees it."""
    channel_id, period, _ = _read(act)
    return Replace(await post(store, act.by, channel_id, period))


async def post(store: Store, by: AccountId, channel_id: str, period: Period) -> Card:
    """Post the digest of some days, and say what was done."""
    async with store.look() as work:
        person = await people.caller(work, by)
        channel = await finding.readable(work, person, channel_id)
        material = await collecting.collect(work, channel, period, Reading(person.zone))
    if not material.digest:
        raise Refusal(
            f"Nothing happened in #{channel.name} in these days, so there is nothing to post."
        )
    ready = Ready(material, person.zone, await material.picture(), POSTED)

    async def write(work: Work) -> Card:
        person = await people.caller(work, by)
        channel = await finding.readable(work, person, channel_id)
        await finding.require_poster(work, person, channel)
        row, new = await posting.put(work, channel, ready)
        if await outbox.is_over(work, row.workspace_id, posting.post_key(row.id)):
            raise Refusal(
                f"This digest was taken away in #{channel.name}, so I do not post it there again."
            )
        readers = await channels.how_many(work, channel)
        return cards.is_posted(channel.name, readers, row.id, before=not new)

    return await store.do(write)


async def on_unpost(work: Work, act: Press) -> Reply:
    """*Take it back*."""
    person = await people.caller(work, act.by)
    _, (post_id,) = read_action(act.action)
    row = await work.session.get(
        DigestPost, (person.workspace_id, int(post_id)), with_for_update=True
    )
    if row is None:
        return Replace(cards.said("It is gone already."))
    channel = await finding.readable(work, person, row.channel_id)
    await finding.require_poster(work, person, channel)
    await posting.take_back(work, row)
    return Replace(cards.taken_back(channel.name))


async def complete(work: Work, typed: str, by: AccountId, place: Place) -> tuple[str, ...]:
    """Periods, sub-words, and the channels that the caller can read."""
    person = await people.caller(work, by)
    offered = ["week", "month", "last week", "last month", "mine", "post", "schedule"]
    offered += [f"week #{one.name}" for one in await channels.of_person(work, person)]
    return tuple(offered)
