"""Which of Slack's deliveries are for a workspace that the bot is in."""

from __future__ import annotations

from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize

from adapters.slack.workspaces import Workspaces


class Authorize(AsyncAuthorize):
    """Lets in what comes from a workspace the bot is in.

    Raises when that cannot be told now, so that Slack delivers the event again.
    """

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        found = await self._workspaces.find(team_id or enterprise_id or "", enterprise_id or "")
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=found.own.user,
            bot_id=found.own.bot,
            bot_token=found.token,
        )
