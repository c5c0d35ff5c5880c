"""Messages whose answer was lost: known again by a nonce of their key, or by what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.discord.api import Api
from adapters.discord.direct import Directs
from adapters.discord.people import People, is_gone
from adapters.discord.read import instant
from adapters.discord.ways import Ways
from adapters.discord.write import Part
from bot.chat import Place, Refused
from bot.chat.recent import Recent

Json = dict[str, Any]

SEARCHED: Final = 100
"""How many of the newest messages are looked through."""
TRUSTED: Final = timedelta(days=2)
"""How old a message may be that is taken for one whose answer was lost."""


def nonce_of(to: Place, key: str, part: int) -> str:
    """What Discord is given with a part of a message so that it takes it once: 25 characters of a digest."""
    written = f"{to.workspace}\n{to.channel}\n{key}\n{part}"
    return hashlib.sha256(written.encode()).hexdigest()[:25]


def is_same(told: Mapping[str, Any], part: Part, title: str) -> bool:
    """Whether a message, or a forum's thread, that Discord tells of says what this part says."""
    if "content" not in told:
        return bool(title) and told.get("name") == title
    return (told["content"] or "").strip() == part.content.strip() and (
        _idents(told.get("components") or ()) == _idents(part.components)
    )


def _idents(rows: Any) -> list[str]:
    return [each.get("custom_id", "") for row in rows for each in row.get("components", ())]


class Lost:
    """Looks for what an earlier try has posted."""

    def __init__(
        self,
        api: Api,
        people: People,
        ways: Ways,
        directs: Directs,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._api = api
        self._people = people
        self._ways = ways
        self._directs = directs
        self._now = now
        self.echoes: Recent[str, tuple[str, str]] = Recent()
        """By what they were sent with, the bot's messages that the gateway has told of, and their channels."""

    async def find(
        self, to: Place, parts: Sequence[Part], nonces: Sequence[str], title: str
    ) -> dict[int, str]:
        """The parts of this message that an earlier try has posted.

        Discord keeps a nonce for minutes only. After that a message of ours that says the same, and that is known as
        no other one, is the one that was looked for.
        """
        known = await self._ways.sent(list(nonces))
        found = {at: known[nonce][0] for at, nonce in enumerate(nonces) if nonce in known}
        for at, nonce in enumerate(nonces):
            if at not in found and nonce in self.echoes:
                ident, channel = self.echoes[nonce]
                found[at] = ident
                await self._ways.note(to, ident, channel, thread=to.thread, nonce=nonce)
        if len(found) == len(parts):
            return found
        posted = await self._recent(to)
        strangers = {ident for ident, _, _ in posted}
        strangers -= await self._ways.known(sorted(strangers))
        for ident, channel, told in posted:
            if ident not in strangers:
                continue
            for at, part in enumerate(parts):
                if at not in found and is_same(told, part, title):
                    found[at] = ident
                    await self._ways.note(to, ident, channel, thread=to.thread, nonce=nonces[at])
                    break
        return found

    async def _recent(self, to: Place) -> list[tuple[str, str, Json]]:
        """The bot's newest messages in a place, oldest first, with their channels."""
        own = (await self._api.own()).user
        found: list[tuple[str, str, Json]] = []
        if not to.is_direct and await self._people.is_forum(to):
            told = await self._api.call(
                "GET", "/guilds/{guild_id}/threads/active", guild_id=to.workspace
            )
            found = [
                (str(thread["id"]), to.channel, thread)
                for thread in told["threads"]
                if str(thread["parent_id"]) == to.channel and str(thread["owner_id"]) == own
            ]
        else:
            channels: Sequence[str] = (to.thread or to.channel,)
            if to.is_direct:
                channels = await self._directs.channels(to.account)
            for channel in channels:
                found += [
                    (str(one["id"]), channel, one)
                    for one in await self._history(channel)
                    if str(one["author"]["id"]) == own
                ]
        since = self._now() - TRUSTED
        return sorted(
            (one for one in found if instant(one[0]) >= since), key=lambda one: int(one[0])
        )

    async def _history(self, channel: str) -> list[Json]:
        try:
            told: list[Json] = await self._api.call(
                "GET",
                "/channels/{channel_id}/messages",
                query={"limit": SEARCHED},
                channel_id=channel,
            )
        except Refused as problem:
            if is_gone(problem):
                return []
            raise
        return told
