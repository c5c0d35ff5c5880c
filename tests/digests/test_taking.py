"""A digest to take along: the same content as Markdown and as a page, in the direct message of whoever asked."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.app import features
from bot.chat import Ask, Text
from bot.digests.rules import Digest, Item, Note, Period, Section, file_name
from bot.digests.words import files
from bot.engine.reception import Reception
from bot.people import desk as people
from tests.digests.parts import Team

PERIOD = Period.parse("20261114-20261120")
LOADS = re.compile(r"(?:src|srcset|href|action)=\"(?!data:|cid:|https://fake\.test/)|url\(|@import")


@pytest.fixture
async def told(team: Team) -> Team:
    """A team in which something was learned, in an installation that knows where its chat is."""
    house = team.house
    served = features(chats=house.desk.chats, public_url="http://outloud.test")
    house.desk = Reception(house.store, served, house.desk.chats, people.meet)
    house.chat._desk = house.desk
    await team.narrate("ben", "Paint the gangway", "Paint <b>dries</b> slowly & in *fog*")
    return team


def digest(*words: str) -> Digest:
    items = tuple(Item(f"entry:{n}", one, by="Ana") for n, one in enumerate(words))
    return Digest("harbour", "team", PERIOD, (Section("learned", "What was learned", items),))


async def test_markdown_has_what_the_card_says_with_addresses_for_links(told: Team) -> None:
    card = await told.command("ana", "/digest")
    written = await told.take_along("ana", card, "Markdown")
    assert written.startswith("# #harbour, 14 to 20 November 2026\n\n## What was learned\n\n")
    assert (
        "**Ben:** Paint \\<b>dries\\</b> slowly & in fog ([read](https://fake.test/harbour/"
        in written
    )
    assert card.picture is not None
    assert card.picture.alt in Text.parse(written).plain()


async def test_a_file_is_called_after_the_channel_and_the_days(told: Team) -> None:
    card = await told.command("ana", "/digest")
    await told.take_along("ana", card, "HTML")
    file = told.file("ana")
    assert file is not None
    assert file.name == "harbour-2026-11-14-to-2026-11-20.html"
    assert file.kind == "text/html"
    card = told.house.seen(told.people["ana"].direct)[-1]
    assert "later changes do not reach a file" in card.footnote


async def test_html_is_a_whole_page_that_loads_nothing_and_shows_its_picture_by_day_and_night(
    told: Team,
) -> None:
    page = await told.take_along("ana", await told.command("ana", "/digest"), "HTML")
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert "Paint &lt;b&gt;dries&lt;/b&gt; slowly &amp; in fog" in page
    assert '<a href="https://fake.test/harbour/' in page
    assert "<script" not in page
    assert LOADS.search(page) is None
    assert "default-src 'none'" in page
    assert page.count("data:image/svg+xml;base64,") == 2
    assert 'media="(prefers-color-scheme: dark)"' in page
    assert 'alt="Bar chart of entries per week in #harbour: ' in page


async def test_a_file_reaches_whoever_asked_and_nobody_else(told: Team) -> None:
    before = told.house.seen(told.place)
    card = await told.command("ana", "/digest")
    await told.press("ana", card, "Markdown")
    assert told.house.seen(told.place) == before
    assert [
        name for name in ("ben", "chi", "dee") if told.house.seen(told.people[name].direct)
    ] == []


async def test_whoever_left_the_channel_meanwhile_gets_no_file(told: Team) -> None:
    card = await told.command("ana", "/digest")
    await told.house.chat.leave(told.people["ana"], told.place)
    await told.house.settle()
    answer = await told.press("ana", card, "Markdown")
    assert "You cannot read that channel any more" in answer.plain()
    assert told.house.seen(told.people["ana"].direct) == ()


async def test_an_empty_digest_offers_no_file(team: Team) -> None:
    card = await team.command("ana", "/digest")
    assert {"Markdown", "HTML"}.isdisjoint(button.label for button in card.buttons)


async def test_files_with_the_words_of_somebody_who_is_forgotten_are_taken_back(told: Team) -> None:
    card = await told.command("ana", "/digest")
    assert "Paint" in await told.take_along("ana", card, "Markdown")
    asked = await told.command("ben", "/outloud mydata forget")
    label = next(one.label for one in asked.buttons if one.label.startswith("Forget me"))
    await told.press("ben", asked, label)
    assert [one for one in told.house.seen(told.people["ana"].direct) if one.file] == []


@settings(max_examples=25)
@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1), min_size=1))
def test_any_words_read_back_from_the_markdown_as_they_were(words: list[str]) -> None:
    written = files.markdown(digest(*words), title="#harbour", alt="A * chart")
    assert Text.parse(written).plain().split("\n") == [
        "#harbour", "What was learned", *(f"• Ana: {one}" for one in words), "A * chart"
    ]  # fmt: skip
    assert {"html_inline", "html_block", "entity"}.isdisjoint(kinds(written))


@settings(max_examples=25)
@given(st.text(), st.text())
def test_any_words_are_words_on_the_page(words: str, note: str) -> None:
    item = Item("entry:1", words, by=words, more=words, notes=(Note(1, words, note),))
    told = Digest(words, "team", PERIOD, (Section("learned", words, (item,)),))
    page = files.html(told, title=words, alt=words, footnote=words)
    found = Tags()
    found.feed(page)
    assert set(found.met) <= FRAME
    assert LOADS.search(re.sub(r"\s+", " ", page.partition("<main>")[0])) is None


def kinds(written: str) -> set[str]:
    """What any reader of CommonMark finds in a text."""
    found = MarkdownIt("commonmark").parse(written)
    return {one.type for token in found for one in (token, *(token.children or ()))}


async def test_markup_in_a_note_is_code_or_words_and_never_html(told: Team) -> None:
    card = await told.command("chi", "/digest")
    asked = await told.house.chat.press(told.people["chi"], card, "Add a note")
    assert isinstance(asked, Ask)
    words = "Use `<hr>` here, not <hr> or &lt;, \\\\`<i>\\\\`"
    await told.house.chat.submit(told.people["chi"], asked.form, {"item": "0", "words": words})
    written = await told.take_along("ana", await told.command("ana", "/digest"), "Markdown")
    assert "`<hr>` here, not \\<hr> or \\&lt;" in written
    assert {"html_inline", "html_block"}.isdisjoint(kinds(written))


FRAME = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "ul", "li", "strong",
    "em", "div", "p", "picture", "img", "footer",
}  # fmt: skip


class Tags(HTMLParser):
    """The elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.met: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.met.append(tag)


@pytest.mark.parametrize(
    ("channel", "name"),
    [
        ("cop-reliability", "cop-reliability"),
        ("Ünïted & co/..", "n-ted-co"),
        ("日本語", "digest"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_file_has_a_name_that_every_system_takes(channel: str, name: str) -> None:
    assert file_name(channel, PERIOD) == f"{name}-2026-11-14-to-2026-11-20"
