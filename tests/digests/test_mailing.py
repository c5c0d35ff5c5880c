"""A digest by e-mail: to the address that somebody gave themselves, in words and as a page, through a real server."""

from __future__ import annotations

import asyncio
import email
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from sqlalchemy import select

from bot.app import features
from bot.chat import Ask, Card, Wrong
from bot.digests.desk import MailServer
from bot.digests.tables import DigestAddress, DigestMail
from bot.engine.reception import Reception
from bot.engine.ticker import Ticker
from bot.people import desk as people
from tests.digests.parts import Team, card_of

ADDRESS = "ana@example.org"


class Mailbox:
    """What arrived at a mail server on this machine."""

    port: int

    def __init__(self) -> None:
        self.arrived: list[tuple[list[str], EmailMessage]] = []
        self.refuses = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuses:
            return "451 Try again later"
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.arrived.append((envelope.rcpt_tos, message))
        return "250 Taken"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", loop=loop), "127.0.0.1", 0
    )
    mailbox.port = server.sockets[0].getsockname()[1]
    yield mailbox
    server.close()
    await server.wait_closed()


@pytest.fixture
async def told(team: Team, mailbox: Mailbox) -> Team:
    """A team in which something was learned, in an installation with a mail server."""
    house = team.house
    post = MailServer(f"smtp://127.0.0.1:{mailbox.port}", "http://outloud.test")
    served = features(post)
    house.desk = Reception(house.store, served, house.desk.chats, people.meet)
    house.chat._desk = house.desk
    house.ticker = Ticker(house.store, served, house.desk.chats, seconds=5)
    await team.narrate("ben", "Paint the gangway", "Paint <b>dries</b> slowly & in fog")
    return team


async def mail(team: Team, address: str = ADDRESS) -> Card:
    """Ana asks for the digest by e-mail for the first time."""
    ana = team.people["ana"]
    card = await team.command("ana", "/digest")
    asked = await team.house.chat.press(ana, card, "E-mail it to me")
    assert isinstance(asked, Ask)
    return card_of(await team.house.chat.submit(ana, asked.form, {"address": address}))


async def waiting(team: Team) -> int:
    async with team.house.store.look() as work:
        return len(list(await work.session.scalars(select(DigestMail.id))))


async def test_it_comes_in_words_and_as_a_page_with_the_picture_inside(
    told: Team, mailbox: Mailbox
) -> None:
    assert "on its way to your e-mail address" in (await mail(told)).plain()
    await told.house.tick()
    ((to, message),) = mailbox.arrived
    assert to == [ADDRESS]
    assert message["Subject"] == "Digest: #harbour, 14 to 20 November 2026"
    words = message.get_body(("plain",))
    page = message.get_body(("html",))
    assert words is not None
    assert page is not None
    assert "# #harbour, 14 to 20 November 2026" in words.get_content()
    assert "\n## What was learned" in words.get_content().replace("\r", "")
    assert "(https://fake.test/harbour/" in words.get_content()
    html = page.get_content()
    assert "Paint &lt;b&gt;dries&lt;/b&gt; slowly &amp; in fog" in html
    assert 'src="cid:chart@outloud"' in html
    assert "prefers-color-scheme: dark" in html
    pictures = [one for one in message.walk() if one.get_content_type() == "image/png"]
    assert [one["Content-ID"] for one in pictures] == ["<chart@outloud>"]
    assert pictures[0].get_content().startswith(b"\x89PNG")
    assert await waiting(told) == 0


async def test_the_page_loads_nothing_from_anywhere(told: Team, mailbox: Mailbox) -> None:
    await mail(told)
    await told.house.tick()
    page = mailbox.arrived[0][1].get_body(("html",))
    assert page is not None
    html = page.get_content()
    for loader in ("<script", "<link", 'src="http', "url(", "@import"):
        assert loader not in html


async def test_it_is_sent_once(told: Team, mailbox: Mailbox) -> None:
    await mail(told)
    for _ in range(3):
        await told.house.tick()
        told.house.later(hours=1)
    assert len(mailbox.arrived) == 1


async def test_the_next_one_needs_no_address_and_nobody_sees_it(
    told: Team, mailbox: Mailbox
) -> None:
    await mail(told)
    card = await told.command("ana", "/digest")
    said = await told.press("ana", card, "E-mail it to me")
    assert ADDRESS not in said.plain()
    await told.house.tick()
    assert len(mailbox.arrived) == 2
    for name in ("ben", "chi"):
        shown = [one.plain() for one in told.house.chat.shown.get(told.people[name], [])]
        assert ADDRESS not in str(shown)


async def test_while_the_server_is_away_it_is_tried_again_and_then_told(
    told: Team, mailbox: Mailbox
) -> None:
    mailbox.refuses = True
    await mail(told)
    for _ in range(30):
        await told.house.tick()
        told.house.later(hours=4)
    assert await waiting(told) == 0
    words = "The digest of #harbour did not get out by e-mail"
    ref = told.house.find(told.people["ana"].direct, words)
    mailbox.refuses = False
    card_of(await told.house.chat.press(told.people["ana"], ref, "Try once more"))
    await told.house.tick()
    assert len(mailbox.arrived) == 1


async def test_a_server_that_comes_back_gets_what_waited(told: Team, mailbox: Mailbox) -> None:
    mailbox.refuses = True
    await mail(told)
    await told.house.tick()
    mailbox.refuses = False
    await told.house.tick()
    assert mailbox.arrived == []
    told.house.later(minutes=3)
    await told.house.tick()
    assert len(mailbox.arrived) == 1


async def test_whoever_left_the_channel_meanwhile_gets_nothing(
    told: Team, mailbox: Mailbox
) -> None:
    await mail(told)
    await told.house.chat.leave(told.people["ana"], told.place)
    await told.house.settle()
    await told.house.tick()
    assert mailbox.arrived == []
    assert await waiting(told) == 0


async def test_an_address_is_forgotten_when_it_is_emptied(told: Team) -> None:
    said = await mail(told)
    asked = await told.house.chat.press(told.people["ana"], said, "Another address")
    assert isinstance(asked, Ask)
    assert asked.form.fields[0].value == ADDRESS
    card_of(await told.house.chat.submit(told.people["ana"], asked.form, {"address": ""}))
    async with told.house.store.look() as work:
        assert list(await work.session.scalars(select(DigestAddress.address))) == []


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: all@example.org", "ana@x,ben@x", ""])
async def test_what_is_no_address_is_refused_beside_its_field(told: Team, address: str) -> None:
    card = await told.command("ana", "/digest")
    asked = await told.house.chat.press(told.people["ana"], card, "E-mail it to me")
    assert isinstance(asked, Ask)
    reply = await told.house.chat.submit(told.people["ana"], asked.form, {"address": address})
    assert isinstance(reply, Wrong)
    assert "address" in reply.sentences["address"]


async def test_without_a_mail_server_nothing_about_e_mail_is_said(team: Team) -> None:
    await team.narrate("ben", "Paint the gangway", "Paint dries slowly in fog")
    card = await team.command("ana", "/digest")
    assert "E-mail" not in str(card)
