"""What is gone, late, or from nowhere breaks nothing, and is said in a sentence where somebody waits for it."""

from __future__ import annotations

import pytest

from bot.chat import AccountId, Card, Place, Refused, Said, Show, Text
from tests.wire.discord.bench import ANA, DEE, Bench
from tests.wire.discord.hands import Hands, until, words
from tests.wire.discord.world import Guild


def card(said: str) -> Card:
    return Card(text=Text.of(said))


async def tell(wired: Bench, kind: str, told: dict[str, object]) -> None:
    await wired.discord.gateway.tell(kind, told, wired.guild.id)
    await wired.settled()


async def test_a_role_that_is_deleted_makes_nobody_an_admin_any_more(wired: Bench) -> None:
    dee = AccountId("discord", "900", DEE)
    before = await wired.chat.profile(dee)
    del wired.guild.roles["798"]
    wired.guild.members[DEE].roles.remove("798")
    await tell(wired, "GUILD_ROLE_DELETE", {"guild_id": "900", "role_id": "798"})
    after = await wired.chat.profile(dee)
    assert before is not None
    assert after is not None
    assert (before.is_admin, after.is_admin) == (True, False)


async def test_a_word_to_a_role_that_is_gone_is_heard_without_a_ping(wired: Bench) -> None:
    await wired.hands().says(wired.channel, "Thanks <@&31337>, see <#31337>")
    await wired.settled()
    (heard,) = wired.desk.heard
    assert isinstance(heard, Said)
    assert heard.text.plain().startswith("Thanks ")
    await wired.chat.send(wired.place(), Card(text=heard.text), key="k")
    (own,) = [one for one in wired.channel.messages.values() if one.author.is_bot]
    assert own.pings() == []


async def test_a_channel_that_is_deleted_is_refused_with_what_is_gone(wired: Bench) -> None:
    del wired.guild.channels["901"]
    await wired.discord.gateway.tell("CHANNEL_DELETE", wired.channel.told(), "900")
    await until(lambda: wired.chat._gateway.client.get_channel(901) is None)
    for ask in (
        wired.chat.members(wired.place()),
        wired.chat.send(wired.place(), card("?"), key="k"),
    ):
        with pytest.raises(Refused, match="901"):
            await ask


async def test_somebody_in_a_server_that_the_bot_was_not_told_of_is_answered(wired: Bench) -> None:
    """The bot may have been invited a moment ago, or there is an outage."""
    wired.desk.says = lambda act: Show(card("Here I am."))
    other = Guild("950", "Orchard", "299")
    wired.discord.guilds["950"] = other
    wired.discord.joins(other, wired.discord.users[ANA])
    channel = wired.discord.channel(other, "951", "team-orchard")
    ana = Hands(wired.discord, other, ANA)
    await ana.types("/checkin", channel)
    await wired.settled()
    assert [words(one.content) for one in ana.seen()] == ["Here I am."]
    (act,) = wired.desk.acts
    assert act.place == Place("discord", "950", "951")


@pytest.mark.parametrize(
    "custom_id", ["", ":", "gone", "gone.verb:1:2", "discord.form:x:y", "discord.server"]
)
async def test_a_button_that_no_version_knows_is_handed_on_or_answered(
    wired: Bench, custom_id: str
) -> None:
    """Its interaction never stays without an answer."""
    wired.desk.says = lambda act: Show(card("That is an old one."))
    (ref,) = await wired.chat.send(wired.place(), card("Ready?"), key="k")
    message = wired.channel.messages[ref.id]
    button = {"type": 2, "style": 1, "label": "Old", "custom_id": custom_id}
    message.components = [{"type": 1, "components": [button]}]
    ana = wired.hands()
    await ana.presses("Old", message)
    await wired.settled()
    assert [words(one.content) for one in ana.seen()] == ["That is an old one."]
