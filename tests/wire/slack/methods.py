"""The Web API methods of the loopback Slack, each as its reference page tells it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.wire.slack import blocks as kit
from tests.wire.slack.world import Channel, Message, Picture, Team, View, new_ident, new_ts

if TYPE_CHECKING:
    from tests.wire.slack.server import Slack

Json = dict[str, Any]


class Failed(Exception):
    """An answer with ok false."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.told: Json = {"ok": False, "error": error, **more}


@dataclass(frozen=True)
class Call:
    """One call: who calls, and with what."""

    slack: Slack
    team: Team
    args: Json

    def channel(self, name: str = "channel") -> Channel:
        """The channel that is meant, if the bot may know of it."""
        ident = str(self.args.get(name, ""))
        assert self.team.bot is not None
        if ident in self.team.people:
            if self.team.people[ident].is_bot:
                raise Failed("cannot_dm_bot")
            return self.team.direct(ident)
        channel = self.team.channels.get(ident)
        if channel is None or (channel.is_private and self.team.bot.id not in channel.members):
            raise Failed("channel_not_found")
        return channel

    def need(self, scope: str) -> None:
        """Refuse a call that the app has no permission for."""
        if scope not in self.team.scopes:
            raise Failed("missing_scope", needed=scope, provided=",".join(self.team.scopes))
        self.slack.used_scopes.add(scope)

    def need_for(self, channel: Channel, what: str) -> None:
        prefix = {"im": "im", "group": "groups", "channel": "channels"}[channel.kind]
        self.need(f"{prefix}:{what}")

    def writable(self) -> Channel:
        """The channel, if the bot may post there."""
        self.need("chat:write")
        channel = self.channel()
        assert self.team.bot is not None
        if channel.is_archived:
            raise Failed("is_archived")
        if self.team.bot.id not in channel.members:
            raise Failed("not_in_channel")
        if channel.user and self.team.people[channel.user].deleted:
            raise Failed("account_inactive")
        return channel

    def content(self) -> tuple[str, list[Json]]:
        """Text and blocks, if they are in order."""
        text, given = self.args.get("text") or "", self.args.get("blocks") or []
        blocks = json.loads(given) if isinstance(given, str) else given
        if not text and not blocks:
            raise Failed("no_text")
        if len(text) > 40_000:
            raise Failed("msg_too_long")
        wrong = kit.wrong_blocks(blocks, "message")
        wrong += self.wrong_files(blocks)
        if wrong:
            raise Failed("invalid_blocks", errors=wrong)
        if kit.is_too_long(blocks):
            raise Failed("msg_blocks_too_long")
        return text, blocks

    def wrong_files(self, blocks: list[Json]) -> list[str]:
        wrong = []
        for ident in kit.files_in(blocks):
            picture = self.team.files.get(ident)
            if picture is None or not picture.is_complete or picture.looks > 0:
                wrong.append("invalid slack file [json-pointer:/blocks/0/slack_file]")
        return wrong

    def view(self) -> Json:
        """The view that is meant, if it is in order."""
        given = self.args["view"]
        view: Json = json.loads(given) if isinstance(given, str) else given
        wrong = kit.wrong_view(view) + self.wrong_files(view.get("blocks", []))
        if "view_too_large" in wrong:
            raise Failed("view_too_large")
        if wrong:
            raise Failed("invalid_arguments", response_metadata={"messages": wrong})
        return view


Method = Callable[[Call], Awaitable[Json]]


async def auth_test(call: Call) -> Json:
    assert call.team.bot is not None
    return {
        "url": "https://example.slack.com/",
        "team": call.team.id,
        "user": "outloud",
        "team_id": call.team.id,
        "user_id": call.team.bot.id,
        "bot_id": call.team.bot_id,
        "is_enterprise_install": False,
        **({"enterprise_id": call.team.enterprise} if call.team.enterprise else {}),
    }


async def post_message(call: Call) -> Json:
    channel = call.writable()
    text, blocks = call.content()
    thread = call.args.get("thread_ts") or ""
    if thread and channel.find(thread) is None:
        raise Failed("thread_not_found")
    assert call.team.bot is not None
    metadata = call.args.get("metadata")
    message = Message(
        ts=new_ts(),
        user=call.team.bot.id,
        text=text,
        blocks=blocks,
        thread_ts=thread,
        bot_id=call.team.bot_id,
        app_id=call.slack.app_id,
        metadata=json.loads(metadata) if isinstance(metadata, str) else metadata,
        unfurl_links=bool(call.args.get("unfurl_links", True)),
    )
    call.slack.add(call.team, channel, message)
    told = message.told(team=call.team.id, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": told}


def own_message(call: Call, refusal: str) -> tuple[Channel, Message]:
    """The message that is meant, if it is the bot's."""
    call.need("chat:write")
    channel = call.channel()
    message = channel.find(str(call.args["ts"]))
    if message is None or message.subtype == "tombstone":
        raise Failed("message_not_found")
    if message.bot_id != call.team.bot_id:
        raise Failed(refusal)
    return channel, message


async def update(call: Call) -> Json:
    channel, message = own_message(call, "cant_update_message")
    text, blocks = call.content()
    call.slack.change(call.team, channel, message, text=text, blocks=blocks, is_edit=False)
    return {"channel": channel.id, "ts": message.ts, "text": text}


async def delete(call: Call) -> Json:
    channel, message = own_message(call, "cant_delete_message")
    call.slack.delete(call.team, channel, message)
    return {"channel": channel.id, "ts": message.ts}


async def conversations_open(call: Call) -> Json:
    call.need("im:write")
    user = str(call.args.get("users", ""))
    person = call.team.people.get(user)
    if person is None:
        raise Failed("user_not_found")
    if person.is_bot:
        raise Failed("cannot_dm_bot")
    if person.deleted:
        raise Failed("user_disabled")
    return {"channel": {"id": call.team.direct(user).id}}


async def conversations_info(call: Call) -> Json:
    channel = call.channel()
    call.need_for(channel, "read")
    told: Json = {"id": channel.id, "is_archived": channel.is_archived}
    told |= {"user": channel.user, "is_im": True} if channel.user else {"name": channel.name}
    return {"channel": told}


def page(call: Call, items: list[Any], default: int) -> tuple[list[Any], Json]:
    """One page of a list, and where the next begins."""
    start = int(call.args.get("cursor") or 0)
    end = start + int(call.args.get("limit") or default)
    return items[start:end], {"next_cursor": str(end) if end < len(items) else ""}


async def conversations_members(call: Call) -> Json:
    channel = call.channel()
    call.need_for(channel, "read")
    members, metadata = page(call, channel.members, 100)
    return {"members": members, "response_metadata": metadata}


def window(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = str(call.args.get("oldest") or ""), str(call.args.get("latest") or "")
    inclusive = str(call.args.get("inclusive", "0")) in ("1", "true", "True")
    return [
        message
        for message in messages
        if (not oldest or message.ts > oldest or (inclusive and message.ts == oldest))
        and (not latest or message.ts < latest or (inclusive and message.ts == latest))
    ]


def readable(call: Call) -> Channel:
    channel = call.channel()
    call.need_for(channel, "history")
    assert call.team.bot is not None
    if call.team.bot.id not in channel.members:
        raise Failed("not_in_channel")
    return channel


def told_messages(call: Call, messages: list[Message]) -> list[Json]:
    metadata = str(call.args.get("include_all_metadata", "0")) in ("1", "true", "True")
    return [message.told(team=call.team.id, metadata=metadata) for message in messages]


async def history(call: Call) -> Json:
    channel = readable(call)
    standing = [message for message in channel.messages if message.thread_ts in ("", message.ts)]
    found, metadata = page(call, window(call, standing)[::-1], 100)
    more = bool(metadata["next_cursor"])
    return {"messages": told_messages(call, found), "has_more": more, "response_metadata": metadata}


async def replies(call: Call) -> Json:
    channel = readable(call)
    ts = str(call.args["ts"])
    root = channel.find(ts)
    if root is None:
        raise Failed("thread_not_found")
    # Asked with the id of a reply, Slack tells that reply alone.
    thread = [root] if root.thread_ts not in ("", ts) else channel.thread(ts)
    inside = window(call, thread)
    if thread[0] not in inside:
        inside = [thread[0], *inside]
    found, metadata = page(call, inside, 1000)
    return {"messages": told_messages(call, found), "response_metadata": metadata}


async def users_info(call: Call) -> Json:
    call.need("users:read")
    person = call.team.people.get(str(call.args.get("user", "")))
    if person is None:
        raise Failed("user_not_found")
    return {"user": person.told()}


async def views_open(call: Call) -> Json:
    user = call.slack.exchange(call.team, str(call.args.get("trigger_id", "")))
    view = View(new_ident("V"), call.team.id, {})
    view.update(call.view())
    call.team.views[user] = [view]
    return {"view": view.told()}


async def views_push(call: Call) -> Json:
    body = call.view()
    user = call.slack.exchange(call.team, str(call.args.get("trigger_id", "")))
    stack = call.team.views.get(user) or []
    if not stack:
        raise Failed("not_found")
    if len(stack) == 3:
        raise Failed("push_limit_reached")
    view = View(new_ident("V"), call.team.id, {}, stack[0].id, stack[-1].id)
    view.update(body)
    stack.append(view)
    return {"view": view.told()}


async def views_update(call: Call) -> Json:
    ident, hash = call.args.get("view_id"), call.args.get("hash")
    every = [view for stack in call.team.views.values() for view in stack]
    found = [view for view in [*every, *call.team.homes.values()] if view.id == ident]
    if not found:
        raise Failed("not_found")
    if hash and hash != found[0].hash:
        raise Failed("hash_conflict")
    found[0].update(call.view())
    return {"view": found[0].told()}


async def views_publish(call: Call) -> Json:
    user = str(call.args.get("user_id", ""))
    if user not in call.team.people:
        raise Failed("user_not_found")
    view = call.team.homes.setdefault(user, View(new_ident("V"), call.team.id, {}))
    view.update(call.view())
    return {"view": view.told()}


async def upload_url(call: Call) -> Json:
    call.need("files:write")
    picture = Picture(new_ident("F"), str(call.args["filename"]), looks=call.slack.picture_looks)
    call.team.files[picture.id] = picture
    return {
        "file_id": picture.id,
        "upload_url": f"{call.slack.url}/upload/{call.team.id}/{picture.id}",
    }


async def complete_upload(call: Call) -> Json:
    call.need("files:write")
    given = call.args["files"]
    named = json.loads(given) if isinstance(given, str) else given
    for one in named:
        call.team.files[one["id"]].is_complete = True
    if call.args.get("channel_id"):
        share_files(call, [call.team.files[one["id"]] for one in named])
    return {"files": [{"id": one["id"], "title": one.get("title")} for one in named]}


def share_files(call: Call, files: list[Picture]) -> None:
    """Files that are shared are a message of their own, which no key can be given to."""
    call.args["channel"] = call.args["channel_id"]
    channel = call.writable()
    assert call.team.bot is not None
    message = Message(
        ts=new_ts(),
        user=call.team.bot.id,
        text=str(call.args.get("initial_comment") or ""),
        thread_ts=str(call.args.get("thread_ts") or ""),
        bot_id=call.team.bot_id,
        subtype="file_share",
        files=[{"id": one.id, "name": one.name, "title": one.name} for one in files],
    )
    call.slack.add(call.team, channel, message)


async def files_delete(call: Call) -> Json:
    call.need("files:write")
    if call.team.files.pop(str(call.args.get("file", "")), None) is None:
        raise Failed("file_not_found")
    return {}


async def files_info(call: Call) -> Json:
    call.need("files:read")
    picture = call.team.files.get(str(call.args.get("file", "")))
    if picture is None:
        raise Failed("file_not_found")
    is_ready = picture.is_complete and picture.looks == 0
    picture.looks = max(0, picture.looks - 1)
    return {"file": {"id": picture.id, "mimetype": "image/png" if is_ready else ""}}


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "conversations.open": conversations_open,
    "conversations.info": conversations_info,
    "conversations.members": conversations_members,
    "conversations.history": history,
    "conversations.replies": replies,
    "users.info": users_info,
    "views.open": views_open,
    "views.push": views_push,
    "views.update": views_update,
    "views.publish": views_publish,
    "files.getUploadURLExternal": upload_url,
    "files.delete": files_delete,
    "files.info": files_info,
    "files.completeUploadExternal": complete_upload,
}
