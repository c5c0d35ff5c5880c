"""Atom feeds as feed readers get them: well-formed whatever people wrote, and sent again only when they changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from xml.etree import ElementTree

import feedparser
import httpx
import pytest

from adapters.web import feed_routes, site
from bot.app import House
from bot.chat import Text
from bot.chat.feeds import Feed, FeedEntry, FeedGap
from bot.settings import Settings
from tests.lessons.parts import Town, town_on
from tests.lessons.test_feeds import in_feed

NOON = datetime.fromisoformat("2026-11-16T12:00:00.250000+00:00")
ENTRY = FeedEntry(
    id="urn:uuid:7f9b1a55-6d3c-5c0e-9a43-1d7c7a2f8b61",
    title="When the tide turns, check the lines again",
    text=Text.parse("When the **tide** turns, see [the table](https://example.org/tide?a=1&b=2)"),
    authors=("Ana, #harbour (Slack)",),
    published_at=NOON - timedelta(days=1),
    changed_at=NOON,
    topics=("boats & ropes",),
)
FEED = Feed(
    id="urn:uuid:0f9b1a55-6d3c-5c0e-9a43-1d7c7a2f8b61",
    workspace="T01TEST",
    channel="C03NET",
    title="Lessons in #commons",
    about="What teams learned.",
    changed_at=NOON,
    entries=(ENTRY,),
    gaps=(FeedGap("urn:uuid:1f9b1a55-6d3c-5c0e-9a43-1d7c7a2f8b61", NOON),),
)
ADDRESS = "/feeds/T01TEST/C03NET.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = (
    "<script>alert(1)</script> ]]> &amp; &bogus; <!DOCTYPE x> \x00\x08\x0b\x1f\ufffe\uffff\ud800 "
    "\u202e \U0001f30a <!channel> @everyone"
)


async def nothing() -> tuple[str, ...]:
    return ()


@asynccontextmanager
async def reader(feed: Feed = FEED) -> AsyncIterator[httpx.AsyncClient]:
    """A feed reader that can reach one feed."""

    async def find(workspace: str, channel: str) -> Feed | None:
        return feed if (workspace, channel) == (feed.workspace, feed.channel) else None

    routes = feed_routes(find, public_url="https://outloud.test")
    app = site(routes, ready=nothing, metrics=lambda: b"")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://localhost"
    ) as client:
        yield client


async def test_a_feed_reader_finds_the_entry_its_author_and_its_words() -> None:
    async with reader() as client:
        answer = await client.get(ADDRESS)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.content)
    assert not found.bozo
    assert found.version == "atom10"
    assert found.feed.title == "Lessons in #commons"
    assert found.feed.id == FEED.id
    assert found.feed.links[0].rel == "self"
    assert found.feed.links[0].href == f"https://outloud.test{ADDRESS}"
    (entry,) = found.entries
    assert (entry.id, entry.title) == (ENTRY.id, ENTRY.title)
    assert entry.author == "Ana, #harbour (Slack)"
    assert entry.published == "2026-11-15T12:00:00.250000Z"
    assert [tag.term for tag in entry.tags] == ["boats & ropes"]
    assert "<strong>tide</strong>" in entry.content[0].value
    assert 'href="https://example.org/tide?a=1&amp;b=2"' in entry.content[0].value


async def test_what_is_gone_is_a_tombstone_and_no_entry() -> None:
    async with reader() as client:
        tree = ElementTree.fromstring((await client.get(ADDRESS)).content)
    (gone,) = tree.findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert gone.attrib == {"ref": FEED.gaps[0].id, "when": "2026-11-16T12:00:00.250000Z"}
    assert [one.findtext(f"{ATOM}id") for one in tree.iter(f"{ATOM}entry")] == [ENTRY.id]


async def test_every_entry_and_the_feed_have_all_that_atom_demands() -> None:
    async with reader() as client:
        tree = ElementTree.fromstring((await client.get(ADDRESS)).content)
    for part in (tree, *tree.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(part.findall(f"{ATOM}{name}")) == 1
    assert all(
        one.find(f"{ATOM}author/{ATOM}name") is not None for one in tree.iter(f"{ATOM}entry")
    )


async def test_hostile_words_stay_words_and_the_feed_well_formed() -> None:
    entry = FeedEntry(
        "urn:x", HOSTILE, Text.of(HOSTILE), (HOSTILE,), NOON, NOON, topics=(HOSTILE, '"')
    )
    feed = Feed("urn:y", "T1", "C1", HOSTILE, HOSTILE, NOON, (entry,))
    async with reader(feed) as client:
        content = (await client.get("/feeds/T1/C1.atom")).content
    tree = ElementTree.fromstring(content)
    assert {one.tag.removeprefix(ATOM) for one in tree.iter()} <= {
        "feed", "id", "title", "subtitle", "updated", "link", "generator", "entry", "author", "name",
        "published", "category", "content",
    }  # fmt: skip
    shown = tree.findtext(f"{ATOM}entry/{ATOM}content") or ""
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script" not in shown
    title = tree.findtext(f"{ATOM}title") or ""
    assert title.startswith("<script>alert(1)</script> ]]> &amp; &bogus;")
    assert "\U0001f30a" in title


async def test_a_feed_that_did_not_change_is_not_sent_again() -> None:
    async with reader() as client:
        first = await client.get(ADDRESS)
        tag, moment = first.headers["etag"], first.headers["last-modified"]
        assert moment == "Mon, 16 Nov 2026 12:00:00 GMT"
        for asked in (
            {"If-None-Match": tag},
            {"If-None-Match": f'"other", W/{tag}'},
            {"If-None-Match": "*"},
            {"If-Modified-Since": moment},
            {"If-Modified-Since": "Tue, 17 Nov 2026 00:00:00 GMT"},
        ):
            answer = await client.get(ADDRESS, headers=asked)
            assert (answer.status_code, answer.content) == (304, b""), asked
            assert answer.headers["etag"] == tag
        for asked in (
            {"If-None-Match": '"other"'},
            {"If-None-Match": '"other"', "If-Modified-Since": moment},
            {"If-Modified-Since": "Mon, 16 Nov 2026 11:59:59 GMT"},
            {"If-Modified-Since": "last week"},
        ):
            answer = await client.get(ADDRESS, headers=asked)
            assert (answer.status_code, answer.content) == (200, first.content), asked


async def test_the_same_feed_has_the_same_tag_and_another_has_another() -> None:
    tags = set()
    for feed in (FEED, FEED, Feed(FEED.id, "T01TEST", "C03NET", "Renamed", "", NOON)):
        async with reader(feed) as client:
            tags.add((await client.get(ADDRESS)).headers["etag"])
    assert len(tags) == 2


@pytest.mark.parametrize(
    "address",
    ["/feeds/T01TEST/nowhere.atom", "/feeds/T02/C03NET.atom", "/feeds/T01TEST/%00.atom"],
)
async def test_an_unknown_feed_is_not_there(address: str) -> None:
    async with reader() as client:
        answer = await client.get(address)
    assert (answer.status_code, answer.text) == (404, "There is no such feed.\n")


async def test_outloud_itself_serves_what_stands_in_its_networks(database_url: str) -> None:
    """And says of a community what it says of a channel that does not exist."""
    async for town in town_on(database_url):
        await in_feed(town)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(whole(town).site()), base_url="http://localhost"
        ) as client:
            found = feedparser.parse((await client.get("/feeds/W1/commons.atom")).content)
            assert not found.bozo
            assert "look again at what was fast before" in found.entries[0].content[0].value
            missing = await client.get("/feeds/W1/nowhere.atom")
            community = await client.get("/feeds/W1/cop.atom")
            assert community.status_code == missing.status_code == 404
            assert community.content == missing.content
            assert community.headers == missing.headers


def whole(town: Town) -> House:
    chats = {"fake": town.chat, "far": town.far}
    return House(Settings(), town.store, chats, town.desk)
