"""OAuth v2 at the loopback Slack: permissions given in a browser, exchanged for a token once."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.wire.slack.methods import Failed
from tests.wire.slack.world import Team, new_ident

Json = dict[str, Any]


class Grants:
    """The codes that were given and not yet exchanged."""

    def __init__(self, app_id: str, client_id: str, client_secret: str) -> None:
        self.app_id = app_id
        self.client_id = client_id
        self.client_secret = client_secret
        self.redirect_urls: set[str] = set()
        self.scopes: tuple[str, ...] = ()
        self._codes: dict[str, tuple[Team, str]] = {}

    def allow(self, location: str, team: Team, *, user: str) -> str:
        """Somebody allows the app at Slack's page, and the browser goes back to this address."""
        asked = parse_qs(urlsplit(location).query)
        assert asked["client_id"] == [self.client_id], "bad client_id"
        assert asked["redirect_uri"][0] in self.redirect_urls, "bad redirect_uri"
        assert set(asked["scope"][0].split(",")) <= set(self.scopes), "bad scope"
        code = new_ident("code")
        team.install(f"xoxb-{team.id}-{code}", tuple(asked["scope"][0].split(",")))
        self._codes[code] = team, user
        return f"{asked['redirect_uri'][0]}?code={code}&state={asked['state'][0]}"

    def exchange(self, authorization: str, args: Json) -> Json:
        """The token for a code."""
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if given != f"{self.client_id}:{self.client_secret}":
            raise Failed("bad_client_secret")
        if args.get("code") not in self._codes:
            raise Failed("invalid_code")
        team, user = self._codes.pop(args["code"])
        assert team.bot is not None
        return {
            "app_id": self.app_id,
            "authed_user": {"id": user},
            "scope": ",".join(team.scopes),
            "token_type": "bot",
            "access_token": team.token,
            "bot_user_id": team.bot.id,
            "team": {"id": team.id, "name": team.id},
            "enterprise": {"id": team.enterprise, "name": "Org"} if team.enterprise else None,
            "is_enterprise_install": False,
        }
