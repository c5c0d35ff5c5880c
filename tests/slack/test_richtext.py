"""Slack's rich text and our Text, both ways."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.slack.limits import MESSAGE_JSON, TEXT, check_message, written_length
from adapters.slack.richtext import (
    escape,
    length_bound,
    people_in,
    read_text,
    read_typed,
    write_text,
)
from bot.chat import Block, Span, Text

NAMES = {"U01ANA": "Ana", "C01GEN": "team-harbour"}


def section(
    *elements: dict[str, Any], kind: str = "rich_text_section", **more: Any
) -> dict[str, Any]:
    return {"type": kind, "elements": list(elements), **more}


def text(words: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


def message(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"text": "fallback", "blocks": [{"type": "rich_text", "elements": list(elements)}]}


READINGS = [
    (
        "styles",
        message(section(text("plain "), text("bold", bold=True), text(" "), text("x", code=True))),
        Text((Block((Span("plain "), Span("bold", bold=True), Span(" "), Span("x", code=True))),)),
    ),
    (
        "two styles on one word",
        message(section(text("both", italic=True, strike=True))),
        Text((Block((Span("both", italic=True, strike=True),)),)),
    ),
    (
        "a blank line between paragraphs, a break inside one",
        message(section(text("one\ntwo\n\nthree\n"))),
        Text((Block((Span("one\ntwo"),)), Block((Span("three"),)))),
    ),
    (
        "a link with words, and one without",
        message(
            section(
                {"type": "link", "url": "https://a.test/x", "text": "here"},
                text(" or "),
                {"type": "link", "url": "https://b.test"},
            )
        ),
        Text(
            (
                Block(
                    (
                        Span("here", href="https://a.test/x"),
                        Span(" or "),
                        Span("https://b.test", href="https://b.test"),
                    )
                ),
            )
        ),
    ),
    (
        "a link that a browser should not follow is words",
        message(section({"type": "link", "url": "javascript:alert(1)", "text": "click"})),
        Text((Block((Span("click"),)),)),
    ),
    (
        "people by name, known or not, and channels",
        message(
            section(
                {"type": "user", "user_id": "U01ANA"},
                text(" and "),
                {"type": "user", "user_id": "U0NEW"},
                text(" in "),
                {"type": "channel", "channel_id": "C01GEN"},
            )
        ),
        Text(
            (
                Block(
                    (
                        Span("@Ana", mention="U01ANA"),
                        Span(" and "),
                        Span("@U0NEW", mention="U0NEW"),
                        Span(" in #team-harbour"),
                    )
                ),
            )
        ),
    ),
    (
        "a call to everybody is only a word",
        message(section({"type": "broadcast", "range": "channel"})),
        Text((Block((Span("@channel"),)),)),
    ),
    (
        "emoji, with and without a character of their own",
        message(
            section(
                {"type": "emoji", "name": "bulb", "unicode": "1f4a1"},
                {"type": "emoji", "name": "party_parrot"},
            )
        ),
        Text((Block((Span("💡:party_parrot:"),)),)),
    ),
    (
        "nested lists",
        message(
            section(section(text("a")), kind="rich_text_list", style="ordered", indent=0),
            section(section(text("b")), kind="rich_text_list", style="bullet", indent=1),
            section(section(text("c")), kind="rich_text_list", style="ordered", indent=0, offset=1),
        ),
        Text(
            (
                Block((Span("a"),), "number", 0),
                Block((Span("b"),), "bullet", 1),
                Block((Span("c"),), "number", 0),
            )
        ),
    ),
    (
        "quotes and code",
        message(
            section(text("said"), kind="rich_text_quote"),
            section(text("if x:\n  y()\n"), kind="rich_text_preformatted"),
        ),
        Text((Block((Span("said"),), "quote"), Block((Span("if x:\n  y()"),), "code"))),
    ),
    (
        "an element that does not exist yet keeps its words",
        message(section({"type": "hologram", "text": "hello"})),
        Text.of("hello"),
    ),
    ("nothing", message(section(text(""))), Text()),
    (
        "older markup, when there are no blocks",
        {
            "text": "*bold* _it_ ~no~ `x` &lt;b&gt; <@U01ANA> <https://a.test|here> <!here> <#C01GEN|x>"
        },
        Text(
            (
                Block(
                    (
                        Span("bold", bold=True),
                        Span(" "),
                        Span("it", italic=True),
                        Span(" "),
                        Span("no", strike=True),
                        Span(" "),
                        Span("x", code=True),
                        Span(" <b> "),
                        Span("@Ana", mention="U01ANA"),
                        Span(" "),
                        Span("here", href="https://a.test"),
                        Span(" @here #team-harbour"),
                    )
                ),
            )
        ),
    ),
    (
        "stars and underscores inside words are no markup",
        {"text": "2*3*4 and snake_case_name"},
        Text.of("2*3*4 and snake_case_name"),
    ),
]


@pytest.mark.parametrize(
    ("payload", "expected"), [r[1:] for r in READINGS], ids=[r[0] for r in READINGS]
)
def test_what_people_write_is_read(payload: dict[str, Any], expected: Text) -> None:
    assert read_text(payload, NAMES) == expected


def test_the_ids_in_a_message_are_found_before_their_names_are_asked_for() -> None:
    payload = message(
        section({"type": "user", "user_id": "U1"}, {"type": "channel", "channel_id": "C1"}),
        section(section({"type": "user", "user_id": "U2"}), kind="rich_text_list", style="bullet"),
    )
    assert people_in(payload) == {"U1", "U2", "C1"}
    assert people_in({"text": "<@U3> <#C3|x> <!here>"}) == {"U3", "C3"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("paint the  *low* wall", "paint the  *low* wall"),
        ("a &lt;b&gt; &amp;amp;", "a <b> &amp;"),
        ("with <@U01ANA|ana> in <#C01GEN|team-harbour>", "with @ana in #team-harbour"),
        ("see <https://a.test/x|a.test/x>", "see a.test/x"),
        ("see <https://a.test/x>", "see https://a.test/x"),
    ],
)
def test_what_follows_a_command_is_as_it_was_typed(typed: str, expected: str) -> None:
    assert read_typed(typed) == expected


def test_a_mention_is_written_as_a_name_and_rings_nobodys_phone() -> None:
    written = json.dumps(write_text(Text((Block((Span("@Ana", mention="U01ANA"),)),))))
    assert "@Ana" in written
    assert "U01ANA" not in written


def test_a_link_that_is_no_web_address_is_written_as_words() -> None:
    (block,) = write_text(Text((Block((Span("x", href="javascript:alert(1)"),)),)))
    assert block["elements"][0]["elements"] == [text("x")]


def test_a_numbered_list_goes_on_counting_after_a_list_inside_it() -> None:
    (block,) = write_text(Text.parse("1. one\n   - inside\n2. two"))
    assert [(e["style"], e["indent"], e.get("offset")) for e in block["elements"]] == [
        ("ordered", 0, None),
        ("bullet", 1, None),
        ("ordered", 0, 1),
    ]


@pytest.mark.parametrize(
    "markdown",
    [
        "one\ntwo\n\nthree **bold** and *it* and ~~no~~ and `x`",
        "- a\n  - b\n    1. c\n    2. d\n- e",
        "> said\n\n```\ncode\n  more\n```",
        "[here](https://a.test/x) and https://b.test",
        "a & b < c > d",
    ],
)
def test_text_comes_back_from_slack_as_it_went(markdown: str) -> None:
    sent = Text.parse(markdown)
    assert read_text({"blocks": write_text(sent)}, {}) == sent


def test_a_heading_is_written_bold() -> None:
    (block,) = write_text(Text.parse("# Monday"))
    assert block["elements"][0]["elements"] == [text("Monday", bold=True)]


def test_paragraphs_stand_apart_and_an_answer_right_under_its_question() -> None:
    (block,) = write_text(Text.parse("one\n\ntwo\n\n*What surprised you?*\n\nThe wall"))
    assert [element["text"] for element in block["elements"][0]["elements"]] == [
        "one",
        "\n\n",
        "two",
        "\n\n",
        "What surprised you?",
        "\n",
        "The wall",
    ]


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8"), max_size=900),
            st.sampled_from(["paragraph", "heading", "bullet", "number", "quote", "code"]),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_any_text_is_written_within_slacks_limits_and_loses_no_word(
    given_blocks: list[tuple[str, Any, bool]],
) -> None:
    parsed = [
        Block((Span(words, bold=bold),), kind)
        for lines, kind, bold in given_blocks
        for block in Text.of(lines).blocks
        for words in [block.spans[0].text]
    ]
    written = write_text(Text(tuple(parsed)))
    assert check_message(written[:1], "x") == []
    for block in written:
        assert check_message([block], "x") == []
    kept = "".join("".join(span.text for span in block.spans) for block in parsed)
    found: list[str] = []

    def walk(element: dict[str, Any]) -> None:
        found.append(element.get("text", ""))
        for inner in element.get("elements", ()):
            walk(inner)

    for block in written:
        walk(block)
    squeezed = "".join("".join(found).split())
    assert squeezed == "".join(kept.split())


def test_many_changes_of_style_are_written_in_blocks_that_slack_takes() -> None:
    spans = tuple(Span(f"w{n} ", bold=n % 2 == 0) for n in range(1000))
    written = write_text(Text((Block(spans),)))
    assert len(written) > 1
    for block in written:
        assert written_length([block]) <= MESSAGE_JSON


WORDS = st.text(max_size=4) | st.sampled_from(["\x07" * 99, '"\\' * 99, "é🙂" * 99])
STYLED = st.builds(
    Span,
    WORDS,
    *[st.booleans()] * 4,
    href=st.sampled_from(["", "https://a.test/x", f"https://{'y' * 900}"]),
)
BLOCKS = st.builds(
    Block,
    st.lists(STYLED, max_size=9).map(tuple),
    st.sampled_from(["paragraph", "heading", "bullet", "number", "quote", "code"]),
    st.integers(0, 9),
)


@given(st.lists(BLOCKS, max_size=9))
@example([Block((Span("\x07" * 1900),))])
@settings(deadline=None)
def test_what_is_reckoned_of_a_text_is_never_less_than_it_takes_on_the_wire(
    blocks: list[Block],
) -> None:
    text = Text(tuple(blocks))
    written = write_text(text)
    assert len(written) > 1 or written_length(written) <= length_bound(text)


def test_gaps_between_paragraphs_count_towards_the_limit() -> None:
    for block in write_text(Text.of(*(["a"] * 3000))):
        assert sum(len(e["text"]) for e in block["elements"][0]["elements"]) <= TEXT


def test_the_words_of_a_notification_cannot_ping() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
