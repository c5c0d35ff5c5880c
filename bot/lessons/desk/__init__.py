"""What happens with lessons: marked, agreed, checked, relayed, followed, confirmed."""

from __future__ import annotations

from bot.chat import CommandHelp, Edited, Reacted, Removed, Shortcut
from bot.checkins import desk as checkins
from bot.engine.feature import Feature
from bot.grains import desk as grains
from bot.lessons.desk import (
    batches,
    buttons,
    commands,
    decisions,
    following,
    marks,
    mydata,
    relaying,
    uses,
)
from bot.lessons.desk.mydata import unname
from bot.lessons.desk.news import News, Passage, copies_of, passages, relayed, reused, to_check
from bot.lessons.desk.showing import FOLLOWED_BY

# What was learned in an entry or from a grain may be a lesson by now, which follows it.
checkins.FOLLOWED_BY.append(following.on_entry)
grains.FOLLOWED_BY.append(following.on_grain)
checkins.SHOWN_AT_HOME.append(commands.at_home)

FEATURE = Feature(
    name="lessons",
    commands=(
        CommandHelp(
            "lesson",
            "Share what you learned, and find what others did",
            "TEXT | mine | queue | show N | search WORDS | withdraw N",
        ),
    ),
    shortcuts=(Shortcut("Mark as lesson", "lessons.mark"),),
    on_command={"lesson": commands.on_command},
    on_press={
        "lessons.mark": buttons.on_mark,
        "lessons.grain": buttons.on_grain,
        "lessons.entry": buttons.on_entry,
        "lessons.new": buttons.on_new,
        "lessons.unname": buttons.on_unname,
        "lessons.reopen": decisions.on_reopen,
        "lessons.mine": buttons.on_mine,
        "lessons.queue": buttons.on_queue,
        "lessons.word": buttons.on_word,
        "lessons.fine": buttons.on_fine,
        "lessons.mask": buttons.on_mask,
        "lessons.agree": buttons.on_agree,
        "lessons.refuse": buttons.on_refuse,
        "lessons.later": buttons.on_later,
        "lessons.leave": buttons.on_leave,
        "lessons.follow": buttons.on_follow,
        "lessons.withdraw": buttons.on_withdraw,
        "lessons.again": buttons.on_again,
        "lessons.undo": buttons.on_undo,
        "lessons.yes": buttons.on_yes,
        "lessons.keep": buttons.on_keep,
        "lessons.answer": buttons.on_answer,
        "lessons.show": commands.on_show,
        "lessons.check": commands.on_check,
        "lessons.select": decisions.on_select,
        "lessons.vote": decisions.on_vote,
        "lessons.ask": decisions.on_ask,
        "lessons.decline": decisions.on_decline,
        "lessons.join": decisions.on_join,
        "lessons.reword": decisions.on_reword,
        "lessons.offer": decisions.on_offer,
        "lessons.confirm": decisions.on_confirm,
        "lessons.retire": decisions.on_retire,
        "lessons.true": decisions.on_true,
        "lessons.resume": decisions.on_resume,
        "lessons.use": decisions.on_use,
        "lessons.unuse": decisions.on_unuse,
    },
    on_submit={
        "lessons.word": buttons.submit_word,
        "lessons.worded": buttons.submit_worded,
        "lessons.answer": buttons.submit_answer,
        "lessons.ask": decisions.submit_ask,
        "lessons.decline": decisions.submit_decline,
        "lessons.reword": decisions.submit_reword,
        "lessons.offer": decisions.submit_offer,
        "lessons.retire": decisions.submit_retire,
    },
    on_event={
        Reacted: marks.on_reacted,
        Edited: following.on_edited,
        Removed: following.on_removed,
    },
    complete={"lesson": commands.complete},
    due={
        "ask": batches.ask_due,
        "expire": batches.expire_due,
        "tell": batches.tell,
        "relay": relaying.go_on,
        "review": uses.review,
    },
    export=mydata.export,
    forget=mydata.forget,
    expire=mydata.expire,
    reads=marks.reads,
    holds=following.holds,
)

__all__ = [
    "FEATURE",
    "FOLLOWED_BY",
    "News",
    "Passage",
    "copies_of",
    "passages",
    "relayed",
    "reused",
    "to_check",
    "unname",
]
