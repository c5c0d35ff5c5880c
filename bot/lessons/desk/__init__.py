"""What happens with lessons: marked, agreed, checked, relayed, followed, confirmed."""

from __future__ import annotations

from bot.chat import CommandHelp, Edited, Reacted, Removed, Said, Shortcut
from bot.checkins import desk as checkins
from bot.engine.feature import Feature
from bot.grains import desk as grains
from bot.lessons.desk import (
    batches,
    buttons,
    commands,
    decisions,
    echoing,
    feeds,
    following,
    joining,
    marks,
    mydata,
    refusing,
    relaying,
    stories,
    switches,
    tips,
    uses,
)
from bot.lessons.desk.feeds import find as find_feed
from bot.lessons.desk.mydata import unname
from bot.lessons.desk.news import (
    News,
    Passage,
    Story,
    copies_of,
    passages,
    relayed,
    reused,
    story,
    to_check,
)
from bot.lessons.desk.showing import FOLLOWED_BY, Copy

# What was learned in an entry or from a grain may be a lesson by now, which follows it.
checkins.FOLLOWED_BY.append(following.on_entry)
grains.FOLLOWED_BY.append(following.on_grain)
checkins.SHOWN_AT_HOME.append(commands.at_home)
FOLLOWED_BY.append(feeds.follow)

FEATURE = Feature(
    name="lessons",
    commands=(
        CommandHelp(
            "lesson",
            "Share what you learned, and find what others did",
            "TEXT | mine | queue | show N | search WORDS | replies | withdraw N",
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
        "lessons.mine_with": joining.on_join,
        "lessons.merge": joining.on_merge,
        "lessons.reword": decisions.on_reword,
        "lessons.offer": decisions.on_offer,
        "lessons.confirm": decisions.on_confirm,
        "lessons.retire": decisions.on_retire,
        "lessons.true": decisions.on_true,
        "lessons.resume": decisions.on_resume,
        "lessons.use": decisions.on_use,
        "lessons.unuse": decisions.on_unuse,
        "lessons.echo": switches.on_echo,
        "lessons.choose": switches.on_choose,
        "lessons.here": switches.on_here,
        "lessons.who": tips.on_who,
        "lessons.pass": tips.on_pass,
        "lessons.tell": stories.on_tell,
        "lessons.storyfine": stories.on_fine,
        "lessons.storymask": stories.on_mask,
        "lessons.storyyes": stories.on_yes,
        "lessons.untold": stories.on_untold,
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
        "lessons.who": tips.submit_who,
        "lessons.tell": stories.submit_tell,
    },
    on_event={
        Said: echoing.on_said,
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
        "echo": echoing.tell_due,
        "tips": tips.tell_due,
        "stories": stories.ask_due,
        "refused": refusing.tell_due,
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
    "Copy",
    "News",
    "Passage",
    "Story",
    "copies_of",
    "find_feed",
    "passages",
    "relayed",
    "reused",
    "story",
    "to_check",
    "unname",
]
