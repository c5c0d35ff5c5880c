"""The local chat as the core knows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from adapters.web import messages
from adapters.web.changes import Live
from adapters.web.listen import Acts
from adapters.web.messages import find
from adapters.web.pages import Pages
from adapters.web.paper import STATIC, static_path
from adapters.web.people import PLATFORM, LocalChannel, LocalPerson, has_place, load_town, provide
from adapters.web.read import account_of, number_of, ref_of, said_of
from adapters.web.sent import address
from adapters.web.tables import MessageRow
from bot.chat import AccountId, Card, Desk, Place, Profile, Ref, Refused, Said


class LocalChat:
    """The local chat: people, channels and messages in Outloud's own database, shown in a browser."""

    platform: Final = PLATFORM
    pace: Final = 0.0

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        *,
        reading: async_sessionmaker[AsyncSession] | None = None,
        workspace: str = "local",
        now: Callable[[], datetime],
    ) -> None:
        self._live = Live(sessions, reading=reading or sessions, workspace=workspace, now=now)

    async def provide(
        self,
        session: AsyncSession,
        people: Sequence[LocalPerson] = (),
        channels: Sequence[LocalChannel] = (),
    ) -> None:
        """Make the people and channels that do not exist yet, in the caller's transaction."""
        await provide(
            session, self._live.workspace, self._live.now(), people=people, channels=channels
        )

    async def listen(self, desk: Desk) -> None:
        """Hand what people do to the desk, and what it has not heard yet, until cancelled."""
        await self._live.listen(desk)

    async def send(
        self, to: Place, card: Card, *, key: str, again: bool = False
    ) -> tuple[Ref, ...]:
        """Post a card; a key that was posted before gives that message, with or without `again`."""
        live = self._live
        async with live.sessions.begin() as session:
            thread = await self._check(session, to)
            row, _ = await messages.post(
                session,
                live.workspace,
                live.now(),
                channel=to.channel,
                thread=thread,
                key=f"bot:{key}",
                card=card,
            )
        live.ring()
        return (ref_of(row),)

    async def edit(self, refs: tuple[Ref, ...], card: Card) -> tuple[Ref, ...]:
        """Make a posted message say this card; raises `Refused` when it is gone."""
        live = self._live
        async with live.sessions.begin() as session:
            row = await self._find(session, refs[0])
            if row is None or row.author:
                raise Refused(f"The message {refs[0].id} in {refs[0].place} is gone.")
            await messages.change_card(session, row, card, live.now())
        live.ring()
        return (ref_of(row),)

    async def remove(self, refs: tuple[Ref, ...]) -> None:
        """Take a posted message away; one that is gone already is no error."""
        live = self._live
        async with live.sessions.begin() as session:
            for ref in refs:
                row = await self._find(session, ref)
                if row is not None and not row.author:
                    await messages.remove(session, row, live.now())
        live.ring()

    async def fetch(self, ref: Ref) -> Said | None:
        """A person's message as it stands now, or None when it is gone or the bot's own."""
        async with self._live.reading.begin() as session:
            row = await self._find(session, ref)
            if row is None or not row.author:
                return None
            return said_of(row, await load_town(session, self._live.workspace))

    def link(self, ref: Ref) -> str:
        """The page of the channel with the message's thread open beside it."""
        return f"{address(ref.place.channel)}?thread={ref.root.id}"

    async def profile(self, account: AccountId) -> Profile | None:
        """What is known of somebody."""
        if account.platform != PLATFORM or account.workspace != self._live.workspace:
            return None
        async with self._live.reading.begin() as session:
            town = await load_town(session, self._live.workspace)
        person = town.people.get(account.id)
        return Profile(person.name, person.zone, is_admin=person.is_admin) if person else None

    async def members(self, channel: Place) -> tuple[AccountId, ...]:
        """The people in a channel, or the one person of a direct message."""
        async with self._live.reading.begin() as session:
            await self._check(session, channel.open)
            town = await load_town(session, self._live.workspace)
        if channel.is_direct:
            return (channel.account,)
        there = town.channels[channel.channel].members or ()
        return tuple(account_of(self._live.workspace, person) for person in there)

    async def examine(self, channels: tuple[Place, ...]) -> tuple[str, ...]:
        """A sentence for each of these channels that the local chat does not have."""
        async with self._live.reading() as session:
            town = await load_town(session, self._live.workspace)
        return tuple(
            f"The local chat has no channel #{one.channel}: name it in setup.yaml, and it is made."
            for one in channels
            if one.channel not in town.channels
        )

    async def trouble(self) -> tuple[str, ...]:
        """Why the local chat cannot be used now."""
        return () if self._live.desk is not None else ("The local chat has not started yet.",)

    @property
    def routes(self) -> list[BaseRoute]:
        """The pages of the chat and what they send."""
        pages, acts = Pages(self._live), Acts(self._live)
        return [
            Route("/", pages.home),
            Route("/c/{channel}", pages.channel),
            Route("/earlier", pages.earlier),
            Route("/thread/{message}", pages.thread),
            Route("/picture/{digest}", pages.picture),
            Route("/file/{message}", pages.file),
            Route("/complete", pages.complete),
            Route("/marks", pages.marks),
            Route("/changes", pages.changes),
            Route("/edit/{message}", acts.open_edit),
            *(
                Route(path, acts.act(handle), methods=["POST"])
                for path, handle in (
                    ("/say", acts.say),
                    ("/press", acts.press),
                    ("/submit", acts.submit),
                    ("/edit", acts.edit),
                    ("/remove", acts.remove),
                    ("/react", acts.react),
                    ("/see", acts.see),
                    ("/act-as", acts.act_as),
                    ("/join", acts.join),
                    ("/leave", acts.leave),
                )
            ),
            Mount(static_path(), _Files(directory=STATIC)),
        ]

    async def _check(self, session: AsyncSession, to: Place) -> int:
        """The thread a place names, 0 in the open; raises `Refused` when there is no such place."""
        live = self._live
        is_here = to.platform == PLATFORM and to.workspace == live.workspace
        if not is_here or not await has_place(session, live.workspace, to.channel):
            raise Refused(f"There is no {to.open} in the local chat: choose another channel.")
        if not to.thread:
            return 0
        root = await session.get(MessageRow, (live.workspace, number_of(to.thread)))
        if root is None or root.channel != to.channel or root.thread:
            raise Refused(f"There is no message {to.thread} in {to.open} to answer.")
        return root.id

    async def _find(self, session: AsyncSession, ref: Ref) -> MessageRow | None:
        row = await find(session, self._live.workspace, number_of(ref.id))
        return row if row is not None and ref_of(row) == ref else None


class _Files(StaticFiles):
    """The page's own files, under a path that changes with them."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
