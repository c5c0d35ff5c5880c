"""What happens with the set-up: `/outloud` and its sub-words, files, roles, the change log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from importlib.resources import files

from bot.admin.desk import commands, linking, mydata, retention, roles, setup
from bot.admin.desk.archive import Write, write_out
from bot.admin.desk.commands import SUB_WORDS, Asked, SubWord
from bot.admin.desk.state import Outfitter, Room, apply_file, read_setup, show_setup
from bot.board.desk import Door
from bot.chat import CommandHelp
from bot.engine.feature import Feature

OUTLOUD = CommandHelp(
    "outloud",
    "What you can do here; for admins also the set-up",
    "[board | setup | roles | log | mydata export|forget | link]",
)


def ready_made() -> str:
    """The file that a new local workspace is set up with."""
    return (files("bot.admin") / "ready_made.yaml").read_text(encoding="utf-8")


def feature(others: Iterable[Feature], door: Door) -> Feature:
    """The feature that explains the commands of all the others and configures them."""
    own = Feature(name="admin", export=mydata.export, forget=mydata.forget)
    features = (*others, own)
    keepers = mydata.Keepers(features)
    front = commands.Front(tuple(help for one in features for help in one.commands), keepers, door)
    return replace(
        own,
        commands=(OUTLOUD,),
        on_command={"outloud": front.on_command},
        on_press={
            "admin.open": setup.on_open,
            "admin.save": setup.on_save,
            "admin.try": setup.on_try,
            "admin.change": setup.on_change,
            "admin.roles": roles.on_roles,
            "admin.link_yes": linking.on_yes,
            "admin.link_no": linking.on_no,
            "admin.unlink": linking.on_unlink,
            "admin.part": linking.on_part,
            "admin.part_yes": linking.on_part_yes,
            "admin.part_no": linking.on_part_no,
            "admin.export_me": keepers.on_export,
            "admin.ask_me": keepers.on_ask,
            "admin.forget_me": keepers.on_forget,
            "admin.keep_me": keepers.on_keep,
        },
        on_submit={
            "admin.choose": setup.on_choose,
            "admin.setup": setup.on_setup,
            "admin.roles": roles.on_roles_form,
        },
        complete={"outloud": commands.complete},
        due={"retention": retention.Retention(features).look_through},
    )


__all__ = [
    "OUTLOUD",
    "SUB_WORDS",
    "Asked",
    "Outfitter",
    "Room",
    "SubWord",
    "Write",
    "apply_file",
    "feature",
    "read_setup",
    "ready_made",
    "show_setup",
    "write_out",
]
