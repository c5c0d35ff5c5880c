"""The local chat of a real process, in a window of its own for each person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page

Open = Callable[[str], Awaitable[Page]]


def messages(page: Page) -> Locator:
    return page.get_by_role("list", name="Messages").get_by_role("listitem")


async def go(page: Page, name: str) -> None:
    channels = page.get_by_role("list", name="Channels")
    async with page.expect_navigation():
        await channels.get_by_role("link", name=name, exact=True).click()


async def say(page: Page, words: str) -> None:
    await page.get_by_role("textbox", name="Message", exact=True).fill(words)
    await page.get_by_role("button", name="Send", exact=True).click()
