"""How long a slash command takes until its modal is open, on loopback.

Run it as python -m tests.wire.slack.latency.

Slack, the adapter and the desk share one process and one core here, so real figures add only the network.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy.ext.asyncio import create_async_engine

from bot.chat import Ask, Command, Done, Field, Form
from bot.store import base
from tests.wire.noting import NotingDesk
from tests.wire.slack.bench import Bench, bench

FORM = Form(
    "checkins.entry",
    "What are you on?",
    tuple(Field(f"q{n}", f"Question {n}", "long", counted=140) for n in range(5)),
)


async def measure(ready: Bench, count: int) -> list[float]:
    """Seconds from the command to the open modal, for each of `count` commands."""
    ready.desk.says = lambda act: Ask(FORM) if isinstance(act, Command) else Done()
    ana = ready.hands()
    taken = []
    for _ in range(count):
        opened = asyncio.Event()
        ready.slack.after_call = lambda method, seen=opened: seen.set()
        began = time.perf_counter()
        await ana.types("/checkin", ready.channel)
        await opened.wait()
        taken.append(time.perf_counter() - began)
    return taken


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'outloud.db'}"
        base.load_tables()
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(base.metadata.create_all)
        await engine.dispose()
        for mode in ("socket", "http"):
            for slow in (0.0, 0.2):
                async with bench(mode, url, NotingDesk(seconds=slow)) as ready:
                    taken = sorted(await measure(ready, count if not slow else count // 10))
                    worst = max(ack.seconds for _, ack in ready.slack.acks)
                    print(
                        f"{mode:6} desk +{slow * 1000:3.0f} ms: "
                        f"median {statistics.median(taken) * 1000:6.1f} ms, "
                        f"p99 {taken[int(len(taken) * 0.99) - 1] * 1000:6.1f} ms, "
                        f"slowest acknowledgement {worst * 1000:6.1f} ms"
                    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
