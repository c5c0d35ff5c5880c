"""Installations by OAuth: kept encrypted, found by workspace or organisation, removed when Slack says so."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.slack.read import PLATFORM
from adapters.slack.tables import SlackInstall
from bot.chat import Refused

NOT_INSTALLED: Final = "Outloud was not installed"
STATE_SECONDS: Final = 600
"""How long somebody may look at Slack's page of permissions before allowing them."""


@dataclass(frozen=True, slots=True)
class Install:
    """The app in one workspace, with its token in the clear."""

    bot_user_id: str
    bot_id: str
    enterprise_id: str
    token: str = field(repr=False)
    name: str = ""


class Vault:
    """Encrypts with the newest key and reads what any of the keys has written."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        if not keys:
            raise ValueError("Slack installations need a key: set OUTLOUD_SECRET_KEYS.")
        self._newest = Fernet(keys[0])
        self._all = MultiFernet([Fernet(key) for key in keys])

    def lock(self, words: str) -> str:
        """Encrypt with the newest key."""
        return self._newest.encrypt(words.encode()).decode()

    def open(self, locked: str, *, ttl: int | None = None) -> str:
        """Decrypt; raises InvalidToken for what no key has written, or more than `ttl` seconds ago."""
        return self._all.decrypt(locked.encode(), ttl=ttl).decode()

    def renew(self, locked: str) -> str | None:
        """The same, locked with the newest key; None when it already is."""
        try:
            self._newest.decrypt(locked.encode())
        except InvalidToken:
            return self._all.rotate(locked.encode()).decode()
        return None


class Installs(AsyncInstallationStore):
    """Every workspace that installed the app."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        vault: Vault,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._now = now
        self.saved: list[Callable[[str], None]] = []
        """Who wants to know that a workspace was installed anew."""

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation in place of an older one of the same workspace."""
        workspace = installation.team_id or installation.enterprise_id
        if not workspace or not installation.bot_token or not installation.bot_user_id:
            raise Refused("Slack's answer to the installation names no workspace or no bot.")
        if installation.is_enterprise_install:
            workspace = installation.enterprise_id or workspace
        scopes = installation.bot_scopes or ()
        row = SlackInstall(
            workspace_id=_tenant(workspace),
            enterprise_id=installation.enterprise_id or "",
            is_enterprise=bool(installation.is_enterprise_install),
            app_id=installation.app_id or "",
            name=installation.team_name or installation.enterprise_name or "",
            token=self._vault.lock(installation.bot_token),
            bot_id=installation.bot_id or "",
            bot_user_id=installation.bot_user_id,
            scopes=scopes if isinstance(scopes, str) else ",".join(scopes),
            installed_by=installation.user_id or "",
            installed_at=self._now(),
        )
        async with self._sessions.begin() as session:
            await session.merge(row)
        for tell in self.saved:
            tell(workspace)

    async def find(self, workspace: str, enterprise: str = "") -> Install | None:
        """The installation in a workspace, or in the organisation it belongs to.

        Raises `Refused` when none of the keys can read its token.
        """
        async with self._sessions.begin() as session:
            row = await session.get(SlackInstall, _tenant(workspace))
            if row is None and enterprise:
                whole = await session.get(SlackInstall, _tenant(enterprise))
                if whole is not None and whole.is_enterprise:
                    # Places name the workspace alone, so it must be found later without its organisation.
                    row = await session.merge(_for_team(whole, workspace))
            if row is None:
                return None
            try:
                row.token = self._vault.renew(row.token) or row.token
            except InvalidToken:
                raise Refused(
                    f"The token of the Slack workspace {workspace} cannot be read with the keys in "
                    "OUTLOUD_SECRET_KEYS: add the key it was written with behind them, or let the "
                    "workspace install the app again."
                ) from None
            token = self._vault.open(row.token)
            return Install(row.bot_user_id, row.bot_id, row.enterprise_id, token, row.name)

    async def remove(self, workspace: str) -> None:
        """Keep nothing of an installation; an organisation's goes with all that came from it."""
        async with self._sessions.begin() as session:
            row = await session.get(SlackInstall, _tenant(workspace))
            gone = SlackInstall.workspace_id == _tenant(workspace)
            if row is not None and row.is_enterprise:
                gone = (SlackInstall.enterprise_id == row.enterprise_id) & (
                    SlackInstall.is_enterprise.is_(True)
                )
            await session.execute(delete(SlackInstall).where(gone))


def _tenant(workspace: str) -> str:
    return f"{PLATFORM}:{workspace}"


def _for_team(row: SlackInstall, workspace: str) -> SlackInstall:
    return SlackInstall(
        workspace_id=_tenant(workspace),
        enterprise_id=row.enterprise_id,
        is_enterprise=True,
        app_id=row.app_id,
        name=row.name,
        token=row.token,
        bot_id=row.bot_id,
        bot_user_id=row.bot_user_id,
        scopes=row.scopes,
        installed_by=row.installed_by,
        installed_at=row.installed_at,
    )


class States(AsyncOAuthStateStore):
    """The proof that an installation was begun here: a sealed ticket, so that any process can check it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """A new ticket, good for ten minutes and, by Slack's cookie check, for one browser."""
        return self._vault.lock(f"install {secrets.token_urlsafe(16)}")

    async def async_consume(self, state: str) -> bool:
        """Whether this ticket is ours and not too old."""
        try:
            return self._vault.open(state, ttl=STATE_SECONDS).startswith("install ")
        except InvalidToken:
            return False


def oauth_flow(
    *,
    client: AsyncWebClient,
    client_id: str,
    client_secret: str,
    public_url: str,
    scopes: tuple[str, ...],
    installs: Installs,
    vault: Vault,
) -> AsyncOAuthFlow:
    """Bolt's own flow over our installations; Slack's page is where `client` finds its API."""
    base = client.base_url.removesuffix("api/")
    return AsyncOAuthFlow(
        client=client,
        logger=client.logger,
        settings=AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=scopes,
            user_scopes=(),
            redirect_uri=f"{public_url}/slack/oauth_redirect",
            install_path="/slack/install",
            # Bolt's own page shows pictures from elsewhere; Slack's page says all that one must know.
            install_page_rendering_enabled=False,
            redirect_uri_path="/slack/oauth_redirect",
            authorization_url=f"{base}oauth/v2/authorize",
            installation_store=installs,
            state_store=States(vault),
            state_expiration_seconds=STATE_SECONDS,
            callback_options=AsyncCallbackOptions(_installed, _not_installed),
            logger=client.logger,
        ),
    )


async def _installed(done: AsyncSuccessArgs) -> BoltResponse:
    return page(
        200,
        "Outloud is in your workspace",
        "Open Slack and type /outloud to see what comes next. You can close this page.",
    )


async def _not_installed(done: AsyncFailureArgs) -> BoltResponse:
    sentence = _WHY.get(done.reason, "Slack did not finish the installation.")
    return page(
        done.suggested_status_code,
        NOT_INSTALLED,
        f"{sentence} Please start again at /slack/install.",
    )


_WHY: Final = {
    "access_denied": "The permissions were not given.",
    "invalid_browser": "This page was opened in another browser than the one that began.",
    "invalid_state": "More than ten minutes went by.",
    "missing_code": "Slack's answer was not complete.",
    "invalid_code": "Slack no longer accepts this answer.",
}


def page(status: int, title: str, sentence: str) -> BoltResponse:
    """One sentence to the person who installs."""
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{title}</title>'
        f"<h1>{title}</h1><p>{sentence}</p></html>"
    )
    headers: dict[str, str | Sequence[str]] = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'",
    }
    return BoltResponse(status=status, body=body, headers=headers)
