"""The reception: the one `Desk` that platforms talk to; it finds the feature that an event or act is for."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from bot.chat import (
    AccountId,
    Act,
    Busy,
    Card,
    Chat,
    Command,
    CommandHelp,
    Done,
    Event,
    Place,
    Press,
    Reacted,
    Refused,
    Removed,
    Reply,
    Shortcut,
    Show,
    Submit,
    Text,
    Unsure,
    Wrong,
    read_action,
)
from bot.engine import inbox, links, outbox
from bot.engine.feature import Feature
from bot.engine.metrics import ACTS, EVENTS
from bot.engine.minding import Minding
from bot.refusal import Refusal
from bot.store.session import Store, Work

log = structlog.get_logger(__name__)

LONG = 20
"""Words behind a command that are worth giving back when it is refused: more than a sub-word."""
GIVEN_BACK = 3000
"""The most characters of them that are given back: as much as somebody types, and not a book that was pasted."""

UNKNOWN = "I could not find out who you are just now. Please try again in a minute."

Meet = Callable[[Store, Chat, AccountId], Awaitable[None]]


def refused(no: Refusal, act: Act) -> Card:
    """A refusal as the caller reads it, with what they had typed, so that it is not lost."""
    text = Text.of(no.sentence)
    if isinstance(act, Command) and len(act.words) > LONG:
        told = "You wrote:"
        if len(act.words) > GIVEN_BACK:
            told = f"You wrote {len(act.words):,} characters; these are the first {GIVEN_BACK:,}:"
        text += Text.of(told) + Text.of(act.words[:GIVEN_BACK]).quoted()
    return Card(text=text)


def verb_of(act: Act) -> str:
    """The command of an act, or the verb of its button or form."""
    if isinstance(act, Command):
        return act.name
    return read_action(act.action if isinstance(act, Press) else act.form)[0]


@dataclass(frozen=True, slots=True)
class Reception:
    """Answers platforms for all features."""

    store: Store
    features: tuple[Feature, ...]
    chats: Mapping[str, Chat]
    meet: Meet
    """Makes sure that somebody is known, asking the platform if need be, before a transaction is about them."""
    keeper: inbox.Keeper = field(init=False, repr=False, compare=False)
    minding: Minding = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keeper", inbox.Keeper(self.store))
        object.__setattr__(self, "minding", Minding(self.store, self.features))

    @property
    def commands(self) -> tuple[CommandHelp, ...]:
        return tuple(command for feature in self.features for command in feature.commands)

    @property
    def shortcuts(self) -> tuple[Shortcut, ...]:
        return tuple(shortcut for feature in self.features for shortcut in feature.shortcuts)

    async def minds(self, place: Place, message: str = "") -> bool:
        return await self.minding.minds(place, message)

    async def record(self, key: str, event: Event) -> bool:
        new = await self.keeper.keep(key, event)
        platform = inbox.place_of(event).platform
        EVENTS.labels(platform, "kept" if new else "seen before").inc()
        return new

    async def answer(self, act: Act) -> Reply:
        with ACTS.labels(type(act).__name__.lower()).time():
            try:
                await self._greet(act.by)
            except (Busy, Refused, Unsure, TimeoutError):
                return self._refuse(act, Refusal(UNKNOWN))
            try:
                return links.in_reply(await self._do(act), self.chats)
            except Refusal as no:
                return self._refuse(act, no)

    async def _do(self, act: Act) -> Reply:
        if (drawn := self._one("drawn", verb_of(act))) is not None:
            reply: Reply = await drawn(self.store, act)
            return reply
        return await self.store.do(lambda work: self._once(work, act))

    async def _once(self, work: Work, act: Act) -> Reply:
        key = f"{act.by.id}:{act.key}"
        if act.key and not await inbox.first_time(work, act.by.workspace_id, key):
            return Done()
        return await self._find(act)(work, act)

    def _refuse(self, act: Act, no: Refusal) -> Reply:
        if isinstance(act, Submit):
            return Wrong({no.field: no.sentence})
        return Show(refused(no, act))

    async def complete(self, name: str, words: str, by: AccountId, place: Place) -> tuple[str, ...]:
        complete = self._one("complete", name)
        if complete is None:
            return ()
        offered: Iterable[str] = ()
        with contextlib.suppress(Refusal):
            async with self.store.look() as work:
                offered = await complete(work, words, by, place)
        typed = words.casefold()
        found = [one for one in offered if one.casefold().startswith(typed)]
        if len(parts := typed.split()) > 1 and len(parts[-1]) > 2:
            # Behind a sub-word people begin in the middle: `zone lisbon`.
            found += [
                one
                for one in offered
                if one not in found and all(part in one.casefold() for part in parts)
            ]
        return tuple(found[:25])

    async def prepare(self, event: Event) -> Event:
        """Meet who an event is from, and read what a reaction is on, before the transaction that handles it."""
        by = event.by
        if by is not None:
            await self._greet(by)
        if isinstance(event, Reacted) and event.said is None and await self._is_read(event):
            with contextlib.suppress(Refused):
                # What cannot be read is for the feature to do without.
                said = await self.chats[event.ref.place.platform].fetch(event.ref)
                return replace(event, said=said)
        return event

    async def _is_read(self, event: Reacted) -> bool:
        """Whether a feature needs the words under a reaction."""
        readers = [one.reads for one in self.features if one.reads is not None]
        if not readers or event.ref.place.platform not in self.chats:
            return False
        async with self.store.look() as work:
            return any([await reads(work, event) for reads in readers])

    async def handle(self, work: Work, event: Event) -> None:
        """Let the features handle an event, in their order, until one says that it is done."""
        if isinstance(event, Removed):
            await outbox.lost(work, event.ref)
        for feature in self.features:
            handler = feature.on_event.get(type(event))
            if handler is not None and await handler(work, event):
                return

    async def _greet(self, account: AccountId) -> None:
        if chat := self.chats.get(account.platform):
            await self.meet(self.store, chat, account)

    def _find(self, act: Act) -> Callable[[Work, Any], Awaitable[Reply]]:
        if isinstance(act, Command):
            handler = self._one("on_command", act.name)
            if handler is None:
                names = [command.name for command in self.commands]
                near = difflib.get_close_matches(act.name, names, 1, cutoff=0.4) or ["outloud"]
                raise Refusal(f"There is no /{act.name[:40]}. Did you mean /{near[0]}?")
            return handler  # type: ignore[no-any-return]
        handler = self._one("on_press" if isinstance(act, Press) else "on_submit", verb_of(act))
        if handler is None:
            log.info("unknown action", action=verb_of(act))
            raise Refusal(
                "This comes from an older version of me. Type /outloud to see what I can do now."
            )
        return handler  # type: ignore[no-any-return]

    def _one(self, group: str, name: str) -> Any:
        for feature in self.features:
            if name in (handlers := getattr(feature, group)):
                return handlers[name]
        return None
