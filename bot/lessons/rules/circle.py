"""What comes back to those who shared a lesson: replies, who else could use it, and stories of those who tried."""

from __future__ import annotations

from datetime import timedelta

from bot.chat import Text
from bot.chat.text import cut

ECHO = timedelta(hours=1)
"""One message tells a lesson's origin what was replied within so long; it is changed while that lasts."""
CARRIED = 10
"""Replies that one such message shows; of more it says how many there are."""
TELLING = 500
"""Characters of a reply that are shown."""
LATEST = 100
"""Copies, the newest, whose small print changes at once when somebody decides about replies."""

TIP = timedelta(days=14)
"""For how long somebody is thought of before they hear of it; after that it is let go."""
A_WEEK = 2
"""Lessons that one person hears of within a week because somebody thought of them."""

TRIED = ("tried", "worked", "changed")
"""Words on a lesson after which there may be something to tell."""
STORY = timedelta(days=14)
"""How long after somebody tried a lesson they are asked, once, what happened."""


def told_words(said: Text) -> Text:
    """A reply as it is shown at the origin, with an ellipsis where it goes on."""
    parts = cut(said, TELLING)
    if not parts:
        return Text()
    return parts[0] + Text.of("…") if len(parts) > 1 else parts[0]
