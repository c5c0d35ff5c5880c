"""Files on Slack: each is a message of its own, below the card it comes with.

Slack tells only later which message that is (https://docs.slack.dev/messaging/working-with-files), and takes no key
for it. So the file of a card is the one of its name that stands below the card.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from adapters.slack.people import People
from adapters.slack.refusals import error_code
from adapters.slack.workspaces import Workspace, Workspaces
from bot.chat import Attachment, Busy, Place, Ref, Refused, Unsure

Json = dict[str, Any]

WAITS: Final = (0.2, 0.5, 1.0, 2.0)
"""How long to wait, one time after the other, for Slack to be done with something that was uploaded."""
SEARCHED: Final = 100
_GONE: Final = ("file_not_found", "file_deleted")


def is_file(ref: Ref) -> bool:
    """Whether this is the message of a file."""
    return "/" in ref.id


def message_of(ref: Ref) -> str:
    """The id of the message alone; that of a file stands behind it."""
    return ref.id.partition("/")[0]


class Files:
    """Shares files and deletes them."""

    def __init__(
        self,
        workspaces: Workspaces,
        people: People,
        *,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._workspaces = workspaces
        self._people = people
        self._sleep = sleep

    async def share(self, to: Place, file: Attachment, below: Sequence[Ref], *, again: bool) -> Ref:
        """Post a file below the parts of its card; with `again` it may stand there already."""
        workspace = await self._workspaces.get(to.workspace)
        channel = await self._people.channel(workspace, to)
        if again and (found := await self._find(workspace, to, channel, below, file.name)):
            return found
        extra = {"thread_ts": to.thread} if to.thread else {}
        told = await self._workspaces.call(
            to.workspace,
            workspace.client.files_upload_v2,
            to.channel,
            channel=channel,
            filename=file.name,
            title=file.name,
            content=file.data,
            **extra,
        )
        ident = str(told["file"]["id"])
        for wait in (0.0, *WAITS):
            if wait:
                await self._sleep(wait)
            found = await self._find(workspace, to, channel, below, file.name, ident)
            if found is not None:
                return found
        raise Unsure("Slack has the file, and has not shown it yet.")

    async def _find(
        self,
        workspace: Workspace,
        to: Place,
        channel: str,
        below: Sequence[Ref],
        name: str,
        ident: str = "",
    ) -> Ref | None:
        """The message that shows a file of this name, or the very one with this id, below a card."""
        client = workspace.client
        method = client.conversations_replies if to.thread else client.conversations_history
        arguments: Json = {"channel": channel, "oldest": below[-1].id, "limit": SEARCHED}
        if to.thread:
            arguments["ts"] = to.thread
        told = await self._workspaces.call(to.workspace, method, to.channel, **arguments)
        shown = [
            (message["ts"], file)
            for message in told["messages"]
            if message.get("user") == workspace.own.user
            for file in message.get("files") or ()
        ]
        for ts, file in shown:
            if ident in ("", file["id"]) and file.get("name") == name:
                return Ref(to, f"{ts}/{file['id']}")
        return None

    async def delete(self, ref: Ref) -> None:
        """Delete the file itself of a message that was taken away; one that is gone already is no error."""
        if not is_file(ref):
            return
        workspace = await self._workspaces.get(ref.place.workspace)
        try:
            await self._workspaces.call(
                ref.place.workspace,
                workspace.client.files_delete,
                ref.place.channel,
                file=ref.id.partition("/")[2],
            )
        except Unsure as problem:
            raise Busy(WAITS[-1], str(problem)) from problem
        except Refused as problem:
            if error_code(problem.__cause__ or problem) not in _GONE:
                raise
