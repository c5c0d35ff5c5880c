"""The calls that the loopback Discord answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.wire.discord import rules
from tests.wire.discord.faults import plain_json, refuse
from tests.wire.discord.world import (
    ATTACH_FILES,
    DIRECT,
    FORUM,
    MANAGE_MESSAGES,
    PRIVATE_THREAD,
    PRIVATE_THREADS,
    PUBLIC_THREADS,
    READ_HISTORY,
    SEND_IN_THREADS,
    SEND_MESSAGES,
    Channel,
    Guild,
    Message,
)

if TYPE_CHECKING:
    from tests.wire.discord.server import Discord

Json = dict[str, Any]

ROUTES = (
    ("GET", "/users/@me", "me"),
    ("GET", "/oauth2/applications/@me", "application"),
    ("GET", "/gateway/bot", "gateway"),
    ("POST", "/users/@me/channels", "open_direct"),
    ("GET", "/guilds/{guild}", "guild"),
    ("GET", "/guilds/{guild}/members/{user}", "member"),
    ("GET", "/guilds/{guild}/threads/active", "active_threads"),
    ("GET", "/channels/{channel}", "channel"),
    ("PATCH", "/channels/{channel}", "change_channel"),
    ("GET", "/channels/{channel}/messages", "history"),
    ("POST", "/channels/{channel}/messages", "post"),
    ("GET", "/channels/{channel}/messages/{message}", "message"),
    ("PATCH", "/channels/{channel}/messages/{message}", "edit"),
    ("DELETE", "/channels/{channel}/messages/{message}", "remove"),
    ("POST", "/channels/{channel}/messages/{message}/threads", "thread_under"),
    ("POST", "/channels/{channel}/threads", "thread"),
    ("PUT", "/channels/{channel}/thread-members/{user}", "invite"),
    ("GET", "/applications/{application}/commands", "commands"),
    ("PUT", "/applications/{application}/commands", "register"),
    ("POST", "/interactions/{interaction}/{token}/callback", "callback"),
    ("POST", "/webhooks/{application}/{token}", "follow_up"),
    ("PATCH", "/webhooks/{application}/{token}/messages/@original", "change_original"),
    ("DELETE", "/webhooks/{application}/{token}/messages/@original", "remove_original"),
)
NONCES_FOR = 300.0


class _No(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        self.answer = refuse(status, code, message)


class Rest:
    """One method for each call."""

    def __init__(self, discord: Discord) -> None:
        self.discord = discord

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        if name not in {handler for _, _, handler in ROUTES}:
            return found

        async def answered(request: web.Request, body: Any, files: list[bytes]) -> web.Response:
            try:
                answer: web.Response = await found(request.match_info, body, files, request)
            except _No as no:
                return no.answer
            return answer

        return answered

    # Who is who

    async def me(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        return plain_json(self.discord.bot.told())

    async def application(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        ours = self.discord
        told: Json = {"id": ours.application, "name": "Outloud", "description": "", "icon": None}
        told |= {"summary": "", "verify_key": "", "flags": ours.flags, "bot_public": True}
        told |= {"bot_require_code_grant": False, "owner": ours.bot.told(), "team": None}
        return plain_json(told)

    async def gateway(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        ours = self.discord
        told = {"url": ours.gateway_url, "shards": ours.gateway.shards}
        return plain_json(told | {"session_start_limit": limit})

    async def guild(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        return plain_json(self._guild(path["guild"]).told())

    async def member(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        guild = self._guild(path["guild"])
        member = guild.members.get(path["user"])
        if member is None:
            known = path["user"] in self.discord.users
            raise _No(404, 10007 if known else 10013, "Unknown Member" if known else "Unknown User")
        return plain_json(member.told())

    async def open_direct(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        user = self.discord.users.get(str(body["recipient_id"]))
        if user is None:
            raise _No(400, 50033, "Invalid Recipient(s)")
        return plain_json(self.discord.direct(user.id).told())

    # Channels

    async def channel(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        return plain_json(self._seen(path["channel"]).told())

    async def change_channel(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        channel = self._seen(path["channel"])
        channel.is_archived = body.get("archived", channel.is_archived)
        channel.name = body.get("name", channel.name)
        return plain_json(channel.told())

    async def active_threads(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        guild = self._guild(path["guild"])
        bot = self.discord.bot.id
        threads = [
            channel.told()
            for channel in guild.channels.values()
            if channel.is_thread and not channel.is_archived and guild.rights(bot, channel)
        ]
        return plain_json({"threads": threads, "members": [], "has_more": False})

    async def thread_under(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        parent = self._seen(path["channel"], PUBLIC_THREADS)
        if path["message"] not in parent.messages:
            raise _No(404, 10008, "Unknown Message")
        if self.discord.find(path["message"]):
            raise _No(400, 160004, "A thread has already been created for this message")
        thread = self.discord.interactions.open_thread(parent, body["name"], path["message"])
        await self.discord.gateway.tell("THREAD_CREATE", thread.told(), thread.guild)
        return plain_json(thread.told(), 201)

    async def thread(self, path: Any, body: Any, files: list[bytes], request: Any) -> web.Response:
        is_private = body.get("type") == PRIVATE_THREAD
        parent = self._seen(path["channel"], PRIVATE_THREADS if is_private else SEND_MESSAGES)
        if not 1 <= len(body["name"]) <= 100:
            raise _No(400, 50035, "Invalid Form Body")
        if parent.type != FORUM and not is_private:
            raise _No(400, 50024, "Cannot execute action on this channel type")
        thread = self.discord.interactions.open_thread(parent, body["name"])
        if is_private:
            thread.type = PRIVATE_THREAD
            thread.invited.append(self.discord.bot.id)
        await self.discord.gateway.tell("THREAD_CREATE", thread.told(), thread.guild)
        told = thread.told()
        if parent.type == FORUM:
            if no := self.discord.against(rules.message(body["message"])):
                return no
            message = self._made(thread, body["message"], files, ident=thread.id)
            await self.discord.add(thread, message)
            told["message"] = message.told()
        return plain_json(told, 201)

    async def invite(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        thread = self._seen(path["channel"])
        thread.invited.append(path["user"])
        return web.Response(status=204)

    # Messages

    async def history(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        channel = self._seen(path["channel"], READ_HISTORY)
        limit, after = int(request.query.get("limit", 50)), request.query.get("after")
        found = list(channel.messages.values())
        if after:
            # After a message come the next ones, told newest first all the same.
            found = [one for one in found if int(one.id) > int(after)][:limit]
        return plain_json([one.told() for one in reversed(found[-limit:])])

    async def post(self, path: Any, body: Any, files: list[bytes], request: Any) -> web.Response:
        channel = self._channel(path["channel"])
        if channel.type == DIRECT and not channel.recipients[0].takes_direct:
            raise _No(403, 50007, "Cannot send messages to this user")
        self._seen(channel.id, SEND_IN_THREADS if channel.is_thread else SEND_MESSAGES)
        if channel.type == FORUM:
            raise _No(400, 50008, "Cannot send messages in a non-text channel")
        if files:
            self._seen(channel.id, ATTACH_FILES)
        if channel.is_locked:
            raise _No(400, 160005, "This thread is locked")
        if no := self.discord.against(rules.message(body)):
            return no
        if not (body.get("content") or "").strip() and not files and not body.get("components"):
            raise _No(400, 50006, "Cannot send an empty message")
        if (known := self._known(channel, body)) is not None:
            return plain_json(known.told() | {"nonce": body["nonce"]})
        message = self._made(channel, body, files)
        if body.get("nonce"):
            self.discord.nonces[channel.id, body["nonce"]] = message.id
        await self.discord.add(channel, message)
        return plain_json(message.told() | {"nonce": body.get("nonce")})

    def _known(self, channel: Channel, body: Json) -> Message | None:
        """The message that was posted with this nonce within the last minutes."""
        ident = self.discord.nonces.get((channel.id, body.get("nonce") or ""))
        if ident is None or not body.get("enforce_nonce") or ident not in channel.messages:
            return None
        made = (int(ident) >> 22) / 1000
        age = (int(self.discord.ids.now().timestamp() * 1000) - 1_420_070_400_000) / 1000 - made
        return channel.messages[ident] if age < NONCES_FOR else None

    async def message(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        channel = self._seen(path["channel"], READ_HISTORY)
        return plain_json(self._message(channel, path["message"]).told())

    async def edit(self, path: Any, body: Any, files: list[bytes], request: Any) -> web.Response:
        channel = self._seen(path["channel"])
        message = self._message(channel, path["message"])
        if message.author is not self.discord.bot:
            raise _No(403, 50005, "Cannot edit a message authored by another user")
        if channel.is_archived:
            raise _No(400, 50083, "Thread is archived")
        if no := self.discord.against(rules.edit(body)):
            return no
        await self.change(message, body, files)
        return plain_json(message.told())

    async def change(self, message: Message, body: Json, files: list[bytes]) -> None:
        """Give a message another body."""
        if "content" in body:
            message.content = body["content"] or ""
        message.components = body.get("components", message.components)
        if "attachments" in body:
            message.attachments, message.files = _attached(body, files)
        message.allowed = body.get("allowed_mentions")
        message.edited = self.discord.ids.at()
        if not message.alone:
            await self.discord.tell_message("MESSAGE_UPDATE", message)

    async def remove(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        channel = self._seen(path["channel"])
        message = self._message(channel, path["message"])
        if message.author is not self.discord.bot:
            self._seen(channel.id, MANAGE_MESSAGES)
        if channel.is_archived:
            raise _No(400, 50083, "Thread is archived")
        await self.discord.delete(channel, message.id)
        return web.Response(status=204)

    # Commands and interactions

    async def commands(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        return plain_json(self.discord.listed)

    async def register(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        if no := self.discord.against(rules.commands(body)):
            return no
        self.discord.listed = [{"id": str(900 + at), **one} for at, one in enumerate(body)]
        return plain_json(self.discord.listed)

    async def callback(
        self, path: Any, body: Any, files: list[bytes], request: Any
    ) -> web.Response:
        return await self.discord.interactions.callback(path, body, files)

    async def follow_up(
        self, path: Any, body: Any, files: list[bytes], request: Any
    ) -> web.Response:
        return await self.discord.interactions.follow_up(path["token"], body, files)

    async def change_original(
        self, path: Any, body: Any, files: list[bytes], request: Any
    ) -> web.Response:
        return await self.discord.interactions.change_original(path["token"], body, files)

    async def remove_original(self, path: Any, body: Any, files: Any, request: Any) -> web.Response:
        return await self.discord.interactions.remove_original(path["token"])

    # Inside

    def _guild(self, ident: str) -> Guild:
        guild = self.discord.guilds.get(ident)
        if guild is None or self.discord.bot.id not in guild.members:
            raise _No(404, 10004, "Unknown Guild")
        return guild

    def _channel(self, ident: str) -> Channel:
        channel = self.discord.find(ident)
        if channel is None:
            raise _No(404, 10003, "Unknown Channel")
        return channel

    def _seen(self, ident: str, needed: int = 0) -> Channel:
        """A channel that the bot can see, and in which it may do this."""
        channel = self._channel(ident)
        if channel.guild:
            rights = self._guild(channel.guild).rights(self.discord.bot.id, channel)
            if not rights:
                raise _No(403, 50001, "Missing Access")
            if needed and not rights & needed:
                raise _No(403, 50013, "Missing Permissions")
        return channel

    def _message(self, channel: Channel, ident: str) -> Message:
        if ident not in channel.messages:
            raise _No(404, 10008, "Unknown Message")
        return channel.messages[ident]

    def _made(self, channel: Channel, body: Json, files: list[bytes], ident: str = "") -> Message:
        attachments, kept = _attached(body, files)
        reference = body.get("message_reference")
        if reference and reference["message_id"] not in channel.messages:
            reference = None
        return Message(
            ident or self.discord.ids.new(),
            channel.id,
            self.discord.bot,
            (body.get("content") or "").strip(),
            self.discord.ids.at(),
            type=19 if reference else 0,
            components=body.get("components") or [],
            attachments=attachments,
            files=kept,
            flags=body.get("flags", 0) & 4,
            nonce=body.get("nonce") or "",
            reference=reference,
            allowed=body.get("allowed_mentions"),
        )


def _attached(body: Json, files: list[bytes]) -> tuple[list[Json], list[bytes]]:
    attachments = [
        {"id": str(at), "filename": one["filename"], "description": one.get("description"),
         "size": len(files[at]), "url": "http://cdn.invalid/x", "proxy_url": "http://cdn.invalid/x"}
        for at, one in enumerate(body.get("attachments") or ())
        if at < len(files)
    ]  # fmt: skip
    return attachments, files
