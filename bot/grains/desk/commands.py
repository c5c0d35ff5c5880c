"""``/grain``, the buttons and forms about grains, and what completes the command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from bot.chat import (
    AccountId,
    Ask,
    Command,
    Done,
    Place,
    Press,
    Reply,
    Show,
    Submit,
    Text,
    Wrong,
    read_action,
)
from bot.grains import rules, words
from bot.grains.desk import cards, feedback, outcomes, plans, sources
from bot.grains.desk.outcomes import Move
from bot.grains.desk.plans import Details, Dropped
from bot.grains.tables import Grain
from bot.people import desk as people
from bot.people.desk import Person
from bot.refusal import Refusal
from bot.store.session import Work


async def on_command(work: Work, command: Command) -> Reply:
    """Drop a grain, or show and settle those one has."""
    person = await people.caller(work, command.by)
    rules.check_length(command.words)
    asked = rules.read_asked(command.words, await _headline(work, person, command.words))
    if asked.verb == "form":
        return Ask(words.drop_form())
    if asked.verb == "list":
        return await _list(work, person)
    if asked.verb == "drop":
        return await _drop(work, person, command.place, rules.read(asked.words), Details())
    grain = await plans.find(work, person, asked.number)
    if asked.verb == "show":
        return Show(words.history(await cards.view(work, grain), own=True))
    if asked.state == "adjusted":
        if not asked.words:
            raise Refusal(f"Write the new wording behind it: /grain {grain.number} adjusted …")
        return await _settle(work, Move(grain, asked.state, wording=rules.read(asked.words)))
    return await _settle(work, Move(grain, asked.state, outcomes.read_learned(asked.words)))


async def _headline(work: Work, person: Person, typed: str) -> dict[int, str]:
    """The headline of the grain whose number the words start with, if somebody has it."""
    number = re.match(r"\s*#?(\d{1,9})(?!\d)", typed)
    if not number:
        return {}
    try:
        grain = await plans.find(work, person, int(number[1]))
    except Refusal:
        return {}
    return {grain.number: grain.headline}


async def _list(work: Work, person: Person) -> Reply:
    grains = await plans.open_of(work, person, most=words.MOST_LISTED)
    total = await plans.count_open(work, person)
    return Show(words.listing(await cards.views(work, grains), total))


async def _drop(work: Work, person: Person, place: Place, text: Text, details: Details) -> Reply:
    channel = await plans.team(work, person, place)
    dropped = await plans.drop(work, person, text, channel=channel, details=details)
    if channel is None:
        dropped.notes.append(words.private_because_no_team())
    return await _dropped(work, dropped)


async def _dropped(work: Work, dropped: Dropped) -> Reply:
    view = await cards.view(work, dropped.grain)
    return Show(words.dropped(view, dropped.act, dropped.notes))


async def _settle(work: Work, move: Move) -> Reply:
    act = await outcomes.settle(work, move)
    return Show(words.settled([await cards.view(work, move.grain)], act))


# Buttons.


async def on_form(work: Work, press: Press) -> Reply:
    await people.caller(work, press.by)
    return Ask(words.drop_form())


async def on_keep(work: Work, press: Press) -> Reply:
    """Keep the message that the shortcut was used on."""
    person = await people.caller(work, press.by)
    if press.said is None:
        raise Refusal("I cannot read this message any more, so I could not keep it.")
    kept = await sources.keep(work, person, press.said, by=press.by, place=press.place)
    return await _dropped(work, kept)


async def on_go_on(work: Work, press: Press) -> Reply:
    """Say *go on*, or ask which of several plans is meant."""
    person, about = await _about(work, press)
    if len(about) > 1:
        return await _ask_which(work, press, about, "go_on")
    await feedback.judge(work, person, about[0], "go_on")
    return await _thanks(work, about[0], "go_on")


async def on_adjust(work: Work, press: Press) -> Reply:
    """Ask what somebody would change."""
    person, about = await _about(work, press)
    said = await feedback.verdict_of(work, person, about[0]) if len(about) == 1 else None
    return await _ask_which(work, press, about, "adjust", said.words if said else "")


async def _about(work: Work, press: Press) -> tuple[Person, list[Grain]]:
    person = await people.caller(work, press.by)
    return person, await feedback.about(work, person, read_action(press.action)[1])


async def _ask_which(
    work: Work, press: Press, about: Sequence[Grain], verdict: str, said: str = ""
) -> Reply:
    named = read_action(press.action)[1]
    views = await cards.views(work, about)
    return Ask(words.judge_form(verdict, named, views, words=said))


async def _thanks(work: Work, grain: Grain, verdict: str) -> Reply:
    author = await people.get(work, grain.workspace_id, grain.person_id)
    return Show(words.thanks(author.name, verdict, grain.id))


async def on_unsay(work: Work, press: Press) -> Reply:
    person, grain = await _reached(work, press.by, press.action)
    await feedback.unsay(work, person, grain)
    return Show(words.said("Taken back."))


async def on_reply(work: Work, press: Press) -> Reply:
    person, grain = await _reached(work, press.by, press.action)
    await feedback.about(work, person, [str(grain.id)])
    return Ask(words.reply_form(await cards.view(work, grain)))


async def on_more(work: Work, press: Press) -> Reply:
    person, grain = await _reached(work, press.by, press.action)
    view = await cards.view(work, grain)
    return Show(words.history(view, own=grain.person_id == person.id))


async def _reached(work: Work, by: AccountId, written: str) -> tuple[Person, Grain]:
    person = await people.caller(work, by)
    return person, await feedback.reach(work, person, _word(written))


def _word(written: str) -> str:
    said = read_action(written)[1]
    return said[0] if said else ""


async def on_undo(work: Work, press: Press) -> Reply:
    person = await people.caller(work, press.by)
    return Show(
        words.said(await outcomes.undo(work, person, outcomes.read_id(_word(press.action))))
    )


async def on_details(work: Work, press: Press) -> Reply:
    _, grain = await _own(work, press.by, press.action)
    return Ask(words.details_form(await cards.view(work, grain)))


async def on_settle(work: Work, press: Press) -> Reply:
    """Ask what became of a grain, named by the button or chosen from the list."""
    person = await people.caller(work, press.by)
    grain = await outcomes.own(work, person, press.choice or _word(press.action))
    if grain.state not in rules.ALIVE:
        raise Refusal(f"Grain {grain.number} is {grain.state} already.")
    return Ask(words.settle_form(await cards.view(work, grain)))


async def on_done(work: Work, press: Press) -> Reply:
    _, grain = await _own(work, press.by, press.action)
    return await _settle(work, Move(grain, "done"))


async def on_reword(work: Work, press: Press) -> Reply:
    _, grain = await _own(work, press.by, press.action)
    rules.check_move(grain.state, "adjusted", grain.number)
    return Ask(words.reword_form(await cards.view(work, grain)))


async def on_leave(work: Work, press: Press) -> Reply:
    """The author has read what others said and changes nothing."""
    _, grain = await _own(work, press.by, press.action)
    await outcomes.answered(work, grain)
    return Done()


async def _own(work: Work, by: AccountId, written: str) -> tuple[Person, Grain]:
    person = await people.caller(work, by)
    return person, await outcomes.own(work, person, _word(written))


# Forms.


async def submit_drop(work: Work, form: Submit) -> Reply:
    if not form.final:
        return Done()
    person = await people.caller(work, form.by)
    text = rules.read(form.values.get("text", ""), field="text")
    return await _drop(work, person, form.place, text, await _read_details(work, form))


async def submit_details(work: Work, form: Submit) -> Reply:
    if not form.final:
        return Done()
    _, grain = await _own(work, form.by, form.form)
    untold = await outcomes.add_details(work, grain, await _read_details(work, form))
    if not untold:
        return Done()
    channel = await cards.channel_of(work, grain)
    return Show(words.said(words.not_told(untold, channel.name if channel else "")))


async def _read_details(work: Work, form: Submit) -> Details:
    expected, typed = form.values.get("expected", ""), form.values.get("people", "")
    rules.check_length(expected, field="expected")
    known = await plans.names(work, form.by.workspace_id) if typed.strip() else {}
    return Details(
        expected=Text.parse(expected).markdown(),
        link=rules.read_link(form.values.get("link", "")),
        topics=rules.read_topics(form.values.get("topics", "")),
        people=rules.read_people(typed, known),
    )


async def submit_settle(work: Work, form: Submit) -> Reply:
    if not form.final:
        return Done()
    person, _ = await _own(work, form.by, form.form)
    taken = await outcomes.take(work, person, form.values)
    if taken.errors:
        return Wrong(taken.errors)
    if not taken.moved:
        return Done()
    return Show(words.settled(await cards.views(work, taken.moved), taken.act))


async def submit_reword(work: Work, form: Submit) -> Reply:
    if not form.final:
        return Done()
    _, grain = await _own(work, form.by, form.form)
    text = rules.read(form.values.get("text", ""), field="text")
    learned = outcomes.read_learned(form.values.get("learned", ""))
    return await _settle(work, Move(grain, "adjusted", learned, text))


async def submit_judge(work: Work, form: Submit) -> Reply:
    """Say *go on* or *adjust* about the plan that was chosen."""
    if not form.final:
        return Done()
    person = await people.caller(work, form.by)
    verb, named = read_action(form.form)
    about = await feedback.about(work, person, named)
    if len(about) > 1 or "which" in form.values:
        chosen = [grain for grain in about if str(grain.id) == form.values.get("which")]
        if not chosen:
            raise Refusal("Which plan do you mean?", field="which")
        about = chosen
    verdict = cast("rules.Verdict", verb.removeprefix("grains."))
    await feedback.judge(work, person, about[0], verdict, form.values.get("words", ""))
    return await _thanks(work, about[0], verdict)


async def submit_reply(work: Work, form: Submit) -> Reply:
    if not form.final:
        return Done()
    person, grain = await _reached(work, form.by, form.form)
    await feedback.about(work, person, [str(grain.id)])
    written = form.values.get("words", "")
    rules.check_length(written, field="words")
    if not rules.is_visible(written):
        raise Refusal("Write a word or two first.", field="words")
    await feedback.reply(work, person, grain, Text.parse(written))
    author = await people.get(work, grain.workspace_id, grain.person_id)
    return Show(words.replied(author.name))


async def complete(work: Work, typed: str, by: AccountId, place: Place) -> tuple[str, ...]:
    """The list, one's own open grains, and behind a number what may become of it."""
    person = await people.find(work, by)
    if person is None:
        return ()
    offered = ["list"]
    for grain in await plans.open_of(work, person, most=20):
        offered.append(f"{grain.number} {grain.headline}"[:100])
        if typed.startswith(str(grain.number)):
            offered += [f"{grain.number} {state}" for state in rules.OUTCOMES]
    return tuple(offered)
