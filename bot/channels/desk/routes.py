"""The ways from channel to channel, one ring at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.channels.tables import Route
from bot.chat import Place
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Way:
    """From one channel to another, which may be in another workspace."""

    start: Place
    end: Place
    topics: tuple[str, ...] = ()
    """Only what is about one of these takes the way; empty for everything."""


async def every_route(work: Work) -> list[Way]:
    """Every route there is, in order."""
    found = await work.session.scalars(select(Route).order_by(Route.from_place, Route.to_place))
    return [_way(one) for one in found]


async def routes_from(work: Work, place: Place) -> list[Way]:
    """The routes that begin in a channel, in order."""
    found = await work.session.scalars(
        select(Route)
        .where(Route.workspace_id == place.workspace_id, Route.from_place == str(place.open))
        .order_by(Route.to_place)
    )
    return [_way(one) for one in found]


def _way(row: Route) -> Way:
    return Way(Place.parse(row.from_place), Place.parse(row.to_place), tuple(row.topics))


async def put_routes(work: Work, workspace_id: str, ways: Sequence[Way]) -> None:
    """Put these routes in the place of all that began in a workspace."""
    await work.session.execute(delete(Route).where(Route.workspace_id == workspace_id))
    work.session.add_all(
        Route(
            workspace_id=workspace_id,
            from_place=str(one.start),
            to_place=str(one.end),
            topics=list(one.topics),
        )
        for one in ways
    )
    await work.session.flush()
