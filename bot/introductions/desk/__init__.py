"""Bringing people together: who could meet whom, asking first the one and then the other, and telling both."""

from __future__ import annotations

from bot.engine.feature import Feature
from bot.introductions.desk import meeting, mydata, seeking
from bot.introductions.desk.pairs import open_among

__all__ = ["FEATURE", "open_among"]

FEATURE = Feature(
    name="introductions",
    on_press={
        "introductions.yes": meeting.on_yes,
        "introductions.no": meeting.on_no,
        "introductions.read": meeting.on_read,
    },
    due={"seek": seeking.seek, "go_on": meeting.go_on},
    export=mydata.export,
    forget=mydata.forget,
    expire=mydata.expire,
)
