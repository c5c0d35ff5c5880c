"""Messages on Slack: posted once, changed, taken away, and read again."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

from adapters.slack.files import WAITS, Files, is_file, message_of
from adapters.slack.people import People
from adapters.slack.read import read_said
from adapters.slack.refusals import error_code
from adapters.slack.richtext import people_in
from adapters.slack.workspaces import Workspace, Workspaces
from adapters.slack.write import Part, write_card
from bot.chat import Busy, Card, Picture, Place, Ref, Refused, Said, Unsure
from bot.chat.recent import Recent

Json = dict[str, Any]
Sleep = Callable[[float], Awaitable[None]]

PACE: Final = 1.0
"""Slack lets an app post about one message a second to a channel."""
EVENT: Final = "outloud_message"
SEARCH_PAGES: Final = 3
SEARCH_LIMIT: Final = 200
"""How far back a message of an unsure try is looked for: this many pages of this many messages."""

_GONE: Final = ("message_not_found", "thread_not_found")


class Messages:
    """Posts, changes and removes the bot's messages."""

    def __init__(self, workspaces: Workspaces, people: People, *, sleep: Sleep) -> None:
        self._workspaces = workspaces
        self._people = people
        self._sleep = sleep
        self._files = Files(workspaces, people, sleep=sleep)
        self._pictures: Recent[tuple[str, str], str] = Recent()
        self.removed: Recent[tuple[str, str, str], bool] = Recent()
        """Messages this process takes away itself, by which it knows the echo of that."""
        self.threads: Recent[tuple[str, str, str], str] = Recent()
        """Which thread a message stands in, where this process has seen it."""

    async def send(self, to: Place, card: Card, *, key: str, again: bool) -> tuple[Ref, ...]:
        """Post a card in as many parts as it takes, each found again by its key."""
        workspace = await self._workspaces.get(to.workspace)
        parts = write_card(card, picture=await self._picture(workspace, card.picture))
        there = await self._find(workspace, to, key) if again else {}
        is_begun = 0 in there
        refs: list[Ref] = []
        for at, part in enumerate(parts):
            if at in there:
                refs.append(Ref(to, there[at]))
                continue
            if refs:
                await self._sleep(PACE)
            metadata = {"key": key, "part": at, "parts": len(parts)}
            try:
                refs.append(await self._post(workspace, to, part, metadata))
            except (Busy, Refused) as problem:
                if not refs:
                    raise
                await self._withdraw(refs, problem)
        if card.file is not None:
            try:
                refs.append(await self._files.share(to, card.file, refs, again=is_begun))
            except (Busy, Refused) as problem:
                await self._withdraw(refs, problem)
        return tuple(refs)

    async def _withdraw(self, refs: list[Ref], problem: Busy | Refused) -> None:
        """End a message of which only a part stands: leave the rest for later, or take all away."""
        if isinstance(problem, Busy):
            raise Unsure(f"{len(refs)} parts of the message are there. {problem}") from problem
        await self.remove(tuple(refs))
        raise problem

    async def edit(self, refs: tuple[Ref, ...], card: Card) -> tuple[Ref, ...]:
        """Make the parts say this card, with more of them or fewer where its length has changed."""
        place = refs[0].place
        shared = tuple(ref for ref in refs if is_file(ref)) if card.file is not None else ()
        refs = tuple(ref for ref in refs if ref not in shared)
        workspace = await self._workspaces.get(place.workspace)
        parts = write_card(card, picture=await self._picture(workspace, card.picture))
        channel = await self._people.channel(workspace, place)
        now: list[Ref] = []
        for at, part in enumerate(parts):
            if at and now:
                await self._sleep(PACE)
            if at < len(refs):
                await self._workspaces.call(
                    place.workspace,
                    workspace.client.chat_update,
                    place.channel,
                    channel=channel,
                    ts=refs[at].id,
                    text=part.text,
                    blocks=list(part.blocks),
                )
                now.append(refs[at])
            else:
                now.append(await self._post(workspace, place, part, None))
        await self.remove(refs[len(parts) :])
        return (*now, *shared)

    async def remove(self, refs: tuple[Ref, ...]) -> None:
        """Take messages away; one that is gone already is no error."""
        for ref in refs:
            workspace = await self._workspaces.get(ref.place.workspace)
            channel = await self._people.channel(workspace, ref.place)
            # Noted first: the echo of a deletion can arrive before the answer to it.
            self.removed.remember((ref.place.workspace, channel, message_of(ref)), True)
            try:
                await self._workspaces.call(
                    ref.place.workspace,
                    workspace.client.chat_delete,
                    ref.place.channel,
                    channel=channel,
                    ts=message_of(ref),
                )
            except Unsure as problem:
                raise Busy(PACE, str(problem)) from problem
            except Refused as problem:
                if _code(problem) not in _GONE:
                    raise
            await self._files.delete(ref)

    async def fetch(self, ref: Ref) -> Said | None:
        """Read one message as it stands; a thread's replies and channel messages are asked for alike."""
        workspace = await self._workspaces.get(ref.place.workspace)
        channel = await self._people.channel(workspace, ref.place)
        try:
            told = await self._workspaces.call(
                ref.place.workspace,
                workspace.client.conversations_replies,
                ref.place.channel,
                channel=channel,
                ts=ref.id,
                oldest=ref.id,
                latest=ref.id,
                inclusive=True,
                limit=1,
            )
        except Refused as problem:
            if _code(problem) in (*_GONE, "channel_not_found"):
                return None
            raise
        found = [message for message in told["messages"] if message["ts"] == ref.id]
        if not found or found[0].get("subtype") == "tombstone":
            return None
        names = await self._people.names(workspace, people_in(found[0]))
        inside = ref.place.channel if ref.place.is_direct else channel
        return read_said(ref.place.workspace, inside, found[0], names)

    async def thread_of(self, workspace: Workspace, channel: str, ts: str) -> str:
        """The thread a message stands in, which a reaction's event does not tell; empty for none."""
        known = self.threads.get((workspace.own.workspace, channel, ts))
        if known is not None:
            return known
        try:
            async with asyncio.timeout(1):
                told = await self._workspaces.call(
                    workspace.own.workspace,
                    workspace.client.conversations_replies,
                    channel,
                    channel=channel,
                    ts=ts,
                    oldest=ts,
                    latest=ts,
                    inclusive=True,
                    limit=1,
                )
        except (Busy, Refused, Unsure, TimeoutError):
            return ""
        for message in told["messages"]:
            if message["ts"] == ts:
                thread = message.get("thread_ts") or ""
                thread = "" if thread == ts else str(thread)
                self.threads.remember((workspace.own.workspace, channel, ts), thread)
                return thread
        return ""

    async def _post(
        self, workspace: Workspace, to: Place, part: Part, metadata: Json | None
    ) -> Ref:
        extra: Json = {"thread_ts": to.thread} if to.thread else {}
        if metadata is not None:
            extra["metadata"] = {"event_type": EVENT, "event_payload": metadata}
        arguments: Json = {
            # Slack opens the direct message itself when it is given a person.
            "channel": to.channel.removeprefix("@"),
            "text": part.text,
            "blocks": list(part.blocks),
            "unfurl_links": False,
            "unfurl_media": False,
            **extra,
        }
        told = await self._workspaces.call(
            to.workspace, workspace.client.post, to.channel, **arguments
        )
        if to.is_direct:
            self._people.learn(to.account, told["channel"])
        ref = Ref(to, told["ts"])
        self.threads.remember((to.workspace, told["channel"], ref.id), to.thread)
        return ref

    async def _find(self, workspace: Workspace, to: Place, key: str) -> dict[int, str]:
        """The parts of this message that an earlier try has posted."""
        channel = await self._people.channel(workspace, to)
        client = workspace.client
        method = client.conversations_replies if to.thread else client.conversations_history
        arguments: Json = {"channel": channel, "limit": SEARCH_LIMIT, "include_all_metadata": True}
        if to.thread:
            arguments["ts"] = to.thread
        found: dict[int, str] = {}
        for _ in range(SEARCH_PAGES):
            told = await self._workspaces.call(to.workspace, method, to.channel, **arguments)
            for message in told["messages"]:
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                if metadata.get("event_type") == EVENT and payload.get("key") == key:
                    found[int(payload.get("part", 0))] = message["ts"]
            cursor = (told.get("response_metadata") or {}).get("next_cursor")
            if found or not cursor:
                break
            arguments["cursor"] = cursor
        return found

    async def _picture(self, workspace: Workspace, picture: Picture | None) -> str:
        return "" if picture is None else await self.upload(workspace, picture)

    async def upload(self, workspace: Workspace, picture: Picture) -> str:
        """Hand a picture to Slack, once, and return the id that blocks show it by.

        It stays the bot's private file, which the bot's own blocks may show. Raises `Busy` while
        Slack has not looked at it yet: until then no block may name it.
        """
        ours = workspace.own.workspace
        digest = (ours, hashlib.sha256(picture.png).hexdigest())
        if digest in self._pictures:
            return self._pictures[digest]
        told = await self._workspaces.call(
            ours,
            workspace.client.files_upload_v2,
            filename="picture.png",
            title=picture.alt[:200] or "Picture",
            alt_txt=picture.alt[:1000],
            content=picture.png,
        )
        ident = str(told["file"]["id"])
        for wait in (0.0, *WAITS):
            if wait:
                await self._sleep(wait)
            told = await self._workspaces.call(ours, workspace.client.files_info, file=ident)
            if told["file"].get("mimetype"):
                self._pictures.remember(digest, ident)
                return ident
        raise Busy(WAITS[-1], "Slack is still looking at the picture.")


def _code(problem: Refused) -> str:
    return error_code(problem.__cause__ or problem)
