from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import AccountId, Place, Ref

NAMES = st.text(st.characters(exclude_characters=":/", exclude_categories=["Cs"]), min_size=1)
HARBOUR = Place("local", "local", "team-harbour")


@given(NAMES, NAMES, NAMES, st.just("") | NAMES)
def test_a_place_reads_back_from_how_it_is_written(
    platform: str, workspace: str, channel: str, thread: str
) -> None:
    place = Place(platform, workspace, channel, thread)
    assert Place.parse(str(place)) == place


def test_a_place_is_written_like_a_path() -> None:
    assert str(HARBOUR) == "local:local/team-harbour"
    assert str(Place("slack", "T01TEST", "C01GEN", "1700.1")) == "slack:T01TEST/C01GEN/1700.1"


@pytest.mark.parametrize("written", ["", "team-harbour", "local:local", "local:/x", ":local/x"])
def test_what_is_no_place_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="local:local/team-harbour") as refused:
        Place.parse(written)
    assert repr(written) in str(refused.value)


def test_the_direct_place_of_an_account_knows_its_account() -> None:
    ana = AccountId("slack", "T01TEST", "U01")
    assert ana.direct.is_direct
    assert ana.direct.account == ana
    assert str(ana) == str(ana.direct) == "slack:T01TEST/@U01"


def test_a_channel_belongs_to_no_account() -> None:
    assert not HARBOUR.is_direct
    with pytest.raises(ValueError, match="team-harbour is a channel"):
        _ = HARBOUR.account


def test_an_answer_to_a_message_goes_to_the_thread_under_it() -> None:
    parent = Ref(HARBOUR, "17")
    assert parent.replies == Place("local", "local", "team-harbour", "17")
    assert parent.root == parent


def test_an_answer_to_a_reply_stays_in_its_thread() -> None:
    parent = Ref(HARBOUR, "17")
    reply = Ref(parent.replies, "18")
    assert reply.replies == parent.replies
    assert reply.root == parent
    assert reply.place.open == HARBOUR == HARBOUR.open
