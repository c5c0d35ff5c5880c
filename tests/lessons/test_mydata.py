"""What somebody wrote as a lesson goes with them, or stays without their name, as they choose."""

from __future__ import annotations

from sqlalchemy import select

from bot.store import base
from tests.lessons.parts import TIDE, Town, card_of, words_of


async def everything(town: Town) -> str:
    async with town.store.look() as work:
        return str(
            [
                [tuple(row) for row in await work.session.execute(select(table))]
                for table in base.metadata.sorted_tables
                if table.name.startswith("lesson") or table.name == "outbox"
            ]
        )


async def test_forgotten_authors_take_every_copy_along(town: Town) -> None:
    await town.selected()
    ask = card_of(await town.command(town.ana, town.harbour, "/outloud mydata forget"))
    assert "1 lesson" in ask.plain()
    await town.chat.press(town.ana, ask, "Forget me")
    await town.settle()
    assert town.copies(town.cop) == []
    assert "tide" not in await everything(town)


async def test_or_leave_their_lessons_without_a_name(town: Town) -> None:
    await town.selected()
    ask = card_of(await town.command(town.ana, town.harbour, "/outloud mydata forget"))
    left = await town.chat.press(town.ana, ask, "Leave my lessons, unnamed")
    assert "Your lesson stays" in words_of(left)
    await town.settle()
    await town.chat.press(town.ana, ask, "Forget me")
    await town.settle()
    (copy,) = town.copies(town.cop)
    assert "When the tide turns" in copy.plain()
    for words in ("Ana", "harbour", f"> {TIDE}"):
        assert words not in copy.plain()
    await town.press(town.dee, "A lesson", "It worked", place=town.cop)
    await town.press(town.eve, "A lesson", "It worked", place=town.cop)
    assert "Ana" not in str([one.card for one in town.chat.posts if one.by == town.chat.bot])


async def test_what_a_reader_said_is_counted_no_more_after_they_were_forgotten(town: Town) -> None:
    await town.selected()
    await town.press(town.dee, "A lesson", "It worked", place=town.cop)
    assert town.copies(town.cop)[0].footnote.startswith("It worked for 1.")
    ask = card_of(await town.command(town.dee, town.cop, "/outloud mydata forget"))
    await town.chat.press(town.dee, ask, "Forget me")
    await town.settle()
    assert "worked" not in town.copies(town.cop)[0].footnote


async def test_a_curator_who_was_forgotten_is_named_nowhere(town: Town) -> None:
    await town.agreed()
    await town.tick()
    form = await town.press(town.chi, "A lesson for #cop?", "Decline")
    await town.submit(town.chi, form, word="We had it last week")
    ask = card_of(await town.command(town.chi, town.cop, "/outloud mydata forget"))
    await town.chat.press(town.chi, ask, "Forget me")
    await town.settle()
    kept = await everything(town)
    assert "We had it last week" not in kept


async def test_an_export_holds_my_lessons_and_what_i_said_of_others(town: Town) -> None:
    await town.selected()
    await town.press(town.dee, "A lesson", "It worked", place=town.cop)
    await town.command(town.ana, town.harbour, "/outloud mydata export")
    export = "\n".join(one.plain() for one in town.direct(town.ana))
    assert "When the tide turns" in export
    assert "#cop: relayed" in export
    await town.command(town.dee, town.cop, "/outloud mydata export")
    assert "It worked" in "\n".join(one.plain() for one in town.direct(town.dee))
