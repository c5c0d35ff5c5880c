"""Digests as cards: for whoever asked, for everybody in the channel, and section by section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Attachment, Block, Button, Card, Option, Picture, Select, Span, Text, action
from bot.digests.rules import ON_A_PAGE, Digest, Item, Period, Section
from bot.digests.words import parts

MOST_IN_NOTE = 300
FILES = {"md": "Markdown", "html": "HTML"}
"""The kinds of files that one can take along, as their buttons say."""


@dataclass(frozen=True, slots=True)
class May:
    """What somebody who reads a digest may do with it."""

    post: bool = False
    mail: bool = False
    readers: int = 0
    """How many people are in the channel."""


def about(verb: str, channel_id: str, period: Period, *more: object) -> str:
    return action(f"digests.{verb}", channel_id, period.key, *more)


def asked(digest: Digest, channel_id: str, may: May, picture: Picture | None) -> Card:
    """The digest for the one who asked."""
    name = f"#{digest.channel}"
    buttons: list[Button] = []
    note = "Only you see this."
    if may.post:
        if digest:
            buttons.append(
                Button(f"Post in {name}"[:75], about("post", channel_id, digest.period), "primary")
            )
            note += f" Post shows it to everybody in {name}: {_people(may.readers)}."
        buttons.append(Button("Schedule", action("digests.schedule", channel_id)))
        if digest.items:
            buttons.append(Button("Add a note", about("notes", channel_id, digest.period)))
    if may.mail and digest:
        buttons.append(Button("E-mail it to me", about("mail", channel_id, digest.period)))
    buttons.append(Button("Open the board", action("board.open")))
    if digest:
        buttons += [
            Button(label, about("file", channel_id, digest.period, kind))
            for kind, label in FILES.items()
        ]
    return Card(
        title=parts.title(digest),
        text=body(digest)
        or Text.of(f"Nothing happened in {name} in these days, as far as I know."),
        buttons=tuple(buttons),
        selects=_more(digest, channel_id),
        picture=picture,
        footnote=note,
    )


def _people(count: int) -> str:
    return "1 member" if count == 1 else f"{count} members"


def posted(digest: Digest, channel_id: str, picture: Picture | None, *, footnote: str) -> Card:
    """The digest for everybody in the channel."""
    return Card(
        title=parts.title(digest),
        text=body(digest),
        selects=_more(digest, channel_id),
        picture=picture,
        footnote=footnote,
    )


def body(digest: Digest, *, rest: str = "on request") -> Text:
    """All that a digest says; `rest` says where what does not stand in it is."""
    blocks: list[Block] = []
    for section in digest.sections:
        blocks.append(Block((Span(section.heading),), "heading"))
        for item in section.items:
            blocks += _item(item)
        if left := parts.rest(section):
            blocks.append(Block((Span(f"{left} {rest}", italic=True),), "bullet"))
    blocks += [Block((Span(one),)) for one in digest.counts]
    return Text(tuple(blocks))


def _item(item: Item) -> list[Block]:
    spans = [Span(f"{item.by}:", bold=True), Span(" ")] if item.by else []
    spans.append(Span(item.words))
    if item.more:
        spans += [Span(" "), Span(item.more, italic=True)]
    if item.link:
        spans += [Span(" ("), Span("read", href=item.link), Span(")")]
    blocks = [Block(tuple(spans), "bullet")]
    for note in item.notes:
        first, *others = Text.parse(note.words).blocks or (Block((Span("…"),)),)
        lead = Span(f"{note.by} notes:", italic=True)
        blocks.append(Block((lead, Span(" "), *first.spans), "bullet", 1))
        blocks += [Block(one.spans, "bullet", 1) for one in others]
    return blocks


def _more(digest: Digest, channel_id: str) -> tuple[Select, ...]:
    options = tuple(Option(one.heading, one.key) for one in parts.longer(digest))
    if not options:
        return ()
    return (Select("Show all of", about("more", channel_id, digest.period), options),)


def section(digest: Digest, channel_id: str, part: Section, start: int) -> Card:
    """One section, page by page."""
    items = part.items[start : start + ON_A_PAGE]
    blocks = [block for item in items for block in _item(item)]
    end = start + len(items)
    total = f"at least {part.count}" if part.unread else str(part.count)
    buttons = []
    if end < len(part.items):
        where = about("page", channel_id, digest.period, part.key, end)
        buttons.append(Button("The next ones", where))
    return Card(
        title=f"{part.heading} in {parts.title(digest)}",
        text=Text(tuple(blocks)),
        buttons=tuple(buttons),
        footnote=f"{start + 1} to {end} of {total}. Only you see this.",
    )


def is_posted(name: str, readers: int, post_id: int, *, before: bool) -> Card:
    """After Post."""
    lead = f"It stands in #{name} already" if before else f"Posted in #{name}"
    return Card(
        text=Text.of(f"{lead}. Everybody there can read it: {_people(readers)}."),
        buttons=(Button("Take it back", action("digests.unpost", post_id)),),
        footnote="Only you see this.",
    )


def taken_back(name: str) -> Card:
    return Card(text=Text.of(f"Taken back. It does not stand in #{name} any more."))


def said(*lines: str, buttons: Sequence[Button] = ()) -> Card:
    return Card(text=Text.of(*lines), buttons=tuple(buttons), footnote="Only you see this.")


def mine(digest: Digest, picture: Picture | None) -> Card:
    """Somebody's own digest, for them alone."""
    nothing = Text.of("You wrote nothing in these days, as far as I know. That is fine.")
    return Card(
        title=parts.title_of_own(digest.period),
        text=body(digest, rest="in the files") or nothing,
        buttons=tuple(
            Button(label, action("digests.own_file", digest.period.key, kind))
            for kind, label in FILES.items()
            if digest
        ),
        picture=picture,
        footnote="Only you see this.",
    )


def taken_along(title: str, file: Attachment) -> Card:
    """A digest as a file."""
    return Card(
        text=Text.of(f"{title}, to take along."),
        footnote="It says what was true just now; later changes do not reach a file. Only you see this.",
        file=file,
    )


def own_taken_along(title: str, file: Attachment) -> Card:
    """One's own digest as a file."""
    return Card(text=Text.of(f"{title}, to take along."), footnote="Only you see this.", file=file)


def on_its_way(channel_id: str, period: Period) -> Card:
    return said(
        "It is on its way to your e-mail address.",
        buttons=[Button("Another address", about("address", channel_id, period))],
    )


def not_mailed(name: str, channel_id: str, period: Period) -> Card:
    """To whoever asked for an e-mail that could not be sent."""
    return Card(
        text=Text.of(
            f"The digest of #{name} did not get out by e-mail: the mail server took nothing for half a day. "
            "You can read it here with /digest, or try once more."
        ),
        buttons=(
            Button("Try once more", about("mail", channel_id, period)),
            Button("Another address", about("address", channel_id, period)),
        ),
    )
