"""The local chat of a real process, in a window of its own for each person."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page

Open = Callable[[str], Awaitable[Page]]


async def until(fact: Callable[[], Awaitable[object]]) -> None:
    """Wait for something that no locator can be asked for."""
    async with asyncio.timeout(60):
        while not await fact():
            await asyncio.sleep(0.02)


def messages(page: Page) -> Locator:
    return page.get_by_role("list", name="Messages").get_by_role("listitem")


async def go(page: Page, name: str) -> None:
    channels = page.get_by_role("list", name="Channels")
    async with page.expect_navigation():
        await channels.get_by_role("link", name=name, exact=True).click()


async def say(page: Page, words: str) -> None:
    """Post a message, or type a command; comes back once it is answered."""
    await page.get_by_role("textbox", name="Message", exact=True).fill(words)
    async with page.expect_response("**/say"):
        await page.get_by_role("button", name="Send", exact=True).click()


async def press(page: Page, button: Locator) -> None:
    """Press something of a message; comes back once it is answered, for a page that is left takes nothing along."""
    async with page.expect_response("**/press"):
        await button.click()
