"""What people do in the local chat, handed to the core."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from adapters.web import messages
from adapters.web.changes import Live, keep_event
from adapters.web.messages import find, keep_picture
from adapters.web.paper import answer, sorry
from adapters.web.people import join, leave, load_town
from adapters.web.read import (
    cleaned,
    command_of,
    emoji_of,
    is_blank,
    number_of,
    ref_of,
    said_of,
    text_of,
    values_of,
)
from adapters.web.sent import COOKIE, Sent, Sorry, address, read_sent, viewer_of
from adapters.web.tables import MessageRow
from adapters.web.write import EMOJI, card_view, message_view
from bot.chat import (
    Ask,
    Card,
    Command,
    Desk,
    Done,
    Edited,
    Field,
    Form,
    Press,
    Reacted,
    Removed,
    Replace,
    Reply,
    Said,
    Show,
    Submit,
    Text,
    Wrong,
)

LONGEST: Final = 20_000
"""The most characters of one message."""
_YEAR_SECONDS: Final = 365 * 24 * 3600
_STARTING: Final = "Outloud is still starting. Try again in a moment: nothing you typed is lost."
_GONE: Final = "That message is gone."
_BLANK: Final = "There is nothing to read in that."


class Acts:
    """The acts of people, each answered for the page that sent it."""

    def __init__(self, live: Live) -> None:
        self.live = live

    def act(
        self, handle: Callable[[Sent, Desk], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that reads what was sent, lets `handle` do it, and answers a refusal in words."""

        async def endpoint(request: Request) -> Response:
            is_page = request.headers.get("hx-request") == "true"
            try:
                sent = await read_sent(request, self.live)
                if self.live.desk is None:
                    raise Sorry(_STARTING, 503)
                done = await handle(sent, self.live.desk)
            except Sorry as refused:
                if is_page:
                    return Response(str(refused), refused.status, media_type="text/plain")
                return sorry(str(refused), refused.status)
            if is_page or done.status_code >= 300 or sent.get("final"):
                return done
            return RedirectResponse(address(sent.channel), 303)

        return endpoint

    async def say(self, sent: Sent, desk: Desk) -> Response:
        """A message, or a slash command."""
        typed = cleaned(sent.get("text"))
        if is_blank(typed):
            raise Sorry(_BLANK, 422)
        if len(typed) > LONGEST:
            raise Sorry(_too_long(typed), 413)
        command = command_of(typed)
        if command is not None:
            name, words = command
            act = Command(name, words, sent.by, sent.place, self.live.now(), key=sent.key)
            return await self._reply(sent, await desk.answer(act))
        async with self.live.sessions.begin() as session:
            await _check_thread(session, sent)
            now = self.live.now()
            row, is_new = await messages.post(
                session,
                self.live.workspace,
                now,
                channel=sent.channel,
                thread=sent.thread,
                key=f"{sent.viewer.id}:{sent.key}",
                author=sent.viewer.id,
                text=typed,
            )
            if is_new:
                members = sent.town.channels.get(sent.channel)
                if members and sent.viewer.id not in (members.members or ()):
                    await join(
                        session,
                        self.live.workspace,
                        now,
                        person=sent.viewer.id,
                        channel=sent.channel,
                    )
                said = said_of(row, sent.town)
                keep_event(session, self.live.workspace, f"said:{_name(row)}", said)
        await self.live.announce()
        return await self._message(sent, row)

    async def press(self, sent: Sent, desk: Desk) -> Response:
        """A button, a select, or a shortcut in a message's menu."""
        row: MessageRow | None = None
        if sent.message:
            async with self.live.reading.begin() as session:
                row = await _find(session, sent)
        is_shortcut = sent.get("shortcut") == "yes"
        said: Said | None = None
        if is_shortcut and row is not None and row.author:
            said = said_of(row, sent.town)
        act = Press(
            action=sent.get("action"),
            by=sent.by,
            place=ref_of(row).place if row is not None else sent.place,
            at=self.live.now(),
            on=ref_of(row) if row is not None else None,
            choice=sent.get("choice"),
            said=said,
            key=sent.key,
        )
        return await self._reply(sent, await desk.answer(act))

    async def submit(self, sent: Sent, desk: Desk) -> Response:
        """A form that is sent, or, with ``final`` no, one that is left with something in it."""
        final = sent.get("final") != "no"
        act = Submit(
            form=sent.get("form"),
            values=values_of(sent.pairs),
            by=sent.by,
            place=sent.place,
            at=self.live.now(),
            final=final,
            key=sent.key,
        )
        reply = await desk.answer(act)
        if not final:
            return Response(status_code=204)
        return await self._reply(sent, reply, in_form=True)

    async def open_edit(self, request: Request) -> Response:
        """The form in which somebody changes their own message."""
        async with self.live.reading.begin() as session:
            town = await load_town(session, self.live.workspace)
            viewer = viewer_of(request, town, request.query_params.get("as", ""))
            message = number_of(request.path_params["message"])
            row = await find(session, self.live.workspace, message)
        if viewer is None or row is None or row.author != viewer.id:
            return Response("You can edit only what you wrote yourself.", 403)
        form = Form(
            id="edit",
            title="Edit message",
            fields=(Field("text", "Text", kind="long", value=row.text, limit=LONGEST),),
            submit="Save",
        )
        hidden = {"channel": row.channel, "thread": row.thread, "message": row.id}
        return _told("form", "form.html", form=form, to="/edit", hidden=hidden, viewer=viewer)

    async def edit(self, sent: Sent, desk: Desk) -> Response:
        """The author changes a message."""
        typed = values_of(sent.pairs).get("text", "")
        if is_blank(typed):
            return await self._reply(sent, Wrong({"text": _BLANK}), in_form=True)
        if len(typed) > LONGEST:
            return await self._reply(sent, Wrong({"text": _too_long(typed)}), in_form=True)
        async with self.live.sessions.begin() as session:
            row = await _find(session, sent)
            if row.author != sent.viewer.id:
                raise Sorry("You can edit only what you wrote yourself.", 403)
            if typed != row.text:
                now = self.live.now()
                await messages.change_text(session, row, typed, now)
                event = Edited(ref_of(row), sent.by, text_of(typed, sent.town), now)
                key = f"edited:{_name(row)}/{row.revision}"
                keep_event(session, self.live.workspace, key, event)
        await self.live.announce()
        return await self._message(sent, row)

    async def remove(self, sent: Sent, desk: Desk) -> Response:
        """The author, or an admin, deletes a message."""
        async with self.live.sessions.begin() as session:
            row = await find(session, self.live.workspace, sent.message)
            words = ""
            if row is not None and sent.town.may_see(sent.viewer.id, row.channel):
                if row.author != sent.viewer.id and not sent.viewer.is_admin:
                    raise Sorry("You can delete only what you wrote yourself.", 403)
                now = self.live.now()
                words = row.text if row.author == sent.viewer.id else ""
                await messages.remove(session, row, now)
                event = Removed(ref_of(row), now, by=sent.by)
                keep_event(session, self.live.workspace, f"removed:{_name(row)}", event)
        await self.live.announce()
        # The author gets the words back, in case it was a slip.
        return Response(words, media_type="text/plain", headers={"Outloud-Reply": "removed"})

    async def react(self, sent: Sent, desk: Desk) -> Response:
        """Somebody puts an emoji on a message, or takes it off."""
        emoji = emoji_of(sent.get("emoji"), EMOJI)
        if not emoji:
            raise Sorry(
                f"{sent.get('emoji')[:40]!r} is not an emoji's short name, such as bulb or tada.",
                422,
            )
        on = sent.get("on") == "yes"
        async with self.live.sessions.begin() as session:
            row = await _find(session, sent)
            if await messages.react(session, row, person=sent.viewer.id, emoji=emoji, on=on):
                event = Reacted(ref_of(row), sent.by, emoji, self.live.now(), added=on)
                key = f"reacted:{_name(row)}/@{sent.viewer.id}/{emoji}/{row.changed}"
                keep_event(session, self.live.workspace, key, event)
        await self.live.announce()
        return await self._message(sent, row)

    async def see(self, sent: Sent, desk: Desk) -> Response:
        """Somebody has read a place up to a message."""
        async with self.live.sessions.begin() as session:
            await messages.see(
                session,
                self.live.workspace,
                person=sent.viewer.id,
                channel=sent.channel,
                message=sent.message,
            )
        return Response(status_code=204)

    async def act_as(self, sent: Sent, desk: Desk) -> Response:
        """Choose whom to act as from now on."""
        person, there = sent.get("person"), sent.get("next")
        if person not in sent.town.people:
            raise Sorry(f"Nobody here is called {person[:40]!r}.", 404)
        is_here = there.startswith("/") and not there.startswith(("//", "/\\"))
        answered = RedirectResponse(there if is_here else "/", 303)
        answered.set_cookie(
            COOKIE, person, max_age=_YEAR_SECONDS, path="/", httponly=True, samesite="strict"
        )
        return answered

    async def join(self, sent: Sent, desk: Desk) -> Response:
        """Enter a channel."""
        channel = sent.town.channels.get(sent.channel)
        if channel and sent.viewer.id not in (channel.members or ()):
            async with self.live.sessions.begin() as session:
                await join(
                    session,
                    self.live.workspace,
                    self.live.now(),
                    person=sent.viewer.id,
                    channel=channel.id,
                )
            await self.live.announce()
        return RedirectResponse(address(sent.channel), 303)

    async def leave(self, sent: Sent, desk: Desk) -> Response:
        """Go out of a channel."""
        async with self.live.sessions.begin() as session:
            await leave(
                session,
                self.live.workspace,
                self.live.now(),
                person=sent.viewer.id,
                channel=sent.channel,
            )
        await self.live.announce()
        return RedirectResponse(address(sent.channel), 303)

    async def _message(self, sent: Sent, row: MessageRow) -> Response:
        async with self.live.reading.begin() as session:
            (message,) = await messages.gather(session, self.live.workspace, [row])
        view = message_view(message, sent.viewer, sent.town, now=self.live.now())
        return _told("message", "messages.html", messages=[view], page=None, viewer=sent.viewer)

    async def _reply(self, sent: Sent, reply: Reply, *, in_form: bool = False) -> Response:
        match reply:
            case Show(card):
                return await self._only(sent, card, "")
            case Ask(form):
                hidden = {
                    "form": form.id,
                    "channel": sent.channel,
                    "thread": sent.thread,
                    "message": sent.message or "",
                    "only": sent.only,
                }
                return _told(
                    "form", "form.html", form=form, to="/submit", hidden=hidden, viewer=sent.viewer
                )
            case Wrong(sentences) if in_form:
                return _told("wrong", "wrong.html", sentences=sentences)
            case Wrong(sentences):
                return await self._only(sent, Card(text=Text.of(*sentences.values())), "")
            case Replace(card):
                return await self._replace(sent, card)
            case Done():
                return _told("done")

    async def _replace(self, sent: Sent, card: Card) -> Response:
        if not sent.message:
            return await self._only(sent, card, sent.only)
        async with self.live.sessions.begin() as session:
            row = await find(session, self.live.workspace, sent.message)
            if row is not None and not row.author:
                await messages.change_card(session, row, card, self.live.now())
        if row is None or row.author:
            return await self._only(sent, card, "")
        self.live.ring()
        return await self._message(sent, row)

    async def _only(self, sent: Sent, card: Card, instead: str) -> Response:
        async with self.live.sessions.begin() as session:
            bare, picture = await keep_picture(session, self.live.workspace, card, self.live.now())
        return _told(
            "only",
            "only.html",
            card=card_view(bare, picture),
            id=instead or f"only-{uuid4().hex}",
            channel=sent.channel,
            thread=sent.thread,
            viewer=sent.viewer,
        )


async def _find(session: AsyncSession, sent: Sent) -> MessageRow:
    row = await find(session, sent.by.workspace, sent.message)
    if row is None or not sent.town.may_see(sent.viewer.id, row.channel):
        raise Sorry(_GONE, 404)
    return row


async def _check_thread(session: AsyncSession, sent: Sent) -> None:
    if not sent.thread:
        return
    root = await session.get(MessageRow, (sent.by.workspace, sent.thread))
    if root is None or root.thread or root.channel != sent.channel:
        raise Sorry("The message you are replying to is gone. Your words are still here.", 404)


def _told(kind: str, template: str = "", **words: Any) -> Response:
    """An answer for the page's script, which knows by its kind what to do with it."""
    headers = {"Outloud-Reply": kind}
    return answer(template, headers=headers, **words) if template else Response(headers=headers)


def _name(row: MessageRow) -> str:
    """What a message is called in the keys of its events."""
    ref = ref_of(row)
    return f"{ref.place}/{ref.id}"


def _too_long(typed: str) -> str:
    return (
        f"That is {len(typed):,} characters, and a message holds {LONGEST:,}. "
        "It is all still here: shorten it, or send it in parts."
    )
