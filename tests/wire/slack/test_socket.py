"""Socket Mode: Slack may close the connection whenever it wants, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import uuid

from bot.chat import Said
from tests.wire.noting import NotingDesk
from tests.wire.slack.bench import Bench, bench, connected, settings_for, well
from tests.wire.slack.faults import Fault
from tests.wire.slack.hands import until


async def test_a_refresh_asked_by_slack_loses_nothing(socket: Bench) -> None:
    for number in range(5):
        await socket.slack.sockets.disconnect()
        opened = number + 2
        await until(lambda wanted=opened: socket.slack.sockets.opened >= wanted)
        await until(lambda: len(socket.slack.sockets.connections) == 1)
        await socket.hands().says(socket.channel, f"message {number}")
    assert [event.text.plain() for event in socket.desk.heard] == [f"message {n}" for n in range(5)]


async def test_a_connection_that_breaks_comes_back_by_itself(sqlite_url: str) -> None:
    async with bench("socket", sqlite_url, ping_seconds=0.2) as socket:
        await socket.slack.sockets.break_off()
        await until(lambda: socket.slack.sockets.opened >= 2)
        await socket.hands().says(socket.channel, "after the storm")
        assert len(socket.desk.heard) == 1


async def test_while_the_connection_is_lost_that_is_the_trouble(sqlite_url: str) -> None:
    async with bench("socket", sqlite_url, ping_seconds=0.2) as socket:
        socket.slack.faults["apps.connections.open"].append(Fault("500", times=1000))
        await socket.slack.sockets.break_off()
        await until(lambda: socket.slack.sockets.connections == [])
        await until(lambda: any(True for name, _ in socket.slack.calls if name.startswith("apps")))
        told: tuple[str, ...] = ()
        while not told:
            await asyncio.sleep(0.01)
            told = await socket.chat.trouble()
        assert "keeps trying to come back" in told[0]
        socket.slack.faults.clear()
        await well(socket.chat)
        await until(lambda: len(socket.slack.sockets.connections) == 1)


async def test_an_envelope_delivered_twice_is_kept_once(socket: Bench) -> None:
    await socket.hands().says(socket.channel, "Once")
    await socket.slack.sockets.send("events_api", socket.slack.delivered[-1], attempt=1)
    assert socket.desk.deliveries == 2
    assert len(socket.desk.heard) == 1


async def test_several_connections_at_once_double_nothing(socket: Bench) -> None:
    settings = settings_for(socket.slack, socket.team, "socket")
    async with connected(socket.slack, settings, socket.store.sessions, socket.desk):
        assert len(socket.slack.sockets.connections) == 2
        for number in range(10):
            await socket.hands().says(socket.channel, str(number))
    said = [event.text.plain() for event in socket.desk.heard if isinstance(event, Said)]
    assert sorted(said) == sorted(map(str, range(10)))


async def test_an_envelope_that_cannot_be_read_is_acknowledged(socket: Bench) -> None:
    for payload in ({}, {"event": ["no"], "type": "event_callback"}, {"type": "event_callback"}):
        ack = await socket.slack.sockets.send("events_api", payload)
        assert ack.ok
    await socket.slack.sockets.connections[0].send_str("not json")
    await socket.slack.sockets.connections[0].send_json(
        {"type": "mystery", "envelope_id": str(uuid.uuid4())}
    )
    await socket.hands().says(socket.channel, "Still here")
    assert len(socket.desk.heard) == 1


async def test_a_wrong_app_token_is_told_and_tried_again(sqlite_url: str) -> None:
    async with bench("socket", sqlite_url) as socket:
        desk = NotingDesk()
        settings = settings_for(socket.slack, socket.team, "socket")
        good = socket.slack.app_token
        socket.slack.app_token = "xapp-changed"
        tries = [name for name, _ in socket.slack.calls].count("apps.connections.open")

        async def later() -> None:
            await until(
                lambda: (
                    [n for n, _ in socket.slack.calls].count("apps.connections.open") > tries + 1
                )
            )
            socket.slack.app_token = good

        task = asyncio.create_task(later())
        async with connected(socket.slack, settings, socket.store.sessions, desk) as (
            chat,
            slept,
            _,
        ):
            await task
            assert slept[0] == 1
            await well(chat)


async def test_stopping_lets_the_answers_on_their_way_arrive(socket: Bench) -> None:
    await socket.hands().opens_home()
    socket.listener.cancel()
    await asyncio.gather(socket.listener, return_exceptions=True)
    await until(lambda: socket.slack.sockets.connections == [])
