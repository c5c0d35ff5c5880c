"""Many workspaces by OAuth: installed from a browser, kept apart, forgotten when they leave."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from adapters.slack import SlackChat, SlackSettings, manifest
from bot.chat import AccountId, Card, Command, Place, Refused, Said, Show, Text
from bot.store.session import Store
from tests.wire.noting import COMMANDS, SHORTCUTS, NotingDesk
from tests.wire.slack.bench import Clock, connected, people
from tests.wire.slack.faults import Fault
from tests.wire.slack.hands import Hands, words
from tests.wire.slack.server import Slack
from tests.wire.slack.world import Team

# slack_sdk's own way of sending the client's secret.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
PUBLIC = "https://outloud.test"


@dataclass
class Browser:
    """An admin's browser, on its way through an installation."""

    slack: Slack
    base: str

    async def begins(self) -> tuple[str, str]:
        """Open the page to install; gives Slack's address and our cookie."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.base}/slack/install", allow_redirects=False) as answer,
        ):
            assert answer.status == 302
            return answer.headers["Location"], answer.headers["Set-Cookie"].partition(";")[0]

    async def returns(self, address: str, cookie: str) -> tuple[int, str]:
        """Come back from Slack's page of permissions."""
        url = address.replace(PUBLIC, self.base)
        async with (
            aiohttp.ClientSession(headers={"Cookie": cookie}) as session,
            session.get(url) as page,
        ):
            return page.status, await page.text()

    async def installs(self, team: Team) -> tuple[int, str]:
        """All of it."""
        location, cookie = await self.begins()
        return await self.returns(self.slack.grants.allow(location, team, user="U04DEE"), cookie)


@dataclass
class Inn:
    """The adapter for many workspaces, and a Slack with two that have not installed it yet."""

    slack: Slack
    chat: SlackChat
    desk: NotingDesk
    store: Store
    browser: Browser
    clock: Clock

    async def team(self, ident: str, *, enterprise: str = "") -> Team:
        team = self.slack.team(ident, installed=False, enterprise=enterprise)
        status, page = await self.browser.installs(team)
        assert status == 200, page
        people(team)
        return team

    def settings(self, *keys: str) -> SlackSettings:
        return settings(self.slack, *keys)


def settings(slack: Slack, *keys: str) -> SlackSettings:
    return SlackSettings(
        client_id=slack.grants.client_id,
        client_secret=slack.grants.client_secret,
        signing_secret=slack.signing_secret,
        secret_keys=keys or (OLD,),
        api_url=slack.api_url,
        public_url=PUBLIC,
    )


@pytest.fixture
async def inn(sqlite_url: str) -> AsyncIterator[Inn]:
    store, desk, clock = Store(sqlite_url), NotingDesk(), Clock()
    async with contextlib.AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Slack.running())
        slack.configure(manifest(COMMANDS, SHORTCUTS, public_url=PUBLIC, socket=False))
        slack.be_patient()
        chat, _, _ = await stack.enter_async_context(
            connected(slack, settings(slack), store.sessions, desk, now=clock)
        )
        base = slack.hooks.request_url.removesuffix("/slack/events")
        yield Inn(slack, chat, desk, store, Browser(slack, base), clock)
    await store.close()


def general(team: Team) -> Place:
    return Place("slack", team.id, "C01GEN")


async def rows(store: Store) -> list[tuple[str, str]]:
    async with store.sessions() as session:
        found = await session.execute(text("SELECT workspace_id, token FROM slack_install"))
        return [(row[0], row[1]) for row in found]


async def test_two_workspaces_install_the_app_and_are_kept_apart(inn: Inn) -> None:
    one, two = await inn.team("T01ONE"), await inn.team("T02TWO")
    for team in (one, two):
        await Hands(inn.slack, team, "U01ANA").says("C01GEN", f"I am in {team.id}")
        inn.desk.says = lambda act: Show(Card(text=Text.of(f"Hello {act.by.workspace}")))
        await Hands(inn.slack, team, "U01ANA").types("/outloud", "C01GEN")
        await inn.chat.send(general(team), Card(text=Text.of(f"For {team.id}")), key="same key")
    said = [event for event in inn.desk.heard if isinstance(event, Said)]
    assert [(event.ref.place, event.text.plain()) for event in said] == [
        (general(one), "I am in T01ONE"),
        (general(two), "I am in T02TWO"),
    ]
    commands = [act for act in inn.desk.acts if isinstance(act, Command)]
    assert [act.by for act in commands] == [
        AccountId("slack", "T01ONE", "U01ANA"),
        AccountId("slack", "T02TWO", "U01ANA"),
    ]
    for team in (one, two):
        posted = [m for m in team.channels["C01GEN"].messages if m.bot_id]
        assert [words(m.blocks) for m in posted] == [f"For {team.id}"]
        (seen,) = Hands(inn.slack, team, "U01ANA").seen()
        assert words(seen.body["blocks"]) == f"Hello {team.id}"
    profile = await inn.chat.profile(AccountId("slack", "T02TWO", "U02BEN"))
    assert profile is not None
    assert inn.chat._people._profiles.keys() == {AccountId("slack", "T02TWO", "U02BEN")}


async def test_tokens_are_not_readable_in_the_database(inn: Inn) -> None:
    team = await inn.team("T01ONE")
    ((workspace, token),) = await rows(inn.store)
    assert workspace == "slack:T01ONE"
    assert team.token not in token
    assert "xoxb" not in token


async def test_a_workspace_that_did_not_install_the_app_is_refused(inn: Inn) -> None:
    with pytest.raises(Refused, match=r"https://outloud\.test/slack/install"):
        await inn.chat.send(Place("slack", "T09ELSE", "C1"), Card(title="x"), key="k")


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}]
)
async def test_a_workspace_that_removes_the_app_leaves_nothing_behind(
    inn: Inn, event: dict[str, object]
) -> None:
    one, two = await inn.team("T01ONE"), await inn.team("T02TWO")
    await inn.chat.send(general(one), Card(title="x"), key="k")
    ack = await inn.slack.deliver("events_api", inn.slack.envelope(one, event))
    assert ack.ok
    assert [workspace for workspace, _ in await rows(inn.store)] == ["slack:T02TWO"]
    with pytest.raises(Refused):
        await inn.chat.send(general(one), Card(title="x"), key="k2")
    await inn.chat.send(general(two), Card(title="x"), key="k")


async def test_a_workspace_that_installs_again_is_served_with_its_new_token_at_once(
    inn: Inn,
) -> None:
    team = await inn.team("T01ONE")
    await inn.chat.send(general(team), Card(title="x"), key="k")
    first = team.token
    members = team.channels["C01GEN"].members
    await inn.browser.installs(team)
    assert team.token != first
    team.channels["C01GEN"].members = members
    await inn.chat.send(general(team), Card(title="y"), key="k2")
    assert len(await rows(inn.store)) == 1


async def test_a_token_that_stopped_working_is_read_again(inn: Inn) -> None:
    team = await inn.team("T01ONE")
    await inn.chat.send(general(team), Card(title="x"), key="k")
    inn.slack.faults["chat.postMessage"].append(Fault("error", code="invalid_auth"))
    with pytest.raises(Refused):
        await inn.chat.send(general(team), Card(title="x"), key="k2")
    (told,) = await inn.chat.trouble()
    assert "does not accept the bot's token" in told
    await inn.chat.send(general(team), Card(title="x"), key="k2")
    assert await inn.chat.trouble() == ()


async def test_a_new_key_reads_what_the_old_one_wrote_and_locks_it_anew(inn: Inn) -> None:
    team = await inn.team("T01ONE")
    async with SlackChat.open(inn.settings(NEW, OLD), inn.store.sessions, now=inn.clock) as renewed:
        await renewed.send(general(team), Card(title="x"), key="k")
    async with SlackChat.open(inn.settings(NEW), inn.store.sessions, now=inn.clock) as later:
        await later.send(general(team), Card(title="y"), key="k2")


async def test_a_lost_key_is_a_sentence_and_no_crash(inn: Inn) -> None:
    team = await inn.team("T01ONE")
    async with SlackChat.open(inn.settings(NEW), inn.store.sessions, now=inn.clock) as other:
        with pytest.raises(Refused, match="OUTLOUD_SECRET_KEYS"):
            await other.send(general(team), Card(title="x"), key="k")


async def test_an_installation_begun_in_another_browser_is_refused(inn: Inn) -> None:
    team = inn.slack.team("T01ONE", installed=False)
    location, _ = await inn.browser.begins()
    status, page = await inn.browser.returns(
        inn.slack.grants.allow(location, team, user="U1"), "x=y"
    )
    assert status == 400
    assert "another browser" in page
    assert await rows(inn.store) == []


async def test_an_installation_with_a_made_up_state_is_refused(inn: Inn) -> None:
    team = inn.slack.team("T01ONE", installed=False)
    location, _ = await inn.browser.begins()
    state = parse_qs(urlsplit(location).query)["state"][0]
    address = inn.slack.grants.allow(location.replace(state, "made-up"), team, user="U1")
    status, _ = await inn.browser.returns(address, "slack-app-oauth-state=made-up")
    assert status == 401
    assert await rows(inn.store) == []


async def test_a_code_works_once(inn: Inn) -> None:
    team = inn.slack.team("T01ONE", installed=False)
    location, cookie = await inn.browser.begins()
    address = inn.slack.grants.allow(location, team, user="U1")
    assert (await inn.browser.returns(address, cookie))[0] == 200
    status, page = await inn.browser.returns(address, cookie)
    assert status == 401
    assert "no longer accepts" in page


async def test_a_slack_in_trouble_is_told_on_the_page(inn: Inn) -> None:
    team = inn.slack.team("T01ONE", installed=False)
    location, cookie = await inn.browser.begins()
    inn.slack.faults["oauth.v2.access"].append(Fault("drop"))
    status, page = await inn.browser.returns(
        inn.slack.grants.allow(location, team, user="U1"), cookie
    )
    assert status == 503
    assert "did not answer" in page


async def test_somebody_who_does_not_allow_it_is_told_so(inn: Inn) -> None:
    _, cookie = await inn.browser.begins()
    address = f"{PUBLIC}/slack/oauth_redirect?error=access_denied&state=x"
    status, page = await inn.browser.returns(address, cookie)
    assert status == 200
    assert "permissions were not given" in page


async def test_an_error_from_the_address_bar_is_not_part_of_the_page(inn: Inn) -> None:
    address = f"{PUBLIC}/slack/oauth_redirect?error=%3Cscript%3Ealert(1)%3C/script%3E"
    _, page = await inn.browser.returns(address, "x=y")
    assert "script" not in page


async def test_an_organisations_installation_serves_its_workspaces(inn: Inn) -> None:
    from slack_sdk.oauth.installation_store import Installation

    team = inn.slack.team("T01ONE", enterprise="E01ORG")
    people(team)
    assert team.bot is not None
    installs = inn.chat._workspaces._installs
    assert installs is not None
    await installs.async_save(
        Installation(
            enterprise_id="E01ORG",
            user_id="U04DEE",
            bot_token=team.token,
            bot_id=team.bot_id,
            bot_user_id=team.bot.id,
            is_enterprise_install=True,
        )
    )
    with pytest.raises(Refused):
        await inn.chat.send(general(team), Card(title="x"), key="k")
    inn.clock.forward(timedelta(minutes=2))
    await Hands(inn.slack, team, "U01ANA").says("C01GEN", "hello")
    assert [event.ref.place for event in inn.desk.heard] == [general(team)]
    await inn.chat.send(general(team), Card(title="x"), key="k")
    await inn.chat._workspaces.uninstall("E01ORG")
    assert await rows(inn.store) == []
