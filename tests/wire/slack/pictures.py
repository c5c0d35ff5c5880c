"""The pictures of docs/slack.md, from the bot's own words: python -m tests.wire.slack.pictures [chromium]."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.slack.forms import Origin, filled, write_form
from adapters.slack.write import write_card, write_home
from bot.chat import Card, Fact, Form, Place, Text
from bot.checkins import words as checkins
from bot.checkins.rules import Question
from bot.grains import words as grains
from bot.grains.words.view import Opinion, View
from tests.wire.slack import paint

FOLDER = Path(__file__).parents[3] / "docs" / "pictures"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--force-device-scale-factor=2",
)  # fmt: skip

HARBOUR = "team-harbour"
PLACE = Place("slack", "T01TEST", "C01GEN")
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
    return "".join(paint.message(part.blocks, **more) for part in write_card(card))


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
    return paint.view(write_form(chosen, Origin(PLACE)))


def wrong() -> str:
    chosen = filled(grains.settle_form(CRANE), {"grain.17": "adjusted"})
    view = write_form(chosen, Origin(PLACE, kept=1))
    return paint.view(view, {"0:adjusted.17": "Write the new wording, or choose another state."})


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
    return show(root) + paint.thread(
        show(entry, at="09:12"), show(grains.team_card(CRANE), at="09:30")
    )


def only_you() -> str:
    return show(checkins.settled(7, HARBOUR, private=False), only=True, at="09:12")


def home() -> str:
    coming = {HARBOUR: datetime(2026, 11, 23, 9, tzinfo=UTC)}
    grains_open = [(3, CRANE.headline), (4, "Ask Chi for the tide table")]
    card = checkins.home([(HARBOUR, "written")], coming, grains_open)
    return paint.view(write_home(card))


PICTURES = {
    "prompt": (prompt, 760, 225),
    "form": (form, 600, 600),
    "wrong": (wrong, 600, 625),
    "thread": (thread, 800, 545),
    "only-you": (only_you, 760, 160),
    "home": (home, 600, 345),
}


def main(browser: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (draw, width, height) in PICTURES.items():
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "page.html"
            source.write_text(paint.page(draw()), encoding="utf-8")
            target = FOLDER / f"slack-{name}.png"
            command = [
                browser, *FLAGS, f"--user-data-dir={folder}/profile", f"--window-size={width},{height}",
                f"--screenshot={target}", source.as_uri(),
            ]  # fmt: skip
            subprocess.run(command, check=True, capture_output=True, timeout=60)
            print(target.name)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
