"""The board as a browser asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.board import rules, words
from bot.board.desk import rooms, tickets
from bot.board.desk.tickets import Ticket
from bot.board.desk.visits import Visit
from bot.chat import Chat
from bot.chat.pages import Guest, Link, Page, Part
from bot.engine import links
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Store, Work


class Board:
    """Shows each guest what they may read, looked at afresh for every page."""

    def __init__(self, store: Store, chats: Mapping[str, Chat]) -> None:
        self._store = store
        self._chats = chats

    async def door(self, ticket: str) -> Page:
        """What a link shows before it is used; looking at it uses nothing up."""
        async with self._store.look() as work:
            found = await tickets.find(work, ticket)
            if not isinstance(found, Ticket):
                return words.turned_away(found)
            return words.door(found.person.name)

    async def enter(self, ticket: str) -> Guest | Page:
        """Use a link up, and say who came in by it; or the page that says why nobody did."""

        async def use(work: Work) -> Guest | Page:
            found = await tickets.find(work, ticket, lock=True)
            if not isinstance(found, Ticket):
                return words.turned_away(found)
            found.row.used_at = work.now
            await work.session.flush()
            account = await people.account_of(work, found.person)
            return Guest(account, work.now, work.now + rules.VISIT)

        return await self._store.do(use)

    async def page(self, guest: Guest | None, path: str, query: Mapping[str, str]) -> Page:
        """A page as this guest may read it now."""
        if guest is None:
            return words.shut()
        async with self._store.look() as work:
            person = await self._known(work, guest)
            if person is None:
                return words.closed()
            visit = Visit(person, path, rules.read_asked(query))
            shown = await _shown(work, visit)
            workspace = await people.workspace(work, person.workspace_id)
        tabs = words.tabs(path, visit.asked)
        parts = tuple(self._linked(one) for one in shown.parts)
        page = replace(shown, tabs=tabs, parts=parts)
        return words.framed(page, person.name, workspace.workspace_id, workspace.name)

    async def _known(self, work: Work, guest: Guest) -> Person | None:
        """Who came in, if they are still here, and were not forgotten since."""
        person = await people.find(work, guest.account)
        if person is None or not person.present or person.met_at > guest.entered_at:
            return None
        return person if work.now < guest.until else None

    def _linked(self, part: Part) -> Part:
        """A part whose things lead to the messages they tell of, where those can be read in a browser."""
        return replace(
            part, tiles=tuple(replace(one, link=self._way(one.link)) for one in part.tiles)
        )

    def _way(self, link: Link | None) -> Link | None:
        ref = links.read(link.to) if link is not None else None
        if link is None or ref is None:
            return link
        chat = self._chats.get(ref.place.platform)
        address = chat.link(ref) if chat is not None else ""
        return replace(link, to=address) if address else None


async def _shown(work: Work, visit: Visit) -> Page:
    first, slash, _ = visit.path.partition("/")
    room = rooms.ROOMS.get(first)
    if room is None or (slash and first in rooms.ALONE):
        return words.missing()
    try:
        return await room(work, visit)
    except Refusal as no:
        return words.missing(str(no))
