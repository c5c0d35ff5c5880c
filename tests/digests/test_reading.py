"""The digest for whoever asks: what happened in a channel they can read, shown to them alone."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels import desk as channels
from bot.chat import Place
from bot.chat.text import cut
from tests.digests.parts import Team, card_of


async def test_a_digest_tells_what_was_learned_and_done_with_a_chart(team: Team) -> None:
    await team.narrate("ana", "Fix the crane rota", "The tide table was a year old")
    await team.narrate("ben", "Paint the gangway")
    await team.command("ana", "/grain 1 done Ask the night shift first")
    card = await team.command("ben", "/digest")
    assert card.title == "#harbour, 14 to 20 November 2026"
    shown = card.plain()
    assert "What was learned" in shown
    assert "Ana: The tide table was a year old (read (https://fake.test/harbour/" in shown
    assert "Plans that are done" in shown
    assert "Fix the crane rota Learned: Ask the night shift first" in shown
    assert "adjusted" not in shown
    assert card.picture is not None
    assert card.picture.alt.endswith("14 Nov 2.")
    assert card.footnote == "Only you see this."


async def test_a_story_that_was_told_stands_in_the_digest_once(team: Team) -> None:
    await team.narrate("ana", "One", **{team.story: "We once lost an anchor in fog."})
    await team.narrate("ben", "Two", **{team.story: "Short."})
    shown = (await team.command("chi", "/digest")).plain()
    assert "One story" in shown
    assert "Ana: We once lost an anchor in fog." in shown
    assert shown.count("Ana: We once lost") == 1
    assert shown.index("Ben: Short.") < shown.index("One story")


async def test_only_what_has_something_to_say_has_a_section_and_all_of_it_links_to_its_source(
    team: Team,
) -> None:
    await team.narrate("ana", "Fix the crane rota", "The tide table was a year old")
    await team.narrate("ben", "Paint", **{team.story: "We once lost an anchor in fog."})
    await team.command("ana", "/grain 1 done Ask the night shift first")
    text = (await team.command("chi", "/digest")).text
    assert [block.plain() for block in text.blocks if block.kind == "heading"] == [
        "What was learned", "Plans that are done", "One story"
    ]  # fmt: skip
    items = [block for block in text.blocks if block.kind == "bullet"]
    assert len(items) == 3
    assert all(any(span.href for span in item.spans) for item in items)


async def test_a_digest_is_for_the_eyes_of_whoever_asked_alone(team: Team) -> None:
    await team.narrate("ana", "Plan", "The tide table was a year old")
    before = team.house.chat.posts
    assert "tide table" in (await team.command("ben", "/digest")).plain()
    assert team.house.chat.posts == before


async def test_days_begin_and_end_where_the_caller_lives(team: Team) -> None:
    """What was done on Friday evening in Lisbon was done on Saturday in Auckland."""
    team.people["zoe"] = await team.house.person("zoe", "Pacific/Auckland")
    async with team.house.work() as work:
        channel = await channels.get(work, "fake:W1", "harbour")
        here = [await team.house.who(team.people[name]) for name in ("ana", "ben", "chi", "zoe")]
        await channels.put_members(work, channel, here)
    await team.command("ana", "/grain Fix the crane rota")
    await team.command("ana", "/grain 1 done")
    lisbon = await team.command("ana", "/digest 2026-11-20..2026-11-20")
    auckland = await team.command("zoe", "/digest 2026-11-20..2026-11-20")
    assert "crane rota" in lisbon.plain()
    assert "crane rota" not in auckland.plain()
    today = await team.command("zoe", "/digest today")
    assert today.title == "#harbour, 21 November 2026"
    assert "crane rota" in today.plain()


async def test_when_nothing_happened_the_digest_says_so(team: Team) -> None:
    card = await team.command("ana", "/digest 2026-01-01..2026-01-07")
    assert card.plain().startswith(
        "#harbour, 1 to 7 January 2026\nNothing happened in #harbour in these days"
    )
    assert card.picture is None


async def test_a_digest_has_only_what_was_said_in_its_days(team: Team) -> None:
    await team.narrate("ana", "Early", "Learned early")
    team.house.later(days=10)
    await team.narrate("ana", "Late", "Learned late")
    shown = (await team.command("ana", "/digest")).plain()
    assert "Learned late" in shown
    assert "Learned early" not in shown
    assert "Learned early" in (await team.command("ana", "/digest month")).plain()


async def test_a_long_section_is_cut_by_items_and_shown_on_request(team: Team) -> None:
    for number in range(27):
        await team.command("ana", f"/grain Plan {number:02}")
        await team.command("ana", f"/grain {number + 1} done")
    card = await team.command("ben", "/digest")
    assert card.plain().count("Plan ") == 5
    assert "and 22 more on request" in card.plain()
    reply = await team.house.chat.choose(
        team.people["ben"], card, "Show all of", "Plans that are done"
    )
    page = card_of(reply)
    assert "Plan 26" in page.plain()
    assert "1 to 20 of 27." in page.footnote
    last = await team.press("ben", page, "The next ones")
    assert "Plan 00" in last.plain()
    assert "21 to 27 of 27." in last.footnote
    assert last.buttons == ()


async def test_nobody_is_counted_or_said_to_be_missing(team: Team) -> None:
    """Ana writes everything, Ben nothing."""
    for number in range(3):
        await team.narrate("ana", f"Plan {number}", f"Learned {number}")
        team.house.later(days=1)
    shown = (await team.command("chi", "/digest")).plain()
    assert "Ben" not in shown
    assert "Ana: 3" not in shown
    assert "3 entries" not in shown


async def test_what_is_private_or_taken_back_is_in_no_digest(team: Team) -> None:
    await team.narrate("ana", "Plan", "Learned and regretted")
    await team.command("ana", "/checkin undo")
    shown = (await team.command("ana", "/digest")).plain()
    assert "regretted" not in shown


async def test_markup_and_pings_in_what_people_wrote_are_words(team: Team) -> None:
    await team.narrate("ana", "Plan", "<!channel> @everyone [x](javascript:alert) `rm -rf`")
    card = await team.command("ben", "/digest")
    assert "<!channel> @everyone" in card.plain()
    links = [span.href for block in card.text.blocks for span in block.spans if span.href]
    assert all(one.startswith("https://fake.test/") for one in links)


@pytest.mark.parametrize("typed", ["/digest #nowhere", "/digest #orchard", "/digest week #orchard"])
async def test_a_channel_that_one_cannot_read_is_as_if_it_were_not_there(
    team: Team, typed: str
) -> None:
    await team.house.channel("orchard", "team", team.people["dee"])
    shown = (await team.command("ana", typed)).plain()
    name = typed.rpartition(" ")[2]
    assert shown.startswith(f"There is no {name} that I work in and that you can read.")


async def test_an_admin_reads_no_digest_of_a_team_they_are_not_in(team: Team) -> None:
    await team.narrate("ana", "Plan", "For the team alone")
    shown = (await team.command("dee", "/digest #harbour")).plain()
    assert shown.startswith("There is no #harbour that I work in and that you can read.")
    assert "For the team alone" not in (await team.command("dee", "/digest")).plain()


async def test_without_a_channel_it_is_this_one_else_a_curated_community_else_the_team(
    team: Team,
) -> None:
    house, somewhere = team.house, Place("fake", "W1", "somewhere")
    assert (await team.command("ana", "/digest", somewhere)).title.startswith("#harbour")
    cop = await house.channel("cop", "community", team.people["ana"], team.people["chi"])
    assert (await team.command("chi", "/digest", somewhere)).title.startswith("#harbour")
    async with house.work() as work:
        chi = await house.who(team.people["chi"])
        await channels.set_roles(work, chi.workspace_id, "cop", "curator", [chi.id])
    assert (await team.command("chi", "/digest", somewhere)).title.startswith("#cop")
    assert (await team.command("ana", "/digest", somewhere)).title.startswith("#harbour")
    assert (await team.command("ana", "/digest", cop)).title.startswith("#cop")


async def test_somebody_in_no_channel_is_told_what_would_help(team: Team) -> None:
    team.people["eve"] = await team.house.person("eve")
    assert "You are in no channel that I work in" in (await team.command("eve", "/digest")).plain()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("/digest 2026-11-20..2026-11-10", "ends before it begins"),
        ("/digest 2027-01-01..2027-01-02", "has not begun yet"),
        ("/digest 2016-01-01..2026-01-01", "at most 366"),
        ("/digest ..", "has no beginning"),
        ("/digest whenever", "is no period I can read"),
    ],
)
async def test_a_period_that_is_none_is_refused_in_one_sentence(
    team: Team, typed: str, why: str
) -> None:
    assert why in (await team.command("ana", typed)).plain()


async def test_what_stands_on_a_platform_that_is_off_is_told_without_a_link(team: Team) -> None:
    await team.narrate("ana", "Plan", "The tide table was a year old")
    chats = team.house.desk.chats
    chat = chats.pop("fake")  # type: ignore[attr-defined]
    try:
        shown = (await team.command("ana", "/digest")).plain()
    finally:
        chats["fake"] = chat  # type: ignore[index]
    assert "The tide table was a year old (read)" in shown


async def test_a_digest_is_read_and_drawn_while_somebody_else_writes(team: Team) -> None:
    """SQLite has one writer, whom a chart must not keep waiting."""
    await team.narrate("ana", "Plan", "The tide table was a year old")
    async with asyncio.timeout(60), team.house.store.work():
        reply = await team.house.chat.command(team.people["ana"], team.place, "/digest")
    assert card_of(reply).picture is not None


async def test_spam_code_addresses_emoji_and_mixed_scripts_fit_on_every_card(team: Team) -> None:
    words = (
        "💡" * 500,
        "x" * 3000,
        "https://example.org/" + "a" * 900,
        "学んだことを共有する Прилив tide مد " * 40,
        "```\nfor x in y: print('<b>')\n```",
    )
    for number, said in enumerate(words):
        await team.narrate("ana", f"Plan {number}", said)
        team.house.later(days=1)
    card = await team.command("ben", "/digest")
    assert "💡💡" in card.plain()
    assert "for x in y: print('<b>')" in card.plain()
    assert len(cut(card.text, 3000)) == 1
