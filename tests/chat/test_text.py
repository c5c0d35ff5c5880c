from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.spans import clean
from bot.chat.text import Block, Span, Text, cut

# What Markdown is made of, so that chance meets its rules.
SIGNS = ["**", "*", "_", "~~", "~", "~~~", "`", "``", "```", "[", "](", "](http://a.b/c)", ")"]
SIGNS += ["!", "<", ">", "\\", "(", ".", ":", "|", "#", "-", "---", "===", "+", "&", "&amp;", "'"]
SIGNS += ["a", "b", "10.", "http://x.y/z", "https://", "ftp://x", "<https://q.r>", "mailto:a@b"]
SIGNS += ["<b>", "_a_", "a_b", "x*y"]
SPACES = ["\n", "\n\n", " ", "  ", "    ", "\t", "> ", "- ", "1. ", "2. ", "# ", "\r", "\u00a0"]
RARE = ["\u200d", "\u2067", "🙂", "é", "e\u0301", "\x00", "\x85", "\u2028", "١. ", "\ud800"]
MARKDOWN = st.lists(st.sampled_from(SIGNS + SPACES + RARE), max_size=25).map("".join) | st.text()


def only(markdown: str) -> Block:
    (block,) = Text.parse(markdown).blocks
    return block


def spans(markdown: str) -> tuple[Span, ...]:
    return only(markdown).spans


def kinds(markdown: str) -> list[tuple[str, str]]:
    return [(block.kind, block.plain()) for block in Text.parse(markdown).blocks]


# Reading.


@given(MARKDOWN)
@settings(max_examples=1500, deadline=None)
def test_what_is_written_as_markdown_reads_back_the_same(markdown: str) -> None:
    text = Text.parse(markdown)
    assert Text.parse(text.markdown()) == text


@given(st.lists(st.text(), max_size=4))
@settings(deadline=None)
def test_plain_words_survive_being_written_as_markdown(lines: list[str]) -> None:
    text = Text.of(*lines)
    assert Text.parse(text.markdown()) == text


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=60))
@settings(deadline=None)
def test_no_letter_or_digit_of_what_was_typed_is_lost(typed: str) -> None:
    read = Text.parse(typed).plain()
    assert [c for c in read if c.isalnum()] == [c for c in typed if c.isalnum()]


def test_emphasis_and_code_are_styles() -> None:
    assert spans("a **b** *c* ~~d~~ `e` ***f***") == (
        Span("a "),
        Span("b", bold=True),
        Span(" "),
        Span("c", italic=True),
        Span(" "),
        Span("d", strike=True),
        Span(" "),
        Span("e", code=True),
        Span(" "),
        Span("f", bold=True, italic=True),
    )


def test_a_line_break_is_a_line_break() -> None:
    assert spans("one\ntwo  \nthree\\\nfour") == (Span("one\ntwo\nthree\nfour"),)


def test_a_list_keeps_its_order_and_depth() -> None:
    blocks = Text.parse("1. a\n2. b\n   - c\n     more\n3. d").blocks
    assert [(b.kind, b.depth, b.plain()) for b in blocks] == [
        ("number", 0, "a"),
        ("number", 0, "b"),
        ("bullet", 1, "c\nmore"),
        ("number", 0, "d"),
    ]


def test_a_number_that_starts_no_list_stays_as_it_was_typed() -> None:
    assert Text.parse("1986. A great year").plain() == "1986. A great year"
    assert (
        Text.parse("1. a\n2. b\n\n1986. A great year").plain() == "1. a\n2. b\n1986. A great year"
    )


def test_an_item_may_have_several_paragraphs() -> None:
    assert kinds("- a\n\n  b\n- c") == [("bullet", "a\nb"), ("bullet", "c")]


def test_headings_quotes_and_code_are_blocks_of_their_own() -> None:
    assert kinds("# Today\n> said\n> so\n\n```py\nx = *1*\n  y\n```\n    z") == [
        ("heading", "Today"),
        ("quote", "said\nso"),
        ("code", "x = *1*\n  y"),
        ("code", "z"),
    ]


def test_a_list_inside_a_quote_stays_readable() -> None:
    assert Text.parse("> - a\n>   - b\n> 1. c").plain() == "> • a\n> ◦ b\n> 1. c"


@pytest.mark.parametrize(
    "typed",
    [
        "<b>hi</b> &amp; <!-- no -->",
        "<!channel> <@U1> @everyone",
        "| a | b |\n|---|---|",
        "[a]: http://a.b 'title'",
        "[x](javascript:alert) [y](/local) [z]()",
        "<javascript:alert(1)>",
        "---",
        "-",
        "#",
        ">",
        "1.",
        "```",
        "snake_case * 2 * 3 C:\\dir 10 > 9 < 11",
    ],
)
def test_what_this_text_cannot_hold_stays_as_it_was_typed(typed: str) -> None:
    assert Text.parse(typed).plain() == typed


def test_only_web_and_mail_addresses_are_links() -> None:
    for typed in ("[x](javascript:alert)", "<javascript:alert>", "[x](data:text/html)", "[x](a b)"):
        assert not any(span.href for span in spans(typed))
    assert spans("[x](HTTPS://a.b)")[0].href == "HTTPS://a.b"
    assert spans("<mail@a.b>") == (Span("mail@a.b", href="mailto:mail@a.b"),)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://a.b/c_d_e*f", "https://a.b/c_d_e*f"),
        ("(see http://a.b/c(d).)", "http://a.b/c(d)"),
        ("**https://a.b/c**", "https://a.b/c"),
        ("Look: http://a.b?x=1&copy=2, now", "http://a.b?x=1&copy=2"),
        ("<https://a.b/ü>", "https://a.b/ü"),
    ],
)
def test_a_bare_address_is_a_link_without_the_signs_around_it(typed: str, address: str) -> None:
    assert [s.href for s in spans(typed) if s.href] == [address]
    assert [s.text for s in spans(typed) if s.href] == [address]


@pytest.mark.parametrize("typed", ["xhttp://a.b", "http://", "https:/a.b", "`http://a.b`"])
def test_what_only_looks_like_an_address_is_no_link(typed: str) -> None:
    assert not any(span.href for span in spans(typed))


def test_an_image_is_its_words_linked_and_a_title_stays_visible() -> None:
    assert spans("![the wall](http://a.b/w.png)") == (Span("the wall", href="http://a.b/w.png"),)
    assert spans("![](http://a.b)") == (Span("http://a.b", href="http://a.b"),)
    assert Text.parse('[a](http://a.b "why")').plain() == 'a (http://a.b) "why"'


def test_a_mention_is_never_read_from_words() -> None:
    typed = "@ana <@U1> <!channel> [@ana](http://a.b)"
    assert not any(span.mention for span in spans(typed))


def test_control_characters_are_dropped_and_marks_of_writing_are_kept() -> None:
    assert Text.parse("a\x00b\x07c\x85d\x7f").plain() == "abcd"
    assert Text.parse("a\r\nb\rc\td").plain() == "a\nb\nc\td"
    assert Text.parse("\u2067שלום\u2069 a\u200db").plain() == "\u2067שלום\u2069 a\u200db"
    assert Text.of("half \ud83d").plain() == "half \ufffd"


def test_of_signs_that_can_be_seen_none_is_dropped() -> None:
    seen = "".join(filter(str.isprintable, map(chr, range(sys.maxunicode + 1))))
    assert clean(f"{seen}\x00") == clean(seen) == seen


@pytest.mark.parametrize(
    "typed",
    [
        sign * 10_000
        for sign in ("[", ">", "> ", "- ", "*a", "`", "![", "[a](", "<", "~", "\\", "a ")
    ],
    ids=lambda typed: f"{typed[:4]!r}",
)
def test_no_text_is_too_strange_to_read(typed: str) -> None:
    text = Text.parse(typed + "a")
    assert text.plain().count("a") == typed.count("a") + 1
    assert sum(len(part.plain()) for part in cut(text, 3000)) <= len(typed) + 1


# Writing.


def test_what_people_type_most_is_written_as_they_typed_it() -> None:
    for typed in (
        "snake_case and 2 * 3, I <3 you! (really) C:\\dir, 10 > 9: #harbour - a + b",
        "**bold** *it* `a*b` ~~no~~ [label](http://a.b) https://a.b/c_d",
        "1. a\n2. b\n   - c\n\n> said\n\n# Today\n\n```\nx\n```",
    ):
        assert Text.parse(typed).markdown() == typed


def test_words_that_look_like_markdown_are_written_so_that_they_stay_words() -> None:
    words = ("*a*", "_b_", "# c", "> d", "- e", "1. f", "[g](http://h.i)", "http://j.k", "~~l~~")
    assert Text.parse(Text.of(*words).markdown()) == Text.of(*words)


def test_emphasis_that_markdown_cannot_write_is_left_out_and_its_words_stay() -> None:
    bold_inside_a_word = Block((Span("x"), Span("(b)", bold=True), Span("c")))
    assert Text.parse(Text((bold_inside_a_word,)).markdown()) == Text.of("x(b)c")


def test_bold_that_reaches_over_a_space_is_written_without_it() -> None:
    text = Text((Block((Span("one "), Span("two ", bold=True), Span("three"))),))
    assert text.markdown() == "one **two** three"


def test_a_mention_is_written_as_the_name() -> None:
    text = Text((Block((Span("Thanks "), Span("Ana", mention="U1"))),))
    assert text.markdown() == text.plain() == "Thanks Ana"


# Plain words.


def test_plain_text_reads_as_somebody_would_type_it() -> None:
    text = Text.parse("# H\n- **a**\n  - b\n1. c\n2. d\n\n> q\n> r\n\n[l](http://a.b) http://c.d")
    assert text.plain() == ("H\n• a\n  • b\n1. c\n2. d\n> q\n> r\nl (http://a.b) http://c.d")


def test_of_reads_no_markdown() -> None:
    text = Text.of("**a**", "", "- http://b.c")
    assert text.plain() == "**a**\n- http://b.c"
    assert not any(s.bold or s.href for block in text.blocks for s in block.spans)


def test_a_text_without_a_visible_character_is_false() -> None:
    assert not Text()
    assert not Text.parse(" \n\t\u00a0\n")
    assert Text.parse("-")


def test_texts_add_up_in_order() -> None:
    assert (Text.of("a") + Text.of("b")).lines() == ("a", "b")


def test_lines_are_without_markers_and_empty_lines() -> None:
    text = Text.parse("Today:\n\n- paint the wall\n- call *Ben*\n  about it\n\n1. rest\n\n> done")
    assert text.lines() == ("Today:", "paint the wall", "call Ben", "about it", "rest", "done")


def test_quoted_text_is_all_quotes_and_lists_stay_readable() -> None:
    text = Text.parse("# H\n\n- a\n  - b\n\n1. c\n2. d\n\n```\nx = 1\n\n  y\n```").quoted()
    assert {block.kind for block in text.blocks} == {"quote"}
    assert text.plain() == "> H\n> • a\n> ◦ b\n> 1. c\n> 2. d\n> x = 1\n>   y"
    assert Text.parse(text.markdown()) == text


# Cutting.


@given(MARKDOWN, st.integers(1, 40))
@settings(max_examples=800, deadline=None)
def test_a_cut_loses_nothing_doubles_nothing_and_keeps_the_limit(markdown: str, limit: int) -> None:
    text = Text.parse(markdown)
    parts = cut(text, limit)
    assert all(0 < len(part.plain()) <= limit for part in parts)
    assert "".join(bare(part) for part in parts) == bare(text)


def bare(text: Text) -> str:
    return "".join(c for c in text.plain() if not c.isspace() and c not in "•>()")


def test_a_text_within_the_limit_is_one_part_and_an_empty_one_none() -> None:
    text = Text.parse("**five**")
    assert cut(text, 4) == (text,)
    assert cut(Text(), 4) == ()


@pytest.mark.parametrize(
    ("markdown", "parts"),
    [
        ("one two\n\nthree four", ["one two", "three four"]),
        ("one two\nthree four", ["one two", "three four"]),
        ("one two three", ["one two", "three"]),
        ("onetwothreefour", ["onetwothre", "efour"]),
        ("- one two three", ["• one two", "three"]),
        ("> one two three", ["> one two", "> three"]),
        ("1. one\n2. two\n3. three", ["1. one", "2. two", "3. three"]),
    ],
)
def test_a_cut_falls_between_blocks_then_lines_then_words(markdown: str, parts: list[str]) -> None:
    assert [part.plain() for part in cut(Text.parse(markdown), 10)] == parts


def test_a_cut_keeps_styles_and_code_as_they_stand() -> None:
    bold = cut(Text.parse("**one two three**"), 8)
    assert [part.blocks[0].spans for part in bold] == [
        (Span("one two", bold=True),),
        (Span("three", bold=True),),
    ]
    code = cut(Text.parse("```\n  a = 1\n  b = 2\n```"), 8)
    assert [(p.blocks[0].kind, p.plain()) for p in code] == [
        ("code", "  a = 1"),
        ("code", "  b = 2"),
    ]


def test_a_cut_keeps_a_link_whole_unless_it_alone_is_too_long() -> None:
    text = Text.parse("See [the long wall](http://a.b) today")
    assert [part.plain() for part in cut(text, 28)] == [
        "See",
        "the long wall (http://a.b)",
        "today",
    ]
    assert all(len(part.plain()) <= 12 for part in cut(text, 12))


@pytest.mark.parametrize("sign", ["e\u0301", "👍🏽", "👩\u200d🚀", "🇵🇹", "❤\ufe0f"])
def test_a_cut_never_tears_a_character_as_people_see_it(sign: str) -> None:
    for limit in range(7, 12):
        for part in cut(Text.of(sign * 20), limit):
            assert set(part.plain().split(sign)) == {""}
