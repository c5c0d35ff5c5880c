"""What happens with grains: the commands and buttons, and what other features may ask for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Button, CommandHelp, Edited, Removed, Said, Shortcut
from bot.engine.feature import Feature
from bot.grains import rules, words
from bot.grains.desk import commands, messages
from bot.grains.desk.cards import (
    FOLLOWED_BY,
    SHOWN_BY,
    ShowSource,
    by_id,
    entry_facts,
    of_card,
)
from bot.grains.desk.expiry import expire
from bot.grains.desk.mydata import export, forget
from bot.grains.desk.outcomes import form_fields, last_change_at, take_form, undo_last
from bot.grains.desk.plans import open_of
from bot.grains.desk.settled import Settled, all_by, made_by, own_ids, settled, settled_by
from bot.grains.desk.sources import from_source, keep_lines, remove_source, sync_lines
from bot.grains.tables import Grain

__all__ = [
    "FEATURE",
    "FOLLOWED_BY",
    "SHOWN_BY",
    "Grain",
    "Settled",
    "ShowSource",
    "all_by",
    "by_id",
    "entry_buttons",
    "entry_facts",
    "export",
    "forget",
    "form_fields",
    "from_source",
    "keep_lines",
    "of_card",
    "last_change_at",
    "made_by",
    "open_of",
    "own_ids",
    "remove_source",
    "settled",
    "settled_by",
    "sync_lines",
    "take_form",
    "undo_last",
]


def entry_buttons(grains: Sequence[Grain]) -> tuple[Button, ...]:
    """*Go on* and *Adjust* for a card that shows these grains of one source; none when none is alive."""
    alive = [grain for grain in grains if grain.state in rules.ALIVE]
    return words.entry_buttons([grain.id for grain in alive], alive[0].source if alive else "")


FEATURE = Feature(
    name="grains",
    commands=(
        CommandHelp(
            "grain",
            "Drop a grain of sand: a small plan for today, in a sentence",
            "TEXT | list | N | N done|kept|adjusted|dropped [what I learned]",
        ),
    ),
    shortcuts=(Shortcut("Keep as grain", "grains.keep"),),
    on_command={"grain": commands.on_command},
    on_press={
        "grains.form": commands.on_form,
        "grains.keep": commands.on_keep,
        "grains.go_on": commands.on_go_on,
        "grains.adjust": commands.on_adjust,
        "grains.unsay": commands.on_unsay,
        "grains.reply": commands.on_reply,
        "grains.more": commands.on_more,
        "grains.undo": commands.on_undo,
        "grains.details": commands.on_details,
        "grains.settle": commands.on_settle,
        "grains.done": commands.on_done,
        "grains.reword": commands.on_reword,
        "grains.leave": commands.on_leave,
    },
    on_submit={
        "grains.drop": commands.submit_drop,
        "grains.details": commands.submit_details,
        "grains.settle": commands.submit_settle,
        "grains.reword": commands.submit_reword,
        "grains.go_on": commands.submit_judge,
        "grains.adjust": commands.submit_judge,
        "grains.reply": commands.submit_reply,
    },
    on_event={Said: messages.on_said, Edited: messages.on_edited, Removed: messages.on_removed},
    complete={"grain": commands.complete},
    export=export,
    forget=forget,
    expire=expire,
    holds=messages.holds,
)
