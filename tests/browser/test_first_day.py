"""The product's main job, as a newcomer sees it: the real process, a real browser, and a power cut or two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, expect

from tests.browser.windows import Open, go, messages, press, say
from tests.outloud import Outloud

SETUP = """
workspaces:
  - platform: local
    id: local
    admins: [dee]
    channels:
      - id: team-harbour
        ring: team
        members: [ana, ben]
        rhythm:
          days: [mon, tue, wed, thu, fri, sat, sun]
          at: "{at}"
          questions:
            - {{key: plan, ask: "What one thing are you trying to move today?", role: plan}}
            - {{key: learned, ask: "What surprised you?", role: learned, optional: true}}
"""


def replies(page: Page) -> Locator:
    return page.get_by_role("list", name="Replies").get_by_role("listitem")


async def open_thread(page: Page) -> Locator:
    """The thread under the day's one parent in #team-harbour."""
    await go(page, "#team-harbour")
    await expect(messages(page).filter(has_text="narrated today")).to_have_count(1)
    await page.get_by_role("button", name="repl").first.click()
    return replies(page)


def noon() -> str:
    """A zone where it is between twelve and one, so that the day does not end while a test lives it."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


async def ask_soon(outloud: Outloud, zone: str) -> None:
    """Set the team up to be asked at the next full minute there, or the one after, which is still to come by then."""
    setup = outloud.folder / "setup.yaml"
    moment = datetime.now(ZoneInfo(zone))
    while moment <= datetime.now(ZoneInfo(zone)):
        moment = (datetime.now(ZoneInfo(zone)) + timedelta(seconds=65)).replace(
            second=0, microsecond=0
        )
        setup.write_text(SETUP.format(at=f"{moment:%H:%M}"))
        assert (await outloud.command("apply", str(setup))).status == 0
    again = await outloud.command("apply", str(setup))
    assert (again.status, again.out) == (0, "Nothing changes.\n")


async def test_everybody_is_welcomed_within_seconds_of_the_first_visit(window: Open) -> None:
    for person in ("Ana", "Ben", "Chi", "Dee"):
        page = await window(person)
        await go(page, "Outloud")
        await expect(messages(page).filter(has_text=f"Hello {person}")).to_have_count(1)
        await expect(page.get_by_role("button", name="Check in now")).to_have_count(1)


async def test_a_day_of_narrating_survives_power_cuts(outloud: Outloud, window: Open) -> None:
    """Ana is asked at her own hour, narrates, edits, drops grains in four ways, hears from Ben, and deletes."""
    ana, zone = await window("Ana"), noon()
    await go(ana, "Outloud")
    await say(ana, f"/checkin zone {zone}")
    await expect(messages(ana).filter(has_text="Kept.")).to_have_count(1)
    await ask_soon(outloud, zone)
    prompt = messages(ana).filter(has_text="What one thing are you trying to move today?")
    await expect(prompt).to_have_count(1, timeout=300_000)

    await prompt.get_by_role("button", name="Narrate").click()
    dialog = ana.get_by_role("dialog", name="Narrate your work")
    await dialog.get_by_label("What one thing").fill("Fix the crane rota")
    await dialog.get_by_label("What surprised you?").fill("The tide table was a year old")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(messages(ana).filter(has_text="Thank you")).to_have_count(1)

    thread = await open_thread(ana)
    entry = thread.filter(has_text="Fix the crane rota")
    await expect(entry).to_have_count(1)

    await outloud.kill()
    await outloud.start()
    thread = await open_thread(ana)
    entry = thread.filter(has_text="Fix the crane rota")
    await expect(entry).to_have_count(1)

    await entry.get_by_role("button", name="Edit").click()
    await dialog.get_by_label("What surprised you?").fill("The tide table was two years old")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(entry).to_contain_text("two years old")
    await expect(entry).to_contain_text("edited")

    await say(ana, "/grain Call the pilot about Tuesday")
    await expect(ana.get_by_text("Kept as grain").first).to_be_visible()
    await go(ana, "Outloud")
    await say(ana, "grain: Paint the mooring numbers")
    await say(ana, "The radio needs a new battery")
    # What arrives below a message moves it, and its menu goes when it is out of sight.
    for kept in ("Kept as grain 3", "Kept, in the thread of #team-harbour."):
        await expect(messages(ana).filter(has_text=kept)).to_have_count(1)
    mine = messages(ana).filter(has_text="The radio needs a new battery").first
    await mine.get_by_role("button", name="More", exact=True).click()
    await press(ana, ana.get_by_role("menuitem", name="Keep as grain"))
    await outloud.kill()
    await outloud.start()
    await ana.reload()
    await say(ana, "/grain list")
    listed = ana.get_by_text("Fix the crane rota").last
    await expect(listed).to_be_visible()
    for plan in ("Call the pilot", "Paint the mooring numbers", "The radio needs a new battery"):
        await expect(ana.get_by_text(plan).last).to_be_visible()

    ben = await window("Ben")
    thread = await open_thread(ben)
    theirs = thread.filter(has_text="Fix the crane rota").first
    await theirs.get_by_role("button", name="Adjust").click()
    adjust = ben.get_by_role("dialog")
    await adjust.get_by_role("textbox").first.fill("Ask the night shift first")
    await adjust.get_by_role("button", name="Submit").click()
    await expect(adjust).to_be_hidden()

    await go(ana, "Outloud")
    await expect(messages(ana).filter(has_text="Ask the night shift first").first).to_be_visible()
    await say(ana, "/checkin")
    await expect(dialog).to_contain_text("Ben")
    await expect(dialog).to_contain_text("Ask the night shift first")
    await dialog.get_by_role("button", name="Cancel").click()

    thanks = messages(ana).filter(has_text="Thank you. Your words are")
    await thanks.get_by_role("button", name="Delete").click()
    await expect(messages(ana).filter(has_text="Taken back")).to_have_count(1)
    await go(ana, "#team-harbour")
    await ana.get_by_role("button", name="repl").first.click()
    await expect(replies(ana).filter(has_text="two years old")).to_have_count(0)
