"""What is linked with what, and what that means, said before the yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from bot.admin.words.parts import bullets
from bot.chat import Block, Button, Card, Fact, Span, Text, action
from bot.people.rules import Hours

LABEL = 70
"""Characters of a button that Slack still shows."""
SHARED = (
    "Both accounts are one person to me then. Your time zone, quiet hours, public holidays and times away "
    "are the same in both, and a change in one is a change in the other."
)
ONCE = "On a day on which you narrated with one, I do not prompt you with the other. /checkin works in both."
ROUTES = (
    "Then admins of both can set up routes from their own communities to those of the other. Lessons cross by "
    "such a route only, and only those whose authors agreed."
)


def _button(label: str, does: str) -> Button:
    return Button(label if len(label) <= LABEL else f"{label[: LABEL - 1]}…", does)


def _code(line: str, code: str) -> Text:
    return Text.of(line) + Text((Block((Span(f"/outloud link {code}", code=True),)),))


def overview(
    code: str,
    accounts: Sequence[tuple[int, str]],
    workspaces: Sequence[tuple[str, str]],
    *,
    admin: bool,
) -> Card:
    """A new code, and what is linked already: accounts by person, workspaces by id, each with its title."""
    text = Text.of(
        "Are you here on another platform too? Type this there within ten minutes, and I ask you before "
        "anything is linked:"
    )
    text += Text((Block((Span(f"/outloud link {code}", code=True),)),))
    if accounts:
        text += Text.of("Linked with this account of yours:") + bullets([t for _, t in accounts])
    if workspaces:
        text += Text.of("Linked with this workspace:") + bullets([t for _, t in workspaces])
    if admin:
        text += Text.of("To link this whole workspace with another: /outloud link workspace")
    return Card(
        title="Your accounts",
        text=text,
        buttons=(
            *(_button(f"Unlink {t}", action("admin.unlink", one)) for one, t in accounts[:10]),
            *(_button(f"Unlink {t}", action("admin.part", one)) for one, t in workspaces[:10]),
        ),
        footnote="Only you see this. Nobody else learns which accounts are yours.",
    )


def workspace_code(code: str) -> Card:
    text = _code(
        "Pass this on to an admin of the other workspace, who types it there within ten minutes:",
        code,
    )
    return Card(
        title="Link this workspace with another",
        text=text + Text.of(ROUTES),
        footnote="You are told when it was used, and can undo it.",
    )


def ask_person(code: str, other: str, hours: Hours) -> Card:
    """Asks whether an account is the caller's own, with what would hold for both."""
    facts = [Fact("Time zone", Text.of(hours.zone))]
    if hours.quiet_from and hours.quiet_to:
        quiet = f"{_clock(hours.quiet_from)} to {_clock(hours.quiet_to)}"
        facts.append(Fact("Quiet hours", Text.of(quiet)))
    if hours.country:
        facts.append(Fact("Public holidays of", Text.of(hours.country)))
    if hours.away_until:
        facts.append(Fact("Away until", Text.of(hours.away_until.isoformat())))
    return Card(
        title="Is this you?",
        text=Text.of(f"You are {other}?", SHARED, ONCE, "In both from then on:"),
        facts=tuple(facts),
        buttons=(
            Button("Yes, link them", action("admin.link_yes", code), "primary"),
            Button("No", action("admin.link_no")),
        ),
        footnote="Only you see this, and nobody else learns of it. /outloud link undoes it.",
    )


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def ask_workspace(code: str, other: str, maker: str) -> Card:
    """Asks an admin whether to link the workspace with the one that the code is from."""
    return Card(
        title="Link two workspaces?",
        text=Text.of(f"This code is from {maker}, an admin of {other}.", ROUTES),
        buttons=(
            Button("Yes, link them", action("admin.link_yes", code), "primary"),
            Button("No", action("admin.link_no")),
        ),
        footnote=f"The admins of {other} can see your communities' names in /outloud setup then.",
    )


def said(sentence: str) -> Card:
    return Card(text=Text.of(sentence))


def nothing_linked() -> Card:
    return said("Nothing was linked.")


def linked_person(other: str) -> Card:
    return Card(
        text=Text.of(f"Linked. You and {other} are one person to me now."),
        footnote="/outloud link shows your accounts, and undoes it.",
    )


def told_person(other: str, person_id: int) -> Card:
    """Said in the other account, in case somebody else used its code."""
    return Card(
        text=Text.of(
            f"This account is linked with {other} now: your time zone, quiet hours, public holidays and times "
            "away are the same in both. Was that not you? Unlink it."
        ),
        buttons=(Button("Unlink", action("admin.unlink", person_id)),),
    )


def unlinked_person(other: str) -> Card:
    return said(
        f"Unlinked. {other[:1].upper()}{other[1:]} goes its own way now; what you chose stays as it is in both."
    )


def linked_workspace(other: str) -> Card:
    return Card(
        text=Text.of(
            f"Linked with {other}. Its communities are in /outloud setup now, under where lessons may go on to."
        ),
        footnote="/outloud link shows and undoes it.",
    )


def told_workspace(other: str, workspace_id: str) -> Card:
    """Said to the admin whose code was used."""
    return Card(
        text=Text.of(
            f"An admin of {other} used your code: this workspace is linked with it now. Its communities are in "
            "/outloud setup, under where lessons may go on to."
        ),
        buttons=(Button("Undo", action("admin.part", workspace_id)),),
    )


def ask_part(other: str, workspace_id: str, routes: Sequence[str]) -> Card:
    """What ends with a link between workspaces, before it does."""
    text = Text.of(f"This ends the link with {other}, on both sides.")
    if routes:
        text += Text.of("These routes stop:") + bullets(routes)
        text += Text.of("What was passed on already stays.")
    else:
        text += Text.of("No route uses it.")
    return Card(
        title="Unlink two workspaces?",
        text=text,
        buttons=(
            Button("Unlink them", action("admin.part_yes", workspace_id), "danger"),
            Button("Keep the link", action("admin.part_no")),
        ),
    )


def parted(other: str, routes: Sequence[str]) -> Card:
    text = Text.of(f"The link with {other} has ended.")
    return Card(text=text + Text.of("These routes stopped:") + bullets(routes) if routes else text)


def kept() -> Card:
    return said("The link stays.")
