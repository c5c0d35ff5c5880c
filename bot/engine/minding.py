"""Where the core works: what is said anywhere else is not kept, so platforms ask here before they hand it over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic

from bot.chat import Place, Ref
from bot.engine import outbox
from bot.engine.feature import Feature
from bot.store.session import Store

CHANGED = "set-up"
"""The bell that rings, in every process, when a channel was set up or taken off."""
BELIEVED = 3.0
"""Seconds for which the list of places is believed; a bell may get lost."""


class Minding:
    """Knows from memory which places features work in, and reads them again when that changes.

    Features of which none names any places work everywhere.
    """

    def __init__(self, store: Store, features: Sequence[Feature]) -> None:
        self._store = store
        self._askers = [one.minds for one in features if one.minds is not None]
        self._holders = [one.holds for one in features if one.holds is not None]
        self._places: frozenset[Place] = frozenset()
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def minds(self, place: Place, message: str) -> bool:
        """Whether to keep what happens at a place, or to one message there, which somebody may have handed to us."""
        if place.is_direct or not self._askers or place.open in await self._known():
            return True
        return bool(message) and await self._holds(Ref(place, message))

    async def _known(self) -> frozenset[Place]:
        bell = self._store.bell(CHANGED)
        if not self._is_old(bell):
            return self._places
        async with self._reading:
            if self._is_old(bell):
                # Cleared before reading: a change that comes meanwhile is read the next time.
                bell.clear()
                async with self._store.look() as work:
                    found = [await ask(work) for ask in self._askers]
                self._places = frozenset(place.open for places in found for place in places)
                self._read_at = monotonic()
        return self._places

    def _is_old(self, bell: asyncio.Event) -> bool:
        return bell.is_set() or monotonic() - self._read_at > BELIEVED

    async def _holds(self, ref: Ref) -> bool:
        async with self._store.look() as work:
            if await outbox.find(work, ref) is not None:
                return True
            for holds in self._holders:
                if await holds(work, ref):
                    return True
        return False
