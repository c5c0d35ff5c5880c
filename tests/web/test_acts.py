"""Commands, presses and forms: brought to the core whole, and answered where they were asked."""

from __future__ import annotations

import asyncio
import json

import pytest

from adapters.web import LocalChat, site
from bot.chat import (
    Ask,
    Button,
    Card,
    Command,
    Done,
    Picture,
    Press,
    Ref,
    Replace,
    Said,
    Show,
    Submit,
    Text,
    Wrong,
)
from tests.web.desk import CHECK_IN
from tests.web.local import ANA, HARBOUR, Local, Node, Visitor, read_html

READY = Card(text=Text.of("Ready?"), buttons=(Button("Yes", "ready.yes"), Button("No", "ready.no")))


def acts(local: Local, kind: type) -> list:
    return [act for act in local.desk.acts if isinstance(act, kind)]


def pressed(item: Node, label: str) -> dict[str, str]:
    """What the page sends when somebody presses a button of a message."""
    (button,) = (node for node in item.all("button") if node.text == label)
    given: dict[str, str] = json.loads(item.attributes["hx-vals"])
    return given | json.loads(button.attributes["hx-vals"])


@pytest.mark.parametrize(
    ("typed", "name", "words"),
    [
        ("/checkin", "checkin", ""),
        ("/CheckIn  snooze 30m ", "checkin", "snooze 30m"),
        ("/grain two\nlines", "grain", "two\nlines"),
        ("/grain\nall below", "grain", "all below"),
        ("/no-such_one x", "no-such_one", "x"),
    ],
)
async def test_a_slash_command_brings_its_name_words_and_place(
    local: Local, typed: str, name: str, words: str
) -> None:
    await local.visitor("ana").post("/say", text=typed, channel="team-harbour", key="one")
    (command,) = acts(local, Command)
    assert (command.name, command.words) == (name, words)
    assert (command.by, command.place, command.key) == (ANA, HARBOUR, "one")
    assert not any(isinstance(event, Said) for event in local.desk.events.values())


async def test_a_command_in_a_thread_and_in_the_direct_message_brings_that_place(
    local: Local,
) -> None:
    ana = local.visitor("ana")
    root = await ana.say("A thread")
    await ana.post("/say", text="/digest", channel="team-harbour", thread=root)
    await ana.post("/say", text="/digest", channel="@ana")
    assert [act.place for act in acts(local, Command)] == [
        Ref(HARBOUR, root).replies,
        ANA.direct,
    ]


async def test_a_card_for_the_caller_stands_nowhere(local: Local) -> None:
    ana = local.visitor("ana")
    answer = await ana.post("/say", text="/digest", channel="team-harbour")
    assert answer.headers["outloud-reply"] == "only"
    item = read_html(answer.text).one("li")
    assert "Only you can see this" in item.text
    assert await ana.messages("team-harbour") == []
    await ana.post("/press", **pressed(item, "Post"))
    (press,) = acts(local, Press)
    assert (press.action, press.on, press.place) == ("digest.post", None, HARBOUR)


async def test_a_card_for_the_caller_is_replaced_in_its_place(local: Local) -> None:
    ana = local.visitor("ana")
    item = read_html((await ana.post("/say", text="/digest")).text).one("li")
    again = read_html((await ana.post("/press", **pressed(item, "Post"))).text).one("li")
    assert again.attributes["id"] == item.attributes["id"]
    assert "Posted to #cop-reliability." in again.text


async def test_a_pressed_message_is_replaced_for_everybody(anywhere: Local) -> None:
    (ref,) = await anywhere.chat.send(HARBOUR, READY, key="k1")
    anywhere.desk.answers["ready.yes"] = Replace(Card(title="Done for today"))
    ana = anywhere.visitor("ana")
    (item,) = await ana.messages("team-harbour")
    answer = await ana.post("/press", **pressed(item, "Yes"))
    assert read_html(answer.text).one("li").attributes["data-id"] == ref.id
    (shown,) = await anywhere.visitor("ben").messages("team-harbour")
    assert shown.one("div", class_="card").text == "Done for today"


async def test_a_press_brings_where_its_message_stands_whatever_the_page_says(
    local: Local,
) -> None:
    (ref,) = await local.chat.send(HARBOUR, READY, key="k1")
    await local.visitor("ana").post("/press", action="ready.no", message=ref.id, channel="commons")
    (press,) = acts(local, Press)
    assert (press.on, press.place) == (ref, HARBOUR)


async def test_a_select_brings_its_choice(local: Local) -> None:
    await local.visitor("ana").post("/press", action="hour", choice="8")
    (press,) = acts(local, Press)
    assert (press.action, press.choice) == ("hour", "8")


async def test_a_shortcut_brings_the_message_it_was_used_on(local: Local) -> None:
    id = await local.visitor("ben").say("The wall holds when it is *low*")
    await local.visitor("ana").post("/press", action="lesson.mark", shortcut="yes", message=id)
    (press,) = acts(local, Press)
    assert (press.by, press.on) == (ANA, Ref(HARBOUR, id))
    assert isinstance(press.said, Said)
    assert (press.said.by.id, press.said.text) == (
        "ben",
        Text.parse("The wall holds when it is *low*"),
    )


async def test_a_shortcut_on_the_bots_message_brings_no_words_of_anybody(local: Local) -> None:
    (ref,) = await local.chat.send(HARBOUR, READY, key="k1")
    await local.visitor("ana").post("/press", action="grain.keep", shortcut="yes", message=ref.id)
    (press,) = acts(local, Press)
    assert (press.on, press.said) == (ref, None)


async def test_a_press_on_a_message_that_is_gone_is_refused_in_a_sentence(local: Local) -> None:
    answer = await local.visitor("ana").post("/press", action="ready.yes", message="12")
    assert (answer.status_code, answer.text) == (404, "That message is gone.")
    assert acts(local, Press) == []


async def open_form(local: Local, ana: Visitor) -> Node:
    local.desk.answers["/checkin"] = Ask(CHECK_IN)
    return read_html((await ana.post("/say", text="/checkin")).text).one("form")


async def test_a_form_is_titled_and_its_fields_are_labelled(local: Local) -> None:
    form = await open_form(local, local.visitor("ana"))
    assert form.one("h2").text == "Check in for Friday"
    labels = {node.attributes.get("for"): node.text for node in form.all("label")}
    for field, node in zip(CHECK_IN.fields, form.all("div", class_="field"), strict=True):
        if field.kind == "choices":
            group = node.one("div", role="group")
            assert node.one("span", id=group.attributes["aria-labelledby"]).text == field.label
            continue
        control = next(one for tag in ("textarea", "select", "input") for one in node.all(tag))
        assert labels[control.attributes["id"]] == field.label
    (submit,) = form.all("button", type="submit")
    assert (submit.text, submit.attributes["aria-label"]) == ("Narrate", "Submit")


async def test_a_form_brings_every_field_that_was_sent(local: Local) -> None:
    ana = local.visitor("ana")
    await open_form(local, ana)
    body = (
        "as=ana&form=checkin%3A1&key=one&channel=team-harbour&field.plan=One%0D%0ATwo&field.topics="
        "&field.topics=reliability&field.topics=tools&field.hours="
    )
    form_type = {"Content-Type": "application/x-www-form-urlencoded"}
    await ana.client.post("/submit", content=body, headers=form_type)
    (submit,) = acts(local, Submit)
    assert submit.values == {"plan": "One\nTwo", "topics": "reliability\ntools", "hours": ""}
    assert (submit.form, submit.by, submit.place, submit.final, submit.key) == (
        "checkin:1",
        ANA,
        HARBOUR,
        True,
        "one",
    )


async def test_nothing_ticked_arrives_as_nothing(local: Local) -> None:
    await local.visitor("ana").post("/submit", form="checkin:1", **{"field.topics": ""})
    (submit,) = acts(local, Submit)
    assert submit.values == {"topics": ""}


async def test_a_wrong_form_is_answered_with_a_sentence_for_each_field(local: Local) -> None:
    local.desk.answers["f"] = Wrong({"plan": "Say a little more.", "": "Almost."})
    answer = await local.visitor("ana").post("/submit", form="f", **{"field.plan": "x"})
    assert answer.headers["outloud-reply"] == "wrong"
    sentences = {
        node.attributes["data-field"]: node.text for node in read_html(answer.text).all("p")
    }
    assert sentences == {"plan": "Say a little more.", "": "Almost."}


async def test_a_form_that_is_left_is_a_draft_and_shows_nothing(local: Local) -> None:
    local.desk.answers["f"] = Show(Card(title="Never to be seen"))
    answer = await local.visitor("ana").post("/submit", form="f", final="no", **{"field.plan": "x"})
    assert (answer.status_code, answer.text) == (204, "")
    (submit,) = acts(local, Submit)
    assert (submit.final, submit.values) == (False, {"plan": "x"})


@pytest.mark.parametrize("kind", ["form", "only", "done"])
async def test_a_form_may_be_answered_with_anything(local: Local, kind: str) -> None:
    replies = {"form": Ask(CHECK_IN), "only": Show(Card(title="Thanks")), "done": Done()}
    local.desk.answers["f"] = replies[kind]
    answer = await local.visitor("ana").post("/submit", form="f")
    assert answer.headers["outloud-reply"] == kind


async def test_a_form_may_replace_the_message_that_opened_it(anywhere: Local) -> None:
    (ref,) = await anywhere.chat.send(HARBOUR, READY, key="k1")
    anywhere.desk.answers["ready.yes"] = Ask(CHECK_IN)
    ana = anywhere.visitor("ana")
    (item,) = await ana.messages("team-harbour")
    form = read_html((await ana.post("/press", **pressed(item, "Yes"))).text).one("form")
    hidden = {
        node.attributes["name"]: node.attributes["value"]
        for node in form.all("input", type="hidden")
        if not node.attributes["name"].startswith("field.")
    }
    assert hidden["message"] == ref.id
    anywhere.desk.answers["checkin:1"] = Replace(Card(title="Narrated"))
    await ana.post("/submit", **hidden)
    (shown,) = await anywhere.visitor("ben").messages("team-harbour")
    assert shown.one("div", class_="card").text == "Narrated"


async def test_a_picture_only_the_caller_sees_can_be_loaded(local: Local) -> None:
    local.desk.answers["/digest"] = Show(Card(picture=Picture(b"\x89PNG", "Grains by day")))
    ana = local.visitor("ana")
    only = read_html((await ana.post("/say", text="/digest")).text)
    assert (await ana.get(only.one("img").attributes["src"])).content == b"\x89PNG"


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b'{"text": "hello"}', 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 1001), 400),
        ("application/x-www-form-urlencoded", b"%ff%00=%zz&&&;=&text", 422),
        ("application/x-www-form-urlencoded", b"", 422),
        ("application/x-www-form-urlencoded", b"as=nobody&text=hello", 403),
        ("application/x-www-form-urlencoded", b"channel=nowhere&text=hello", 403),
    ],
)
async def test_a_malformed_form_is_refused_in_a_sentence(
    local: Local, kind: str, body: bytes, status: int
) -> None:
    ana = local.visitor("ana")
    answer = await ana.client.post("/say", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.text.endswith(".")
    assert local.desk.acts == []


@pytest.mark.parametrize("number", ["", "x", "-1", "1e3", "9" * 40, "٣", "1 OR 1=1"])
async def test_a_message_number_that_is_none_is_refused_in_a_sentence(
    anywhere: Local, number: str
) -> None:
    ana = anywhere.visitor("ana")
    for path in ("/react", "/edit"):
        answer = await ana.post(path, message=number, emoji="bulb", **{"field.text": "x"})
        assert (answer.status_code, answer.text) == (404, "That message is gone.")
    assert (await ana.get(f"/thread/{number or 0}")).status_code == 404
    assert (await ana.get("/earlier")).status_code == 404


async def test_one_browser_may_act_as_two_people_in_two_pages(local: Local) -> None:
    ana = local.visitor("ana")
    await ana.post("/say", text="As Ana", channel="team-harbour")
    await ana.client.post("/say", data={"as": "ben", "text": "As Ben", "channel": "team-harbour"})
    shown = await ana.messages("team-harbour")
    assert [node.one("span", class_="name").text for node in shown] == ["Ana", "Ben"]


async def test_whom_one_acts_as_is_remembered_in_a_strict_cookie(local: Local) -> None:
    ana = local.visitor("ana")
    answer = await ana.client.post("/act-as", data={"person": "chi", "next": "/c/commons"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/c/commons")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("outloud_as=chi;")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize("there", ["//evil.test", "https://evil.test", "/\\evil.test", ""])
async def test_acting_as_somebody_leads_nowhere_else(local: Local, there: str) -> None:
    answer = await local.visitor("ana").post("/act-as", person="chi", next=there)
    assert answer.headers["location"] == "/"


async def test_nobody_can_act_as_somebody_who_is_not_there(local: Local) -> None:
    answer = await local.visitor("ana").post("/act-as", person="zoe")
    assert (answer.status_code, answer.text) == (404, "Nobody here is called 'zoe'.")


async def test_commands_are_completed_by_name_and_then_by_the_core(local: Local) -> None:
    ana = local.visitor("ana")

    async def offered(typed: str) -> list[str]:
        answer = await ana.client.get("/complete", params={"typed": typed, "channel": "@ana"})
        return [one["text"] for one in answer.json()]

    assert await offered("/") == ["/checkin ", "/grain ", "/digest ", "/outloud "]
    assert await offered("/Ch") == ["/checkin "]
    assert await offered("/checkin s") == ["/checkin skip", "/checkin snooze 30m"]
    assert await offered("/zzz") == await offered("hello") == await offered("") == []


async def test_without_a_script_a_message_still_arrives(local: Local) -> None:
    ana = local.visitor("ana")
    ana.client.headers.pop("HX-Request")
    answer = await ana.post("/say", text="Plain", channel="team-harbour")
    assert (answer.status_code, answer.headers["location"]) == (303, "/c/team-harbour")
    assert len(await ana.messages("team-harbour")) == 1
    refused = await ana.post("/say", text=" ", channel="team-harbour")
    assert "There is nothing to read in that." in read_html(refused.text).text


async def test_an_empty_town_says_how_people_come_into_it(local: Local) -> None:
    chat = LocalChat(local.store.sessions, workspace="empty", now=local.store.now)
    visitor = Visitor(site(chat.routes, ready=chat.trouble, metrics=lambda: b""), "ana")
    local.visitors.append(visitor)
    answer = await visitor.get("/")
    assert answer.status_code == 503
    assert "Nobody lives in this chat yet." in answer.text


async def test_fifty_presses_at_once_are_all_answered(local: Local) -> None:
    (ref,) = await local.chat.send(HARBOUR, READY, key="k1")
    ana = local.visitor("ana")
    press = {"action": "ready.no", "message": ref.id, "channel": "team-harbour"}
    answers = await asyncio.gather(*(ana.post("/press", **press) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({act.key for act in acts(local, Press)}) == 50
