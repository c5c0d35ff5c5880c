"""Setting a channel up: the form, and what it means before it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.admin.rules.plan import describe
from bot.admin.rules.setup import ChannelSetup
from bot.admin.rules.taps import MONTHLY, NEVER, OFF, Roster, Tapped, line_of, usual
from bot.admin.words.parts import bullets, moment, people_field
from bot.channels.rules import FOCUSES, RINGS, STAGES
from bot.chat import Button, Card, Fact, Field, Form, Option, Place, Text, When, action
from bot.checkins.bank import TAGS
from bot.checkins.rules import DAYS, RhythmPlan
from bot.checkins.words import DAY_NAMES

_RINGS = {
    "team": "Team: asks its members and keeps their narration",
    "community": "Community: gathers lessons from teams",
    "network": "Network: gathers the best of communities",
    OFF: "Not set up any more",
}
_OFTEN = {
    "1": "Every week",
    "2": "Every second week",
    "3": "Every third week",
    "4": "Every fourth week",
    "first": "Once a month, the first such day",
    "last": "Once a month, the last such day",
    NEVER: "Never: people narrate when they want to",
}
_TAGS = {
    "seek": "Seek: what did you find?",
    "sense": "Sense: what does it mean?",
    "share": "Share: who could use it?",
    "plan": "Plan: what is next?",
    "now": "Now: where are you?",
    "show": "Show: what can be seen?",
    "story": "Story: what happened?",
}
_OUTER = {"team": "communities", "community": "networks"}
_FOCUSES = {
    "weavers": "Knowledge weavers: trust and exchange",
    "learners": "Collaborative learners: small experiments",
    "influence": "A system of influence: steering the field",
}
_STAGES = {
    "relating": "Relating: getting to know each other",
    "solving": "Solving: each other's problems",
    "steering": "Steering: where the field should go",
}


def choose_form(channels: Sequence[ChannelSetup]) -> Form:
    return Form(
        id=action("admin.choose"),
        title="Set up a channel",
        text=Text.of("For a channel I do not know yet, type /outloud setup in it."),
        fields=(
            Field(
                "channel",
                "Channel",
                "choice",
                options=tuple(Option(one.title, one.id) for one in channels),
            ),
        ),
        submit="Next",
    )


def setup_form(
    place: Place,
    tapped: Tapped,
    *,
    title: str,
    is_new: bool,
    preview: int,
    roster: Roster,
    further: Mapping[str, Sequence[tuple[Place, str]]],
    zones: Sequence[str],
) -> Form:
    """Everything about one channel; fields of another ring are hidden."""
    channel = tapped.channel or ChannelSetup(place.channel, "team", rhythm=RhythmPlan())
    rings = RINGS if is_new else (*RINGS, OFF)
    return Form(
        id=action("admin.setup", place.channel, preview),
        title=f"Set up {title}"[:60],
        text=Text.of("Nothing is saved before you have seen what it means."),
        fields=(
            Field(
                "ring",
                "What it is",
                "choice",
                channel.ring,
                options=tuple(Option(_RINGS[one], one) for one in rings),
            ),
            *_team_fields(channel, roster, zones, is_new=is_new),
            *_community_fields(channel, roster),
            *_route_fields(tapped, further),
        ),
        submit="Look at it first",
    )


def _team_fields(
    channel: ChannelSetup, roster: Roster, zones: Sequence[str], *, is_new: bool
) -> tuple[Field, ...]:
    plan = channel.rhythm or RhythmPlan()
    often = usual(channel.rhythm if not is_new or channel.rhythm else plan)
    choices = dict(_OFTEN)
    choices.setdefault(often, f"As it is now: {describe(plan)}"[:75])
    chosen = (plan.monthly.partition(" ")[2],) if often in MONTHLY else plan.days
    first = plan.questions[0].role == "plan" if plan.questions else True
    team = When("ring", ("team",))
    return (
        people_field("members", "Members", channel.members or (), roster, team, "None: all in it."),
        Field(
            "often",
            "How often I ask",
            "choice",
            often,
            options=tuple(Option(label, one) for one, label in choices.items()),
            when=team,
        ),
        Field(
            "days",
            "On these days",
            "choices",
            "\n".join(chosen),
            options=tuple(Option(DAY_NAMES[day], day) for day in DAYS),
            optional=True,
            when=team,
        ),
        Field("at", "At", "time", f"{plan.at:%H:%M}", when=team),
        Field(
            "zone",
            "In the time zone",
            "suggest",
            "" if plan.zone == "person" else plan.zone,
            hint="Empty: each person's own.",
            options=tuple(Option(one, one) for one in zones),
            optional=True,
            when=team,
        ),
        Field(
            "deliver",
            "Where I ask",
            "choice",
            plan.deliver,
            options=(
                Option("Each person in a direct message", "dm"),
                Option("Everybody at once in the channel", "channel"),
            ),
            when=team,
        ),
        Field(
            "entries",
            "Where answers go",
            "choice",
            plan.entries,
            options=(
                Option("In the thread of the channel's day", "thread"),
                Option("Nowhere: they stay private", "private"),
            ),
            when=team,
        ),
        Field(
            "nudges",
            "Reminders",
            "choice",
            str(plan.nudges),
            options=(Option("None", "0"), Option("One", "1"), Option("Two", "2")),
            when=team,
        ),
        Field(
            "questions",
            "Your own questions, one per line",
            "long",
            "\n".join(line_of(one, first=n == 0) for n, one in enumerate(plan.questions)),
            hint="Empty: I ask from my prompt bank. A note may follow a question: [optional], [scale], "
            "[learned], [stuck], [choice: calm / busy].",
            optional=True,
            when=team,
        ),
        Field(
            "first",
            "The first of them asks for",
            "choice",
            "plan" if first else "words",
            options=(
                Option("A plan: each line becomes a grain", "plan"),
                Option("Words", "words"),
            ),
            when=team,
        ),
        Field(
            "tags",
            "Or these kinds from the prompt bank",
            "choices",
            "\n".join(plan.tags),
            hint="None chosen: all of them.",
            options=tuple(Option(_TAGS[tag], tag) for tag in TAGS),
            optional=True,
            when=team,
        ),
    )


def _community_fields(channel: ChannelSetup, roster: Roster) -> tuple[Field, ...]:
    outside = When("ring", ("community", "network"))
    return (
        people_field(
            "curators",
            "Curators",
            channel.curators,
            roster,
            outside,
            "They choose what is passed on.",
        ),
        Field(
            "focus",
            "What it is for",
            "choice",
            channel.focus,
            options=tuple(Option(_FOCUSES[one], one) for one in FOCUSES),
            optional=True,
            when=outside,
        ),
        Field(
            "stage",
            "Where it stands",
            "choice",
            channel.stage,
            options=tuple(Option(_STAGES[one], one) for one in STAGES),
            optional=True,
            when=outside,
        ),
        Field(
            "topics",
            "Topics",
            "line",
            ", ".join(channel.topics),
            hint="At most twelve, with commas between them.",
            optional=True,
            when=outside,
        ),
    )


def _route_fields(
    tapped: Tapped, further: Mapping[str, Sequence[tuple[Place, str]]]
) -> tuple[Field, ...]:
    ends = [str(route.end) for route in tapped.routes]
    return tuple(
        Field(
            f"routes.{ring}",
            f"Its lessons may go on to these {_OUTER[ring]}",
            "choices",
            "\n".join(str(place) for place, _ in offered if str(place) in ends),
            hint="Only what its author agreed to.",
            options=tuple(Option(title, str(place)) for place, title in offered),
            optional=True,
            when=When("ring", (ring,)),
        )
        for ring, offered in further.items()
        if offered
    )


@dataclass(frozen=True, slots=True)
class Coming:
    """When somebody would be asked, on their own clocks."""

    name: str
    zone: str
    times: tuple[datetime, ...]


def preview_card(
    title: str, lines: Sequence[str], coming: Sequence[Coming], *, preview: int, can_try: bool
) -> Card:
    """What a set-up would mean, before it is saved."""
    if not lines:
        return Card(
            title=title,
            text=Text.of("That is how it is already. Nothing changes."),
            buttons=(Button("Change", action("admin.change", preview)),),
        )
    tries = (Button("Try it on me", action("admin.try", preview)),) if can_try else ()
    return Card(
        title=f"{title}: look before you save",
        text=bullets(lines),
        facts=tuple(
            Fact(f"{one.name} ({one.zone})", Text.of(", ".join(map(moment, one.times))))
            for one in coming
        ),
        buttons=(
            Button("Save", action("admin.save", preview), "primary"),
            *tries,
            Button("Change", action("admin.change", preview)),
        ),
        footnote="Nothing is saved yet, and only you see this. "
        + ("Times are each person's own; whoever chose another hour keeps it." if coming else ""),
    )


def saved_card(title: str, lines: Sequence[str], *, still: bool) -> Card:
    """What was saved; `still` says whether the channel is set up after it."""
    if not lines:
        return Card(text=Text.of(f"{title} was like that already."))
    return Card(
        title=f"{title} is set up" if still else f"{title} is no longer set up",
        text=bullets(lines),
        footnote="Admins find it in /outloud log.",
    )


def tried_card() -> Card:
    return Card(
        text=Text.of("I sent you the prompt in our direct message. No answer to it is kept.")
    )
