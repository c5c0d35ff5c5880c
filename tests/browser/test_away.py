"""When the server is away, every word stays where it was typed and arrives once afterwards."""

from __future__ import annotations

from playwright.async_api import Request, expect

from bot.chat import Act, Card, Reply, Submit, Text
from tests.browser.conftest import Served
from tests.web.local import HARBOUR, local_chat

PLAN = "What one thing are you trying to move today?"


def is_a_draft(request: Request) -> bool:
    return request.url.endswith("/submit")


async def test_a_message_waits_in_the_box_and_goes_out_once_by_itself(served: Served) -> None:
    ana = await served.screen()
    ana.may_be_unreachable = True
    await ana.go("#team-harbour")
    await served.down()
    await ana.say("Said into the wind")
    await expect(ana.page.get_by_role("alert")).to_contain_text("cannot be reached")
    await expect(ana.message).to_have_value("Said into the wind")
    await served.up()
    await expect(ana.item("Said into the wind")).to_be_visible()
    await expect(ana.message).to_have_value("")
    await expect(ana.page.get_by_role("alert")).to_be_hidden()
    await expect(ana.messages).to_have_count(1)


async def test_a_message_whose_answer_was_lost_is_not_doubled(served: Served) -> None:
    ana = await served.screen()
    ana.may_be_unreachable = True
    await ana.go("#team-harbour")
    dropped = []

    async def drop(route):
        # It reaches the server, and its answer reaches nobody.
        await route.fetch()
        dropped.append(route.request.post_data)
        await route.abort("connectionreset")

    await ana.page.route("**/say", drop, times=1)
    await ana.say("Once")
    await expect(ana.page.get_by_role("alert")).to_contain_text("cannot be reached")
    async with ana.page.expect_response("**/say"):
        await ana.page.get_by_role("button", name="Send", exact=True).click()
    await expect(ana.message).to_have_value("")
    await expect(ana.messages).to_have_count(1)
    assert len(dropped) == 1


async def test_a_form_stays_open_with_everything_in_it(served: Served) -> None:
    ana = await served.screen()
    ana.may_be_unreachable = True
    await ana.page.get_by_role("button", name="Check in now").click()
    dialog = ana.page.get_by_role("dialog")
    await dialog.get_by_label(PLAN).fill("Berth plan")
    await served.down()
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("cannot be reached")
    await expect(dialog.get_by_label(PLAN)).to_have_value("Berth plan")
    await served.up()
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_be_hidden()
    acts = [act for act in served.local.desk.acts if isinstance(act, Submit) and act.final]
    assert [act.values["plan"] for act in acts] == ["Berth plan"]


async def test_a_form_left_while_the_server_is_away_opens_with_what_was_typed(
    served: Served,
) -> None:
    ana = await served.screen()
    ana.may_be_unreachable = True
    await ana.page.get_by_role("button", name="Check in now").click()
    dialog = ana.page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await served.down()
    # A draft is tried at the pause after the typing, and another one when the form is left.
    async with ana.page.expect_event("requestfailed", is_a_draft):
        await dialog.get_by_label(PLAN).fill("Typed on a train")
    async with ana.page.expect_event("requestfailed", is_a_draft):
        await dialog.get_by_role("button", name="Cancel").click()
    await served.up()
    await ana.page.reload()
    await ana.page.get_by_role("button", name="Check in now").click()
    await expect(dialog.get_by_label(PLAN)).to_have_value("Typed on a train")


async def test_what_was_missed_is_caught_up_with(served: Served) -> None:
    ana = await served.screen()
    ana.may_be_unreachable = True
    await ana.go("#team-harbour")
    await ana.say("Before")
    (ref,) = await served.local.chat.send(HARBOUR, Card(text=Text.of("Old words")), key="k1")
    await expect(ana.item("Old words")).to_be_visible()
    await served.down()
    await expect(ana.page.get_by_text("Looking for it again")).to_be_visible()
    await served.local.chat.edit((ref,), Card(text=Text.of("New words")))
    await served.local.chat.send(HARBOUR, Card(text=Text.of("Meanwhile")), key="k2")
    await served.up()
    await expect(ana.item("Meanwhile")).to_be_visible()
    await expect(ana.item("New words")).to_be_visible()
    await expect(ana.messages).to_have_count(3)
    await expect(ana.page.get_by_text("Looking for it again")).to_be_hidden()


async def test_unsent_words_survive_a_reload_and_belong_to_their_person_and_place(
    served: Served,
) -> None:
    ana = await served.screen()
    await ana.go("#team-harbour")
    await ana.message.fill("Half a thought")
    await ana.go("#commons")
    await expect(ana.message).to_have_value("")
    await ana.go("#team-harbour")
    await expect(ana.message).to_have_value("Half a thought")
    async with ana.page.expect_navigation():
        await ana.page.get_by_label("Acting as").select_option(label="Ben")
    await expect(ana.message).to_have_value("")


async def test_a_megabyte_stays_in_the_box_with_a_sentence(served: Served) -> None:
    ana = await served.screen()
    await ana.go("#team-harbour")
    await ana.say("a" * 1_000_000)
    await expect(ana.page.get_by_role("alert")).to_contain_text(
        "That is 1,000,000 characters, and a message holds 20,000."
    )
    assert len(await ana.message.input_value()) == 1_000_000
    await expect(ana.messages).to_have_count(0)


async def test_another_process_on_the_same_database_is_seen_within_moments(
    served: Served, sqlite_url: str
) -> None:

    ana = await served.screen()
    await ana.go("#team-harbour")
    async with local_chat(sqlite_url) as other:
        await other.chat.send(HARBOUR, Card(text=Text.of("From elsewhere")), key="k1")
    await expect(ana.item("From elsewhere")).to_be_visible()


async def test_a_mistake_of_ours_costs_nobody_a_word(served: Served) -> None:
    async def break_down(act: Act) -> Reply:
        raise RuntimeError("A mistake of ours.")

    working, served.local.desk.answer = served.local.desk.answer, break_down
    ana = await served.screen()
    ana.may_be_unreachable = True
    await ana.say("/grain Keep this")
    await expect(ana.page.get_by_role("alert")).to_contain_text("Something went wrong")
    await expect(ana.message).to_have_value("/grain Keep this")
    served.local.desk.answer = working
    await ana.page.get_by_role("button", name="Send", exact=True).click()
    await expect(ana.item("A grain is dropped")).to_contain_text("Keep this")
