"""Tasks on their way: started by name, and waited for when the loop that started them stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from bot.engine import bugs, limits

log = structlog.get_logger(__name__)


class Flight:
    """The tasks of one loop; `landed` is called after each that did something or broke."""

    def __init__(self, landed: Callable[[], None]) -> None:
        self._landed = landed
        self._tasks: dict[str, asyncio.Task[bool]] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._tasks)

    def start(self, name: str, work: Coroutine[Any, Any, bool]) -> None:
        """Start a task; it says whether it did something."""
        task = asyncio.create_task(work)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._end(name, task))

    def _end(self, name: str, task: asyncio.Task[bool]) -> None:
        del self._tasks[name]
        if task.cancelled():
            return
        if bug := task.exception():
            log.error("task broke", **bugs.told(bug))
        if bug or task.result():
            self._landed()

    async def land(self) -> None:
        """Wait for all that is on its way, at most ten seconds, and cancel what is late."""
        tasks = set(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=limits.STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
