"""How long an act takes until its first answer is shown, on loopback.

Run it as python -m tests.wire.discord.latency.

Discord, the adapter and the desk share one process and one core here, so real figures add only the network.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

from sqlalchemy.ext.asyncio import create_async_engine

from bot.chat import Act, Ask, Button, Card, Command, Field, Form, Reply, Show, Text
from bot.store import base
from tests.wire.discord.bench import Bench, bench
from tests.wire.noting import NotingDesk

FORM = Form(
    "checkins.entry",
    "What are you on?",
    tuple(Field(f"q{n}", f"Question {n}", "long", counted=140) for n in range(5)),
)


async def measure(ready: Bench, count: int, *, form: bool) -> list[float]:
    """Seconds from the act to its first answer, for each of `count` acts."""

    def says(act: Act) -> Reply:
        return Ask(FORM) if form and isinstance(act, Command) else Show(Card(text=Text.of("Yes.")))

    ready.desk.says = says
    ana = ready.hands()
    if form:
        return [(await ana.types("/checkin", ready.channel)).seconds for _ in range(count)]
    card = Card(text=Text.of("Ready?"), buttons=(Button("Yes", "checkins.form:1"),))
    await ready.chat.send(ready.place(), card, key="k")
    (message,) = ready.channel.messages.values()
    return [(await ana.presses("Yes", message)).seconds for _ in range(count)]


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'outloud.db'}"
        base.load_tables()
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(base.metadata.create_all)
        await engine.dispose()
        for slow in (0.0, 0.2):
            for name, form in (("press to answer", False), ("command to form", True)):
                async with bench(url, NotingDesk(seconds=slow)) as ready:
                    ready.discord.everything.limit = 1_000_000
                    times = count if not slow else count // 10
                    taken = sorted(await measure(ready, times, form=form))
                    print(
                        f"{name}, desk +{slow * 1000:3.0f} ms: "
                        f"median {statistics.median(taken) * 1000:6.1f} ms, "
                        f"p99 {taken[int(len(taken) * 0.99) - 1] * 1000:6.1f} ms, "
                        f"invalid {ready.discord.invalid}"
                    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
