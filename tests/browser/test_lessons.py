"""A lesson's way through the local chat: the real process, and a real browser for each of four people."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

import feedparser
from playwright.async_api import Page, expect

from tests.browser.windows import Open, go, messages, press, say


async def press_one(page: Page, words: str, label: str) -> None:
    """Press a button of the one message that says these words."""
    item = messages(page).filter(has_text=words)
    await expect(item).to_have_count(1)
    await press(page, item.get_by_role("button", name=label, exact=True))


async def reply(page: Page, words: str, said: str) -> None:
    """Answer the one message that says these words, in its thread."""
    item = messages(page).filter(has_text=words)
    await item.get_by_role("button", name="More", exact=True).click()
    await item.get_by_role("menuitem", name="Reply", exact=True).click()
    await page.get_by_role("textbox", name="Reply").fill(said)
    async with page.expect_response("**/say"):
        await page.get_by_role("button", name="Post reply").click()


async def feed(page: Page) -> tuple[Any, str]:
    """The network's feed, read and as it is written."""
    answer = await page.request.get(urljoin(page.url, "/feeds/local/commons.atom"))
    assert answer.ok
    written = await answer.text()
    return feedparser.parse(written), written


async def test_a_lesson_goes_all_the_way_and_comes_back(window: Open) -> None:
    """Marked, guarded, agreed, selected, echoed, used, confirmed, offered wider, fed, edited, withdrawn."""
    ana, ben, chi, dee = [await window(one) for one in ("Ana", "Ben", "Chi", "Dee")]

    for page in (ana, ben):
        await go(page, "#team-harbour")
    words = "When the tide turns, check the lines again because they go slack"
    await say(ana, f"{words}, says ana@harbour.example")
    said = messages(ben).filter(has_text="When the tide turns")
    await said.get_by_role("button", name="More", exact=True).click()
    await said.get_by_role("menuitem", name="React", exact=True).click()
    await ben.get_by_role("button", name="bulb").click()

    await go(ana, "Outloud")
    await press_one(ana, "Ben found a lesson in this", "Word it")
    form = ana.get_by_role("dialog", name="Word the lesson")
    await expect(form.get_by_label("When …")).to_have_value("the tide turns")
    await form.get_by_role("button", name="Submit", exact=True).click()
    await expect(form).to_be_hidden()
    await press_one(ana, "This looks like an e-mail address", "Write [an address] instead")
    await expect(messages(ana).filter(has_text="Who sees it")).to_contain_text(
        "#cop-reliability on the local chat: 4 members"
    )
    await press_one(ana, "This is what they would read", "Yes, share it")

    await go(chi, "Outloud")
    await press_one(chi, "A lesson for #cop-reliability?", "Select")
    for page in (ben, dee):
        await go(page, "#cop-reliability")
    copy = messages(dee).filter(has_text="When the tide turns")
    await expect(copy).to_contain_text("Ana, #team-harbour")
    await expect(copy).not_to_contain_text("harbour.example")

    await reply(dee, "When the tide turns", "We mark the lines with tape")
    await go(ana, "#team-harbour")
    origin = messages(ana).filter(has_text="When the tide turns")
    await origin.get_by_role("button", name=re.compile("repl(y|ies)$")).click()
    replies = ana.get_by_role("list", name="Replies").get_by_role("listitem")
    await expect(replies.filter(has_text="We mark the lines with tape")).to_have_count(1)
    await go(ana, "Outloud")

    for page in (ben, dee):
        await press_one(page, "When the tide turns", "It worked")
    await expect(copy).to_contain_text("A lesson that worked for others, too")

    wide = messages(chi).filter(has_text="is confirmed")
    await wide.get_by_label("Offer it to a network").select_option(label="#commons")
    form = chi.get_by_role("dialog", name="In wider words")
    await form.get_by_label("When …").fill("conditions change")
    await form.get_by_label("do …").fill("look again at what held before")
    await form.get_by_role("button", name="Submit", exact=True).click()
    await expect(messages(ana).filter(has_text="Chi would offer lesson 1")).to_have_count(1)
    assert (await feed(ana))[0].entries == []
    await press_one(ana, "Chi would offer lesson 1 to #commons", "Yes, like this")
    await go(ben, "#commons")
    await expect(messages(ben).filter(has_text="look again at what held before")).to_have_count(1)
    (entry,) = (await feed(ana))[0].entries
    assert "look again at what held before" in entry.content[0].value

    await go(ana, "#team-harbour")
    mine = messages(ana).filter(has_text="When the tide turns")
    await mine.get_by_role("button", name="More", exact=True).click()
    await mine.get_by_role("menuitem", name="Edit", exact=True).click()
    edit = ana.get_by_role("dialog", name="Edit message")
    await edit.get_by_label("Text").fill(
        "When the wind turns, check every rope because it is slack"
    )
    await edit.get_by_role("button", name="Submit").click()
    await expect(edit).to_be_hidden()
    await go(ana, "Outloud")
    await press_one(ana, "You changed the words behind lesson 1", "Take the new words")
    await expect(messages(dee).filter(has_text="When the wind turns")).to_have_count(1)
    await expect(messages(dee).filter(has_text="When the tide turns")).to_have_count(0)
    await expect(messages(ben).filter(has_text="When the wind turns")).to_have_count(1)
    (changed,) = (await feed(ana))[0].entries
    assert changed.id == entry.id
    assert "the wind turns, check every rope" in changed.content[0].value

    await say(ana, "/lesson withdraw 1")
    await expect(messages(dee).filter(has_text="When the wind turns")).to_have_count(0)
    await expect(messages(ben).filter(has_text="When the wind turns")).to_have_count(0)
    left, written = await feed(ana)
    assert left.entries == []
    assert f'<at:deleted-entry ref="{entry.id}"' in written
