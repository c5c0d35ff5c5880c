"""Links to messages are references until a platform's address takes their place."""

from __future__ import annotations

from bot.chat import Block, Card, Chat, Done, Place, Ref, Replace, Show, Span, Text
from bot.chat.fake import FakeChat
from bot.engine import links

REF = Ref(Place("fake", "W1", "harbour", "7"), "12")
CHATS: dict[str, Chat] = {"fake": FakeChat()}


def card(href: str) -> Card:
    return Card(title="A digest", text=Text((Block((Span("read", href=href),), "bullet"),)))


def test_a_reference_is_read_as_it_was_written() -> None:
    assert links.read(links.to(REF)) == REF
    assert links.read("https://example.org/#12") is None


def test_a_reference_becomes_the_platforms_address() -> None:
    shown = links.in_card(card(links.to(REF)), CHATS)
    assert shown.text.blocks[0].spans == (Span("read", href="https://fake.test/harbour/7/12"),)
    assert shown.text.blocks[0].kind == "bullet"
    assert links.in_reply(Show(card(links.to(REF))), CHATS) == Show(shown)
    assert links.in_reply(Replace(card(links.to(REF))), CHATS) == Replace(shown)


def test_words_that_lead_to_a_platform_that_is_off_stay_words() -> None:
    shown = links.in_card(card(links.to(REF)), {})
    assert shown.text.blocks[0].spans == (Span("read"),)


def test_other_links_and_replies_stay_as_they_are() -> None:
    other = card("https://example.org/")
    assert links.in_card(other, CHATS) is other
    assert links.in_reply(Done(), CHATS) == Done()


def test_nothing_that_people_type_is_a_reference() -> None:
    typed = Text.parse("[x](outloud:fake:W1/harbour#12) <outloud:fake:W1/harbour#12>")
    assert [span.href for block in typed.blocks for span in block.spans if span.href] == []
