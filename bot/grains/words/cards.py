"""The cards about grains, and the sentences after a press."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels import rules as channels
from bot.chat import Block, Button, Card, Fact, Option, Select, Span, Text, action
from bot.grains.words.view import (
    MOST_IN_ACTION,
    STATES,
    VERBS,
    View,
    audience,
    carried,
    channel_name,
    in_short,
    opinion,
    outcome_facts,
    part_facts,
    sentence,
)

# Cards that others read.


def team_card(view: View) -> Card:
    """A grain in the thread of its channel's day."""
    title = {"done": "done", "adjusted": "adjusted", "dropped": "dropped"}.get(view.state)
    was = (Fact("Was", Text.of(view.before.headline)),) if view.before else ()
    more = (
        (Button("Read on", action("grains.more", view.id)),)
        if view.detail or len(view.chain) > 1
        else ()
    )
    return Card(
        title=f"{view.author}: {title}" if title else f"{view.author} plans",
        text=Text.of(view.headline),
        facts=(*was, *part_facts(view), *outcome_facts(view), *map(opinion, view.opinions)),
        buttons=(*judging(view), *more),
    )


def judging(view: View) -> tuple[Button, ...]:
    """What the audience may tap while a plan is alive."""
    if not view.alive:
        return ()
    return (
        Button("Go on", action("grains.go_on", view.id)),
        Button("Adjust", action("grains.adjust", view.id)),
        Button("Reply", action("grains.reply", view.id)),
    )


def entry_buttons(ids: Sequence[int], source: str) -> tuple[Button, ...]:
    """*Go on* and *Adjust* for a card that shows these grains; many are named by what they were taken from."""
    if not ids:
        return ()
    about: tuple[object, ...] = tuple(ids)
    if len(action("grains.adjust", *about)) > MOST_IN_ACTION:
        about = ("from", source)
    return (
        Button("Go on", action("grains.go_on", *about)),
        Button("Adjust", action("grains.adjust", *about)),
    )


def entry_facts(views: Sequence[View]) -> tuple[Fact, ...]:
    """What became of the plans of an entry, and what others said about them, for the entry's own card."""
    facts: list[Fact] = []
    for view in views:
        text = Text.of(STATES[view.state]) if not view.alive else Text()
        for fact in (*outcome_facts(view), *map(opinion, view.opinions)):
            lead = Span(f"{fact.label}: ")
            first, *rest = fact.value.blocks or (Block(()),)
            text += Text((Block((lead, *first.spans), first.kind, first.depth), *rest))
        if text:
            facts.append(Fact(view.headline, text))
    return tuple(facts)


def asked(view: View) -> Card:
    """For a stakeholder, alone."""
    return Card(
        title=f"{view.author} names you in a plan",
        text=Text.of(view.headline),
        facts=(*part_facts(view), *outcome_facts(view)),
        buttons=judging(view),
        footnote=(
            f"Reply in this thread or press a button: everybody in {channel_name(view.channel)} "
            "can read what you say."
            if view.alive
            else f"{view.author} has settled it: {view.state}."
        ),
    )


# Cards for the author.


def heard(view: View) -> Card:
    """What others said about a grain, for its author alone."""
    answering = view.alive and view.news
    return Card(
        title=f"About your grain {view.number}",
        text=Text.of(view.headline)
        + (Text() if view.opinions else Text.of("Taken back: nothing is said now.")),
        facts=(*map(opinion, view.opinions), *outcome_facts(view)),
        buttons=(
            Button("Done", action("grains.done", view.id), "primary"),
            Button("Adjust it", action("grains.reword", view.id)),
            Button("Leave it", action("grains.leave", view.id)),
        )
        if answering
        else (),
        footnote=f"A reply in this thread stands under the grain. {audience(view.channel)}"
        if answering
        else "",
    )


def dropped(view: View, act: int, notes: Sequence[str] = ()) -> Card:
    """What was kept, and who sees it."""
    was = (Fact("Was", Text.of(view.before.headline)),) if view.before else ()
    return Card(
        title=f"Kept as grain {view.number}",
        text=Text.of(view.headline),
        facts=(*was, *part_facts(view)),
        buttons=(
            Button("Undo", action("grains.undo", act)),
            Button("Add details", action("grains.details", view.id)),
        ),
        footnote=" ".join([audience(view.channel), *notes]),
    )


def kept_lines(views: Sequence[View], notes: Sequence[str]) -> Card:
    """The answer to a message whose lines became grains."""
    lines = [f"Kept as grain {view.number}: {view.headline}" for view in views]
    channel = views[0].channel
    whose = (
        audience(channel)
        if len(views) == 1 or not channel
        else (f"Everybody in {channel_name(channel)} can read them.")
    )
    return Card(
        text=Text.of(*lines),
        buttons=(Button("Add details", action("grains.details", views[0].id)),)
        if len(views) == 1
        else (),
        footnote=" ".join([whose, "Edit or delete your message to change that.", *notes]),
    )


def private_because_no_team() -> str:
    return "You are in no team channel yet, so it is kept for you alone."


def private_because_elsewhere() -> str:
    return "It is somebody else's message from another place, so it is kept for you alone."


def not_told(people: Sequence[str], channel: str) -> str:
    """For the author: who was named and cannot read the grain."""
    who = channels.names(people)
    if not channel:
        return f"I have told nobody: {who} cannot read it."
    return f"I have not told {who}, who cannot read {channel_name(channel)}."


def settled(views: Sequence[View], act: int) -> Card:
    """What became of grains, said right after it was chosen."""
    lines = [f"{_what_became(view)} {carried(view.carried)}".strip() for view in views]
    learned = [view for view in views if view.learned]
    return Card(
        text=Text.of(*lines),
        buttons=(
            Button("Undo", action("grains.undo", act)),
            *(as_lesson(view, alone=len(learned) == 1) for view in learned[:3]),
        ),
    )


def as_lesson(view: View, *, alone: bool = True) -> Button:
    """What was learned may help others; the form behind it is the lessons' own."""
    label = "Mark as a lesson" if alone else f"Mark what {view.number} taught"
    return Button(label, action("lessons.grain", view.id))


def _what_became(view: View) -> str:
    if view.state == "kept":
        return f"Grain {view.number} stays with you."
    if view.state == "adjusted" and view.after:
        return f"Grain {view.number} goes on as grain {view.after.number}: {sentence(view.after.headline)}"
    return f"Grain {view.number} is {view.state}."


def undone(again: Sequence[int], gone: Sequence[int]) -> str:
    """What an undo brought back, and what it took away."""
    said = []
    if again:
        said.append(f"{_grains(again)} {'is' if len(again) == 1 else 'are'} as before.")
    if gone:
        said.append(f"{_grains(gone)} {'is' if len(gone) == 1 else 'are'} gone.")
    return " ".join(["Undone.", *said])


def _grains(numbers: Sequence[int]) -> str:
    return f"Grain{'' if len(numbers) == 1 else 's'} {channels.names([str(n) for n in numbers])}"


def listing(views: Sequence[View], total: int) -> Card:
    """The author's open grains, newest first."""
    if not views:
        return Card(
            title="Your open grains",
            text=Text.of("You have none. Type /grain and what you will try next."),
            buttons=(Button("Drop a grain", action("grains.form"), "primary"),),
        )
    lines = []
    for view in views:
        said = [in_short(one) for one in view.news]
        lines.append(
            " ".join(
                filter(None, [f"{view.number}: {view.headline}", *said, carried(view.carried)])
            )
        )
    few = len(views) <= 5
    return Card(
        title="Your open grains",
        text=Text(tuple(Block((Span(line),), "bullet") for line in lines)),
        buttons=tuple(
            Button(f"Settle {view.number}", action("grains.settle", view.id)) for view in views
        )
        if few
        else (),
        selects=()
        if few
        else (
            Select(
                "Settle a grain",
                action("grains.settle"),
                tuple(Option(f"{view.number}: {view.headline}", str(view.id)) for view in views),
            ),
        ),
        footnote=f"And {total - len(views)} older ones." if total > len(views) else "",
    )


def history(view: View, *, own: bool) -> Card:
    """A grain with all its words, its chain, and what others said."""
    steps = []
    if len(view.chain) > 1:
        for step in view.chain:
            # That a grain was kept is its author's affair.
            became = step.state if own or step.state != "kept" else "open"
            spans = (
                Span(f"{step.day.day} {step.day:%B %Y}: {step.headline}"),
                Span(f" ({became})", italic=True),
            )
            steps.append(Block(spans, "bullet"))
            if step.learned:
                learned = Text.parse(step.learned).plain().replace("\n", " ")
                steps.append(Block((Span(f"Learned: {learned}"),), "bullet", 1))
    state = "" if view.state == "open" or (view.alive and not own) else f" ({view.state})"
    buttons: tuple[Button, ...] = judging(view)
    if own:
        settle = Button("Settle", action("grains.settle", view.id), "primary")
        details = Button("Add details", action("grains.details", view.id))
        buttons = (settle, details) if view.alive else (details,)
        buttons += (as_lesson(view),) if view.learned else ()
    return Card(
        title=f"Grain {view.number}{state}" if own else f"{view.author}’s grain{state}",
        text=view.whole + Text(tuple(steps)),
        facts=(*part_facts(view), *outcome_facts(view), *map(opinion, view.opinions)),
        buttons=buttons,
        footnote=" ".join(filter(None, [carried(view.carried), audience(view.channel)]))
        if own
        else "",
    )


def thanks(author: str, verdict: str, view_id: int) -> Card:
    """Right after a verdict: who hears it, and the way back."""
    return Card(
        text=Text.of(f"Thanks. {author} hears that you would {VERBS[verdict]}."),
        buttons=(Button("Take it back", action("grains.unsay", view_id)),),
    )


def replied(author: str) -> Card:
    return Card(text=Text.of(f"Thanks. {author} hears it, and it stands under the plan."))


def said(sentence: str) -> Card:
    return Card(text=Text.of(sentence))


def gone(number: int) -> Card:
    """For the keeper of somebody else's words, after these were deleted."""
    return said(f"The message behind your grain {number} was deleted, so the grain went with it.")
