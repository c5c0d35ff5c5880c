"""The facts that are true of every chat, asked of each platform through its bench.

A platform's test module subclasses `ChatFacts`, gives it a `bench` fixture, and names in `cannot` the
facts that its platform has no means for, each with the reason.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

import pytest

from bot.chat import (
    AccountId,
    Ask,
    Attachment,
    Block,
    Busy,
    Button,
    Card,
    Command,
    Done,
    Edited,
    Fact,
    Field,
    Form,
    Press,
    Reacted,
    Ref,
    Refused,
    Removed,
    Replace,
    Said,
    Show,
    Span,
    Submit,
    Text,
    Unsure,
    Wrong,
)
from tests.contract.harness import PATIENCE, Bench

LOUD = "@everyone @here <!channel> <!here> <@U1> <@1234> <@&1234> <#C1> <!subteam^S1>"


def card(words: str) -> Card:
    return Card(text=Text.of(words))


def long_words(bench: Bench, name: str, messages: float) -> str:
    """Numbered words for about this many messages."""
    count = int(bench.limit * messages) // (len(name) + 6)
    return " ".join(f"{name}{number:05}" for number in range(count))


def words(messages: tuple[str, ...]) -> list[str]:
    return " ".join(messages).split()


async def say_last(bench: Bench) -> None:
    """Wait until everything before now was heard: what is said last arrives last."""
    ref = await bench.somebody_says("That was all.", bench.place)
    async with asyncio.timeout(PATIENCE):
        while not any(said.ref == ref for said in bench.desk.all(Said)):
            await bench.desk.is_handed(len(bench.desk.deliveries) + 1)


class ChatFacts:
    cannot: ClassVar[dict[str, str]] = {}
    """By the name of a fact, the sentence why this platform has no means for it."""

    def test_only_real_facts_are_left_out_and_each_with_a_reason(self) -> None:
        for name, reason in self.cannot.items():
            assert name in dir(ChatFacts)
            assert reason.endswith(".")

    # Sending.

    async def test_everything_a_card_says_can_be_read(self, bench: Bench) -> None:
        said = Card(
            title="A good morning",
            text=Text.parse("With **two** words\n\n- and a list"),
            facts=(Fact("Zone", Text.of("Asia/Kolkata")),),
            buttons=(Button("Narrate", "checkins.open"),),
            footnote="Seen by your team",
        )
        await bench.chat.send(bench.place, said, key="k1")
        (seen,) = await bench.visible(bench.place)
        for piece in ("A good morning", "With two words", "and a list", "Zone", "Asia/Kolkata"):
            assert piece in seen
        assert "Seen by your team" in seen

    async def test_a_posted_message_has_an_address_of_its_own(self, bench: Bench) -> None:
        (one,) = await bench.chat.send(bench.place, card("Good morning"), key="k1")
        (other,) = await bench.chat.send(bench.place, card("Good evening"), key="k2")
        (below,) = await bench.chat.send(one.replies, card("In the thread"), key="k3")
        addresses = [bench.chat.link(ref) for ref in (one, other, below)]
        assert all(address.startswith(("https://", "/c/")) for address in addresses)
        assert addresses[0] != addresses[1]
        assert one.id in addresses[2]

    async def test_the_same_key_twice_leaves_one_message(self, bench: Bench) -> None:
        first = await bench.chat.send(bench.place, card("Good morning"), key="k1")
        second = await bench.chat.send(bench.place, card("Good morning"), key="k1", again=True)
        assert second == first
        assert await bench.visible(bench.place) == ("Good morning",)

    async def test_another_key_is_another_message(self, bench: Bench) -> None:
        await bench.chat.send(bench.place, card("The same words"), key="k1")
        await bench.chat.send(bench.place, card("The same words"), key="k2", again=True)
        assert await bench.visible(bench.place) == ("The same words", "The same words")

    async def test_a_first_try_that_never_arrived_is_posted_by_the_second(
        self, bench: Bench
    ) -> None:
        await bench.chat.send(bench.place, card("Good morning"), key="k1", again=True)
        assert await bench.visible(bench.place) == ("Good morning",)

    async def test_an_answer_lost_after_the_post_is_unsure_and_the_retry_finds_it(
        self, bench: Bench
    ) -> None:
        await bench.next_answer_is_lost()
        with pytest.raises(Unsure):
            await bench.chat.send(bench.place, card("Good morning"), key="k1")
        refs = await bench.chat.send(bench.place, card("Good morning"), key="k1", again=True)
        assert await bench.visible(bench.place) == ("Good morning",)
        await bench.chat.edit(refs, card("Good evening"))
        assert await bench.visible(bench.place) == ("Good evening",)

    async def test_a_long_text_whose_first_answer_was_lost_is_completed_not_doubled(
        self, bench: Bench
    ) -> None:
        text = long_words(bench, "word", 2.5)
        await bench.next_answer_is_lost()
        with pytest.raises(Unsure):
            await bench.chat.send(bench.place, card(text), key="k1")
        refs = await bench.chat.send(bench.place, card(text), key="k1", again=True)
        seen = await bench.visible(bench.place)
        assert words(seen) == text.split()
        assert len(refs) == len(seen)

    async def test_text_over_the_limit_arrives_whole_and_in_order(self, bench: Bench) -> None:
        text = long_words(bench, "word", 2.5)
        refs = await bench.chat.send(bench.place, card(text), key="k1")
        seen = await bench.visible(bench.place)
        assert len(seen) == len(refs) > 1
        assert words(seen) == text.split()

    async def test_the_limit_of_the_platform_is_busy_with_its_seconds(self, bench: Bench) -> None:
        await bench.next_send_is_busy(7)
        with pytest.raises(Busy) as busy:
            await bench.chat.send(bench.place, card("Good morning"), key="k1")
        assert busy.value.seconds == pytest.approx(7)
        assert await bench.visible(bench.place) == ()
        await bench.chat.send(bench.place, card("Good morning"), key="k1")
        assert await bench.visible(bench.place) == ("Good morning",)

    async def test_a_missing_channel_is_refused_with_a_sentence(self, bench: Bench) -> None:
        gone = await bench.gone_channel()
        with pytest.raises(Refused) as refused:
            await bench.chat.send(gone, card("Good morning"), key="k1")
        assert_sentence(str(refused.value))

    async def test_a_reply_goes_to_the_thread(self, bench: Bench) -> None:
        (parent,) = await bench.chat.send(bench.place, card("Good morning"), key="k1")
        (reply,) = await bench.chat.send(parent.replies, card("A reply"), key="k2")
        assert reply.place == parent.replies
        assert reply.root == parent
        assert await bench.visible(parent.replies) == ("A reply",)
        assert await bench.visible(bench.place) == ("Good morning",)

    async def test_a_reply_to_what_somebody_said_goes_to_its_thread(self, bench: Bench) -> None:
        said = await bench.somebody_says("I have a question", bench.place)
        (reply,) = await bench.chat.send(said.replies, card("An answer"), key="k1")
        assert reply.root == said
        assert await bench.visible(said.replies) == ("An answer",)
        assert await bench.visible(bench.place) == ()

    async def test_a_direct_place_reaches_only_that_person(self, bench: Bench) -> None:
        (ref,) = await bench.chat.send(bench.person.direct, card("For you"), key="k1")
        assert ref.place.account == bench.person
        assert await bench.visible(bench.person.direct) == ("For you",)
        assert await bench.visible(bench.other.direct) == ()
        assert await bench.visible(bench.place) == ()

    async def test_nobodys_words_ping(self, bench: Bench) -> None:
        loud = f"{LOUD} <@{bench.other.id}> @{bench.other.id}"
        said = Card(title=loud[:60], text=Text.parse(loud), facts=(Fact("By", Text.of(loud)),))
        refs = await bench.chat.send(bench.place, said, key="k1")
        await bench.chat.edit(refs, replace_text(said, Text.of(loud, "twice")))
        (seen,) = await bench.visible(bench.place)
        assert seen.count(loud) == 2
        assert await bench.pinged() == ()

    async def test_a_mention_is_a_name_that_pings_nobody(self, bench: Bench) -> None:
        profile = await bench.chat.profile(bench.other)
        assert profile
        mention = Span(profile.name, mention=bench.other.id)
        text = Text((Block((Span("Thanks, "), mention, Span("!"))),))
        await bench.chat.send(bench.place, Card(text=text), key="k1")
        (seen,) = await bench.visible(bench.place)
        assert profile.name in seen
        assert await bench.pinged() == ()

    async def test_a_file_arrives_whole_with_its_name(self, bench: Bench) -> None:
        """Also where an earlier try had got through."""
        data = "Ahoi, ça va? 日本\n".encode() * 2_000
        said = replace(card("Here it is"), file=Attachment("week-47.md", "text/markdown", data))
        await bench.chat.send(bench.person.direct, said, key="k1")
        refs = await bench.chat.send(bench.person.direct, said, key="k1", again=True)
        assert await bench.files(bench.person.direct) == (("week-47.md", data),)
        assert "Here it is" in await bench.visible(bench.person.direct)
        await bench.chat.remove(refs)
        assert await bench.files(bench.person.direct) == ()
        assert await bench.visible(bench.person.direct) == ()

    async def test_a_file_stays_when_its_card_changes(self, bench: Bench) -> None:
        file = Attachment("week.md", "text/markdown", b"# Week")
        refs = await bench.chat.send(bench.place, replace(card("Here"), file=file), key="k1")
        now = await bench.chat.edit(refs, replace(card("Here it is"), file=file))
        assert await bench.files(bench.place) == (("week.md", b"# Week"),)
        assert "Here it is" in await bench.visible(bench.place)
        assert now == refs

    # Changing and removing.

    async def test_an_edit_changes_every_part(self, bench: Bench) -> None:
        before, after = long_words(bench, "before", 2.5), long_words(bench, "behind", 2.5)
        refs = await bench.chat.send(bench.place, card(before), key="k1")
        assert await bench.chat.edit(refs, card(after)) == refs
        assert words(await bench.visible(bench.place)) == after.split()

    async def test_an_edit_to_a_shorter_text_removes_the_parts_left_over(
        self, bench: Bench
    ) -> None:
        refs = await bench.chat.send(bench.place, card(long_words(bench, "w", 2.5)), key="k1")
        assert await bench.chat.edit(refs, card("Short")) == refs[:1]
        assert await bench.visible(bench.place) == ("Short",)

    async def test_an_edit_to_a_longer_text_adds_parts(self, bench: Bench) -> None:
        text = long_words(bench, "word", 2.5)
        refs = await bench.chat.send(bench.place, card("Short"), key="k1")
        more = await bench.chat.edit(refs, card(text))
        assert more[:1] == refs
        seen = await bench.visible(bench.place)
        assert words(seen) == text.split()
        assert len(more) == len(seen)

    async def test_an_edit_to_the_same_words_changes_nothing(self, bench: Bench) -> None:
        refs = await bench.chat.send(bench.place, card("Good morning"), key="k1")
        assert await bench.chat.edit(refs, card("Good morning")) == refs
        assert await bench.visible(bench.place) == ("Good morning",)

    async def test_a_message_that_is_gone_cannot_be_changed(self, bench: Bench) -> None:
        refs = await bench.chat.send(bench.place, card("Good morning"), key="k1")
        await bench.moderator_removes(refs[0])
        with pytest.raises(Refused) as refused:
            await bench.chat.edit(refs, card("Good evening"))
        assert_sentence(str(refused.value))
        assert await bench.visible(bench.place) == ()

    async def test_remove_takes_all_parts(self, bench: Bench) -> None:
        refs = await bench.chat.send(bench.place, card(long_words(bench, "w", 2.5)), key="k1")
        await bench.chat.remove(refs)
        assert await bench.visible(bench.place) == ()

    async def test_removing_twice_is_calm(self, bench: Bench) -> None:
        refs = await bench.chat.send(bench.place, card("Good morning"), key="k1")
        await bench.chat.remove(refs)
        await bench.chat.remove(refs)
        assert await bench.visible(bench.place) == ()

    # Hearing.

    async def test_what_somebody_says_is_recorded(self, bench: Bench) -> None:
        ref = await bench.somebody_says("I am **moving** the harbour wall", bench.place)
        (said,) = await bench.desk.hears(Said)
        assert (said.ref, said.by) == (ref, bench.person)
        assert said.text == Text.parse("I am **moving** the harbour wall")
        assert said.at.tzinfo is not None

    async def test_what_somebody_says_in_a_thread_is_recorded_there(self, bench: Bench) -> None:
        (parent,) = await bench.chat.send(bench.place, card("Good morning"), key="k1")
        ref = await bench.somebody_says("Good morning to you", parent.replies)
        (said,) = await bench.desk.hears(Said)
        assert said.ref == ref
        assert said.ref.root == parent

    async def test_what_somebody_says_to_the_bot_alone_is_recorded_there(
        self, bench: Bench
    ) -> None:
        await bench.somebody_says("Just between us", bench.person.direct)
        (said,) = await bench.desk.hears(Said)
        assert said.ref.place.account == bench.person == said.by

    async def test_what_the_bot_posts_is_never_recorded(self, bench: Bench) -> None:
        refs = await bench.chat.send(bench.place, card("Good morning"), key="k1")
        refs = await bench.chat.edit(refs, card("Good evening"))
        await bench.chat.send(refs[0].replies, card("A reply"), key="k2")
        await bench.chat.send(bench.person.direct, card("For you"), key="k3")
        await bench.chat.remove(refs)
        await say_last(bench)
        assert len(bench.desk.all(Said)) == 1
        assert bench.desk.all(Edited) == []
        assert bench.desk.all(Removed) == []

    async def test_an_edit_is_recorded_with_the_words_now(self, bench: Bench) -> None:
        ref = await bench.somebody_says("The first word", bench.place)
        await bench.somebody_edits(ref, "A better word")
        await bench.somebody_edits(ref, "The best word")
        better, best = await bench.desk.hears(Edited, 2)
        assert (better.ref, better.by) == (ref, bench.person) == (best.ref, best.by)
        assert better.text == Text.of("A better word")
        assert best.text == Text.of("The best word")

    async def test_a_link_preview_is_not_an_edit(self, bench: Bench) -> None:
        ref = await bench.somebody_says("See https://example.org/wall", bench.place)
        await bench.link_preview_arrives(ref)
        await say_last(bench)
        assert bench.desk.all(Edited) == []
        assert len(bench.desk.all(Said)) == 2

    async def test_a_deletion_by_the_author_is_recorded(self, bench: Bench) -> None:
        ref = await bench.somebody_says("Too early", bench.place)
        await bench.somebody_removes(ref)
        (removed,) = await bench.desk.hears(Removed)
        assert removed.ref == ref

    async def test_a_deletion_of_the_bots_message_by_someone_else_is_recorded(
        self, bench: Bench
    ) -> None:
        (ref,) = await bench.chat.send(bench.place, card("Good morning"), key="k1")
        await bench.moderator_removes(ref)
        (removed,) = await bench.desk.hears(Removed)
        assert removed.ref == ref

    async def test_a_reaction_is_recorded_when_it_comes_and_when_it_goes(
        self, bench: Bench
    ) -> None:
        ref = await bench.somebody_says("The wall holds when it is low", bench.place)
        await bench.somebody_reacts(ref, "bulb")
        await bench.somebody_reacts(ref, "bulb", added=False)
        came, went = await bench.desk.hears(Reacted, 2)
        assert (came.ref, came.by, came.emoji, came.added) == (ref, bench.person, "bulb", True)
        assert (went.ref, went.by, went.emoji, went.added) == (ref, bench.person, "bulb", False)

    async def test_the_same_event_delivered_twice_has_the_same_key(self, bench: Bench) -> None:
        await bench.somebody_says("Once", bench.place)
        await bench.desk.hears(Said)
        await bench.delivered_again()
        await bench.desk.is_handed(2)
        (first, _), (second, _) = bench.desk.deliveries
        assert first == second
        assert len(bench.desk.all(Said)) == 1

    async def test_different_events_have_different_keys(self, bench: Bench) -> None:
        ref = await bench.somebody_says("Once", bench.place)
        await bench.somebody_edits(ref, "Twice")
        await bench.somebody_edits(ref, "Once")
        await bench.somebody_removes(ref)
        await bench.somebody_says("Once", bench.place)
        await bench.desk.hears(Said, 2)
        assert len(bench.desk.all(Edited)) == 2
        assert len(bench.desk.all(Removed)) == 1

    async def test_a_message_in_a_channel_that_nobody_set_up_is_never_kept(
        self, bench: Bench
    ) -> None:
        """Nor its edits, its thread, the emojis on it, and its removal; what is said to the bot alone is."""
        await bench.somebody_says("Are you there?", bench.place)
        await bench.desk.hears(Said)
        bench.desk.works = False
        ref = await bench.somebody_says("Between us", bench.place)
        await bench.somebody_says("Between us in a thread", ref.replies)
        await bench.somebody_edits(ref, "Between the two of us")
        await bench.somebody_reacts(ref, "bulb")
        await bench.somebody_removes(ref)
        alone = await bench.somebody_says("For you", bench.person.direct)
        async with asyncio.timeout(PATIENCE):
            while not any(said.ref == alone for said in bench.desk.all(Said)):
                await bench.desk.is_handed(len(bench.desk.deliveries) + 1)
        bench.desk.works = True
        await say_last(bench)
        assert "us" not in str(bench.desk.deliveries)
        assert len(bench.desk.deliveries) == 3

    async def test_what_becomes_of_a_message_that_was_handed_over_is_heard_anywhere(
        self, bench: Bench
    ) -> None:
        """Also of what the bot posted in a channel that was taken off the set-up since."""
        ref = await bench.somebody_says("Keep this", bench.place)
        (own,) = await bench.chat.send(bench.place, card("Good morning"), key="k1")
        await bench.desk.hears(Said)
        bench.desk.works, bench.desk.holds = False, {ref.id, own.id}
        await bench.somebody_edits(ref, "Keep that")
        await bench.moderator_removes(own)
        await bench.desk.hears(Edited)
        (removed,) = await bench.desk.hears(Removed)
        assert removed.ref == own

    async def test_cancelling_listen_ends_it(self, bench: Bench) -> None:
        await bench.somebody_says("Are you there?", bench.place)
        await bench.desk.hears(Said)
        bench.listener.cancel()
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(asyncio.CancelledError):
                await bench.listener

    # Acts.

    async def test_a_press_brings_its_action_its_place_and_its_message(self, bench: Bench) -> None:
        said = Card(text=Text.of("Ready?"), buttons=(Button("Not now", "checkins.skip:17"),))
        (ref,) = await bench.chat.send(bench.place, said, key="k1")
        await bench.somebody_presses(ref, "Not now")
        (press,) = await bench.desk.hears(Press)
        assert (press.action, press.by) == ("checkins.skip:17", bench.person)
        assert (press.place, press.on) == (bench.place, ref)

    async def test_a_card_in_reply_is_seen_by_the_caller_alone(self, bench: Bench) -> None:
        bench.desk.reply = Show(card("For your eyes only"))
        await bench.somebody_types("/grain")
        await bench.desk.hears(Command)
        assert await bench.shown_to(bench.person) == ("For your eyes only",)
        assert await bench.shown_to(bench.other) == ()
        assert await bench.visible(bench.place) == ()

    async def test_a_command_brings_its_words(self, bench: Bench) -> None:
        await bench.somebody_types("/grain paint the  *low* wall <@U1>")
        (command,) = await bench.desk.hears(Command)
        assert (command.name, command.by) == ("grain", bench.person)
        assert command.words == "paint the  *low* wall <@U1>"
        assert command.place == bench.place

    async def test_a_pressed_card_can_be_replaced_for_everybody(self, bench: Bench) -> None:
        said = Card(text=Text.of("Ready?"), buttons=(Button("Yes", "checkins.open"),))
        (ref,) = await bench.chat.send(bench.place, said, key="k1")
        bench.desk.reply = Replace(card("Done for today"))
        await bench.somebody_presses(ref, "Yes")
        await bench.desk.hears(Press)
        assert await bench.visible(bench.place) == ("Done for today",)

    async def test_a_wrong_form_stays_open_and_the_right_one_is_handed_over(
        self, bench: Bench
    ) -> None:
        fields = (Field("plan", "What is next?", value="Paint"), Field("why", "Why?", "long"))
        bench.desk.reply = Ask(Form("checkins.form:17", "Today", fields))
        await bench.somebody_types("/checkin")
        bench.desk.reply = Wrong({"why": "Say a little more."})
        await bench.somebody_submits({"why": "No"})
        bench.desk.reply = Done()
        await bench.somebody_submits({"why": "It peels"})
        wrong, right = await bench.desk.hears(Submit, 2)
        assert (wrong.form, wrong.by) == ("checkins.form:17", bench.person)
        assert wrong.values == {"plan": "Paint", "why": "No"}
        assert right.values == {"plan": "Paint", "why": "It peels"}

    # Asking.

    async def test_fetch_gives_what_stands_there_now(self, bench: Bench) -> None:
        ref = await bench.somebody_says("The first word", bench.place)
        await bench.somebody_edits(ref, "A better word")
        said = await bench.chat.fetch(ref)
        assert said
        assert (said.ref, said.by, said.text) == (ref, bench.person, Text.of("A better word"))

    async def test_fetch_finds_a_message_in_a_thread(self, bench: Bench) -> None:
        (parent,) = await bench.chat.send(bench.place, card("Good morning"), key="k1")
        ref = await bench.somebody_says("Good morning to you", parent.replies)
        said = await bench.chat.fetch(ref)
        assert said
        assert said.text == Text.of("Good morning to you")

    async def test_fetch_gives_none_when_the_message_is_gone(self, bench: Bench) -> None:
        ref = await bench.somebody_says("Too early", bench.place)
        await bench.somebody_removes(ref)
        assert await bench.chat.fetch(ref) is None
        assert await bench.chat.fetch(Ref(await bench.gone_channel(), ref.id)) is None

    async def test_a_profile_has_the_name_people_see(self, bench: Bench) -> None:
        profile = await bench.chat.profile(bench.person)
        assert profile
        assert profile.name
        assert not profile.is_bot

    async def test_the_profile_of_an_unknown_account_is_none(self, bench: Bench) -> None:
        nobody = AccountId(bench.person.platform, bench.person.workspace, bench.person.id + "0")
        assert await bench.chat.profile(nobody) is None

    async def test_members_are_people_without_bots(self, bench: Bench) -> None:
        assert set(await bench.chat.members(bench.place)) == {bench.person, bench.other}

    async def test_the_members_of_a_missing_channel_are_refused_with_a_sentence(
        self, bench: Bench
    ) -> None:
        with pytest.raises(Refused) as refused:
            await bench.chat.members(await bench.gone_channel())
        assert_sentence(str(refused.value))

    async def test_a_platform_that_works_reports_no_trouble(self, bench: Bench) -> None:
        await bench.somebody_says("Are you there?", bench.place)
        await bench.desk.hears(Said)
        assert await bench.chat.trouble() == ()


def assert_sentence(written: str) -> None:
    assert written[:1].isupper()
    assert written.endswith(".")
    assert len(written.split()) > 3


def replace_text(said: Card, text: Text) -> Card:
    return Card(title=said.title, text=text, facts=said.facts)
