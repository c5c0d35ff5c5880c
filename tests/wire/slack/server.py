"""A Slack that lives on this machine: it keeps state and follows Slack's documentation, not our code."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
from aiohttp import web

from tests.wire.slack.delivery import PATIENCE, WAIT, Ack, Hooks, Sockets
from tests.wire.slack.faults import Fault, Trigger, fail
from tests.wire.slack.grants import Grants
from tests.wire.slack.methods import METHODS, Call, Failed
from tests.wire.slack.world import Channel, Message, Team, new_ident, new_ts

Json = dict[str, Any]


class Slack:
    """The loopback Slack. Use `running` to start one."""

    def __init__(self) -> None:
        self.app_id = "A0OUTLOUD"
        self.grants = Grants(self.app_id, "111.222", "client-secret")
        self.signing_secret, self.app_token = "signing-secret", "xapp-1-test"
        self.teams: dict[str, Team] = {}
        self.events: set[str] = set()
        self.sockets = Sockets(self.app_id)
        self.hooks = Hooks(self.signing_secret)
        self.mode = "socket"
        self.url = ""
        self.calls: list[tuple[str, Json]] = []
        self.used_scopes: set[str] = set()
        self.used_events: set[str] = set()
        self.faults: defaultdict[str, list[Fault]] = defaultdict(list)
        self.triggers: dict[str, Trigger] = {}
        self.trigger_seconds = 3.0
        self.retry_waits = (0.0, 0.05, 0.05)
        """Slack's own are about 0 seconds, 1 minute and 5 minutes."""
        self.post_seconds = 0.0
        """The shortest time between two posts to one channel; 0 for no limit."""
        self.picture_looks = 0
        self.acks: list[tuple[str, Ack]] = []
        self.sent: list[tuple[str, Json]] = []
        """Everything that was delivered, oldest first, retries left out."""
        self.before_retry: Callable[[], None] = lambda: None
        self.after_call: Callable[[str], None] = lambda method: None
        self.wait_seconds = WAIT
        self._last_post: dict[str, float] = {}
        self._responses: dict[str, Json] = {}
        self._deliveries: set[asyncio.Task[Ack]] = set()
        self._never = asyncio.Event()

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls) -> AsyncIterator[Slack]:
        """A Slack for as long as the block lasts."""
        slack = cls()
        app = web.Application(client_max_size=20_000_000)
        app.router.add_route("*", "/api/{method}", slack._api)
        app.router.add_post("/upload/{team}/{file}", slack._upload)
        app.router.add_post("/response/{ident}", slack._respond)
        app.router.add_get("/socket", slack.sockets.serve)
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession() as session:
            slack.hooks.session = session
            try:
                yield slack
            finally:
                slack._never.set()
                for task in list(slack._deliveries):
                    task.cancel()
                await asyncio.gather(*slack._deliveries, return_exceptions=True)
                await runner.cleanup()

    def be_patient(self) -> None:
        """Wait longer than the real one does: how busy this machine is says nothing about the bot."""
        self.wait_seconds = self.trigger_seconds = PATIENCE

    @property
    def delivered(self) -> list[Json]:
        """The events that were told, oldest first."""
        return [payload for kind, payload in self.sent if kind == "events_api"]

    @property
    def interactions(self) -> list[Json]:
        """The acts of people but for commands, oldest first."""
        return [payload for kind, payload in self.sent if kind == "interactive"]

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def configure(self, manifest: Json) -> None:
        """Make the app what this manifest says."""
        settings = manifest["settings"]
        self.events = set(settings["event_subscriptions"]["bot_events"])
        self.grants.redirect_urls = set(manifest["oauth_config"].get("redirect_urls", ()))
        self.grants.scopes = self.scopes = tuple(manifest["oauth_config"]["scopes"]["bot"])
        self.commands = {one["command"] for one in manifest["features"]["slash_commands"]}
        self.shortcuts = {one["callback_id"] for one in manifest["features"]["shortcuts"]}
        self.mode = "socket" if settings["socket_mode_enabled"] else "http"

    def team(self, ident: str, *, installed: bool = True, enterprise: str = "") -> Team:
        """A workspace, by default with the app in it."""
        team = Team(ident, enterprise)
        self.teams[ident] = team
        if installed:
            team.install(f"xoxb-{ident}-token", self.scopes)
        return team

    # The Web API

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args = await _arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append((method, args))
        fault = self._fault(method)
        if fault is not None and fault.kind in ("error", "429", "500", "hang"):
            return await fail(fault, self._never)
        answer = await self._answer(request, method, token, args)
        self.after_call(method)
        if fault is not None and fault.kind == "drop":
            assert request.transport is not None
            request.transport.abort()
        elif fault is not None and fault.kind == "late":
            await asyncio.sleep(fault.seconds)
        return answer

    def _fault(self, method: str) -> Fault | None:
        for fault in self.faults[method]:
            if fault.skip > 0:
                fault.skip -= 1
            elif fault.times > 0:
                fault.times -= 1
                return fault
        return None

    async def _answer(
        self, request: web.Request, method: str, token: str, args: Json
    ) -> web.StreamResponse:
        scopes = ""
        try:
            if method == "apps.connections.open":
                told = self._open_socket(token)
            elif method == "oauth.v2.access":
                told = self.grants.exchange(request.headers.get("Authorization", ""), args)
            else:
                team = self._team_of(token)
                scopes = ",".join(team.scopes)
                if method not in METHODS:
                    raise Failed("unknown_method")
                if method == "chat.postMessage" and (wait := self._too_soon(args)):
                    headers = {"Retry-After": f"{max(1, round(wait))}"}
                    body = {"ok": False, "error": "ratelimited"}
                    return web.json_response(body, status=429, headers=headers)
                told = await METHODS[method](Call(self, team, args))
        except Failed as failed:
            return web.json_response(failed.told, headers={"x-oauth-scopes": scopes})
        return web.json_response({"ok": True, **told}, headers={"x-oauth-scopes": scopes})

    def _team_of(self, token: str) -> Team:
        if not token:
            raise Failed("not_authed")
        for team in self.teams.values():
            if team.token == token:
                return team
        raise Failed("invalid_auth")

    def _too_soon(self, args: Json) -> float:
        if not self.post_seconds:
            return 0.0
        channel, now = str(args.get("channel")), time.monotonic()
        last = self._last_post.get(channel, 0.0)
        if now - last < self.post_seconds * 0.9:
            return self.post_seconds
        self._last_post[channel] = now
        return 0.0

    def _open_socket(self, token: str) -> Json:
        if token != self.app_token:
            raise Failed("invalid_auth")
        if self.mode != "socket":
            raise Failed("forbidden_team")
        if len(self.sockets.connections) >= 10:
            raise Failed("too_many_websockets")
        return {"url": f"{self.url.replace('http', 'ws')}/socket?ticket={new_ident('X')}"}

    async def _upload(self, request: web.Request) -> web.Response:
        team = self.teams[request.match_info["team"]]
        team.files[request.match_info["file"]].data = await request.read()
        return web.Response(text="OK - 1")

    async def _respond(self, request: web.Request) -> web.Response:
        """A response_url: five uses, an answer for one person alone."""
        known = self._responses.get(request.match_info["ident"])
        if known is None or known["uses"] == 0:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        known["uses"] -= 1
        body = await request.json()
        call = Call(self, known["team"], body)
        try:
            call.content()
        except Failed as failed:
            return web.json_response(failed.told, status=404)
        known["show"](body)
        return web.Response(text="ok")

    def response_url(self, team: Team, show: Any) -> str:
        """An address that `show`s what is posted to it."""
        ident = new_ident("R")
        self._responses[ident] = {"team": team, "show": show, "uses": 5}
        return f"{self.url}/response/{ident}"

    # What happens in the world, and is told to the app

    def trigger(self, team: Team, user: str) -> str:
        """A new trigger_id."""
        ident = f"{len(self.triggers)}.738474920.{new_ident('t')}"
        self.triggers[ident] = Trigger(user, team.id, time.monotonic())
        return ident

    def exchange(self, team: Team, ident: str) -> str:
        """Whom this trigger lets the app open a modal for."""
        trigger = self.triggers.get(ident)
        if trigger is None or trigger.team != team.id:
            raise Failed("invalid_trigger_id")
        if time.monotonic() - trigger.at > self.trigger_seconds:
            raise Failed("expired_trigger_id")
        if trigger.is_used:
            raise Failed("exchanged_trigger_id")
        trigger.is_used = True
        return trigger.user

    def add(self, team: Team, channel: Channel, message: Message) -> None:
        """A message is posted."""
        channel.messages.append(message)
        told = message.told(team=team.id)
        if channel.shared_with:
            home = team.people[message.user].team
            told |= {"team": home, "user_team": home, "source_team": home}
        self.tell_message(team, channel, told)
        assert team.bot is not None
        if f"<@{team.bot.id}>" in message.text and not message.bot_id:
            told = message.told(team=team.id)
            event = {**told, "type": "app_mention", "channel": channel.id, "event_ts": message.ts}
            self.tell(team, "app_mention", event, channel)

    def change(
        self, team: Team, channel: Channel, message: Message, *, is_edit: bool = True, **new: Any
    ) -> None:
        """A message is changed: edited by its author, or by Slack itself."""
        before = message.told(team=team.id)
        for name, value in new.items():
            setattr(message, name, value)
        if is_edit:
            message.edited = {"user": message.user, "ts": new_ts()}
        event = {
            "subtype": "message_changed",
            "hidden": True,
            "message": message.told(team=team.id),
            "previous_message": before,
            "ts": new_ts(),
        }
        self.tell_message(team, channel, event)

    def delete(self, team: Team, channel: Channel, message: Message) -> None:
        """A message is deleted; one with replies leaves a stone."""
        has_replies = len(channel.thread(message.ts)) > 1 and not message.thread_ts
        if has_replies:
            self.change(
                team, channel, message, is_edit=False, subtype="tombstone", user="USLACKBOT",
                text="This message was deleted.", blocks=[], bot_id="",
            )  # fmt: skip
            return
        channel.messages.remove(message)
        event = {
            "subtype": "message_deleted",
            "hidden": True,
            "deleted_ts": message.ts,
            "previous_message": message.told(team=team.id),
            "ts": new_ts(),
        }
        self.tell_message(team, channel, event)

    def tell_message(self, team: Team, channel: Channel, told: Json) -> None:
        """Tell a message event to an app that is in the channel."""
        name = {"im": "im", "group": "groups", "channel": "channels"}[channel.kind]
        event = {
            "type": "message",
            "channel": channel.id,
            "channel_type": channel.kind,
            "event_ts": told["ts"],
            **told,
        }
        self.tell(team, f"message.{name}", event, channel)

    def tell(
        self, team: Team, subscription: str, event: Json, channel: Channel | None = None
    ) -> asyncio.Task[Ack] | None:
        """Deliver an event, if the app subscribed to it and may know of it."""
        if team.bot is None or subscription not in self.events:
            return None
        if channel is not None and team.bot.id not in channel.members:
            return None
        self.used_events.add(subscription)
        payload = self.envelope(team, event, is_shared=bool(channel and channel.shared_with))
        task = asyncio.create_task(self.deliver("events_api", payload))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)
        return task

    def envelope(self, team: Team, event: Json, *, is_shared: bool = False) -> Json:
        """An event in Slack's envelope."""
        assert team.bot is not None
        return {
            "token": "verification",
            "team_id": team.id,
            "api_app_id": self.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": new_ident("Ev"),
            "event_time": 1795000000,
            "authorizations": [
                {
                    "enterprise_id": team.enterprise or None,
                    "team_id": team.id,
                    "user_id": team.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": is_shared,
            "event_context": "4-context",
        }

    async def deliver(self, kind: str, payload: Json) -> Ack:
        """Deliver, and events again when they are not acknowledged."""
        way = self.sockets if self.mode == "socket" else self.hooks
        self.sent.append((kind, payload))
        ack = await way.send(kind, payload, wait=self.wait_seconds)
        self.acks.append((kind, ack))
        for attempt, wait in enumerate(self.retry_waits if kind == "events_api" else (), start=1):
            if ack.ok:
                break
            await asyncio.sleep(wait)
            self.before_retry()
            reason = "http_error" if ack.status else "http_timeout"
            ack = await way.send(
                kind, payload, attempt=attempt, reason=reason, wait=self.wait_seconds
            )
            self.acks.append((kind, ack))
        return ack

    async def settled(self) -> None:
        """Wait until everything that happened was delivered."""
        while self._deliveries:
            await asyncio.gather(*list(self._deliveries))


async def _arguments(request: web.Request) -> Json:
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= await request.json()
    elif request.can_read_body:
        args |= dict((await request.post()).items())
    return args
