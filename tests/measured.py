"""A fake chat that holds everything the bot says against the limits that the platforms document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from adapters.discord import forms as discord_forms
from adapters.discord import limits as discord_limits
from adapters.discord import write as discord_write
from adapters.slack import forms as slack_forms
from adapters.slack import limits as slack_limits
from adapters.slack import write as slack_write
from bot.chat import Act, Ask, Card, Form, Place, Ref, Replace, Reply, Show, Wrong
from bot.chat.fake import FakeChat


class MeasuredChat(FakeChat):
    """Keeps a sentence about every card and form that a platform would not take as it is."""

    def __init__(self, *names: str, **options: Any) -> None:
        super().__init__(*names, **options)
        self.problems: list[str] = []

    async def send(
        self, to: Place, card: Card, *, key: str, again: bool = False
    ) -> tuple[Ref, ...]:
        self.problems += card_problems(card)
        return await super().send(to, card, key=key, again=again)

    async def edit(self, refs: tuple[Ref, ...], card: Card) -> tuple[Ref, ...]:
        self.problems += card_problems(card)
        return await super().edit(refs, card)

    async def _act(self, act: Act, *, on: Card | None = None) -> Reply:
        before = self.forms.get(act.by)
        reply = await super()._act(act, on=on)
        if isinstance(reply, Show | Replace):
            self.problems += card_problems(reply.card)
        elif isinstance(reply, Ask):
            self.problems += form_problems(reply.form, act.by.direct)
        elif isinstance(reply, Wrong) and before is not None:
            wrong = discord_forms.wrong_card(before, 1 << 62, 0, reply.sentences)
            self.problems += _on_discord(wrong)
        return reply


def card_problems(card: Card) -> list[str]:
    """What a platform would not take of a card."""
    found = [
        f"{button.label!r} carries {len(button.action)} characters, and Discord takes 100."
        for button in card.buttons
        if len(button.action) > 100
    ]
    for part in slack_write.write_card(card):
        found += slack_limits.check_message(list(part.blocks), part.text)
    return [*found, *_on_discord(card)]


def _on_discord(card: Card) -> Iterator[str]:
    for part in discord_write.write_card(card):
        yield from (f"Discord: {one}" for one in discord_limits.check_message(part.body()))


def form_problems(form: Form, place: Place) -> list[str]:
    """What a platform would not take of a form, on any of its pages.

    More in a field than the field takes was typed where there is no such limit, and is only shown again there.
    """
    fields = tuple(replace(one, value=one.value[: one.limit]) for one in form.fields)
    form = replace(form, fields=fields)
    found = [f"The form {form.id!r} is over 100 characters."] if len(form.id) > 100 else []
    for page in range(len(slack_forms.pages(form))):
        origin = slack_forms.Origin(place, kept=1, page=page)
        found += slack_limits.check_view(slack_forms.write_form(form, origin))
    # The ids under which forms are kept have 63 bits.
    for page in range(len(discord_forms.pages(form))):
        modal = discord_forms.write_form(form, 1 << 62, page)
        found += [f"Discord: {one}" for one in discord_limits.check_modal(modal)]
        found += _on_discord(discord_forms.continue_card(form, 1 << 62, page))
    return found
