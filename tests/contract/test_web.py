"""The local chat is a chat like the others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import ClassVar

import pytest

from adapters.web import LocalChannel, LocalChat, LocalPerson, site
from adapters.web.changes import keep_event
from bot.chat import AccountId, Place, Ref
from bot.store.session import Store
from tests.contract.facts import ChatFacts
from tests.contract.harness import Bench, ListeningDesk
from tests.web.local import Node, Visitor, read_html

PEOPLE = tuple(LocalPerson(name.lower(), name, "Europe/Lisbon") for name in ("Ana", "Ben"))
MODERATOR = LocalPerson("dee", "Dee", "Australia/Lord_Howe", is_admin=True)


class LocalBench:
    def __init__(self, store: Store) -> None:
        self.limit = 5000
        self.store = store
        self.chat = LocalChat(store.sessions, now=store.now)
        self.desk = ListeningDesk()
        self.place = Place("local", "local", "team-harbour")
        self.person = AccountId("local", "local", "ana")
        self.other = AccountId("local", "local", "ben")
        self.app = site(self.chat.routes, ready=self.chat.trouble, metrics=lambda: b"")
        self.visitors = {name: Visitor(self.app, name) for name in ("ana", "ben", "dee")}
        self.ana = self.visitors["ana"]
        self.form: Node | None = None
        self.only: dict[AccountId, list[str]] = {}

    async def start(self) -> None:
        async with self.store.sessions.begin() as session:
            await self.chat.provide(
                session,
                people=(*PEOPLE, MODERATOR),
                channels=(LocalChannel("team-harbour", members=("ana", "ben")),),
            )
        self.listener = asyncio.create_task(self.chat.listen(self.desk))
        # Everybody joins: three people, and two of them the channel.
        await self.desk.is_handed(5)
        self.desk.deliveries.clear()
        self.desk.events.clear()

    async def close(self) -> None:
        self.listener.cancel()
        await asyncio.gather(self.listener, return_exceptions=True)
        for visitor in self.visitors.values():
            await visitor.client.aclose()
        await self.store.close()

    async def visible(self, place: Place) -> tuple[str, ...]:
        viewer = self.visitors[place.account.id if place.is_direct else "ben"]
        shown = await viewer.messages(place.channel, place.thread)
        return tuple(
            node.one("div", class_="card").text
            for node in shown
            if node._has({"class": "bot"}) and node.attributes["data-id"] != place.thread
        )

    async def files(self, place: Place) -> tuple[tuple[str, bytes], ...]:
        viewer = self.visitors[place.account.id if place.is_direct else "ben"]
        links = [
            link
            for node in await viewer.messages(place.channel, place.thread)
            for link in node.all("a")
            if "download" in link.attributes
        ]
        return tuple(
            [
                (link.text, (await viewer.client.get(link.attributes["href"])).content)
                for link in links
            ]
        )

    async def pinged(self) -> tuple[str, ...]:
        """Nothing in the local chat can: a person's page counts what is new, whoever is named in it."""
        return ()

    async def shown_to(self, account: AccountId) -> tuple[str, ...]:
        return tuple(self.only.get(account, []))

    async def somebody_says(self, words: str, place: Place) -> Ref:
        return Ref(place, await self.ana.say(words, place.channel, place.thread or "0"))

    async def somebody_edits(self, ref: Ref, words: str) -> None:
        form = read_html((await self.ana.get(f"/edit/{ref.id}")).text).one("form")
        await self.ana.post("/edit", **(values(form) | {"field.text": words}))

    async def somebody_removes(self, ref: Ref) -> None:
        await self.ana.post("/remove", message=ref.id, channel=ref.place.channel)

    async def somebody_reacts(self, ref: Ref, emoji: str, *, added: bool = True) -> None:
        await self.ana.post("/react", message=ref.id, emoji=emoji, on="yes" if added else "")

    async def somebody_presses(self, ref: Ref, label: str) -> None:
        shown = await self.ana.messages(ref.place.channel, ref.place.thread)
        (item,) = (node for node in shown if node.attributes["data-id"] == ref.id)
        (button,) = (node for node in item.all("button") if node.text == label)
        sent = json.loads(item.attributes["hx-vals"]) | json.loads(button.attributes["hx-vals"])
        await self._act("/press", sent)

    async def somebody_types(self, command: str) -> None:
        await self._act("/say", {"text": command, "channel": self.place.channel, "thread": "0"})

    async def somebody_submits(self, values_: dict[str, str]) -> None:
        assert self.form
        filled = {f"field.{key}": value for key, value in values_.items()}
        await self._act("/submit", values(self.form) | filled)

    async def moderator_removes(self, ref: Ref) -> None:
        await self.visitors["dee"].post("/remove", message=ref.id, channel=ref.place.channel)

    async def link_preview_arrives(self, ref: Ref) -> None:
        """Saving the same words is the nearest thing there is."""
        said = await self.chat.fetch(ref)
        assert said
        await self.somebody_edits(ref, said.text.markdown())

    async def delivered_again(self) -> None:
        """Do what a crash does between the desk's record and the note that it was made."""
        async with self.store.sessions.begin() as session:
            keep_event(session, "local", *self.desk.deliveries[-1])
        await self.somebody_removes(Ref(self.place, "1"))

    async def next_send_is_busy(self, seconds: float) -> None:
        raise NotImplementedError

    async def next_answer_is_lost(self) -> None:
        raise NotImplementedError

    async def gone_channel(self) -> Place:
        return Place("local", "local", "gone")

    async def _act(self, path: str, fields: dict[str, str]) -> None:
        answer = await self.ana.post(path, **fields)
        kind = answer.headers["Outloud-Reply"]
        if kind == "form":
            self.form = read_html(answer.text).one("form")
        elif kind == "only":
            card = read_html(answer.text).one("div", class_="card")
            self.only.setdefault(self.person, []).append(card.text)
        elif kind == "done":
            self.form = None


def values(form: Node) -> dict[str, str]:
    """What a browser would send of a form that nobody touched."""
    found = {node.attributes["name"]: node.attributes["value"] for node in form.all("input")}
    areas = {node.attributes["name"]: node.text for node in form.all("textarea")}
    return found | areas


class TestLocalChat(ChatFacts):
    cannot: ClassVar = {
        "test_text_over_the_limit_arrives_whole_and_in_order": "A message has no limit here.",
        "test_the_limit_of_the_platform_is_busy_with_its_seconds": "Nothing limits the pace here.",
        "test_an_answer_lost_after_the_post_is_unsure_and_the_retry_finds_it": (
            "A post is a transaction of Outloud's own, so no answer can be lost."
        ),
        "test_a_long_text_whose_first_answer_was_lost_is_completed_not_doubled": (
            "A post is a transaction of Outloud's own, so no answer can be lost."
        ),
    }

    @pytest.fixture
    async def bench(self, sqlite_url: str) -> AsyncIterator[Bench]:
        bench = LocalBench(Store(sqlite_url))
        await bench.start()
        yield bench
        await bench.close()
