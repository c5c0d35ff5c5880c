"""Text is data: whatever people and the bot write is shown as it stands, and nothing of it acts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters.web import LocalChannel, LocalChat, LocalPerson
from adapters.web.tables import FileRow
from bot.chat import (
    Ask,
    Attachment,
    Block,
    Button,
    Card,
    CommandHelp,
    Fact,
    Field,
    Form,
    Option,
    Picture,
    Reacted,
    Said,
    Select,
    Shortcut,
    Show,
    Span,
    Text,
    When,
    Wrong,
)
from tests.web.local import ANA, HARBOUR, Local, Node, read_html

EVIL = """"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 }}${7}&lt;b&gt;"""
WORDS = Text((Block((Span(EVIL),)),))
EVERYWHERE = Card(
    title=EVIL,
    text=Text(
        tuple(
            Block(
                (Span(EVIL, bold=True, code=True), Span(EVIL, href=f"https://example.org/{EVIL}")),
                kind,
            )
            for kind in ("paragraph", "heading", "bullet", "number", "quote", "code")
        )
    ),
    facts=(Fact(EVIL, WORDS),),
    buttons=(Button(EVIL, EVIL),),
    selects=(Select(EVIL, EVIL, (Option(EVIL, EVIL),), chosen=EVIL),),
    picture=Picture(b"\x89PNG", EVIL),
    footnote=EVIL,
)
FORM = Form(
    id=EVIL,
    title=EVIL,
    text=WORDS,
    fields=tuple(
        Field(
            key=f"{EVIL}{kind}",
            label=EVIL,
            kind=kind,
            value=EVIL,
            hint=EVIL,
            options=(Option(EVIL, EVIL),),
            when=When(EVIL, (EVIL,)),
        )
        for kind in ("line", "long", "choice", "choices", "number", "date", "time", "suggest")
    ),
    submit=EVIL,
)


def assert_harmless(page: Node) -> None:
    for node in page.all():
        if node.tag == "script":
            assert node.attributes["src"].startswith("/static/")
        if node.tag == "img":
            assert node.attributes["src"].startswith(("/static/", "/picture/"))
        assert not any(name.startswith("on") for name in node.attributes), node


async def test_nothing_in_a_card_acts_and_all_of_it_is_shown(local: Local) -> None:
    await local.chat.send(ANA.direct, EVERYWHERE, key=EVIL)
    page = await local.visitor("ana").page()
    assert_harmless(page)
    card = page.one("div", class_="card")
    # The title, both spans of six blocks, a fact and its label, a select with its option, a button, the last line.
    assert card.text.count(EVIL) == 1 + 12 + 2 + 2 + 1 + 1
    assert card.one("img").attributes["alt"] == EVIL


async def test_nothing_in_a_form_acts_and_all_of_it_is_shown(local: Local) -> None:
    local.desk.answers["/checkin"] = Ask(FORM)
    ana = local.visitor("ana")
    answer = await ana.post("/say", text="/checkin")
    form = read_html(answer.text)
    assert_harmless(form)
    assert form.one("h2").text == EVIL
    assert form.one("input", name="form").attributes["value"] == EVIL
    fields = list(form.all("div", class_="field"))
    assert [node.attributes["data-field"] for node in fields] == [one.key for one in FORM.fields]
    for node in form.all("label"):
        assert node.text == EVIL


async def test_nothing_in_a_reply_acts(local: Local) -> None:
    ana = local.visitor("ana")
    for reply in (Show(EVERYWHERE), Wrong({EVIL: EVIL})):
        local.desk.answers["/checkin"] = reply
        only = read_html((await ana.post("/say", text="/checkin")).text)
        assert_harmless(only)
        assert EVIL in only.text
    local.desk.answers["form"] = Wrong({EVIL: EVIL})
    wrong = read_html((await ana.post("/submit", form="form")).text)
    assert_harmless(wrong)
    assert (wrong.one("p").attributes["data-field"], wrong.text) == (EVIL, EVIL)


async def test_nothing_in_a_message_acts(local: Local) -> None:
    ana = local.visitor("ana")
    await ana.say(EVIL)
    await ana.say(
        f"# {EVIL}\n\n- {EVIL}\n\n> {EVIL}\n\n```\n{EVIL}\n```\n\n[x](javascript:alert(1))"
    )
    page = await ana.page("team-harbour")
    assert_harmless(page)
    first, second = page.one("ol", id="messages").all("li", class_="message")
    assert first.one("div", class_="text").text == EVIL
    assert second.one("div", class_="text").text.count("<script>") == 4
    assert not list(page.one("ol", id="messages").all("a"))


async def test_nothing_in_names_and_menus_acts(local: Local) -> None:
    async with local.store.sessions.begin() as session:
        await local.chat.provide(
            session,
            people=(LocalPerson("eve", EVIL, EVIL),),
            channels=(LocalChannel("evil", EVIL),),
        )
    local.desk.shortcuts = (Shortcut(EVIL, EVIL),)
    local.desk.commands = (CommandHelp("evil", EVIL, EVIL),)
    eve = local.visitor("eve")
    root = await eve.say("Hello", "evil")
    await eve.say("Hello", "evil", thread=root)
    await eve.post("/react", message=root, emoji="bulb", on="yes")
    page = await local.visitor("ana").page("evil")
    assert_harmless(page)
    assert page.one("ol", id="messages").one("span", class_="name").text == EVIL
    assert_harmless(read_html((await eve.get(f"/thread/{root}")).text))
    assert (await eve.get("/complete?typed=/ev")).headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "//evil.test", ""],
)
async def test_only_web_and_mail_addresses_become_links(local: Local, address: str) -> None:
    text = Text((Block((Span("a link", href=address),)),))
    await local.chat.send(ANA.direct, Card(text=text), key="k1")
    card = (await local.visitor("ana").page()).one("div", class_="card")
    assert card.text == "a link"
    assert not list(card.all("a"))


async def test_links_open_apart_and_tell_nothing(local: Local) -> None:
    await local.visitor("ana").say("See https://example.org/wall?a=1&b=2")
    (shown,) = await local.visitor("ben").messages("team-harbour")
    link = shown.one("a").attributes
    assert link["href"] == "https://example.org/wall?a=1&b=2"
    assert (link["target"], link["rel"]) == ("_blank", "noopener noreferrer")


@pytest.mark.parametrize(
    "words",
    [
        "🎉",
        "👩‍👩‍👧‍👦🏳️‍🌈",
        "שלום עולם, مرحبا",
        "a\u202eb\u2066c",
        "z̷a̷l̷g̷o̷",
        "one\ntwo\r\nthree",
        "/etc/hosts is a file",
        "/ is a slash",
        "'\"; DROP TABLE local_messages; --",
        "a" * 20_000,
    ],
)
async def test_any_writing_comes_out_as_it_went_in(anywhere: Local, words: str) -> None:
    ana = anywhere.visitor("ana")
    await ana.say(words)
    (shown,) = await anywhere.visitor("ben").messages("team-harbour")
    assert shown.one("div", class_="text").text == words.replace("\r\n", "\n")
    (heard,) = (event for event in anywhere.desk.events.values() if isinstance(event, Said))
    assert heard.text.plain() == words.replace("\r\n", "\n")


@pytest.mark.parametrize("words", ["", " \n\t ", "\u200b\u200d\ufeff", "\u00ad\u2060", "\x00"])
async def test_what_nobody_can_see_is_not_posted(local: Local, words: str) -> None:
    ana = local.visitor("ana")
    answer = await ana.post("/say", text=words, channel="team-harbour")
    assert (answer.status_code, answer.text) == (422, "There is nothing to read in that.")
    assert await ana.messages("team-harbour") == []


async def test_a_zero_byte_is_left_out(anywhere: Local) -> None:
    await anywhere.visitor("ana").say("a\x00b")
    (shown,) = await anywhere.visitor("ana").messages("team-harbour")
    assert shown.one("div", class_="text").text == "ab"


@pytest.mark.parametrize("letter", ["a", "🎉"])
async def test_a_megabyte_is_refused_with_its_size_in_a_sentence(local: Local, letter: str) -> None:
    words = letter * (1_000_000 // len(letter.encode()))
    ana = local.visitor("ana")
    answer = await ana.post("/say", text=words, channel="team-harbour")
    assert answer.status_code == 413
    assert answer.text == (
        f"That is {len(words):,} characters, and a message holds 20,000. "
        "It is all still here: shorten it, or send it in parts."
    )
    assert await ana.messages("team-harbour") == []


async def test_more_than_a_request_may_bring_is_refused_in_a_sentence(local: Local) -> None:
    answer = await local.visitor("ana").post("/say", text="a" * 5_000_000)
    assert answer.status_code == 413
    assert "It is still where you typed it: make it shorter." in answer.text


async def test_the_bot_may_write_much(anywhere: Local) -> None:
    words = " ".join(f"word{number:06}" for number in range(50_000))
    await anywhere.chat.send(HARBOUR, Card(text=Text.of(words)), key="k1")
    (shown,) = await anywhere.visitor("ana").messages("team-harbour")
    assert shown.one("div", class_="text").text == words


async def test_a_picture_is_kept_once_and_served_as_a_picture(anywhere: Local) -> None:
    picture = Card(picture=Picture(b"\x89PNG not really", "Grains by day"))
    for key in ("k1", "k2"):
        await anywhere.chat.send(HARBOUR, picture, key=key)
    ana = anywhere.visitor("ana")
    addresses = {node.one("img").attributes["src"] for node in await ana.messages("team-harbour")}
    (address,) = addresses
    answer = await ana.get(address)
    assert (answer.content, answer.headers["content-type"]) == (b"\x89PNG not really", "image/png")
    assert (await ana.get("/picture/nothing")).status_code == 404


async def test_a_file_is_saved_under_its_name_by_those_who_may_see_it_and_shown_to_nobody(
    local: Local,
) -> None:
    """Whatever is in it: a page in it never becomes one of this chat's."""
    file = Attachment(f"{EVIL}.html", "text/html", b"<script>alert(1)</script>")
    (ref,) = await local.chat.send(ANA.direct, Card(file=file), key="k1")
    ana, ben = local.visitor("ana"), local.visitor("ben")
    page = await ana.page()
    assert_harmless(page)
    (link,) = (one for one in page.all("a") if "download" in one.attributes)
    assert (link.text, link.attributes["download"]) == (file.name, file.name)
    answer = await ana.get(link.attributes["href"])
    assert answer.content == file.data
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%22")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await ben.get(f"/file/{ref.id}")).status_code == 404
    assert (await ana.get("/file/17")).status_code == 404
    await local.chat.remove((ref,))
    assert (await ana.get(link.attributes["href"])).status_code == 404
    async with local.store.sessions() as session:
        assert await session.scalar(select(FileRow)) is None


async def test_reactions_of_other_platforms_are_shown_by_name(local: Local) -> None:
    ana = local.visitor("ana")
    id = await ana.say("The wall holds")
    await ana.post("/react", message=id, emoji="party_parrot", on="yes")
    (shown,) = await ana.messages("team-harbour")
    assert shown.one("button", class_="reaction").text == ":party_parrot: 1"
    assert any(isinstance(event, Reacted) for event in local.desk.events.values())


async def test_a_picture_that_stands_nowhere_is_forgotten_after_a_day(anywhere: Local) -> None:
    chat, ana = anywhere.chat, anywhere.visitor("ana")
    now = anywhere.store.now()
    anywhere.desk.answers["/digest"] = Show(Card(picture=Picture(b"alone", "Shown to Ana")))
    only = read_html((await ana.post("/say", text="/digest")).text)
    await chat.send(HARBOUR, Card(picture=Picture(b"posted", "For all")), key="k1")
    (posted,) = await ana.messages("team-harbour")
    later = LocalChat(anywhere.store.sessions, now=lambda: now + timedelta(days=2))
    await later.send(HARBOUR, Card(picture=Picture(b"new", "Two days later")), key="k2")
    assert (await ana.get(only.one("img").attributes["src"])).status_code == 404
    assert (await ana.get(posted.one("img").attributes["src"])).content == b"posted"
