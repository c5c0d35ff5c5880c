"""One real Chromium for all browser tests, and a served chat of its own for each of them."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Locator, Page, Request, async_playwright, expect

from bot.chat import Event, Joined
from tests.browser.windows import Open
from tests.databases import require
from tests.outloud import Outloud, free_port
from tests.web.desk import WELCOME
from tests.web.local import Local, local_chat

# Two busy cores may take a while; what is wrong stays wrong for longer than this.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
UNREACHABLE = re.compile(r"net::ERR_|status of 50[03]|^htmx:|^Response Status Error")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            # The browser lives on one loop, and so do the tests that drive it.
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.browser)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        require("browser", "there is no command chromium here")
    playwright = await async_playwright().start()
    browser = await playwright.chromium.launch(
        executable_path=path, args=FLAGS, timeout=3 * PATIENCE
    )
    yield browser
    # All tests are over by now: one that does not close goes with this process, and holds nobody up.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE / 1000):
            await browser.close()
            await playwright.stop()


@dataclass
class Screen:
    """One person's browser window, by the names that people and screen readers find things by."""

    page: Page
    trouble: list[str] = field(default_factory=list)
    may_be_unreachable: bool = False

    @property
    def message(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message", exact=True)

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("list", name="Messages").get_by_role("listitem")

    def item(self, words: str) -> Locator:
        return self.messages.filter(has_text=words)

    async def go(self, channel: str) -> None:
        channels = self.page.get_by_role("list", name="Channels")
        async with self.page.expect_navigation():
            await channels.get_by_role("link", name=channel, exact=True).click()

    async def say(self, words: str) -> None:
        await self.message.fill(words)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def choose(self, item: Locator, entry: str) -> None:
        """Choose an entry of the menu of a message."""
        await item.get_by_role("button", name="More", exact=True).click()
        await item.get_by_role("menuitem", name=entry, exact=True).click()

    def on_console(self, message: Any) -> None:
        if message.type not in ("error", "warning"):
            return
        if not (self.may_be_unreachable and UNREACHABLE.search(message.text)):
            self.trouble.append(message.text)


class Served:
    """A chat on a real port of this machine, and the windows that are open on it."""

    def __init__(self, local: Local, browser: Browser, stack: AsyncExitStack) -> None:
        self.local = local
        self.browser = browser
        self.screens: list[Screen] = []
        self._stack = stack
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        # Its own from the first to the last time that it is served.
        self.port = free_port()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def up(self) -> None:
        """Serve, on the port of the last time."""
        config = uvicorn.Config(
            self.local.app, port=self.port, log_level="error", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        sockets = [config.bind_socket()]
        # Whoever comes before uvicorn has begun waits, instead of being turned away.
        sockets[0].listen()
        await self.local.start()
        self._serving = asyncio.create_task(self._server._serve(sockets))

    async def down(self) -> None:
        """Be gone, as after a crash or a cut cable."""
        if self._server is None or self._serving is None:
            return
        await self.local.stop()
        self._server.should_exit = True
        await self._serving
        self._server = None

    async def screen(self, person: str = "Ana", **options: Any) -> Screen:
        """A window of its own in which somebody acts."""
        given: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, **options}
        context = await self.browser.new_context(**given)
        self._stack.push_async_callback(context.close)
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        screen = Screen(page)
        self.screens.append(screen)
        page.on("console", screen.on_console)
        page.on("pageerror", lambda error: screen.trouble.append(str(error)))

        def note(request: Request) -> None:
            if not request.url.startswith(self.address):
                screen.trouble.append(f"asked for {request.url}")

        page.on("request", note)
        await page.goto(self.address)
        if person != "Ana":
            async with page.expect_navigation():
                await page.get_by_label("Acting as").select_option(label=person)
        return screen


@pytest_asyncio.fixture(loop_scope="session")
async def served(chromium: Browser, sqlite_url: str) -> AsyncIterator[Served]:
    async with local_chat(sqlite_url) as local, AsyncExitStack() as stack:

        async def welcome(event: Event) -> None:
            if isinstance(event, Joined) and event.channel is None:
                await local.chat.send(event.by.direct, WELCOME, key=f"welcome:{event.by}")

        local.desk.on_event = welcome
        served = Served(local, chromium, stack)
        await served.up()
        yield served
        await stack.aclose()
        await served.down()
        for screen in served.screens:
            assert screen.trouble == []


@pytest_asyncio.fixture(loop_scope="session")
async def outloud(tmp_path: Path) -> AsyncIterator[Outloud]:
    outloud = Outloud(tmp_path)
    await outloud.start()
    yield outloud
    assert await outloud.stop() == 0


@pytest_asyncio.fixture(loop_scope="session")
async def window(chromium: Browser, outloud: Outloud) -> AsyncIterator[Open]:
    """Opens a browser of its own for each person."""
    async with AsyncExitStack() as stack:

        async def window(person: str) -> Page:
            context = await chromium.new_context()
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE)
            page = await context.new_page()
            await page.goto(outloud.address)
            if person != "Ana":
                async with page.expect_navigation():
                    await page.get_by_label("Acting as").select_option(label=person)
            return page

        yield window
