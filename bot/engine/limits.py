"""How long to wait, how often to try: the numbers of the engine, and the arithmetic on them."""

from __future__ import annotations

import random
from datetime import timedelta

LEASE = timedelta(seconds=60)
"""How long a sender keeps a destination; longer than any send may take."""
SEND_SECONDS = 25.0
"""After this long without an answer a send is unsure."""
ASK_SECONDS = 10.0
"""After this long without an answer to a question about somebody, an event is tried again later."""
CHORE_SECONDS = 60.0
"""After this long a chore is given up until the next tick."""
STOP_SECONDS = 10.0
"""How long a stopping loop waits for what is in flight."""
STRIKES = 8
"""A message is given up after this many failures in a row: about two hours."""
TRIES = 5
"""An event is set aside after this many failures in a row."""
AT_ONCE = 200
"""Destinations one sender, and conversations one inbox, takes at a time."""
LANES = 100
"""Messages one sender has between their sending and its end being kept; the others it took begin before their lease
is half over."""
PLENTY = 300
"""Places that wait for their turn: while there are so many, nobody is asked in the same moment."""
PATIENCE_SECONDS = 1.0
"""How long at most asking waits for that."""
LINGER_SECONDS = 0.05
"""How long the end of a send waits for others, to be written together with them."""
COMPANY = LANES // 2
"""So many ends wait for no more."""
AWAY_SECONDS = 1.0
"""How long the end of a send waits for a database that is away, again and again."""
MANY = 200
"""Events that come in within a second and are many: about as many as one process handles in one."""
CROWD = 16
"""Events that come in during one transaction and are many, however slow the machine is."""
ROOM_SECONDS = 0.1
"""How long handling leaves the process to what comes in, again and again, while that is much."""
SLOWLY = 4
"""Events handled between two such pauses."""
BRAKE_AT = 300
"""More new messages than this for one place within a minute are a runaway."""
BRAKE_FOR = timedelta(minutes=15)
"""How long a place is left alone then."""
A_MOMENT = timedelta(seconds=0.2)
"""When to come back for a message that somebody is changing right now."""


def back_off(strikes: int) -> timedelta:
    """How long to wait after so many failures in a row: 2, 8, 32 s and so on, at most an hour."""
    return timedelta(seconds=min(2 * 4 ** max(strikes - 1, 0), 3600))


def spread(seconds: float) -> float:
    """About this long: each wait a little shorter, so that replicas do not all ask the database at one moment."""
    return seconds * random.uniform(0.75, 1)
