"""The set-up in the database: reading it whole, and changing it all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.admin.rules import check, plan, reading, writing
from bot.admin.rules.nodes import SetupError
from bot.admin.rules.plan import Line
from bot.admin.rules.setup import (
    LOCAL,
    PLATFORMS,
    ChannelSetup,
    FeedSetup,
    PersonSetup,
    RouteSetup,
    Setup,
    WorkspaceSetup,
)
from bot.admin.tables import Change, Feed
from bot.channels import config
from bot.channels import desk as channels
from bot.chat import AccountId, Place, Profile
from bot.checkins import desk as checkins
from bot.people import desk as people
from bot.people.desk import Person, PersonKey, Workspace
from bot.refusal import Refusal
from bot.store.base import new_id
from bot.store.session import Work

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
ELSEWHERE = -2
"""Who did something, in the change log, when it was an admin of a linked workspace."""


@dataclass(frozen=True, slots=True)
class Room:
    """A channel that the local chat needs; `members` are ids of people, or None for everybody."""

    id: str
    members: tuple[str, ...] | None = None


class Outfitter(Protocol):
    """Makes the people and channels of the local chat that do not exist yet, in the caller's transaction."""

    async def provide(
        self, session: AsyncSession, people: Sequence[PersonSetup], channels: Sequence[Room]
    ) -> None: ...


async def read_setup(work: Work, *, around: Collection[str] | None = None) -> Setup:
    """Everything that is configured, or all that hangs together with these workspaces by routes."""
    ways = [RouteSetup(one.start, one.end, one.topics) for one in await channels.every_route(work)]
    rows = await people.workspaces(work)
    if around is not None:
        near = _connected(around, ways)
        rows = [one for one in rows if one.workspace_id in near]
        ways = [one for one in ways if one.start.workspace_id in near]
    known = [one.workspace_id for one in rows]
    feeds = await work.session.scalars(
        select(Feed)
        .where(Feed.workspace_id.in_(known))
        .order_by(Feed.workspace_id, Feed.channel_id, Feed.url)
    )
    return Setup(
        tuple([await _workspace(work, one) for one in rows]),
        tuple(ways),
        tuple(FeedSetup(one.url, _place(one.workspace_id, one.channel_id)) for one in feeds),
    )


def _connected(around: Collection[str], ways: Sequence[RouteSetup]) -> set[str]:
    """These workspaces and all that routes lead to or from."""
    near: set[str] = set()
    todo = list(around)
    while todo:
        here = todo.pop()
        if here not in near:
            near.add(here)
            ends = [(one.start.workspace_id, one.end.workspace_id) for one in ways]
            todo += [other for pair in ends if here in pair for other in pair]
    return near


def _touched(wanted: Setup) -> list[str]:
    """The workspaces that a set-up names or leads to."""
    return [
        *(one.workspace_id for one in wanted.workspaces),
        *(one.end.workspace_id for one in wanted.routes),
    ]


def _place(workspace_id: str, channel_id: str) -> Place:
    platform, _, workspace = workspace_id.partition(":")
    return Place(platform, workspace, channel_id)


async def _workspace(work: Work, row: Workspace) -> WorkspaceSetup:
    platform, _, own_id = row.workspace_id.partition(":")
    roles = await channels.roles(work, row.workspace_id)
    chosen = await config.chosen(work, row.workspace_id)
    present = await people.everybody(work, row.workspace_id) if platform == LOCAL else []
    everyone = [
        *present,
        *(one for _, _, one in roles),
        *(p for who in chosen.values() for p in who),
    ]
    account = await accounts(work, everyone)
    rhythms = await checkins.rhythms(work, row.workspace_id)

    def named(who: Iterable[Person]) -> tuple[str, ...]:
        return tuple(sorted(account[one.id] for one in who))

    def having(role: str, channel_id: str) -> tuple[str, ...]:
        return named(one for where, what, one in roles if (where, what) == (channel_id, role))

    return WorkspaceSetup(
        platform=platform,
        id=own_id,
        admins=having("admin", ""),
        confidential=tuple(row.confidential),
        retention_days=row.retention_days,
        people=tuple(
            PersonSetup(account[one.id], one.name, one.zone, one.country) for one in present
        ),
        channels=tuple(
            ChannelSetup(
                id=one.id,
                ring=one.ring,
                name="" if one.name == one.id else one.name,
                members=None if one.everyone else named(chosen.get(one.id, ())),
                rhythm=rhythms.get(one.id),
                curators=having("curator", one.id),
                focus=one.focus,
                stage=one.stage,
                topics=tuple(one.topics),
                relays_a_day=one.relays_a_day,
            )
            for one in await channels.every(work, row.workspace_id)
        ),
    )


async def accounts(work: Work, who: Collection[Person]) -> dict[int, str]:
    """What the platform calls these people of one workspace, by id."""
    keys: list[PersonKey] = list({(one.workspace_id, one.id): None for one in who})
    places = await people.direct_places(work, keys) if keys else {}
    return {person_id: place.account.id for (_, person_id), place in places.items()}


async def plan_lines(work: Work, current: Setup, wanted: Setup) -> tuple[Line, ...]:
    """What would change, with people called by their names where they are known."""
    names: dict[tuple[str, str], str] = {}
    for part in (*current.workspaces, *wanted.workspaces):
        if wanted.workspace(part.workspace_id) is not None:
            for account in _mentioned(part):
                person = await people.find(work, AccountId(part.platform, part.id, account))
                if person is not None:
                    names[part.workspace_id, account] = person.name
    return plan.diff(current, wanted, called=lambda at, account: names.get((at, account), account))


def _mentioned(workspace: WorkspaceSetup) -> tuple[str, ...]:
    """Every account that is given something to be in a workspace."""
    found = [*workspace.admins]
    for channel in workspace.channels:
        found += [*(channel.members or ()), *channel.curators]
    return tuple(dict.fromkeys(found))


def check_whole(current: Setup, wanted: Setup) -> None:
    """Refuse routes that do not fit with those of other workspaces."""
    for _, sentence in check.route_problems(current.changed_to(wanted)):
        raise Refusal(sentence)


async def apply(
    work: Work, wanted: Setup, *, by: Person | None, outfitter: Outfitter | None = None
) -> tuple[Line, ...]:
    """Make it so, all of it or nothing, and say what changed; workspaces not named in it stay as they are.

    `by` is who asks, or None for the file.
    """
    known = [one.workspace_id for one in await people.workspaces(work)]
    rows = {}
    for part in wanted.workspaces:
        row = await people.open_workspace(work, part.workspace_id)
        # Two admins who save at once wait for each other here.
        await work.session.refresh(row, with_for_update=True)
        rows[part.workspace_id] = row
    current = (await read_setup(work, around=_touched(wanted))).only(known)
    check_whole(current, wanted)
    lines = await plan_lines(work, current, wanted)
    if not lines:
        return ()
    _check_admins(wanted, by)
    await _cross(work, current, wanted, by)
    for part in wanted.workspaces:
        before = current.workspace(part.workspace_id) or WorkspaceSetup(part.platform, part.id)
        await _equip(work, before, part, outfitter)
        await _apply_workspace(work, rows[part.workspace_id], before, part)
        await _apply_ways(work, part.workspace_id, wanted)
    for line in lines:
        work.session.add(
            Change(
                workspace_id=line.workspace_id,
                id=new_id(),
                at=work.now,
                person_id=_who(by, line.workspace_id),
                line=str(line),
            )
        )
    await work.session.flush()
    return lines


def _who(by: Person | None, workspace_id: str) -> int:
    if by is None:
        return 0
    return by.id if by.workspace_id == workspace_id else ELSEWHERE


async def _cross(work: Work, current: Setup, wanted: Setup, by: Person | None) -> None:
    """Link the workspaces between which the file has routes; by taps only linked ones get a new route."""
    known = {(one.start, one.end) for one in current.routes}
    for route in wanted.routes:
        one, other = route.start.workspace_id, route.end.workspace_id
        if await people.are_linked(work, one, other):
            continue
        if by is None:
            await people.link_workspaces(work, one, other)
        elif (route.start, route.end) not in known:
            raise Refusal(
                f"A route to {wanted.title(route.end)} needs a link with its workspace, and there is none any "
                "more. /outloud link workspace makes one."
            )


def _check_admins(wanted: Setup, by: Person | None) -> None:
    if by is None or by.is_admin:
        return
    for part in wanted.workspaces:
        if part.workspace_id == by.workspace_id and not part.admins:
            raise Refusal(
                "That would leave this workspace without an admin, and you could not undo it. "
                "Name another admin first.",
                field="admins",
            )


async def _equip(
    work: Work, before: WorkspaceSetup, after: WorkspaceSetup, outfitter: Outfitter | None
) -> None:
    """Make sure that everybody the set-up names is known, and in the local chat also exists."""
    there = {one.id for one in before.people}
    named = {one.id: one for one in after.people}
    for account in _mentioned(after):
        named.setdefault(account, PersonSetup(account, account.title()))
    if after.platform == LOCAL and outfitter is not None:
        rooms = [
            Room(one.id, None if one.members is None else (*one.members, *one.curators))
            for one in after.channels
            if (old := before.channel(one.id)) is None or old.members != one.members
        ]
        new = [one for one in named.values() if one.id not in there]
        if new or rooms:
            await outfitter.provide(work.session, new, rooms)
    for person in named.values():
        who = AccountId(after.platform, after.id, person.id)
        if await people.find(work, who) is None:
            await _introduce(work, who, person)


async def _introduce(work: Work, account: AccountId, person: PersonSetup) -> None:
    if account.platform == LOCAL:
        known = await people.learn(work, account, Profile(person.name, person.zone))
        known.country = person.country
        return
    known = await people.learn(work, account, Profile(account.id))
    # The platform has not been asked yet; its next look-round begins with this one.
    known.profile_at = LONG_AGO


async def _apply_workspace(
    work: Work, row: Workspace, before: WorkspaceSetup, after: WorkspaceSetup
) -> None:
    row.confidential = list(after.confidential)
    row.retention_days = after.retention_days
    await channels.set_roles(
        work, row.workspace_id, "", "admin", await _ids(work, after, after.admins)
    )
    for gone in before.channels:
        if after.channel(gone.id) is None:
            channel = await channels.get(work, row.workspace_id, gone.id)
            await checkins.set_rhythm(work, channel, None)
            await config.take_off(work, channel)
    for wanted in after.channels:
        await _apply_channel(work, before.channel(wanted.id), wanted, after)


async def _apply_channel(
    work: Work, before: ChannelSetup | None, wanted: ChannelSetup, workspace: WorkspaceSetup
) -> None:
    channel = await config.put(
        work,
        workspace.workspace_id,
        wanted.id,
        ring=wanted.ring,
        name=wanted.name,
        focus=wanted.focus,
        stage=wanted.stage,
        topics=wanted.topics,
        relays_a_day=wanted.relays_a_day,
    )
    await channels.set_roles(
        work,
        workspace.workspace_id,
        wanted.id,
        "curator",
        await _ids(work, workspace, wanted.curators),
    )
    same_members = before is not None and before.members == wanted.members
    if not same_members:
        who = None if wanted.members is None else await _persons(work, workspace, wanted.members)
        await channels.choose_members(work, channel, who)
    old = before.rhythm if before else None
    if old != wanted.rhythm or (wanted.rhythm is not None and not same_members):
        await checkins.set_rhythm(work, channel, wanted.rhythm)


async def _apply_ways(work: Work, workspace_id: str, wanted: Setup) -> None:
    """Put the routes and feeds of a workspace in the place of those it had."""
    await work.session.execute(delete(Feed).where(Feed.workspace_id == workspace_id))
    mine = wanted.only([workspace_id])
    ways = [channels.Way(one.start, one.end, one.topics) for one in mine.routes]
    await channels.put_routes(work, workspace_id, ways)
    for feed in mine.feeds:
        work.session.add(Feed(workspace_id=workspace_id, channel_id=feed.to.channel, url=feed.url))
    await work.session.flush()


async def _persons(work: Work, workspace: WorkspaceSetup, accounts: Sequence[str]) -> list[Person]:
    found = [
        await people.find(work, AccountId(workspace.platform, workspace.id, account))
        for account in accounts
    ]
    return [one for one in found if one is not None]


async def _ids(work: Work, workspace: WorkspaceSetup, accounts: Sequence[str]) -> list[int]:
    return [one.id for one in await _persons(work, workspace, accounts)]


async def apply_file(
    work: Work,
    text: str,
    *,
    name: str = "setup.yaml",
    dry_run: bool = False,
    outfitter: Outfitter | None = None,
    platforms: Collection[str] = PLATFORMS,
) -> tuple[str, ...]:
    """Make it as the file says and return the lines of the plan; a dry run changes nothing.

    Raises `Refusal` with file, line and reason; roll the transaction back then.
    """
    document = reading.read(text, name=name, platforms=platforms)
    current = await read_setup(work, around=_touched(document.setup))
    problems = check.route_problems(current.changed_to(document.setup))
    if sentences := [document.about(route, sentence) for route, sentence in problems]:
        raise SetupError(sentences)
    if dry_run:
        lines = await plan_lines(work, current, document.setup)
    else:
        lines = await apply(work, document.setup, by=None, outfitter=outfitter)
    return plan.printed(lines)


async def show_setup(work: Work) -> str:
    """The whole set-up as a file that `apply` reads back."""
    return writing.write(await read_setup(work))


async def latest(work: Work, workspace_id: str, most: int = 20) -> list[Change]:
    """The latest changes, newest first."""
    found = await work.session.scalars(
        select(Change)
        .where(Change.workspace_id == workspace_id)
        .order_by(Change.id.desc())
        .limit(most)
    )
    return list(found)
