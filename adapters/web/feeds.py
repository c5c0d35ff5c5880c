"""Atom feeds (RFC 4287), whose gaps are tombstones (RFC 6721)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.web.paper import render
from bot.chat.feeds import Feed, FindFeed

_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 holds in no form, not even escaped (section 2.2)."""
MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"
_TAG: Final = re.compile(r'"[^"]*"')


def feed_routes(find: FindFeed, *, public_url: str) -> tuple[Route, ...]:
    """The address of every feed."""

    async def feed(request: Request) -> Response:
        given = request.path_params
        found = await find(given["workspace"], given["channel"])
        if found is None:
            return PlainTextResponse("There is no such feed.\n", 404)
        body = write(found, public_url=public_url).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {
            "ETag": tag,
            "Last-Modified": format_datetime(found.changed_at.astimezone(UTC), usegmt=True),
            "Cache-Control": "no-cache",
        }
        if _is_known(request.headers, tag, found.changed_at):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=MEDIA_TYPE, headers=headers)

    return (Route("/feeds/{workspace}/{channel}.atom", feed),)


def write(feed: Feed, *, public_url: str) -> str:
    """A feed as XML."""
    path = f"{quote(feed.workspace, safe=':')}/{quote(feed.channel, safe='')}"
    address = f"{public_url.rstrip('/')}/feeds/{path}.atom"
    return _FORBIDDEN.sub("", render("feed.xml", feed=feed, address=address, when=_when))


def _when(moment: datetime) -> str:
    """An instant as RFC 3339 writes it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_known(headers: Mapping[str, str], tag: str, changed_at: datetime) -> bool:
    """Whether who asks has it as it is; a tag counts before a time (RFC 9110, 13.2.2)."""
    if (tags := headers.get("If-None-Match")) is not None:
        return tags.strip() == "*" or tag in _TAG.findall(tags)
    try:
        since = parsedate_to_datetime(headers.get("If-Modified-Since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and changed_at.replace(microsecond=0) <= since
