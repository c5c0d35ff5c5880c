"""What happens with the board: links to it are given and used, and its pages are read."""

from __future__ import annotations

from bot.board.desk import tickets
from bot.board.desk.board import Board
from bot.board.desk.door import Door
from bot.engine.feature import Feature

__all__ = ["Board", "Door", "feature"]


def feature(door: Door) -> Feature:
    """The board, to which this door leads."""
    return Feature(
        name="board",
        on_press={"board.open": door.on_open},
        due={"tickets": tickets.sweep},
        export=tickets.export,
        forget=tickets.forget,
    )
