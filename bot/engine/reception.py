"""The reception: the one `Desk` that platforms talk to; it finds the feature that an event or act is for."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
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
from bot.engine import inbox, outbox
from bot.engine.feature import Feature
from bot.engine.metrics import ACTS, EVENTS
from bot.refusal import Refusal
from bot.store.session import Store, Work

log = structlog.get_logger(__name__)

LONG = 20
"""Words behind a command that are worth giving back when it is refused: more than a sub-word."""

UNKNOWN = "I could not find out who you are just now. Please try again in a minute."

Meet = Callable[[Store, Chat, AccountId], Awaitable[None]]


def refused(no: Refusal, act: Act) -> Card:
    """A refusal as the caller reads it, with what they had typed, so that it is not lost."""
    text = Text.of(no.sentence)
    if isinstance(act, Command) and len(act.words) > LONG:
        text += Text.of("You wrote:") + Text.of(act.words).quoted()
    return Card(text=text)


@dataclass(frozen=True, slots=True)
class Reception:
    """Answers platforms for all features."""

    store: Store
    features: tuple[Feature, ...]
    chats: Mapping[str, Chat]
    meet: Meet
    """Makes sure that somebody is known, asking the platform if need be, before a transaction is about them."""
    keeper: inbox.Keeper = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keeper", inbox.Keeper(self.store))

    @property
    def commands(self) -> tuple[CommandHelp, ...]:
        return tuple(command for feature in self.features for command in feature.commands)

    @property
    def shortcuts(self) -> tuple[Shortcut, ...]:
        return tuple(shortcut for feature in self.features for shortcut in feature.shortcuts)

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
                return await self.store.do(lambda work: self._once(work, act))
            except Refusal as no:
                return self._refuse(act, no)

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
        return tuple(one for one in offered if one.casefold().startswith(typed))[:25]

    async def prepare(self, event: Event) -> None:
        """Meet who an event is from, before the transaction that handles it."""
        by = event.by
        if by is not None:
            await self._greet(by)

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
        written, group = (
            (act.action, "on_press") if isinstance(act, Press) else (act.form, "on_submit")
        )
        handler = self._one(group, read_action(written)[0])
        if handler is None:
            log.info("unknown action", action=read_action(written)[0])
            raise Refusal(
                "This comes from an older version of me. Type /outloud to see what I can do now."
            )
        return handler  # type: ignore[no-any-return]

    def _one(self, group: str, name: str) -> Any:
        for feature in self.features:
            if name in (handlers := getattr(feature, group)):
                return handlers[name]
        return None
