"""The way to the board from chat: a link for whoever asks."""

from __future__ import annotations

from dataclasses import dataclass

from bot.board import words
from bot.board.desk import tickets
from bot.chat import Press, Reply, Show
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Door:
    """Gives links to the board, which stands at this address."""

    public_url: str

    async def open(self, work: Work, person: Person) -> Reply:
        """A new link for somebody, shown to them alone."""
        ticket = await tickets.give(work, person)
        return Show(words.link_card(f"{self.public_url.rstrip('/')}/board/enter/{ticket}"))

    async def on_open(self, work: Work, act: Press) -> Reply:
        """*Open the board*."""
        return await self.open(work, await people.caller(work, act.by))
