"""A posted digest: once per channel and days, by who may, and never other than what it was taken from."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.chat import Place
from bot.digests.tables import DigestPost
from bot.engine.tables import OutboxRow
from bot.people.tables import Workspace
from tests.digests.parts import Team


@pytest.fixture
async def told(team: Team) -> Team:
    """A team in which something was learned."""
    await team.narrate("ana", "Fix the crane rota", "The tide table was a year old")
    await team.narrate("ben", "Paint the gangway", "Paint dries slowly in fog")
    return team


async def test_post_says_who_will_see_it_and_puts_it_in_the_channel_with_its_picture(
    told: Team,
) -> None:
    card = await told.command("chi", "/digest")
    assert "Post shows it to everybody in #harbour: 3 members." in card.footnote
    done = await told.press("chi", card, "Post in #harbour")
    assert done.plain().startswith("Posted in #harbour. Everybody there can read it: 3 members.")
    (posted,) = told.posted()
    assert posted.title == card.title
    assert posted.text.plain() == card.text.plain()
    assert posted.picture == card.picture
    assert posted.buttons == ()


async def test_slash_digest_post_posts_at_once(told: Team) -> None:
    assert "Posted in #harbour" in (await told.command("chi", "/digest post")).plain()
    assert len(told.posted()) == 1


async def test_the_same_days_are_posted_once_however_often_somebody_presses(told: Team) -> None:
    card = await told.command("chi", "/digest")
    await told.press("chi", card, "Post in #harbour")
    again = await told.command("chi", "/digest post")
    assert again.plain().startswith("It stands in #harbour already.")
    await told.house.chat.deliver_again()
    await told.house.settle()
    assert len(told.posted()) == 1


async def test_only_a_curator_or_an_admin_in_the_channel_may_post(told: Team) -> None:
    card = await told.command("ana", "/digest")
    deciding = {"Post in #harbour", "Schedule", "Add a note"}
    assert deciding.isdisjoint(one.label for one in card.buttons)
    refused = await told.command("ana", "/digest post")
    assert refused.plain().startswith("Only a curator of #harbour or an admin can do that.")
    shown = await told.command("chi", "/digest")
    assert deciding <= {one.label for one in shown.buttons}
    for name in ("ana", "dee"):
        told.house.chat.shown.setdefault(told.people[name], []).append(shown)
        await told.press(name, shown, "Post in #harbour")
    assert told.posted() == []
    await told.house.chat.join(told.people["dee"], told.place)
    await told.house.settle()
    assert "Posted" in (await told.command("dee", "/digest post")).plain()


async def test_nothing_is_not_posted(told: Team) -> None:
    refused = await told.command("chi", "/digest post 2026-01-01..2026-01-02")
    assert "there is nothing to post" in refused.plain()
    assert told.posted() == []


async def test_what_was_posted_can_be_taken_back_and_posted_anew(told: Team) -> None:
    done = await told.command("chi", "/digest post")
    await told.press("chi", done, "Take it back")
    assert told.posted() == []
    told.house.chat.shown[told.people["chi"]].append(done)
    assert "gone already" in (await told.press("chi", done, "Take it back")).plain()
    assert "Posted" in (await told.command("chi", "/digest post")).plain()
    assert len(told.posted()) == 1


async def test_an_edit_reaches_the_posted_digest(told: Team) -> None:
    await told.command("chi", "/digest post")
    await told.narrate("ana", "Fix the crane rota", "The tide table was two years old")
    await told.house.tick()
    (posted,) = told.posted()
    assert "two years old" in posted.plain()
    assert "was a year old" not in posted.plain()
    assert posted.picture is not None


async def test_what_its_author_takes_back_leaves_the_posted_digest(told: Team) -> None:
    await told.command("chi", "/digest post")
    await told.command("ana", "/checkin undo")
    await told.house.tick()
    (posted,) = told.posted()
    assert "tide table" not in posted.plain()
    assert "Paint dries slowly" in posted.plain()
    assert posted.picture is not None
    assert posted.picture.alt.endswith("14 Nov 1.")


async def test_a_digest_of_which_nothing_is_left_goes(told: Team) -> None:
    await told.command("chi", "/digest post")
    for name in ("ana", "ben"):
        await told.command(name, "/checkin undo")
    await told.house.tick()
    assert told.posted() == []


async def test_whoever_is_forgotten_is_out_of_every_posted_digest_at_once(told: Team) -> None:
    await told.command("chi", "/digest post")
    card = await told.command("ana", "/outloud mydata forget")
    await told.press("ana", card, "Forget me")
    (posted,) = told.posted()
    assert "Ana" not in posted.plain()
    assert "tide table" not in posted.plain()
    assert "Paint dries slowly" in posted.plain()
    async with told.house.store.look() as work:
        rows = await work.session.scalars(select(OutboxRow.card))
        assert not [one for one in rows if "tide table" in one]


async def test_a_digest_goes_when_its_days_are_older_than_the_workspace_keeps(told: Team) -> None:
    await told.command("chi", "/digest post")
    async with told.house.work() as work:
        workspace = await work.session.get_one(Workspace, told.place.workspace_id)
        workspace.retention_days = 30
    told.house.later(days=40)
    await told.house.tick()
    assert told.posted() == []
    async with told.house.store.look() as work:
        assert list(await work.session.scalars(select(DigestPost.id))) == []


async def test_what_a_moderator_took_away_stays_away(told: Team) -> None:
    await told.command("chi", "/digest post")
    ref = told.house.find(told.place, "What was learned")
    await told.house.chat.remove_said(told.people["ben"], ref)
    await told.house.settle()
    refused = await told.command("chi", "/digest post")
    assert "was taken away in #harbour" in refused.plain()
    assert told.posted() == []


async def test_it_is_posted_where_its_words_were_written_and_nowhere_else(told: Team) -> None:
    await told.command("chi", "/digest post", Place("fake", "W1", "somewhere"))
    assert [one.ref.place for one in told.house.chat.posts if "tide table" in one.card.plain()
            and not one.ref.place.thread and not one.ref.place.is_direct] == [told.place]  # fmt: skip
