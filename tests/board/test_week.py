"""The week on the board is the digest of a channel that its reader can read, and of no other."""

from __future__ import annotations

from tests.board.parts import Browsers, narrate, text_of
from tests.digests.parts import STORY
from tests.lessons.parts import Town

TALLOW = "Tallow keeps the brake from squealing"


async def test_a_member_reads_what_their_team_told_and_nothing_of_another_team(
    village: Town, browsers: Browsers
) -> None:
    await narrate(village, village.ana, village.harbour, "Mend the lights", learned=TALLOW)
    await narrate(village, village.chi, village.orchard, "Prune", learned="Frost came early")
    ana = await browsers.reader(village.ana, village.harbour)
    page = await ana.page()
    told = text_of(page.one("main"))
    assert "What was learned" in told
    assert f"Ana: {TALLOW}" in told
    assert "Frost" not in told
    shown = [one.text for one in page.one("nav", aria_label="Channel").all("a")]
    assert shown == ["#harbour", "#commons", "#cop"] or shown == ["#harbour", "#cop", "#commons"]
    picture = page.one("figure").one("img")
    assert picture.attributes["alt"].startswith("Bar chart of entries per week in #harbour: ")
    assert (await ana.get(picture.attributes["src"])).headers["content-type"] == "image/svg+xml"


async def test_a_channel_that_somebody_cannot_read_is_no_channel_for_them(
    village: Town, browsers: Browsers
) -> None:
    await narrate(village, village.chi, village.orchard, "Prune", learned="Frost came early")
    ana = await browsers.reader(village.ana, village.harbour)
    for page in ("", "/patterns"):
        for channel in ("orchard", "nowhere", "x" * 9_000, "';--"):
            answer = await ana.client.get(f"/board{page}", params={"channel": channel})
            assert answer.status_code == 404, channel
            assert "You cannot read that channel" in answer.text
            assert "Frost" not in answer.text


NO_PERIODS: tuple[tuple[dict[str, str], str], ...] = (
    ({"from": "2026-11-10"}, "has no end"),
    ({"to": "2026-11-10"}, "has no beginning"),
    ({"from": "2026-11-10", "to": "2026-11-01"}, "ends before it begins"),
    ({"from": "2027-01-01", "to": "2027-02-01"}, "has not begun yet"),
    ({"from": "2016-01-01", "to": "2026-01-01"}, "days long, and a digest covers at most 366"),
    ({"from": "\0" * 300, "to": "<b>soon</b>"}, "&lt;b&gt;soon"),
    ({"period": "<script>"}, "is no period I can read"),
)


async def test_days_that_make_no_period_are_told_and_the_usual_ones_are_shown(
    village: Town, browsers: Browsers
) -> None:
    await narrate(village, village.ana, village.harbour, "Mend the lights", learned=TALLOW)
    ana = await browsers.reader(village.ana, village.harbour)
    for asked, sentence in NO_PERIODS:
        for page in ("", "/flow"):
            answer = await ana.client.get(f"/board{page}", params=asked)
            assert answer.status_code == 200
            assert sentence in answer.text, asked
            assert "<b>soon" not in answer.text
        assert TALLOW in (await ana.client.get("/board", params=asked)).text


async def test_days_are_chosen_with_a_tap_or_by_their_dates(
    village: Town, browsers: Browsers
) -> None:
    await narrate(village, village.ana, village.harbour, "Mend the lights", learned=TALLOW)
    village.later(days=10)
    ana = await browsers.reader(village.ana, village.harbour)
    assert TALLOW not in await ana.text()
    assert "Nothing was told here in these days" in await ana.text()
    days = (await ana.page()).one("nav", aria_label="Days")
    month = next(one for one in days.all("a") if one.text == "Last 30 days")
    assert TALLOW in await ana.text(month.attributes["href"])
    assert TALLOW in await ana.text("/board?from=2026-11-16&to=2026-11-16")


async def test_a_long_section_opens_and_folds(village: Town, browsers: Browsers) -> None:
    for day in range(7):
        village.at(f"2026-11-{16 + day}T10:00:00+00:00")
        await narrate(village, village.ana, village.harbour, "Row", learned=f"Knot {day} holds")
    ana = await browsers.reader(village.ana, village.harbour)
    page = await ana.page()
    assert text_of(page.one("main")).count("holds") == 5
    (more,) = [one for one in page.all("a") if one.text == "Show 2 more"]
    whole = await ana.page(more.attributes["href"])
    assert text_of(whole.one("main")).count("holds") == 7
    (fewer,) = [one for one in whole.all("a") if one.text == "Show fewer"]
    assert (await ana.text(fewer.attributes["href"])).count("holds") == 5


async def test_a_story_comes_first(village: Town, browsers: Browsers) -> None:
    told = {"learned": TALLOW, STORY: "One evening the crane stopped over the quay."}
    await narrate(village, village.ana, village.harbour, "Mend the lights", **told)
    ana = await browsers.reader(village.ana, village.harbour)
    text = await ana.text()
    assert text.index("One evening the crane") < text.index(TALLOW)


async def test_what_people_type_is_only_ever_text(village: Town, browsers: Browsers) -> None:
    nasty = "<script>alert(1)</script> <img src=x onerror=y> \" ' & [x](javascript:alert(1))"
    await narrate(village, village.ana, village.harbour, "Mend", learned=nasty)
    ana = await browsers.reader(village.ana, village.harbour)
    page = await ana.page()
    assert "<script>alert(1)</script>" in page.text
    assert [node.tag for node in page.all("script")] == ["script"]
    assert not list(page.all("img", src="x"))
    assert not [one for one in page.all("a") if "javascript" in one.attributes["href"]]


async def test_a_curator_reads_what_waits_to_be_checked_and_others_only_how_much(
    village: Town, browsers: Browsers
) -> None:
    await village.agreed()
    chi = await browsers.reader(village.chi, village.cop)
    eve = await browsers.reader(village.eve, village.cop)
    assert "Lessons to check" in await chi.text("/board?channel=cop")
    told = await eve.text("/board?channel=cop")
    assert "1 lesson waits for a curator to check" in told
    assert "tide" not in told


async def test_somebody_in_no_channel_is_told_so(village: Town, browsers: Browsers) -> None:
    zoe = await village.person("zoe")
    reader = await browsers.reader(zoe, zoe.direct)
    for page in ("", "/patterns"):
        assert "You are in no channel that I work in" in await reader.text(f"/board{page}")
    for page in ("/lessons", "/flow"):
        assert (await reader.get(f"/board{page}")).status_code == 200


async def test_a_page_that_does_not_exist_says_so(village: Town, browsers: Browsers) -> None:
    ana = await browsers.reader(village.ana, village.harbour)
    for path in ("/asks", "/patterns/x", "/flow/x", "/%00", "/lessons/x/y", "/" + "z" * 5_000):
        answer = await ana.get(f"/board{path}")
        assert answer.status_code == 404, path
        assert "Nothing here" in answer.text


async def test_few_channels_are_a_tap_away_and_many_are_a_list(
    village: Town, browsers: Browsers
) -> None:
    for number in range(8):
        await village.channel(f"quay-{number}", "team", village.ana)
    ana = await browsers.reader(village.ana, village.harbour)
    page = await ana.page("/board?channel=quay-3&period=month")
    assert not list(page.all("nav", aria_label="Channel"))
    chosen = page.one("select", name="channel")
    assert len(list(chosen.all("option"))) == 11
    (here,) = [one for one in chosen.all("option") if "selected" in one.attributes]
    assert here.text == "#quay-3"
    form = page.one("form", class_="filter")
    assert not list(form.all("input", type="hidden"))
    days = page.one("nav", aria_label="Days")
    last_week = next(one for one in days.all("a") if one.text == "Last week")
    assert "#quay-3" in await ana.text(last_week.attributes["href"])
