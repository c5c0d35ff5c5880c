"""What one interaction lets us show: an answer within three seconds, and more for a quarter of an hour."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from adapters.discord.api import Api
from adapters.discord.forms import OPEN
from adapters.discord.read import MODAL, is_seen_by_all
from adapters.discord.refusals import ALREADY_ACKNOWLEDGED, Down, error_code
from adapters.discord.write import EPHEMERAL, NO_PREVIEWS, Part
from bot.chat import Attachment, Busy, Refused

Json = dict[str, Any]

_SAY, _SAY_LATER, _CHANGE_LATER, _CHANGE, _COMPLETE, _MODAL = 4, 5, 6, 7, 8, 9
_WAITS: Final = (0.2, 0.5)
"""Seconds between two tries of a first answer while Discord has a problem of its own."""
_ALONE: Final = EPHEMERAL | NO_PREVIEWS
_ORIGINAL: Final = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"


class Door:
    """Answers one interaction, in the way that is left open."""

    def __init__(self, api: Api, payload: Json) -> None:
        self._api = api
        self._ident = str(payload["id"])
        self._token = str(payload["token"])
        self._application = str(payload["application_id"])
        message = payload.get("message")
        self._kind = int(payload["type"])
        self.has_message: Final = message is not None
        """Whether it was a button or list of a message, or a modal that one opened."""
        self.is_public: Final = message is not None and is_seen_by_all(message)
        self.is_between: Final = message is not None and _leads_on(message)
        """Whether that message is our own card between two modals, to be replaced by what follows."""
        self._promised = 0

    @property
    def may_ask(self) -> bool:
        """Whether a modal can still open: only as the first answer, and not to another modal."""
        return not self._promised and self._kind != MODAL

    async def promise(self) -> None:
        """Tell Discord that the answer will take longer."""
        if not self._promised:
            kind = _CHANGE_LATER if self.has_message else _SAY_LATER
            data = {} if self.has_message else {"flags": EPHEMERAL}
            await self._first(kind, data)

    async def say(self, parts: Sequence[Part], *, instead: bool = False) -> None:
        """Show this to the caller alone; with `instead` in the place of the message that was acted on."""
        first, *rest = parts
        if self._promised in (0, _SAY_LATER) or instead:
            if not self._promised:
                kind = _CHANGE if instead else _SAY
                flags = NO_PREVIEWS if instead else _ALONE
                await self._first(kind, first.body(flags=flags), first)
            else:
                await self._original(first)
        else:
            rest = [first, *rest]
        for part in rest:
            await self._follow(part)

    async def change(self, part: Part) -> None:
        """Put this in the place of the message that was acted on, for everybody who sees it."""
        if self._promised:
            await self._original(part)
        else:
            await self._first(_CHANGE, part.body(), part)

    async def ask(self, modal: Json) -> None:
        """Open a modal."""
        await self._first(_MODAL, modal)

    async def complete(self, choices: list[Json]) -> None:
        """Offer these to somebody who types."""
        await self._first(_COMPLETE, {"choices": choices})

    async def close(self) -> None:
        """Answer with nothing to see, and take our own card between two modals away."""
        if not self._promised:
            await self.promise()
        if self.is_between or self._promised == _SAY_LATER:
            await self._call("DELETE", _ORIGINAL)

    async def _first(self, kind: int, data: Json, part: Part | None = None) -> None:
        self._promised = kind
        for wait in (*_WAITS, None):
            try:
                await self._api.call(
                    "POST",
                    "/interactions/{webhook_id}/{webhook_token}/callback",
                    place="this interaction",
                    body={"type": kind, "data": data},
                    files=part.files if part else (),
                    webhook_id=self._ident,
                    webhook_token=self._token,
                )
                return
            except Busy as problem:
                if wait is None or not isinstance(problem.__cause__, Down):
                    raise
                await asyncio.sleep(wait)
            except Refused as problem:
                # The try before this one was taken although Discord said otherwise.
                if error_code(problem) != ALREADY_ACKNOWLEDGED or wait == _WAITS[0]:
                    raise
                return

    async def _original(self, part: Part) -> None:
        # Who sees it was settled by the first answer.
        self._promised = _SAY
        await self._send("PATCH", _ORIGINAL, part, flags=NO_PREVIEWS)

    async def _follow(self, part: Part) -> None:
        await self._send("POST", "/webhooks/{webhook_id}/{webhook_token}", part, flags=_ALONE)

    async def _send(self, method: str, path: str, part: Part, *, flags: int) -> None:
        await self._call(method, path, part.body(flags=flags), part.files)

    async def _call(
        self, method: str, path: str, body: Json | None = None, files: Sequence[Attachment] = ()
    ) -> None:
        await self._api.call(
            method,
            path,
            place="this interaction",
            body=body,
            files=files,
            webhook_id=self._application,
            webhook_token=self._token,
        )


def _leads_on(message: Json) -> bool:
    return not is_seen_by_all(message) and any(
        str(each.get("custom_id", "")).startswith(f"{OPEN}:")
        for row in message.get("components") or ()
        for each in row.get("components", ())
    )
