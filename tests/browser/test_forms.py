"""Forms in a real browser lose nothing, whatever happens to them."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import Locator, expect

from bot.chat import Ask, Card, Show, Submit, Text, Wrong
from tests.browser.conftest import Screen, Served
from tests.browser.windows import until
from tests.web.desk import CHECK_IN

PLAN = "What one thing are you trying to move today?"


async def opened(screen: Screen) -> Locator:
    await screen.page.get_by_role("button", name="Check in now").click()
    dialog = screen.page.get_by_role("dialog", name="Check in for Friday")
    await expect(dialog).to_be_visible()
    return dialog


def submits(served: Served, *, final: bool) -> list[dict[str, str]]:
    acts = (act for act in served.local.desk.acts if isinstance(act, Submit))
    return [act.values for act in acts if act.final is final]


async def drafted(served: Served, plan: str) -> None:
    """Wait until the last draft that the server has is of this plan."""

    async def is_there() -> bool:
        return [sent["plan"] for sent in submits(served, final=False)][-1:] == [plan]

    await until(is_there)


async def test_a_form_opens_on_its_first_field_and_closes_with_escape(served: Served) -> None:
    ana = await served.screen()
    dialog = await opened(ana)
    await expect(dialog.get_by_label(PLAN)).to_be_focused()
    await ana.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(ana.page.get_by_role("button", name="Check in now")).to_be_focused()
    assert submits(served, final=False) == []


async def test_every_kind_of_field_is_filled_by_its_label(served: Served) -> None:
    ana = await served.screen()
    dialog = await opened(ana)
    await dialog.get_by_label(PLAN).fill("Berth plan\nTide tables")
    await dialog.get_by_label("Write to the pilots").select_option(label="done")
    await dialog.get_by_label("What did you learn?").fill("Call first")
    await dialog.get_by_role("group", name="Topics").get_by_label("tools").check()
    await dialog.get_by_label("Hours it took").fill("one and a half")
    await dialog.get_by_label("Away until").fill("2026-12-01")
    await dialog.get_by_label("Ask me at").fill("02:30")
    await dialog.get_by_label("Time zone").fill("Asia/Kolkata")
    await dialog.get_by_role("button", name="Submit", exact=True).click()
    await expect(ana.item("Thank you. It stands in #team-harbour.")).to_be_visible()
    assert submits(served, final=True) == [
        {
            "plan": "Berth plan\nTide tables",
            "grain": "done",
            "learned": "Call first",
            "topics": "tools",
            "hours": "one and a half",
            "until": "2026-12-01",
            "at": "02:30",
            "zone": "Asia/Kolkata",
        }
    ]


async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    served: Served,
) -> None:
    served.local.desk.answers["checkin:1"] = Wrong(
        {"hours": "Write a number, such as 1.5.", "": "Almost there.", "elsewhere": "And this."}
    )
    ana = await served.screen()
    dialog = await opened(ana)
    await dialog.get_by_label(PLAN).fill("Berth plan")
    await dialog.get_by_label("Hours it took").fill("many")
    await dialog.get_by_role("button", name="Submit").click()
    hours = dialog.get_by_label("Hours it took")
    await expect(hours).to_be_focused()
    await expect(hours).to_have_attribute("aria-invalid", "true")
    await expect(hours).to_have_accessible_description("optional Write a number, such as 1.5.")
    await expect(dialog.get_by_role("alert")).to_have_text("Almost there. And this.")
    await expect(hours).to_have_value("many")
    await expect(dialog.get_by_label(PLAN)).to_have_value("Berth plan")
    del served.local.desk.answers["checkin:1"]
    await hours.fill("2")
    await expect(hours).not_to_have_attribute("aria-invalid", "true")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_be_hidden()


async def test_a_field_that_does_not_apply_is_hidden_and_not_sent(served: Served) -> None:
    ana = await served.screen()
    dialog = await opened(ana)
    learned = dialog.get_by_label("What did you learn?")
    await expect(learned).to_be_hidden()
    await dialog.get_by_label("Write to the pilots").select_option("adjusted")
    await learned.fill("Call first")
    await dialog.get_by_label("Write to the pilots").select_option("open")
    await expect(learned).to_be_hidden()
    await dialog.get_by_label(PLAN).fill("Berth plan")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_be_hidden()
    (sent,) = submits(served, final=True)
    assert "learned" not in sent


async def test_the_count_is_of_characters_as_people_see_them_on_this_line(served: Served) -> None:
    ana = await served.screen()
    dialog = await opened(ana)
    plan = dialog.get_by_label(PLAN)
    await plan.fill("👩‍👩‍👧‍👦 e\u0301")
    await expect(dialog.get_by_text("3 of 140")).to_be_visible()
    await plan.press("End")
    await plan.press("Enter")
    await plan.press_sequentially("second")
    await expect(dialog.get_by_text("6 of 140")).to_be_visible()
    await plan.press("ArrowUp")
    await expect(dialog.get_by_text("3 of 140")).to_be_visible()
    await plan.fill("x" * 141)
    await expect(dialog.get_by_text("141 of 140, and longer is fine")).to_be_visible()


async def test_too_long_a_text_is_said_beside_its_field_and_kept(served: Served) -> None:
    ana = await served.screen()
    dialog = await opened(ana)
    await dialog.get_by_label(PLAN).fill("a" * 1_000_000)
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog.get_by_text("That is 1,000,000 characters, and 3,000 fit.")).to_be_visible()
    assert len(await dialog.get_by_label(PLAN).input_value()) == 1_000_000
    assert submits(served, final=True) == []


async def test_leaving_a_form_keeps_what_was_typed_as_a_draft(served: Served) -> None:
    ana = await served.screen()
    for leave in ("Cancel", "Escape"):
        dialog = await opened(ana)
        await dialog.get_by_label(PLAN).fill(f"Left with {leave}")
        if leave == "Cancel":
            await dialog.get_by_role("button", name="Cancel", exact=True).click()
        else:
            await ana.page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await drafted(served, f"Left with {leave}")


async def test_a_pause_in_typing_keeps_a_draft(served: Served) -> None:
    ana = await served.screen()
    dialog = await opened(ana)
    await dialog.get_by_label(PLAN).fill("Berth plan")
    await drafted(served, "Berth plan")
    assert [sent["plan"] for sent in submits(served, final=False)] == ["Berth plan"]
    await expect(dialog).to_be_visible()


async def test_closing_the_page_keeps_a_draft(served: Served) -> None:
    ana = await served.screen()
    dialog = await opened(ana)
    await dialog.get_by_label(PLAN).fill("Closed in the middle")
    await ana.page.close(run_before_unload=False)
    await drafted(served, "Closed in the middle")


async def test_a_form_may_lead_to_the_next_one(served: Served) -> None:
    second = replace(CHECK_IN, id="checkin:2", title="One more thing", fields=CHECK_IN.fields[:1])
    served.local.desk.answers["checkin:1"] = Ask(second)
    served.local.desk.answers["checkin:2"] = Show(Card(text=Text.of("All of it is kept.")))
    ana = await served.screen()
    first = await opened(ana)
    await first.get_by_role("button", name="Submit").click()
    dialog = ana.page.get_by_role("dialog", name="One more thing")
    await expect(dialog.get_by_label(PLAN)).to_be_focused()
    await dialog.get_by_role("button", name="Submit").click()
    await expect(ana.item("All of it is kept.")).to_be_visible()
    await expect(dialog).to_be_hidden()


async def test_a_form_from_a_command_brings_where_it_was_typed(served: Served) -> None:
    ana = await served.screen()
    await ana.go("#team-harbour")
    await ana.say("/checkin")
    dialog = ana.page.get_by_role("dialog", name="Check in for Friday")
    await dialog.get_by_label(PLAN).fill("Berth plan")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_be_hidden()
    acts = [act for act in served.local.desk.acts if isinstance(act, Submit) and act.final]
    assert [act.place.channel for act in acts] == ["team-harbour"]
