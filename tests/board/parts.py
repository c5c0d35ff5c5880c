"""The board of a town, and people who read it in a browser."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette

from adapters.web import board_routes, site
from bot.board.desk import Board
from bot.channels import desk as channels
from bot.chat import AccountId, Ask, Card, Place
from bot.checkins import desk as checkins
from tests.digests.parts import PLAN
from tests.house import House
from tests.lessons.parts import Town, card_of
from tests.web.local import HOST, Node, read_html

KEYS = tuple(base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in range(3))


def site_of(
    house: House,
    keys: Sequence[str] = KEYS[:1],
    *,
    secure: bool = False,
    look_seconds: float = 0.01,
) -> Starlette:
    """The board of a house, as the one HTTP application serves it."""

    async def ready() -> tuple[str, ...]:
        return ()

    routes = board_routes(
        Board(house.store, {"fake": house.chat}),
        keys=lambda: keys,
        secure=secure,
        now=house.store.now,
        look_seconds=look_seconds,
    )
    return site(routes, ready=ready, metrics=lambda: b"")


async def link_of(house: House, who: AccountId, place: Place) -> str:
    """The path of a new link that the bot gives somebody."""
    card = card_of(await house.chat.command(who, place, "/outloud board"))
    return path_in(card)


def path_in(card: Card) -> str:
    (address,) = [span.href for block in card.text.blocks for span in block.spans if span.href]
    return urlsplit(address).path


@dataclass
class Reader:
    """Somebody with a browser of their own."""

    client: httpx.AsyncClient

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def page(self, path: str = "/board") -> Node:
        """A page that is shown, with every picture on it drawn."""
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return read_html(answer.text)

    async def text(self, path: str = "/board") -> str:
        """What one reads on a page, whatever became of it."""
        return text_of(read_html((await self.get(path)).text).one("main"))

    async def enter(self, path: str) -> httpx.Response:
        """Press the one button of a link."""
        return await self.client.post(path, headers={"Origin": f"http://{HOST}"})


def text_of(node: Node) -> str:
    return re.sub(r"\s+", " ", node.text)


@dataclass
class Browsers:
    """The browsers that look at one board."""

    house: House
    app: Starlette
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def browser(self) -> Reader:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=f"http://{HOST}"
        )
        return Reader(await self.stack.enter_async_context(client))

    async def reader(self, who: AccountId, place: Place) -> Reader:
        """Somebody who came in by a link of their own."""
        reader = await self.browser()
        answer = await reader.enter(await link_of(self.house, who, place))
        assert (answer.status_code, answer.headers["location"]) == (303, "/board")
        return reader


@asynccontextmanager
async def browsers_of(house: House, keys: Sequence[str] = KEYS[:1]) -> AsyncIterator[Browsers]:
    browsers = Browsers(house, site_of(house, keys))
    async with browsers.stack:
        yield browsers


async def rhythms(town: Town) -> None:
    """Both teams of a town are asked every day."""
    async with town.work() as work:
        for place in (town.harbour, town.orchard):
            channel = await channels.get(work, place.workspace_id, place.channel)
            await checkins.set_rhythm(work, channel, PLAN)


async def narrate(town: Town, who: AccountId, team: Place, plan: str, **more: str) -> None:
    """Somebody fills in the form of today."""
    asked = await town.chat.command(who, team, "/checkin")
    assert isinstance(asked, Ask), asked
    values = {one.key: one.value for one in asked.form.fields}
    values |= {"answer.plan": plan} | {f"answer.{key}": words for key, words in more.items()}
    await town.chat.submit(who, asked.form, values, place=team)
    await town.settle()
