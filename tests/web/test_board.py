"""The board in a browser, whatever the core has to show: safe, kept by nobody, and the same without a script."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from adapters.web import board_routes, site
from bot.chat import AccountId, Block, Card, Fact, Field, Option, Span, Text
from bot.chat.pages import (
    Choice,
    Drawing,
    Filter,
    Frame,
    Guest,
    Link,
    Outcome,
    Page,
    Part,
    Shade,
    Tile,
)
from tests.web.local import HOST, Node, read_html

NASTY = "\"'><script>alert(1)</script>&{{ 7*7 }}\u202e"
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
ANA, BEN = AccountId("fake", "W1", "ana"), AccountId("fake", "W1", "ben")
FRAME = Frame("The board", f"Ana {NASTY}", "Skip", "Pages", "Leave", "Something is new.", "Show it")
KEY = base64.urlsafe_b64encode(bytes(32)).decode()


@dataclass
class Core:
    """Pages as a test wants them."""

    shown: Page
    drawn: list[tuple[Shade, bool]] = field(default_factory=list)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    async def door(self, ticket: str) -> Page:
        return Page(f"Door {ticket}", button="Come in")

    async def enter(self, ticket: str) -> Guest | Page:
        if ticket in ("ana", "ben"):
            return Guest(AccountId("fake", "W1", ticket), NOW, NOW + timedelta(hours=12))
        return Page("No", outcome="over")

    async def page(self, guest: Guest | None, path: str, query: Mapping[str, str]) -> Page:
        self.asked.append((path, query))
        return self.shown if guest else Page("Nobody", outcome="closed")

    def draw(self, shade: Shade, narrow: bool) -> bytes:
        self.drawn.append((shade, narrow))
        return f"<svg xmlns='http://www.w3.org/2000/svg'><!-- {shade} {narrow} --></svg>".encode()


def whole(core: Core) -> Page:
    """A page with everything that a page can have, each word of it nasty."""
    text = Text((Block((Span(NASTY), Span(NASTY, href=f"https://example.org/?{NASTY}"))),))
    card = Card(title=NASTY, text=text, facts=(Fact(NASTY, text),), footnote=NASTY)
    drawing = Drawing("abc123", NASTY, core.draw)
    options = (Option(NASTY, NASTY), Option("Other", ""))
    return Page(
        title=NASTY,
        lead=text,
        frame=FRAME,
        tabs=(Link(NASTY, "", current=True), Link("Lessons", f"lessons?words={NASTY}")),
        choices=(Choice(NASTY, (Link(NASTY, "?channel=x&period=y"),)),),
        filter=Filter(
            (
                Field("words", NASTY, value=NASTY, hint=NASTY),
                Field("where", "Where", "choice", value=NASTY, options=options),
                Field("from", "From", "date", value="2026-11-20"),
            ),
            NASTY,
            kept=(("channel", NASTY),),
            wrong=NASTY,
        ),
        parts=(
            Part(NASTY, (Tile(card, Link(NASTY, f"lessons/{NASTY}")),), shape="grid"),
            Part(NASTY, (Tile(card),), drawing=drawing, more=Link(NASTY, "?whole=x"), note=NASTY),
            Part(NASTY, drawing=replace(drawing, key="def456"), shape="beside"),
            Part(NASTY, (Tile(card),), shape="read"),
        ),
        ways=(Link(NASTY, "lessons"),),
    )


@pytest.fixture
def core() -> Core:
    core = Core(Page("Empty", frame=FRAME))
    core.shown = whole(core)
    return core


@pytest.fixture
async def app(core: Core) -> Starlette:
    async def ready() -> tuple[str, ...]:
        return ()

    routes = board_routes(
        core, keys=lambda: (KEY,), secure=False, now=lambda: NOW, look_seconds=0.01
    )
    return site(routes, ready=ready, metrics=lambda: b"")


def browser(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{HOST}")


@pytest.fixture
async def ana(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as ana:
        assert (await ana.post("/board/enter/ana")).status_code == 303
        yield ana


async def test_every_word_on_a_page_is_escaped_and_nothing_is_inline(
    ana: httpx.AsyncClient,
) -> None:
    answer = await ana.get("/board")
    assert answer.text.count("<script") == 1
    page = read_html(answer.text)
    for node in page.all():
        assert not any(name.startswith("on") or name == "style" for name in node.attributes)
        assert node.tag != "style"
        for name in ("src", "href", "action", "srcset"):
            given = node.attributes.get(name, "/")
            assert given.startswith(("/", "#", "https://example.org/")), given
    assert page.one("h1").text == NASTY
    assert page.one("figure", class_="small").one("img").attributes["alt"] == NASTY
    assert page.one("input", name="words").attributes["value"] == NASTY


async def test_every_answer_carries_the_strict_policy_and_is_kept_by_nobody(
    ana: httpx.AsyncClient,
) -> None:
    for path in ("", "/lessons", "/enter/x", "/enter/ana", "/nowhere"):
        headers = (await ana.get(f"/board{path}")).headers
        assert headers["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'"
        )
        assert headers["cache-control"] == "no-store"
        assert headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize(
    ("outcome", "status"), [("shown", 200), ("missing", 404), ("closed", 403), ("over", 410)]
)
async def test_what_became_of_a_page_is_its_status(
    core: Core, ana: httpx.AsyncClient, outcome: Outcome, status: int
) -> None:
    core.shown = Page("A page", frame=FRAME, outcome=outcome)
    answer = await ana.get("/board/x")
    assert answer.status_code == status
    # Whoever is known no more loses the cookie, too.
    assert ('outloud_board=""' in answer.headers.get("set-cookie", "")) == (outcome == "closed")


async def test_a_link_is_used_by_its_button_alone(app: Starlette) -> None:
    async with browser(app) as stranger:
        door = await stranger.get("/board/enter/ana")
        form = read_html(door.text).one("form")
        assert form.attributes == {"method": "post", "action": "/board/enter/ana"}
        assert form.one("button").text == "Come in"
        assert (await stranger.head("/board/enter/ana")).status_code == 200
        assert (await stranger.post("/board/enter/old")).status_code == 410
        foreign = {"Origin": "http://evil.test"}
        assert (await stranger.post("/board/enter/ana", headers=foreign)).status_code == 403
        assert "outloud_board" not in stranger.cookies


async def test_pictures_are_drawn_once_somebody_looks_and_only_for_whom_they_were_shown(
    core: Core, app: Starlette, ana: httpx.AsyncClient
) -> None:
    page = read_html((await ana.get("/board/patterns?channel=x")).text)
    assert core.drawn == []
    wide = next(one for one in page.all("picture"))
    medias = [one.attributes["media"] for one in wide.all("source")]
    assert all(one.startswith("screen and ") for one in medias), "paper is light"
    shown = {
        one.attributes.get("srcset") or one.attributes["src"]
        for tag in ("source", "img")
        for one in wide.all(tag)
    }
    for path in sorted(shown):
        drawn = await ana.get(path)
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert "immutable" in drawn.headers["cache-control"]
        policy = drawn.headers["content-security-policy"]
        assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert sorted(core.drawn) == [
        ("dark", False), ("dark", True), ("light", False), ("light", True),
    ]  # fmt: skip
    core.shown = Page("Another", frame=FRAME)
    async with browser(app) as ben, browser(app) as nobody:
        await ben.post("/board/enter/ben")
        assert (await ben.get(path)).status_code == 404
        assert (await nobody.get(path)).status_code == 403
    for odd in ("abc123-blue-wide", "abc123-dark-huge", "abc123", "--", "x-light-wide"):
        assert (await ana.get(f"/board/pictures/{odd}.svg")).status_code in (403, 404)


async def test_another_process_draws_a_picture_that_it_never_showed(core: Core) -> None:
    """The address of a picture says on which page it stands."""
    first, second = [
        site(
            board_routes(core, keys=lambda: (KEY,), secure=False, now=lambda: NOW),
            ready=lambda: asyncio.sleep(0, ()),
            metrics=lambda: b"",
        )
        for _ in range(2)
    ]
    async with browser(first) as here, browser(second) as there:
        await here.post("/board/enter/ana")
        page = read_html((await here.get("/board/patterns?channel=a%26b")).text)
        there.cookies = here.cookies
        src = page.one("figure", class_="small").one("img").attributes["src"]
        assert (await there.get(src)).status_code == 200
    assert core.asked[-1] == ("patterns", {"channel": "a&b"})


async def test_an_open_page_hears_once_that_something_is_new(
    core: Core, ana: httpx.AsyncClient
) -> None:
    main = read_html((await ana.get("/board/x?y=z")).text).one("main").attributes
    asked = {"at": main["data-at"], "seen": main["data-seen"]}
    assert asked["at"] == "x?y=z"
    hearing = asyncio.create_task(ana.get("/board/changes", params=asked))
    done, _ = await asyncio.wait({hearing}, timeout=0.2)
    assert not done, "nothing is new"
    core.shown = replace(core.shown, title="Other")
    async with asyncio.timeout(60):
        heard = await hearing
    assert heard.headers["content-type"].startswith("text/event-stream")
    assert heard.text.count("event: news") == 1
    assert core.asked[-1] == ("x", {"y": "z"})


async def test_the_files_of_the_board_are_few_and_kept_for_good(ana: httpx.AsyncClient) -> None:
    page = read_html((await ana.get("/board")).text)
    paths = [node.attributes["href"] for node in page.all("link")]
    paths += [node.attributes["src"] for node in page.all("script")]
    size = 0
    for path in paths:
        answer = await ana.get(path)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        size += len(answer.content)
    assert size < 16_000
    static = paths[0].rpartition("/")[0]
    for other in ("chat.css", "board.py", "nothing"):
        assert (await ana.get(f"{static}/{other}")).status_code == 404


async def test_odd_requests_are_answered_in_words(ana: httpx.AsyncClient) -> None:
    for path in (
        "/board?" + "x=%F0&" * 5_000, "/board/%F0%28%8C", "/board//", "/board/a/../b",
        "/board/changes?at=%00&seen=" + "x" * 5_000,
    ):  # fmt: skip
        assert (await ana.get(path)).status_code in (200, 404), path[:40]


def labels(page: Node) -> list[str]:
    return [one.one("span").text for one in page.all("label")]


async def test_filters_are_plain_forms_with_labels(ana: httpx.AsyncClient) -> None:
    page = read_html((await ana.get("/board")).text)
    form = page.one("form", class_="filter")
    assert form.attributes["method"] == "get"
    assert labels(form) == [NASTY, "Where", "From"]
    assert form.one("input", name="channel").attributes["type"] == "hidden"
    assert form.one("input", name="from").attributes["type"] == "date"
    assert page.one("p", role="alert").text == NASTY
