"""The board: pages of the core in a browser, for whoever came in by a link that the bot gave in chat."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.web.board_pass import PATH, Passes
from adapters.web.paper import STATIC, answer, render, static_path
from bot.chat import AccountId
from bot.chat.pages import Drawing, Guest, Link, Outcome, Page, Pages

LOOK_SECONDS: Final = 10.0
"""How often an open page is looked at for something new."""
PING_SECONDS: Final = 20
KEPT: Final = 512
"""So many drawings are remembered, with whoever saw them."""
CHATS: Final = ("https://", "http://", "/c/", "/?")
"""How the addresses of messages in chats begin."""
FILES: Final = frozenset({"board.css", "board.js", "icon.svg"})
STATUS: Final[Mapping[Outcome, int]] = {"shown": 200, "missing": 404, "closed": 403, "over": 410}
FOREVER: Final = "max-age=31536000, immutable"
SVG_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A drawing has its colours in it, and nothing that runs."""
LONGEST: Final = 4_000
"""The most characters of a query that are looked at."""


def board_routes(
    pages: Pages,
    *,
    keys: Callable[[], Sequence[str]],
    secure: bool,
    now: Callable[[], datetime],
    look_seconds: float = LOOK_SECONDS,
) -> list[Route]:
    """The addresses of the board; `keys` give what signs its cookies, newest first."""
    board = _Board(pages, Passes(keys, secure, now), look_seconds)
    return [
        Route(f"{PATH}{static_path()}/{{name}}", board.file),
        Route(f"{PATH}/enter/{{ticket}}", board.door, methods=["GET"]),
        Route(f"{PATH}/enter/{{ticket}}", board.enter, methods=["POST"]),
        Route(f"{PATH}/leave", board.leave, methods=["POST"]),
        Route(f"{PATH}/changes", board.changes),
        Route(f"{PATH}/pictures/{{name}}.svg", board.picture),
        Route(PATH, board.page),
        Route(f"{PATH}/{{path:path}}", board.page),
    ]


class _Board:
    def __init__(self, pages: Pages, passes: Passes, look_seconds: float) -> None:
        self.pages = pages
        self.passes = passes
        self.look_seconds = look_seconds
        self._drawings: OrderedDict[tuple[AccountId, str], Drawing] = OrderedDict()
        self._drawing = asyncio.Lock()

    async def door(self, request: Request) -> Response:
        """What a link shows: one button, so that a program which looks at the link does not use it up."""
        return _paper(await self.pages.door(request.path_params["ticket"]), at=request.url.path)

    async def enter(self, request: Request) -> Response:
        """The button of a link."""
        came = await self.pages.enter(request.path_params["ticket"])
        if isinstance(came, Page):
            return _paper(came)
        inside = RedirectResponse(PATH, 303, headers={"Cache-Control": "no-store"})
        self.passes.give(inside, came)
        return inside

    async def leave(self, request: Request) -> Response:
        """*Leave*."""
        outside = RedirectResponse(PATH, 303, headers={"Cache-Control": "no-store"})
        self.passes.take(outside)
        return outside

    async def page(self, request: Request) -> Response:
        """A page as its guest may read it now."""
        guest, path = self.passes.guest(request), request.path_params.get("path", "")
        page = await self._look(guest, path, request.url.query)
        response = _paper(page, path, request.url.query)
        if page.outcome == "closed":
            self.passes.take(response)
        return response

    async def picture(self, request: Request) -> Response:
        """A drawing of a page that its guest has seen; on another process the page is looked at again."""
        guest = self.passes.guest(request)
        key, _, look = request.path_params["name"].partition("-")
        shade, _, width = look.partition("-")
        if guest is None or shade not in ("light", "dark") or width not in ("wide", "narrow"):
            return _paper(await self.pages.page(None, "", {}))
        if (guest.account, key) not in self._drawings:
            path, _, query = request.query_params.get("at", "").partition("?")
            await self._look(guest, path, query)
        drawing = self._drawings.get((guest.account, key))
        if drawing is None:
            return Response("That picture is not drawn any more.\n", 404, media_type="text/plain")
        async with self._drawing:
            svg = await asyncio.to_thread(
                drawing.draw, "dark" if shade == "dark" else "light", width == "narrow"
            )
        headers = {"Cache-Control": f"private, {FOREVER}", "Content-Security-Policy": SVG_POLICY}
        return Response(svg, media_type="image/svg+xml", headers=headers)

    async def changes(self, request: Request) -> Response:
        """One event, once a page is not as it was seen."""
        guest = self.passes.guest(request)
        if guest is None:
            return _paper(await self.pages.page(None, "", {}))
        asked = request.query_params
        return EventSourceResponse(
            self._news(request, asked.get("at", ""), asked.get("seen", "")), ping=PING_SECONDS
        )

    async def _news(
        self, request: Request, at: str, seen: str
    ) -> AsyncIterator[dict[str, str | int]]:
        path, _, query = at.partition("?")
        yield {"retry": 5000, "event": "hello", "data": ""}
        while True:
            page = await self._look(self.passes.guest(request), path, query)
            if mark(page) != seen:
                break
            await asyncio.sleep(self.look_seconds)
        yield {"event": "news", "data": ""}

    async def file(self, request: Request) -> Response:
        """A file of the pages themselves."""
        name = request.path_params["name"]
        if name not in FILES:
            return Response("There is no such file.\n", 404, media_type="text/plain")
        return FileResponse(STATIC / name, headers={"Cache-Control": f"public, {FOREVER}"})

    async def _look(self, guest: Guest | None, path: str, query: str) -> Page:
        asked = dict(reversed(parse_qsl(query[:LONGEST], errors="replace", max_num_fields=None)))
        page = await self.pages.page(guest, path.strip("/"), asked)
        if guest is not None:
            for drawing in page.drawings:
                self._drawings[guest.account, drawing.key] = drawing
                self._drawings.move_to_end((guest.account, drawing.key))
            while len(self._drawings) > KEPT:
                self._drawings.popitem(last=False)
        return page


def mark(page: Page) -> str:
    """By what one sees that a page is as it was."""
    shown = render("board_main.html", page=page, at="", **_ways())
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


def _paper(page: Page, path: str = "", query: str = "", *, at: str = "") -> Response:
    here = f"{path.strip('/')}?{query}" if query else path.strip("/")
    return answer(
        "board.html",
        status=STATUS[page.outcome],
        headers={"X-Robots-Tag": "noindex", "Referrer-Policy": "same-origin"},
        page=page,
        door=at,
        at=here,
        here=href(here),
        mark=mark(page),
        **_ways(),
    )


def _ways() -> dict[str, object]:
    return {"href": href, "picture": picture, "to_board": _to_board}


def _to_board(link: Link) -> str:
    return href(link.to)


def href(to: str) -> str:
    """The address of a page of the board; of a message in a chat, as it is."""
    if to.startswith(CHATS):
        return to
    if not to or to.startswith("?"):
        return f"{PATH}{to}"
    path, mark_, query = to.partition("?")
    return f"{PATH}/{quote(path)}{mark_}{query}"


def picture(key: str, shade: str, width: str, at: str) -> str:
    """The address of a drawing, which says on which page it stands."""
    page = f"?{urlencode({'at': at})}" if at else ""
    return f"{PATH}/pictures/{key}-{shade}-{width}.svg{page}"
