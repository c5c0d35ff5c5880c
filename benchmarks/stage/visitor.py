"""Somebody with the local chat open, who talks to the server as the page's own script does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from uuid import uuid4

import httpx


@dataclass
class Page:
    """What can be pressed and filled in on a page, or on a piece of one."""

    presses: dict[str, dict[str, str]] = field(default_factory=dict)
    """What pressing each button sends, by its label; of two alike, the last."""
    sends: dict[str, str] = field(default_factory=dict)
    """What the form sends when nothing is changed in it."""

    @property
    def answers(self) -> list[str]:
        """The fields of the form in which somebody writes."""
        return [name for name in self.sends if name.startswith("field.answer.")]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._around: dict[str, str] = {}
        self._pressing: dict[str, str] | None = None
        self._field = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        self._text = ""
        if "hx-vals" in given and tag == "li":
            self._around = json.loads(given["hx-vals"])
        elif "hx-vals" in given and tag == "button":
            self._pressing = json.loads(given["hx-vals"])
        elif tag in ("textarea", "select"):
            self._field = name
        elif tag == "input" and name and given.get("type") != "checkbox":
            self.page.sends[name] = value
        elif tag == "option" and self._field:
            if "selected" in given:
                self.page.sends[self._field] = value
            self.page.sends.setdefault(self._field, value)

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._pressing is not None:
            self.page.presses[self._text.strip()] = self._around | self._pressing
            self._pressing = None
        elif tag == "textarea":
            self.page.sends[self._field] = self._text.removeprefix("\n")
        if tag in ("textarea", "select"):
            self._field = ""


def read_page(html: str) -> Page:
    """Read what a page offers."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


class Visitor:
    """One person's browser window, open on their direct message."""

    def __init__(self, address: str, person: str) -> None:
        self.person = person
        self.client = httpx.AsyncClient(
            base_url=address,
            cookies={"outloud_as": person},
            headers={"HX-Request": "true", "Origin": address},
            timeout=30,
        )

    async def look(self) -> Page:
        """The page as it is now."""
        answer = await self.client.get("/")
        return read_page(answer.raise_for_status().text)

    async def act(self, path: str, expect: str, **fields: str) -> tuple[float, Page]:
        """The milliseconds until an act was answered, with an answer of the kind expected, and the answer."""
        given = {"channel": f"@{self.person}", "thread": "0", **fields}
        given |= {"as": self.person, "key": str(uuid4())}
        begun = time.perf_counter()
        answer = await self.client.post(path, data=given)
        milliseconds = (time.perf_counter() - begun) * 1000
        kind = answer.raise_for_status().headers.get("Outloud-Reply", "")
        if kind != expect:
            raise RuntimeError(f"{path} was answered with {kind!r}, not {expect!r}: {answer.text}")
        return milliseconds, read_page(answer.text)

    async def nothing(self) -> float:
        """The milliseconds of a request about which the server need not think."""
        begun = time.perf_counter()
        (await self.client.get("/healthz")).raise_for_status()
        return (time.perf_counter() - begun) * 1000

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Receive the news of the page for as long as the block, as an open window does."""
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    async def _watch(self) -> None:
        asked = {"as": self.person, "channel": f"@{self.person}", "after": "0"}
        async with self.client.stream("GET", "/changes", params=asked, timeout=None) as news:
            async for _ in news.aiter_bytes():
                pass
