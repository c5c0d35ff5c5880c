"""A set-up read from YAML: every problem names the file, the line and the reason."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import time, timedelta
from urllib.parse import urlsplit

import yaml

from bot.admin.rules import check
from bot.admin.rules.nodes import ID, Nodes, Problem, SetupError, kind_of, line_of
from bot.admin.rules.setup import (
    LOCAL,
    PLATFORMS,
    ChannelSetup,
    FeedSetup,
    PersonSetup,
    RouteSetup,
    Setup,
    WorkspaceSetup,
)
from bot.channels.rules import FOCUSES, RINGS, STAGES
from bot.chat import Place
from bot.checkins.bank import TAGS
from bot.checkins.rules import (
    DAYS,
    KINDS,
    ROLES,
    Question,
    RhythmPlan,
    check_monthly,
    read_length,
)
from bot.engine.clock import read_zone
from bot.people.rules import read_country, read_time

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
_LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNQUOTED_TIME = re.compile(r"[0-9:. ]+")


@dataclass(frozen=True, slots=True)
class Document:
    """A set-up as somebody wrote it, and on which line each route stands."""

    name: str
    setup: Setup
    route_lines: tuple[int, ...]

    def about(self, route: RouteSetup, sentence: str) -> str:
        """The sentence with the place where this route is written."""
        line = self.line_of(route)
        return f"{self.name}, line {line}: {sentence}" if line else sentence

    def line_of(self, route: RouteSetup) -> int:
        """Where a route is written, of several alike the last; 0 for one that is not."""
        lines = dict(zip(self.setup.routes, self.route_lines, strict=True))
        return lines.get(route, 0)


def read(
    text: str, *, name: str = "setup.yaml", platforms: Collection[str] = PLATFORMS
) -> Document:
    """Read a file; raises `SetupError` with every problem it has."""
    reader = _Reader(name, platforms)
    root = reader.compose(text)
    setup, lines = reader.setup(root)
    document = Document(name, setup, lines)
    if not reader.problems:
        for route, sentence in check.route_problems(setup):
            reader.problems.append((document.line_of(route), sentence))
    if reader.problems:
        raise SetupError([f"{name}, line {n}: {said}" for n, said in sorted(set(reader.problems))])
    return document


class _Reader(Nodes):
    def __init__(self, name: str, platforms: Collection[str]) -> None:
        super().__init__(name)
        self.platforms = tuple(platforms)

    def setup(self, root: yaml.MappingNode) -> tuple[Setup, tuple[int, ...]]:
        top = self.pairs(root, ("workspaces", "routes", "feeds"), ("workspaces",))
        workspaces = self.every(top.get("workspaces"), self.workspace)
        if "workspaces" in top:
            ids = [one.workspace_id for one in workspaces]
            if sentence := check.said_twice(ids):
                self.wrong(top["workspaces"], sentence)
        known = Setup(workspaces)
        lines: list[int] = []

        def route(node: yaml.Node) -> RouteSetup | None:
            found = self.route(node, known)
            if found is not None:
                lines.append(line_of(node))
            return found

        routes = self.every(top.get("routes"), route)
        feeds = self.every(top.get("feeds"), lambda node: self.feed(node, known))
        if "feeds" in top and len(set(feeds)) < len(feeds):
            self.wrong(top["feeds"], "One feed stands here twice for the same channel.")
        return Setup(workspaces, routes, feeds), tuple(lines)

    def workspace(self, node: yaml.Node) -> WorkspaceSetup | None:
        keys = ("platform", "id", "admins", "confidential", "retention_days", "people", "channels")
        found = self.pairs(node, keys, ("platform", "id"))
        platform = self.tried(found.get("platform"), self.one_of(*self.platforms), "")
        own_id = self.tried(found.get("id"), self.id, "")
        if platform == LOCAL and own_id not in ("", LOCAL):
            self.wrong(
                found["id"],
                f"The local chat is one workspace, and its id is “local”, not “{own_id}”.",
            )
        if "people" in found and platform not in ("", LOCAL):
            self.wrong(
                found["people"],
                f"I cannot make people on {platform}; only the local chat lists people.",
            )
        channels = self.every(found.get("channels"), self.channel)
        people = self.every(found.get("people"), self.person)
        for key, ids in (
            ("channels", [c.id for c in channels]),
            ("people", [p.id for p in people]),
        ):
            if sentence := check.said_twice(ids):
                self.wrong(found[key], sentence)
        return WorkspaceSetup(
            platform=platform,
            id=own_id,
            admins=self.list_of(found.get("admins"), self.id),
            confidential=self.list_of(found.get("confidential"), self.short),
            retention_days=self.tried(found.get("retention_days"), self.whole(1, 36500), None),
            people=people,
            channels=channels,
        )

    def person(self, node: yaml.Node) -> PersonSetup | None:
        found = self.pairs(node, ("id", "name", "zone", "country"), ("id",))
        own_id = self.tried(found.get("id"), self.id, "")
        return PersonSetup(
            id=own_id,
            name=self.tried(found.get("name"), self.short, own_id.title()),
            zone=self.tried(found.get("zone"), lambda n: read_zone(self.text(n)), "UTC"),
            country=self.tried(found.get("country"), self.country, ""),
        )

    def country(self, node: yaml.Node) -> str:
        # Norway's code is read as a no.
        return read_country(str(node.value))

    def channel(self, node: yaml.Node) -> ChannelSetup | None:
        keys = (
            "id", "name", "ring", "members", "rhythm", "curators", "focus", "stage", "topics",
            "relays_a_day",
        )  # fmt: skip
        found = self.pairs(node, keys, ("id", "ring"))
        channel = ChannelSetup(
            id=self.tried(found.get("id"), self.id, ""),
            ring=self.tried(found.get("ring"), self.one_of(*RINGS), ""),
            name=self.tried(found.get("name"), lambda n: self.short(n).lstrip("#"), ""),
            members=self.tried(found.get("members"), self.members, None),
            rhythm=self.tried(found.get("rhythm"), self.rhythm, None),
            curators=self.list_of(found.get("curators"), self.id),
            focus=self.tried(found.get("focus"), self.one_of(*FOCUSES), ""),
            stage=self.tried(found.get("stage"), self.one_of(*STAGES), ""),
            topics=self.list_of(found.get("topics"), self.short),
            relays_a_day=self.tried(found.get("relays_a_day"), self.whole(1, 100), None),
        )
        if channel.ring:
            for key, sentence in check.channel_problems(channel):
                rhythm = found.get("rhythm")
                self.wrong(found.get(key) or self.inside(rhythm, key) or node, sentence)
        return channel

    def inside(self, node: yaml.Node | None, key: str) -> yaml.Node | None:
        """The value of a key in a mapping, where there is one; else the mapping."""
        if isinstance(node, yaml.MappingNode):
            return next((v for k, v in node.value if getattr(k, "value", "") == key), node)
        return node

    def members(self, node: yaml.Node) -> tuple[str, ...] | None:
        if isinstance(node, yaml.ScalarNode):
            if node.value == "all":
                return None
            raise Problem(
                node, f"“{str(node.value)[:40]}” is neither “all” nor a list of accounts."
            )
        found = self.list_of(node, self.id)
        if not node.value:
            raise Problem(node, "This lists nobody. Write “all”, or the accounts that belong.")
        return found

    def rhythm(self, node: yaml.Node) -> RhythmPlan | None:
        if isinstance(node, yaml.ScalarNode) and kind_of(node) == "null":
            return None
        keys = (
            "days", "at", "zone", "every", "monthly", "deliver", "entries", "nudges", "catch_up",
            "bank", "questions",
        )  # fmt: skip
        found = self.pairs(node, keys)
        plan = RhythmPlan()
        if "days" in found and "monthly" in found:
            self.wrong(found["monthly"], "A rhythm has either days of the week or a monthly day.")
        if "monthly" in found and "every" in found:
            self.wrong(found["every"], "“every” counts weeks, and this rhythm is monthly.")
        bank = self.tried(found.get("bank"), self.bank, plan)
        if "bank" in found and "questions" in found:
            self.wrong(
                found["bank"], "This rhythm has questions of its own, so the bank is not used."
            )
        return RhythmPlan(
            days=self.days(found.get("days")) if "days" in found else plan.days,
            at=self.tried(found.get("at"), self.at, plan.at),
            zone=self.tried(found.get("zone"), self.zone, plan.zone),
            every=self.tried(found.get("every"), self.whole(1, 52), plan.every),
            monthly=self.tried(found.get("monthly"), self.monthly, plan.monthly),
            deliver=self.tried(found.get("deliver"), self.one_of("dm", "channel"), plan.deliver),
            entries=self.tried(
                found.get("entries"), self.one_of("thread", "private"), plan.entries
            ),
            nudges=self.tried(found.get("nudges"), self.whole(0, 2), plan.nudges),
            catch_up=self.tried(found.get("catch_up"), self.length, plan.catch_up),
            tags=bank.tags,
            focus=bank.focus,
            stage=bank.stage,
            questions=self.numbered(found.get("questions")),
        )

    def days(self, node: yaml.Node | None) -> tuple[str, ...]:
        def day(item: yaml.Node) -> str:
            words = self.text(item).casefold()
            if words in _LONG_DAYS or words in DAYS:
                return words[:3]
            near = check.nearest(words, (*_LONG_DAYS, *DAYS))
            raise Problem(
                item, f"“{words[:40]}” is no day of the week. {near or 'Write it like mon.'}"
            )

        found = self.list_of(node, day)
        return tuple(day for day in DAYS if day in found)

    def at(self, node: yaml.Node) -> time:
        words = self.text(node)
        if getattr(node, "style", None) not in ("'", '"') and _UNQUOTED_TIME.fullmatch(words):
            raise Problem(
                node,
                f'Put the time in quotes, such as "09:00". Without them, YAML may take {words[:20]} for a number.',
            )
        return read_time(words)

    def zone(self, node: yaml.Node) -> str:
        words = self.text(node)
        return words if words == "person" else read_zone(words)

    def monthly(self, node: yaml.Node) -> str:
        words = self.text(node).casefold()
        check_monthly(words)
        return str(int(words)) if words.isdigit() else words

    def length(self, node: yaml.Node) -> timedelta:
        return read_length(self.text(node))

    def bank(self, node: yaml.Node) -> RhythmPlan:
        found = self.pairs(node, ("tags", "focus", "stage"))
        return RhythmPlan(
            tags=self.list_of(found.get("tags"), self.tag),
            focus=self.tried(found.get("focus"), self.one_of(*FOCUSES), ""),
            stage=self.tried(found.get("stage"), self.one_of(*STAGES), ""),
        )

    def tag(self, node: yaml.Node) -> str:
        return self.one_of(*TAGS)(node)

    def numbered(self, node: yaml.Node | None) -> tuple[Question, ...]:
        """The questions; one without a key is named by its place."""
        found = [self.tried(item, self.question, None) for item in self.listed(node)]
        return tuple(
            Question(one.key or f"q{i}", one.ask, one.kind, one.role, one.optional, one.options)
            for i, one in enumerate(found, 1)
            if one is not None
        )

    def question(self, node: yaml.Node) -> Question:
        found = self.pairs(node, ("key", "ask", "kind", "role", "optional", "options"), ("ask",))
        return Question(
            key=self.tried(found.get("key"), self.question_key, ""),
            ask=self.tried(found.get("ask"), self.text, ""),
            kind=self.tried(found.get("kind"), self.one_of(*KINDS), "text"),
            role=self.tried(found.get("role"), self.role, ""),
            optional=self.tried(found.get("optional"), self.truth, False),
            options=self.list_of(found.get("options"), self.short),
        )

    def question_key(self, node: yaml.Node) -> str:
        words = self.text(node)
        if not _KEY.fullmatch(words):
            raise Problem(
                node, f"“{words[:40]}” is no key. Use small letters and digits, such as plan."
            )
        return words

    def role(self, node: yaml.Node) -> str:
        if kind_of(node) == "null" or str(node.value) in ("", "none"):
            return ""
        return self.one_of(*(role for role in ROLES if role), "none")(node)

    def place(self, node: yaml.Node, known: Setup) -> Place:
        try:
            place = Place.parse(self.text(node))
        except ValueError as no:
            raise Problem(node, str(no)) from None
        if place.thread or place.is_direct or place.platform not in self.platforms:
            raise Problem(
                node,
                f"“{place}” is no channel of {' or '.join(self.platforms)}. Write slack:T01TEST/C01GEN.",
            )
        for part in (place.workspace, place.channel):
            if not ID.fullmatch(part):
                raise Problem(node, f"“{part[:60]}” is no id.")
        workspace = known.workspace(place.workspace_id)
        if workspace is not None and workspace.channel(place.channel) is None:
            hint = check.nearest(place.channel, [channel.id for channel in workspace.channels])
            raise Problem(
                node,
                f"{place.workspace_id} has no channel {place.channel} in this file. {hint}".strip(),
            )
        return place

    def route(self, node: yaml.Node, known: Setup) -> RouteSetup | None:
        found = self.pairs(node, ("from", "to", "topics"), ("from", "to"))
        start = self.tried(found.get("from"), lambda n: self.place(n, known), None)
        end = self.tried(found.get("to"), lambda n: self.place(n, known), None)
        topics = self.list_of(found.get("topics"), self.short)
        if start is None or end is None:
            return None
        if known.workspace(start.workspace_id) is None:
            raise Problem(
                found["from"],
                f"A route belongs to where it starts, and this file does not set up {start.workspace_id}.",
            )
        return RouteSetup(start, end, topics)

    def feed(self, node: yaml.Node, known: Setup) -> FeedSetup | None:
        found = self.pairs(node, ("url", "to"), ("url", "to"))
        url = self.tried(found.get("url"), self.address, None)
        to = self.tried(found.get("to"), lambda n: self.place(n, known), None)
        if url is None or to is None:
            return None
        if known.workspace(to.workspace_id) is None:
            raise Problem(
                found["to"],
                f"This file does not set up {to.workspace_id}, so it cannot add a feed there.",
            )
        return FeedSetup(url, to)

    def address(self, node: yaml.Node) -> str:
        words = self.text(node)
        try:
            parts = urlsplit(words)
        except ValueError:
            parts = urlsplit("")
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or " " in words
            or len(words) > 500
        ):
            raise Problem(node, f"“{words[:60]}” is no address of a feed. It begins with https://")
        return words
