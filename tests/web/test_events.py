"""What happens in the local chat reaches the core, through crashes and from other processes."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from adapters.web import LocalChannel, LocalPerson
from bot.chat import AccountId, Card, Event, Joined, Place, Said
from tests.web.desk import RecordingDesk
from tests.web.local import ANA, HARBOUR, Local, local_chat
from tests.web.town import CHANNELS, PEOPLE


class FailingDesk(RecordingDesk):
    """A desk whose database is away."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0

    async def record(self, key: str, event: Event) -> bool:
        self.tries += 1
        raise OSError("The database is away.")


class WaitingDesk(RecordingDesk):
    """A desk on which a test can wait for an event."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = asyncio.Condition()

    async def record(self, key: str, event: Event) -> bool:
        async with self.changed:
            new = await super().record(key, event)
            self.changed.notify_all()
            return new

    async def hears(self, key: str) -> Event:
        async with asyncio.timeout(60), self.changed:
            await self.changed.wait_for(lambda: key in self.events)
        return self.events[key]


async def provide(local: Local, *, people: tuple = (), channels: tuple = ()) -> None:
    async with local.store.sessions.begin() as session:
        await local.chat.provide(session, people=people, channels=channels)


async def test_everybody_joins_the_workspace_and_their_channels_once(silent: Local) -> None:
    await provide(silent, people=PEOPLE, channels=CHANNELS)
    await silent.start()
    await silent.visitor("ana").say("What waited is told before this")
    *joined, said = silent.desk.events.values()
    assert isinstance(said, Said)
    assert all(isinstance(event, Joined) for event in joined)
    by_channel = Counter(event.channel and event.channel.channel for event in joined)
    assert by_channel == {
        None: 4,
        "team-harbour": 3,
        "team-orchard": 2,
        "cop-reliability": 4,
        "commons": 4,
    }
    await silent.stop()
    await provide(silent, people=PEOPLE, channels=CHANNELS)
    again = RecordingDesk()
    await silent.start(again)
    await silent.visitor("ana").say("And nobody joins again")
    assert [type(event) for event in again.events.values()] == [Said]


async def test_somebody_who_comes_later_is_in_the_channels_for_everybody(silent: Local) -> None:
    new = LocalPerson("zoe", "Zoe", "Pacific/Apia")
    await provide(silent, people=(new,), channels=(LocalChannel("team-orchard", members=("zoe",)),))
    zoe = AccountId("local", "local", "zoe")
    for channel, is_in in (
        ("commons", True),
        ("cop-reliability", True),
        ("team-orchard", True),
        ("team-harbour", False),
    ):
        place = Place.parse(f"local:local/{channel}")
        assert (zoe in await silent.chat.members(place)) is is_in


async def test_what_exists_stays_as_it_is(silent: Local) -> None:
    await provide(silent, people=(LocalPerson("ana", "Anna", "UTC", is_admin=True),))
    profile = await silent.chat.profile(ANA)
    assert profile
    assert (profile.name, profile.zone, profile.is_admin) == ("Ana", "Europe/Lisbon", False)


async def test_somebody_who_left_is_not_dragged_back(anywhere: Local) -> None:
    await anywhere.visitor("ana").post("/leave", channel="commons")
    await provide(anywhere, people=PEOPLE, channels=CHANNELS)
    assert ANA not in await anywhere.chat.members(Place.parse("local:local/commons"))


@pytest.mark.parametrize("id", ["Team", "a/b", "", "@ana", "x" * 81, "a b", ".."])
def test_an_id_that_cannot_stand_in_an_address_is_refused_in_a_sentence(id: str) -> None:
    with pytest.raises(ValueError, match="cannot be the id of a local channel"):
        LocalChannel(id)
    with pytest.raises(ValueError, match="cannot be the id of a local person"):
        LocalPerson(id, "Somebody", "UTC")


async def test_a_message_the_core_could_not_record_is_told_again_after_a_restart(
    silent: Local,
) -> None:
    failing = FailingDesk()
    await silent.start(failing)
    id = await silent.visitor("ana").say("Good morning")
    assert failing.tries > 0
    await silent.stop()
    desk = WaitingDesk()
    await silent.start(desk)
    heard = await desk.hears(f"said:{HARBOUR}/{id}")
    assert isinstance(heard, Said)
    assert heard.text.plain() == "Good morning"


async def test_events_reach_the_core_in_the_order_they_happened(silent: Local) -> None:
    await silent.start(FailingDesk())
    ana = silent.visitor("ana")
    id = await ana.say("One")
    await ana.post("/edit", message=id, **{"field.text": "Two"})
    await ana.post("/react", message=id, emoji="bulb", on="yes")
    await ana.post("/remove", message=id)
    await silent.stop()
    desk = WaitingDesk()
    await silent.start(desk)
    await desk.hears(f"removed:{HARBOUR}/{id}")
    heard = [type(event).__name__ for event in desk.events.values()]
    assert [name for name in heard if name != "Joined"] == ["Said", "Edited", "Reacted", "Removed"]


async def test_another_process_on_the_same_database_sees_what_was_posted(
    anywhere: Local, database_url: str
) -> None:
    async with local_chat(database_url) as other:
        await other.start(WaitingDesk())
        await other.chat.send(HARBOUR, Card(title="From the other process"), key="k1")
        await other.visitor("ben").say("And from Ben")
        shown = await anywhere.visitor("ana").messages("team-harbour")
        assert [node.one("span", class_="name").text for node in shown] == ["Outloud", "Ben"]


async def test_nobody_can_act_before_the_core_listens(silent: Local) -> None:
    assert await silent.chat.trouble() == ("The local chat has not started yet.",)
    ana = silent.visitor("ana")
    answer = await ana.post("/say", text="Too early", channel="team-harbour")
    assert answer.status_code == 503
    assert "nothing you typed is lost" in answer.text
    assert (await ana.get("/readyz")).json()["reasons"] == ["The local chat has not started yet."]
    await silent.start()
    assert await silent.chat.trouble() == ()
    await ana.say("Now")
