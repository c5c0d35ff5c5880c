"""The set-up: what an admin decides, whichever way they say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.chat import Place
from bot.checkins.rules import RhythmPlan

PLATFORMS = ("local", "slack", "discord")
LOCAL = "local"
"""The platform whose people and channels the bot makes itself, and whose one workspace has the same name."""


@dataclass(frozen=True, slots=True)
class PersonSetup:
    """Somebody to make in the local chat; one who is there already stays as they are."""

    id: str
    name: str
    zone: str = "UTC"
    country: str = ""


@dataclass(frozen=True, slots=True)
class ChannelSetup:
    """One channel: its ring, and what goes with that ring."""

    id: str
    ring: str
    name: str = ""
    """What people call it; empty for its id."""
    members: tuple[str, ...] | None = None
    """Accounts, or None for everybody who is in the channel."""
    rhythm: RhythmPlan | None = None
    curators: tuple[str, ...] = ()
    focus: str = ""
    stage: str = ""
    topics: tuple[str, ...] = ()
    relays_a_day: int | None = None
    """How many lessons enter it within a day, or None for the usual number."""

    @property
    def title(self) -> str:
        return f"#{self.name or self.id}"


@dataclass(frozen=True, slots=True)
class WorkspaceSetup:
    """One workspace with everything in it that is configured."""

    platform: str
    id: str
    admins: tuple[str, ...] = ()
    confidential: tuple[str, ...] = ()
    retention_days: int | None = None
    people: tuple[PersonSetup, ...] = ()
    channels: tuple[ChannelSetup, ...] = ()

    @property
    def workspace_id(self) -> str:
        return f"{self.platform}:{self.id}"

    def place(self, channel: ChannelSetup) -> Place:
        return Place(self.platform, self.id, channel.id)

    def channel(self, channel_id: str) -> ChannelSetup | None:
        return next((one for one in self.channels if one.id == channel_id), None)

    def with_channel(self, channel: ChannelSetup) -> WorkspaceSetup:
        """This workspace with a channel put in the place of the one with its id, or added."""
        if self.channel(channel.id) is None:
            return replace(self, channels=(*self.channels, channel))
        kept = tuple(channel if one.id == channel.id else one for one in self.channels)
        return replace(self, channels=kept)


@dataclass(frozen=True, slots=True)
class RouteSetup:
    """From one channel to another, one ring further out or in."""

    start: Place
    end: Place
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedSetup:
    """A feed whose new items a channel's curators are shown."""

    url: str
    to: Place


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that is configured."""

    workspaces: tuple[WorkspaceSetup, ...] = ()
    routes: tuple[RouteSetup, ...] = ()
    feeds: tuple[FeedSetup, ...] = ()

    def workspace(self, workspace_id: str) -> WorkspaceSetup | None:
        return next((one for one in self.workspaces if one.workspace_id == workspace_id), None)

    def channel(self, place: Place) -> ChannelSetup | None:
        workspace = self.workspace(place.workspace_id)
        return workspace.channel(place.channel) if workspace else None

    def title(self, place: Place) -> str:
        """What to call a place: the channel's name when it is set up here."""
        channel = self.channel(place)
        return channel.title if channel else str(place)

    def only(self, workspace_ids: Sequence[str]) -> Setup:
        """The part of this set-up that is about these workspaces; a route belongs to where it starts."""
        return Setup(
            tuple(one for one in self.workspaces if one.workspace_id in workspace_ids),
            tuple(one for one in self.routes if one.start.workspace_id in workspace_ids),
            tuple(one for one in self.feeds if one.to.workspace_id in workspace_ids),
        )

    def changed_to(self, wanted: Setup) -> Setup:
        """This set-up with the workspaces that `wanted` names as `wanted` has them, and the others as they are."""
        named = [one.workspace_id for one in wanted.workspaces]
        others = self.only([o.workspace_id for o in self.workspaces if o.workspace_id not in named])
        rest = tuple(one for one in self.routes if one.start.workspace_id not in named)
        return Setup(
            (*others.workspaces, *wanted.workspaces),
            (*rest, *wanted.routes),
            (*others.feeds, *wanted.feeds),
        )

    def with_channel(
        self, place: Place, channel: ChannelSetup | None, routes: Sequence[RouteSetup]
    ) -> Setup:
        """This set-up with one channel and the routes that start there as they are given, or without it."""
        workspace = self.workspace(place.workspace_id)
        if workspace is None:
            workspace = WorkspaceSetup(place.platform, place.workspace)
        elsewhere = tuple(one for one in self.routes if one.start != place)
        if channel is None:
            kept = tuple(one for one in workspace.channels if one.id != place.channel)
            workspace = replace(workspace, channels=kept)
            elsewhere = tuple(one for one in elsewhere if one.end != place)
        else:
            workspace = workspace.with_channel(channel)
        others = tuple(one for one in self.workspaces if one.workspace_id != place.workspace_id)
        return replace(self, workspaces=(*others, workspace), routes=(*elsewhere, *routes))
