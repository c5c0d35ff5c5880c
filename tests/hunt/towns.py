"""Towns to copy: each has its people, its channels, and a lesson at one of five points of its life."""

from __future__ import annotations

import copy
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.channels import desk as channels
from bot.channels.tables import Channel
from bot.chat import Place, Profile
from bot.engine import minding
from bot.people import desk as people
from tests.engine.parts import MORNING
from tests.hunt.harbour import Harbour
from tests.hunt.lessons import COMMUNITIES, NAMES, Coast, Town, choices, ways

TIDE = "When the tide turns, check the lines again because they go slack"
SECRET = f"{TIDE}, says ben@harbour.example"
"""What the guard stops at once."""


@dataclass(frozen=True)
class Towns:
    """A database with towns in it, and the chat they are in, both only to be copied."""

    file: Path
    chat: Harbour
    towns: list[Town]
    second: int

    @asynccontextmanager
    async def copied(self, folder: Path) -> AsyncIterator[Coast]:
        """The coast as it was made, in a folder of its own."""
        file = folder / "outloud.db"
        shutil.copyfile(self.file, file)
        chat = Harbour()
        for name in ("_posts", "_profiles", "_members", "_count", "at"):
            setattr(chat, name, copy.copy(getattr(self.chat, name)))
        coast = Coast(f"sqlite+aiosqlite:///{file}", copy.deepcopy(self.towns), chat)
        coast.second = self.second
        try:
            yield coast
        finally:
            await coast.store.close()


async def build(template: Path, folder: Path, count: int) -> Towns:
    """So many towns in a copy of an empty database."""
    file = folder / "towns.db"
    shutil.copyfile(template, file)
    chat = Harbour()
    chat.at = MORNING
    coast = Coast(f"sqlite+aiosqlite:///{file}", [Town(f"W{n}") for n in range(count)], chat)
    for number, town in enumerate(coast.towns):
        await _move_in(coast, town)
        town.source = await chat.say(
            town.who("ana"), town.place("harbour"), SECRET if number % 10 == 5 else TIDE
        )
        await chat.react(town.who("ben"), town.source)
    await coast.settle()
    for stage, deeds in enumerate(_LIFE, start=1):
        for number, town in enumerate(coast.towns):
            if number % 5 >= stage:
                for name, where, verb, choice in deeds:
                    await _press(coast, town, name, where, verb, choice)
        await coast.settle()
        await coast.tick()
        await coast.settle()
    await coast.store.close()
    return Towns(file, chat, coast.towns, coast.second)


_LIFE = (
    (("ana", "", "lessons.word", ""),),
    (("ana", "", "lessons.agree", ""),),
    (("chi", "", "lessons.select", ""),),
    (
        ("dee", "cop", "lessons.use", "worked"),
        ("eve", "cop", "lessons.use", "worked"),
        ("chi", "", "lessons.offer", "commons"),
    ),
)
"""Who presses what, and where, to get from each point to the next."""


async def _move_in(coast: Coast, town: Town) -> None:
    coast.chat.workspace = town.name
    for name in NAMES:
        account = coast.chat.person(name, Profile(name.capitalize(), zone="Europe/Lisbon"))
        await people.meet(coast.store, coast.chat, account)
    rings = {"harbour": "team", **dict.fromkeys(COMMUNITIES, "community"), "commons": "network"}
    async with coast.store.work() as work:
        everybody = [await people.caller(work, town.who(one)) for one in NAMES]
        for name, ring in rings.items():
            here = everybody[:2] if ring == "team" else everybody
            channel = Channel(workspace_id=f"fake:{town.name}", id=name, name=name, ring=ring)
            work.session.add(channel)
            await work.session.flush()
            await channels.put_members(work, channel, here)
            coast.chat._members[town.place(name)] = [town.who(one) for one in NAMES[: len(here)]]
        await channels.put_routes(work, f"fake:{town.name}", ways(town, but=set()))
        work.wakes.add(minding.CHANGED)
    await coast.curate(town, "chi")


async def _press(coast: Coast, town: Town, name: str, where: str, verb: str, choice: str) -> None:
    """One of the presses that lead from point to point."""
    coast.later(1)
    place: Place = town.place(where) if where else town.who(name).direct
    for ref, card in coast.seen_by(town, name):
        for action, option in choices(card):
            fits = action.partition(":")[0] == verb and choice in f"{action}:{option}"
            if ref.place == place and fits:
                await coast.send(town, name, action, option, ref, card, 0)
                await coast.settle()
                return
    raise AssertionError(f"{name} has nothing that says {verb} in {place}.")
