"""What the bot says around check-ins: prompts, forms, entries, settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from bot.chat import (
    Block,
    Button,
    Card,
    Fact,
    Field,
    Form,
    Option,
    Span,
    Text,
    action,
)
from bot.checkins.rules import DAYS, SCALE, Question

DAY_NAMES = dict(
    zip(
        DAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)


def clock(at: datetime | time) -> str:
    return f"{at:%H:%M}"


def long_day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def greeting(name: str, hour: int) -> str:
    part = "morning" if 4 <= hour < 12 else "afternoon" if hour < 18 else "evening"
    return f"Good {'evening' if hour < 4 else part}, {name}"


def audience(channel: str, *, private: bool) -> str:
    """Who will see an entry, in one sentence for every button that leads to one."""
    if private:
        return "Only you will see it."
    return f"Everybody in #{channel} can read it, in the thread of the day."


def ask_list(questions: Sequence[Question]) -> Text:
    if len(questions) == 1:
        return Text.of(questions[0].ask)
    return Text(tuple(Block((Span(one.ask),), kind="bullet") for one in questions))


def prompt_buttons(checkin_id: int) -> tuple[Button, ...]:
    return (
        Button("Narrate", action("checkins.form", checkin_id), "primary"),
        Button("Nothing today", action("checkins.skip", checkin_id)),
        Button("Not now", action("checkins.later", checkin_id)),
    )


def prompt(
    name: str,
    here: datetime,
    questions: Sequence[Question],
    *,
    checkin_id: int,
    channel: str,
    private: bool,
    late_from: time | None = None,
    back: bool = False,
    slower: bool = False,
) -> Card:
    """The message that asks; `here` is the person's local time."""
    first = Text()
    if back:
        first += Text.of("Welcome back! I left you alone while you were away.")
    if late_from is not None:
        first += Text.of(f"This is late: I meant to ask at {clock(late_from)}, and could not.")
    last = Text()
    buttons = prompt_buttons(checkin_id)
    if slower:
        last = Text.of(
            "I have asked a few times without catching you, so from now on I ask half as often."
        )
        buttons += (Button("Ask as before", action("checkins.pace")),)
    return Card(
        title=greeting(name, here.hour),
        text=first + ask_list(questions) + last,
        buttons=buttons,
        footnote="Answer here in your own words, or press Narrate. "
        + audience(channel, private=private),
    )


def trial(
    name: str, here: datetime, questions: Sequence[Question], *, channel: str, private: bool
) -> Card:
    """A prompt to look at, before its rhythm is saved."""
    return Card(
        title=greeting(name, here.hour),
        text=ask_list(questions),
        footnote="This is a try: nobody else was asked, and nothing is kept. With the real one: "
        + audience(channel, private=private),
    )


def nudge(questions: Sequence[Question], *, checkin_id: int, channel: str) -> Card:
    """The one reminder."""
    return Card(
        text=Text.of(f"If you have a minute for #{channel}:") + ask_list(questions),
        buttons=prompt_buttons(checkin_id),
    )


def returned(questions: Sequence[Question], *, checkin_id: int, channel: str) -> Card:
    """The prompt again, after a snooze."""
    return Card(
        text=Text.of(f"You asked me to come back, for #{channel}:") + ask_list(questions),
        buttons=prompt_buttons(checkin_id),
    )


def skipped(checkin_id: int) -> Card:
    return Card(
        text=Text.of("Nothing today, then. See you next time."),
        buttons=(
            Button("Undo", action("checkins.unskip", checkin_id)),
            Button("Narrate", action("checkins.form", checkin_id)),
        ),
    )


def snoozed(checkin_id: int, until: datetime) -> Card:
    return Card(
        text=Text.of(f"I will ask again at {clock(until)}."),
        buttons=(
            Button("In 30 minutes", action("checkins.later", checkin_id, 30)),
            Button("In 3 hours", action("checkins.later", checkin_id, 180)),
            Button("Nothing today", action("checkins.skip", checkin_id)),
            Button("Narrate", action("checkins.form", checkin_id), "primary"),
        ),
    )


def settled(checkin_id: int, channel: str, *, private: bool) -> Card:
    """What a prompt becomes once it is answered."""
    where = "kept for you alone" if private else f"in the thread of #{channel}"
    return Card(
        text=Text.of(f"Thank you. Your words are {where}."),
        buttons=(
            Button("Edit", action("checkins.form", checkin_id)),
            Button("Delete", action("checkins.delete", checkin_id), "danger"),
        ),
    )


def asked_in_channel(channel: str, checkin_id: int) -> Card:
    """Shown to who narrates in a channel that is asked in the open."""
    return Card(
        text=Text.of(f"Kept, in the thread of #{channel}."),
        buttons=(Button("Edit", action("checkins.form", checkin_id)),),
    )


def removed(checkin_id: int) -> Card:
    return Card(
        text=Text.of("Taken back; nobody sees it any more."),
        buttons=(
            Button("Undo", action("checkins.restore", checkin_id)),
            Button("Narrate", action("checkins.form", checkin_id)),
        ),
    )


def kept(checkin_id: int, channel: str, ask: str, *, private: bool) -> Card:
    """What somebody hears who answers in words: where it went, and the next question."""
    where = "for you alone" if private else f"in the thread of #{channel}"
    if ask:
        return Card(
            text=Text.of(f"Kept, {where}. Next, if you like:", ask),
            buttons=(
                Button("That is all", action("checkins.enough", checkin_id)),
                Button("Edit", action("checkins.form", checkin_id)),
            ),
        )
    return Card(
        text=Text.of(f"Kept, {where}."),
        buttons=(Button("Edit", action("checkins.form", checkin_id)),),
    )


def enough(channel: str) -> Card:
    return Card(text=Text.of(f"Thank you. It is all in #{channel}; write again whenever you like."))


def entry(
    name: str,
    said: Sequence[tuple[str, Text]],
    *,
    entry_id: int,
    checkin_id: int,
    edited: bool,
    facts: tuple[Fact, ...] = (),
    more: tuple[Button, ...] = (),
) -> Card:
    """An entry as its team reads it: each question with its answer."""
    text = Text()
    for ask, words in said:
        if ask:
            text += Text((Block((Span(ask, italic=True),)),))
        text += words
    return Card(
        title=name,
        text=text,
        facts=facts,
        buttons=(
            *more,
            Button("Reply", action("checkins.reply", entry_id)),
            Button("Edit", action("checkins.form", checkin_id)),
        ),
        footnote="edited" if edited else "",
    )


def entry_form(
    checkin_id: int,
    questions: Sequence[Question],
    values: Mapping[str, str],
    *,
    channel: str,
    private: bool,
    grain_fields: Sequence[Field] = (),
) -> Form:
    """The form behind *Narrate*, with what was said or typed before."""
    return Form(
        id=action("checkins.entry", checkin_id),
        title="Narrate your work",
        text=Text.of(audience(channel, private=private)),
        fields=(*(_field(one, values) for one in questions), *_filled(grain_fields, values)),
    )


def _field(question: Question, values: Mapping[str, str]) -> Field:
    key = f"answer.{question.key}"
    options = SCALE if question.kind == "scale" else question.options
    plan = question.role == "plan"
    hint = {
        "scale": "1 is low, 5 is high.",
        "link": "Begins with https://",
    }.get(question.kind, "Each line becomes a grain of sand." if plan else "")
    return Field(
        key=key,
        label=question.ask,
        kind="choice"
        if options
        else "number"
        if question.kind == "number"
        else "line"
        if question.kind == "link"
        else "long",
        value=values.get(key, ""),
        hint=hint,
        counted=140 if plan else 0,
        limit=10_000,
        options=tuple(Option(one, one) for one in options),
        optional=True,
    )


def _filled(fields: Sequence[Field], values: Mapping[str, str]) -> tuple[Field, ...]:
    return tuple(replace(one, value=values.get(one.key, one.value)) for one in fields)


def reply_form(entry_id: int, name: str, channel: str) -> Form:
    return Form(
        id=action("checkins.answer", entry_id),
        title=f"Reply to {name}"[:24],
        text=Text.of(f"Everybody in #{channel} can read it; {name} is told."),
        fields=(Field("words", "Your reply", "long"),),
    )


def reply(name: str, to: str, words: Text) -> Card:
    return Card(title=f"{name} to {to}", text=words)


def heard(name: str, channel: str, words: Text) -> Card:
    """What a writer hears when a reader answers."""
    return Card(text=Text.of(f"{name} answered you in #{channel}:") + words.quoted())


def no_team() -> Card:
    """Said to somebody who narrates and is in no team that is set up."""
    return Card(
        text=Text.of(
            "You are in no team channel that is set up, so this stays here in our conversation.",
            "An admin adds you with /outloud setup. Lines that begin with grain: are kept as grains all the same.",
        )
    )


def too_long(sentence: str) -> Card:
    return Card(text=Text.of(sentence, "Your message stays where it is."))


def which_team(channels: Sequence[tuple[str, str]]) -> Card:
    """Asked of somebody with several teams; pairs of channel id and name."""
    return Card(
        text=Text.of("Which team is it for?"),
        buttons=tuple(
            Button(f"#{name}", action("checkins.open", channel_id)) for channel_id, name in channels
        ),
    )


def welcome(name: str, teams: Sequence[str]) -> Card:
    """The first words to somebody."""
    what = (
        "I am Outloud. I ask a question or two when your working day starts, and put what you narrate "
        "in your team's thread, so that the people around you can follow, help and learn."
    )
    how = "You choose when, how often, or never. I read only what you give me."
    if teams:
        return Card(
            title=f"Hello {name}",
            text=Text.of(what, how),
            buttons=(
                Button("Check in now", action("checkins.open"), "primary"),
                Button("My settings", action("checkins.settings")),
            ),
            footnote="Your words go to " + ", ".join(f"#{team}" for team in teams) + ".",
        )
    return Card(
        title=f"Hello {name}",
        text=Text.of(
            what,
            how,
            "No team channel is set up with you in it yet. An admin does that with /outloud setup.",
        ),
        buttons=(
            Button("Check in now", action("checkins.open"), "primary"),
            Button("My settings", action("checkins.settings")),
        ),
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
    stopped: bool,
) -> Form:
    return Form(
        id=action("checkins.settings"),
        title="My check-ins",
        text=Text.of("These are yours alone. What you leave empty follows your team."),
        fields=(
            Field("at", "Ask me at", "time", clock(at) if at else "", optional=True),
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
            Field(
                "quiet_from",
                "Quiet from",
                "time",
                clock(quiet_from) if quiet_from else "",
                optional=True,
            ),
            Field(
                "quiet_to",
                "Quiet until",
                "time",
                clock(quiet_to) if quiet_to else "",
                optional=True,
            ),
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
                "stop" if stopped else "go",
                options=(Option("Ask me", "go"), Option("Never ask me", "stop")),
            ),
        ),
    )


def settings_kept(facts: Sequence[tuple[str, str]]) -> Card:
    return Card(
        text=Text.of("Kept."),
        facts=tuple(Fact(label, Text.of(value)) for label, value in facts),
        buttons=(Button("Change", action("checkins.settings")),),
    )


def away(until: date) -> Card:
    return Card(
        text=Text.of(f"I leave you alone up to and including {long_day(until)}. Have a good time.")
    )


def back(*, was_away: bool) -> Card:
    if was_away:
        return Card(text=Text.of("Welcome back! I ask again from the next time on."))
    return Card(text=Text.of("You were not away. I ask at your usual times."))


def bank_card(
    channel: str, channel_id: str, questions: Sequence[tuple[str, str]], hidden: int
) -> Card:
    """Which bank questions come next for a team; pairs of key and question."""
    return Card(
        title=f"Coming questions in #{channel}",
        text=Text(tuple(Block((Span(ask),), kind="bullet") for _, ask in questions)),
        buttons=(
            Button("Add a question", action("checkins.add", channel_id)),
            Button("Leave one out", action("checkins.hide", channel_id)),
            *((Button("Bring all back", action("checkins.unhide", channel_id)),) if hidden else ()),
        ),
        footnote="Everybody in the team may change these.",
    )


def own_questions(channel: str, questions: Sequence[Question]) -> Card:
    """What a team with questions of its own is asked, every time."""
    return Card(
        title=f"Questions in #{channel}",
        text=ask_list(questions),
        footnote="An admin changes them with /outloud setup.",
    )


def add_form(channel_id: str, tags: Sequence[str]) -> Form:
    return Form(
        id=action("checkins.added", channel_id),
        title="Add a question",
        fields=(
            Field(
                "ask",
                "Your question",
                "line",
                hint="One that can be answered in a line.",
                limit=150,
            ),
            Field("tag", "It is about", "choice", options=tuple(Option(tag, tag) for tag in tags)),
        ),
    )


def hide_form(channel_id: str, questions: Sequence[tuple[str, str]]) -> Form:
    return Form(
        id=action("checkins.hidden", channel_id),
        title="Leave a question out",
        fields=(
            Field(
                "key",
                "Which one",
                "choice",
                options=tuple(Option(ask, key) for key, ask in questions),
            ),
        ),
    )


def sentence(*lines: str) -> Card:
    """A short answer to the caller."""
    return Card(text=Text.of(*lines))


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
        buttons=(
            Button("Check in now", action("checkins.open"), "primary"),
            Button("My settings", action("checkins.settings")),
        ),
        footnote="Only you see this page.",
    )
