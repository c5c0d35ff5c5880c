"""The port: what a platform may ask of the core, what the core may ask of a platform, and how sending can fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from bot.chat.cards import Card
from bot.chat.events import Act, Edited, Event, Joined, Left, Removed, Reply, Said
from bot.chat.place import AccountId, Place, Ref
from bot.chat.text import Text

BROKEN: Final = Card(
    text=Text.of(
        "Something went wrong on our side, and it is noted. Please try again in a minute: "
        "whatever you had typed is kept."
    )
)
"""What somebody sees whose act could not be answered for a mistake of ours."""


class Busy(Exception):
    """Nothing was posted, and the platform asks for `seconds` of patience."""

    def __init__(self, seconds: float, sentence: str = "", *, everywhere: bool = False) -> None:
        super().__init__(sentence or f"The platform asks to wait {seconds:g} seconds.")
        self.seconds = seconds
        self.everywhere = everywhere
        """Whether the whole platform should pause, not only this place."""


class Refused(Exception):
    """Nothing was posted and never will be: the sentence says why and what somebody can do."""


class Unsure(Exception):
    """The connection was lost after the request went out: the message may be there, or not."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a platform knows of an account."""

    name: str
    zone: str | None = None
    """An IANA name, when the platform tells one."""
    locale: str | None = None
    is_admin: bool = False
    is_bot: bool = False
    workspace: str = ""
    """What the platform calls the workspace, when it tells."""


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """One slash command as a platform lists it."""

    name: str
    summary: str
    """One line, at most 100 characters."""
    usage: str = ""
    """What may follow it: ``TEXT``, ``[week|month]``."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One entry in a message's menu; `action` comes back in the `Press`."""

    label: str
    action: str


class Desk(Protocol):
    """What a platform may ask of the core."""

    @property
    def commands(self) -> tuple[CommandHelp, ...]:
        """Every slash command, in the order of the help."""
        ...

    @property
    def shortcuts(self) -> tuple[Shortcut, ...]:
        """Every entry that the bot adds to a message's menu."""
        ...

    async def minds(self, place: Place, message: str = "") -> bool:
        """Whether the core works at a place; with a message, whether it wants to hear what becomes of that one.

        What people say anywhere else is not handed over, so that nothing of it is kept: `is_wanted` asks this.
        """
        ...

    async def record(self, key: str, event: Event) -> bool:
        """Keep an event durably before returning; False when this key was kept before.

        The key names the content (place, message, kind, revision), never the delivery.
        """
        ...

    async def answer(self, act: Act) -> Reply:
        """Do what was asked and say what to show, inside the platform's time limit."""
        ...

    async def complete(self, name: str, words: str, by: AccountId, place: Place) -> tuple[str, ...]:
        """What may follow these words of a slash command, at most 25, best first."""
        ...


class Chat(Protocol):
    """What the core may ask of a platform."""

    @property
    def platform(self) -> str:
        """``local``, ``slack``, ``discord`` or a third party's own name."""
        ...

    @property
    def pace(self) -> float:
        """Seconds to leave between two messages to one channel."""
        ...

    async def listen(self, desk: Desk) -> None:
        """Hand events and acts to the desk until cancelled."""
        ...

    async def send(
        self, to: Place, card: Card, *, key: str, again: bool = False
    ) -> tuple[Ref, ...]:
        """Post a card and return a ref per part, in order.

        With `again` an earlier try with this key may have reached the platform: find that message rather than post
        a second one. Raises `Busy`, `Refused` or `Unsure`.
        """
        ...

    async def edit(self, refs: tuple[Ref, ...], card: Card) -> tuple[Ref, ...]:
        """Make a posted message say this card, and return its refs now. Raises as `send` does."""
        ...

    async def remove(self, refs: tuple[Ref, ...]) -> None:
        """Take a posted message away; one that is gone already is no error. Raises `Busy` or `Refused`."""
        ...

    async def fetch(self, ref: Ref) -> Said | None:
        """The message as it stands now, or None when it is gone."""
        ...

    def link(self, ref: Ref) -> str:
        """The address at which a message is read in a browser; empty where it has none."""
        ...

    async def profile(self, account: AccountId) -> Profile | None:
        """What the platform knows of somebody, or None when it knows nobody of that name."""
        ...

    async def members(self, channel: Place) -> tuple[AccountId, ...]:
        """The people in a channel, without bots. Raises `Refused` when the bot cannot see it."""
        ...

    async def examine(self, channels: tuple[Place, ...]) -> tuple[str, ...]:
        """What is missing for working in these channels, looked at afresh and without listening, a sentence each."""
        ...

    async def trouble(self) -> tuple[str, ...]:
        """What stands in the way of working on this platform now, a sentence each; empty when all is well."""
        ...


async def is_wanted(desk: Desk, event: Event) -> bool:
    """Whether a platform hands this event to the core: who comes and goes always, words only where it works.

    An edit and a removal are also wanted where somebody had handed that one message over, or the core posted it.
    """
    match event:
        case Joined() | Left():
            return True
        case Edited(ref) | Removed(ref):
            return await desk.minds(ref.place, ref.id)
        case _:
            return await desk.minds(event.ref.place)
