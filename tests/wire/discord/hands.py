"""What people do in Discord's windows: type, press, fill in forms, react."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Any

from tests.wire.discord.interactions import Interaction, Screen
from tests.wire.discord.server import Discord
from tests.wire.discord.world import Channel, Guild, Message

Json = dict[str, Any]


def words(content: str) -> str:
    """A message as people read it, without the signs that format it."""
    read, at = [], 0
    content = re.sub(r"(?m)^(?:-# |#{1,3} |> )", "", content.replace("\u200b", ""))
    content = re.sub(r"\[([^\]\n]*)\]\(<([^>\n]*)>\)", r"\1", content)
    content = re.sub(r"<(https?://[^>\s]+)>", r"\1", content)
    while at < len(content):
        if content[at] == "\\" and at + 1 < len(content) and not content[at + 1].isalnum():
            read.append(content[at + 1])
            at += 2
        elif match := re.compile(r"\*{1,3}|~~|`+").match(content, at):
            at = match.end()
        else:
            read.append(content[at])
            at += 1
    return "".join(read)


def buttons(message: Message) -> dict[str, Json]:
    """What can be pressed or chosen from, by its label."""
    every = [each for row in message.components for each in row["components"]]
    return {each.get("label") or each.get("placeholder", ""): each for each in every}


@dataclass
class Hands:
    """One person at a screen."""

    discord: Discord
    guild: Guild
    id: str

    # Messages

    async def says(
        self, channel: Channel | str, text: str, *, answers: Message | None = None, **more: Any
    ) -> Message:
        """Post a message, or reply to one."""
        place = self._channel(channel)
        found = re.findall(r"<@!?(\d+)>", text)
        message = Message(
            self.discord.ids.new(),
            place.id,
            self.discord.users[self.id],
            text,
            self.discord.ids.at(),
            mentions=[self.discord.users[one] for one in found if one in self.discord.users],
            **more,
        )
        if answers is not None:
            message.type = 19
            message.reference = {"type": 0, "message_id": answers.id, "channel_id": place.id}
        return await self.discord.add(place, message)

    async def edits(self, message: Message, text: str) -> None:
        """Change one's own message."""
        message.content, message.edited = text, self.discord.ids.at()
        await self.discord.tell_message("MESSAGE_UPDATE", message)

    async def deletes(self, *messages: Message) -> None:
        """Delete messages, one's own or as a moderator; many at once in bulk."""
        channel = self.discord.find(messages[0].channel)
        assert channel is not None
        if len(messages) == 1:
            await self.discord.delete(channel, messages[0].id)
            return
        for message in messages:
            del channel.messages[message.id]
        told = {"ids": [one.id for one in messages], "channel_id": channel.id}
        told |= {"guild_id": channel.guild} if channel.guild else {}
        await self.discord.gateway.tell("MESSAGE_DELETE_BULK", told, channel.guild)

    async def reacts(self, message: Message, emoji: str = "💡", *, off: bool = False) -> None:
        """Put an emoji on a message, or take it off."""
        told = {
            "user_id": self.id,
            "channel_id": message.channel,
            "message_id": message.id,
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        if message.guild:
            told["guild_id"] = message.guild
            if not off:
                told["member"] = self.guild.members[self.id].told()
        kind = "MESSAGE_REACTION_REMOVE" if off else "MESSAGE_REACTION_ADD"
        await self.discord.gateway.tell(kind, told, message.guild)

    def thread(self, message: Message, name: str = "A thread") -> Channel:
        """Open a thread under a message."""
        parent = self.discord.find(message.channel)
        assert parent is not None
        return self.discord.find(message.id) or self.discord.interactions.open_thread(
            parent, name, message.id
        )

    async def leaves(self) -> None:
        """Leave the server."""
        del self.guild.members[self.id]
        told = {"guild_id": self.guild.id, "user": self.discord.users[self.id].told()}
        await self.discord.gateway.tell("GUILD_MEMBER_REMOVE", told, self.guild.id)

    async def joins(self) -> None:
        """Come into the server."""
        member = self.discord.joins(self.guild, self.discord.users[self.id])
        told = member.told() | {"guild_id": self.guild.id}
        await self.discord.gateway.tell("GUILD_MEMBER_ADD", told, self.guild.id)

    # Acts

    async def types(self, typed: str, channel: Channel | str) -> Interaction:
        """Type a slash command."""
        name, _, text = typed.removeprefix("/").partition(" ")
        data = self._command(name)
        if text:
            data["options"] = [{"name": "text", "type": 3, "value": text}]
        return await self._act(2, channel, data)

    async def completes(self, typed: str, channel: Channel | str) -> list[str]:
        """Begin to type, and look at what is offered."""
        name, _, text = typed.removeprefix("/").partition(" ")
        data = self._command(name)
        data["options"] = [{"name": "text", "type": 3, "value": text, "focused": True}]
        act = await self._act(4, channel, data)
        return [one["name"] for one in act.data.get("choices", [])]

    async def uses(self, label: str, message: Message) -> Interaction:
        """Choose an entry in a message's menu."""
        data = self._command(label, kind=3)
        data |= {"target_id": message.id, "resolved": {"messages": {message.id: message.told()}}}
        channel = self.discord.find(message.channel)
        assert channel is not None
        return await self._act(2, channel, data)

    async def presses(self, label: str, on: Message, chosen: str = "") -> Interaction:
        """Press a button, or choose from a list, of a message or of an answer for this person alone."""
        part = buttons(on)[label]
        data: Json = {"custom_id": part["custom_id"], "component_type": part["type"]}
        if part["type"] == 3:
            data["values"] = [
                one["value"] for one in part["options"] if chosen in (one["label"], one["value"])
            ]
            assert data["values"], f"there is no option {chosen!r}"
        channel = self.discord.find(on.channel)
        assert channel is not None
        return await self._act(3, channel, data, on)

    def _command(self, name: str, kind: int = 1) -> Json:
        for one in self.discord.listed:
            if one["name"] == name and one.get("type", 1) == kind:
                return {"id": one["id"], "name": name, "type": kind}
        raise AssertionError(f"{name} is not registered")

    async def _act(
        self, kind: int, channel: Channel | str, data: Json, on: Message | None = None
    ) -> Interaction:
        user, place = self.discord.users[self.id], self._channel(channel)
        return await self.discord.interactions.act(kind, user, place, data, on)

    # Forms

    @property
    def screen(self) -> Screen:
        return self.discord.interactions.screen(self.id)

    @property
    def modal(self) -> Json:
        """The form this person looks at."""
        assert self.screen.modal is not None, f"{self.id} has no form open"
        return self.screen.modal

    @property
    def has_modal(self) -> bool:
        return self.screen.modal is not None

    def inputs(self) -> dict[str, Json]:
        """The inputs of the open form, by their labels."""
        parts = [part for part in self.modal["components"] if part["type"] == 18]
        return {part["label"]: part["component"] for part in parts}

    def fills(self, values: dict[str, str]) -> None:
        """Type into the open form, by the labels of its fields; several choices are one per line."""
        inputs = self.inputs()
        for label, value in values.items():
            part = inputs[label]
            if part["type"] == 3:
                wanted = value.split("\n") if value else []
                for option in part["options"]:
                    option["default"] = option["label"] in wanted or option["value"] in wanted
            else:
                assert len(value) <= part.get("max_length", 4000), "Discord takes no more"
                part["value"] = value

    async def submits(self, values: dict[str, str] | None = None) -> Interaction:
        """Fill in the open form and send it."""
        self.fills(values or {})
        sent = []
        for at, part in enumerate(self.modal["components"]):
            if part["type"] != 18:
                sent.append({"type": part["type"], "id": at})
                continue
            inside = part["component"]
            held: Json = {"type": inside["type"], "id": at, "custom_id": inside["custom_id"]}
            if inside["type"] == 3:
                held["values"] = [o["value"] for o in inside["options"] if o.get("default")]
                empty = not held["values"]
            else:
                held["value"] = inside.get("value", "")
                empty = not held["value"]
            assert not (empty and inside.get("required", True)), f"{part['label']} is required"
            sent.append({"type": 18, "id": at, "component": held})
        data = {"custom_id": self.modal["custom_id"], "components": sent}
        opened = self.screen.modal_from
        assert opened is not None
        self.screen.modal = None
        return await self._act(5, opened.channel, data, opened.message)

    # What is seen

    def seen(self) -> list[Message]:
        """What this person alone is shown, oldest first."""
        return list(self.screen.cards)

    def _channel(self, channel: Channel | str) -> Channel:
        """A channel; ``@`` is the direct message with the bot."""
        if isinstance(channel, Channel):
            return channel
        return self.discord.direct(self.id) if channel == "@" else self.guild.channels[channel]


async def until(true: Any, *, seconds: float = 60.0) -> None:
    """Wait for something that another task is about to do."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "this did not come true in time"
        await asyncio.sleep(0.002)
