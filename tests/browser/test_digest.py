"""The digest in a real browser: Chi reads it, posts it with its picture, notes in its margin, and schedules it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.browser.windows import Open, go, messages, press, say

ALT = "How lessons travelled between rings: 1 from #team-harbour to #cop-reliability."


async def press_last(page: Page, words: str, label: str) -> None:
    """Press a button of the last message that says these words."""
    last = messages(page).filter(has_text=words).last
    await press(page, last.get_by_role("button", name=label, exact=True))


def digests(page: Page) -> Locator:
    return messages(page).filter(has_text="Newly relayed lessons")


async def is_seated(page: Page, name: str) -> None:
    """Who was welcomed is known in their channels, too."""
    await go(page, "Outloud")
    await expect(messages(page).filter(has_text=f"Hello {name}")).to_have_count(1)


async def share_a_lesson(ana: Page, chi: Page) -> None:
    """Ana agrees to share what she learned, and Chi lets it into the community."""
    await is_seated(ana, "Ana")
    await go(ana, "#team-harbour")
    await say(ana, "/lesson When the tide turns, check the lines because they go slack")
    dialog = ana.get_by_role("dialog", name="Word the lesson")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_be_hidden()
    await go(ana, "Outloud")
    await press_last(ana, "Who sees it", "Yes, share it")
    await go(chi, "#cop-reliability")
    await say(chi, "/lesson queue")
    await press_last(chi, "check the lines", "Select")
    await expect(messages(chi).filter(has_text="It worked")).to_have_count(1)


async def test_chi_posts_the_digest_with_its_picture_and_lets_it_come_by_itself(
    window: Open,
) -> None:
    ana, chi = await window("Ana"), await window("Chi")
    await share_a_lesson(ana, chi)

    await say(chi, "/digest")
    shown = digests(chi)
    await expect(shown).to_have_count(1)
    await expect(shown.get_by_role("img")).to_have_attribute("alt", ALT)
    picture = shown.locator("img").last
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 600
    await expect(shown).to_contain_text("Only you see this. Post shows it to everybody")

    await shown.get_by_role("button", name="Add a note").click()
    dialog = chi.get_by_role("dialog", name="Notes in the margin")
    await dialog.get_by_label("A note on").select_option(index=1)
    await dialog.get_by_label("What I would add").fill("We do this at the quay, too.")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(messages(chi).filter(has_text="Noted.")).to_have_count(1)

    await shown.get_by_role("button", name="Post in #cop-reliability").click()
    await expect(messages(chi).filter(has_text="Posted in #cop-reliability")).to_have_count(1)
    posted = digests(chi).filter(has_not_text="Only you see this")
    await expect(posted).to_have_count(1)
    await expect(posted).to_contain_text("Chi notes: We do this at the quay, too.")
    await expect(posted.locator("img").last).to_have_attribute("alt", ALT)

    await go(ana, "#cop-reliability")
    theirs = digests(ana)
    await expect(theirs).to_contain_text("Ana, #team-harbour: When the tide turns")
    async with ana.expect_navigation():
        await theirs.get_by_role("link", name="read").click()
    replies = ana.get_by_role("list", name="Replies").get_by_role("listitem")
    await expect(replies.filter(has_text="check the lines")).to_have_count(1)

    await say(chi, "/digest schedule")
    dialog = chi.get_by_role("dialog", name="When the digest comes")
    await expect(dialog.get_by_label("On", exact=True)).to_have_value("monday")
    await expect(dialog.get_by_label("In the time zone")).to_have_value("Asia/Kolkata")
    await dialog.get_by_label("On", exact=True).select_option(label="Friday")
    await dialog.get_by_label("At", exact=True).fill("16:30")
    await dialog.get_by_role("button", name="Submit").click()
    said = messages(chi).filter(has_text="comes every Friday, next on Friday")
    await expect(said).to_contain_text("at 16:30 (Asia/Kolkata)")


async def test_chi_takes_the_digest_along_and_looks_at_the_map(
    window: Open, tmp_path: Path
) -> None:
    chi = await window("Chi")
    await is_seated(chi, "Chi")
    await go(chi, "#cop-reliability")
    await say(chi, "/community map")
    sky = messages(chi).filter(has_text="The communities around you").get_by_role("img")
    await expect(sky).to_have_attribute("alt", re.compile("#commons and #cop-reliability share"))

    await go(chi, "#team-orchard")
    await say(chi, "/checkin")
    dialog = chi.get_by_role("dialog")
    await dialog.get_by_role("textbox").first.fill("The <b>crane</b>")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_be_hidden()
    await say(chi, "/digest mine")
    await press_last(chi, "My work", "HTML")
    await go(chi, "Outloud")
    link = messages(chi).get_by_role("link", name=re.compile(r"my-work-.*\.html"))
    async with chi.expect_download() as download:
        await link.click()
    kept = tmp_path / (await download.value).suggested_filename
    await (await download.value).save_as(kept)
    page = await chi.context.new_page()
    await page.goto(kept.as_uri())
    await expect(page.get_by_role("heading", level=1)).to_contain_text("My work")
    await expect(page.get_by_role("listitem")).to_contain_text(["The <b>crane</b>"])
    source = page.get_by_role("link", name="read").first
    await expect(source).to_have_attribute("href", re.compile(r"^http://127\.0\.0\.1:\d+/c/"))
    await page.close()


async def test_a_period_that_is_none_says_what_would_be_one(window: Open) -> None:
    ana = await window("Ana")
    await go(ana, "#team-harbour")
    await say(ana, "/digest 2026-11-20..2026-11-01")
    await expect(messages(ana).filter(has_text="ends before it begins")).to_have_count(1)
    await say(ana, "/digest #team-orchard")
    await expect(messages(ana).filter(has_text="There is no #team-orchard")).to_have_count(1)
