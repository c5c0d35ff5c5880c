"""Where things stand on a platform, and who stands behind them.

The strings inside are opaque to the core: an adapter makes them and takes them apart. Two rules are the same
everywhere, and stated only here: a thread is named by the message it hangs under, and the direct place of an
account is ``@`` and the account's id.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class AccountId:
    """One human on one platform in one workspace."""

    platform: str
    workspace: str
    id: str

    @property
    def workspace_id(self) -> str:
        """The tenant, as the tables name it."""
        return f"{self.platform}:{self.workspace}"

    @property
    def direct(self) -> Place:
        """The direct message between the bot and this account."""
        return Place(self.platform, self.workspace, f"@{self.id}")

    def __str__(self) -> str:
        return f"{self.platform}:{self.workspace}/@{self.id}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A channel, a thread in it, or a direct message: somewhere a message can stand."""

    platform: str
    workspace: str
    channel: str
    thread: str = ""

    @property
    def workspace_id(self) -> str:
        """The tenant, as the tables name it."""
        return f"{self.platform}:{self.workspace}"

    @property
    def is_direct(self) -> bool:
        return self.channel.startswith("@")

    @property
    def account(self) -> AccountId:
        """The account a direct place belongs to; raises ValueError for a channel."""
        if not self.is_direct:
            raise ValueError(f"{self} is a channel, not a direct message.")
        return AccountId(self.platform, self.workspace, self.channel[1:])

    @property
    def open(self) -> Place:
        """The channel or direct message itself, outside any thread."""
        return Place(self.platform, self.workspace, self.channel) if self.thread else self

    @classmethod
    def parse(cls, written: str) -> Place:
        """Read ``platform:workspace/channel`` or ``platform:workspace/channel/thread``, as `str` writes it.

        Raises ValueError with a sentence when a part is missing.
        """
        platform, colon, rest = written.partition(":")
        workspace, slash, inside = rest.partition("/")
        channel, _, thread = inside.partition("/")
        if not (colon and slash and platform and workspace and channel):
            raise ValueError(
                f"{written!r} is not a place: write platform:workspace/channel, such as local:local/team-harbour."
            )
        return cls(platform, workspace, channel, thread)

    def __str__(self) -> str:
        written = f"{self.platform}:{self.workspace}/{self.channel}"
        return f"{written}/{self.thread}" if self.thread else written


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """One posted message, or one part of a message that a platform made us split."""

    place: Place
    id: str

    @property
    def replies(self) -> Place:
        """Where an answer to this message goes: its thread, which is the thread it stands in if it is in one."""
        place = self.place
        if place.thread:
            return place
        return Place(place.platform, place.workspace, place.channel, self.id)

    @property
    def root(self) -> Ref:
        """The message that opened the thread this one stands in; itself when it stands in the open."""
        return Ref(self.place.open, self.place.thread) if self.place.thread else self
