"""What is said to one person about themselves: the welcome, their settings, their time away, their day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from bot.chat import Block, Button, Card, Fact, Field, Form, Option, Span, Text, action
from bot.checkins.rules import DAYS
from bot.checkins.words.telling import DAY_NAMES, clock, long_day

_DOORS = (
    Button("Check in now", action("checkins.open"), "primary"),
    Button("My settings", action("checkins.settings")),
)


def no_team() -> Card:
    """Said to somebody who narrates and is in no team that is set up."""
    return Card(
        text=Text.of(
            "You are in no team channel that is set up, so this stays here in our conversation.",
            "An admin adds you with /outloud setup. Lines that begin with grain: are kept as grains all the same.",
        )
    )


def which_team(choices: Sequence[tuple[str, str]]) -> Card:
    """Asked of somebody with several teams; pairs of a channel's name and what its button does."""
    return Card(
        text=Text.of("Which team is it for?"),
        buttons=tuple(Button(f"#{name}", does) for name, does in choices),
    )


def welcome(name: str, teams: Sequence[str], *, zone: str = "") -> Card:
    """The first words to somebody; `zone` is what is taken for their zone when nobody told it: then they ask."""
    what = (
        "I am Outloud. I ask a question or two when your working day starts, and put what you narrate "
        "in your team's thread, so that the people around you can follow, help and learn."
    )
    lines = [
        what,
        "You choose when, how often, or never. I read only what you give me.",
    ]
    if not teams:
        lines.append(
            "No team channel is set up with you in it yet. An admin does that with /outloud setup."
        )
    if zone:
        as_others = "" if zone == "UTC" else ", as most of your team do"
        lines.append(f"Where are you? Until you tell me, I go by {zone} time{as_others}.")
    return Card(
        title=f"Hello {name}".rstrip(),
        text=Text.of(*lines),
        buttons=(*_DOORS, Button("Set my time zone", action("checkins.zone"))) if zone else _DOORS,
        footnote="Your words go to " + ", ".join(f"#{team}" for team in teams) + "."
        if teams
        else "",
    )


def zone_form(zone: str, zones: Sequence[str]) -> Form:
    return Form(
        id=action("checkins.zone"),
        title="Where are you?",
        fields=(
            Field(
                "zone",
                "My time zone",
                "suggest",
                zone,
                hint="Such as Europe/Lisbon, or just Lisbon. /checkin zone completes it as you type.",
                options=tuple(Option(one, one) for one in zones),
            ),
        ),
        submit="Keep",
    )


def settings_form(
    *,
    at: time | None,
    days: Sequence[str],
    zone: str,
    zones: Sequence[str],
    nudges: int | None,
    quiet_from: time | None,
    quiet_to: time | None,
    away_until: date | None,
    country: str,
    pace: str,
) -> Form:
    """Everything that somebody may choose for themselves; `pace` is `go`, `half` or `stop`."""
    return Form(
        id=action("checkins.settings"),
        title="My check-ins",
        text=Text.of("These are yours alone. What you leave empty follows your team."),
        fields=(
            _time("at", "Ask me at", at),
            Field(
                "days",
                "On these days",
                "choices",
                "\n".join(days),
                hint="None chosen: the team's days.",
                options=tuple(Option(DAY_NAMES[day], day) for day in DAYS),
                optional=True,
            ),
            Field(
                "zone",
                "My time zone",
                "suggest",
                zone,
                options=tuple(Option(one, one) for one in zones),
            ),
            Field(
                "nudges",
                "Reminders",
                "choice",
                "" if nudges is None else str(nudges),
                options=(
                    Option("As my team has it", ""),
                    Option("None", "0"),
                    Option("One", "1"),
                    Option("Two", "2"),
                ),
                optional=True,
            ),
            _time("quiet_from", "Quiet from", quiet_from),
            _time("quiet_to", "Quiet until", quiet_to),
            Field(
                "away_until",
                "Away until",
                "date",
                away_until.isoformat() if away_until else "",
                hint="The last day away. It ends by itself.",
                optional=True,
            ),
            Field(
                "country",
                "Public holidays of",
                "line",
                country,
                hint="A country's two letters, such as PT; nothing is asked on its holidays.",
                optional=True,
            ),
            Field(
                "prompts",
                "Prompts",
                "choice",
                pace,
                options=(
                    Option("Ask me", "go"),
                    Option("Ask me half as often", "half"),
                    Option("Never ask me", "stop"),
                ),
            ),
        ),
    )


def _time(key: str, label: str, at: time | None) -> Field:
    return Field(key, label, "time", clock(at) if at else "", optional=True)


def settings_kept(
    coming: Sequence[tuple[str, datetime | None]],
    *,
    stopped: bool = False,
    away_until: date | None = None,
    quiet: bool = False,
) -> Card:
    """What follows from somebody's settings: per team when they are asked next, on their own clock.

    A team without a next time is one that asks only in the `quiet` hours.
    """
    facts = []
    if stopped:
        facts.append(Fact("Prompts", Text.of("never; /checkin works at any time")))
        coming = ()
    for channel, at in coming:
        told = "asks in your quiet hours; choose an hour of your own" if quiet else "nothing ahead"
        if at is not None:
            told = f"next on {long_day(at.date())} at {clock(at)}"
        facts.append(Fact(f"#{channel}", Text.of(told)))
    if away_until is not None:
        facts.append(Fact("Away until", Text.of(long_day(away_until))))
    return Card(
        text=Text.of("Kept."),
        facts=tuple(facts),
        buttons=(Button("Change", action("checkins.settings")),),
    )


def away(until: date) -> Card:
    return Card(
        text=Text.of(f"I leave you alone up to and including {long_day(until)}. Have a good time.")
    )


def back(*, was_away: bool, stopped: bool) -> Card:
    if stopped:
        return Card(
            text=Text.of("You chose never to be asked. You can change that at any time."),
            buttons=(Button("My settings", action("checkins.settings")),),
        )
    if was_away:
        return Card(text=Text.of("Welcome back! I ask again from the next time on."))
    return Card(text=Text.of("You were not away. I ask at your usual times."))


def welcome_back(channel: str) -> Card:
    """Said to somebody whose team is asked in its channel, when their time away has ended by itself."""
    return Card(
        text=Text.of(f"Welcome back! I left you alone while you were away. #{channel} is open."),
        buttons=(Button("Check in now", action("checkins.open"), "primary"),),
    )


DAY_STATES = {
    "open": "nothing yet",
    "asked": "nothing yet",
    "snoozed": "put off for a while",
    "skipped": "nothing today",
    "written": "narrated",
}


def home(
    today: Sequence[tuple[str, str]],
    coming: Mapping[str, datetime],
    grains: Sequence[tuple[int, str]],
) -> Card:
    """Somebody's own page: each team with its state of today and its next time, and grains by number."""
    days = [
        Fact(
            f"#{team}",
            Text.of(
                DAY_STATES[state]
                + (
                    f"; next on {long_day(coming[team].date())} at {clock(coming[team])}"
                    if team in coming
                    else ""
                )
            ),
        )
        for team, state in today
    ]
    plans = Text(
        tuple(Block((Span(f"{number}: {headline}"),), kind="bullet") for number, headline in grains)
    )
    return Card(
        title="My day",
        text=Text.of("My open grains") + plans if grains else Text.of("No open grains."),
        facts=tuple(days) or (Fact("Team", Text.of("none is set up with you in it yet")),),
        buttons=_DOORS,
        footnote="Only you see this page.",
    )
