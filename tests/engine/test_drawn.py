"""Commands, buttons and forms that draw answer in transactions of their own, and are refused like all others."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat import AccountId, Card, Chat, Command, Press, Reply, Show, Submit, Text, Wrong
from bot.engine.feature import Feature
from bot.engine.reception import Reception
from bot.refusal import Refusal
from bot.store.session import Store

ANA = AccountId("fake", "W1", "ana")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


async def greet(store: Store, chat: Chat, account: AccountId) -> None:
    """Everybody is known."""


async def draw(store: Store, act: object) -> Reply:
    async with store.look() as work:
        now = work.now
    # What is written while the first transaction is over, and after the drawing.
    async with store.work() as work:
        assert work.now >= now
    return Show(Card(text=Text.of(f"Drawn for {type(act).__name__.lower()}")))


async def refuse(store: Store, act: object) -> Reply:
    raise Refusal("There is nothing to draw.", field="days")


async def test_every_kind_of_act_finds_what_draws_for_it(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    feature = Feature("charts", drawn={"chart": draw, "charts.more": draw, "charts.form": draw})
    desk = Reception(store, (feature,), {}, greet)
    acts = [
        Command("chart", "", ANA, ANA.direct, NOW),
        Press("charts.more:7", ANA, ANA.direct, NOW),
        Submit("charts.form:7", {}, ANA, ANA.direct, NOW),
    ]
    shown = [await desk.answer(act) for act in acts]
    said = [one.card.text.plain() for one in shown if isinstance(one, Show)]
    assert said == ["Drawn for command", "Drawn for press", "Drawn for submit"]
    await store.close()


async def test_what_draws_says_no_as_all_others_do(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    feature = Feature("charts", drawn={"chart": refuse, "charts.form": refuse})
    desk = Reception(store, (feature,), {}, greet)
    shown = await desk.answer(Command("chart", "", ANA, ANA.direct, NOW))
    assert isinstance(shown, Show)
    assert shown.card.text.plain() == "There is nothing to draw."
    wrong = await desk.answer(Submit("charts.form", {}, ANA, ANA.direct, NOW))
    assert wrong == Wrong({"days": "There is nothing to draw."})
    await store.close()
