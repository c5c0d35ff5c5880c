"""From a slash command to a post in a thread, over the loopback Discord."""

from __future__ import annotations

from bot.chat import Act, Ask, Button, Card, Command, Done, Field, Form, Reply, Show, Submit, Text
from tests.wire.discord.bench import Bench
from tests.wire.discord.hands import buttons, words

FORM = Form(
    "checkins.entry:7",
    "Narrate your work",
    (Field("plan", "What is next?", "long"), Field("why", "Why?", optional=True)),
    text=Text.of("Your team can read it."),
)


async def test_a_command_opens_a_form_whose_answer_is_posted_in_a_thread(wired: Bench) -> None:
    def says(act: Act) -> Reply:
        return Ask(FORM) if isinstance(act, Command) else Show(Card(text=Text.of("Kept.")))

    wired.desk.says = says
    ana = wired.hands()
    (parent,) = await wired.chat.send(wired.place(), Card(title="Today"), key="day")
    opened = await ana.types("/checkin", wired.channel)
    assert not opened.is_late
    assert ana.has_modal
    await ana.submits({"What is next?": "Paint the wall"})
    (submit,) = [act for act in wired.desk.acts if isinstance(act, Submit)]
    assert submit.form == "checkins.entry:7"
    assert submit.values == {"plan": "Paint the wall", "why": ""}
    assert submit.place == wired.place()
    assert words(ana.seen()[-1].content) == "Kept."
    entry = Card(
        title="Ana", text=Text.of(submit.values["plan"]), buttons=(Button("Go on", "grains.on:1"),)
    )
    (ref,) = await wired.chat.send(parent.replies, entry, key="entry")
    thread = wired.discord.find(parent.id)
    assert thread is not None
    (posted,) = thread.messages.values()
    assert posted.id == ref.id
    assert words(posted.content) == "Ana\nPaint the wall"
    wired.desk.says = lambda act: Done()
    await wired.hands("202").presses("Go on", posted)
    press = wired.desk.acts[-1]
    assert (press.action, press.on, press.by) == ("grains.on:1", ref, wired.account("202"))
    assert list(buttons(posted)) == ["Go on"]
    assert wired.discord.refused == []
