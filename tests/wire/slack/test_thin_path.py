"""From a slash command to a post in a thread."""

from bot.chat import Ask, Button, Card, Command, Done, Field, Form, Submit, Text
from tests.wire.slack.bench import Bench
from tests.wire.slack.hands import until, words

FORM = Form(
    "checkins.entry",
    "What are you on?",
    (
        Field("plan", "What will you move today?", "long", counted=140),
        Field("learned", "What surprised you?", optional=True),
    ),
)


async def test_a_command_opens_a_form_and_what_is_sent_is_posted_in_a_thread(both: Bench) -> None:
    ana = both.hands()
    both.desk.says = lambda act: Ask(FORM) if isinstance(act, Command) else Done()

    ack = await ana.types("/checkin", both.channel)
    assert ack.ok
    await until(lambda: ana.has_view)
    assert ana.labels() == ["What will you move today?", "What surprised you?"]

    await ana.submits({"What will you move today?": "The crane"})
    sent = both.desk.acts[-1]
    assert isinstance(sent, Submit)
    assert sent.values == {"plan": "The crane", "learned": ""}
    assert sent.place == both.place()
    assert not ana.has_view

    (root,) = await both.chat.send(both.place(), Card(title="Monday"), key="day 1")
    card = Card(text=Text.of("The crane"), buttons=(Button("Undo", "checkins.undo"),))
    (ref,) = await both.chat.send(root.replies, card, key="entry 1")
    posted = both.channel.find(ref.id)
    assert posted is not None
    assert posted.thread_ts == root.id
    assert "The crane" in words(posted.blocks)
