"""The local chat in a real browser, by the names that people, screen readers and scripts find things by."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from bot.chat import Card, Command, Press, Reacted, Removed, Text
from tests.browser.conftest import Screen, Served
from tests.browser.windows import until
from tests.web.local import ANA, HARBOUR


async def test_everything_has_the_name_that_the_contract_gives_it(served: Served) -> None:
    page = (await served.screen()).page
    channels = page.get_by_role("list", name="Channels")
    names = ["#team-harbour", "#team-orchard", "#cop-reliability", "#commons", "Outloud"]
    for name in names:
        await expect(channels.get_by_role("link", name=name, exact=True)).to_be_visible()
    await expect(page.get_by_role("combobox", name="Acting as", exact=True)).to_have_value("ana")
    await expect(page.get_by_role("textbox", name="Message", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    await expect(page.get_by_text("This chat has no log-in")).to_be_visible()
    item = page.get_by_role("list", name="Messages").get_by_role("listitem")
    await expect(item).to_contain_text("Outloud")
    await expect(item.get_by_role("button", name="Check in now")).to_be_visible()
    await item.get_by_role("button", name="More", exact=True).click()
    entries = item.get_by_role("menu").get_by_role("menuitem")
    await expect(entries).to_have_text(["React", "Reply", "Mark as lesson", "Keep as grain"])


async def test_on_my_own_message_the_menu_has_everything(served: Served) -> None:
    ana = await served.screen()
    await ana.go("#team-harbour")
    await ana.say("Good morning")
    item = ana.item("Good morning")
    await item.get_by_role("button", name="More").click()
    await expect(item.get_by_role("menuitem")).to_have_text(
        ["React", "Reply", "Edit", "Delete", "Mark as lesson", "Keep as grain"]
    )


async def test_a_message_appears_at_once_for_everybody_who_looks(served: Served) -> None:
    ana, ben = await served.screen(), await served.screen("Ben")
    for screen in (ana, ben):
        await screen.go("#team-harbour")
    await expect(ben.page.get_by_text("Nothing here yet.")).to_be_visible()
    await ana.say("Good **morning**")
    await expect(ana.message).to_have_value("")
    await expect(ben.item("Good morning")).to_contain_text("Ana")
    await expect(ben.page.get_by_text("Nothing here yet.")).to_be_hidden()
    await ben.message.fill("Good morning\nto you")
    await ben.message.press("Enter")
    await expect(ana.item("to you")).to_contain_text("Ben")
    await expect(ana.messages).to_have_count(2)


async def test_what_is_new_elsewhere_is_marked_until_it_is_read(served: Served) -> None:
    ana, ben = await served.screen(), await served.screen("Ben")
    await ben.go("#team-harbour")
    link = ana.page.get_by_role("list", name="Channels").get_by_role(
        "link", name="#team-harbour", exact=True
    )
    await ben.say("One")
    await ben.say("Two")
    await expect(link).to_have_attribute("title", "2 new")
    await expect(ana.page).to_have_title("(2) Outloud")
    await ana.go("#team-harbour")
    await expect(link).not_to_have_attribute("title", re.compile("."))
    await expect(ana.page).to_have_title("#team-harbour · Outloud")


async def test_the_menu_is_usable_with_the_keyboard_alone(served: Served) -> None:
    ana = await served.screen()
    await ana.go("#team-harbour")
    await ana.say("Good morning")
    more = ana.item("Good morning").get_by_role("button", name="More")
    await more.focus()
    await more.press("Enter")
    for key, entry in (
        ("ArrowDown", "Reply"),
        ("End", "Keep as grain"),
        ("ArrowDown", "React"),
        ("ArrowUp", "Keep as grain"),
        ("Home", "React"),
    ):
        await ana.page.keyboard.press(key)
        await expect(ana.page.get_by_role("menuitem", name=entry)).to_be_focused()
    await ana.page.keyboard.press("Escape")
    await expect(ana.page.get_by_role("menu")).to_have_count(0)
    await expect(more).to_be_focused()
    await more.press("Enter")
    await ana.page.keyboard.press("Enter")
    bulb = ana.page.get_by_role("button", name="bulb")
    await expect(bulb).to_be_focused()
    await ana.page.keyboard.press("Enter")
    await expect(ana.item("Good morning").get_by_role("button", name="💡 1")).to_be_visible()


async def test_an_open_menu_stays_when_new_messages_move_its_message(served: Served) -> None:
    ana, ben = await served.screen(), await served.screen("Ben")
    for screen in (ana, ben):
        await screen.go("#team-harbour")
    await ana.say("Good morning")
    for number in range(8):
        await ben.say(f"Words\n\nof several\n\nlines, {number}")
        await expect(ana.item(f"lines, {number}")).to_be_visible()
    more = ana.item("lines, 7").get_by_role("button", name="More")
    await more.click()
    before = await more.bounding_box()
    await ben.say("One\n\nmore\n\nthing")
    await expect(ana.item("thing")).to_be_visible()
    menu = ana.item("lines, 7").get_by_role("menu")
    await expect(menu).to_be_visible()

    async def went_along() -> bool:
        """The button moved up, and its menu stands below or above it again."""
        now, at = await more.bounding_box(), await menu.bounding_box()
        assert before
        assert now
        assert at
        is_beside = at["y"] >= now["y"] + now["height"] or at["y"] + at["height"] <= now["y"]
        is_flush = abs(at["x"] + at["width"] - now["x"] - now["width"]) < 16
        return now["y"] < before["y"] and is_beside and is_flush

    await until(went_along)


async def test_a_reaction_goes_on_and_off(served: Served) -> None:
    ana, ben = await served.screen(), await served.screen("Ben")
    for screen in (ana, ben):
        await screen.go("#team-harbour")
    await ana.say("The wall holds")
    await ben.choose(ben.item("The wall holds"), "React")
    await ben.page.get_by_role("button", name="tada").click()
    reaction = ana.item("The wall holds").get_by_role("button", name="🎉 1, Ben")
    await expect(reaction).to_have_attribute("aria-pressed", "false")
    await reaction.click()
    await expect(ana.item("The wall holds").get_by_role("button", name="🎉 2")).to_be_focused()
    await ben.item("The wall holds").get_by_role("button", name="🎉 2").click()
    await expect(ana.item("The wall holds").get_by_role("button", name="🎉 1, you")).to_be_visible()
    await ana.choose(ana.item("The wall holds"), "React")
    await ana.page.get_by_label("Other emoji").fill("rocket")
    await ana.page.keyboard.press("Enter")
    await expect(ben.item("The wall holds").get_by_role("button", name="🚀 1")).to_be_visible()
    heard = [event for event in served.local.desk.events.values() if isinstance(event, Reacted)]
    assert [(event.emoji, event.added) for event in heard] == [
        ("tada", True),
        ("tada", True),
        ("tada", False),
        ("rocket", True),
    ]


async def test_a_thread_opens_beside_the_messages(served: Served) -> None:
    ana, ben = await served.screen(), await served.screen("Ben")
    for screen in (ana, ben):
        await screen.go("#team-harbour")
    await ana.say("Who has the tide tables?")
    await ben.choose(ben.item("tide tables"), "Reply")
    await expect(ben.page.get_by_role("textbox", name="Reply")).to_be_focused()
    await ben.page.keyboard.type("I do")
    await ben.page.get_by_role("button", name="Post reply").click()
    await ana.item("tide tables").get_by_role("button", name="1 reply").click()
    replies = ana.page.get_by_role("list", name="Replies").get_by_role("listitem")
    await expect(replies).to_have_count(2)
    await ben.page.get_by_role("textbox", name="Reply").fill("Here they are")
    await ben.page.keyboard.press("Enter")
    await expect(replies).to_have_count(3)
    await expect(ana.messages).to_have_count(1)
    await ana.page.reload()
    await expect(replies).to_have_count(3)
    await ana.page.get_by_role("button", name="Close").click()
    await expect(ana.page.get_by_role("list", name="Replies")).to_be_hidden()
    await expect(ana.item("tide tables").get_by_role("button", name="2 replies")).to_be_focused()


async def test_the_author_edits_in_a_form_and_everybody_sees_it(served: Served) -> None:
    ana, ben = await served.screen(), await served.screen("Ben")
    for screen in (ana, ben):
        await screen.go("#team-harbour")
    await ana.say("Good *mroning*")
    await ana.choose(ana.item("mroning"), "Edit")
    dialog = ana.page.get_by_role("dialog", name="Edit message")
    await expect(dialog.get_by_label("Text")).to_have_value("Good *mroning*")
    await dialog.get_by_label("Text").fill(" ")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog.get_by_text("There is nothing to read in that.")).to_be_visible()
    await dialog.get_by_label("Text").fill("Good *morning*")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_be_hidden()
    await expect(ben.item("Good morning")).to_contain_text("edited")


async def test_a_deleted_message_goes_everywhere_and_a_slip_can_be_put_back(served: Served) -> None:
    ana, ben = await served.screen(), await served.screen("Ben")
    for screen in (ana, ben):
        await screen.go("#team-harbour")
    await ana.say("Too *early*")
    await expect(ben.item("Too early")).to_be_visible()
    await ana.choose(ana.item("Too early"), "Delete")
    await expect(ben.messages).to_have_count(0)
    await ana.page.get_by_role("button", name="Put it back in the box").click()
    await expect(ana.message).to_have_value("Too *early*")
    heard = [event for event in served.local.desk.events.values() if isinstance(event, Removed)]
    assert [event.by for event in heard] == [ANA]


async def test_a_card_that_only_i_see_can_be_used_and_dismissed(served: Served) -> None:
    ana, ben = await served.screen(), await served.screen("Ben")
    for screen in (ana, ben):
        await screen.go("#team-harbour")
    await ana.say("/digest")
    only = ana.item("Only you can see this")
    await only.get_by_role("button", name="Post").click()
    await expect(only).to_contain_text("Posted to #cop-reliability.")
    await expect(ana.messages).to_have_count(1)
    await only.get_by_role("button", name="Dismiss").click()
    await expect(ana.messages).to_have_count(0)
    await expect(ben.messages).to_have_count(0)


async def test_a_double_click_presses_once(served: Served) -> None:
    ana = await served.screen()
    await ana.page.get_by_role("button", name="Not now").dblclick()
    await expect(ana.page.get_by_text("Until later, then.")).to_be_visible()
    presses = [act for act in served.local.desk.acts if isinstance(act, Press)]
    assert [press.action for press in presses] == ["checkin.later"]


async def test_a_select_in_a_card_answers_at_once(served: Served) -> None:
    ana = await served.screen()
    async with ana.page.expect_response("**/press"):
        await ana.page.get_by_label("Ask me at").select_option(label="08:00")
    (press,) = (act for act in served.local.desk.acts if isinstance(act, Press))
    assert (press.action, press.choice) == ("checkin.hour", "8")


async def test_a_shortcut_is_used_from_the_menu(served: Served) -> None:
    ana = await served.screen()
    await ana.go("#team-harbour")
    await ana.say("The wall holds when it is low")
    await ana.choose(ana.item("The wall"), "Mark as lesson")
    await expect(ana.item("Marked. I ask its author in private.")).to_be_visible()


async def test_commands_are_completed_by_the_keyboard(served: Served) -> None:
    ana = await served.screen()
    options = ana.page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    await ana.message.press_sequentially("/")
    await expect(options).to_have_count(4)
    await ana.page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    active = await ana.message.get_attribute("aria-activedescendant")
    assert active == await options.nth(1).get_attribute("id")
    await ana.page.keyboard.press("Escape")
    await expect(options).to_have_count(0)
    await ana.message.press_sequentially("ch")
    await expect(options).to_have_count(1)
    await ana.page.keyboard.press("Enter")
    await expect(ana.message).to_have_value("/checkin ")
    await expect(options).to_have_count(4)
    await ana.page.keyboard.press("ArrowDown")
    await ana.page.keyboard.press("ArrowDown")
    await ana.page.keyboard.press("Tab")
    await expect(ana.message).to_have_value("/checkin snooze 30m")
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.get_by_role("dialog", name="Check in for Friday")).to_be_visible()
    (command,) = (act for act in served.local.desk.acts if isinstance(act, Command))
    assert (command.name, command.words) == ("checkin", "snooze 30m")


async def test_words_of_ones_own_are_never_completed_by_enter(served: Served) -> None:
    ana = await served.screen()
    await ana.message.press_sequentially("/grain li")
    await expect(ana.page.get_by_role("option", name="list")).to_be_visible()
    await ana.page.keyboard.press("Enter")
    await expect(ana.item("A grain is dropped")).to_contain_text("li")
    (command,) = (act for act in served.local.desk.acts if isinstance(act, Command))
    assert command.words == "li"


async def test_people_are_completed_by_name(served: Served) -> None:
    ana = await served.screen()
    await ana.go("#team-harbour")
    await ana.message.press_sequentially("Ask @b")
    await expect(ana.page.get_by_role("option", name="@Ben")).to_be_visible()
    await ana.page.keyboard.press("Enter")
    await expect(ana.message).to_have_value("Ask @Ben ")
    await ana.page.keyboard.press("Enter")
    await expect(ana.item("Ask @Ben")).to_be_visible()


async def test_the_last_words_come_back_with_the_arrow_up(served: Served) -> None:
    ana = await served.screen()
    await ana.say("/grain")
    await expect(ana.message).to_have_value("")
    await ana.message.press("ArrowUp")
    await expect(ana.message).to_have_value("/grain")


async def test_a_long_channel_gives_its_older_messages_without_a_jump(served: Served) -> None:
    for number in range(120):
        await served.local.chat.send(
            HARBOUR, Card(text=Text.of(f"number {number}.")), key=f"{number}"
        )
    ana = await served.screen()
    await ana.go("#team-harbour")
    await expect(ana.item("number 119.")).to_be_in_viewport()
    await expect(ana.messages).to_have_count(50)
    first = ana.item("number 70.")
    await first.scroll_into_view_if_needed()
    await expect(ana.item("number 69.")).to_be_attached()
    await expect(first).to_be_in_viewport()
    for number in (20, 0):
        await ana.page.evaluate("document.querySelector('#scroll').scrollTop = 0")
        await expect(ana.item(f"number {number}.")).to_be_attached()
    numbers = [
        int(n) for n in re.findall(r"number (\d+)\.", "".join(await ana.messages.all_inner_texts()))
    ]
    assert numbers == list(range(120))
    await expect(ana.page.get_by_role("button", name="Earlier")).to_have_count(0)


async def test_whoever_reads_older_messages_is_not_torn_away_by_new_ones(served: Served) -> None:
    for number in range(40):
        await served.local.chat.send(
            HARBOUR, Card(text=Text.of(f"number {number}.")), key=f"{number}"
        )
    ana = await served.screen()
    await ana.go("#team-harbour")
    await ana.item("number 0.").scroll_into_view_if_needed()
    await served.local.chat.send(HARBOUR, Card(text=Text.of("Something new")), key="new")
    await expect(ana.item("Something new")).to_be_attached()
    await expect(ana.item("number 0.")).to_be_in_viewport()
    await ana.page.get_by_role("button", name="New below").click()
    await expect(ana.item("Something new")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_enough_in_light_and_dark(served: Served, scheme: str) -> None:
    """WCAG AA: 4.5 to 1 for text."""
    ana = await served.screen(color_scheme=scheme)
    await ana.say("Some *words* and `code`")
    await ana.say("/digest")
    await expect(ana.item("This week")).to_be_visible()
    faint = await ana.page.evaluate(CONTRAST)
    assert faint == []


CONTRAST = """() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0.99) return color;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim());
    if (!own || !node.checkVisibility() || node.closest("template, script, datalist")) continue;
    const [one, two] = [light(channels(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    if (ratio < 4.5) faint.push([node.className, node.textContent.trim().slice(0, 30), ratio]);
  }
  return faint;
}"""


async def test_a_phone_shows_everything_without_sideways_scrolling(served: Served) -> None:
    ana = await served.screen(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    await ana.say(
        "w" * 300 + " and https://example.org/" + "x" * 200 + "\n\n```\n" + "c" * 200 + "\n```"
    )
    await expect(ana.item("www")).to_be_visible()

    async def fits() -> bool:
        return bool(
            await ana.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        ) and bool(
            await ana.page.evaluate(
                "(e => e.scrollWidth <= e.clientWidth)(document.querySelector('#scroll'))"
            )
        )

    assert await fits()
    await expect(ana.page.get_by_label("Acting as")).to_be_hidden()
    await ana.page.get_by_role("button", name="Channels").click()
    await expect(ana.page.get_by_label("Acting as")).to_be_visible()
    assert await fits()
    await ana.page.keyboard.press("Escape")
    await expect(ana.page.get_by_label("Acting as")).to_be_hidden()
    await ana.page.get_by_role("button", name="Check in now").click()
    await expect(ana.page.get_by_role("dialog")).to_be_visible()
    assert await fits()
    await ana.page.get_by_role("button", name="Cancel").click()
    await ana.choose(ana.item("www"), "Reply")
    await expect(ana.page.get_by_role("textbox", name="Reply")).to_be_visible()
    assert await fits()


async def test_two_pages_of_one_browser_act_as_two_people(served: Served) -> None:
    ana = await served.screen()
    await ana.go("#team-harbour")
    other = await ana.page.context.new_page()
    await other.goto(f"{served.address}/c/team-harbour")
    async with other.expect_navigation():
        await other.get_by_label("Acting as").select_option(label="Ben")
    await ana.say("Still Ana")
    await expect(ana.item("Still Ana")).to_contain_text("Ana")
    two = Screen(other)
    await two.say("And Ben")
    await expect(ana.item("And Ben")).to_contain_text("Ben")
