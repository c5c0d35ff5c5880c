"""Who does what, and who changed what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.admin.rules.setup import ChannelSetup
from bot.admin.rules.taps import Roster
from bot.admin.words.parts import bullets, moment, people_field
from bot.channels.rules import names
from bot.chat import Button, Card, Fact, Form, Text, action


def roles_card(roles: Sequence[tuple[str, Sequence[str]]], *, may_change: bool) -> Card:
    """Who is what where; each row is a place and the people."""
    return Card(
        title="Who does what here",
        facts=tuple(Fact(where, Text.of(names(who) or "nobody yet")) for where, who in roles),
        buttons=(Button("Change", action("admin.roles")),) if may_change else (),
    )


def roles_form(admins: Sequence[str], channels: Sequence[ChannelSetup], roster: Roster) -> Form:
    return Form(
        id=action("admin.roles"),
        title="Who does what here",
        text=Text.of("Admins set channels up. Curators choose what a community passes on."),
        fields=(
            people_field(
                "admins",
                "Admins",
                admins,
                roster,
                None,
                "Whoever administers the workspace on the platform is one anyway.",
            ),
            *(
                people_field(
                    f"curators.{one.id}", f"Curators of {one.title}", one.curators, roster, None, ""
                )
                for one in channels
            ),
        ),
        submit="Save",
    )


def changed_card(lines: Sequence[str]) -> Card:
    if not lines:
        return Card(text=Text.of("Nothing changes."))
    return Card(title="Saved", text=bullets(lines))


def log_card(changes: Sequence[tuple[datetime, str, str]], zone: str) -> Card:
    """The latest changes as local time, who, and what."""
    if not changes:
        return Card(title="Change log", text=Text.of("Nothing has been changed yet."))
    return Card(
        title="Change log",
        text=bullets([f"{moment(at)}, {who}: {line}" for at, who, line in changes]),
        footnote=f"The latest {len(changes)}, newest first; times in {zone}.",
    )
