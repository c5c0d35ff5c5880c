"""Who may look at the board from a browser: a signed cookie, in which a guest of the core is written."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.chat import AccountId
from bot.chat.pages import Guest

COOKIE: Final = "outloud_board"
PATH: Final = "/board"
_LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Passes:
    """Gives passes to guests, and reads them back."""

    keys: Callable[[], Sequence[str]]
    """Newest first: the first one signs, and what any of them signed is read."""
    secure: bool
    """Whether the board is reached by https alone."""
    now: Callable[[], datetime]

    def give(self, response: Response, guest: Guest) -> None:
        """Let the browser that gets this answer come as this guest."""
        response.set_cookie(
            COOKIE,
            self.write(guest),
            max_age=int((guest.until - self.now()).total_seconds()),
            path=PATH,
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def take(self, response: Response) -> None:
        """Let the browser that gets this answer come as nobody."""
        response.delete_cookie(COOKIE, path=PATH, secure=self.secure, httponly=True, samesite="lax")

    def guest(self, request: Request) -> Guest | None:
        """Who asks; None for nobody in particular."""
        return self.read(request.cookies.get(COOKIE, ""))

    def write(self, guest: Guest) -> str:
        account = guest.account
        times = guest.entered_at.isoformat(), guest.until.isoformat()
        said = [account.platform, account.workspace, account.id, *times]
        body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
        return f"{body}.{_signed(self.keys()[0], body)}"

    def read(self, written: str) -> Guest | None:
        """The guest in a cookie; None when nobody here wrote it, or long ago."""
        body, dot, signature = written.partition(".")
        if not dot or len(written) > _LONGEST or not written.isascii():
            return None
        if not any(hmac.compare_digest(_signed(key, body), signature) for key in self.keys()):
            return None
        try:
            platform, workspace, account, *times = json.loads(base64.urlsafe_b64decode(body))
            entered_at, until = map(datetime.fromisoformat, times)
        except (ValueError, TypeError, binascii.Error):
            return None
        guest = Guest(AccountId(platform, workspace, account), entered_at, until)
        return guest if self.now() < until else None


def _signed(key: str, body: str) -> str:
    made = hmac.digest(base64.urlsafe_b64decode(key), f"outloud board {body}".encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode()
