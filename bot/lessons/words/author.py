"""What the author of a lesson is asked and told, alone."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels import rules as channels
from bot.chat import Button, Card, Fact, Option, Select, Text, action
from bot.insight.guard import Finding
from bot.lessons import rules
from bot.lessons.words.curators import Near
from bot.lessons.words.view import (
    Audience,
    ItemView,
    LessonView,
    Origin,
    bullets,
    channel_name,
    counted,
    everybody,
    lead,
    readers,
    short,
    told_of,
)

ALONE = "Only you see this."
STATES = {
    "marked": "not shared yet",
    "refused": "stays with you",
    "expired": "stays in your team",
    "agreed": "shared",
    "confirmed": "confirmed",
    "retired": "retired",
    "withdrawn": "withdrawn",
}
ITEM_STATES = {
    "proposed": "waits for your yes to the wider wording",
    "waiting": "waits for a curator",
    "asked": "a curator asks you something",
    "reworded": "waits for your yes to a new wording",
    "joining": "waits for the author of a lesson that says the same",
    "selected": "selected; it goes with the next few",
    "relayed": "stands there",
    "declined": "not taken up",
    "joined": "joined to a lesson that says the same",
    "removed": "taken away there by a moderator",
    "stopped": "no way leads there any more",
    "expired": "nobody looked at it for seven days, so it stays in your team",
}


def _refuse(view: LessonView) -> Button:
    return Button("Not this one", action("lessons.refuse", view.id))


def question(view: LessonView) -> Card:
    """Asks whether others may learn from what somebody marked."""
    who = channels.names(view.markers[:3]) if len(view.markers) < 4 else "Several people"
    title = f"{who} found a lesson in this" if view.markers else "A lesson?"
    return Card(
        title=title,
        text=_cut(view.said).quoted()
        + Text.of(
            f"May others learn from it, too? You choose the words, and who reads them. "
            f"Nothing leaves {channel_name(view.team)} without your yes."
        ),
        buttons=(
            Button("Word it", action("lessons.word", view.id), "primary"),
            Button("Later", action("lessons.later", view.id)),
            _refuse(view),
        ),
        footnote=f"{ALONE} Without an answer it stays where it is.",
    )


def _cut(text: Text) -> Text:
    return Text.parse(rules.quoted(text)[0])


def later(view: LessonView) -> Card:
    return Card(
        text=Text.of("All right, I come back to it tomorrow.") + _cut(view.said).quoted(),
        buttons=(Button("Word it now", action("lessons.word", view.id)), _refuse(view)),
        footnote=ALONE,
    )


def finding(view: LessonView, found: Finding, left: int, item: int = 0) -> Card:
    """One thing that the guard found, to change or to confirm."""
    buttons = []
    if found.instead:
        buttons.append(
            Button(
                short(f"Write {found.instead} instead"),
                action("lessons.mask", view.id, item, found.fingerprint[:16]),
                "primary",
            )
        )
    if not found.blocks:
        buttons.append(
            Button("It may stay", action("lessons.fine", view.id, item, found.fingerprint[:16]))
        )
    more = f" {left} more to look at." if left > 1 else " One more to look at." if left else ""
    shown = Text() if found.blocks else Text.of(found.words).quoted()
    return Card(
        title="Before it leaves your team",
        text=Text.of(found.sentence) + shown,
        buttons=(
            *buttons,
            Button("Change the wording", action("lessons.word", view.id, item)),
            _no(view, item),
        ),
        footnote=f"{ALONE}{more}",
    )


def _no(view: LessonView, item: int) -> Button:
    """The way out: of the lesson, of a curator's wording, or of a change to what stands."""
    if item:
        return Button("Rather not", action("lessons.keep", view.id, item))
    if view.state == "marked":
        return _refuse(view)
    return Button("Leave it as it was", action("lessons.leave", view.id))


def preview(
    view: LessonView, copy: Card, audiences: Sequence[Audience], near: Sequence[Near] = ()
) -> Card:
    """The exact post, who will see it, and what says much the same already."""
    change = view.state in rules.LIVE
    return Card(
        title="This is what they would read",
        text=copy.text,
        facts=(
            *copy.facts,
            *(
                (Fact("Who sees it", Text.of(f"{'; '.join(map(readers, audiences))}.")),)
                if audiences
                else ()
            ),
            *((Fact("Much like", bullets([one.headline for one in near])),) if near else ()),
        ),
        selects=() if change else _joinable(view, near),
        buttons=(
            Button(
                "Yes, change it everywhere" if change else "Yes, share it",
                action("lessons.agree", view.id),
                "primary",
            ),
            Button("Change the wording", action("lessons.word", view.id)),
            _no(view, 0),
        ),
        footnote=f"{everybody(audiences)} "
        + ("" if change else "A curator there looks at it first. You can withdraw it at any time."),
    )


def _joinable(view: LessonView, near: Sequence[Near]) -> tuple[Select, ...]:
    """Lessons that it may stand with, instead of being one more."""
    options = tuple(Option(short(one.headline), str(one.lesson)) for one in near if one.lesson)
    if not options:
        return ()
    return (
        Select(
            "Join one of these, if its author agrees", action("lessons.mine_with", view.id), options
        ),
    )


def merge(view: LessonView, origin: Origin, mine: str, channel: str, item_id: int) -> Card:
    """For the author of a lesson: another one says the same, and would stand with it."""
    who = origin.author or "Somebody"
    return Card(
        title=f"{who} learned much the same as you",
        text=Text.of("Yours:")
        + Text.of(mine).quoted()
        + Text.of("Theirs:")
        + view.wording.general().quoted()
        + Text.of(
            f"Shall the two be one in {channel_name(channel)}? Its copy there names both origins."
        ),
        facts=(Fact("From", Text.of(told_of(origin))),),
        buttons=(
            Button("Yes, join them", action("lessons.merge", item_id, "yes"), "primary"),
            Button("Rather not", action("lessons.merge", item_id, "no")),
        ),
        footnote=f"{ALONE} Apart, a curator looks at theirs like at any other.",
    )


def edited(
    view: LessonView, now: rules.Wording, copies: int, audiences: Sequence[Audience] = ()
) -> Card:
    """Asks which words shall stand, after the source of a lesson was changed."""
    where = "its copy" if copies == 1 else f"its {copies} copies"
    return Card(
        title=f"You changed the words behind lesson {view.number}",
        text=Text.of("Others read:")
        + view.wording.whole().quoted()
        + Text.of("With your new words they would read:")
        + now.whole().quoted()
        + Text.of(f"Shall {where} follow?"),
        buttons=(
            Button("Take the new words", action("lessons.follow", view.id), "primary"),
            Button("Change the wording", action("lessons.word", view.id)),
            Button("Leave it as it was", action("lessons.leave", view.id)),
        ),
        footnote=f"{everybody(audiences)} {ALONE}" if audiences else ALONE,
    )


def asked_back(view: LessonView, item: ItemView) -> Card:
    """A curator wants to know something first."""
    return Card(
        title=f"{item.by} asks about lesson {view.number}",
        text=item.word.quoted() + Text.of("The lesson:") + view.wording.general().quoted(),
        buttons=(
            Button("Answer", action("lessons.answer", view.id, item.id), "primary"),
            Button("Change the wording", action("lessons.word", view.id)),
            Button("Withdraw it", action("lessons.withdraw", view.id)),
        ),
        footnote=f"{item.by} curates {channel_name(item.channel)}, and reads your answer.",
    )


def proposed(view: LessonView, item: ItemView, audience: Audience) -> Card:
    """A curator would put it in other words: here, or for a wider circle."""
    wider = item.state == "proposed"
    title = (
        f"{item.by} would offer lesson {view.number} to {channel_name(item.channel)}"
        if wider
        else f"{item.by} would word lesson {view.number} like this"
    )
    return Card(
        title=title,
        text=item.proposal.whole() + lead(item.by, item.word),
        facts=(Fact("Who sees it", Text.of(f"{readers(audience)}.")),),
        buttons=(
            Button("Yes, like this", action("lessons.yes", view.id, item.id), "primary"),
            Button("Change the wording", action("lessons.word", view.id, item.id)),
            Button("Rather not", action("lessons.keep", view.id, item.id)),
        ),
        footnote=f"{everybody([audience])} Nothing goes there without your yes.",
    )


def status(view: LessonView, *, undo: int = 0, who: int = 0) -> Card:
    """Where a lesson stands, and what its author can do."""
    live = view.state in rules.LIVE
    said = (*view.news.split("\n"), counted(view.uses) if live else "")
    shown = view.wording.general() or _cut(view.said)
    buttons: list[Button] = []
    if undo:
        buttons.append(Button("Undo", action("lessons.undo", view.id, undo)))
    if live:
        buttons.append(Button("Change the wording", action("lessons.word", view.id)))
        buttons.append(Button("Withdraw it", action("lessons.withdraw", view.id)))
        if who:
            buttons.append(Button("Who could use this?", action("lessons.who", who)))
    elif view.state != "marked":
        buttons.append(Button("Share it after all", action("lessons.again", view.id)))
    return Card(
        title=f"Lesson {view.number}: {STATES[view.state]}",
        text=Text.of(*said) + shown.quoted() + (lead("Why", view.reason)),
        facts=tuple(item_fact(one) for one in view.items) if live else (),
        buttons=(*buttons, Button("Its trail", action("lessons.show", view.id))),
        footnote=ALONE,
    )


def item_fact(item: ItemView) -> Fact:
    """What became of a lesson in one channel."""
    value = Text.of(ITEM_STATES[item.state])
    if item.word and item.state in ("declined", "joined"):
        value += lead(item.by or "They say", item.word)
    return Fact(channel_name(item.channel), value)
