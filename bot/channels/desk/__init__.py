"""Looking channels up, keeping their members and roles, and speaking in the thread of their day."""

from __future__ import annotations

from bot.channels.desk import days, membership, mydata
from bot.channels.desk.days import day_at, hush, last_voice, open_day, speak
from bot.channels.desk.membership import (
    FRESH,
    belongs,
    can_read,
    choose_members,
    how_many,
    members,
    of_person,
    put_members,
    refresh,
    sync_members,
)
from bot.channels.desk.places import every, find, get, many, place_of, places, team_names
from bot.channels.desk.rights import (
    curates,
    is_admin,
    is_curator,
    require_admin,
    roles,
    set_roles,
)
from bot.channels.desk.routes import Way, every_route, put_routes, routes_from
from bot.channels.tables import Channel
from bot.chat import Joined, Left, Removed
from bot.engine.feature import Feature

FEATURE = Feature(
    name="channels",
    on_event={
        Joined: membership.on_joined,
        Left: membership.on_left,
        Removed: days.on_removed,
    },
    chores={"refresh": membership.refresh},
    export=mydata.export,
    forget=mydata.forget,
    minds=places,
)

__all__ = [
    "FEATURE",
    "FRESH",
    "Channel",
    "Way",
    "belongs",
    "can_read",
    "choose_members",
    "curates",
    "day_at",
    "every",
    "every_route",
    "find",
    "get",
    "how_many",
    "hush",
    "is_admin",
    "is_curator",
    "last_voice",
    "many",
    "members",
    "of_person",
    "open_day",
    "place_of",
    "places",
    "put_members",
    "put_routes",
    "refresh",
    "require_admin",
    "roles",
    "routes_from",
    "set_roles",
    "speak",
    "sync_members",
    "team_names",
]
