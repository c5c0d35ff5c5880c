"""A set-up file is read whole, or refused with file, line and reason."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.admin.desk import ready_made
from bot.admin.rules import reading
from bot.admin.rules.nodes import SetupError
from bot.checkins.rules import Question

ROOT = Path(__file__).parents[2]

CONTRACT = """\
workspaces:
  - platform: slack            # local | slack | discord
    id: T01TEST                # team id, guild id, or "local"
    admins: [U01ALICE]
    confidential: ["Project Falcon"]
    retention_days: 730        # absent: keep
    channels:
      - id: C01GEN
        ring: team
        members: all           # or a list of accounts
        rhythm:
          days: [mon, tue, wed, thu, fri]
          at: "09:00"
          zone: person         # or an IANA name
          deliver: dm          # or channel
          nudges: 1
          questions:           # absent: the prompt bank
            - {key: plan, ask: "What one thing are you trying to move today?", kind: text, role: plan}
            - {key: learned, ask: "What surprised you?", kind: text, role: learned, optional: true}
      - {id: C02COP, ring: community, curators: [U02BOB], focus: learners, topics: [reliability]}
      - {id: C03NET, ring: network, curators: [U02BOB]}
routes:
  - {from: "slack:T01TEST/C01GEN", to: "slack:T01TEST/C02COP", topics: [reliability]}
  - {from: "slack:T01TEST/C02COP", to: "discord:900/901"}
feeds:
  - {url: "https://example.org/feed.atom", to: "slack:T01TEST/C02COP"}
"""


def team(*lines: str) -> str:
    """A file with one team channel; the lines given are its keys, the first of them on line 6."""
    keys = "".join(f"        {line}\n" for line in lines)
    return f"workspaces:\n- platform: slack\n  id: T1\n  channels:\n      - id: C1\n{keys}"


def rhythm(*lines: str) -> str:
    """A file with one rhythm; the first line given is line 8."""
    return team("ring: team", "rhythm:", *(f"  {line}" for line in lines))


def routes(*lines: str) -> str:
    """A file with two teams, a community and a network; the first route is on line 10."""
    return (
        "workspaces:\n- platform: slack\n  id: T1\n  channels:\n"
        "  - {id: A, ring: team}\n  - {id: B, ring: team}\n"
        "  - {id: COP, ring: community}\n  - {id: NET, ring: network}\nroutes:\n"
        + "".join(
            f'- {{from: "slack:T1/{start}", to: "slack:T1/{end}"}}\n'
            for start, end in (line.split() for line in lines)
        )
    )


def test_the_example_of_the_contract_is_read_as_it_is_meant() -> None:
    setup = reading.read(CONTRACT).setup
    workspace = setup.workspaces[0]
    assert workspace.workspace_id == "slack:T01TEST"
    assert workspace.admins == ("U01ALICE",)
    assert workspace.confidential == ("Project Falcon",)
    assert workspace.retention_days == 730
    general, community, network = workspace.channels
    assert (general.ring, community.ring, network.ring) == ("team", "community", "network")
    assert general.members is None
    assert general.rhythm is not None
    assert general.rhythm.at == time(9)
    assert general.rhythm.questions[1] == Question(
        "learned", "What surprised you?", "text", "learned", True
    )
    assert community.curators == ("U02BOB",)
    assert [str(route.end) for route in setup.routes] == ["slack:T01TEST/C02COP", "discord:900/901"]
    assert setup.feeds[0].url == "https://example.org/feed.atom"


@pytest.mark.parametrize("text", [(ROOT / "examples/setup.yaml").read_text(), ready_made()])
def test_the_example_and_the_ready_made_workspace_have_no_problem(text: str) -> None:
    assert reading.read(text).setup.workspace("local:local") is not None


BAD = {
    "an unknown key": (team("ring: team", "member: all"), 7, "no key “member” here. Did you mean members?"),
    "an unknown key at the top": ("workspaces: []\nroute: []\n", 2, "Did you mean routes?"),
    "a key twice": (team("ring: team", "ring: network"), 7, "The key “ring” stands here twice."),
    "a missing key": (team("name: general"), 5, "“ring” is missing here."),
    "a wrong ring": (team("ring: tema"), 6, "“tema” does not fit here. Did you mean team?"),
    "an impossible time": (rhythm('at: "25:00"'), 8, "“25:00” is no time of day. Write it like 09:00."),
    "a time that YAML takes for a number": (rhythm("at: 10:30"), 8, "Put the time in quotes"),
    "a time that only happens to be words": (rhythm("at: 09:00"), 8, "Put the time in quotes"),
    "a time that was a number already": (rhythm("at: 540"), 8, "Put the time in quotes"),
    "an unknown zone": (rhythm("zone: Europe/Lisbonn"), 8, "Did you mean Europe/Lisbon or"),
    "a day that is none": (rhythm("days: [mon, tusday]"), 8, "“tusday” is no day of the week. Did you mean tuesday?"),
    "no day": (rhythm("days: []"), 8, "There is no day on which to ask."),
    "days and a monthly day": (rhythm("days: [mon]", "monthly: first mon"), 9, "either days of the week or"),
    "a monthly day that is none": (rhythm("monthly: tenth mon"), 8, "is no day of a month"),
    "a wrong way to ask": (rhythm("deliver: email"), 8, "“email” does not fit here. Write dm or channel."),
    "too many nudges": (rhythm("nudges: 3"), 8, "“3” is no whole number from 0 to 2."),
    "a wait that is none": (rhythm("catch_up: soon"), 8, "“soon” is no time to wait."),
    "a bank and questions": (
        rhythm("bank: {tags: [plan]}", "questions: [{ask: 'What?'}]"), 8, "so the bank is not used"),
    "an unknown tag": (rhythm("bank: {tags: [plans]}"), 8, "“plans” does not fit here. Did you mean plan?"),
    "six questions": (
        rhythm("questions:", *(f"- {{ask: Question {n}}}" for n in range(6))), 9, "Keep the best 5."),
    "a wrong kind": (rhythm("questions: [{ask: 'What?', kind: txt}]"), 8, "Did you mean text?"),
    "a wrong role": (rhythm("questions: [{ask: 'What?', role: planned}]"), 8, "Did you mean plan?"),
    "a choice without options": (rhythm("questions: [{ask: 'How?', kind: choice}]"), 8, "from 2 to 20 options"),
    "options without a choice": (rhythm("questions: [{ask: 'How?', options: [a, b]}]"), 8, "only a choice has options"),
    "a question that asks nothing": (rhythm("questions: [{key: plan}]"), 8, "“ask” is missing here."),
    "one key for two questions": (
        rhythm("questions: [{key: a, ask: 'What?'}, {key: a, ask: 'Why?'}]"), 8, "Two questions have the key a."),
    "a curator of a team": (team("ring: team", "curators: [U1]"), 7, "is a team, and curators belongs to a community"),
    "a rhythm of a community": (team("ring: community", "rhythm: {nudges: 1}"), 7, "only a team has a rhythm"),
    "thirteen topics": (
        team("ring: community", f"topics: [{', '.join(f't{n}' for n in range(13))}]"), 7, "Keep the best 12."),
    "a topic twice": (team("ring: network", "topics: [a, b, a]"), 7, "a stands here twice."),
    "members that are nobody": (team("ring: team", "members: []"), 7, "This lists nobody."),
    "members that are a word": (team("ring: team", "members: everybody"), 7, "neither “all” nor a list"),
    "a yes that is an account": (team("ring: team", "members: [no]"), 7, "YAML reads no as a yes or no."),
    "a channel twice": (
        "workspaces:\n- platform: slack\n  id: T1\n  channels:\n  - {id: C1, ring: team}\n  - {id: C1, ring: team}\n",
        5, "C1 stands here twice."),
    "a workspace twice": (
        "workspaces:\n- {platform: slack, id: T1}\n- {platform: slack, id: T1}\n", 2, "slack:T1 stands here twice."),
    "a platform that is none": ("workspaces:\n- {platform: slakc, id: T1}\n", 2, "Did you mean slack?"),
    "people outside the local chat": (
        "workspaces:\n- platform: slack\n  id: T1\n  people: [{id: ana}]\n", 4, "I cannot make people on slack"),
    "another local workspace": ("workspaces:\n- {platform: local, id: here}\n", 2, "its id is “local”, not “here”"),
    "an id with a slash": ("workspaces:\n- {platform: slack, id: T/1}\n", 2, "“T/1” is no id"),
    "days to keep that are none": (
        "workspaces:\n- {platform: slack, id: T1, retention_days: 0}\n", 2, "from 1 to 36500"),
    "a route that skips a ring": (routes("A NET"), 10, "#A (team) → #NET (network) skips a ring."),
    "a route between teams": (routes("A B"), 10, "#A (team) → #B (team) stays in one ring."),
    "a route that closes a circle": (
        routes("A COP", "COP NET", "COP A"), 12, "This route closes a circle: #COP → #A → #COP."),
    "a long circle": (
        routes("A COP", "COP B", "B COP"), 12, "This route closes a circle: #B → #COP → #B."),
    "two routes alike": (routes("A COP", "B COP", "A COP"), 12, "There are two routes #A → #COP."),
    "a route to itself": (routes("A A"), 10, "leads from #A to itself"),
    "a route to a channel that is not there": (
        routes("A COPP"), 10, "slack:T1 has no channel COPP in this file. Did you mean COP?"),
    "a route to no place": ("workspaces: []\nroutes:\n- {from: C1, to: C2}\n", 3, "is not a place"),
    "a route from elsewhere": (
        'workspaces: []\nroutes:\n- {from: "slack:T9/A", to: "slack:T9/B"}\n', 3, "does not set up slack:T9"),
    "a feed that is no link": (
        team("ring: network") + 'feeds:\n- {url: "file:///etc/passwd", to: "slack:T1/C1"}\n',
        8, "is no address of a feed"),
    "words where a list goes": ("workspaces: all\n", 1, "Here goes a list"),
    "a list where keys go": ("workspaces: [[]]\n", 1, "Here go keys with values"),
    "a reference": ("workspaces: &a []\nroutes: *a\n", 2, "*a refers to another place."),
    "a file that is not YAML": ("workspaces:\n  - {platform: slack\n", 3, "this is not YAML"),
    "a character that YAML forbids": ("workspaces: []\n# \x00\n", 2, "U+0000 cannot stand in YAML"),
    "a tab": ("workspaces:\n\t- platform: slack\n", 2, "this is not YAML"),
    "two documents": ("workspaces: []\n---\nworkspaces: []\n", 2, "this is not YAML"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "reason"), BAD.values(), ids=BAD.keys())
def test_a_wrong_file_is_refused_with_file_line_and_reason(
    text: str, line: int, reason: str
) -> None:
    with pytest.raises(SetupError) as refused:
        reading.read(text, name="mine.yaml")
    found = [one for one in refused.value.sentences if reason in one]
    assert found, refused.value.sentences
    assert found[0].startswith(f"mine.yaml, line {line}: ")


def test_every_problem_of_a_file_is_told_at_once() -> None:
    with pytest.raises(SetupError) as refused:
        reading.read(rhythm('at: "25:00"', "nudges: 9", "zone: Mars/Base"))
    assert [one.split(":")[0] for one in refused.value.sentences] == [
        f"setup.yaml, line {n}" for n in (8, 9, 10)
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]", "hello", "[" * 5000, "a" * 1_000_001])
def test_what_is_no_set_up_at_all_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(SetupError) as refused:
        reading.read(text)
    assert len(refused.value.sentences) == 1


def test_additions_to_a_rhythm_are_read() -> None:
    text = rhythm('monthly: "15"', 'at: "16:30"', "entries: private", "catch_up: 1h30m")
    plan = reading.read(text).setup.workspaces[0].channels[0].rhythm
    assert plan is not None
    assert (plan.monthly, plan.entries) == ("15", "private")
    assert plan.catch_up == timedelta(hours=1, minutes=30)


def test_a_route_may_lead_to_a_workspace_that_comes_later() -> None:
    text = routes().replace("routes:\n", 'routes:\n- {from: "slack:T1/COP", to: "discord:9/8"}\n')
    assert str(reading.read(text).setup.routes[0].end) == "discord:9/8"
