"""How a call to Slack can fail, as the port tells it, in sentences for the person who can act."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.chat import Busy, Refused, Unsure

UNREACHED_SECONDS: Final = 10.0
"""How long to leave Slack alone when it cannot be reached at all."""

_REINSTALL: Final = "Install it again on the app's page at Slack and give Outloud the new token."

_SENTENCES: Final = {
    "not_in_channel": "The bot is not a member of {place}: type /invite @Outloud there.",
    "channel_not_found": "Slack shows the bot no channel {place}: it is gone, or private, and then "
    "somebody in it can type /invite @Outloud.",
    "is_archived": "The channel {place} is archived: unarchive it, or configure another.",
    "account_inactive": "The token belongs to a workspace or bot that is no longer active. "
    + _REINSTALL,
    "invalid_auth": f"Slack does not accept the bot's token. {_REINSTALL}",
    "not_authed": f"Slack got no token from the bot. {_REINSTALL}",
    "token_revoked": f"The bot's token was revoked. {_REINSTALL}",
    "token_expired": f"The bot's token has expired. {_REINSTALL}",
    "missing_scope": "The app lacks the permission {needed}: add it to the app's bot scopes (see "
    "outloud manifest slack) and install the app again.",
    "not_allowed_token_type": "Slack wants another kind of token for this: SLACK_BOT_TOKEN begins "
    "with xoxb- and SLACK_APP_TOKEN with xapp-.",
    "msg_too_long": "The message is longer than Slack allows.",
    "msg_blocks_too_long": "The message is longer than Slack allows.",
    "invalid_blocks": "Slack does not accept the layout of this message ({detail}).",
    "user_not_found": "Slack knows nobody with the id {place}.",
    "users_not_found": "Slack knows nobody with the id {place}.",
    "user_disabled": "The account {place} is closed.",
    "cannot_dm_bot": "{place} is a bot, and bots cannot write to each other.",
    "messages_tab_disabled": "Nobody can get direct messages from the app: switch on the Messages "
    "tab under App Home on the app's page at Slack.",
    "restricted_action": "An admin of the workspace has restricted who may post in {place}.",
    "restricted_action_read_only_channel": "{place} is read only: let the app post there in the "
    "channel's posting permissions.",
    "restricted_action_thread_only_channel": "In {place} one may only reply in threads.",
    "restricted_action_non_threadable_channel": "In {place} there are no threads.",
    "restricted_action_thread_locked": "The thread in {place} is locked.",
    "cant_update_message": "This message is not the bot's own, so it cannot change it.",
    "edit_window_closed": "The workspace's settings no longer allow this message to be edited.",
    "message_not_found": "The message is no longer there.",
    "thread_not_found": "The thread in {place} is no longer there.",
    "cant_delete_message": "The bot may not delete this message.",
    "team_access_not_granted": "The organisation has not given the app access to this workspace: "
    "an organisation admin can add it.",
    "access_denied": "The workspace's settings deny the bot access to {place}.",
    "org_login_required": "The workspace is being moved in its organisation; it will be back.",
    "ekm_access_denied": "An admin has suspended posting in this workspace.",
}

_AUTH: Final = frozenset(
    ("account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired")
)
_PERHAPS: Final = frozenset(
    ("fatal_error", "internal_error", "service_unavailable", "request_timeout", "team_added_to_org")
)


def error_code(problem: BaseException) -> str:
    """Slack's own word for what went wrong; empty when it said nothing."""
    if not isinstance(problem, SlackApiError):
        return ""
    data = getattr(problem.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def is_about_the_token(problem: BaseException) -> bool:
    """Whether every other call with this token would fail in the same way."""
    return error_code(problem) in _AUTH


def failure(problem: BaseException, place: object = "") -> Busy | Refused | Unsure | None:
    """What a failed call means for the message: nothing yet, never, or perhaps; None for a bug."""
    if isinstance(problem, SlackApiError):
        return _answered(problem, place)
    if isinstance(problem, aiohttp.ClientConnectorError):
        return Busy(UNREACHED_SECONDS, "Slack cannot be reached from here.", everywhere=True)
    if isinstance(problem, (aiohttp.ClientError, asyncio.TimeoutError, SlackClientError)):
        return Unsure(f"The connection to Slack was lost ({type(problem).__name__}).")
    return None


def _answered(problem: SlackApiError, place: object) -> Busy | Refused | Unsure:
    response: Any = problem.response
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    headers = getattr(response, "headers", None) or {}
    code = error_code(problem)
    if status == 429 or code in ("ratelimited", "rate_limited", "message_limit_exceeded"):
        return Busy(_seconds(headers.get("Retry-After", "")))
    if status >= 500 or code in _PERHAPS or not code:
        return Unsure(f"Slack had a problem of its own ({code or status}).")
    data = response.data
    sentence = _SENTENCES.get(code, "Slack refused this for {place}: {code}.")
    said = sentence.format(
        place=place or "there",
        code=code,
        needed=data.get("needed") or "it needs",
        detail="; ".join(map(str, data.get("errors") or ())) or code,
    )
    return Refused(said)


def _seconds(written: str) -> float:
    try:
        return max(1.0, float(written))
    except ValueError:
        return 1.0
