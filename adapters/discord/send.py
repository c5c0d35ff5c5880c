"""Messages on Discord: posted once, changed, taken away, and read again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

import structlog

from adapters.discord import limits
from adapters.discord.api import Api
from adapters.discord.direct import Directs
from adapters.discord.lost import Lost, nonce_of
from adapters.discord.people import People, is_gone
from adapters.discord.read import read_said
from adapters.discord.refusals import (
    CLOSED_DIRECT,
    HAS_A_THREAD,
    IN_ARCHIVED_THREAD,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    error_code,
)
from adapters.discord.richtext import people_in
from adapters.discord.ways import Ways
from adapters.discord.write import Part, shorten, write_card
from bot.chat import Busy, Card, Place, Ref, Refused, Said, Unsure
from bot.chat.recent import Recent

Json = dict[str, Any]
log = structlog.get_logger(__name__)
T = TypeVar("T")

WITHDRAWN: Final = "Withdrawn"
"""The title of a forum's post whose message was taken away, and which people have answered."""
PACE: Final = 1.0
"""Discord lets a bot post about one message a second to a channel."""
ARCHIVE_MINUTES: Final = 4320
"""After so long without a word a thread is put away; the next word brings it back."""

_MESSAGES: Final = "/channels/{channel_id}/messages"
_MESSAGE: Final = "/channels/{channel_id}/messages/{message_id}"
_GONE: Final = (UNKNOWN_MESSAGE, UNKNOWN_CHANNEL)


class Messages:
    """Posts, changes and removes the bot's messages."""

    def __init__(
        self, api: Api, people: People, ways: Ways, *, now: Callable[[], datetime]
    ) -> None:
        self._api = api
        self._people = people
        self._ways = ways
        self._directs = Directs(api, people, ways)
        self.lost = Lost(api, people, ways, self._directs, now=now)
        self.removed: Recent[str, bool] = Recent()
        """Messages this process takes away itself, by which it knows the echo of that."""
        self._doubtful: Recent[str, bool] = Recent()
        """Keys of messages that Discord may have posted although it said that it is not well."""

    async def send(self, to: Place, card: Card, *, key: str, again: bool) -> tuple[Ref, ...]:
        """Post a card in as many parts as it takes, each found again by its key."""
        parts = write_card(card)
        nonces = [nonce_of(to, key, at) for at in range(len(parts))]
        there: dict[int, str] = {}
        if again or nonces[0] in self._doubtful:
            there = await self.lost.find(to, parts, nonces, card.title)
        refs: list[Ref] = []
        for at, part in enumerate(parts):
            if at in there:
                refs.append(Ref(to, there[at]))
                continue
            try:
                refs.append(await self._post(to, part, nonces[at], card.title))
            except (Busy, Refused) as problem:
                if isinstance(problem, Busy) and problem.everywhere:
                    self._doubtful.remember(nonces[0], True)
                if not refs:
                    raise
                await self._withdraw(refs, problem)
        self._doubtful.pop(nonces[0], None)
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
        parts = write_card(card)
        now: list[Ref] = []
        if card.title:
            await self._rename(refs[0], card.title)
        for at, part in enumerate(parts):
            if at >= len(refs):
                now.append(await self._post(place, part, "", card.title))
                continue
            await self._reach(refs[at], lambda channel, ref=refs[at], part=part: self._change(  # type: ignore[misc]
                channel, ref, part
            ))  # fmt: skip
            now.append(refs[at])
        await self.remove(refs[len(parts) :])
        return tuple(now)

    async def _change(self, channel: str, ref: Ref, part: Part) -> None:
        await self._unarchived(
            channel,
            lambda: self._api.call(
                "PATCH",
                _MESSAGE,
                place=_named(ref.place),
                body=part.body(),
                files=part.files,
                channel_id=channel,
                message_id=ref.id,
            ),
        )

    async def remove(self, refs: tuple[Ref, ...]) -> None:
        """Take messages away; one that is gone already is no error."""
        for ref in refs:
            # Noted first: the echo of a deletion can arrive before the answer to it.
            self.removed.remember(ref.id, True)
            try:
                await self._reach(ref, lambda channel, ref=ref: self._delete(channel, ref))  # type: ignore[misc]
                await self._rename(ref, WITHDRAWN)
            except Unsure as problem:
                raise Busy(PACE, str(problem)) from problem
            except Refused as problem:
                if error_code(problem) not in _GONE:
                    raise

    async def _delete(self, channel: str, ref: Ref) -> None:
        await self._unarchived(
            channel,
            lambda: self._api.call(
                "DELETE",
                _MESSAGE,
                place=_named(ref.place),
                channel_id=channel,
                message_id=ref.id,
            ),
        )

    async def _rename(self, ref: Ref, title: str) -> None:
        """Give a forum's post the title that its first message has now."""
        if ref.place.thread or not await self._is_in_forum(ref.place):
            return
        name = shorten(title, limits.THREAD)
        room = await self._people.room(ref.id)
        if room.name == name:
            return
        body = {"name": name, "archived": False}
        try:
            await self._api.call("PATCH", "/channels/{channel_id}", body=body, channel_id=ref.id)
        except Busy as problem:
            # Discord lets a title change twice in ten minutes; the message itself says it all.
            log.info("post not renamed", place=str(ref.place), why=str(problem))
            return
        self._people.remember(replace(room, name=name))

    async def fetch(self, ref: Ref) -> Said | None:
        """Read one message as it stands."""

        async def get(channel: str) -> Any:
            return await self._api.call(
                "GET", _MESSAGE, place=_named(ref.place), channel_id=channel, message_id=ref.id
            )

        try:
            told = await self._reach(ref, get)
        except Refused as problem:
            if error_code(problem) == UNKNOWN_MESSAGE or is_gone(problem):
                return None
            raise
        names = self._people.names(ref.place.workspace, told.get("content") or "")
        return read_said(told, ref.place, names | people_in(told))

    # Where messages stand

    async def _reach(self, ref: Ref, act: Callable[[str], Awaitable[T]]) -> T:
        """Act on a message in the channel it stands in, trying each in which it may stand."""
        channels = await self._channels(ref)
        for channel in channels[:-1]:
            try:
                return await act(channel)
            except Refused as problem:
                if error_code(problem) not in _GONE:
                    raise
        return await act(channels[-1])

    async def _channels(self, ref: Ref) -> Sequence[str]:
        """The channels, as Discord counts them, in which this message may stand; the likeliest first."""
        place = ref.place
        if place.is_direct:
            return await self._directs.channels(place.account)
        if place.thread:
            # A reply in the open channel belongs to the message it answers as much as one in its thread.
            return (place.thread, place.channel)
        return (ref.id,) if await self._is_in_forum(place) else (place.channel,)

    async def _is_in_forum(self, place: Place) -> bool:
        try:
            return await self._people.is_forum(place)
        except Refused:
            return False

    async def _unarchived(self, channel: str, act: Callable[[], Awaitable[T]]) -> T:
        """Act in a thread; one that was put away is brought back first."""
        try:
            return await act()
        except Refused as problem:
            if error_code(problem) != IN_ARCHIVED_THREAD:
                raise
        body = {"archived": False}
        await self._api.call("PATCH", "/channels/{channel_id}", body=body, channel_id=channel)
        return await act()

    # Posting

    async def _post(self, to: Place, part: Part, nonce: str, title: str) -> Ref:
        if to.is_direct:
            channel, told = await self._post_direct(to, part, nonce)
        elif await self._people.is_forum(to):
            channel = to.channel
            told = await self._open_post(to, part, title)
        elif to.thread:
            channel = to.thread
            told = await self._post_in_thread(to, part, nonce, title)
        else:
            channel = to.channel
            told = await self._put(to, channel, part, nonce)
        ref = Ref(to, str(told["id"]))
        await self._ways.note(to, ref.id, channel, thread=to.thread, nonce=nonce or ref.id)
        return ref

    async def _put(self, to: Place, channel: str, part: Part, nonce: str, reply: str = "") -> Json:
        body = part.body()
        if nonce:
            body |= {"nonce": nonce, "enforce_nonce": True}
        if reply:
            body["message_reference"] = {"message_id": reply, "fail_if_not_exists": False}
        told: Json = await self._api.call(
            "POST",
            _MESSAGES,
            place=_named(to),
            body=body,
            files=part.files,
            channel_id=channel,
        )
        return told

    async def _post_direct(self, to: Place, part: Part, nonce: str) -> tuple[str, Json]:
        """Post to somebody alone: in a direct message, else in a private thread that only they can see."""
        way = await self._ways.to(to.account)
        try:
            if not way.is_closed:
                channel = await self._directs.direct(way)
                return channel, await self._put(to, channel, part, nonce, to.thread)
        except Refused as problem:
            if error_code(problem) != CLOSED_DIRECT:
                raise
            door = await self._directs.open_door(way, problem)
        else:
            door = way.door or await self._directs.open_door(way, None)
        try:
            return door, await self._put(to, door, part, nonce)
        except Refused as problem:
            if error_code(problem) != UNKNOWN_CHANNEL:
                raise
            door = await self._directs.open_door(await self._ways.to(to.account), None, anew=True)
            return door, await self._put(to, door, part, nonce)

    async def _post_in_thread(self, to: Place, part: Part, nonce: str, title: str) -> Json:
        try:
            return await self._put(to, to.thread, part, nonce)
        except Refused as problem:
            if error_code(problem) != UNKNOWN_CHANNEL:
                raise
        body = {"name": _thread_name(title, part), "auto_archive_duration": ARCHIVE_MINUTES}
        try:
            await self._api.call(
                "POST",
                "/channels/{channel_id}/messages/{message_id}/threads",
                place=_named(to),
                body=body,
                channel_id=to.channel,
                message_id=to.thread,
            )
        except Refused as problem:
            if error_code(problem) != HAS_A_THREAD:
                raise
        return await self._put(to, to.thread, part, nonce)

    async def _open_post(self, to: Place, part: Part, title: str) -> Json:
        """Post into a forum, where every message opens a thread of its own."""
        message = part.body()
        message.pop("attachments") if not part.files else None
        body = {
            "name": _thread_name(title, part),
            "auto_archive_duration": ARCHIVE_MINUTES,
            "message": message,
        }
        told: Json = await self._api.call(
            "POST",
            "/channels/{channel_id}/threads",
            place=_named(to),
            body=body,
            files=part.files,
            channel_id=to.channel,
        )
        return told


def _thread_name(title: str, part: Part) -> str:
    lines = [line.strip(" *_~`>#-\\") for line in part.content.split("\n")]
    return shorten(title or next(filter(None, lines), "Outloud"), limits.THREAD)


def _named(place: Place) -> str:
    """A place as a refusal names it."""
    return place.channel
