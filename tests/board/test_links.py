"""The board opens by a link that the bot gives in chat: once, within ten minutes, for who asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import select

from adapters.web.board_pass import COOKIE, Passes
from bot.board import rules
from bot.board.tables import BoardTicket
from bot.chat import AccountId, Left
from bot.chat.pages import Guest
from tests.board.parts import KEYS, Browsers, browsers_of, link_of, path_in, site_of
from tests.lessons.parts import Town, card_of


async def test_a_link_is_looked_at_as_often_as_one_likes_and_used_once(
    village: Town, browsers: Browsers
) -> None:
    path = await link_of(village, village.ana, village.harbour)
    program, ana, other = [await browsers.browser() for _ in range(3)]
    for _ in range(3):
        looked = await program.get(path)
        assert looked.status_code == 200
        assert "This is Ana’s board" in looked.text
        assert "set-cookie" not in looked.headers
    came = await ana.enter(path)
    assert (came.status_code, came.headers["location"]) == (303, "/board")
    assert "#harbour" in await ana.text()
    for again in (await other.enter(path), await other.get(path)):
        assert again.status_code == 410
        assert "was used already" in again.text
        assert "type /outloud board in chat" in again.text
    assert (await other.get("/board")).status_code == 403


async def test_of_two_who_use_a_link_at_one_moment_one_comes_in(town: Town) -> None:
    path = await link_of(town, town.ana, town.harbour)
    async with browsers_of(town) as browsers:
        both = [await browsers.browser() for _ in range(2)]
        answers = await asyncio.gather(*(one.enter(path) for one in both))
    assert sorted(one.status_code for one in answers) == [303, 410]


async def test_a_link_is_over_after_ten_minutes(village: Town, browsers: Browsers) -> None:
    path = await link_of(village, village.ana, village.harbour)
    ana = await browsers.browser()
    village.later(minutes=9, seconds=59)
    assert (await ana.get(path)).status_code == 200
    village.later(seconds=1)
    for late in (await ana.get(path), await ana.enter(path)):
        assert late.status_code == 410
        assert "older than 10 minutes" in late.text


async def test_a_link_that_nobody_gave_opens_nothing(browsers: Browsers) -> None:
    stranger = await browsers.browser()
    for garbled in ("x", "%00", "%27%22%3B--", "%F0%9F%8C%B1", "a" * 5_000):
        path = f"/board/enter/{garbled}"
        for answer in (await stranger.get(path), await stranger.enter(path)):
            assert answer.status_code == 403, garbled[:20]
            assert "I do not know this link" in answer.text


async def test_the_database_does_not_know_a_link_and_forgets_it_in_a_day(village: Town) -> None:
    path = await link_of(village, village.ana, village.harbour)
    ticket = path.rpartition("/")[2]
    assert len(ticket) > 40
    async with village.store.look() as work:
        (row,) = await work.session.scalars(select(BoardTicket))
    assert ticket not in str(vars(row))
    village.later(hours=25)
    await village.tick()
    async with village.store.look() as work:
        assert list(await work.session.scalars(select(BoardTicket))) == []


async def test_the_digest_has_a_button_that_gives_a_link(village: Town, browsers: Browsers) -> None:
    digest = card_of(await village.command(village.chi, village.cop, "/digest"))
    card = card_of(await village.chat.press(village.chi, digest, "Open the board"))
    assert "works once, within 10 minutes" in card.footnote
    chi = await browsers.browser()
    assert (await chi.enter(path_in(card))).status_code == 303


async def test_nobody_is_shown_anything_without_a_link(browsers: Browsers) -> None:
    stranger = await browsers.browser()
    for path in ("", "/lessons", "/changes", "/pictures/x-light-wide.svg", "/nowhere"):
        answer = await stranger.get(f"/board{path}")
        assert answer.status_code == 403
        assert "Type /outloud board in chat" in answer.text


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_pages(village: Town) -> None:
    for secure in (False, True):
        browsers = Browsers(village, site_of(village, secure=secure))
        async with browsers.stack:
            ana = await browsers.browser()
            came = await ana.enter(await link_of(village, village.ana, village.harbour))
        said = {one.strip().lower() for one in came.headers["set-cookie"].split(";")}
        assert {"httponly", "samesite=lax", "path=/board", "max-age=43200"} <= said
        assert ("secure" in said) == secure


async def test_a_visit_ends_after_twelve_hours(village: Town, browsers: Browsers) -> None:
    ana = await browsers.reader(village.ana, village.harbour)
    village.later(hours=11, minutes=59)
    assert (await ana.get("/board")).status_code == 200
    village.later(minutes=1)
    assert (await ana.get("/board")).status_code == 403


async def test_whoever_leaves_reads_nothing_more(village: Town, browsers: Browsers) -> None:
    ana = await browsers.reader(village.ana, village.harbour)
    ben = await browsers.reader(village.ben, village.harbour)
    await village.desk.record("left", Left(village.ana, village.now))
    await village.settle()
    assert "I do not know you here any more" in await ana.text()
    assert (await ana.get("/board")).status_code == 403
    assert (await ben.get("/board")).status_code == 200


async def test_whoever_is_forgotten_is_out_and_a_new_beginning_is_no_way_back(
    village: Town, browsers: Browsers
) -> None:
    ana = await browsers.reader(village.ana, village.harbour)
    unused = await link_of(village, village.ana, village.harbour)
    cookie = ana.client.cookies[COOKIE]
    village.later(minutes=1)
    asked = card_of(await village.command(village.ana, village.harbour, "/outloud mydata forget"))
    await village.chat.press(village.ana, asked, "Forget me")
    await village.settle()
    assert (await ana.get("/board")).status_code == 403
    assert (await ana.enter(unused)).status_code == 403
    village.later(minutes=1)
    await village.command(village.ana, village.harbour, "/grain Start again")
    ana.client.cookies.set(COOKIE, cookie)
    assert (await ana.get("/board")).status_code == 403
    anew = await browsers.reader(village.ana, village.harbour)
    assert (await anew.get("/board")).status_code == 200


async def test_leave_ends_a_visit(village: Town, browsers: Browsers) -> None:
    ana = await browsers.reader(village.ana, village.harbour)
    assert (await ana.client.post("/board/leave")).status_code == 303
    assert (await ana.get("/board")).status_code == 403


def guest_of(town: Town, who: AccountId) -> Guest:
    return Guest(who, town.now, town.now + rules.VISIT)


def passes(town: Town, keys: Sequence[str]) -> Passes:
    return Passes(lambda: keys, secure=False, now=town.store.now)


async def test_keys_rotate_and_what_an_older_one_signed_is_still_read(village: Town) -> None:
    guest = guest_of(village, village.ana)
    before = passes(village, KEYS[:1]).write(guest)
    assert passes(village, (KEYS[1], KEYS[0])).read(before) == guest
    assert passes(village, KEYS[1:]).read(before) is None


async def test_a_cookie_that_somebody_changed_is_worth_nothing(village: Town) -> None:
    mine = passes(village, KEYS[:1])
    written = mine.write(guest_of(village, village.ana))
    other = mine.write(guest_of(village, village.ben))
    body, _, signature = written.partition(".")
    changed = [
        "", ".", body, f"{body}.", f".{signature}", f"{body}.{signature[:-2]}",
        f"{other.partition('.')[0]}.{signature}", f"{body}A.{signature}", f"{written}.x", "é." * 9,
        "x" * 100_000,
    ]  # fmt: skip
    for one in changed:
        assert mine.read(one) is None, one[:80]
    assert mine.read(written) == guest_of(village, village.ana)
    village.later(hours=12)
    assert mine.read(written) is None


async def test_a_pass_for_another_workspace_opens_nothing_here(
    village: Town, browsers: Browsers
) -> None:
    elsewhere = guest_of(village, AccountId("fake", "W2", village.ana.id))
    stranger = await browsers.browser()
    stranger.client.cookies.set(COOKIE, passes(village, KEYS[:1]).write(elsewhere))
    assert (await stranger.get("/board")).status_code == 403
