"""Every command, with each of its sub-words, does what the caller may do and refuses the rest in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.app import FEATURES
from bot.channels import desk as channels
from bot.chat import AccountId, Ask, Card, Done, Place, Reply, Show
from bot.checkins.rules import RhythmPlan
from tests.house import House

ROLES = ("stranger", "member", "curator", "admin")
EVERYBODY = frozenset(ROLES)
MEMBERS = frozenset(ROLES[1:])
ADMINS = frozenset({"admin"})

MAY = {
    "/checkin": MEMBERS,
    "/checkin skip": MEMBERS,
    "/checkin snooze": MEMBERS,
    "/checkin away": MEMBERS,
    "/checkin back": MEMBERS,
    "/checkin settings": MEMBERS,
    "/checkin zone": MEMBERS,
    "/checkin undo": MEMBERS,
    "/checkin questions": MEMBERS,
    "/grain": MEMBERS,
    "/grain list": MEMBERS,
    "/lesson": MEMBERS,
    "/lesson mine": MEMBERS,
    "/lesson queue": MEMBERS,
    "/lesson show": MEMBERS,
    "/lesson search": MEMBERS,
    "/lesson replies": MEMBERS,
    "/lesson withdraw": MEMBERS,
    "/digest": MEMBERS,
    "/digest week": MEMBERS,
    "/digest month": MEMBERS,
    "/digest last": MEMBERS,
    "/digest mine": MEMBERS,
    "/digest post": MEMBERS,
    "/digest schedule": MEMBERS,
    "/community": MEMBERS,
    "/community map": MEMBERS,
    "/outloud": EVERYBODY,
    "/outloud board": MEMBERS,
    "/outloud setup": ADMINS,
    "/outloud roles": MEMBERS,
    "/outloud mydata": MEMBERS,
    "/outloud link": MEMBERS,
    "/outloud link workspace": ADMINS,
    "/outloud log": ADMINS,
}
"""Who may use each command and sub-word; a new one is written down here, or the walk fails."""

NO_STRANGERS = "I only work for members of this workspace"
NO_MEMBERS = "Only an admin of this workspace can do that."


@dataclass(frozen=True, slots=True)
class Cast:
    """One person of each role, and the team channel they all look at."""

    team: Place
    accounts: dict[str, AccountId]


@pytest.fixture
async def cast(house: House) -> Cast:
    accounts = {
        "stranger": AccountId("fake", house.chat.workspace, "eve"),
        "member": await house.person("ana"),
        "curator": await house.person("chi", "Asia/Kolkata"),
        "admin": await house.person("dee", "Australia/Lord_Howe", admin=True),
    }
    insiders = [accounts[role] for role in ROLES[1:]]
    team = await house.channel("harbour", "team", *insiders, plan=RhythmPlan())
    cop = await house.channel("cop", "community", *insiders)
    async with house.work() as work:
        chi = await house.who(accounts["curator"])
        await channels.set_roles(work, cop.workspace_id, cop.channel, "curator", [chi.id])
    return Cast(team, accounts)


async def offered(house: House, cast: Cast, role: str) -> list[str]:
    """Every line that a command offers somebody, and each command alone."""
    lines = []
    for feature in FEATURES:
        for command in feature.commands:
            found = await house.desk.complete(command.name, "", cast.accounts[role], cast.team)
            lines += [(command.name, line) for line in ("", *found)]
    return [f"/{name} {line}".strip() for name, line in lines]


def card_of(reply: Reply) -> Card:
    return reply.card if isinstance(reply, Show) else Card()


def no_to(role: str) -> str:
    return NO_STRANGERS if role == "stranger" else NO_MEMBERS


def row_of(line: str) -> str:
    """The row of the table that a line belongs to: its command and sub-word, or with one more word its own."""
    words = line.split()
    whole = " ".join(words[:3])
    return whole if whole in MAY else " ".join(words[:2])


async def test_every_command_and_sub_word_is_in_the_table(house: House, cast: Cast) -> None:
    rows = {row_of(line) for line in await offered(house, cast, "admin")}
    assert rows == MAY.keys()


@pytest.mark.parametrize("role", ROLES)
async def test_everybody_may_do_exactly_what_the_table_says(
    house: House, cast: Cast, role: str
) -> None:
    for line in dict.fromkeys(await offered(house, cast, "admin")):
        allowed = role in MAY[row_of(line)]
        reply = await house.chat.command(cast.accounts[role], cast.team, line)
        assert isinstance(reply, Show | Ask | Done), (line, reply)
        refused = card_of(reply).plain().startswith(no_to(role))
        assert refused != allowed, (line, card_of(reply).plain())


@pytest.mark.parametrize("role", ROLES)
async def test_help_names_exactly_what_the_caller_may_do(
    house: House, cast: Cast, role: str
) -> None:
    reply = await house.chat.command(cast.accounts[role], cast.team, "/outloud")
    said = card_of(reply).plain()
    for row, who in MAY.items():
        name, _, sub = row.partition(" ")
        if row == "/outloud link workspace":
            # It is said where it is of use: in the answer to /outloud link.
            continue
        if name != "/outloud" or not sub:
            assert (f"{name} " in said) == (role != "stranger"), (row, said)
        else:
            assert (row in said) == (role in who), (row, said)


@pytest.mark.parametrize("role", ROLES)
async def test_completion_offers_nothing_that_would_be_refused(
    house: House, cast: Cast, role: str
) -> None:
    for line in await house.desk.complete("outloud", "", cast.accounts[role], cast.team):
        assert role in MAY[row_of(f"/outloud {line}")]


async def test_an_unknown_sub_word_is_answered_with_the_nearest_right_one(
    house: House, cast: Cast
) -> None:
    for role, typed, sentence in (
        ("admin", "setpu", "There is no /outloud setpu. Did you mean /outloud setup?"),
        ("member", "rolls", "There is no /outloud rolls. Did you mean /outloud roles?"),
        ("member", "setpu", "There is no /outloud setpu. Type /outloud to see what I can do."),
    ):
        reply = await house.chat.command(cast.accounts[role], cast.team, f"/outloud {typed}")
        assert card_of(reply).plain() == sentence


async def test_a_form_or_a_button_of_an_admin_works_for_nobody_else(
    house: House, cast: Cast
) -> None:
    """Somebody may have lost the role while a form was open."""
    admin = cast.accounts["admin"]
    asked = await house.chat.command(admin, cast.team, "/outloud setup")
    assert isinstance(asked, Ask)
    seen = await house.chat.submit(admin, asked.form, {"at": "08:00"})
    roles = await house.chat.command(admin, cast.team, "/outloud roles")
    for role in ROLES[:-1]:
        by = cast.accounts[role]
        wrong = await house.chat.submit(by, asked.form, {})
        assert no_to(role) in str(wrong)
        for card in (card_of(seen), card_of(roles)):
            for button in card.buttons:
                house.chat.shown.setdefault(by, []).append(card)
                reply = await house.chat.press(by, card, button.label)
                assert card_of(reply).plain().startswith(no_to(role)), button.label


async def test_an_admin_of_one_workspace_is_a_stranger_in_another(house: House, cast: Cast) -> None:
    elsewhere = AccountId("fake", "W2", cast.accounts["admin"].id)
    for line in ("setup", "log", "roles"):
        reply = await house.chat.command(elsewhere, cast.team, f"/outloud {line}")
        assert card_of(reply).plain().startswith(NO_STRANGERS)
