"""Lists of lessons, one lesson with its trail, and short sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat import Block, Button, Card, Fact, Option, Select, Span, Text, action
from bot.lessons.rules import LIVE, Wording
from bot.lessons.words.author import ITEM_STATES, STATES
from bot.lessons.words.curators import headline
from bot.lessons.words.stories import passages
from bot.lessons.words.view import (
    LessonView,
    Origin,
    Step,
    bullets,
    channel_name,
    counted,
    lead,
    short,
    told_of,
    topics_fact,
)

DEEDS = {
    "mark": "marked it",
    "agree": "agreed to share it",
    "refuse": "said: not this one",
    "expire": "nobody answered for seven days",
    "ask again": "wants to share it after all",
    "change": "changed the wording",
    "confirm": "confirmed it",
    "keep": "said that it is still true",
    "retire": "retired it",
    "withdraw": "withdrew it",
    "select": "selected it",
    "vote": "said yes to it",
    "ask back": "asked something",
    "answer": "answered",
    "decline": "declined it",
    "join": "joined it to a similar one",
    "reword": "proposed another wording",
    "offer": "offered it in a wider wording",
    "relay": "it was relayed",
    "remove": "took the copy away",
    "stop": "no way leads there any more",
    "stick": "the channel did not take it",
    "edit": "changed the words behind it",
    "delete": "deleted the words behind it",
    "unname": "left it without a name",
}


BY_ITSELF = {
    "confirm": "it was confirmed, because it worked for others",
    "select": "two members selected it",
    "withdraw": "it was withdrawn",
    "delete": "the words behind it were deleted",
    "edit": "the words behind it were changed",
    "remove": "a moderator took the copy away",
    "unname": "its author left it without a name",
}
"""Deeds that nobody is named for."""


def sentence(*lines: str) -> Card:
    """A short answer to the caller."""
    return Card(text=Text.of(*lines))


def mine(views: Sequence[LessonView], total: int) -> Card:
    """Somebody's own lessons, newest first."""
    if not views:
        return Card(
            title="Your lessons",
            text=Text.of("None yet. What did you learn lately? /lesson and a sentence will do."),
            buttons=(Button("Write one", action("lessons.new"), "primary"),),
        )
    lines = []
    for view in views:
        words = _name(view)
        used = counted(view.uses)
        lines.append(
            Block(
                (Span(f"{view.number}: {words} "), Span(f"({STATES[view.state]})", italic=True)),
                "bullet",
            )
        )
        if used:
            lines.append(Block((Span(used),), "bullet", 1))
    return Card(
        title="Your lessons",
        text=Text(tuple(lines)),
        selects=(
            Select(
                "Show one",
                action("lessons.show"),
                tuple(
                    Option(short(f"{view.number}: {_name(view)}"), str(view.id)) for view in views
                ),
            ),
        ),
        footnote=f"And {total - len(views)} older ones." if total > len(views) else "",
    )


def at_home(
    views: Sequence[LessonView], waiting: int
) -> tuple[tuple[Fact, ...], tuple[Button, ...]]:
    """Lessons on somebody's home page; nothing for whoever has none."""
    lines = [f"{view.number}: {_name(view)} ({STATES[view.state]})" for view in views]
    facts: list[Fact] = []
    doors: list[Button] = []
    if lines:
        facts.append(Fact("My lessons", bullets(lines)))
        doors.append(Button("My lessons", action("lessons.mine")))
    if waiting:
        what = "One waits." if waiting == 1 else f"{waiting} wait."
        facts.append(Fact("Lessons to check", Text.of(what)))
        doors.append(Button("Check lessons", action("lessons.queue")))
    return tuple(facts), tuple(doors)


def _name(view: LessonView) -> str:
    return headline(view.wording) or short(view.said.plain(), 90)


def results(typed: str, found: Sequence[tuple[int, str, Wording, Origin, str]]) -> Card:
    """Lessons that somebody looked for, as id, name, words, origin and state."""
    if not found:
        return Card(
            text=Text.of(
                f"Nothing you can read says “{typed[:60]}”. Try other words, or ask your community."
            )
        )
    lines = tuple(
        Block(
            (
                Span(f"{name}: {headline(wording)} "),
                Span(f"({STATES[state]}; {told_of(origin)})", italic=True),
            ),
            "bullet",
        )
        for _, name, wording, origin, state in found
    )
    return Card(
        title=f"Lessons about “{typed[:60]}”",
        text=Text(lines),
        selects=(
            Select(
                "Show one",
                action("lessons.show"),
                tuple(
                    Option(short(f"{name}: {headline(wording)}"), str(lesson_id))
                    for lesson_id, name, wording, _, _ in found
                ),
            ),
        ),
        footnote="Only you see this.",
    )


def history(
    view: LessonView,
    origin: Origin,
    steps: Sequence[Step],
    *,
    own: bool,
    undo: int = 0,
    who: int = 0,
    told: Sequence[tuple[str, Text]] = (),
) -> Card:
    """One lesson with all that happened to it: for its author every step, for others where it stands."""
    live = view.state in LIVE
    trail = tuple(_step(one) for one in steps)
    text = (view.wording.whole() or view.said.quoted()) + passages(told if live else ())
    if own and trail:
        text += Text.of("What happened:") + Text(trail)
    facts = [Fact("From", Text.of(told_of(origin))), *topics_fact(view.topics)]
    if live:
        facts += [
            Fact(channel_name(one.channel), Text.of(ITEM_STATES[one.state])) for one in view.items
        ]
    buttons: list[Button] = []
    if own and undo:
        buttons.append(Button("Undo the last step", action("lessons.undo", view.id, undo)))
    if own and live:
        buttons += [
            Button("Change the wording", action("lessons.word", view.id)),
            Button("Withdraw it", action("lessons.withdraw", view.id)),
        ]
    elif own and view.state != "marked":
        buttons.append(Button("Share it after all", action("lessons.again", view.id)))
    elif own:
        buttons.append(Button("Word it", action("lessons.word", view.id), "primary"))
    if who:
        buttons.append(Button("Who could use this?", action("lessons.who", who)))
    return Card(
        title=f"Lesson {view.number}: {STATES[view.state]}",
        text=lead("Retired", view.reason) + text,
        facts=tuple(facts),
        buttons=tuple(buttons),
        footnote=" ".join(filter(None, [counted(view.uses), "Only you see this."])),
    )


def _step(step: Step) -> Block:
    undo, deed = step.deed.startswith("undo "), step.deed.removeprefix("undo ")
    said = DEEDS.get(deed, deed) if step.who else BY_ITSELF.get(deed, DEEDS.get(deed, deed))
    if undo:
        said = f"took that back: {said}"
    where = f" in {channel_name(step.channel)}" if step.channel else ""
    who = f"{step.who} " if step.who else ""
    spans = [Span(f"{_moment(step.at)}: {who}{said}{where}")]
    if step.word:
        spans.append(Span(f": {short(step.word.plain(), 200)}", italic=True))
    return Block(tuple(spans), "bullet")


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%B %Y, %H:%M}"


def unnamed(count: int) -> Card:
    """Before somebody is forgotten: what they shared stays, and nothing tells whose it was."""
    what = "Your lesson stays" if count == 1 else f"Your {count} lessons stay"
    return Card(
        text=Text.of(
            f"{what} where others read it, in the general form alone: without your name, your team and "
            "your own words. I do not know any more that it was yours."
        ),
        footnote="/outloud mydata forget deletes the rest.",
    )


def paused(start: str, end: str, count: int, lesson_id: int) -> Card:
    """For an admin: a route carried too much."""
    return Card(
        title="A route rests for a day",
        text=Text.of(
            f"{count} lessons came from {channel_name(start)} to {channel_name(end)} within a day, "
            "so the next ones wait. Nothing is lost.",
        ),
        buttons=(Button("Let it go on", action("lessons.resume", lesson_id)),),
    )
