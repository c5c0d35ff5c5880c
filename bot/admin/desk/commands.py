"""`/outloud` and what may follow it."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.admin.desk import linking, mydata, roles, setup
from bot.admin.words import help as words
from bot.admin.words.help import Standing, SubHelp
from bot.board.desk import Door
from bot.channels import desk as channels
from bot.chat import AccountId, Command, CommandHelp, Place, Reply, Show
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wrote behind a sub-word of `/outloud`."""

    person: Person
    words: str
    command: Command
    keepers: mydata.Keepers
    door: Door


@dataclass(frozen=True, slots=True)
class SubWord:
    """One sub-word of `/outloud`: its help, and what it does."""

    help: SubHelp
    act: Callable[[Work, Asked], Awaitable[Reply]]


async def _setup(work: Work, asked: Asked) -> Reply:
    return await setup.open_setup(work, asked.person, asked.command.place, asked.words)


async def _roles(work: Work, asked: Asked) -> Reply:
    return await roles.show_roles(work, asked.person)


async def _mydata(work: Work, asked: Asked) -> Reply:
    return await asked.keepers.act(work, asked.person, asked.words)


async def _link(work: Work, asked: Asked) -> Reply:
    return await linking.open_link(work, asked.person, asked.words)


async def _board(work: Work, asked: Asked) -> Reply:
    return await asked.door.open(work, asked.person)


async def _log(work: Work, asked: Asked) -> Reply:
    return await roles.show_log(work, asked.person)


SUB_WORDS: dict[str, SubWord] = {
    "board": SubWord(
        SubHelp("board", "The week, lessons and patterns as pages to read in a browser."), _board
    ),
    "setup": SubWord(
        SubHelp("setup [#channel]", "Where I work, what I ask, and when.", for_admins=True), _setup
    ),
    "roles": SubWord(SubHelp("roles", "Who is admin, and who curates what."), _roles),
    "mydata": SubWord(
        SubHelp(
            "mydata export|forget", "Everything I keep about you: take it along, or delete it."
        ),
        _mydata,
    ),
    "link": SubWord(
        SubHelp("link [CODE]", "Be one person to me on several platforms, and see what is linked."),
        _link,
    ),
    "log": SubWord(SubHelp("log", "Who changed what.", for_admins=True), _log),
}
"""Every sub-word, in the order of the help."""


async def standing_of(work: Work, account: AccountId) -> tuple[Person | None, Standing]:
    """Who somebody is here, and what they may do."""
    person = await people.find(work, account)
    if person is None or not person.present:
        return None, Standing(known=False)
    named = await channels.many(
        work, [(person.workspace_id, one) for one in await channels.curates(work, person)]
    )
    return person, Standing(
        known=True,
        admin=await channels.is_admin(work, person),
        curates=tuple(sorted(f"#{one.name}" for one in named.values())),
    )


@dataclass(frozen=True, slots=True)
class Front:
    """Answers `/outloud`, knowing the commands of all features."""

    commands: tuple[CommandHelp, ...]
    keepers: mydata.Keepers
    door: Door

    async def on_command(self, work: Work, act: Command) -> Reply:
        """Help, or what a sub-word does."""
        written, _, rest = act.words.strip().partition(" ")
        word = written.casefold()
        person, standing = await standing_of(work, act.by)
        if word in ("", "help"):
            own = [one.help for one in SUB_WORDS.values()]
            return Show(words.help_card(standing, self.commands, own))
        if person is None:
            person = await people.caller(work, act.by)
        if word not in SUB_WORDS:
            mine = [n for n, one in SUB_WORDS.items() if words.may_use(standing, one.help)]
            near = difflib.get_close_matches(word, mine, 1, cutoff=0.5)
            hint = (
                f"Did you mean /outloud {near[0]}?"
                if near
                else "Type /outloud to see what I can do."
            )
            raise Refusal(f"There is no /outloud {written[:40]}. {hint}")
        return await SUB_WORDS[word].act(
            work, Asked(person, rest.strip(), act, self.keepers, self.door)
        )


async def complete(work: Work, typed: str, by: AccountId, place: Place) -> tuple[str, ...]:
    """The sub-words that the caller may use, behind `setup` the channels, and what `mydata` can do."""
    person, standing = await standing_of(work, by)
    offered = [n for n, one in SUB_WORDS.items() if words.may_use(standing, one.help)]
    if person is not None and "setup" in offered:
        every = await channels.every(work, person.workspace_id)
        offered += [f"setup #{one.name}" for one in every]
    if "mydata" in offered:
        offered += [f"mydata {one}" for one in mydata.WORDS]
    if standing.admin:
        offered.append(f"link {linking.WORKSPACE}")
    return tuple(offered)
