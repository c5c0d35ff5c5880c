"""What a page sends: who acts, where, on what, and how much of it is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote
from uuid import uuid4

from starlette.requests import Request

from adapters.web.changes import Live
from adapters.web.people import LocalPerson, Town, load_town
from adapters.web.read import account_of, number_of, place_of
from bot.chat import AccountId, Place

COOKIE: Final = "outloud_as"
LARGEST: Final = 4_000_000
"""The most bytes of one request, so that a megabyte of any writing still gets a useful answer."""
_MOST_FIELDS: Final = 1_000


class Sorry(Exception):
    """Something that cannot be done, in one sentence for the person who asked for it."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Sent:
    """What one request of a page says."""

    viewer: LocalPerson
    town: Town
    by: AccountId
    channel: str
    thread: int
    message: int
    """The message acted on; 0 for none."""
    only: str
    """The page's own id of a card that only the viewer sees; empty for none."""
    key: str
    """Made by the page, and the same when it sends the same act again."""
    pairs: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """What was sent under a name; empty for nothing."""
        return next((value for key, value in self.pairs if key == name), "")

    @property
    def place(self) -> Place:
        """Where the viewer is."""
        return place_of(self.by.workspace, self.channel, self.thread)


def address(channel: str) -> str:
    """Where the page of a channel is; everybody finds their own direct message at the root."""
    return "/" if channel.startswith("@") else f"/c/{quote(channel, safe='')}"


def viewer_of(request: Request, town: Town, asked: str = "") -> LocalPerson | None:
    """Whom a request acts as: whom its page says, else the last choice, else the first person.

    Two pages of one browser may act as two people, so what a page says comes before the cookie.
    """
    for person in (asked, request.cookies.get(COOKIE, "")):
        if person in town.people:
            return town.people[person]
    return next(iter(town.people.values()), None)


async def read_sent(request: Request, live: Live) -> Sent:
    """Read a request; raises `Sorry` for one that is too large, malformed, or from nobody."""
    pairs = await _pairs(request)
    given = dict(reversed(pairs))
    asked = given.get("as", "")
    async with live.reading.begin() as session:
        town = await load_town(session, live.workspace)
    viewer = viewer_of(request, town, asked)
    if viewer is None or (asked and viewer.id != asked):
        raise Sorry(f"Nobody here is called {asked[:40]!r}. Reload the page.", 403)
    channel = given.get("channel", "") or f"@{viewer.id}"
    if not town.may_see(viewer.id, channel):
        raise Sorry(f"{viewer.name} cannot see {channel[:60]!r}.", 403)
    return Sent(
        viewer=viewer,
        town=town,
        by=account_of(live.workspace, viewer.id),
        channel=channel,
        thread=number_of(given.get("thread", "")),
        message=number_of(given.get("message", "")),
        only=given.get("only", ""),
        key=given.get("key", "") or str(uuid4()),
        pairs=tuple(pairs),
    )


async def _pairs(request: Request) -> list[tuple[str, str]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", ""):
        raise Sorry(f"A form was expected, not {kind[:60]!r}.", 415)
    body = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= LARGEST:
            body += chunk
    if size > LARGEST:
        raise Sorry(
            f"That is {size:,} bytes, and one message or form can bring {LARGEST:,}. "
            "It is still where you typed it: make it shorter.",
            413,
        )
    try:
        return parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise Sorry(f"That form has more than {_MOST_FIELDS:,} fields.", 400) from None
