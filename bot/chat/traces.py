"""What may be logged of something that went wrong: where and what kind, never the words of a person."""

from __future__ import annotations

import traceback
from typing import Final

from bot.chat import Busy, Refused, Unsure

NOT_UNDERSTOOD: Final = (KeyError, IndexError, TypeError, ValueError, AttributeError)


def traced(problem: BaseException) -> dict[str, str]:
    """What went wrong and where. Messages of other libraries stay out of the log: they quote people."""
    frames = traceback.extract_tb(problem.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    told = str(problem) if isinstance(problem, Busy | Refused | Unsure) else ""
    return {"problem": type(problem).__name__, "where": where, "why": told}
