"""Whoever is forgotten is forgotten by the adapters, too: what they typed into a form that is still open goes."""

from __future__ import annotations

from sqlalchemy import func, select

from adapters.discord.keep import Forms as DiscordForms
from adapters.discord.tables import DiscordForm
from adapters.slack.keep import Forms as SlackForms
from adapters.slack.tables import SlackForm
from bot.chat import AccountId, Field, Form, Profile, Replace, Show
from bot.people import desk as people
from bot.store import base
from tests.house import House

FORM = Form("f", "F", (Field("plan", "Plan", value="Paint the hull"),))


async def test_open_forms_of_somebody_who_is_forgotten_go_in_the_same_transaction(
    house: House,
) -> None:
    """And nobody else's."""
    accounts = [
        AccountId(platform, "W1", who) for platform in ("slack", "discord") for who in ("1", "2")
    ]
    now = lambda: house.now  # noqa: E731
    slack = SlackForms(house.store.sessions, now=now)
    discord = DiscordForms(house.store.sessions, now=now)
    for one in accounts:
        async with house.work() as work:
            await people.learn(work, one, Profile("Somebody"))
        if one.platform == "slack":
            await slack.keep(one, FORM)
        else:
            await discord.keep(one, FORM, one.direct, None)
    for one in accounts[::2]:
        asked = await house.chat.command(one, one.direct, "/outloud mydata forget")
        assert isinstance(asked, Show)
        assert isinstance(await house.chat.press(one, asked.card, "Forget me"), Replace)
    async with house.store.look() as work:
        left = [
            (await work.session.scalars(select(table.account))).all()
            for table in (SlackForm, DiscordForm)
        ]
        assert left == [["2"], ["2"]]
        assert await work.session.scalar(select(func.count(SlackForm.id))) == 1


def test_every_table_of_an_adapter_with_typed_words_says_so() -> None:
    """The local chat is a platform: its messages are its people's own, to delete there."""
    base.load_tables()
    kept = {table.name for table in base.metadata.sorted_tables if table.info.get("typed_by")}
    forms = {table.name for table in base.metadata.sorted_tables if table.name.endswith("_form")}
    assert kept == forms == {"slack_form", "discord_form"}
