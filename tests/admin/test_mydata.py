"""What somebody wrote is theirs: they take it along, and it is gone from everywhere when they say so."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from bot.admin.desk import mydata
from bot.admin.tables import Change, Preview
from bot.app import FEATURES
from bot.channels import desk as channels
from bot.chat import AccountId, Card, Place, Ref, Replace, Reply, Show
from bot.checkins.rules import Question, RhythmPlan
from bot.digests.tables import DigestAddress, DigestMail, DigestNote
from bot.introductions.tables import Introduction
from bot.lessons.tables import (
    Lesson,
    LessonChoice,
    LessonEcho,
    LessonItem,
    LessonMark,
    LessonReply,
    LessonRound,
    LessonStep,
    LessonStory,
    LessonTip,
    LessonUse,
    LessonVote,
)
from bot.people import desk as people
from bot.people.tables import Workspace
from bot.store import base
from bot.store.base import new_id
from tests.house import House
from tests.outloud import Outloud

PLAN = RhythmPlan(
    questions=(
        Question("plan", "What are you trying to move?", role="plan"),
        Question("learned", "What surprised you?", role="learned", optional=True),
    )
)

EXPORTED = {
    "account": "person",
    "person": "person",
    "member": "membership",
    "role": "role",
    "link": "link",
    "link_code": "link",
    "link_try": "link",
    "voice": "entry",
    "habit": "check-in settings",
    "slot": "next prompt",
    "checkin": "check-in without an entry",
    "entry": "entry",
    "draft": "draft",
    "deed": "step to undo",
    "grain": "grain",
    "grain_count": "grain",
    "grain_change": "grain",
    "stakeholder": "named in a plan",
    "verdict": "feedback",
    "remark": "reply",
    "introduction": "introduction",
    "lesson": "lesson",
    "lesson_mark": "lesson marked",
    "lesson_vote": "yes to a lesson",
    "lesson_use": "word on a lesson",
    "lesson_step": "step with a lesson",
    "lesson_round": "lessons shown to check",
    "lesson_reply": "reply to a lesson",
    "lesson_tip": "lesson somebody thought was for me",
    "lesson_story": "story about a lesson",
    "lesson_choice": "choices about lessons",
    "digest_note": "margin note",
    "digest_address": "e-mail address",
    "digest_mail": "digest by e-mail",
    "board_ticket": "link to the board",
    "change": "change",
    "preview": "set-up not saved",
}
"""Tables about people, and the kind of record by which each comes with an export."""

STAYS = {
    "account": "the platform says who is there, and a new first word finds its person",
    "person": "emptied: no name, no settings, nothing that was chosen",
    "member": "the platform says who is in which channel",
    "habit": "one word is kept, so that somebody who asked to be forgotten is left alone",
}
"""Tables with a row about somebody who was forgotten, and why."""

ABOUT_NOBODY = {
    "lesson_text": "goes with its lesson",
    "lesson_item": "goes with its lesson; who decided about it is emptied",
    "lesson_count": "a number",
    "lesson_pause": "a route, and a time",
    "lesson_channel": "what a curator decided for a channel",
    "lesson_echo": "times; the words are in lesson_reply",
    "lesson_feed": "an id and times; the words are read from the lesson, and go with it",
    "workspace": "what an admin decided",
    "channel": "what an admin decided",
    "workspace_link": "what admins agreed on",
    "rhythm": "what an admin decided",
    "route": "what an admin decided",
    "feed": "what an admin decided",
    "digest_plan": "when a channel's digest comes",
    "digest_post": "a channel, some days, and no words",
    "digest_source": "what stands in a digest, and no words",
    "pattern_state": "words that several people used; whoever is forgotten is taken out of it",
    "digest_day": "a number of entries, of nobody in particular",
    "digest_count": "a day",
    "pattern_change": "what is to be looked at again, and no words",
    "retention": "a time",
    "introduction_round": "a time",
    "day": "a channel's day; who spoke is in voice",
    "team_prompt": "a team's question, whoever of them added it",
    "answer": "goes with its entry",
    "inbox": "emptied once handled; what waits is emptied when its author is forgotten",
    "outbox": "messages; the words of those that are taken away are emptied",
    "posted": "where messages stand, and no words",
    "destination": "when messages may go where, and no words",
}
"""Tables without a person, and why that is enough."""

PLATFORMS = ("local_", "slack_", "discord_")
"""Adapters keep addresses, and forms while they are open; the messages of the local chat are a platform's."""


def card_of(reply: Reply) -> Card:
    assert isinstance(reply, Show | Replace), reply
    return reply.card


class Day:
    """Ana and Ben in one team, on a day on which both wrote."""

    def __init__(self, house: House, ana: AccountId, ben: AccountId, team: Place) -> None:
        self.house, self.ana, self.ben, self.team = house, ana, ben, team

    async def command(self, by: AccountId, typed: str) -> Card:
        card = card_of(await self.house.chat.command(by, self.team, typed))
        await self.house.settle()
        return card

    async def press(self, by: AccountId, on: Card | Ref, label: str) -> Card:
        card = card_of(await self.house.chat.press(by, on, label))
        await self.house.settle()
        return card

    async def forget(self, by: AccountId, label: str = "Forget me") -> Card:
        return await self.press(by, await self.command(by, "/outloud mydata forget"), label)

    def thread(self) -> str:
        return "\n".join(card.plain() for card in self.house.thread(self.team))

    def direct(self, who: AccountId) -> str:
        return "\n".join(card.plain() for card in self.house.seen(who.direct))


async def reply(house: House, by: AccountId, on: Ref, words: str) -> None:
    asked = await house.chat.press(by, on, "Reply")
    await house.chat.submit(by, asked.form, {"words": words})  # type: ignore[union-attr]
    await house.settle()


@pytest.fixture
async def day(house: House) -> Day:
    ana, ben = await house.person("ana"), await house.person("ben")
    team = await house.channel("harbour", "team", ana, ben, plan=PLAN)
    day = Day(house, ana, ben, team)
    house.at("2026-11-16T09:00:00+00:00")
    await house.tick()
    await house.chat.say(ana, ana.direct, "Mend the berth lights\ngrain: Rig the small boat")
    await house.settle()
    await house.chat.say(ben, ben.direct, "Count the anchors")
    await house.settle()
    in_thread = house.parent(team).replies
    await reply(house, ana, house.find(in_thread, "Count the anchors"), "Anchors need tallow")
    await reply(house, ben, house.find(in_thread, "Mend the berth"), "Lights are in the shed")
    await house.chat.command(ana, team, "/grain Paint the gangway #harbour")
    await house.settle()
    return day


WORDS = ("berth lights", "small boat", "tallow", "gangway")
"""Out of everything that Ana wrote."""


async def rows(house: House) -> dict[str, list[dict[str, object]]]:
    """Every row of every table."""
    async with house.store.look() as work:
        return {
            table.name: [
                dict(row) for row in (await work.session.execute(select(table))).mappings()
            ]
            for table in base.metadata.sorted_tables
        }


async def test_an_export_says_everything_that_somebody_wrote_in_their_direct_message(
    day: Day,
) -> None:
    shown = await day.command(day.ana, "/outloud mydata export")
    assert "1 entry" in shown.plain()
    assert "3 grains" in shown.plain()
    export = day.direct(day.ana)
    assert "Everything I keep about you, on 16 November 2026" in export
    for words in (*WORDS, "Europe/Lisbon", "What are you trying to move?", "#harbour"):
        assert words in export, words
    assert "tallow" not in day.direct(day.ben) or "Ana answered" in day.direct(day.ben)
    assert "Everything I keep" not in day.direct(day.ben) + day.thread()


async def test_a_second_export_takes_the_place_of_the_first(day: Day) -> None:
    for _ in range(2):
        await day.command(day.ana, "/outloud mydata export")
    assert day.direct(day.ana).count("Everything I keep about you") == 1


async def test_a_long_export_comes_in_several_messages_and_whole(day: Day) -> None:
    for number in range(60):
        await day.command(day.ana, f"/grain Plan {number:03} {'and so on ' * 60}")
    await day.command(day.ana, "/outloud mydata export")
    export = day.direct(day.ana)
    assert "(1 of 5)" in export
    assert "(5 of 5)" in export
    for number in range(60):
        assert f"Plan {number:03}" in export


async def test_forgetting_is_asked_once_with_what_it_means(day: Day) -> None:
    card = await day.command(day.ana, "/outloud mydata forget")
    assert "1 entry, 3 grains and 1 reply" in card.plain()
    assert "cannot be undone" in card.plain()
    assert "Nothing was deleted" in (await day.press(day.ana, card, "Keep it all")).plain()
    assert "berth lights" in day.thread()


async def test_what_was_forgotten_stands_nowhere_any_more(day: Day) -> None:
    """Neither in a channel, nor with others, nor in the database; what others wrote stays."""
    await day.command(day.ana, "/outloud mydata export")
    assert "Forgotten" in (await day.forget(day.ana)).plain()
    assert day.direct(day.ana) == ""
    for words in (*WORDS, "Ana"):
        assert words not in day.thread() + day.direct(day.ben), words
        assert words not in str(await rows(day.house)), words
    assert "Count the anchors" in day.thread()
    assert "Lights are in the shed" in day.thread()
    assert "Ben narrated today" in day.house.seen(day.team)[-1].plain()


def people_in(table: Table) -> list[str]:
    """The columns that say which person a row is about."""
    keys = [one for one in table.foreign_keys if one.column.table.name == "person"]
    named = {one.parent.name for one in keys} | {one.name for one in table.columns}
    wanted = {one for one in named if one == "person_id" or one in {k.parent.name for k in keys}}
    return ["id"] if table.name == "person" else sorted(wanted - {"workspace_id"})


async def about(house: House, person_id: int) -> dict[str, list[dict[str, object]]]:
    """The rows about somebody, of every table that is about people."""
    every = await rows(house)
    return {
        table.name: [
            row
            for row in every[table.name]
            if any(row[column] == person_id for column in people_in(table))
        ]
        for table in base.metadata.sorted_tables
        if not table.name.startswith(PLATFORMS) and people_in(table)
    }


async def fill(day: Day) -> None:
    """Let Ana leave a trace in every table there is."""
    house, ana, ben = day.house, day.ana, day.ben
    asked = await house.chat.command(ben, day.team, "/grain")
    plan = {"text": "Grease the winch", "people": "Ana"}
    await house.chat.submit(ben, asked.form, plan, place=day.team)  # type: ignore[union-attr]
    await house.settle()
    winch = house.find(house.parent(day.team).replies, "Grease the winch")
    await house.chat.press(ana, winch, "Go on")
    await reply(house, ana, winch, "Winches need tallow, too")
    form = await house.chat.command(ana, day.team, "/checkin")
    await house.chat.submit(ana, form.form, {"answer.learned": "tallow"}, final=False)  # type: ignore[union-attr]
    orchard = await house.channel("orchard", "team", ana, plan=PLAN)
    await house.chat.command(ana, orchard, "/checkin skip")
    await house.chat.command(ana, day.team, "/outloud link")
    await house.chat.command(ana, day.team, "/outloud link WRONGONE")
    await house.chat.command(ana, day.team, "/outloud board")
    house.chat.workspace = "W2"
    elsewhere = await house.person("ana")
    house.chat.workspace = "W1"
    async with house.work() as work:
        me = await people.caller(work, ana)
        await people.link(work, me, await people.caller(work, elsewhere))
    async with house.work() as work:
        me, other = await people.caller(work, ana), await people.caller(work, ben)
        await channels.set_roles(work, me.workspace_id, "harbour", "curator", [me.id])
        key = {"workspace_id": me.workspace_id, "id": new_id()}
        work.session.add(
            Introduction(
                **key, writer_id=me.id, reader_id=other.id, writer_entry=1, reader_entry=2,
                shared=["tallow"], offered_at=work.now, writer_said="yes", closed=True,
            )
        )  # fmt: skip
        lesson = {"workspace_id": me.workspace_id, "lesson_id": 2, "person_id": me.id}
        for number, author, stuff in ((1, me, "tallow"), (2, other, "grease")):
            work.session.add(
                Lesson(
                    workspace_id=me.workspace_id, id=number, number=number, person_id=author.id,
                    channel_id="harbour", origin_place="typed", origin_message=str(number),
                    said=f"{stuff} helps", wording={"do": f"use {stuff}"}, state="agreed",
                    marked_at=work.now, news="",
                )
            )  # fmt: skip
        await work.session.flush()
        by = {"by_workspace": me.workspace_id}
        work.session.add(
            LessonItem(
                workspace_id=me.workspace_id, id=3, lesson_id=2, to_workspace=me.workspace_id,
                to_channel="cop", ring="community", since=work.now, by_id=me.id, word="tallow?",
                told=[me.id], told_at=work.now,
            )
        )  # fmt: skip
        await work.session.flush()
        vote = {"workspace_id": me.workspace_id, "item_id": 3, "person_id": me.id}
        work.session.add(LessonMark(**lesson, at=work.now))
        work.session.add(LessonVote(**vote, **by, at=work.now))
        work.session.add(LessonUse(**lesson, **by, said="worked", to_channel="cop", at=work.now))
        work.session.add(
            LessonStep(**lesson, **by, id=4, deed="ask back", word="tallow?", at=work.now)
        )
        work.session.add(
            LessonRound(workspace_id=me.workspace_id, person_id=me.id, told_at=work.now)
        )
        work.session.add(
            LessonEcho(workspace_id=me.workspace_id, id=5, lesson_id=2, begun_at=work.now)
        )
        await work.session.flush()
        work.session.add(
            LessonReply(
                workspace_id=me.workspace_id,
                id=6,
                echo_id=5,
                **by,
                person_id=me.id,
                place="fake:W1/cop",
                thread="1",
                message="2",
                words="tallow, too",
                at=work.now,
            )
        )
        work.session.add(
            LessonTip(
                **lesson,
                to_workspace=me.workspace_id,
                item_id=3,
                by_id=other.id,
                at=work.now,
                state="told",
                told_at=work.now,
            )
        )
        work.session.add(
            LessonStory(
                **lesson,
                **by,
                id=7,
                item_id=3,
                asked_at=work.now,
                words="tallow did it",
                shared_at=work.now,
            )
        )
        work.session.add(LessonChoice(workspace_id=me.workspace_id, person_id=me.id, tips=False))
        at_harbour = {"channel_id": "harbour", "person_id": me.id}
        work.session.add(
            DigestNote(**key, **at_harbour, about="entry:1:learned", words="tallow!", at=work.now)
        )
        work.session.add(
            DigestAddress(
                workspace_id=me.workspace_id, person_id=me.id, address="tallow@example.org"
            )
        )
        today = work.now.date()
        work.session.add(DigestMail(**key, **at_harbour, first=today, last=today, next_at=work.now))
        work.session.add(Change(**key, at=work.now, person_id=me.id, line="+ curators: Ana"))
        work.session.add(
            Preview(
                **key, person_id=me.id, channel_id="harbour", at=work.now,
                wanted={"name": "tallow"}, before={},
            )
        )  # fmt: skip
    await house.settle()


async def test_every_table_about_people_is_exported_and_forgotten_or_says_why_not(
    day: Day,
) -> None:
    """Whoever adds a table meets this first: it is listed above, filled here, and comes and goes with its person."""
    every = [table.name for table in base.metadata.sorted_tables]
    ours = {name for name in every if not name.startswith(PLATFORMS)}
    assert ours == {*EXPORTED, *ABOUT_NOBODY}
    await fill(day)
    ana = await day.house.who(day.ana)
    before = await about(day.house, ana.id)
    assert before.keys() == EXPORTED.keys()
    assert [name for name, found in before.items() if not found] == []
    async with day.house.store.look() as work:
        records = await mydata.records_of(work, await people.caller(work, day.ana), FEATURES)
    assert {one["kind"] for one in records} == set(EXPORTED.values())
    await day.forget(day.ana, "Forget me here")
    after = await about(day.house, ana.id)
    assert {name for name, found in after.items() if found} == STAYS.keys()
    for words in (*WORDS, "Ana"):
        for name, found in (await rows(day.house)).items():
            here = [row for row in found if row["workspace_id"] == ana.workspace_id]
            assert words not in str(here), (name, words)


async def test_whoever_was_forgotten_is_left_alone_and_can_start_afresh(day: Day) -> None:
    house = day.house
    await day.forget(day.ana)
    for hour in (12, 13):
        house.at(f"2026-11-17T{hour}:00:00+00:00")
        await house.tick()
    house.at("2026-11-18T09:00:00+00:00")
    await house.tick()
    assert day.direct(day.ana) == ""
    assert "What are you trying to move?" in day.direct(day.ben)
    card = await day.command(day.ana, "/grain Start again")
    assert card.title == "Kept as grain 1"
    export = await day.command(day.ana, "/outloud mydata export")
    assert "your settings and 1 grain." in export.plain()
    assert "berth" not in day.direct(day.ana)


async def test_an_event_that_waits_is_not_handled_after_its_author_was_forgotten(day: Day) -> None:
    await day.house.chat.say(day.ana, day.ana.direct, "Said in the last second")
    await day.house.chat.say(day.ben, day.ben.direct, "Another word")
    card = card_of(await day.house.chat.command(day.ana, day.team, "/outloud mydata forget"))
    await day.house.chat.press(day.ana, card, "Forget me")
    await day.house.settle()
    assert "last second" not in str(await rows(day.house))
    assert "Another word" in day.thread()


async def test_the_change_log_keeps_what_was_done_and_forgets_by_whom(house: House) -> None:
    dee = await house.person("dee", admin=True)
    team = await house.channel("harbour", "team", dee, plan=PLAN)
    async with house.work() as work:
        person = await house.who(dee)
        await channels.set_roles(work, team.workspace_id, "", "admin", [person.id])
    asked = await house.chat.command(dee, team, "/outloud roles")
    form = await house.chat.press(dee, card_of(asked), "Change")
    await house.chat.submit(dee, form.form, {"admins": ""})  # type: ignore[union-attr]
    await house.settle()
    log = card_of(await house.chat.command(dee, team, "/outloud log"))
    assert "Dee: ~ admins: Dee → nobody" in log.plain()
    card = card_of(await house.chat.command(dee, team, "/outloud mydata forget"))
    assert "1 change to the set-up" in card.plain()
    await house.chat.press(dee, card, "Forget me")
    log = card_of(await house.chat.command(dee, team, "/outloud log"))
    assert "somebody who left: ~ admins: somebody → nobody" in log.plain()


async def test_a_workspace_keeps_what_is_written_as_long_as_it_says(day: Day) -> None:
    house = day.house
    async with house.work() as work:
        workspace = await work.session.get_one(Workspace, day.team.workspace_id)
        workspace.retention_days = 30
    house.later(days=29)
    await house.tick()
    assert "berth lights" in str(await rows(house))
    house.later(days=3)
    await house.tick()
    kept = str(await rows(house))
    for words in (*WORDS, "Count the anchors", "Lights are in the shed"):
        assert words not in kept, words
        assert not [one for one in house.chat.posts if one.by == house.chat.bot
                    and words in one.card.plain()]  # fmt: skip


async def test_a_grain_that_is_carried_over_stays_when_its_entry_is_too_old(day: Day) -> None:
    house = day.house
    async with house.work() as work:
        workspace = await work.session.get_one(Workspace, day.team.workspace_id)
        workspace.retention_days = 30
    house.later(days=20)
    await day.command(day.ana, "/grain 3 kept")
    house.later(days=15)
    await house.tick()
    shown = await day.command(day.ana, "/grain list")
    assert "Paint the gangway" in shown.plain()
    assert "small boat" not in shown.plain()


async def test_words_behind_mydata_are_explained_or_corrected(day: Day) -> None:
    card = await day.command(day.ana, "/outloud mydata")
    assert [button.label for button in card.buttons] == ["Export", "Forget me"]
    assert "Forget everything" in (await day.press(day.ana, card, "Forget me")).title
    wrong = await day.command(day.ana, "/outloud mydata forgte")
    assert wrong.plain() == (
        "There is no /outloud mydata forgte. Did you mean /outloud mydata forget?"
    )


async def test_every_feature_that_keeps_words_says_how_they_are_exported_and_forgotten() -> None:
    for feature in FEATURES:
        assert (feature.export is None) == (feature.forget is None), feature.name


async def test_an_operator_exports_everything_for_their_own_eyes(tmp_path: Path) -> None:
    outloud = Outloud(tmp_path)
    assert (await outloud.command("migrate")).status == 0
    example = Path(__file__).parents[2] / "examples" / "setup.yaml"
    assert (await outloud.command("apply", str(example))).status == 0
    ended = await outloud.command("export", "--out", "all")
    assert (ended.status, ended.err) == (0, "")
    assert "all/local-local.json: " in ended.out
    written = tmp_path / "all" / "local-local.json"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    found = json.loads(written.read_text())
    assert found["workspace"] == "local:local"
    assert {"person", "membership"} <= {
        one["kind"] for person in found["people"] for one in person["kept"]
    }
    shown = await outloud.command("show-setup")
    assert (tmp_path / "all" / "setup.yaml").read_text() == shown.out
    (tmp_path / "file").write_text("")
    ended = await outloud.command("export", "--out", "file")
    assert ended.status == 1
    assert "file/local-local.json cannot be written: " in ended.err
