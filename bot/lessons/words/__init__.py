"""What the bot says about lessons: to their authors, to curators, and to those who read a copy."""

from __future__ import annotations

from bot.lessons.words.author import (
    asked_back,
    edited,
    finding,
    later,
    preview,
    proposed,
    question,
    status,
)
from bot.lessons.words.copies import copy, thanks
from bot.lessons.words.curators import (
    Check,
    Near,
    answered,
    check,
    confirmed,
    headline,
    more,
    queue,
    reminder,
    still_true,
)
from bot.lessons.words.forms import (
    answer_form,
    ask_form,
    decline_form,
    item_wording_form,
    offer_form,
    retire_form,
    word_form,
)
from bot.lessons.words.library import at_home, history, mine, paused, results, sentence, unnamed
from bot.lessons.words.view import Audience, ItemView, LessonView, Origin, Step, channel_name

__all__ = [
    "Audience",
    "Check",
    "ItemView",
    "LessonView",
    "Near",
    "Origin",
    "Step",
    "answer_form",
    "answered",
    "ask_form",
    "asked_back",
    "at_home",
    "channel_name",
    "check",
    "confirmed",
    "copy",
    "decline_form",
    "edited",
    "finding",
    "headline",
    "history",
    "item_wording_form",
    "later",
    "mine",
    "more",
    "offer_form",
    "paused",
    "preview",
    "proposed",
    "question",
    "queue",
    "reminder",
    "results",
    "retire_form",
    "sentence",
    "status",
    "still_true",
    "thanks",
    "unnamed",
    "word_form",
]
