"""One's own digest: what I planned, did and learned, for me alone."""

from __future__ import annotations

from tests.digests.parts import Team


async def test_mine_tells_what_i_planned_did_and_learned(team: Team) -> None:
    await team.narrate("ana", "Fix the crane rota", "The tide table was a year old")
    await team.narrate("ben", "Paint the gangway", "Paint dries slowly in fog")
    await team.command("ana", "/grain 1 done Ask the night shift first")
    card = await team.command("ana", "/digest mine")
    assert card.title == "My work, 14 to 20 November 2026"
    shown = card.plain()
    for words in ("What I planned", "What I did", "What I learned", "crane rota", "night shift"):
        assert words in shown
    assert "gangway" not in shown
    assert card.footnote == "Only you see this."


async def test_mine_goes_to_my_direct_message_as_a_file(team: Team) -> None:
    await team.narrate("ana", "Fix the crane rota", "The tide table was a **year** old")
    card = await team.command("ana", "/digest mine")
    written = await team.take_along("ana", card, "Markdown")
    assert written.startswith("# My work, 14 to 20 November 2026\n\n## What I planned\n\n")
    assert "- Fix the crane rota" in written
    assert "outloud:" not in written
    page = await team.take_along("ana", card, "HTML")
    assert "<title>My work, 14 to 20 November 2026</title>" in page


async def test_nothing_of_mine_is_fine(team: Team) -> None:
    card = await team.command("ana", "/digest mine last month")
    assert "You wrote nothing in these days, as far as I know. That is fine." in card.plain()
    assert card.buttons == ()


async def test_the_files_have_all_of_it(team: Team) -> None:
    for number in range(12):
        await team.command("ana", f"/grain Plan {number:02}")
    card = await team.command("ana", "/digest mine")
    assert "and 7 more in the files" in card.plain()
    exported = await team.take_along("ana", card, "Markdown")
    assert all(f"Plan {number:02}" in exported for number in range(12))
