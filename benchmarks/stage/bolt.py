"""A Bolt app with an empty listener, in a process of its own: what any Slack bot over HTTP costs."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.stage.slack import ROOT, SECRET


@asynccontextmanager
async def empty_listener(port: int) -> AsyncIterator[None]:
    """The app, answering, for as long as the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.stage.bolt", str(port),
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


async def authorize(**_: object) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=None, team_id="T0BENCH", bot_user_id="UBOT", bot_id="BBOT", bot_token="xoxb-1"
    )


async def nothing() -> None:
    """What the listener does."""


def main(port: int) -> None:
    app = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True)  # type: ignore[arg-type]
    app.event(re.compile(".*"))(nothing)
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    site = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    uvicorn.run(site, host="127.0.0.1", port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
