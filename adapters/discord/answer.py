"""How the core's replies reach the one who acted: answers for them alone, modals, cards put in place of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from adapters.discord.door import Door
from adapters.discord.forms import (
    continue_card,
    next_card,
    pages,
    read_values,
    shown_fields,
    write_form,
    wrong_card,
)
from adapters.discord.keep import Forms, Opened
from adapters.discord.refusals import OVER, error_code
from adapters.discord.send import Messages
from adapters.discord.write import write_card
from bot.chat import (
    AccountId,
    Ask,
    Busy,
    Card,
    Done,
    Form,
    Place,
    Ref,
    Refused,
    Replace,
    Reply,
    Show,
    Text,
    Unsure,
    Wrong,
)

Json = dict[str, Any]

log = structlog.get_logger(__name__)

GONE: Final = Card(
    text=Text.of("This form was open for too long, so it was put away. Please start again.")
)
DONE: Final = Card(text=Text.of("Done."))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acted, where, on which message, and what that lets us show."""

    by: AccountId
    place: Place
    door: Door
    on: Ref | None = None


class Answers:
    """Shows replies. Nothing here is needed for an act to be kept: that was done before."""

    def __init__(self, messages: Messages, forms: Forms) -> None:
        self._messages = messages
        self._forms = forms

    async def show(self, reply: Reply, caller: Caller) -> None:
        """Show what a command or a press brought."""
        door = caller.door
        match reply:
            case Show(card):
                await self.say(card, caller)
            case Ask(form):
                await self._ask(form, caller)
            case Replace(card):
                await self._replace(card, caller)
            case Wrong(sentences):
                await self.say(Card(text=Text.of(*sentences.values())), caller)
            case Done() if door.has_message:
                await door.close()
            case Done():
                await self.say(DONE, caller)

    async def say(self, card: Card, caller: Caller) -> None:
        """Show a card to the caller alone."""
        await caller.door.say(write_card(card), instead=caller.door.is_between)

    async def _ask(self, form: Form, caller: Caller) -> None:
        opened = await self._forms.keep(caller.by, form, caller.place, caller.on)
        if caller.door.may_ask:
            await caller.door.ask(write_form(form, opened.id, 0))
        else:
            await self.say(continue_card(form, opened.id, 0), caller)

    async def _replace(self, card: Card, caller: Caller) -> None:
        parts = write_card(card)
        door = caller.door
        if not door.has_message:
            await door.say(parts)
        elif not door.is_public:
            await door.say(parts, instead=True)
        elif len(parts) == 1:
            await door.change(parts[0])
        else:
            await door.close()
            await self._messages.edit((caller.on,), card) if caller.on else None

    # Forms

    async def open_page(self, user: str, ident: int, page: int, door: Door) -> None:
        """Open a page of a kept form, as the button of a card between two modals asks."""
        opened = await self._forms.find(user, ident)
        if opened is None:
            await door.say(write_card(GONE), instead=True)
        else:
            await door.ask(write_form(opened.form, opened.id, page))

    async def fill(self, user: str, ident: int, components: list[Json]) -> Opened | None:
        """Keep what was typed on one page."""
        return await self._forms.fill(user, ident, lambda form: read_values(form, components))

    async def turn(self, opened: Opened, page: int, caller: Caller) -> bool:
        """Lead on to the page after this one; False when there is none."""
        if page + 1 >= len(pages(opened.form)):
            return False
        await self.say(continue_card(opened.form, opened.id, page + 1), caller)
        return True

    async def close(self, reply: Reply, opened: Opened, page: int, caller: Caller) -> None:
        """Show what a form that was sent brought."""
        if isinstance(reply, Wrong):
            card = wrong_card(opened.form, opened.id, page, reply.sentences)
            await self.say(card, caller)
            return
        await self._forms.drop(opened)
        match reply:
            case Show(card):
                await self.say(card, caller)
            case Ask(form):
                follows = await self._forms.keep(opened.by, form, opened.place, opened.on)
                await self.say(next_card(form, follows.id), caller)
            case Replace(card):
                await self._replace_origin(card, opened, caller)
            case Done():
                await caller.door.close()

    async def _replace_origin(self, card: Card, opened: Opened, caller: Caller) -> None:
        """Put a card where the button was that opened the form."""
        if opened.on is not None and not caller.door.is_public:
            await caller.door.close()
            await self._messages.edit((opened.on,), card)
        else:
            await self._replace(card, caller)

    async def tell(self, card: Card, caller: Caller) -> None:
        """Say something to the caller where nothing better can be shown; failing that, note it."""
        try:
            await self.say(card, caller)
        except (Busy, Refused, Unsure) as problem:
            log.warning("not told", account=str(caller.by), why=str(problem))


def is_too_late(problem: BaseException) -> bool:
    """Whether an interaction is over, or was answered before."""
    return error_code(problem) in OVER


def values_of(form: Form) -> Mapping[str, str]:
    """What a form that was sent holds, in the fields that matter."""
    return {field.key: field.value for field in shown_fields(form)}
