"""Margin notes: a curator adds to something in a digest, and everybody who reads the digest reads that."""

from __future__ import annotations

import pytest

from bot.chat import Ask, Form, Wrong
from tests.digests.parts import Team, card_of


@pytest.fixture
async def told(team: Team) -> Team:
    await team.narrate("ana", "Fix the crane rota", "The tide table was a year old")
    return team


async def form(team: Team) -> Form:
    card = await team.command("chi", "/digest")
    asked = await team.house.chat.press(team.people["chi"], card, "Add a note")
    assert isinstance(asked, Ask)
    return asked.form


async def note(team: Team, **values: str) -> str:
    reply = await team.house.chat.submit(team.people["chi"], await form(team), values)
    await team.house.tick()
    return card_of(reply).plain()


async def test_a_note_stands_below_what_it_is_about_for_everybody(told: Team) -> None:
    assert "Everybody in #harbour reads them" in (await form(told)).text.plain()
    assert "Noted." in await note(told, item="0", words="The **new** one hangs in the mess.")
    for name in ("ana", "ben", "chi"):
        shown = (await told.command(name, "/digest")).plain()
        assert "Chi notes: The new one hangs in the mess." in shown
    await told.command("chi", "/digest post")
    assert "Chi notes: The new one" in told.posted()[0].plain()


async def test_a_note_that_comes_later_is_changed_or_taken_back_reaches_the_posted_digest(
    told: Team,
) -> None:
    await told.command("chi", "/digest post")
    await note(told, item="0", words="A new one is ordered.")
    assert "Chi notes: A new one is ordered." in told.posted()[0].plain()
    (field,) = [one.key for one in (await form(told)).fields if one.key.startswith("note.")]
    await note(told, **{field: "A new one is here."})
    assert "Chi notes: A new one is here." in told.posted()[0].plain()
    await note(told, **{field: ""})
    assert "notes" not in told.posted()[0].plain()


async def test_only_who_may_post_may_note(told: Team) -> None:
    asked = await form(told)
    reply = await told.house.chat.submit(told.people["ana"], asked, {"item": "0", "words": "x"})
    assert isinstance(reply, Wrong)
    assert "Only a curator of #harbour" in reply.sentences[""]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"item": "0", "words": ""}, "words"),
        ({"item": "", "words": "What about?"}, "item"),
        ({"item": "99", "words": "What about?"}, "item"),
        ({"item": "0", "words": "long " * 500}, "words"),
    ],
)
async def test_a_note_that_cannot_be_kept_says_why_beside_its_field(
    told: Team, values: dict[str, str], field: str
) -> None:
    reply = await told.house.chat.submit(told.people["chi"], await form(told), values)
    assert isinstance(reply, Wrong)
    assert list(reply.sentences) == [field]


async def test_the_notes_of_somebody_forgotten_are_gone_from_the_posted_digest(told: Team) -> None:
    await note(told, item="0", words="A new one is ordered.")
    await told.command("chi", "/digest post")
    card = await told.command("chi", "/outloud mydata forget")
    await told.press("chi", card, "Forget me")
    assert "Chi" not in told.posted()[0].plain()
    assert "tide table" in told.posted()[0].plain()
