"""Lessons between the last word but one and their copy: a curator on Discord worded them, authors on Slack say yes."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from string import ascii_lowercase as LETTERS  # noqa: N812 - a constant
from typing import Any

from sqlalchemy import insert, select, text

from benchmarks.stage import discord
from benchmarks.stage.people import TEAM, WORKSPACE, live_at_noon, settle
from bot.channels.tables import Channel, Member, Role, Route
from bot.chat import Place, action
from bot.lessons.tables import Lesson, LessonItem, LessonText
from bot.people.tables import Account, Person, Workspace, WorkspaceLink
from bot.store.base import Base
from bot.store.session import Store

THERE = f"discord:{discord.GUILD}"
CURATOR = 1
NO_CAP = 100_000
"""Lessons a day into one channel: what is measured is how long one takes, not how many are let in."""
READER = 7
"""Who reads in the community of the library, and is in no team."""
WORDS, BATCH, SAMPLE = 8_000, 5_000, 40


async def prepare(url: str, lessons: int) -> list[tuple[str, str]]:
    """One lesson for each of so many people; returns who presses what, from team to team.

    Each team has a community on Discord of its own, so that no place keeps two copies apart.
    """
    await settle(url, lessons, due=[datetime.now(UTC) + timedelta(days=1)], each=lessons)
    store = Store(url)
    async with store.work() as work:
        for table, rows in _rows(lessons, work.now):
            await work.session.execute(insert(table), rows)
    await store.survey()
    await store.close()
    await live_at_noon(url)
    teams = lessons // TEAM
    order = [team * TEAM + member for member in range(TEAM) for team in range(teams)]
    return [(_person(one), action("lessons.yes", _id(one), _id(one))) for one in order]


def _rows(lessons: int, now: datetime) -> list[tuple[type[Base], list[dict[str, Any]]]]:
    teams = range(lessons // TEAM)
    here = {"workspace_id": WORKSPACE}
    there = {"workspace_id": THERE}
    one = {**there, "person_id": CURATOR}
    links = [(WORKSPACE, THERE), (THERE, WORKSPACE)]
    numbers = range(lessons)
    return [
        (Workspace, [there | {"name": "", "confidential": [], "created_at": now}]),
        (WorkspaceLink, [
            {"workspace_id": a, "other_id": b, "agreed_by": 0, "at": now} for a, b in links
        ]),
        (Person, [there | {
            "id": CURATOR, "name": "Chi", "zone": "UTC", "profile_at": now, "met_at": now,
        }]),
        (Account, [one | {"id": discord.CURATOR}]),
        (Channel, [there | {
            "id": discord.channel(team), "name": f"cop-{team}", "ring": "community", "topics": [],
            "relays_a_day": NO_CAP, "members_at": now,
        } for team in teams]),
        (Member, [one | {"channel_id": discord.channel(team), "here": True} for team in teams]),
        (Role, [one | {"channel_id": discord.channel(team), "role": "curator"} for team in teams]),
        (Route, [here | {
            "from_place": str(Place("slack", "T0BENCH", _team(team))),
            "to_place": str(Place("discord", discord.GUILD, discord.channel(team))), "topics": [],
        } for team in teams]),
        (Lesson, [here | {
            "id": _id(number), "number": number + 1, "person_id": number,
            "channel_id": _team(number // TEAM), "origin_place": "typed",
            "origin_message": str(number), "said": "", "state": "agreed",
            "wording": _wording(number), "marked_at": now, "asked_at": now, "agreed_at": now,
        } for number in numbers]),
        (LessonText, [here | {
            "lesson_id": _id(number), "words": " ".join(_wording(number).values()),
        } for number in numbers]),
        (LessonItem, [here | {
            "id": _id(number), "lesson_id": _id(number), "to_workspace": THERE,
            "to_channel": discord.channel(number // TEAM), "ring": "community",
            "state": "reworded", "since": now, "proposal": _wording(number), "by_id": CURATOR,
        } for number in numbers]),
    ]  # fmt: skip


def _id(number: int) -> int:
    return number + 1


def _team(number: int) -> str:
    return f"C{number + 10_000_000}"


def _person(number: int) -> str:
    return f"U{number + 10_000_000}"


def _wording(number: int) -> dict[str, str]:
    return {
        "when": "the tide turns",
        "do": f"check the lines again, first of all line {number}",
        "because": "they go slack",
        "quote": "",
    }


async def fill_library(url: str, lessons: int) -> tuple[Lesson, ...]:
    """So many lessons of one author in one community, in words as unevenly common as those of a language.

    Returns some of them, from anywhere.
    """
    await settle(url, TEAM, due=[datetime.now(UTC) + timedelta(days=1)], each=TEAM)
    chance = random.Random(6)
    vocabulary = ["".join(chance.choices(LETTERS, k=chance.randint(3, 10))) for _ in range(WORDS)]
    weights = [1 / (rank + 1) for rank in range(WORDS)]
    store = Store(url)
    async with store.work() as work:
        await work.session.execute(insert(Channel), [_community()])
        await work.session.execute(insert(Member), [_reader()])
    for start in range(0, lessons, BATCH):
        async with store.work() as work:
            numbers = range(start, min(start + BATCH, lessons))
            said = [chance.choices(vocabulary, weights, k=20) for _ in numbers]
            for table, rows in _shelf(numbers, said, work.now):
                await work.session.execute(insert(table), rows)
    await store.survey()
    async with store.work() as work:
        if not store.is_sqlite:
            # What the server's own cleaning does sooner or later.
            await work.session.execute(text("ANALYZE"))
        some = select(Lesson).where(Lesson.id.in_(chance.sample(range(1, lessons + 1), k=SAMPLE)))
        found = tuple(await work.session.scalars(some))
    await store.close()
    return found


def _community() -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "workspace_id": WORKSPACE, "id": "COP", "name": "cop", "ring": "community", "topics": [],
        "members_at": now,
    }  # fmt: skip


def _reader() -> dict[str, Any]:
    return {"workspace_id": WORKSPACE, "channel_id": "COP", "person_id": READER, "here": True}


def _shelf(
    numbers: range, said: list[list[str]], now: datetime
) -> list[tuple[type[Base], list[dict[str, Any]]]]:
    here = {"workspace_id": WORKSPACE}
    rows = list(zip(numbers, said, strict=True))
    return [
        (Lesson, [here | {
            "id": _id(number), "number": _id(number), "person_id": 0, "channel_id": _team(0),
            "origin_place": "typed", "origin_message": str(number), "said": "", "state": "agreed",
            "wording": {
                "when": " ".join(words[:6]), "do": " ".join(words[6:14]),
                "because": " ".join(words[14:]), "quote": "",
            },
            "marked_at": now, "agreed_at": now,
        } for number, words in rows]),
        (LessonText, [
            here | {"lesson_id": _id(number), "words": " ".join(words)} for number, words in rows
        ]),
        (LessonItem, [here | {
            "id": _id(number), "lesson_id": _id(number), "to_workspace": WORKSPACE,
            "to_channel": "COP", "ring": "community", "state": "relayed", "since": now,
            "relayed_at": now,
        } for number, _ in rows]),
    ]  # fmt: skip
