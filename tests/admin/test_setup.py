"""A channel is set up in chat: tapped together, looked at, tried, saved."""

from __future__ import annotations

import pytest

from bot.admin.desk import apply_file, read_setup
from bot.channels import desk as channels
from bot.chat import AccountId, Ask, Card, Form, Place, Press, Replace, Reply, Show, Wrong
from bot.checkins import desk as checkins
from bot.checkins.rules import RhythmPlan
from bot.engine.reception import Reception
from bot.people import desk as people
from bot.store.session import Store
from tests.house import House


def card(reply: Reply) -> Card:
    assert isinstance(reply, Show | Replace), reply
    return reply.card


def form(reply: Reply) -> Form:
    assert isinstance(reply, Ask), reply
    return reply.form


@pytest.fixture
async def dee(house: House) -> AccountId:
    return await house.person("dee", "Australia/Lord_Howe", admin=True)


@pytest.fixture
async def ana(house: House) -> AccountId:
    return await house.person("ana", "Europe/Lisbon")


@pytest.fixture
async def harbour(house: House) -> Place:
    return house.chat.channel("harbour")


async def opened(house: House, by: AccountId, place: Place, words: str = "") -> Form:
    return form(await house.chat.command(by, place, f"/outloud setup {words}"))


async def test_a_channel_is_set_up_with_one_form_and_one_tap(
    house: House, dee: AccountId, ana: AccountId, harbour: Place
) -> None:
    asked = await opened(house, dee, harbour)
    assert asked.title == "Set up #harbour"
    seen = card(await house.chat.submit(dee, asked, {"members": "ana", "at": "08:30"}))
    assert "+ #harbour: a team; members Ana" in seen.plain()
    async with house.work() as work:
        assert await channels.find(work, harbour) is None
    assert "is set up" in card(await house.chat.press(dee, seen, "Save")).title
    async with house.work() as work:
        setup = await read_setup(work)
        rhythms = await checkins.rhythms(work, harbour.workspace_id)
    channel = setup.channel(harbour)
    assert channel is not None
    assert channel.members == ("ana",)
    assert f"{rhythms['harbour'].at:%H:%M}" == "08:30"
    log = card(await house.chat.command(dee, harbour, "/outloud log"))
    assert "Dee: + #harbour: a team; members Ana" in log.plain()


async def test_the_preview_shows_the_next_five_prompts_across_a_clock_change(
    house: House, dee: AccountId, ana: AccountId, harbour: Place
) -> None:
    """Lisbon goes back an hour on Sunday 25 October 2026; nine stays nine there."""
    house.at("2026-10-23T07:30:00+00:00")
    asked = await opened(house, dee, harbour)
    seen = card(await house.chat.submit(dee, asked, {"members": "ana\ndee"}))
    times = {fact.label: fact.value.plain() for fact in seen.facts}
    assert times == {
        "Ana (Europe/Lisbon)": "Fri 23 Oct 09:00, Mon 26 Oct 09:00, Tue 27 Oct 09:00, "
        "Wed 28 Oct 09:00, Thu 29 Oct 09:00",
        "Dee (Australia/Lord_Howe)": "Mon 26 Oct 09:00, Tue 27 Oct 09:00, Wed 28 Oct 09:00, "
        "Thu 29 Oct 09:00, Fri 30 Oct 09:00",
    }


async def test_a_fixed_zone_is_shown_on_each_persons_own_clock(
    house: House, dee: AccountId, ana: AccountId, harbour: Place
) -> None:
    house.at("2026-10-23T07:30:00+00:00")
    asked = await opened(house, dee, harbour)
    seen = card(await house.chat.submit(dee, asked, {"members": "ana", "zone": "Asia/Kolkata"}))
    assert seen.facts[0].value.plain().startswith("Mon 26 Oct 03:30, Tue 27 Oct 03:30")


async def test_a_preview_without_known_members_shows_the_callers_own_times(
    house: House, dee: AccountId, harbour: Place
) -> None:
    seen = card(await house.chat.submit(dee, await opened(house, dee, harbour), {}))
    assert [fact.label for fact in seen.facts] == ["Dee (Australia/Lord_Howe)"]


async def test_trying_sends_the_prompt_to_the_admin_alone(
    house: House, dee: AccountId, ana: AccountId, harbour: Place
) -> None:
    asked = await opened(house, dee, harbour)
    seen = card(
        await house.chat.submit(dee, asked, {"members": "ana", "questions": "What is next?"})
    )
    await house.chat.press(dee, seen, "Try it on me")
    await house.settle()
    assert "What is next?" in house.seen(dee.direct)[-1].plain()
    assert not house.seen(ana.direct)
    async with house.work() as work:
        assert await channels.find(work, harbour) is None


async def test_change_opens_the_form_with_all_that_was_tapped(
    house: House, dee: AccountId, harbour: Place
) -> None:
    asked = await opened(house, dee, harbour)
    typed = {"at": "07:45", "questions": "What is next?\nSure? [scale]", "days": "tue\nthu"}
    seen = card(await house.chat.submit(dee, asked, typed))
    again = form(await house.chat.press(dee, seen, "Change"))
    held = {field.key: field.value for field in again.fields}
    assert typed.items() <= held.items()


async def test_a_wrong_form_keeps_what_was_typed_and_saves_nothing(
    house: House, dee: AccountId, harbour: Place
) -> None:
    asked = await opened(house, dee, harbour)
    wrong = await house.chat.submit(dee, asked, {"at": "25:00", "zone": "Mars/Base"})
    assert isinstance(wrong, Wrong)
    assert wrong.sentences.keys() == {"at", "zone"}


async def test_saving_is_refused_when_somebody_changed_the_channel_meanwhile(
    house: House, dee: AccountId
) -> None:
    harbour = await house.channel("harbour", plan=RhythmPlan())
    chi = await house.person("chi", admin=True)
    first = card(await house.chat.submit(dee, await opened(house, dee, harbour), {"at": "08:00"}))
    second = card(await house.chat.submit(chi, await opened(house, chi, harbour), {"at": "10:00"}))
    await house.chat.press(chi, second, "Save")
    assert "Somebody changed #harbour" in card(await house.chat.press(dee, first, "Save")).plain()
    again = form(await house.chat.press(dee, first, "Change"))
    anew = card(await house.chat.submit(dee, again, {}))
    assert "at 08:00 (was: at 10:00)" in anew.plain()
    assert "is set up" in card(await house.chat.press(dee, anew, "Save")).title


async def test_an_old_preview_cannot_be_saved(house: House, dee: AccountId, harbour: Place) -> None:
    old = card(await house.chat.submit(dee, await opened(house, dee, harbour), {"at": "08:00"}))
    new = card(await house.chat.submit(dee, await opened(house, dee, harbour), {"at": "09:00"}))
    assert "newer one" in card(await house.chat.press(dee, old, "Save")).plain()
    save = Press(new.buttons[0].action, dee, dee.direct, house.now)
    assert "is set up" in card(await house.desk.answer(save)).title
    assert "saved already" in card(await house.desk.answer(save)).plain()


async def test_a_route_is_offered_to_channels_one_ring_further_out(
    house: House, dee: AccountId
) -> None:
    harbour = await house.channel("harbour", "team")
    cop = await house.channel("cop", "community")
    await house.channel("commons", "network")
    asked = await opened(house, dee, harbour)
    offered = {field.key: [o.label for o in field.options] for field in asked.fields}
    assert offered["routes.team"] == ["#cop"]
    seen = card(await house.chat.submit(dee, asked, {"routes.team": str(cop)}))
    assert "+ route #harbour → #cop" in seen.plain()


async def test_a_ring_cannot_change_under_a_route(house: House, dee: AccountId) -> None:
    harbour, cop = await house.channel("harbour", "team"), await house.channel("cop", "community")
    seen = card(
        await house.chat.submit(dee, await opened(house, dee, harbour), {"routes.team": str(cop)})
    )
    await house.chat.press(dee, seen, "Save")
    wrong = await house.chat.submit(dee, await opened(house, dee, cop), {"ring": "network"})
    assert isinstance(wrong, Wrong)
    assert "#harbour (team) → #cop (network) skips a ring" in wrong.sentences["ring"]


async def test_a_channel_can_be_named_from_anywhere(house: House, dee: AccountId) -> None:
    await house.channel("harbour")
    assert (await opened(house, dee, dee.direct, "#harbour")).title == "Set up #harbour"
    assert (await opened(house, dee, dee.direct, "<#harbour|harbour>")).title == "Set up #harbour"
    choice = await opened(house, dee, dee.direct)
    chosen = await house.chat.submit(dee, choice, {"channel": "harbour"})
    assert form(chosen).title == "Set up #harbour"
    lost = card(await house.chat.command(dee, dee.direct, "/outloud setup #harbur"))
    assert "Did you mean #harbour?" in lost.plain()


async def test_a_channel_that_is_taken_off_keeps_what_was_written(
    house: House, dee: AccountId, ana: AccountId
) -> None:
    harbour = await house.channel("harbour", "team", ana, plan=RhythmPlan())
    await house.chat.command(ana, ana.direct, "/checkin Moving the quay")
    asked = await opened(house, dee, harbour)
    seen = card(await house.chat.submit(dee, asked, {"ring": "off"}))
    await house.chat.press(dee, seen, "Save")
    async with house.work() as work:
        assert await channels.find(work, harbour) is None
    asked = await opened(house, dee, harbour)
    await house.chat.press(dee, card(await house.chat.submit(dee, asked, {})), "Save")
    await house.settle()
    assert any("Moving the quay" in post.card.plain() for post in house.chat.posts)


async def test_nobody_is_locked_out(house: House) -> None:
    """An admin by role alone cannot take the last admin's role away."""
    ana = await house.person("ana")
    async with house.work() as work:
        await channels.set_roles(work, ana.workspace_id, "", "admin", [(await house.who(ana)).id])
    roles = card(await house.chat.command(ana, ana.direct, "/outloud roles"))
    asked = form(await house.chat.press(ana, roles, "Change"))
    wrong = await house.chat.submit(ana, asked, {"admins": ""})
    assert isinstance(wrong, Wrong)
    assert "without an admin" in wrong.sentences["admins"]


async def test_roles_are_changed_in_one_form(house: House, dee: AccountId, ana: AccountId) -> None:
    cop = await house.channel("cop", "community", dee, ana)
    roles = card(await house.chat.command(dee, dee.direct, "/outloud roles"))
    assert "#cop: nobody yet" in roles.plain()
    asked = form(await house.chat.press(dee, roles, "Change"))
    saved = card(await house.chat.submit(dee, asked, {"curators.cop": "ana"}))
    assert "~ #cop: curators: nobody → Ana" in saved.plain()
    async with house.work() as work:
        assert await channels.is_curator(work, await house.who(ana), cop.channel)
    assert "#cop: Ana" in card(await house.chat.command(ana, cop, "/outloud roles")).plain()


async def test_the_log_is_in_the_readers_own_time(house: House, dee: AccountId) -> None:
    house.at("2026-11-16T23:30:00+00:00")
    async with house.work() as work:
        await apply_file(
            work,
            "workspaces: [{platform: fake, id: W1, channels: [{id: C1, ring: network}]}]\n",
            platforms=("fake",),
        )
    log = card(await house.chat.command(dee, dee.direct, "/outloud log")).plain()
    assert "Tue 17 Nov 10:30, the set-up file: + #C1: a network" in log


async def test_saving_after_a_restart_works(house: House, dee: AccountId, harbour: Place) -> None:
    """The preview is in the database, not in a process."""
    seen = card(await house.chat.submit(dee, await opened(house, dee, harbour), {}))
    store = Store(house.store.url.render_as_string(hide_password=False), now=lambda: house.now)
    desk = Reception(store, house.desk.features, {"fake": house.chat}, people.meet)
    async with house.chat.listening(desk):
        assert "is set up" in card(await house.chat.press(dee, seen, "Save")).title
    await store.close()
