"""The pictures of docs/discord.md, from the bot's own words: python -m tests.wire.discord.pictures [chromium]."""

from __future__ import annotations

from typing import Any

from adapters.discord.direct import DOOR
from adapters.discord.forms import continue_card, filled, write_form, wrong_card
from adapters.discord.write import write_card
from bot.chat import Card, Form
from bot.checkins import words as checkins
from bot.grains import words as grains
from tests.wire import scenes
from tests.wire.discord import paint
from tests.wire.scenes import CRANE, HARBOUR


def show(card: Card, **more: Any) -> str:
    return "".join(paint.message(part, **more) for part in write_card(card))


def prompt() -> str:
    return show(scenes.prompt())


def form() -> str:
    return paint.modal(write_form(filled(scenes.entry_form(), scenes.TYPED), 7, 0))


def wrong() -> str:
    chosen = filled(grains.settle_form(CRANE), {"grain.17": "adjusted"})
    return show(wrong_card(chosen, 7, 0, scenes.COMPLAINT), only=True, at="09:13")


def between() -> str:
    fields = tuple(scenes.entry_form().fields) * 4
    return show(continue_card(Form("a.b", "Narrate", fields), 7, 1), only=True, at="09:12")


def thread() -> str:
    replies = show(scenes.entry(), at="09:12"), show(grains.team_card(CRANE), at="09:30")
    return show(scenes.ROOT) + paint.thread("Friday 20 November", *replies)


def settled() -> str:
    return show(checkins.settled(7, HARBOUR, private=False), at="09:12")


def door() -> str:
    return show(DOOR)


SCENES = {
    "prompt": (prompt, 760, 235),
    "form": (form, 480, 565),
    "between": (between, 760, 165),
    "wrong": (wrong, 760, 225),
    "thread": (thread, 800, 575),
    "settled": (settled, 760, 150),
    "door": (door, 760, 175),
}

if __name__ == "__main__":
    scenes.photograph("discord", SCENES, paint.page)
