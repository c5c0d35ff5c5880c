"""Acts of people on the loopback Discord, and what their tokens let the bot show: once at once, then for 15 minutes."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.wire.discord import rules
from tests.wire.discord.faults import plain_json, refuse
from tests.wire.discord.world import EPHEMERAL, PUBLIC_THREAD, Channel, Message, User

if TYPE_CHECKING:
    from tests.wire.discord.server import Discord

Json = dict[str, Any]

WAIT = 3.0
"""Discord waits three seconds for the first answer."""
PATIENCE = 60.0
"""What a machine may need for one that has other things to do."""
SAY, SAY_LATER, CHANGE_LATER, CHANGE, COMPLETE, MODAL = 4, 5, 6, 7, 8, 9


@dataclass
class Interaction:
    """One act, and how it was answered."""

    id: str
    token: str
    type: int
    user: User
    channel: Channel
    message: Message | None = None
    """The message that carries what was pressed."""
    began: float = field(default_factory=time.perf_counter)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    kind: int = 0
    seconds: float = 0.0
    data: Json = field(default_factory=dict)
    original: Message | None = None
    """What the first answer shows."""
    is_thinking: bool = False
    is_late: bool = False


@dataclass
class Screen:
    """What one person alone sees."""

    modal: Json | None = None
    modal_from: Interaction | None = None
    cards: list[Message] = field(default_factory=list)


class Interactions:
    """Every act so far."""

    def __init__(self, discord: Discord) -> None:
        self.discord = discord
        self.acts: dict[str, Interaction] = {}
        self.screens: dict[str, Screen] = {}
        self.wait = WAIT

    def be_patient(self) -> None:
        """Wait longer than the real one does: how busy this machine is says nothing about the bot."""
        self.wait = PATIENCE

    def screen(self, user: str) -> Screen:
        return self.screens.setdefault(user, Screen())

    async def act(
        self, kind: int, user: User, channel: Channel, data: Json, message: Message | None = None
    ) -> Interaction:
        """Tell the bot of an act, and wait for its first answer."""
        token = secrets.token_hex(16)
        done = Interaction(self.discord.ids.new(), token, kind, user, channel, message)
        self.acts[token] = done
        payload: Json = {
            "id": done.id,
            "application_id": self.discord.application,
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            "channel_id": channel.id,
            "channel": channel.told(),
            "locale": "en-GB",
            "app_permissions": "0",
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 0 if channel.guild else 1,
            "attachment_size_limit": 10_000_000,
        }
        if channel.guild:
            guild = self.discord.guilds[channel.guild]
            rights = guild.rights(user.id, channel) & ((1 << 52) - 1)
            member = guild.members[user.id].told() | {"permissions": str(rights)}
            payload |= {"guild_id": guild.id, "member": member, "guild_locale": "en-GB"}
        else:
            payload["user"] = user.told()
        if message is not None:
            payload["message"] = message.told()
        done.began = time.perf_counter()
        await self.discord.gateway.tell("INTERACTION_CREATE", payload, channel.guild)
        try:
            async with asyncio.timeout(self.wait):
                await done.answered.wait()
        except TimeoutError:
            done.is_late = True
        return done

    async def callback(self, path: Any, body: Json, files: list[bytes]) -> web.Response:
        """The first answer."""
        act = self.acts.get(path["token"])
        if act is None or act.id != path["interaction"] or act.is_late:
            return refuse(404, 10062, "Unknown interaction")
        if act.kind:
            return refuse(400, 40060, "Interaction has already been acknowledged.")
        kind, data = body["type"], body.get("data") or {}
        allowed = {
            2: (SAY, SAY_LATER, MODAL),
            3: (SAY, SAY_LATER, CHANGE_LATER, CHANGE, MODAL),
            4: (COMPLETE,),
            5: (SAY, SAY_LATER, CHANGE_LATER, *((CHANGE,) if act.message else ())),
        }[act.type]
        wrong = [] if kind in allowed else [f"type: {kind} does not answer {act.type}"]
        if kind == SAY:
            wrong += rules.message(data)
        elif kind == CHANGE:
            wrong += rules.edit(data)
        elif kind == MODAL:
            wrong += rules.modal(data)
        elif kind == COMPLETE and len(data["choices"]) > 25:
            wrong.append("choices: must be between 0 and 25 in length")
        if no := self.discord.against(wrong):
            return no
        act.kind, act.data = kind, data
        act.seconds = time.perf_counter() - act.began
        screen = self.screen(act.user.id)
        if kind == MODAL:
            screen.modal, screen.modal_from = data, act
        elif kind == SAY:
            act.original = self._show(act, data, files)
        elif kind == SAY_LATER:
            act.is_thinking = True
            act.original = self._show(
                act, {"content": "Thinking…", "flags": data.get("flags", 0)}, []
            )
        else:
            act.original = act.message
            if kind == CHANGE and act.message is not None:
                await self.discord.rest.change(act.message, data, files)
        act.answered.set()
        return web.Response(status=204)

    async def follow_up(self, token: str, body: Json, files: list[bytes]) -> web.Response:
        """One more message."""
        act = self.acts.get(token)
        if act is None or not act.kind:
            return refuse(404, 10015, "Unknown Webhook")
        if no := self.discord.against(rules.message(body)):
            return no
        return plain_json(self._show(act, body, files).told())

    async def change_original(self, token: str, body: Json, files: list[bytes]) -> web.Response:
        """Another body for what the first answer shows."""
        act = self.acts.get(token)
        if act is None or act.original is None:
            return refuse(404, 10008, "Unknown Message")
        if no := self.discord.against(rules.edit(body)):
            return no
        act.is_thinking = False
        await self.discord.rest.change(act.original, body, files)
        return plain_json(act.original.told())

    async def remove_original(self, token: str) -> web.Response:
        """Nothing any more in place of the first answer."""
        act = self.acts.get(token)
        if act is None or act.original is None:
            return refuse(404, 10008, "Unknown Message")
        cards = self.screen(act.user.id).cards
        if act.original in cards:
            cards.remove(act.original)
        else:
            channel = self.discord.find(act.original.channel)
            assert channel is not None
            await self.discord.delete(channel, act.original.id)
        return web.Response(status=204)

    def _show(self, act: Interaction, body: Json, files: list[bytes]) -> Message:
        message = Message(
            self.discord.ids.new(),
            act.channel.id,
            self.discord.bot,
            body.get("content") or "",
            self.discord.ids.at(),
            components=body.get("components") or [],
            flags=body.get("flags", 0),
            files=files,
            webhook=self.discord.application,
            allowed=body.get("allowed_mentions"),
            alone=act.user.id if body.get("flags", 0) & EPHEMERAL else "",
        )
        if not message.alone:
            raise AssertionError("everybody would see this")
        self.screen(act.user.id).cards.append(message)
        return message

    def open_thread(self, parent: Channel, name: str, ident: str = "") -> Channel:
        """A thread under a channel."""
        thread = Channel(
            ident or self.discord.ids.new(),
            PUBLIC_THREAD,
            name,
            parent.guild,
            parent.id,
            owner=self.discord.bot.id,
        )
        self.discord.guilds[parent.guild].channels[thread.id] = thread
        return thread
