"""What the tests of check-ins share: reading replies, and a team of people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from bot.chat import AccountId, Ask, Card, Form, Place, Replace, Reply, Show
from bot.checkins.rules import Question, RhythmPlan
from bot.checkins.tables import Answer, Checkin, Entry
from tests.house import House

PLAN = Question("plan", "What will you move today?", role="plan")
LEARNED = Question("learned", "What surprised you?", role="learned", optional=True)
ASKS = (PLAN, LEARNED)
NINE = RhythmPlan(questions=ASKS, nudges=0)
"""Every working day at nine, two questions, no reminders."""
NOBODY_SEES = "Taken back; nobody sees it any more."


def card(reply: Reply) -> Card:
    """The card that a reply shows."""
    assert isinstance(reply, Show | Replace), reply
    return reply.card


def form(reply: Reply) -> Form:
    """The form that a reply opens."""
    assert isinstance(reply, Ask), reply
    return reply.form


def labels(shown: Card) -> list[str]:
    return [button.label for button in shown.buttons]


def values(asked: Form) -> dict[str, str]:
    """What a form holds when it opens, without its empty fields."""
    return {field.key: field.value for field in asked.fields if field.value}


async def team(
    house: House, *names: str, zone: str = "Europe/Lisbon", plan: RhythmPlan = NINE
) -> tuple[Place, list[AccountId]]:
    """A team channel called harbour, and people in it who all live in one zone."""
    people = [await house.person(name, zone) for name in names]
    return await house.channel("harbour", "team", *people, plan=plan), people


async def ask(house: House, at: str = "2026-11-16T09:00:00+00:00") -> None:
    """Let it be nine on Monday, or another moment, and everybody be asked who is due."""
    house.at(at)
    await house.ticker.tick_due()
    await house.settle()


async def say(house: House, account: AccountId, words: str) -> Any:
    """Somebody writes to the bot."""
    ref = await house.chat.say(account, account.direct, words)
    await house.settle()
    return ref


async def narrate(house: House, account: AccountId, place: Place, **answers: str) -> Reply:
    """Somebody fills in today's form and sends it."""
    asked = form(await house.chat.command(account, place, "/checkin"))
    named = {f"answer.{key}": words for key, words in answers.items()}
    reply = await house.chat.submit(account, asked, named, place=place)
    await house.settle()
    return reply


def direct(house: House, account: AccountId) -> list[str]:
    """What the bot's messages to somebody say now, from the first line of each."""
    return [shown.plain() for shown in house.seen(account.direct)]


def thread(house: House, channel: Place) -> list[str]:
    """What stands in the thread of the channel's last day."""
    return [shown.plain() for shown in house.thread(channel)]


async def entries(house: House) -> list[list[str]]:
    """The answers of every entry that is not taken back, oldest first."""
    async with house.store.look() as work:
        found = await work.session.execute(
            select(Entry.id, Answer.words)
            .join(
                Answer, (Answer.workspace_id == Entry.workspace_id) & (Answer.entry_id == Entry.id)
            )
            .where(Entry.removed_at.is_(None))
            .order_by(Entry.id, Answer.position, Answer.key)
        )
        said: dict[int, list[str]] = {}
        for entry_id, words in found:
            said.setdefault(entry_id, []).append(words)
    return list(said.values())


async def count(house: House, table: type[Any]) -> int:
    async with house.store.look() as work:
        return (await work.session.scalar(select(func.count()).select_from(table))) or 0


async def checkins(house: House) -> list[Checkin]:
    async with house.store.look() as work:
        return list(await work.session.scalars(select(Checkin).order_by(Checkin.id)))


async def prompted(house: House, *names: str) -> tuple[Place, list[AccountId]]:
    """A team that was asked at nine, in which Ana plans the mast."""
    harbour, people = await team(house, *names)
    await ask(house)
    await say(house, people[0], "the mast")
    return harbour, people
