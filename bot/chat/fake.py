"""A chat held in memory, for tests of the core and of third parties: people act, the desk hears, posts are seen."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.chat.cards import Card
from bot.chat.crowd import Crowd, text_of
from bot.chat.events import Said
from bot.chat.place import AccountId, Place, Ref
from bot.chat.port import Busy, Desk, Profile, Refused, Unsure
from bot.chat.text import Text, cut


class FakeChat(Crowd):
    """A platform without a network: what the bot sends is in `posts`, what people do goes to the desk at once."""

    def __init__(
        self, platform: str = "fake", *, workspace: str = "W1", limit: int = 4000, pace: float = 0
    ) -> None:
        super().__init__(platform, workspace)
        self.pace = pace
        self.limit = limit
        """The most plain characters of text in one message; longer text goes out in parts."""
        self._troubles: deque[Busy | Refused | Unsure] = deque()
        self._answers_to_lose = 0
        self._refusals: dict[Place, str] = {}

    # What the core asks of a platform.

    async def listen(self, desk: Desk) -> None:
        """Hand events and acts to the desk until cancelled."""
        async with self.listening(desk):
            await asyncio.Future()

    @asynccontextmanager
    async def listening(self, desk: Desk) -> AsyncIterator[None]:
        """Listen for as long as the block runs."""
        self._desk = desk
        try:
            await self._hand_over()
            yield
        finally:
            self._desk = None

    async def send(
        self, to: Place, card: Card, *, key: str, again: bool = False
    ) -> tuple[Ref, ...]:
        """Post a card in as many parts as its text needs."""
        self._stumble(to)
        refs: list[Ref] = []
        for number, part in enumerate(self._parts(card)):
            part_key = f"{key}#{number}"
            ref = self._find(to, part_key) if again else None
            if ref is None:
                ref = self._put(to, self.bot, part, key=part_key)
                self._lose_answer()
            refs.append(ref)
        return tuple(refs)

    async def edit(self, refs: tuple[Ref, ...], card: Card) -> tuple[Ref, ...]:
        """Change every part, add the parts that are missing and remove those left over."""
        place, parts = refs[0].place, self._parts(card)
        self._stumble(place)
        gone = next((ref for ref in refs[: len(parts)] if ref not in self._posts), None)
        if gone:
            raise Refused(
                f"The message {gone.id} in {gone.place} is gone, so it cannot be changed."
            )
        for ref, part in zip(refs, parts, strict=False):
            self._posts[ref] = replace(self._posts[ref], card=part)
        for ref in refs[len(parts) :]:
            self._posts.pop(ref, None)
        more = [self._put(place, self.bot, part) for part in parts[len(refs) :]]
        self._lose_answer()
        return (*refs[: len(parts)], *more)

    async def remove(self, refs: tuple[Ref, ...]) -> None:
        """Take every part away."""
        self._stumble(refs[0].place)
        for ref in refs:
            self._posts.pop(ref, None)

    async def fetch(self, ref: Ref) -> Said | None:
        """The message as it stands now, or None when it is gone."""
        post = None if ref.place.open in self._refusals else self._posts.get(ref)
        return Said(ref, post.by, text_of(post.card), post.at) if post else None

    def link(self, ref: Ref) -> str:
        return f"https://{self.platform}.test/{ref.place.channel}/{ref.root.id}/{ref.id}"

    async def profile(self, account: AccountId) -> Profile | None:
        """What was said of a person when they were made."""
        return self._profiles.get(account)

    async def members(self, channel: Place) -> tuple[AccountId, ...]:
        """The people who joined, in the order they did."""
        self._stumble(channel)
        people = self._members.get(channel.open, [])
        return tuple(a for a in people if not self._profiles.get(a, Profile("")).is_bot)

    async def examine(self, channels: tuple[Place, ...]) -> tuple[str, ...]:
        """A sentence for each of these channels that refuses."""
        return tuple(self._refusals[one] for one in channels if one in self._refusals)

    async def trouble(self) -> tuple[str, ...]:
        """A sentence for each place that refuses."""
        return tuple(self._refusals.values())

    # What a test lets go wrong.

    def trouble_next(self, trouble: Busy | Refused | Unsure) -> None:
        """The next request raises this, and does nothing; further calls line up behind it."""
        self._troubles.append(trouble)

    def lose_answer(self) -> None:
        """The next message that is posted or changed stands there, but its sender hears `Unsure`."""
        self._answers_to_lose += 1

    def refuse(self, place: Place, sentence: str) -> None:
        """Refuse everything in this place and its threads from now on; an empty sentence ends it."""
        self._refusals[place.open] = sentence
        if not sentence:
            del self._refusals[place.open]

    # Inside.

    def _parts(self, card: Card) -> tuple[Card, ...]:
        """The title stands over the first part; facts and all that can be pressed under the last."""
        texts = cut(card.text, self.limit) or (Text(),)
        if len(texts) == 1:
            return (card,)
        first = Card(title=card.title, text=texts[0])
        between = (Card(text=text) for text in texts[1:-1])
        return (first, *between, replace(card, title="", text=texts[-1]))

    def _find(self, to: Place, key: str) -> Ref | None:
        return next((p.ref for p in self.posts if p.ref.place == to and p.key == key), None)

    def _stumble(self, place: Place) -> None:
        if sentence := self._refusals.get(place.open):
            raise Refused(sentence)
        if self._troubles:
            raise self._troubles.popleft()

    def _lose_answer(self) -> None:
        if self._answers_to_lose:
            self._answers_to_lose -= 1
            raise Unsure("The connection was lost before the answer came.")
