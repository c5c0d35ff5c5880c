"""What broke, told without the exception's own words, which may be somebody's."""

from __future__ import annotations

import traceback
from pathlib import Path

NEAREST = 8


def told(bug: BaseException) -> dict[str, str]:
    """The kind of an exception and the way to it, for a log."""
    frames = traceback.extract_tb(bug.__traceback__)[-NEAREST:]
    way = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return {"bug": type(bug).__name__, "way": " > ".join(way)}
