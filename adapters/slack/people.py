"""Who is who on Slack: names, zones, members, and the direct message with each person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.slack.read import PLATFORM, SLACKBOT, read_profile
from adapters.slack.refusals import error_code
from adapters.slack.workspaces import Workspace, Workspaces
from bot.chat import AccountId, Busy, Place, Profile, Refused, Unsure
from bot.chat.recent import Recent

FRESH: Final = timedelta(hours=1)
"""A profile is asked for again after this time, and at once when Slack says that it has changed."""
AT_ONCE: Final = 4
PAGE: Final = 200

_UNKNOWN: Final = ("user_not_found", "users_not_found", "user_not_visible")


class People:
    """Asks Slack about people one by one, and remembers the answers for a while."""

    def __init__(self, workspaces: Workspaces, *, now: Callable[[], datetime]) -> None:
        self._workspaces = workspaces
        self._now = now
        self._profiles: Recent[AccountId, tuple[Profile | None, datetime]] = Recent()
        self._channel_names: Recent[tuple[str, str], str] = Recent()
        self._direct: Recent[AccountId, str] = Recent()
        self._person: Recent[tuple[str, str], str] = Recent()
        self._bots: Recent[AccountId, bool] = Recent()

    async def profile(self, account: AccountId) -> Profile | None:
        """What Slack knows of somebody, at most an hour old."""
        known, asked_at = self._profiles.get(account, (None, None))
        if asked_at is not None and self._now() - asked_at < FRESH:
            return known
        workspace = await self._workspaces.get(account.workspace)
        try:
            told = await self._workspaces.call(
                account.workspace,
                workspace.client.users_info,
                account.id,
                user=account.id,
                include_locale=True,
            )
        except Refused as problem:
            if error_code(problem.__cause__ or problem) not in _UNKNOWN:
                raise
            profile = None
        else:
            profile = replace(read_profile(told["user"]), workspace=workspace.own.name)
        self._profiles.remember(account, (profile, self._now()))
        if profile is not None and profile.is_bot:
            self._bots.remember(account, True)
        return profile

    def forget(self, account: AccountId) -> None:
        """Ask again about somebody who has changed."""
        self._profiles.pop(account, None)

    async def members(self, channel: Place) -> tuple[AccountId, ...]:
        """The people in a channel; each is looked up once, because the list names bots alike."""
        workspace = await self._workspaces.get(channel.workspace)
        if channel.is_direct:
            return (channel.account,)
        ids: list[str] = []
        cursor = ""
        while True:
            told = await self._workspaces.call(
                channel.workspace,
                workspace.client.conversations_members,
                channel.channel,
                channel=channel.channel,
                limit=PAGE,
                **({"cursor": cursor} if cursor else {}),
            )
            ids += told["members"]
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        everyone = [
            AccountId(PLATFORM, channel.workspace, ident)
            for ident in ids
            if ident not in (workspace.own.user, SLACKBOT)
        ]
        free = asyncio.Semaphore(AT_ONCE)

        async def is_person(account: AccountId) -> bool:
            if account in self._bots:
                return False
            async with free:
                profile = await self.profile(account)
            return profile is not None and not profile.is_bot

        kept = await asyncio.gather(*map(is_person, everyone))
        return tuple(account for account, keep in zip(everyone, kept, strict=True) if keep)

    async def trouble_in(self, channel: Place) -> str:
        """Why the bot cannot work in a channel; empty when it can."""
        try:
            workspace = await self._workspaces.get(channel.workspace)
            told = await self._info(workspace, channel.channel)
        except (Busy, Refused, Unsure) as problem:
            return str(problem)
        name = told.get("name") or channel.channel
        if told.get("is_archived"):
            return f"#{name} is archived: unarchive it, or take it out of the set-up."
        if not told.get("is_member"):
            return f"Outloud is not in #{name}: type /invite @Outloud there."
        return ""

    async def names(self, workspace: Workspace, ids: Collection[str]) -> dict[str, str]:
        """What to call these people and channels; those that Slack does not tell in time are left out."""
        names: dict[str, str] = {}
        if not ids:
            return names
        try:
            async with asyncio.timeout(1):
                for ident in ids:
                    if name := await self._name(workspace, ident):
                        names[ident] = name
        except TimeoutError:
            pass
        return names

    async def _name(self, workspace: Workspace, ident: str) -> str:
        try:
            if ident[:1] in ("C", "G"):
                return await self._channel_name(workspace, ident)
            profile = await self.profile(AccountId(PLATFORM, workspace.own.workspace, ident))
        except (Busy, Refused, Unsure):
            return ""
        return profile.name if profile else ""

    async def _channel_name(self, workspace: Workspace, channel: str) -> str:
        key = (workspace.own.workspace, channel)
        if key not in self._channel_names:
            told = await self._info(workspace, channel)
            self._channel_names.remember(key, str(told.get("name") or channel))
        return self._channel_names[key]

    async def channel(self, workspace: Workspace, place: Place) -> str:
        """The id by which Slack knows a place: its own, or the direct message's."""
        if not place.is_direct:
            return place.channel
        account = place.account
        if account not in self._direct:
            told = await self._workspaces.call(
                place.workspace,
                workspace.client.conversations_open,
                account.id,
                users=account.id,
            )
            self.learn(account, told["channel"]["id"])
        return self._direct[account]

    def learn(self, account: AccountId, channel: str) -> None:
        """Remember the direct message with somebody."""
        self._direct.remember(account, channel)
        self._person.remember((account.workspace, channel), account.id)

    async def person(self, workspace: Workspace, channel: str) -> str:
        """With whom a direct message is."""
        key = (workspace.own.workspace, channel)
        if key not in self._person:
            told = await self._info(workspace, channel)
            if user := told.get("user"):
                self.learn(AccountId(PLATFORM, key[0], user), channel)
        return self._person.get(key, "")

    async def _info(self, workspace: Workspace, channel: str) -> dict[str, Any]:
        told = await self._workspaces.call(
            workspace.own.workspace,
            workspace.client.conversations_info,
            channel,
            channel=channel,
        )
        return dict(told["channel"])
