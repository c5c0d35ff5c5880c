"""The pictures of docs/slack.md, from the bot's own words: python -m tests.wire.slack.pictures [chromium]."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from adapters.slack.forms import Origin, filled, write_form
from adapters.slack.write import write_card, write_home
from bot.chat import Card, Place
from bot.checkins import words as checkins
from bot.grains import words as grains
from tests.wire import scenes
from tests.wire.scenes import CRANE, HARBOUR
from tests.wire.slack import paint

PLACE = Place("slack", "T01TEST", "C01GEN")


def show(card: Card, **more: Any) -> str:
    return "".join(paint.message(part.blocks, **more) for part in write_card(card))


def prompt() -> str:
    return show(scenes.prompt())


def form() -> str:
    return paint.view(write_form(filled(scenes.entry_form(), scenes.TYPED), Origin(PLACE)))


def wrong() -> str:
    chosen = filled(grains.settle_form(CRANE), {"grain.17": "adjusted"})
    view = write_form(chosen, Origin(PLACE, kept=1))
    return paint.view(view, {f"0:{key}": said for key, said in scenes.COMPLAINT.items()})


def thread() -> str:
    replies = show(scenes.entry(), at="09:12"), show(grains.team_card(CRANE), at="09:30")
    return show(scenes.ROOT) + paint.thread(*replies)


def only_you() -> str:
    return show(checkins.settled(7, HARBOUR, private=False), only=True, at="09:12")


def home() -> str:
    coming = {HARBOUR: datetime(2026, 11, 23, 9, tzinfo=UTC)}
    grains_open = [(3, CRANE.headline), (4, "Ask Chi for the tide table")]
    return paint.view(write_home(checkins.home([(HARBOUR, "written")], coming, grains_open)))


SCENES = {
    "prompt": (prompt, 760, 225),
    "form": (form, 600, 600),
    "wrong": (wrong, 600, 625),
    "thread": (thread, 800, 545),
    "only-you": (only_you, 760, 160),
    "home": (home, 600, 345),
}

if __name__ == "__main__":
    scenes.photograph("slack", SCENES, paint.page)
