"""What is said on the board, and on the way there."""

from __future__ import annotations

from bot.board.words.door import closed, door, link_card, shut, turned_away
from bot.board.words.frame import framed, missing, tabs
from bot.board.words.lessons import LESSON_GONE, lesson, lessons
from bot.board.words.patterns import patterns
from bot.board.words.ways import ways
from bot.board.words.week import week

__all__ = [
    "LESSON_GONE",
    "closed",
    "door",
    "framed",
    "lesson",
    "lessons",
    "link_card",
    "missing",
    "patterns",
    "shut",
    "tabs",
    "turned_away",
    "ways",
    "week",
]
