"""What can be looked at: the page of a place, its older messages, threads, pictures, and what is new."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncSession
from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.web import messages
from adapters.web.changes import Live, last_change, wait
from adapters.web.messages import Message
from adapters.web.paper import answer, render, sorry
from adapters.web.people import LocalPerson, Town, load_town
from adapters.web.read import account_of, number_of, place_of
from adapters.web.sent import address, viewer_of
from adapters.web.write import EMOJI, OFFERED, MessageView, message_view

_PING_SECONDS: Final = 20
_NOBODY: Final = (
    "Nobody lives in this chat yet. Run outloud apply with a setup file that names people."
)


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the list *Channels*."""

    channel: str
    address: str
    is_direct: bool
    unread: int


@dataclass(frozen=True, slots=True)
class Thread:
    """An open thread."""

    root: int
    messages: tuple[MessageView, ...]


class Pages:
    """The pages of the running chat."""

    def __init__(self, live: Live) -> None:
        self.live = live

    async def home(self, request: Request) -> Response:
        """The direct message with the bot."""
        return await self._place(request, "")

    async def channel(self, request: Request) -> Response:
        """A channel."""
        return await self._place(request, request.path_params["channel"])

    async def earlier(self, request: Request) -> Response:
        """The page of messages before one."""
        live, asked = self.live, request.query_params
        channel = asked.get("channel", "")
        async with live.reading.begin() as session:
            town = await load_town(session, live.workspace)
            viewer = viewer_of(request, town, asked.get("as", ""))
            if viewer is None or not town.may_see(viewer.id, channel):
                return sorry("There is no such channel.", 404)
            page = await messages.page(
                session,
                live.workspace,
                channel=channel,
                before=number_of(asked.get("before", "")),
            )
        views = self._views(page.messages, viewer, town)
        return answer("messages.html", messages=views, page=page, channel=channel, viewer=viewer)

    async def thread(self, request: Request) -> Response:
        """A thread, for the panel beside the messages."""
        live = self.live
        async with live.reading.begin() as session:
            town = await load_town(session, live.workspace)
            viewer = viewer_of(request, town, request.query_params.get("as", ""))
            thread, channel = (
                await self._thread(session, viewer, town, request.path_params["message"])
                if viewer
                else (None, "")
            )
        if thread is None:
            return sorry("That thread is gone.", 404)
        return answer("thread.html", thread=thread, channel=channel, viewer=viewer)

    async def picture(self, request: Request) -> Response:
        """The picture of a card."""
        async with self.live.reading.begin() as session:
            png = await messages.find_picture(
                session, self.live.workspace, request.path_params["digest"]
            )
        if png is None:
            return sorry("That picture is gone.", 404)
        forever = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(png, media_type="image/png", headers=forever)

    async def file(self, request: Request) -> Response:
        """The file of a message, to be saved; never shown as a page of this chat."""
        live = self.live
        async with live.reading.begin() as session:
            town = await load_town(session, live.workspace)
            viewer = viewer_of(request, town, request.query_params.get("as", ""))
            number = number_of(request.path_params["message"])
            row = await messages.find(session, live.workspace, number)
            may_see = row and viewer and town.may_see(viewer.id, row.channel)
            found = await messages.find_file(session, row) if row and may_see else None
        if found is None:
            return sorry("That file is gone.", 404)
        name, data = found
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Cache-Control": "private, no-store",
        }
        return Response(data, media_type="application/octet-stream", headers=headers)

    async def complete(self, request: Request) -> Response:
        """What may follow what is typed: commands by name, then the words the core offers."""
        live, asked = self.live, request.query_params
        typed, channel = asked.get("typed", ""), asked.get("channel", "")
        async with live.reading.begin() as session:
            town = await load_town(session, live.workspace)
        viewer = viewer_of(request, town, asked.get("as", ""))
        if viewer is None or live.desk is None or not typed.startswith("/"):
            return JSONResponse([])
        name, space, words = typed[1:].partition(" ")
        if not space:
            return JSONResponse(
                [
                    {"text": f"/{one.name} ", "shown": f"/{one.name}", "note": note}
                    for one in live.desk.commands
                    if one.name.startswith(name.lower())
                    for note in [f"{one.usage} · {one.summary}" if one.usage else one.summary]
                ]
            )
        offered = await live.desk.complete(
            name,
            words,
            account_of(live.workspace, viewer.id),
            place_of(live.workspace, channel, number_of(asked.get("thread", ""))),
        )
        return JSONResponse(
            [{"text": f"/{name} {one}", "shown": one, "note": ""} for one in offered]
        )

    async def marks(self, request: Request) -> Response:
        """How much somebody has not read, by channel."""
        async with self.live.reading.begin() as session:
            town = await load_town(session, self.live.workspace)
            viewer = viewer_of(request, town, request.query_params.get("as", ""))
            unread = (
                await messages.unread(session, self.live.workspace, viewer.id) if viewer else {}
            )
        return JSONResponse(unread)

    async def changes(self, request: Request) -> Response:
        """What changes in a place from here on, as server-sent events."""
        live, asked = self.live, request.query_params
        channel = asked.get("channel", "")
        async with live.reading.begin() as session:
            town = await load_town(session, live.workspace)
        viewer = viewer_of(request, town, asked.get("as", ""))
        if viewer is None or not town.may_see(viewer.id, channel):
            return sorry("There is no such channel.", 404)
        after = number_of(request.headers.get("last-event-id") or asked.get("after", ""))
        return EventSourceResponse(self._news(viewer, channel, after), ping=_PING_SECONDS)

    async def _news(
        self, viewer: LocalPerson, channel: str, after: int
    ) -> AsyncIterator[dict[str, str | int]]:
        live = self.live
        yield {"retry": 1000, "event": "hello", "data": ""}
        with live.visit():
            while live.desk is not None:
                bell = live.bell()
                news = await self._since(viewer, channel, after)
                if news is None:
                    await wait(bell, _PING_SECONDS)
                    continue
                after, data = news
                yield {"event": "changes", "id": str(after), "data": data}

    async def _since(self, viewer: LocalPerson, channel: str, after: int) -> tuple[int, str] | None:
        live = self.live
        async with live.reading.begin() as session:
            number = await last_change(session, live.workspace)
            if number <= after:
                return None
            town = await load_town(session, live.workspace)
            changed = await messages.changes_since(
                session, live.workspace, channel=channel, after=after
            )
            unread = await messages.unread(session, live.workspace, viewer.id)
        # A full batch ends where its last message changed; the rest follows at once.
        seen = changed[-1].changed if len(changed) == messages.BATCH else number
        return seen, self._told(changed, viewer, town, unread)

    def _told(
        self,
        changed: tuple[Message, ...],
        viewer: LocalPerson,
        town: Town,
        unread: dict[str, int],
    ) -> str:
        shown = self._views([one for one in changed if messages.is_shown(one)], viewer, town)
        return json.dumps(
            {
                "html": render("messages.html", messages=shown, page=None, viewer=viewer),
                "gone": [str(one.id) for one in changed if not messages.is_shown(one)],
                "unread": unread,
            }
        )

    async def _place(self, request: Request, channel: str) -> Response:
        live = self.live
        async with live.reading.begin() as session:
            town = await load_town(session, live.workspace)
            viewer = viewer_of(request, town)
            if viewer is None:
                return sorry(_NOBODY, 503)
            channel = channel or f"@{viewer.id}"
            if not town.may_see(viewer.id, channel):
                return sorry(f"There is no channel #{channel}.", 404)
            change = await last_change(session, live.workspace)
            page = await messages.page(session, live.workspace, channel=channel)
            unread = await messages.unread(session, live.workspace, viewer.id)
            thread, _ = await self._thread(
                session, viewer, town, request.query_params.get("thread", "")
            )
        is_direct = channel.startswith("@")
        members = () if is_direct else town.channels[channel].members or ()
        return answer(
            "page.html",
            title="Outloud" if is_direct else f"#{channel}",
            about=_about(town, channel),
            channel=channel,
            here=address(channel),
            is_direct=is_direct,
            is_member=viewer.id in members,
            viewer=viewer,
            people=town.people.values(),
            places=[
                *(Place(one, address(one), False, unread.get(one, 0)) for one in town.channels),
                Place(f"@{viewer.id}", "/", True, unread.get(f"@{viewer.id}", 0)),
            ],
            channel_count=len(town.channels),
            change=change,
            page=page,
            messages=self._views(page.messages, viewer, town),
            thread=thread,
            shortcuts=live.desk.shortcuts if live.desk else (),
            offered=[(name, EMOJI[name]) for name in OFFERED],
            emoji=EMOJI.items(),
        )

    async def _thread(
        self, session: AsyncSession, viewer: LocalPerson, town: Town, asked: str
    ) -> tuple[Thread | None, str]:
        root = number_of(asked)
        found = await messages.replies(session, self.live.workspace, root) if root else ()
        if not found or found[0].id != root or not town.may_see(viewer.id, found[0].channel):
            return None, ""
        return Thread(root, self._views(found, viewer, town)), found[0].channel

    def _views(
        self, shown: tuple[Message, ...] | list[Message], viewer: LocalPerson, town: Town
    ) -> tuple[MessageView, ...]:
        now = self.live.now()
        return tuple(message_view(one, viewer, town, now=now) for one in shown)


def _about(town: Town, channel: str) -> str:
    if channel not in town.channels:
        return ""
    it = town.channels[channel]
    names = [town.named(person) for person in it.members or ()]
    people = ", ".join(names) if len(names) <= 6 else f"{len(names)} people"
    return " · ".join(part for part in (it.purpose, people) if part)
