"""Group commit: what comes while a transaction is under way shares the next one."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 200
"""Things done in one transaction."""


class Together(Generic[T, R]):
    """Does things in groups, each answered only once the transaction of its group is committed.

    The disk makes sure of a hundred as quickly as of one, so nobody waits for company: the first goes at once,
    and those that come meanwhile go next. When a group fails, each of it is done by itself, so that one that
    cannot be done keeps no other from it.
    """

    def __init__(
        self,
        do: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        *,
        linger: float = 0,
        is_enough: Callable[[int], bool] = bool,
    ) -> None:
        self._do = do
        self._linger = linger
        """Seconds to wait for company, where nobody waits for the answer."""
        self._is_enough = is_enough
        """Whether so many need not wait for more."""
        self._enough = asyncio.Event()
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def do(self, thing: T) -> R:
        """Do one thing, and give its result; raises what doing it raised."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((thing, answer))
        if self._is_enough(len(self._waiting)):
            self._enough.set()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            if self._linger:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._linger):
                        await self._enough.wait()
                self._enough.clear()
            group = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            try:
                results = await self._do([thing for thing, _ in group])
            except Exception as bug:
                if len(group) == 1:
                    _fail(group[0][1], bug)
                else:
                    await self._one_by_one(group)
            else:
                for (_, answer), result in zip(group, results, strict=True):
                    if not answer.done():
                        answer.set_result(result)

    async def _one_by_one(self, group: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        for thing, answer in group:
            try:
                (result,) = await self._do([thing])
            except Exception as bug:
                _fail(answer, bug)
            else:
                if not answer.done():
                    answer.set_result(result)


def _fail(answer: asyncio.Future[R], bug: Exception) -> None:
    if not answer.done():
        answer.set_exception(bug)
