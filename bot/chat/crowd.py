"""The people of a chat in memory: what they say and press goes to the desk at once, and a test sees what stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from bot.chat.cards import Card, Form
from bot.chat.events import (
    Act,
    Ask,
    Command,
    Edited,
    Event,
    Joined,
    Left,
    Press,
    Reacted,
    Removed,
    Replace,
    Reply,
    Said,
    Show,
    Submit,
    Wrong,
)
from bot.chat.place import AccountId, Place, Ref
from bot.chat.port import Desk, Profile, is_wanted
from bot.chat.text import Text

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Post:
    """One message that stands in the chat, or one part of a long one."""

    ref: Ref
    by: AccountId
    card: Card
    at: datetime
    key: str = ""
    """The key it was sent with and its part; empty for what a person said."""
    revision: int = 0


class Crowd:
    """People and the messages that stand among them.

    While nobody listens, events wait, and an event that the desk could not record is handed over again,
    as a real platform would do it.
    """

    def __init__(self, platform: str, workspace: str) -> None:
        self.platform = platform
        self.workspace = workspace
        self.at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
        """The time that everything happens at, until a test moves it."""
        self.bot = AccountId(platform, workspace, "outloud")
        self.shown: dict[AccountId, list[Card]] = {}
        """The cards that one person alone was shown, oldest first."""
        self.forms: dict[AccountId, Form] = {}
        """The form that each person has open."""
        self.wrong: dict[AccountId, dict[str, str]] = {}
        """The sentences beside the fields of that form."""
        self._desk: Desk | None = None
        self._posts: dict[Ref, Post] = {}
        self._profiles: dict[AccountId, Profile] = {self.bot: Profile("Outloud", is_bot=True)}
        self._members: dict[Place, list[AccountId]] = {}
        self._count = 0
        self._waiting: deque[tuple[str, Event]] = deque()
        self._handed: list[tuple[str, Event]] = []

    # What a test sees.

    @property
    def posts(self) -> tuple[Post, ...]:
        """Everything that stands in the chat, by the bot and by people, oldest first."""
        return tuple(self._posts.values())

    def visible(self, place: Place) -> tuple[Card, ...]:
        """The bot's cards that stand in a place now, oldest first; a thread is a place of its own."""
        return tuple(p.card for p in self.posts if p.ref.place == place and p.by == self.bot)

    # What a test arranges.

    def channel(self, name: str) -> Place:
        """The place of a channel; it exists as soon as it is named."""
        return Place(self.platform, self.workspace, name)

    def person(self, id: str, profile: Profile | None = None, *channels: Place) -> AccountId:
        """Somebody who is here, known by this profile, and in these channels; the desk hears nothing of it."""
        account = AccountId(self.platform, self.workspace, id)
        self._profiles[account] = profile or Profile(id.capitalize())
        for channel in channels:
            self._members.setdefault(channel, []).append(account)
        return account

    # What people do.

    async def say(self, account: AccountId, place: Place, markdown: str) -> Ref:
        """Somebody posts a message."""
        ref = self._put(place, account, Card(text=Text.parse(markdown)))
        await self._happen("said", 0, Said(ref, account, Text.parse(markdown), self.at))
        return ref

    async def edit_said(self, account: AccountId, ref: Ref, markdown: str) -> None:
        """Somebody changes their message; the same words again change nothing."""
        post, text = self._standing(ref), Text.parse(markdown)
        if post.card.text == text:
            return
        post = replace(post, card=Card(text=text), revision=post.revision + 1)
        self._posts[ref] = post
        await self._happen("edited", post.revision, Edited(ref, account, text, self.at))

    async def remove_said(self, account: AccountId, ref: Ref) -> None:
        """Somebody takes a message away: their own, or as a moderator any other."""
        del self._posts[self._standing(ref).ref]
        await self._happen("removed", 0, Removed(ref, self.at, account))

    async def react(
        self, account: AccountId, ref: Ref, emoji: str = "bulb", *, added: bool = True
    ) -> None:
        """Somebody puts an emoji on a message, or takes it off."""
        self._count += 1
        event = Reacted(self._standing(ref).ref, account, emoji, self.at, added)
        await self._happen("reacted", self._count, event)

    async def join(self, account: AccountId, channel: Place) -> None:
        """Somebody enters a channel."""
        self._members.setdefault(channel, []).append(account)
        self._count += 1
        await self._happen("joined", self._count, Joined(account, self.at, channel))

    async def leave(self, account: AccountId, channel: Place) -> None:
        """Somebody leaves a channel."""
        self._members.setdefault(channel, []).remove(account)
        self._count += 1
        await self._happen("left", self._count, Left(account, self.at, channel))

    async def command(self, account: AccountId, place: Place, typed: str) -> Reply:
        """Somebody types a slash command."""
        name, _, words = typed.removeprefix("/").partition(" ")
        return await self._act(Command(name, words.strip(), account, place, self.at, self._key()))

    async def press(self, account: AccountId, on: Ref | Card, label: str) -> Reply:
        """Somebody presses a button of a message, or of a card that they alone see, by its label."""
        card, ref, place = self._before(account, on)
        buttons = {button.label: button.action for button in card.buttons}
        action = _find(buttons, label, "button")
        act = Press(action, account, place, self.at, ref, key=self._key())
        return await self._act(act, on=card)

    async def choose(self, account: AccountId, on: Ref | Card, label: str, option: str) -> Reply:
        """Somebody chooses an option of a select, both by their labels."""
        card, ref, place = self._before(account, on)
        select = _find({select.label: select for select in card.selects}, label, "list")
        choice = _find({option.label: option.value for option in select.options}, option, "option")
        act = Press(select.action, account, place, self.at, ref, choice, key=self._key())
        return await self._act(act, on=card)

    async def shortcut(self, account: AccountId, ref: Ref, label: str) -> Reply:
        """Somebody picks an entry that the bot added to the menu of a message."""
        shortcuts = {shortcut.label: shortcut.action for shortcut in self._listener().shortcuts}
        action = _find(shortcuts, label, "shortcut")
        post = self._standing(ref)
        said = Said(ref, post.by, text_of(post.card), post.at)
        return await self._act(
            Press(action, account, ref.place, self.at, ref, said=said, key=self._key())
        )

    async def submit(
        self,
        account: AccountId,
        form: Form,
        answers: Mapping[str, str],
        *,
        place: Place | None = None,
        final: bool = True,
    ) -> Reply:
        """Somebody sends a form, answering fields by key or label; other fields keep what they held."""
        values = {field.key: field.value for field in form.fields}
        keys = {field.label: field.key for field in form.fields} | {key: key for key in values}
        values |= {_find(keys, name, "field"): answer for name, answer in answers.items()}
        where = place or account.direct
        act = Submit(form.id, values, account, where, self.at, final=final, key=self._key())
        reply = await self._act(act)
        if final and not isinstance(reply, Wrong | Ask) and self.forms.get(account) == form:
            del self.forms[account]
        return reply

    async def deliver_again(self) -> None:
        """The platform delivers everything once more."""
        self._waiting.extend(self._handed)
        await self._hand_over()

    # Inside.

    def _put(self, to: Place, by: AccountId, card: Card, *, key: str = "") -> Ref:
        self._count += 1
        ref = Ref(to, str(self._count))
        self._posts[ref] = Post(ref, by, card, self.at, key)
        return ref

    def _standing(self, ref: Ref) -> Post:
        if ref not in self._posts:
            raise LookupError(f"No message {ref.id} stands in {ref.place}.")
        return self._posts[ref]

    def _before(self, account: AccountId, on: Ref | Card) -> tuple[Card, Ref | None, Place]:
        if isinstance(on, Card):
            if on not in self.shown.get(account, []):
                raise LookupError(f"{account} was not shown this card: {on.plain()!r}.")
            return on, None, account.direct
        return self._standing(on).card, on, on.place

    def _key(self) -> str:
        self._count += 1
        return f"act {self._count}"

    def _listener(self) -> Desk:
        if self._desk is None:
            raise RuntimeError(
                f"Nobody listens to the chat {self.platform!r}: start its listen() first."
            )
        return self._desk

    async def _happen(self, kind: str, revision: int, event: Event) -> None:
        if isinstance(event, Joined | Left):
            about = f"{event.channel} {event.by.id}"
        else:
            about = f"{event.ref.place} {event.ref.id}"
        self._waiting.append((f"{about} {kind} {revision}", event))
        await self._hand_over()

    async def _hand_over(self) -> None:
        while self._desk and self._waiting:
            key, event = self._waiting[0]
            if await is_wanted(self._desk, event):
                await self._desk.record(key, event)
            self._waiting.popleft()
            if (key, event) not in self._handed:
                self._handed.append((key, event))

    async def _act(self, act: Act, *, on: Card | None = None) -> Reply:
        reply = await self._listener().answer(act)
        self.wrong.pop(act.by, None)
        if isinstance(reply, Show):
            self.shown.setdefault(act.by, []).append(reply.card)
        elif isinstance(reply, Ask):
            self.forms[act.by] = reply.form
        elif isinstance(reply, Wrong):
            self.wrong[act.by] = reply.sentences
        elif isinstance(reply, Replace):
            if isinstance(act, Press) and act.on in self._posts:
                self._posts[act.on] = replace(self._posts[act.on], card=reply.card)
            else:
                shown = self.shown.setdefault(act.by, [])
                shown[:] = [*(card for card in shown if card != on), reply.card]
        return reply


def text_of(card: Card) -> Text:
    """What a message says, its title included."""
    return Text.of(card.title) + card.text if card.title else card.text


def _find(things: Mapping[str, _Thing], name: str, what: str) -> _Thing:
    if name not in things:
        raise LookupError(f"There is no {what} {name!r} here, only: {', '.join(things) or 'none'}.")
    return things[name]
