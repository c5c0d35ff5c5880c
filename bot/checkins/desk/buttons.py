"""What buttons and forms carry, and the card that takes the place of the one that was pressed."""

from __future__ import annotations

import re

from bot.chat import Card, Done, Press, Replace, Reply, read_action
from bot.engine import outbox
from bot.refusal import Refusal
from bot.store.session import Work


def words_of(written: str, most: int = 1) -> list[str]:
    """The words that an action or a form's id carries, as many as wanted; a missing one is empty."""
    carried = list(read_action(written)[1])
    return [*carried, *[""] * most][:most]


def number(word: str) -> int:
    """The id or the number in an action; refuses what is none."""
    if not re.fullmatch(r"[0-9]{1,19}", word) or int(word) >= 2**63:
        raise Refusal("I cannot read that button. Type /checkin to start afresh.")
    return int(word)


def id_of(written: str) -> int:
    """The id that an action or a form's id carries; refuses a broken one."""
    return number(words_of(written)[0])


async def turn(work: Work, act: Press, card: Card) -> Reply:
    """Put a card in the place of the one that was pressed, which only the presser sees."""
    key = await outbox.find(work, act.on) if act.on is not None else None
    if act.on is None or key is None:
        return Replace(card)
    await outbox.show(work, act.on.place, card, key=key)
    return Done()
