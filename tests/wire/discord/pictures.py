"""The pictures of docs/discord.md, from the bot's own words: python -m tests.wire.discord.pictures [chromium]."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.discord.direct import DOOR
from adapters.discord.forms import continue_card, filled, write_form, wrong_card
from adapters.discord.write import write_card
from bot.chat import Card, Fact, Form, Text
from bot.checkins import words as checkins
from bot.checkins.rules import Question
from bot.grains import words as grains
from bot.grains.words.view import Opinion, View
from tests.wire.discord import paint

FOLDER = Path(__file__).parents[3] / "docs" / "pictures"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--force-device-scale-factor=2",
)  # fmt: skip

HARBOUR = "team-harbour"
QUESTIONS = (
    Question(
        key="plan", ask="What one thing are you trying to move today?", kind="text", role="plan"
    ),
    Question(key="learned", ask="What surprised you?", kind="text", role="learned", optional=True),
)
CRANE = View(
    17, 3, "Ana", "Move the crane plan to Thursday", channel=HARBOUR, carried=2,
    opinions=(Opinion("Ben", "go_on", "The tide is right then."),),
    news=(Opinion("Ben", "go_on", "The tide is right then."),),
)  # fmt: skip


def show(card: Card, **more: Any) -> str:
    return "".join(paint.message(part, **more) for part in write_card(card))


def entry_form() -> Form:
    return checkins.entry_form(
        7, QUESTIONS, {}, channel=HARBOUR, private=False, grain_fields=grains.grain_fields([CRANE])
    )


def prompt() -> str:
    here = datetime(2026, 11, 20, 9, tzinfo=UTC)
    card = checkins.prompt("Ana", here, QUESTIONS, checkin_id=7, channel=HARBOUR, private=False)
    return show(card)


def form() -> str:
    chosen = filled(
        entry_form(), {"answer.plan": "Repaint the *low* wall\nAsk Chi for the tide table"}
    )
    return paint.modal(write_form(chosen, 7, 0))


def wrong() -> str:
    chosen = filled(grains.settle_form(CRANE), {"grain.17": "adjusted"})
    sentences = {"adjusted.17": "Write the new wording, or choose another state."}
    return show(wrong_card(chosen, 7, 0, sentences), only=True, at="09:13")


def between() -> str:
    fields = tuple(entry_form().fields) * 4
    return show(continue_card(Form("a.b", "Narrate", fields), 7, 1), only=True, at="09:12")


def thread() -> str:
    plan = Text.parse("- Repaint the **low** wall\n- Ask Chi for the tide table")
    learned = Text.parse("It holds best when it is low, see https://example.org/walls")
    said = [(QUESTIONS[0].ask, plan), (QUESTIONS[1].ask, learned)]
    entry = checkins.entry(
        "Ana", said, entry_id=7, checkin_id=7, edited=False,
        facts=(Fact("Move the crane plan to Thursday", Text.of("Done")),),
        more=grains.entry_buttons([17], "7"),
    )  # fmt: skip
    root = Card(
        title="Friday 20 November", text=Text.of("What this team is on today, in the thread.")
    )
    replies = show(entry, at="09:12"), show(grains.team_card(CRANE), at="09:30")
    return show(root) + paint.thread("Friday 20 November", *replies)


def settled() -> str:
    return show(checkins.settled(7, HARBOUR, private=False), at="09:12")


def door() -> str:
    return show(DOOR)


PICTURES = {
    "prompt": (prompt, 760, 235),
    "form": (form, 480, 565),
    "between": (between, 760, 165),
    "wrong": (wrong, 760, 225),
    "thread": (thread, 800, 575),
    "settled": (settled, 760, 150),
    "door": (door, 760, 175),
}


def main(browser: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (draw, width, height) in PICTURES.items():
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "page.html"
            source.write_text(paint.page(draw()), encoding="utf-8")
            target = FOLDER / f"discord-{name}.png"
            command = [
                browser, *FLAGS, f"--user-data-dir={folder}/profile", f"--window-size={width},{height}",
                f"--screenshot={target}", source.as_uri(),
            ]  # fmt: skip
            subprocess.run(command, check=True, capture_output=True, timeout=60)
            print(target.name)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
