"""What people do in Slack's windows: type, press, fill in forms, react."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from tests.wire.slack.delivery import Ack
from tests.wire.slack.server import Slack
from tests.wire.slack.world import Channel, Ephemeral, Message, Team, View, new_ident, new_ts

Json = dict[str, Any]


def words(blocks: list[Json]) -> str:
    """Everything that can be read in blocks, a line each."""
    found: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, list):
            for each in part:
                walk(each)
        elif isinstance(part, dict):
            if isinstance(part.get("text"), str) and part.get("type") != "mrkdwn":
                found.append(part["text"])
            for name in ("text", "elements", "label", "hint", "accessory", "element", "title"):
                walk(part.get(name))

    walk(blocks)
    return "\n".join(found)


def pressable(blocks: list[Json]) -> dict[str, tuple[Json, Json]]:
    """What can be pressed or chosen from, by its label: the block and the element."""
    found = {}
    for block in blocks:
        elements = block.get("elements", []) if block["type"] == "actions" else []
        for element in elements:
            if element["type"] == "button":
                found[element["text"]["text"]] = (block, element)
        if "accessory" in block:
            found[block["text"]["text"]] = (block, block["accessory"])
    return found


def options_of(element: Json) -> list[Json]:
    groups = element.get("option_groups")
    return [o for g in groups for o in g["options"]] if groups else element["options"]


def option(element: Json, wanted: str) -> Json:
    """The option with this label or value."""
    return next(o for o in options_of(element) if wanted in (o["value"], o["text"]["text"]))


@dataclass
class Hands:
    """One person at a screen."""

    slack: Slack
    team: Team
    id: str
    errors: dict[str, str] = field(default_factory=dict)
    """What the last form sent back said, by the label of the field."""

    # Messages

    async def says(
        self, channel: Channel | str, text: str, *, thread: str = "", **more: Any
    ) -> Message:
        """Post a message; its blocks are plain unless given."""
        place = self._channel(channel)
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        blocks = [{"type": "rich_text", "block_id": "b1", "elements": [section]}]
        message = Message(
            new_ts(), self.id, text, **{"blocks": blocks, "thread_ts": thread, **more}
        )
        root = place.find(thread) if thread else None
        if root is not None and not root.thread_ts:
            root.thread_ts = root.ts
        self.slack.add(self.team, place, message)
        await self.slack.settled()
        return message

    async def edits(self, channel: Channel | str, message: Message, text: str) -> None:
        """Change one's own message."""
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        blocks = [{"type": "rich_text", "block_id": "b1", "elements": [section]}]
        self.slack.change(self.team, self._channel(channel), message, text=text, blocks=blocks)
        await self.slack.settled()

    async def deletes(self, channel: Channel | str, message: Message) -> None:
        """Delete a message, one's own or as a moderator."""
        self.slack.delete(self.team, self._channel(channel), message)
        await self.slack.settled()

    async def reacts(
        self, channel: Channel, message: Message, emoji: str, *, off: bool = False
    ) -> None:
        """Put an emoji on a message, or take it off."""
        users = message.reactions.setdefault(emoji, [])
        users.remove(self.id) if off else users.append(self.id)
        kind = "reaction_removed" if off else "reaction_added"
        event = {
            "type": kind,
            "user": self.id,
            "reaction": emoji,
            "item_user": message.user,
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
            "event_ts": new_ts(),
        }
        self.slack.tell(self.team, kind, event, channel)
        await self.slack.settled()

    async def joins(self, channel: Channel, *, leaves: bool = False) -> None:
        """Enter a channel, or leave it."""
        channel.members.remove(self.id) if leaves else channel.members.append(self.id)
        kind = "member_left_channel" if leaves else "member_joined_channel"
        event = {"type": kind, "user": self.id, "channel": channel.id, "event_ts": new_ts()}
        self.slack.tell(
            self.team, kind, event | {"channel_type": "C", "team": self.team.id}, channel
        )
        await self.slack.settled()

    async def changes_profile(self, **new: Any) -> None:
        """Change one's name, zone and so on; an admin closes accounts in the same way."""
        person = self.team.people[self.id]
        for name, value in new.items():
            setattr(person, name, value)
        event = {"type": "user_change", "user": person.told(), "event_ts": new_ts()}
        self.slack.tell(self.team, "user_change", event)
        await self.slack.settled()

    async def opens_home(self) -> View | None:
        """Look at the Home tab."""
        channel = self.team.direct(self.id)
        event = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": channel.id,
            "tab": "home",
            "event_ts": new_ts(),
        }
        self.slack.tell(self.team, "app_home_opened", event)
        await self.slack.settled()
        return self.team.homes.get(self.id)

    # Acts

    async def types(self, typed: str, channel: Channel | str) -> Ack:
        """Type a slash command."""
        command, _, text = typed.partition(" ")
        assert command in self.slack.commands, f"{command} is not in the manifest"
        place = self._channel(channel)
        payload = {
            "token": "verification",
            "team_id": self.team.id,
            "team_domain": "example",
            "channel_id": place.id,
            "channel_name": place.name or "directmessage",
            "user_id": self.id,
            "user_name": self.id.lower(),
            "command": command,
            "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
            "api_app_id": self.slack.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(place),
            "trigger_id": self.slack.trigger(self.team, self.id),
        }
        ack = await self.slack.deliver("slash_commands", payload)
        if ack.ok and ack.body.get("text"):
            self._sees(place, ack.body)
        return ack

    async def uses(self, shortcut: str, channel: Channel | str, message: Message) -> Ack:
        """Choose an entry in a message's menu."""
        assert shortcut in self.slack.shortcuts, f"{shortcut} is not in the manifest"
        place = self._channel(channel)
        payload = self._acting("message_action") | {
            "callback_id": shortcut,
            "action_ts": new_ts(),
            "message_ts": message.ts,
            "message": message.told(team=self.team.id),
            "channel": {"id": place.id, "name": place.name},
            "response_url": self._response_url(place),
        }
        return await self.slack.deliver("interactive", payload)

    async def presses(self, label: str, on: Message | Ephemeral | View, chosen: str = "") -> Ack:
        """Press a button or choose from a menu, in a message, an answer for this person alone, or a view."""
        if isinstance(on, View):
            blocks = on.body["blocks"]
        else:
            blocks = on.blocks if isinstance(on, Message) else on.body["blocks"]
        block, element = pressable(blocks)[label]
        return await self._acts(block, element, on, chosen)

    async def chooses(self, label: str, chosen: str) -> Ack:
        """Choose in a field of the open form whose choice is told at once."""
        view = self.view
        block = self._input(view, label)
        self._type(view, block, chosen)
        element = block["element"]
        if not block.get("dispatch_action"):
            return Ack(True)
        return await self._acts(block, element, view, chosen)

    async def _acts(
        self, block: Json, element: Json, on: Message | Ephemeral | View, chosen: str
    ) -> Ack:
        action: Json = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block.get("block_id", "b1"),
            "action_ts": new_ts(),
        }
        if element["type"] == "button":
            action["value"] = element.get("value", "")
        elif element["type"] == "static_select":
            action["selected_option"] = option(element, chosen)
        payload = self._acting("block_actions") | {"actions": [action]} | self._container(on)
        return await self.slack.deliver("interactive", payload)

    def _container(self, on: Message | Ephemeral | View) -> Json:
        if isinstance(on, View):
            told = on.told()
            return {"container": {"type": "view", "view_id": on.id}, "view": told}
        if isinstance(on, Ephemeral):
            place = self.team.channels[on.channel]
            container = {"message_ts": on.id, "is_ephemeral": True}
            more: Json = {}
        else:
            place = next(c for c in self.team.channels.values() if on in c.messages)
            container = {"message_ts": on.ts, "is_ephemeral": False}
            if on.thread_ts:
                container["thread_ts"] = on.thread_ts
            more = {"message": on.told(team=self.team.id)}
        ephemeral = on if isinstance(on, Ephemeral) else None
        return {
            "container": {"type": "message", "channel_id": place.id, **container},
            "channel": {"id": place.id, "name": place.name},
            "response_url": self._response_url(place, ephemeral),
            **more,
        }

    # Forms

    @property
    def view(self) -> View:
        """The modal this person looks at."""
        stack = self.team.views.get(self.id)
        assert stack, f"{self.id} has no form open"
        return stack[-1]

    @property
    def has_view(self) -> bool:
        return bool(self.team.views.get(self.id))

    def labels(self) -> list[str]:
        """The labels of the open form's fields."""
        return [block["label"]["text"] for block in self.view.inputs()]

    def fills(self, values: dict[str, str]) -> None:
        """Type into the open form, by the labels of its fields; several choices are one per line."""
        for label, value in values.items():
            self._type(self.view, self._input(self.view, label), value)

    async def submits(self, values: dict[str, str] | None = None) -> Ack:
        """Fill in the open form and send it."""
        self.fills(values or {})
        view = self.view
        self.errors = {}
        for block in view.inputs():
            held = view.values()[block["block_id"]][block["element"]["action_id"]]
            empty = not any(held[name] for name in held if name != "type")
            if empty and not block.get("optional"):
                self.errors[block["label"]["text"]] = "Please complete this required field."
        if self.errors:
            return Ack(False, {"errors": self.errors})
        payload = self._acting("view_submission") | {"view": view.told(), "response_urls": []}
        ack = await self.slack.deliver("interactive", payload)
        if ack.ok:
            self._after(view, ack.body)
        return ack

    async def closes(self) -> Ack:
        """Leave the open form."""
        view = self.view
        self.team.views[self.id].pop()
        if not view.body.get("notify_on_close"):
            return Ack(True)
        payload = self._acting("view_closed") | {"view": view.told(), "is_cleared": False}
        del payload["trigger_id"]
        return await self.slack.deliver("interactive", payload)

    def _after(self, view: View, body: Json) -> None:
        stack = self.team.views[self.id]
        match body.get("response_action"):
            case None:
                stack.remove(view)
            case "clear":
                stack.clear()
            case "update":
                view.update(body["view"])
            case "push":
                view = View(new_ident("V"), self.team.id, {}, stack[0].id, stack[-1].id)
                view.update(body["view"])
                stack.append(view)
            case "errors":
                known = {block["block_id"]: block["label"]["text"] for block in view.inputs()}
                self.errors = {known[ident]: said for ident, said in body["errors"].items()}

    def _input(self, view: View, label: str) -> Json:
        for block in view.inputs():
            if block["label"]["text"] == label:
                return block
        raise AssertionError(
            f"no field {label!r} among {[b['label']['text'] for b in view.inputs()]}"
        )

    def _type(self, view: View, block: Json, value: str) -> None:
        element = block["element"]
        kind = element["type"]
        held: Json = {"type": kind}
        match kind:
            case "static_select":
                held["selected_option"] = option(element, value) if value else None
            case "multi_static_select":
                held["selected_options"] = [
                    option(element, one) for one in value.split("\n") if one
                ]
            case "datepicker":
                held["selected_date"] = value or None
            case "timepicker":
                held["selected_time"] = value or None
            case _:
                assert len(value) <= element.get("max_length", 3000), (
                    "Slack takes no more characters"
                )
                held["value"] = value or None
        view.typed[block["block_id"], element["action_id"]] = held

    # What is seen

    def seen(self) -> list[Ephemeral]:
        """What this person alone was shown, oldest first."""
        return [shown for shown in self.team.ephemerals if shown.user == self.id]

    def _sees(self, channel: Channel, body: Json) -> None:
        self.team.ephemerals.append(Ephemeral(self.id, channel.id, {"blocks": [], **body}))

    def _response_url(self, channel: Channel, on: Ephemeral | None = None) -> str:
        def show(body: Json) -> None:
            if on is not None and body.get("replace_original"):
                on.body = body
            elif body.get("response_type", "ephemeral") == "ephemeral":
                self._sees(channel, body)
            else:
                raise AssertionError("everybody would see this")

        return self.slack.response_url(self.team, show)

    def _acting(self, kind: str) -> Json:
        return {
            "type": kind,
            "team": {"id": self.team.id, "domain": "example"},
            "user": {"id": self.id, "username": self.id.lower(), "team_id": self.team.id},
            "api_app_id": self.slack.app_id,
            "token": "verification",
            "trigger_id": self.slack.trigger(self.team, self.id),
            "enterprise": {"id": self.team.enterprise} if self.team.enterprise else None,
            "is_enterprise_install": False,
        }

    def _channel(self, channel: Channel | str) -> Channel:
        """A channel; ``@`` is the direct message with the bot."""
        if isinstance(channel, Channel):
            return channel
        return self.team.direct(self.id) if channel == "@" else self.team.channels[channel]


async def until(true: Any, *, seconds: float = 60.0) -> None:
    """Wait for something that another task is about to do."""
    import asyncio

    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "this did not come true in time"
        await asyncio.sleep(0.002)
