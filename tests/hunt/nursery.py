"""Starts `outloud run` again and again at little cost: one process imports everything and forks each from itself.

What runs in the child is the command itself, from its first line on; only the imports are older than it is.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import sys
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
WARM = (
    "adapters.slack", "adapters.web", "aiosqlite", "asyncpg", "bot.cli", "bot.logs", "bot.migrating",
    "bot.serving", "uvicorn.loops.auto", "uvicorn.protocols.http.auto",
)  # fmt: skip
"""All that a start imports, so that the children need not."""
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("OUTLOUD_")}


class Nursery:
    """Where processes come from; all that are left end with it."""

    async def __aenter__(self) -> Nursery:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.hunt.nursery",
            cwd=ROOT, env={**CLEAN, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._turn = asyncio.Lock()
        await self._ask("hello")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        bug: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        # To the last byte, so that no pipe is left to be swept away in another test.
        await self._process.communicate()

    async def start(self, folder: Path, settings: dict[str, str]) -> int:
        """Start `outloud run` in a folder and give its process id; what it says goes to a file there."""
        return await self._ask("start", str(folder), settings)

    async def bury(self, pid: int) -> int:
        """Wait until a process has ended, and give its exit status; negative for a signal."""
        return await self._ask("bury", pid)

    async def _ask(self, *words: object) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._turn:
            self._process.stdin.write(json.dumps(words).encode() + b"\n")
            return int(await self._process.stdout.readline())


def work() -> None:
    """Do what is asked on standard input, line by line, until it is closed."""
    for name in WARM:
        importlib.import_module(name)
    alive: set[int] = set()
    for line in sys.stdin:
        match json.loads(line):
            case ["start", folder, settings]:
                answer = os.fork()
                if answer == 0:
                    begin(Path(folder), settings)
                alive.add(answer)
            case ["bury", pid]:
                answer = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                alive.discard(pid)
            case _:
                answer = 0
        print(answer, flush=True)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def begin(folder: Path, settings: dict[str, str]) -> None:
    """Become `outloud run`."""
    from bot import cli

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(settings)
    out = os.open("outloud.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    silence = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((silence, 0), (out, 1), (out, 2)):
        os.dup2(ours, theirs)
    sys.argv = ["outloud", "run"]
    try:
        cli.main()
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(70)
    os._exit(0)


if __name__ == "__main__":
    work()
