"""A whole local chat for a test: a real database, the real application, a desk that records, and visitors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from uuid import uuid4

import httpx
from starlette.types import ASGIApp

from adapters.web import LocalChat, site
from bot.chat import AccountId, Desk, Place
from bot.store.session import Store
from tests.web.desk import RecordingDesk
from tests.web.town import CHANNELS, PEOPLE

HOST = "127.0.0.1:8040"
HARBOUR = Place("local", "local", "team-harbour")
ANA = AccountId("local", "local", "ana")
BEN = AccountId("local", "local", "ben")
_EMPTY = frozenset({"meta", "link", "img", "input", "br", "hr", "source"})


@dataclass
class Node:
    """One element of a page."""

    tag: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    def all(self, tag: str = "", **wanted: str) -> Iterator[Node]:
        """Every element inside with this tag and these attributes; `class_` and `data_x` as Python writes them."""
        for child in self.children:
            if isinstance(child, Node):
                if (not tag or child.tag == tag) and child._has(wanted):
                    yield child
                yield from child.all(tag, **wanted)

    def one(self, tag: str = "", **wanted: str) -> Node:
        (found,) = self.all(tag, **wanted)
        return found

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children).strip()

    def _has(self, wanted: dict[str, str]) -> bool:
        for name, value in wanted.items():
            attribute = name.rstrip("_").replace("_", "-")
            given = self.attributes.get(attribute, "")
            if value not in (given.split() if attribute == "class" else [given]):
                return False
        return True


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in _EMPTY:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _EMPTY:
            assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read_html(page: str) -> Node:
    """The elements of a page, which must be nested properly."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader._open == [reader.root]
    return reader.root


class Visitor:
    """Somebody with the chat open, as the page's own script talks to the server."""

    def __init__(self, app: ASGIApp, person: str) -> None:
        self.person = person
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url=f"http://{HOST}",
            cookies={"outloud_as": person},
            headers={"HX-Request": "true", "Origin": f"http://{HOST}"},
        )

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        given = {"as": self.person, "key": str(uuid4()), **fields}
        return await self.client.post(path, data=given)

    async def page(self, channel: str = "") -> Node:
        direct = not channel or channel.startswith("@")
        answer = await self.get("/" if direct else f"/c/{channel}")
        assert answer.status_code == 200, answer.text
        return read_html(answer.text)

    async def messages(self, channel: str = "", thread: str = "") -> list[Node]:
        """The messages of a place, or of a thread with the message it hangs under."""
        if thread:
            page = read_html((await self.get(f"/thread/{thread}")).text)
            return list(page.one("ol", id="replies").all("li", class_="message"))
        page = await self.page(channel)
        return list(page.one("ol", id="messages").all("li", class_="message"))

    async def say(self, words: str, channel: str = "team-harbour", thread: str = "0") -> str:
        """Post a message and return its id."""
        answer = await self.post("/say", text=words, channel=channel, thread=thread)
        assert answer.status_code == 200, answer.text
        return read_html(answer.text).one("li").attributes["data-id"]


@dataclass
class Local:
    """The running chat and its desk."""

    store: Store
    chat: LocalChat
    desk: RecordingDesk
    app: ASGIApp
    listener: asyncio.Task[None] | None = None
    visitors: list[Visitor] = field(default_factory=list)

    def visitor(self, person: str) -> Visitor:
        visitor = Visitor(self.app, person)
        self.visitors.append(visitor)
        return visitor

    async def start(self, desk: Desk | None = None) -> None:
        """Listen, and wait until the chat takes acts."""
        self.listener = asyncio.create_task(self.chat.listen(desk or self.desk))
        await asyncio.sleep(0)

    async def stop(self) -> None:
        if self.listener is not None:
            self.listener.cancel()
            await asyncio.gather(self.listener, return_exceptions=True)
            self.listener = None


@asynccontextmanager
async def local_chat(url: str) -> AsyncIterator[Local]:
    """A chat with everybody in it that nobody listens to yet."""
    store = Store(url)
    chat = LocalChat(store.sessions, reading=store.views, now=store.now)
    async with store.sessions.begin() as session:
        await chat.provide(session, people=PEOPLE, channels=CHANNELS)
    app = site(chat.routes, ready=chat.trouble, metrics=lambda: b"outloud_up 1\n")
    local = Local(store, chat, RecordingDesk(), app)
    try:
        yield local
    finally:
        await local.stop()
        for visitor in local.visitors:
            await visitor.client.aclose()
        await store.close()
