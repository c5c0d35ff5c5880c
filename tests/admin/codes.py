"""What the tests of `/outloud link` do: type it, read a code, press a button."""

from __future__ import annotations

import re

from bot.chat import AccountId, Card, Replace, Reply, Show
from tests.house import House


def card(reply: Reply) -> Card:
    assert isinstance(reply, Show | Replace), reply
    return reply.card


async def somebody(
    house: House, workspace: str, name: str, zone: str = "Europe/Lisbon", *, admin: bool = False
) -> AccountId:
    house.chat.workspace = workspace
    return await house.person(name, zone, admin=admin)


async def says(house: House, by: AccountId, words: str = "") -> Card:
    return card(await house.chat.command(by, by.direct, f"/outloud link {words}".strip()))


async def code_of(house: House, by: AccountId, words: str = "") -> str:
    shown = (await says(house, by, words)).plain()
    found = re.search(r"/outloud link ([A-Z2-9]{4}-[A-Z2-9]{4})", shown)
    assert found, shown
    return found[1]


async def press(house: House, by: AccountId, on: Card, label: str) -> Card:
    said = card(await house.chat.press(by, on, label))
    await house.settle()
    return said


async def link(house: House, one: AccountId, other: AccountId, words: str = "") -> Card:
    code = await code_of(house, one, words)
    return await press(house, other, await says(house, other, code), "Yes, link them")


def direct(house: House, who: AccountId) -> str:
    return "\n".join(one.plain() for one in house.seen(who.direct))
