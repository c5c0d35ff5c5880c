"""How the core's replies reach the one who acted: answers for them alone, modals, cards put in place of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import aiohttp
import structlog
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.forms import (
    Origin,
    must_be_kept,
    pages,
    with_complaints,
    write_form,
)
from adapters.slack.keep import Forms
from adapters.slack.read import Door
from adapters.slack.refusals import error_code
from adapters.slack.send import Messages
from adapters.slack.workspaces import Workspace, Workspaces, sdk_log
from adapters.slack.write import write_card, write_home, write_sheet
from bot.chat import (
    AccountId,
    Ask,
    Busy,
    Card,
    Done,
    Form,
    Place,
    Ref,
    Refused,
    Replace,
    Reply,
    Show,
    Text,
    Unsure,
    Wrong,
)

Json = dict[str, Any]

log = structlog.get_logger(__name__)

EXPIRED: Final = Card(
    text=Text.of(
        "Slack did not wait long enough for the form to open. Please try once more: "
        "whatever you had typed is kept."
    )
)
WAITING: Final = Card(title="One moment", text=Text.of("This takes a little longer than usual."))
KEPT: Final = Card(title="Done", text=Text.of("It is kept. You can close this."))
GONE: Final = Card(
    title="Please start again", text=Text.of("This form was open for too long, so it was put away.")
)

_LATE: Final = ("expired_trigger_id", "invalid_trigger_id", "trigger_expired")
_TAKEN: Final = ("exchanged_trigger_id", "trigger_exchanged")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acted, where, and what that lets us show."""

    by: AccountId
    place: Place
    door: Door
    on: Ref | None = None


class Answers:
    """Shows replies. Nothing here is needed for an act to be kept: that was done before."""

    def __init__(
        self,
        workspaces: Workspaces,
        messages: Messages,
        forms: Forms,
        http: aiohttp.ClientSession,
    ) -> None:
        self._workspaces = workspaces
        self._messages = messages
        self._forms = forms
        self._http = http

    async def show(self, reply: Reply, caller: Caller) -> None:
        """Show what a command or a press brought."""
        workspace = await self._workspaces.get(caller.by.workspace)
        match reply:
            case Show(card):
                await self.say(workspace, card, caller)
            case Ask(form):
                await self._open(workspace, form, caller)
            case Replace(card):
                await self._replace(workspace, card, caller)
            case Wrong(sentences):
                await self.say(workspace, Card(text=Text.of(*sentences.values())), caller)
            case Done():
                pass

    async def say(self, workspace: Workspace, card: Card, caller: Caller) -> None:
        """Show a card to the caller alone, in the best way that the act leaves open."""
        door = caller.door
        if door.response_url:
            await self._respond(workspace, card, door.response_url, replace_original=False)
        elif door.view and not door.is_home:
            await self._update(workspace, door.view, await self._sheet(workspace, card, caller))
        elif not door.trigger or not await self._open_sheet(workspace, card, caller):
            await self._whisper(workspace, card, caller)

    async def _respond(
        self, workspace: Workspace, card: Card, url: str, *, replace_original: bool
    ) -> None:
        client = AsyncWebhookClient(url, session=self._http, retry_handlers=[], logger=sdk_log)
        card, picture = await self._picture(workspace, card)
        for at, part in enumerate(write_card(card, picture=picture)):
            await client.send_dict(
                {
                    "response_type": "ephemeral",
                    "replace_original": replace_original and at == 0,
                    "text": part.text,
                    "blocks": list(part.blocks),
                }
            )

    async def _whisper(self, workspace: Workspace, card: Card, caller: Caller) -> None:
        card, picture = await self._picture(workspace, card)
        for part in write_card(card, picture=picture):
            await self._workspaces.call(
                workspace.own.workspace,
                workspace.client.chat_postMessage,
                caller.by.id,
                channel=caller.by.id,
                text=part.text,
                blocks=list(part.blocks),
                unfurl_links=False,
                unfurl_media=False,
            )

    async def _sheet(self, workspace: Workspace, card: Card, caller: Caller) -> Json:
        card, picture = await self._picture(workspace, card)
        return write_sheet(card, metadata=self._origin(caller).write(), picture=picture)

    async def _picture(self, workspace: Workspace, card: Card) -> tuple[Card, str]:
        """Hand the picture of a card to Slack; one that Slack takes too long to look at is told in words."""
        if card.picture is None:
            return card, ""
        try:
            return card, await self._messages.upload(workspace, card.picture)
        except (Busy, Unsure) as problem:
            log.info("picture told in words", problem=type(problem).__name__)
            return replace(card, text=card.text + Text.of(card.picture.alt)), ""

    async def _open_sheet(self, workspace: Workspace, card: Card, caller: Caller) -> bool:
        try:
            await self._workspaces.call(
                workspace.own.workspace,
                workspace.client.views_open,
                trigger_id=caller.door.trigger,
                view=await self._sheet(workspace, card, caller),
            )
        except Refused as problem:
            if _code(problem) in _TAKEN:
                return True
            if _code(problem) not in _LATE:
                raise
            return False
        return True

    def _origin(self, caller: Caller) -> Origin:
        """What a modal carries; one that opens from another carries on what that one came from."""
        if caller.door.origin is not None and not caller.door.is_home:
            return replace(caller.door.origin, kept=0, page=0)
        # Only a message that all can see has a ref; what the caller alone sees is reached by its URL.
        url = caller.door.response_url if caller.on is None else ""
        return Origin(caller.place, caller.on, url)

    async def _open(self, workspace: Workspace, form: Form, caller: Caller) -> None:
        view = await self.write(form, caller)
        client, door = workspace.client, caller.door
        inside = bool(door.view) and not door.is_home
        opens = client.views_push if inside else client.views_open
        try:
            await self._workspaces.call(
                workspace.own.workspace, opens, trigger_id=door.trigger, view=view
            )
        except Refused as problem:
            code = _code(problem)
            if code == "push_limit_reached":
                await self._update(workspace, door.view, view)
            elif code in _LATE:
                await self.say(workspace, EXPIRED, caller)
            elif code not in _TAKEN:
                # Taken: this act was delivered twice, and its form is open already.
                raise

    async def write(self, form: Form, caller: Caller) -> Json:
        """A form as a modal, kept on our side where the modal cannot hold it all."""
        origin = self._origin(caller)
        if must_be_kept(form):
            origin = replace(origin, kept=await self._forms.keep(caller.by, form))
        return write_form(form, origin)

    async def _update(self, workspace: Workspace, view_id: str, view: Json, hash: str = "") -> None:
        guard = {"hash": hash} if hash else {}
        await self._workspaces.call(
            workspace.own.workspace,
            workspace.client.views_update,
            view_id=view_id,
            view=view,
            **guard,
        )

    async def _replace(self, workspace: Workspace, card: Card, caller: Caller) -> None:
        if caller.on is not None:
            await self._messages.edit((caller.on,), card)
        elif caller.door.response_url:
            url = caller.door.response_url
            await self._respond(workspace, card, url, replace_original=True)
        elif caller.door.is_home:
            await self.publish(workspace, card, caller.by)
        else:
            await self.say(workspace, card, caller)

    async def publish(self, workspace: Workspace, card: Card, by: AccountId) -> None:
        """Show a card on somebody's Home tab."""
        await self._workspaces.call(
            workspace.own.workspace,
            workspace.client.views_publish,
            by.id,
            user_id=by.id,
            view=write_home(card),
        )

    # Forms that were sent

    async def close(self, reply: Reply, caller: Caller, view: Mapping[str, Any]) -> Json:
        """What Slack should do with a form that was sent, as its own answer says it."""
        origin = caller.door.origin
        if isinstance(reply, Wrong):
            return await self._keep_open(reply.sentences, caller, view)
        if origin is not None and origin.kept:
            await self._forms.drop(caller.by, origin.kept)
        match reply:
            case Show(card):
                sheet = write_sheet(card, metadata=self._origin(caller).write())
                return {"response_action": "update", "view": sheet}
            case Ask(form):
                return {"response_action": "update", "view": await self.write(form, caller)}
            case _:
                return {"response_action": "clear"}

    def waiting(self, caller: Caller) -> Json:
        """What stands in a form's place while its answer takes longer than Slack waits."""
        return write_sheet(WAITING, metadata=self._origin(caller).write())

    async def follow_up(self, reply: Reply, caller: Caller, *, late: bool) -> None:
        """Show what an answer to a sent form cannot show at once, or no longer when it is `late`."""
        workspace = await self._workspaces.get(caller.by.workspace)
        door = caller.door
        if isinstance(reply, Replace):
            url = door.origin.response_url if door.origin else ""
            where = replace(caller, door=Door(response_url=url))
            await self._replace(workspace, reply.card, where)
        elif isinstance(reply, Show) and reply.card.picture:
            sheet = await self._sheet(workspace, reply.card, caller)
            await self._update(workspace, door.view, sheet)
        if late and isinstance(reply, Replace | Done):
            await self._update(workspace, door.view, write_sheet(KEPT))

    async def finish(self, action: Json, caller: Caller, view: Mapping[str, Any]) -> None:
        """Do by a call what an answer to a sent form would have done, had it been in time."""
        workspace = await self._workspaces.get(caller.by.workspace)
        if "errors" in action:
            keyed = {block.partition(":")[2]: said for block, said in action["errors"].items()}
            action = {"view": with_complaints(view, keyed)}
        if "view" in action:
            await self._update(workspace, caller.door.view, action["view"])

    async def _keep_open(
        self, sentences: Mapping[str, str], caller: Caller, view: Mapping[str, Any]
    ) -> Json:
        blocks = [block for block in view["blocks"] if block["type"] == "input"]
        first = {block["block_id"].partition(":")[2]: block["block_id"] for block in blocks[::-1]}
        if sentences and set(sentences) <= set(first):
            errors = {first[key]: sentence for key, sentence in sentences.items()}
            return {"response_action": "errors", "errors": errors}
        origin = caller.door.origin
        form = await self._forms.fill(caller.by, origin.kept, {}) if origin else None
        if form is None or origin is None:
            return {"response_action": "update", "view": with_complaints(view, sentences)}
        where = [
            number
            for number, page in enumerate(pages(form))
            if any(field.key in sentences for field in page)
        ]
        page = replace(origin, page=where[0] if where else origin.page)
        return {"response_action": "update", "view": write_form(form, page, wrong=sentences)}

    async def turn(
        self, caller: Caller, values: Mapping[str, str], step: int
    ) -> tuple[Form | None, Json | None]:
        """Keep the values of a form and give it back, with its view after `step` more pages.

        The view is None for a step past the last page, and GONE for a form that is kept no longer.
        """
        origin = caller.door.origin
        if origin is None or not origin.kept:
            return None, None
        form = await self._forms.fill(caller.by, origin.kept, values)
        if form is None:
            return None, write_sheet(GONE)
        page = max(0, origin.page + step)
        if page >= len(pages(form)):
            return form, None
        return form, write_form(form, replace(origin, page=page))

    async def redraw(self, caller: Caller, view: Json) -> None:
        """Show a form as it is after a choice in it, unless it has moved on meanwhile."""
        workspace = await self._workspaces.get(caller.by.workspace)
        try:
            await self._update(workspace, caller.door.view, view, caller.door.hash)
        except Refused as problem:
            if _code(problem) != "hash_conflict":
                raise

    async def tell(self, card: Card, caller: Caller) -> None:
        """Say something to the caller where nothing better can be shown; failing that, note it."""
        try:
            workspace = await self._workspaces.get(caller.by.workspace)
            await self.say(workspace, card, caller)
        except (Busy, Refused, Unsure, aiohttp.ClientError, TimeoutError) as problem:
            log.warning("not told", account=str(caller.by), problem=type(problem).__name__)


def _code(problem: Refused) -> str:
    return error_code(problem.__cause__ or problem)
