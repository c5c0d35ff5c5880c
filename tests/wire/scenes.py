"""What the pictures of the documentation show, in the bot's own words, and the camera."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.chat import Card, Fact, Form, Text
from bot.checkins import words as checkins
from bot.checkins.rules import Question
from bot.grains import words as grains
from bot.grains.words.view import Opinion, View

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
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
TYPED = {"answer.plan": "Repaint the *low* wall\nAsk Chi for the tide table"}
COMPLAINT = {"adjusted.17": "Write the new wording, or choose another state."}
ROOT = Card(title="Friday 20 November", text=Text.of("What this team is on today, in the thread."))

Scene = tuple[Callable[[], str], int, int]
"""What draws it, and its width and height in pixels."""


def prompt() -> Card:
    here = datetime(2026, 11, 20, 9, tzinfo=UTC)
    return checkins.prompt("Ana", here, QUESTIONS, checkin_id=7, channel=HARBOUR, private=False)


def entry_form() -> Form:
    return checkins.entry_form(
        7, QUESTIONS, {}, channel=HARBOUR, private=False, grain_fields=grains.grain_fields([CRANE])
    )


def entry() -> Card:
    plan = Text.parse("- Repaint the **low** wall\n- Ask Chi for the tide table")
    learned = Text.parse("It holds best when it is low, see https://example.org/walls")
    said = [(QUESTIONS[0].ask, plan), (QUESTIONS[1].ask, learned)]
    return checkins.entry(
        "Ana", said, entry_id=7, checkin_id=7, edited=False,
        facts=(Fact("Move the crane plan to Thursday", Text.of("Done")),),
        more=grains.entry_buttons([17], "7"),
    )  # fmt: skip


def photograph(name: str, scenes: Mapping[str, Scene], page: Callable[[str], str]) -> None:
    """Write each scene to the documentation's pictures; the browser may be named on the command line."""
    browser = sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium"
    FOLDER.mkdir(parents=True, exist_ok=True)
    for scene, (draw, width, height) in scenes.items():
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "page.html"
            source.write_text(page(draw()), encoding="utf-8")
            target = FOLDER / f"{name}-{scene}.png"
            command = [
                browser, *FLAGS, f"--user-data-dir={folder}/profile", f"--window-size={width},{height}",
                f"--screenshot={target}", source.as_uri(),
            ]  # fmt: skip
            subprocess.run(command, check=True, capture_output=True, timeout=60)
            print(target.name)
