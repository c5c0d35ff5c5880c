"""What happens with digests: read, posted, scheduled, noted upon, and sent by e-mail."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat import Chat, CommandHelp
from bot.checkins import desk as checkins
from bot.digests.desk import (
    commands,
    counting,
    dunes,
    mailing,
    mydata,
    noting,
    posting,
    scheduling,
    taking,
)
from bot.digests.desk.mailing import MailServer, NotSent, Post
from bot.engine.feature import Chore, Drawn, Feature
from bot.grains import desk as grains
from bot.lessons import desk as lessons

__all__ = ["MailServer", "NotSent", "Post", "feature"]

# What stands in a posted digest follows what it was taken from.
checkins.FOLLOWED_BY.append(posting.on_entry)
grains.FOLLOWED_BY.append(posting.on_grain)
checkins.FOLLOWED_BY.append(counting.on_entry)
checkins.FOLLOWED_BY.append(dunes.on_entry)
grains.FOLLOWED_BY.append(dunes.on_grain)
lessons.FOLLOWED_BY.append(posting.on_copies)


def feature(
    post: Post | None = None, *, chats: Mapping[str, Chat] | None = None, public_url: str = ""
) -> Feature:
    """Digests, with e-mail where there is a mail server, and links in files to where these chats and pages are."""
    along = taking.Taking(chats or {}, public_url)
    chores: dict[str, Chore] = {
        "post": scheduling.post_due,
        "draw": posting.draw_again,
        "dunes": dunes.feed,
    }
    if post is not None:
        chores["mail"] = mailing.Mailing(post).send_due
    drawn: Mapping[str, Drawn] = {
        "digest": commands.Front(mail=post is not None).on_command,
        "digests.more": commands.on_more,
        "digests.page": commands.on_page,
        "digests.post": commands.on_post,
        "digests.notes": noting.on_notes,
        "digests.note": noting.submit_notes,
        "digests.file": along.on_file,
        "digests.own_file": along.on_own_file,
    }
    return Feature(
        name="digests",
        commands=(
            CommandHelp(
                "digest",
                "What happened here, to read in five minutes; post it, or let it come by itself",
                "[week|month|DATE..DATE] [#channel] | mine | post | schedule",
            ),
        ),
        drawn=drawn,
        on_press={
            "digests.unpost": commands.on_unpost,
            "digests.schedule": scheduling.on_schedule,
            "digests.mail": mailing.on_mail,
            "digests.address": mailing.on_address,
        },
        on_submit={
            "digests.schedule": scheduling.submit_schedule,
            "digests.address": mailing.submit_address,
        },
        complete={"digest": commands.complete},
        due={"plan": scheduling.plan_new, "days": counting.count_days},
        chores=chores,
        export=mydata.export,
        forget=mydata.forget,
        expire=mydata.expire,
    )
