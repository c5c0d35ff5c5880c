"""A loopback Discord, stateful, as its documentation tells it: REST with buckets and permissions, a gateway, acts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.wire.discord.faults import Fault, fail, limited, refuse
from tests.wire.discord.gateway import Gateway
from tests.wire.discord.interactions import Interactions
from tests.wire.discord.rest import ROUTES, Rest
from tests.wire.discord.world import BOTS, DIRECT, Channel, Guild, Ids, Member, Message, User

Json = dict[str, Any]

MEMBERS_FLAG, CONTENT_FLAG = 1 << 14, 1 << 18


@dataclass
class Bucket:
    """How many calls of one kind are left, and until when."""

    limit: int
    seconds: float
    left: int = 0
    until: float = 0.0

    def take(self) -> float:
        """Use one call; the seconds to wait when there is none left."""
        now = time.monotonic()
        if now >= self.until:
            self.left, self.until = self.limit, now + self.seconds
        if not self.left:
            return self.until - now
        self.left -= 1
        return 0.0

    def headers(self, name: str) -> dict[str, str]:
        after = max(0.0, self.until - time.monotonic())
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.left),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": name,
        }


@dataclass
class Discord:
    """All of it."""

    token: str = "loopback-token"
    application: str = "700"
    granted: int = (1 << 1) | (1 << 15)
    """The privileged intents that are switched on."""
    flags: int = MEMBERS_FLAG | CONTENT_FLAG
    limit: tuple[int, float] = (1000, 1.0)
    """Messages to one channel, in so many seconds."""
    guilds: dict[str, Guild] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    directs: dict[str, Channel] = field(default_factory=dict)
    """Direct messages with the bot, by the user."""
    listed: list[Json] = field(default_factory=list)
    """The commands that are registered."""
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    """By method and path of a route, such as ``POST /channels/{channel}/messages``."""
    calls: Counter[str] = field(default_factory=Counter)
    invalid: int = 0
    """Answers that count towards a ban: 401, 403 and 429."""
    refused: list[str] = field(default_factory=list)
    """What was sent against the rules."""
    log: list[tuple[str, Json]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ids = Ids()
        self.bot = User("701", "Outloud", is_bot=True)
        self.users[self.bot.id] = self.bot
        self.gateway = Gateway(self)
        self.interactions = Interactions(self)
        self.rest = Rest(self)
        self.buckets: dict[tuple[str, str], Bucket] = {}
        self.everything = Bucket(10_000, 1.0)
        """Calls of all kinds but answers to interactions."""
        self.ended = asyncio.Event()
        self.nonces: dict[tuple[str, str], str] = {}
        self.api_url = self.gateway_url = ""

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, **made: Any) -> AsyncIterator[Discord]:
        """On a free port of loopback, for as long as the block lasts."""
        discord = cls(**made)
        app = web.Application()
        for method, path, handler in ROUTES:
            app.router.add_route(method, f"/api/v10{path}", discord._handler(method, path, handler))
        app.router.add_get("/gateway/", discord.gateway.serve)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        discord.api_url = f"http://127.0.0.1:{port}/api/v10"
        discord.gateway_url = f"ws://127.0.0.1:{port}/gateway/"
        try:
            yield discord
        finally:
            discord.ended.set()
            await discord.gateway.break_off()
            await runner.cleanup()

    # Calls

    def _handler(self, method: str, path: str, name: str) -> Any:
        route = f"{method} {path}"

        async def handle(request: web.Request) -> web.StreamResponse:
            self.calls[route] += 1
            is_answer = path.startswith(("/interactions", "/webhooks"))
            if not is_answer and request.headers.get("Authorization") != f"Bot {self.token}":
                self.invalid += 1
                return refuse(401, 0, "401: Unauthorized")
            if not is_answer and (wait := self.everything.take()):
                self.invalid += 1
                return limited(wait, is_global=True)
            fault = self._next_fault(route)
            if fault is not None and fault.kind not in ("drop", "late", "down"):
                answer = await fail(fault, self.ended)
            else:
                answer = await self._limited(route, method, name, request)
            if fault is not None and fault.kind == "drop" and request.transport is not None:
                request.transport.abort()
            elif fault is not None and fault.kind == "late":
                await asyncio.sleep(fault.seconds)
            elif fault is not None and fault.kind == "down":
                answer = await fail(fault, self.ended)
            if answer.status in (401, 403, 429):
                self.invalid += 1
            return answer

        return handle

    def _next_fault(self, route: str) -> Fault | None:
        faults = self.faults[route]
        if not faults:
            return None
        if faults[0].skip:
            faults[0].skip -= 1
            return None
        faults[0].times -= 1
        return faults.popleft() if not faults[0].times else faults[0]

    async def _limited(
        self, route: str, method: str, name: str, request: web.Request
    ) -> web.StreamResponse:
        major = request.match_info.get("channel") or request.match_info.get("guild") or ""
        key = (route, major)
        if key not in self.buckets:
            is_post = route == "POST /channels/{channel}/messages"
            self.buckets[key] = Bucket(*(self.limit if is_post else (1000, 1.0)))
        bucket = self.buckets[key]
        if wait := bucket.take():
            return limited(wait)
        body, files = await _read(request)
        if body is not None:
            self.log.append((route, body if isinstance(body, dict) else {"list": body}))
        answer: web.Response = await getattr(self.rest, name)(request, body, files)
        if not route.startswith(("POST /interactions", "POST /webhooks")):
            answer.headers.update(bucket.headers(f"{abs(hash(route)):x}"[:12]))
        return answer

    def against(self, wrong: list[str]) -> web.Response | None:
        """Refuse what breaks a rule."""
        if not wrong:
            return None
        self.refused += wrong
        return refuse(400, 50035, "Invalid Form Body", {"_errors": wrong})

    # The world

    def user(self, ident: str, name: str, **known: Any) -> User:
        """Somebody comes to Discord."""
        self.users[ident] = User(ident, name, **known)
        return self.users[ident]

    def guild(self, ident: str, name: str, owner: str) -> Guild:
        """A server with the bot in it."""
        guild = self.guilds[ident] = Guild(ident, name, owner)
        guild.roles["799"] = BOTS
        guild.members[self.bot.id] = Member(self.bot, self.ids.at(), roles=["799"])
        return guild

    def channel(self, guild: Guild, ident: str, name: str, kind: int = 0) -> Channel:
        """A channel of a server."""
        guild.channels[ident] = Channel(ident, kind, name, guild.id)
        return guild.channels[ident]

    def joins(self, guild: Guild, user: User) -> Member:
        """Somebody is in a server."""
        guild.members[user.id] = Member(user, self.ids.at())
        return guild.members[user.id]

    def direct(self, user: str) -> Channel:
        """The direct messages between the bot and somebody."""
        if user not in self.directs:
            people = [self.users[user]]
            self.directs[user] = Channel(self.ids.new(), DIRECT, recipients=people)
        return self.directs[user]

    def find(self, ident: str) -> Channel | None:
        """The channel with this id."""
        for guild in self.guilds.values():
            if ident in guild.channels:
                return guild.channels[ident]
        return next((one for one in self.directs.values() if one.id == ident), None)

    async def add(self, channel: Channel, message: Message) -> Message:
        """Post a message and tell everybody."""
        message.guild = channel.guild
        channel.messages[message.id] = message
        channel.is_archived = False
        await self.tell_message("MESSAGE_CREATE", message, nonce=message.nonce)
        return message

    async def tell_message(self, kind: str, message: Message, *, nonce: str = "") -> None:
        """Tell of a message and who wrote it."""
        told = message.told() | ({"nonce": nonce} if nonce else {})
        if message.guild:
            guild = self.guilds[message.guild]
            told["guild_id"] = guild.id
            if member := guild.members.get(message.author.id):
                told["member"] = {k: v for k, v in member.told().items() if k != "user"}
        answered = (message.reference or {}).get("message_id")
        channel = self.find(message.channel)
        if answered and channel and (above := channel.messages.get(answered)):
            told["referenced_message"] = above.told()
        await self.gateway.tell(kind, told, message.guild)

    async def delete(self, channel: Channel, ident: str) -> None:
        """Take a message away and tell everybody."""
        del channel.messages[ident]
        told = {"id": ident, "channel_id": channel.id}
        told |= {"guild_id": channel.guild} if channel.guild else {}
        await self.gateway.tell("MESSAGE_DELETE", told, channel.guild)


async def _read(request: web.Request) -> tuple[Any, list[bytes]]:
    """The JSON of a call, and the files that came with it."""
    if request.content_type == "multipart/form-data":
        body, files = None, []
        async for part in await request.multipart():
            if part.name == "payload_json":
                body = json.loads(await part.text())
            else:
                files.append(bytes(await part.read()))
        return body, files
    raw = await request.read()
    return (json.loads(raw) if raw else None), []
