"""Discord's markup and our Text, both ways."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.limits import MESSAGE
from adapters.discord.richtext import escape, read_text, read_typed, write_text
from bot.chat import Block, Span, Text

NAMES = {"201": "Ana *the* first", "#901": "team-harbour", "&55": "Crew"}

READINGS = [
    (
        "styles",
        "plain **bold** *it* _too_ ~~gone~~ `x`",
        Text(
            (
                Block(
                    (
                        Span("plain "),
                        Span("bold", bold=True),
                        Span(" "),
                        Span("it too", italic=True),
                        Span(" "),
                        Span("gone", strike=True),
                        Span(" "),
                        Span("x", code=True),
                    )
                ),
            )
        ),
    ),
    (
        "people, channels and roles by name, known or not",
        "<@201> and <@!202> in <#901> of <@&55>",
        Text(
            (
                Block(
                    (
                        Span("@Ana *the* first", mention="201"),
                        Span(" and "),
                        Span("@202", mention="202"),
                        Span(" in #team-harbour of @Crew"),
                    )
                ),
            )
        ),
    ),
    (
        "a mention inside of bold words keeps both",
        "**thanks <@201>**",
        Text((Block((Span("thanks ", bold=True), Span("@Ana *the* first", True, mention="201"))),)),
    ),
    (
        "a server's emoji, a command and a time",
        "<:party:123> <a:dance:124> </checkin:99> <t:1700000000:R>",
        Text((Block((Span(":party: :dance: /checkin <t:1700000000:R>"),)),)),
    ),
    (
        "a quote ends with its line",
        "> said she\nsaid I",
        Text((Block((Span("said she"),), "quote"), Block((Span("said I"),)))),
    ),
    (
        "three signs quote all that follows",
        ">>> one\ntwo",
        Text((Block((Span("one\ntwo"),), "quote"),)),
    ),
    (
        "a link without a preview",
        "<https://a.test/x> and https://b.test",
        Text(
            (
                Block(
                    (
                        Span("https://a.test/x", href="https://a.test/x"),
                        Span(" and "),
                        Span("https://b.test", href="https://b.test"),
                    )
                ),
            )
        ),
    ),
]


@pytest.mark.parametrize(
    ("content", "text"), [one[1:] for one in READINGS], ids=[r[0] for r in READINGS]
)
def test_what_people_write_is_read(content: str, text: Text) -> None:
    assert read_text(content, NAMES) == text


def test_a_mention_in_code_is_a_name_too() -> None:
    read = read_text("```\nx <@201>\n```", NAMES)
    assert read.plain() == "x @Ana *the* first"
    assert read.blocks[0].kind == "code"


def test_a_private_character_of_ours_in_a_message_is_no_name() -> None:
    assert "Ana" not in read_text("\ue0000\ue001 <@201>", {"201": "X"}).plain().replace("@X", "")


def test_what_is_typed_after_a_command_keeps_its_signs() -> None:
    assert read_typed("paint the  *low* wall <@U1>", {}) == "paint the  *low* wall <@U1>"
    assert read_typed("<@201> in <#901>", NAMES) == "@Ana *the* first in #team-harbour"


WRITINGS = [
    ("styles", "a **b** *c* ~~d~~ `e`", "a **b** *c* ~~d~~ `e`"),
    ("paragraphs stand apart", "one\n\ntwo", "one\n\ntwo"),
    ("a bold line leads into the next", "**Question**\n\nanswer", "**Question**\nanswer"),
    ("lists", "- a\n  - b\n- c", "- a\n  - b\n- c"),
    ("numbers", "1. a\n2. b", "1. a\n2. b"),
    ("quotes", "> a\n> b", "> a\n> b"),
    ("code", "```\nx = 1\n```", "```\nx = 1\n```"),
    ("a heading", "# Title\n\nwords", "### Title\nwords"),
    ("a link with words", "[here](https://a.test/x)", "[here](<https://a.test/x>)"),
    ("a bare link", "see https://a.test/x", "see <https://a.test/x>"),
    (
        "a link whose words are another address",
        "[b.test](https://a.test/x)",
        "b.test (<https://a.test/x>)",
    ),
]


@pytest.mark.parametrize(
    ("markdown", "written"), [w[1:] for w in WRITINGS], ids=[w[0] for w in WRITINGS]
)
def test_text_is_written_as_discord_shows_it(markdown: str, written: str) -> None:
    assert write_text(Text.parse(markdown)) == [written]


LIVE = [
    "@everyone", "@here", "<@201>", "<@!201>", "<@&55>", "<#901>", "<:a:1>", "<a:b:2>", "<t:1:R>",
    "</checkin:1>", "**x**", "__x__", "~~x~~", "||x||", "`x`", "```x```", "# x", "## x", "-# x",
    "> x", ">>> x", "- x", "+ x", "* x", "1. x", "[x](https://a.test)", "https://a.test",
    "discord://x", "\\*",
]  # fmt: skip


@pytest.mark.parametrize("words", LIVE)
def test_words_that_could_act_are_written_so_that_they_cannot(words: str) -> None:
    (written,) = write_text(Text.of(words))
    assert shown(written) == words
    assert not re.search(r"(?<!\\)[*_~`|<\[@]", written)
    assert not re.match(r"\s*(#|-|\+|>|\d+\.)", written)
    assert not re.search(r"(?<!\\)://", written)


def shown(written: str) -> str:
    """What is left when Discord has read its own escapes."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", written)


PRINTABLE = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" \n"))


@given(PRINTABLE)
def test_plain_words_are_shown_character_by_character(words: str) -> None:
    lines = [" ".join(line.split()) for line in words.split("\n")]
    text = Text.of(*lines)
    seen = "\n".join(shown(part) for part in write_text(text, gap="\n"))
    assert seen.split() == text.plain().split()


@given(PRINTABLE)
def test_plain_words_read_back_the_same(words: str) -> None:
    text = Text.of(*words.split("\n"))
    for written in write_text(text):
        for line in read_text(written, {}).lines():
            assert line in text.plain()


@given(st.lists(st.sampled_from([*LIVE, "word " * 80, "x" * 900, "**b** " * 90]), max_size=12))
def test_every_part_fits_and_nothing_is_lost(pieces: list[str]) -> None:
    text = Text.of(*pieces)
    parts = write_text(text)
    assert all(len(part) <= MESSAGE for part in parts)
    assert "".join(map(shown, parts)).split() == "\n".join(pieces).split() or all(
        piece.strip() in "".join(shown(part) for part in parts) for piece in pieces
    )


def test_code_cannot_break_out_of_its_block() -> None:
    text = Text((Block((Span("a\n```\n@everyone"),), "code"),))
    (written,) = write_text(text)
    assert written.count("```") == 2


def test_styles_that_touch_are_kept_apart() -> None:
    text = Text((Block((Span("a", bold=True), Span("b", italic=True))),))
    assert write_text(text) == ["**a**\u200b*b*"]


def test_a_mention_is_written_as_a_name() -> None:
    text = Text((Block((Span("@Ana", mention="201"),)),))
    assert write_text(text) == ["\\@Ana"]
    assert escape("a_b") == "a\\_b"
