"""Meeting people and looking them up, their zones, and what is linked: accounts of one human, workspaces."""

from __future__ import annotations

from bot.chat import Joined, Left
from bot.engine.feature import Feature
from bot.people import mydata
from bot.people.desk import codes, meeting
from bot.people.desk.codes import Code, find_code, new_code, use_code
from bot.people.desk.links import (
    follow,
    hours_of,
    link,
    linked,
    linked_to,
    unlink,
    why_not,
)
from bot.people.desk.meeting import (
    FRESH,
    PersonKey,
    account_of,
    caller,
    choose_zone,
    come_back,
    direct,
    direct_places,
    everybody,
    find,
    get,
    go_away,
    guess_zones,
    learn,
    many,
    meet,
    moved,
    names,
    refresh,
    today,
)
from bot.people.desk.workspaces import (
    agreed,
    are_linked,
    link_workspaces,
    linked_workspaces,
    open_workspace,
    unlink_workspaces,
    workspace,
    workspaces,
)
from bot.people.tables import Person, Workspace

FEATURE = Feature(
    name="people",
    on_event={Joined: meeting.on_joined, Left: meeting.on_left},
    due={"codes": codes.sweep},
    chores={"refresh": refresh},
    export=mydata.export,
    forget=mydata.forget,
)

__all__ = [
    "FEATURE",
    "FRESH",
    "Code",
    "Person",
    "PersonKey",
    "Workspace",
    "account_of",
    "agreed",
    "are_linked",
    "caller",
    "choose_zone",
    "come_back",
    "direct",
    "direct_places",
    "everybody",
    "find",
    "find_code",
    "follow",
    "get",
    "go_away",
    "guess_zones",
    "hours_of",
    "learn",
    "link",
    "link_workspaces",
    "linked",
    "linked_to",
    "linked_workspaces",
    "many",
    "meet",
    "moved",
    "names",
    "new_code",
    "open_workspace",
    "refresh",
    "today",
    "unlink",
    "unlink_workspaces",
    "use_code",
    "why_not",
    "workspace",
    "workspaces",
]
