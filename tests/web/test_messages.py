"""Messages in the local chat: there once, in order, changed and deleted by those who may."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat import Card, Edited, Joined, Reacted, Ref, Removed, Said, Text
from tests.web.local import ANA, BEN, HARBOUR, Local, Node, read_html


def said(shown: list[Node]) -> list[str]:
    return [node.one("div", class_="text").text for node in shown]


def kept(local: Local, kind: type) -> list:
    return [event for event in local.desk.events.values() if isinstance(event, kind)]


async def test_a_message_is_shown_to_everybody_with_its_author(anywhere: Local) -> None:
    await anywhere.visitor("ana").say("Good morning")
    (shown,) = await anywhere.visitor("ben").messages("team-harbour")
    assert shown.one("span", class_="name").text == "Ana"
    assert shown.one("div", class_="text").text == "Good morning"


async def test_a_message_sent_twice_with_one_key_is_there_once(anywhere: Local) -> None:
    ana = anywhere.visitor("ana")
    sent = {"text": "Good morning", "channel": "team-harbour", "key": "one"}
    first, second = await asyncio.gather(ana.post("/say", **sent), ana.post("/say", **sent))
    assert first.text == second.text
    assert said(await ana.messages("team-harbour")) == ["Good morning"]
    assert len(kept(anywhere, Said)) == 1


async def test_one_key_of_two_people_is_two_messages(anywhere: Local) -> None:
    for name in ("ana", "ben"):
        await anywhere.visitor(name).post(
            "/say", text=f"I am {name}", channel="team-harbour", key="one"
        )
    shown = await anywhere.visitor("ana").messages("team-harbour")
    assert said(shown) == ["I am ana", "I am ben"]


async def test_many_messages_at_once_keep_one_order_for_everybody(anywhere: Local) -> None:
    ana, ben = anywhere.visitor("ana"), anywhere.visitor("ben")
    await asyncio.gather(*(who.say(f"{n}") for n in range(10) for who in (ana, ben)))
    seen = [node.attributes["data-id"] for node in await ana.messages("team-harbour")]
    assert seen == sorted(seen, key=int)
    assert seen == [node.attributes["data-id"] for node in await ben.messages("team-harbour")]
    assert len(seen) == 20


async def test_the_author_edits_and_the_core_hears_each_change_once(anywhere: Local) -> None:
    ana = anywhere.visitor("ana")
    id = await ana.say("Good mroning")
    for words in ("Good morning", "Good morning", "Good evening"):
        await ana.post("/edit", message=id, channel="team-harbour", **{"field.text": words})
    (shown,) = await ana.messages("team-harbour")
    assert shown.one("div", class_="text").text == "Good evening"
    assert shown.one("span", class_="edited").text == "edited"
    assert [event.text.plain() for event in kept(anywhere, Edited)] == [
        "Good morning",
        "Good evening",
    ]


async def test_nobody_edits_what_another_wrote(anywhere: Local) -> None:
    id = await anywhere.visitor("ana").say("Good morning")
    for name in ("ben", "dee"):
        other = anywhere.visitor(name)
        assert (await other.get(f"/edit/{id}")).status_code == 403
        answer = await other.post("/edit", message=id, **{"field.text": "Good night"})
        assert (answer.status_code, answer.text) == (
            403,
            "You can edit only what you wrote yourself.",
        )
    assert kept(anywhere, Edited) == []


async def test_a_message_cannot_be_edited_to_nothing(local: Local) -> None:
    ana = local.visitor("ana")
    id = await ana.say("Good morning")
    answer = await ana.post("/edit", message=id, **{"field.text": " \n "})
    assert answer.headers["outloud-reply"] == "wrong"
    assert "There is nothing to read in that." in answer.text


async def test_the_author_deletes_and_gets_the_words_back_once(anywhere: Local) -> None:
    ana = anywhere.visitor("ana")
    id = await ana.say("Too *early*")
    assert (await ana.post("/remove", message=id)).text == "Too *early*"
    assert (await ana.post("/remove", message=id)).text == ""
    assert await ana.messages("team-harbour") == []
    (removed,) = kept(anywhere, Removed)
    assert (removed.ref, removed.by) == (Ref(HARBOUR, id), ANA)


async def test_only_admins_delete_what_others_wrote_and_what_the_bot_posted(
    anywhere: Local,
) -> None:
    (posted,) = await anywhere.chat.send(HARBOUR, Card(title="Today"), key="k1")
    by_ana = await anywhere.visitor("ana").say("Good morning")
    ben, dee = anywhere.visitor("ben"), anywhere.visitor("dee")
    for id in (by_ana, posted.id):
        answer = await ben.post("/remove", message=id)
        assert (answer.status_code, answer.text) == (
            403,
            "You can delete only what you wrote yourself.",
        )
        assert (await dee.post("/remove", message=id)).text == ""
    assert [event.by and event.by.id for event in kept(anywhere, Removed)] == ["dee", "dee"]


async def test_the_page_offers_only_what_one_may_do(local: Local) -> None:
    await local.visitor("ana").say("Good morning")

    async def offered(name: str) -> set[str]:
        (shown,) = await local.visitor(name).messages("team-harbour")
        return {"data-may-edit", "data-may-remove"} & set(shown.attributes)

    assert await offered("ana") == {"data-may-edit", "data-may-remove"}
    assert await offered("ben") == set()
    assert await offered("dee") == {"data-may-remove"}


async def test_a_reaction_is_on_or_off_however_often_it_is_sent(anywhere: Local) -> None:
    ana, ben = anywhere.visitor("ana"), anywhere.visitor("ben")
    id = await ana.say("The wall holds")
    for on in ("yes", "yes", "", "", "yes"):
        await ben.post("/react", message=id, emoji="bulb", on=on)
    await ana.post("/react", message=id, emoji="💡", on="yes")
    heard = [(event.by.id, event.emoji, event.added) for event in kept(anywhere, Reacted)]
    assert heard == [
        ("ben", "bulb", True),
        ("ben", "bulb", False),
        ("ben", "bulb", True),
        ("ana", "bulb", True),
    ]
    (shown,) = await ben.messages("team-harbour")
    (reaction,) = shown.all("button", class_="reaction")
    assert reaction.attributes["aria-label"] == "💡 2, you and Ana"
    assert reaction.attributes["aria-pressed"] == "true"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("bulb", "bulb"),
        (":Tada:", "tada"),
        ("❤", "heart"),
        ("❤️", "heart"),
        ("sand_castle", "sand_castle"),
    ],
)
async def test_any_emoji_may_be_named(local: Local, typed: str, name: str) -> None:
    ana = local.visitor("ana")
    id = await ana.say("The wall holds")
    await ana.post("/react", message=id, emoji=typed, on="yes")
    assert [event.emoji for event in kept(local, Reacted)] == [name]


async def test_what_is_no_emoji_is_refused_in_a_sentence(local: Local) -> None:
    ana = local.visitor("ana")
    id = await ana.say("The wall holds")
    answer = await ana.post("/react", message=id, emoji="<b>", on="yes")
    assert answer.status_code == 422
    assert answer.text == "'<b>' is not an emoji's short name, such as bulb or tada."


async def test_a_thread_stands_beside_the_channel_and_its_root_counts_it(anywhere: Local) -> None:
    ana, ben = anywhere.visitor("ana"), anywhere.visitor("ben")
    root = await ana.say("Who has the tide tables?")
    reply = await ben.say("I do", thread=root)
    await ana.say("Thanks", thread=root)
    (shown,) = await ana.messages("team-harbour")
    assert shown.one("button", class_="replies").text == "2 replies"
    assert said(await ana.messages(thread=root)) == ["Who has the tide tables?", "I do", "Thanks"]
    heard = {event.ref.id: event.ref for event in kept(anywhere, Said)}
    assert heard[reply].root == Ref(HARBOUR, root)


async def test_a_deleted_root_stays_as_a_mark_while_answers_hang_on_it(anywhere: Local) -> None:
    ana, ben = anywhere.visitor("ana"), anywhere.visitor("ben")
    root = await ana.say("Who has the tide tables?")
    reply = await ben.say("I do", thread=root)
    await ana.post("/remove", message=root)
    (shown,) = await ana.messages("team-harbour")
    assert shown.one("p", class_="gone").text == "This message was deleted."
    await ben.post("/remove", message=reply)
    assert await ana.messages("team-harbour") == []


async def test_a_reply_to_what_is_not_there_is_refused_in_a_sentence(local: Local) -> None:
    ana = local.visitor("ana")
    root = await ana.say("In the harbour")
    reply = await ana.say("In its thread", thread=root)
    for thread, channel in ((reply, "team-harbour"), (root, "commons"), ("12", "team-harbour")):
        answer = await ana.post("/say", text="Hello?", channel=channel, thread=thread)
        assert answer.status_code == 404
        assert "Your words are still here." in answer.text


async def test_a_direct_message_is_seen_by_its_person_alone(anywhere: Local) -> None:
    (ref,) = await anywhere.chat.send(ANA.direct, Card(title="For Ana"), key="k1")
    ana, dee = anywhere.visitor("ana"), anywhere.visitor("dee")
    assert len(await ana.messages()) == 1
    assert await dee.messages() == []
    for path in (f"/thread/{ref.id}", "/c/@ana", "/earlier?channel=@ana", "/changes?channel=@ana"):
        answer = await dee.get(path)
        assert answer.status_code == 404
        assert "For Ana" not in answer.text
    for path in ("/press", "/react", "/say"):
        fields = {"message": ref.id, "emoji": "bulb", "text": "hello"}
        answer = await dee.post(path, channel="@ana", **fields)
        assert (answer.status_code, answer.text) == (403, "Dee cannot see '@ana'.")
    for path in ("/press", "/react"):
        answer = await dee.post(path, message=ref.id, emoji="bulb")
        assert (answer.status_code, answer.text) == (404, "That message is gone.")
    await dee.post("/remove", message=ref.id)
    assert len(await ana.messages()) == 1


async def test_a_mention_names_somebody_who_is_there(local: Local) -> None:
    ana = local.visitor("ana")
    await ana.say("@ben and @BEN, not @nobody, ben@example.org or `@ben`")
    (heard,) = kept(local, Said)
    mentions = [span.mention for span in heard.text.blocks[0].spans if span.mention]
    assert mentions == ["ben", "ben"]
    (shown,) = await ana.messages("team-harbour")
    assert [node.text for node in shown.all("span", class_="mention")] == ["@Ben", "@Ben"]


async def test_older_messages_come_a_page_at_a_time(local: Local) -> None:
    for number in range(120):
        await local.chat.send(HARBOUR, Card(title=f"{number}"), key=f"{number}")
    ana = local.visitor("ana")
    page = (await ana.page("team-harbour")).one("ol", id="messages")
    seen = [node.text for node in page.all("p", class_="title")]
    while more := list(page.all("li", class_="earlier")):
        page_address = more[0].one("button").attributes["hx-get"]
        page = read_html((await ana.get(page_address)).text)
        seen = [node.text for node in page.all("p", class_="title")] + seen
    assert seen == [f"{number}" for number in range(120)]


async def test_channels_tell_what_is_new_until_it_is_seen(anywhere: Local) -> None:
    ana, ben = anywhere.visitor("ana"), anywhere.visitor("ben")
    await ben.say("One")
    last = await ben.say("Two")
    await anywhere.chat.send(ANA.direct, Card(title="For Ana"), key="k1")
    assert (await ana.get("/marks")).json() == {"team-harbour": 2, "@ana": 1}
    assert (await ben.get("/marks")).json() == {}
    link = (await ana.page()).one("a", data_place="team-harbour")
    assert link.attributes["title"] == "2 new"
    await ana.post("/see", channel="team-harbour", message=last)
    assert (await ana.get("/marks")).json() == {"@ana": 1}


async def test_what_was_seen_stays_seen_when_an_older_mark_arrives_late(anywhere: Local) -> None:
    ana, ben = anywhere.visitor("ana"), anywhere.visitor("ben")
    first, second = await ben.say("One"), await ben.say("Two")
    for message in (second, first):
        await ana.post("/see", channel="team-harbour", message=message)
    assert (await ana.get("/marks")).json() == {}


async def test_times_are_told_in_the_zone_of_whoever_reads(local: Local) -> None:
    await local.visitor("ana").say("Good morning")
    offsets = set()
    for name in ("ana", "ben", "chi", "dee"):
        (shown,) = await local.visitor(name).messages("team-harbour")
        offsets.add(shown.attributes["data-moment"][19:])
    assert len(offsets) == 4


async def test_somebody_who_speaks_in_a_channel_is_in_it(anywhere: Local) -> None:
    chi = anywhere.visitor("chi")
    await chi.say("Hello from the orchard")
    members = {member.id for member in await anywhere.chat.members(HARBOUR)}
    assert members == {"ana", "ben", "chi", "dee"}
    assert [event.by.id for event in kept(anywhere, Joined) if event.channel == HARBOUR].count(
        "chi"
    ) == 1


async def test_people_leave_and_join_channels(anywhere: Local) -> None:
    ben = anywhere.visitor("ben")
    for path in ("/leave", "/leave", "/join", "/join", "/leave"):
        await ben.post(path, channel="team-harbour")
    assert BEN not in await anywhere.chat.members(HARBOUR)
    kinds = [
        type(event).__name__
        for event in anywhere.desk.events.values()
        if getattr(event, "channel", None) == HARBOUR and event.by == BEN
    ]
    assert kinds == ["Joined", "Left", "Joined", "Left"]


async def test_a_card_of_a_gone_message_cannot_be_changed(anywhere: Local) -> None:
    (ref,) = await anywhere.chat.send(HARBOUR, Card(title="Today"), key="k1")
    await anywhere.chat.remove((ref,))
    assert await anywhere.chat.send(HARBOUR, Card(title="Today"), key="k1", again=True) == (ref,)
    assert await anywhere.visitor("ana").messages("team-harbour") == []


async def test_the_bot_does_not_change_what_people_wrote(anywhere: Local) -> None:
    id = await anywhere.visitor("ana").say("Mine")
    await anywhere.chat.remove((Ref(HARBOUR, id),))
    shown = await anywhere.visitor("ana").messages("team-harbour")
    assert said(shown) == ["Mine"]


async def test_fetch_gives_what_somebody_said_with_its_mentions(anywhere: Local) -> None:
    id = await anywhere.visitor("ana").say("Ask @ben")
    said = await anywhere.chat.fetch(Ref(HARBOUR, id))
    assert said
    assert said.text.plain() == "Ask @Ben"
    assert said.text != Text.parse("Ask @Ben")
