"""What the guard asks an author about, where it looks, and what it puts in its place."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import Block, Span, Text
from bot.insight.guard import Finding, Known, mask, read
from tests.insight import guarding
from tests.insight.guard_minting import mint
from tests.insight.guard_notes import lines
from tests.insight.guarding import KNOWN

FINDINGS = [
    (line["kind"], sentence, found)
    for line in lines("findings")
    for found in line["found"]
    for sentence in line["words"]
]


def kinds(text: Text, known: Known = KNOWN) -> list[str]:
    return [finding.kind for finding in read(text, known)]


def written(sentence: str, found: str) -> Text:
    if "{url}" in sentence:
        return Text((Block((Span("mail", href=f"mailto:{found}"),)),))
    before, after = sentence.split("{}")
    code = before.endswith("`")
    spans = (Span(before.rstrip("`")), Span(found, code=code), Span(after.lstrip("`")))
    return Text((Block(tuple(span for span in spans if span.text)),))


@pytest.mark.parametrize(("kind", "sentence", "found"), FINDINGS)
def test_an_author_is_asked_about_each(kind: str, sentence: str, found: str) -> None:
    text = written(sentence, found)
    findings = read(text, KNOWN)
    assert [(finding.kind, finding.blocks) for finding in findings] == [(kind, False)]
    assert read(mask(text, findings), KNOWN) == ()


@pytest.mark.parametrize(
    "note",
    [
        "On 2026-03-04 at 10:30 we shipped 1.2.3-rc4, ticket OPS-12345678.",
        "ISBN 978-3-16-148410-0, EAN 4006381333931, order 0401234567",
        "Version 10.0.1.2 and v10.2.3.4 are out; 8.8.8.8 and 192.0.2.7 answer",
        "localhost:8080, redis:7, main.py:1234, line:4242, 10:30",
        "self.local, threading.local, `this.internal`, settings.local",
        "git@github.com:example/shop.git and user@1.2.3 and @shop/cart",
        "Mark the date. Will do! A grace period; the Rose window. Marked, willing, graceful",
        "arc of the story, ARCHIVE, benign, banana, new leads, the board room",
        "4111 1111 1111 1112 and 1234 5678 9012 3456 and DE89 3704 0044 0532 0130 01",
        "Tel Aviv at 10:30, call 12 of 24, phone 3 is free, +12% and +1",
        "https://example.org/a@b and 3 @ 2.50 each",
        "http://localhost/x and http://127.0.0.1:8080/",
    ],
)
def test_ordinary_words_ask_nothing(note: str) -> None:
    assert read(Text.of(note), KNOWN) == ()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (Text.of("ana@example.org"), "text"),
        (Text.parse("# ana@example.org"), "headline"),
        (Text.parse("> ana@example.org"), "quote"),
        (Text.parse("- ana@example.org"), "list"),
        (Text.parse("`ana@example.org`"), "code"),
        (Text.parse("```\nana@example.org\n```"), "code"),
        (Text.parse("[here](https://example.org/?m=ana%40example.org)"), "link"),
        (
            Text.parse(
                "[x](https://example.org/?u=https%3A%2F%2Fb.c%2F%3Fm%3Dana%2540example.org)"
            ),
            "link",
        ),
        (Text.parse("[ana@example.org](https://example.org/)"), "link label"),
        (Text.of("minutes-ana@example.org.txt"), "text"),
    ],
)
def test_every_part_of_a_text_is_read(text: Text, where: str) -> None:
    (finding,) = read(text, Known())
    assert (finding.kind, finding.where) == ("mail", where)
    assert read(mask(text, [finding]), Known()) == ()


def test_a_mention_is_the_name_of_a_member() -> None:
    text = Text((Block((Span("Ask "), Span("Dee", mention="U4"), Span(" first."))),))
    (finding,) = read(text, Known())
    assert (finding.kind, finding.where, finding.words) == ("member", "mention", "Dee")
    assert mask(text, [finding]) == Text.of("Ask a colleague first.")


def test_words_in_several_places_are_asked_about_once_and_replaced_everywhere() -> None:
    text = Text.parse("Ben said it. Ask **Ben**\n\n- or `BEN`")
    (finding,) = read(text, KNOWN)
    assert (finding.words, len(finding.spots)) == ("Ben", 3)
    assert mask(text, [finding]).plain() == "a colleague said it. Ask a colleague\n• or a colleague"


def test_only_what_the_author_gives_away_is_replaced() -> None:
    text = Text.of("ana@example.org or +49 30 23125 123")
    mail, phone = read(text, KNOWN)
    assert mask(text, [mail]).plain() == "[an address] or +49 30 23125 123"
    assert mask(text, [phone]).plain() == "ana@example.org or [a phone number]"
    assert mask(text, []) == text


def test_a_link_with_a_finding_in_its_address_keeps_its_label_only() -> None:
    text = Text.parse("see [the plan](https://jenkins:8443/job/7) and [this](https://example.org)")
    masked = mask(text, read(text, KNOWN))
    assert masked == Text.parse("see the plan and [this](https://example.org)")


def test_words_across_styles_and_lines_are_found_whole() -> None:
    made = mint("ghp_{github}", random.Random(2)).value
    text = Text((Block((Span(made[:9]), Span(made[9:20], bold=True), Span("\n" + made[20:]))),))
    (finding,) = read(text, KNOWN)
    assert finding.blocks
    assert mask(text, [finding]).plain() == "[taken out]"


def test_a_fingerprint_holds_for_the_same_words_in_any_text_and_for_no_others() -> None:
    (first,) = read(Text.of("Project Falcon is fun"), KNOWN)
    (again,) = read(Text.parse("# Why?\n\nBecause *project  fal\u200bcon* helps"), KNOWN)
    (longer,) = read(Text.of("Project Falcons are fun"), KNOWN)
    assert first.fingerprint == again.fingerprint != longer.fingerprint


def test_no_finding_shows_its_words_in_a_log() -> None:
    (finding,) = read(Text.of("Project Falcon"), KNOWN)
    assert "Falcon" not in repr(finding) + repr(KNOWN) + finding.sentence + finding.fingerprint


def test_each_question_says_what_it_looks_like_and_what_to_do() -> None:
    (finding,) = read(Text.of("ana@example.org"), KNOWN)
    assert finding.sentence == (
        "This looks like an e-mail address. Change it, or say that it may be shared."
    )


def test_hosts_that_may_be_named_and_all_below_them_ask_nothing() -> None:
    text = Text.of("docs.acme.example, wiki.acme.example and build.internal")
    known = Known(domains=("acme.example",), hosts=("docs.acme.example", "internal"))
    assert [finding.words for finding in read(text, known)] == ["wiki.acme.example"]


def test_nothing_is_asked_about_names_that_the_workspace_does_not_have() -> None:
    assert kinds(Text.of("Project Falcon with Ana Brook in #deals-2026"), Known()) == []


def test_a_short_term_in_capitals_is_found_in_capitals_only() -> None:
    known = Known(terms=("ARC", "Q7"))
    assert kinds(Text.of("the arc and an Arc, q7"), known) == []
    assert kinds(Text.of("ARC and ARCs, Q7"), known) == ["term"] * 3


def test_a_confidential_term_within_an_address_is_a_question_of_its_own() -> None:
    text = Text.of("write to project.falcon@example.org")
    mail, term = read(text, KNOWN)
    assert (mail.kind, mail.words) == ("mail", "project.falcon@example.org")
    assert (term.kind, term.words) == ("term", "project.falcon")
    assert mask(text, [mail, term]).plain() == "write to [an address]"
    assert mask(text, [term]).plain() == "write to [confidential]@example.org"


def test_a_long_term_is_found_inside_of_a_compound() -> None:
    known = Known(terms=("Blauwal",))
    (finding,) = read(Text.of("Die Blauwalbesprechung ist um drei."), known)
    assert finding.words == "Blauwalbesprechung"


def test_a_term_is_found_in_another_form_of_its_words() -> None:
    known = Known(terms=("Rebuild Harbour", "Código Rojo"))
    assert kinds(Text.of("Rebuilding Harbour"), known) == ["term"]
    assert kinds(Text.of("los códigos rojos y la alerta roja"), known) == ["term"]


def test_a_first_name_in_small_letters_is_an_ordinary_word() -> None:
    assert kinds(Text.of("a chiara shade, a ben nevis")) == []


def test_a_name_in_letters_without_gaps_is_found_in_a_sentence() -> None:
    text = Text.of("昨日千葉花子さんに聞いた")
    assert [finding.words for finding in read(text, Known(members=("千葉花子",)))] == ["千葉花子"]


def test_a_first_name_that_is_also_a_word_is_a_name_inside_of_a_sentence_only() -> None:
    assert kinds(Text.of("Mark the boxes. The Mark is red.")) == []
    assert kinds(Text.of("Today I asked Mark for help")) == ["member"]
    assert kinds(Text.of("Mark Chi wrote it")) == ["member"]


def test_an_empty_text_has_no_findings() -> None:
    assert read(Text(), KNOWN) == ()
    assert mask(Text(), []) == Text()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_masked_text_is_clean(seed: int) -> None:
    for labelled in guarding.credentials(4, seed):
        findings = read(labelled.text, KNOWN)
        left = read(mask(labelled.text, findings), KNOWN)
        assert [finding.kind for finding in left if finding.blocks] == [], labelled.kind


@settings(deadline=None, max_examples=120)
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "Ana Brook",
                    "ana@example.org",
                    "P r o j e c t  F a l c o n",
                    "10.0.0.1",
                    "%41%2e",
                ),
                *(
                    "\n",
                    "\n\n",
                    " ",
                    "\u200b",
                    "**",
                    "`",
                    "> ",
                    "- ",
                    "[x](https://",
                    ")",
                    "\u0301",
                ),
                *("password: ", "Hx7!kk2P", "-----BEGIN PRIVATE KEY-----", "ſ", "İ", "ﬁ", "́", "😀"),
            ]
        )
        | st.text(max_size=12),
        max_size=14,
    )
)
def test_any_text_can_be_read_and_is_clean_when_what_is_found_was_replaced(
    parts: list[str],
) -> None:
    text = Text.parse("".join(parts))
    findings = read(text, KNOWN)
    assert all(spot.start < spot.end for finding in findings for spot in finding.spots)
    assert findings == read(text, KNOWN)
    # Words that stood apart can come to stand together, and are then found in their turn.
    for _ in range(4):
        text = mask(text, read(text, KNOWN))
    assert _blocking(read(text, KNOWN)) == []


def _blocking(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.words for finding in findings if finding.blocks]


def test_an_author_may_name_their_own_team_and_no_other() -> None:
    """Whatever the others are called, and however it is written."""
    known = Known(channels=("ops", "ops-berlin", "ops.west"), own_channel="ops-berlin")
    assert kinds(Text.of("Ask in #ops-berlin, or in OPS-Berlin."), known) == []
    assert kinds(Text.of("Ask in #ops-berlin or in #ops."), known) == ["channel"]
    west = Known(channels=("ops", "ops.west"), own_channel="ops.west")
    assert kinds(Text.of("Ask in #ops.west."), west) == kinds(
        Text.of("Ask in #ops.west."), Known(channels=("ops",))
    )
