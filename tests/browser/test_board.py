"""The board in a real browser: Chi opens it from chat, finds a lesson, sees the flow, and hears of what is new."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.test_digest import ALT, share_a_lesson
from tests.browser.windows import Open, go, messages, press, say


async def open_board(page: Page) -> Page:
    """Ask for a link, and press its one button."""
    await say(page, "/outloud board")
    link = messages(page).get_by_role("link", name="Open the board")
    async with page.context.expect_page() as opened:
        await link.click()
    board = await opened.value
    await board.get_by_role("button", name="Open the board").click()
    await expect(board.get_by_role("link", name="The week")).to_have_attribute(
        "aria-current", "page"
    )
    return board


DRAWN = """() => [...document.images].every((one) => {
  const offered = [...(one.closest("picture")?.querySelectorAll("source") ?? [])];
  const wanted = offered.find((each) => matchMedia(each.media).matches);
  const isRight = !wanted || one.currentSrc === new URL(wanted.srcset, location).href;
  return isRight && one.complete && (one.naturalWidth > 100 || !one.alt);
})"""
"""Whether every picture on a page is the one for this window, and is drawn."""


async def is_whole(board: Page) -> bool:
    """Whether nothing is wider than the page once every picture on it is drawn."""
    await expect(board.locator("main img").first).to_be_visible()
    await board.wait_for_function(DRAWN)
    return bool(await board.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def test_chi_opens_the_board_and_reads_what_flows_and_what_was_learned(window: Open) -> None:
    ana, chi = await window("Ana"), await window("Chi")
    await share_a_lesson(ana, chi)
    board = await open_board(chi)
    trouble: list[str] = []
    board.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)

    await expect(board.get_by_role("heading", level=1)).to_have_text("#cop-reliability")
    await expect(board.get_by_text("Ana, #team-harbour: When the tide turns")).to_be_visible()
    await expect(board.get_by_role("img", name=ALT)).to_be_visible()
    await board.get_by_role("link", name="Lessons", exact=True).click()
    await board.get_by_label("Words").fill("tide \"'* OR")
    await board.get_by_role("button", name="Find").click()
    await expect(board.get_by_text("Nothing you can read says")).to_be_visible()
    await board.get_by_label("Words").fill("slack")
    await board.get_by_role("button", name="Find").click()
    await board.get_by_role("link", name="When the tide turns").click()
    await expect(board.get_by_role("heading", level=1)).to_have_text("Lesson 1: shared")

    await board.get_by_role("link", name="Flow").click()
    await expect(board.get_by_role("img", name="Map of communities")).to_be_visible()
    for shade in ("light", "dark"):
        await board.emulate_media(color_scheme=shade)  # type: ignore[arg-type]
        for width in (1280, 360):
            await board.set_viewport_size({"width": width, "height": 800})
            assert await is_whole(board), (shade, width)
    await board.emulate_media(media="print")
    await expect(board.get_by_role("navigation").first).to_be_hidden()
    await board.emulate_media(media="screen")

    await expect(board.get_by_text("There is something new.")).to_be_hidden()
    await say(ana, "/lesson When the wind drops, row home because the night is cold")
    dialog = ana.get_by_role("dialog", name="Word the lesson")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_be_hidden()
    await go(ana, "Outloud")
    last = messages(ana).filter(has_text="wind drops").filter(has_text="Who sees it").last
    await press(ana, last.get_by_role("button", name="Yes, share it"))
    await say(chi, "/lesson queue")
    last = messages(chi).filter(has_text="wind drops").last
    await press(chi, last.get_by_role("button", name="Select"))
    await expect(board.get_by_text("There is something new.")).to_be_visible()
    await board.get_by_role("link", name="Show it").click()
    await expect(board.get_by_text("2 lessons from #team-harbour")).to_be_visible()

    await board.get_by_role("button", name="Leave").click()
    await expect(board.get_by_text("Type /outloud board in chat")).to_be_visible()
    # The browser itself tells of the answer 403.
    assert [one for one in trouble if "status of 403" not in one] == []
