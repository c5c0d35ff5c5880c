"""The loopback gateway: hello, identify, heartbeats, resume, dispatch, in the order and with the codes of Discord."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

if TYPE_CHECKING:
    from tests.wire.discord.server import Discord

Json = dict[str, Any]

GUILDS, MEMBERS, GUILD_MESSAGES, GUILD_REACTIONS = 1 << 0, 1 << 1, 1 << 9, 1 << 10
DIRECT_MESSAGES, DIRECT_REACTIONS, CONTENT = 1 << 12, 1 << 13, 1 << 15
PRIVILEGED = MEMBERS | CONTENT | 1 << 8
_NEEDS = {
    "MESSAGE_REACTION": (GUILD_REACTIONS, DIRECT_REACTIONS),
    "MESSAGE": (GUILD_MESSAGES, DIRECT_MESSAGES),
    "GUILD_MEMBER": (MEMBERS, 0),
    "GUILD": (GUILDS, 0),
    "CHANNEL": (GUILDS, 0),
    "THREAD": (GUILDS, 0),
}


@dataclass
class Session:
    """One identified connection, which may be resumed."""

    id: str
    shard: tuple[int, int]
    intents: int
    seq: int = 0
    sent: deque[Json] = field(default_factory=lambda: deque(maxlen=1000))
    socket: Socket | None = None


class Socket:
    """One WebSocket, compressed as the client asked."""

    def __init__(self, socket: web.WebSocketResponse, *, compress: bool) -> None:
        self.socket = socket
        self.deflate = zlib.compressobj() if compress else None

    async def send(self, envelope: Json) -> None:
        written = json.dumps(envelope)
        if self.deflate is None:
            await self.socket.send_str(written)
        else:
            packed = self.deflate.compress(written.encode())
            await self.socket.send_bytes(packed + self.deflate.flush(zlib.Z_SYNC_FLUSH))


class Gateway:
    """Every connection, and what may go wrong with them."""

    def __init__(self, discord: Discord) -> None:
        self.discord = discord
        self.sessions: dict[str, Session] = {}
        self.shards = 1
        self.identified = 0
        self.resumed = 0
        self.heartbeats = 0
        self.interval = 41_250
        self.trip: deque[str] = deque()
        """What the next connections meet: ``close`` after accepting, ``hang`` before hello, a number to close with."""
        self.refuse_resume = False
        self._counter = 0

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to its end."""
        raw = web.WebSocketResponse(max_msg_size=0)
        await raw.prepare(request)
        socket = Socket(raw, compress=request.query.get("compress") == "zlib-stream")
        trip = self.trip.popleft() if self.trip else ""
        if trip == "close":
            await raw.close()
            return raw
        if trip == "hang":
            with contextlib.suppress(asyncio.CancelledError):
                await self.discord.ended.wait()
            return raw
        await socket.send({"op": 10, "d": {"heartbeat_interval": self.interval}, "s": None})
        session: Session | None = None
        try:
            async for message in raw:
                if message.type == aiohttp.WSMsgType.TEXT:
                    session = await self._told(socket, session, json.loads(message.data), trip)
        except ConnectionError:
            pass
        finally:
            if session is not None and session.socket is socket:
                session.socket = None
        return raw

    async def _told(
        self, socket: Socket, session: Session | None, told: Json, trip: str
    ) -> Session | None:
        op, data = told["op"], told.get("d")
        if op == 1:
            self.heartbeats += 1
            await socket.send({"op": 11, "d": None, "s": None})
        elif op == 2:
            if trip.isdecimal():
                await socket.socket.close(code=int(trip))
                return None
            return await self._identify(socket, data)
        elif op == 6:
            return await self._resume(socket, data)
        elif op == 8 and session is not None:
            await self._members(session, data)
        elif op != 3:
            await socket.socket.close(code=4001)
        return session

    async def _identify(self, socket: Socket, data: Json) -> Session | None:
        if data["token"] != self.discord.token:
            await socket.socket.close(code=4004)
            return None
        if data["intents"] & PRIVILEGED & ~self.discord.granted:
            await socket.socket.close(code=4014)
            return None
        shard, count = data.get("shard") or (0, 1)
        self._counter += 1
        self.identified += 1
        session = Session(f"session{self._counter}", (shard, count), data["intents"], socket=socket)
        self.sessions[session.id] = session
        guilds = [guild for guild in self.discord.guilds.values() if self._is_on(session, guild.id)]
        await self.dispatch(
            session,
            "READY",
            {
                "v": 10,
                "user": self.discord.bot.told(),
                "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": self.discord.gateway_url,
                "shard": [shard, count],
                "application": {"id": self.discord.application, "flags": self.discord.flags},
                "private_channels": [],
            },
        )
        for guild in guilds:
            await self.dispatch(session, "GUILD_CREATE", guild.told_whole(self.discord.bot.id))
        return session

    async def _resume(self, socket: Socket, data: Json) -> Session | None:
        session = self.sessions.get(data["session_id"])
        if session is None or self.refuse_resume:
            await socket.send({"op": 9, "d": False, "s": None})
            return None
        self.resumed += 1
        session.socket = socket
        for envelope in list(session.sent):
            if envelope["s"] > data["seq"]:
                await socket.send(envelope)
        await self.dispatch(session, "RESUMED", {"_trace": []})
        return session

    async def _members(self, session: Session, data: Json) -> None:
        guild = self.discord.guilds[str(data["guild_id"])]
        members = [member.told() for member in guild.members.values()]
        chunk = {
            "guild_id": guild.id,
            "members": members,
            "chunk_index": 0,
            "chunk_count": 1,
            "nonce": data.get("nonce"),
        }
        await self.dispatch(session, "GUILD_MEMBERS_CHUNK", chunk)

    def _is_on(self, session: Session, guild: str) -> bool:
        shard, count = session.shard
        return (int(guild) >> 22) % count == shard

    async def dispatch(self, session: Session, kind: str, data: Json) -> None:
        """Send one event; while nobody is connected it waits for a resume."""
        session.seq += 1
        envelope = {"op": 0, "t": kind, "s": session.seq, "d": data}
        session.sent.append(envelope)
        if session.socket is not None:
            with contextlib.suppress(ConnectionError):
                await session.socket.send(envelope)

    async def tell(self, kind: str, data: Json, guild: str = "") -> None:
        """Tell every session that asked for this kind of event in this server."""
        guilds, direct = next(
            (needs for prefix, needs in _NEEDS.items() if kind.startswith(prefix)), (-1, -1)
        )
        need = guilds if guild else direct
        for session in list(self.sessions.values()):
            on_shard = self._is_on(session, guild) if guild else session.shard[0] == 0
            if on_shard and (need == -1 or session.intents & need):
                hides = "content" in data and guild and not session.intents & CONTENT
                is_own = (data.get("author") or {}).get("id") == self.discord.bot.id
                shown = {**data, "content": ""} if hides and not is_own else data
                await self.dispatch(session, kind, shown)

    async def say(self, op: int, data: Any = None) -> None:
        """Send every connection an opcode: 7 to reconnect, 9 for an invalid session."""
        for session in list(self.sessions.values()):
            if session.socket is not None:
                if op == 9 and not data:
                    del self.sessions[session.id]
                await session.socket.send({"op": op, "d": data, "s": None})

    async def break_off(self) -> None:
        """Break every connection without a word."""
        for session in self.sessions.values():
            if session.socket is not None:
                request = session.socket.socket._req
                if request is not None and request.transport is not None:
                    request.transport.abort()

    async def forget(self) -> None:
        """Break every connection and forget all sessions, as after a long outage."""
        await self.break_off()
        self.sessions.clear()
