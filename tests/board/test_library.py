"""Lessons on the board: searched and filtered, each reader's own, with the trail for their author."""

from __future__ import annotations

from sqlalchemy import update

from bot.lessons.rules import Wording
from bot.lessons.tables import Lesson, LessonItem
from tests.board.parts import Browsers, Reader, browsers_of, text_of
from tests.lessons.parts import TIDE, Town
from tests.web.local import read_html

SHARED = "When the tide turns, check the lines again, because they go slack"
RUST = "When the brake squeals, grease the drum, because rust eats it"


async def found(reader: Reader, **asked: str) -> list[str]:
    """The headlines of the lessons on the board."""
    answer = await reader.client.get("/board/lessons", params=asked)
    assert answer.status_code == 200
    return [one.text for one in read_html(answer.text).all("h3")]


async def test_lessons_are_found_by_words_channel_topic_and_state(town: Town) -> None:
    await town.selected(TIDE)
    await town.agreed(RUST)
    async with town.work() as work:
        await work.session.execute(
            update(Lesson).where(Lesson.number == 1).values(topics=["tides", "Gezeiten, öde"])
        )
    async with browsers_of(town) as browsers:
        ana = await browsers.reader(town.ana, town.harbour)
        eve = await browsers.reader(town.eve, town.cop)
        assert await found(ana) == [RUST, SHARED]
        assert await found(eve) == [SHARED]
        assert await found(ana, words="brake drum") == [RUST]
        assert await found(ana, words="gre") == [RUST]
        assert await found(eve, words="brake") == []
        assert await found(ana, channel="cop") == [SHARED]
        assert await found(ana, channel="harbour") == [RUST, SHARED]
        assert await found(ana, topic="tides") == [SHARED]
        assert await found(ana, topic="Gezeiten, öde") == [SHARED]
        assert await found(ana, topic="tide") == []
        assert await found(ana, state="confirmed") == []
        assert await found(ana, state="mine", words="tide") == [SHARED]
        assert await found(eve, state="mine") == []
        assert await found(ana, state="nonsense") == [RUST, SHARED]
        offered = (await ana.page("/board/lessons")).one("select", name="topic")
        assert [one.text for one in offered.all("option")] == [
            "Everything", "Gezeiten, öde", "tides",
        ]  # fmt: skip


ODD = (
    '"', "' OR 1=1 --", "tide AND NOT", "NEAR(tide lines)", "tide*", "(", "%_\\", "\0", "🌊 :* !|&",
    "tide " * 2_000, "<b>tide</b>", "tide:lines", "-tide", "🌊",
)  # fmt: skip


async def test_whatever_is_searched_for_is_only_words(town: Town) -> None:
    await town.selected(TIDE)
    async with browsers_of(town) as browsers:
        eve = await browsers.reader(town.eve, town.cop)
        for typed in ODD:
            assert await found(eve, words=typed) in ([SHARED], []), typed[:40]
        assert await found(eve, words="tide*") == [SHARED]
        assert await found(eve, words="🌊") == []


async def test_nothing_tells_which_team_an_unnamed_lesson_comes_from(
    village: Town, browsers: Browsers
) -> None:
    await village.selected(TIDE)
    async with village.work() as work:
        await work.session.execute(update(Lesson).values(attribution="unnamed"))
    eve = await browsers.reader(village.eve, village.cop)
    assert await found(eve) == [SHARED]
    assert await found(eve, channel="harbour") == []
    assert "harbour" not in await eve.text("/board/lessons")


async def test_its_author_reads_every_step_and_others_where_it_stands(
    village: Town, browsers: Browsers
) -> None:
    await village.selected(TIDE)
    (lesson,) = await village.lessons()
    ana = await browsers.reader(village.ana, village.harbour)
    eve = await browsers.reader(village.eve, village.cop)
    link = (await eve.page("/board/lessons")).one("h3").one("a").attributes["href"]
    assert link == f"/board/lessons/{lesson.id}"
    theirs, own = await eve.text(link), await ana.text(link)
    for told in (theirs, own):
        assert "Lesson 1: shared" in told
        assert "From:Ana, #harbour" in told
        assert "#cop:stands there" in told
        assert "Only you see this" not in told
    assert "Chi selected it in #cop" in own
    assert "selected it" not in theirs
    assert not list((await ana.page(link)).one("main").all("button"))


async def test_a_lesson_that_is_not_shared_with_somebody_is_none_for_them(
    village: Town, browsers: Browsers
) -> None:
    await village.agreed(RUST)
    (lesson,) = await village.lessons()
    eve = await browsers.reader(village.eve, village.cop)
    for name in (lesson.id, lesson.id + 1, 1, -1, "1e9", "９", 2**63, 10**30):
        answer = await eve.get(f"/board/lessons/{name}")
        assert answer.status_code == 404
        assert "There is no such lesson that you can read" in answer.text
        assert "brake" not in answer.text


async def test_a_lesson_of_another_workspace_is_read_only_where_its_copy_stands(
    village: Town,
) -> None:
    await village.open_far()
    await village.selected(TIDE)
    (lesson,) = await village.lessons()
    async with browsers_of(village) as browsers:
        fay = await browsers.reader(village.fay, village.reef)
        assert (await fay.get(f"/board/lessons/{lesson.id}")).status_code == 404
        assert await found(fay) == []


async def test_readers_of_a_wider_channel_read_its_wider_words_alone(
    village: Town, browsers: Browsers
) -> None:
    await village.selected(TIDE)
    zoe = await village.person("zoe")
    await village.channel_joined(village.commons, zoe)
    async with village.work() as work:
        (item,) = await village.items()
        work.session.add(
            LessonItem(
                workspace_id=item.workspace_id, id=item.id + 1, lesson_id=item.lesson_id,
                to_workspace=item.to_workspace, to_channel="commons", ring="network",
                state="relayed", since=work.now, told=[],
                wording=Wording(do="look twice at what holds you").kept(),
            )
        )  # fmt: skip
    reader = await browsers.reader(zoe, village.commons)
    assert await found(reader) == ["Look twice at what holds you"]
    link = (await reader.page("/board/lessons")).one("h3").one("a").attributes["href"]
    assert "tide" not in await reader.text(link)
    eve = await browsers.reader(village.eve, village.cop)
    assert await found(eve) == [SHARED]


async def test_many_lessons_come_page_by_page(village: Town, browsers: Browsers) -> None:
    ana = await browsers.reader(village.ana, village.harbour)
    person = await village.who(village.ana)
    async with village.work() as work:
        for number in range(1, 31):
            work.session.add(
                Lesson(
                    workspace_id=person.workspace_id, id=number, number=number,
                    person_id=person.id, channel_id="harbour", origin_place="typed",
                    origin_message=str(number), said=f"Knot {number}", state="agreed",
                    wording={"do": f"Knot {number}"}, marked_at=work.now,
                )
            )  # fmt: skip
    first = await ana.page("/board/lessons")
    assert [one.text for one in first.all("h3")] == [f"Knot {n}" for n in range(30, 6, -1)]
    (following,) = [one for one in first.all("a") if one.text == "The next ones"]
    second = await ana.page(following.attributes["href"])
    assert [one.text for one in second.all("h3")] == [f"Knot {n}" for n in range(6, 0, -1)]
    (back,) = [one for one in second.all("a") if one.text == "The ones before"]
    assert back.attributes["href"] == "/board/lessons"
    assert "Knot 30" in text_of(await ana.page(back.attributes["href"]))
    assert await found(ana, start="999999999") == []
