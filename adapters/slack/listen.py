"""Listening to Slack: every act answered inside three seconds; events go to `hearing`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.response import BoltResponse

from adapters.slack import read
from adapters.slack.answer import EXPIRED, WAITING, Answers, Caller
from adapters.slack.authorize import Authorize
from adapters.slack.forms import BACK, read_values, shown_fields
from adapters.slack.hearing import Hearing
from adapters.slack.people import People
from adapters.slack.richtext import people_in
from adapters.slack.send import Messages
from adapters.slack.workspaces import Workspace, Workspaces, sdk_log
from adapters.slack.write import write_card
from bot.chat import BROKEN, AccountId, Act, Busy, Desk, Press, Replace, Reply, Show, Submit, Unsure
from bot.chat.traces import NOT_UNDERSTOOD, traced

Json = dict[str, Any]

log = structlog.get_logger(__name__)

SLOW: Final = 2.0
"""Slack gives an act three seconds; after this long it is acknowledged, and the answer follows."""
LAST_WORDS: Final = 2.0
"""How long answers that are on their way may take when the bot stops."""

_ANY: Final = re.compile(".*")
_NOT_HERE: Final = (
    "Outloud is not installed in your workspace, so it cannot help you here. "
    "Somebody who may add apps can install it."
)


class Listener:
    """Takes what Slack delivers, by whichever way, to the desk."""

    def __init__(
        self,
        workspaces: Workspaces,
        people: People,
        messages: Messages,
        answers: Answers,
        *,
        flow: AsyncOAuthFlow | None,
        now: Callable[[], datetime],
    ) -> None:
        self._workspaces = workspaces
        self._people = people
        self._messages = messages
        self._answers = answers
        self._now = now
        self._later: set[asyncio.Task[None]] = set()
        self._hearing = Hearing(workspaces, people, messages, home=self.show_home)
        self.desk: Desk | None = None
        # Bolt reads SLACK_BOT_TOKEN by itself, and warns that it is not needed.
        sdk_log.setLevel(logging.ERROR)
        self.app = AsyncApp(
            name="outloud",
            logger=sdk_log,
            client=workspaces.client(None),
            # Signatures are checked by our own endpoint, which is given the time.
            signing_secret="checked before",
            request_verification_enabled=False,
            authorize=Authorize(workspaces),  # type: ignore[arg-type]
            oauth_flow=flow,
            process_before_response=True,
            # A moderator who deletes the bot's post is no echo of the bot; `read` tells them apart.
            ignoring_self_events_enabled=False,
            raise_error_for_unhandled_request=True,
            user_facing_authorize_error_message=_NOT_HERE,
        )
        sdk_log.setLevel(logging.WARNING)
        # Events do not come this way: Bolt makes a context and a client for each, which acts need and events do not.
        self.app.command(_ANY)(self._on_command)
        self.app.shortcut(_ANY)(self._on_shortcut)
        self.app.action(_ANY)(self._on_action)
        self.app.view_submission(_ANY)(self._on_submission)
        self.app.view_closed(_ANY)(self._on_closing)
        self.app.error(self._on_error)

    async def settle(self) -> None:
        """Wait until every answer so far was shown."""
        while self._later:
            await asyncio.wait(set(self._later))

    async def close(self) -> None:
        """Let the answers that are on their way arrive."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self.settle()
        for task in self._later:
            task.cancel()

    # Events

    async def hear(self, body: Json) -> bool:
        """Keep an event before this returns; False when Slack has to send it again."""
        try:
            await self._hearing.hear(self._desk(), body)
        except Exception as problem:
            log.error("not recorded, so Slack will send it again", **traced(problem))
            return False
        return True

    # Acts

    async def _on_command(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        workspace = await self._workspaces.get(_team(context))
        known = tuple(command.name for command in self._desk().commands)
        name = read.command_name(body["command"], known)
        act = read.read_command(body, workspace.own.workspace, name, self._now())
        caller = Caller(act.by, act.place, read.read_door(body))
        reply, waiting = await self._answer(act)
        if waiting is not None:
            self._follow(self._show_late(waiting, caller))
            reply = Show(WAITING)
        if isinstance(reply, Show) and reply.card.picture is None:
            parts = write_card(reply.card)
            if len(parts) == 1:
                blocks = list(parts[0].blocks)
                shown = {"response_type": "ephemeral", "text": parts[0].text, "blocks": blocks}
                await ack(shown)
                return
        await ack()
        if reply is not None:
            self._follow(self._answers.show(reply, caller), caller)

    async def _on_shortcut(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        workspace = await self._workspaces.get(_team(context))
        names = await self._people.names(workspace, people_in(body["message"]))
        act = read.read_shortcut(body, workspace.own.workspace, self._now(), names)
        await self._press(ack, act, Caller(act.by, act.place, read.read_door(body)))

    async def _on_action(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        workspace = await self._workspaces.get(_team(context))
        door = read.read_door(body)
        press = read.read_press(body, workspace.own.workspace, self._now(), door.origin)
        if press is None:
            await ack()
            self._follow(self._touched(body, workspace, door))
            return
        caller = Caller(press.by, press.place, door, press.on)
        await self._press(ack, press, caller)
        if door.is_home:
            self.show_home(workspace, press.by, press.at)

    async def _press(self, ack: AsyncAck, press: Press, caller: Caller) -> None:
        reply, waiting = await self._answer(press)
        await ack()
        if waiting is not None:
            self._follow(self._show_late(waiting, caller))
        elif reply is not None:
            self._follow(self._answers.show(reply, caller), caller)

    async def _touched(self, body: Json, workspace: Workspace, door: read.Door) -> None:
        """Keep what a form holds after a choice in it, and show the fields that now matter."""
        submit = read.read_submit(body, workspace.own.workspace, self._now(), final=False)
        caller = Caller(submit.by, submit.place, door)
        back = body["actions"][0]["action_id"] == BACK
        form, view = await self._answers.turn(caller, submit.values, -1 if back else 0)
        if view is not None and (back or _differs(view, body["view"])):
            await self._answers.redraw(caller, view)
        values = {field.key: field.value for field in form.fields} if form else submit.values
        await self._desk().answer(replace(submit, values=values))

    async def _on_submission(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        workspace = await self._workspaces.get(_team(context))
        submit = read.read_submit(body, workspace.own.workspace, self._now(), final=True)
        door, view = read.read_door(body), body["view"]
        on = door.origin.on if door.origin else None
        caller = Caller(submit.by, submit.place, door, on)
        form, next_page = await self._answers.turn(caller, submit.values, 1)
        if next_page is not None:
            await ack({"response_action": "update", "view": next_page})
            self._follow(self._draft(submit))
            return
        if form is not None:
            submit = replace(
                submit, values={field.key: field.value for field in shown_fields(form)}
            )
        reply, waiting = await self._answer(submit)
        if waiting is not None:
            await ack({"response_action": "update", "view": self._answers.waiting(caller)})
            self._follow(self._close_late(waiting, caller, view), caller)
        elif reply is not None:
            await ack(await self._answers.close(reply, caller, view))
            self._follow(self._answers.follow_up(reply, caller, late=False), caller)

    async def _on_closing(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        workspace = await self._workspaces.get(_team(context))
        await ack()
        if read_values(body["view"]):
            submit = read.read_submit(body, workspace.own.workspace, self._now(), final=False)
            self._follow(self._draft(submit))

    async def _draft(self, submit: Submit) -> None:
        await self._desk().answer(replace(submit, final=False, key=""))

    async def _answer(self, act: Act) -> tuple[Reply | None, asyncio.Task[Reply] | None]:
        """The desk's reply, or the task that will have it when Slack cannot wait longer."""
        task = asyncio.create_task(self._safely(act))
        await asyncio.wait({task}, timeout=SLOW)
        return (task.result(), None) if task.done() else (None, task)

    async def _safely(self, act: Act) -> Reply:
        try:
            return await self._desk().answer(act)
        except Exception as problem:
            log.error("act failed", act=type(act).__name__, **traced(problem))
            return Show(BROKEN)

    async def _show_late(self, waiting: asyncio.Task[Reply], caller: Caller) -> None:
        await self._answers.show(await waiting, caller)

    async def _close_late(self, waiting: asyncio.Task[Reply], caller: Caller, view: Json) -> None:
        reply = await waiting
        action = await self._answers.close(reply, caller, view)
        await self._answers.finish(action, caller, view)
        await self._answers.follow_up(reply, caller, late=True)

    # Around them

    def show_home(self, workspace: Workspace, by: AccountId, at: datetime) -> None:
        """Show somebody their Home tab, in a moment."""
        self._follow(self._show_home(workspace, by, at))

    async def _show_home(self, workspace: Workspace, by: AccountId, at: datetime) -> None:
        reply = await self._desk().answer(Press("home", by, by.direct, at))
        if isinstance(reply, Show | Replace):
            await self._answers.publish(workspace, reply.card, by)

    def _desk(self) -> Desk:
        assert self.desk is not None
        return self.desk

    def _follow(self, work: Coroutine[Any, Any, None], caller: Caller | None = None) -> None:
        """Do the rest after the acknowledgement."""
        task = asyncio.create_task(self._carefully(work, caller))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _carefully(self, work: Coroutine[Any, Any, None], caller: Caller | None) -> None:
        try:
            await work
        except Exception as problem:
            log.warning("answer not shown", **traced(problem))
            if caller is not None:
                card = EXPIRED if isinstance(problem, Busy | Unsure) else BROKEN
                await self._answers.tell(card, caller)

    async def _on_error(self, error: Exception) -> BoltResponse | None:
        if isinstance(error, BoltUnhandledRequestError) or _is_bolts_own(error):
            # Slack has signed it and would only send the same again.
            log.warning("request not understood", **traced(error))
            return BoltResponse(status=200)
        log.error("act not answered", **traced(error))
        return None


def _team(context: AsyncBoltContext) -> str:
    return context.team_id or context.enterprise_id or ""


def _differs(view: Json, shown: Json) -> bool:
    """Whether other fields are asked for than are shown."""
    first, second = (
        [block["block_id"] for block in each["blocks"] if block["type"] == "input"]
        for each in (view, shown)
    )
    return first != second


def _is_bolts_own(problem: Exception) -> bool:
    """Whether Bolt itself could not read a payload."""
    frames = traceback.extract_tb(problem.__traceback__)
    inside = bool(frames) and "slack_bolt" in frames[-1].filename
    return inside and isinstance(problem, NOT_UNDERSTOOD)
