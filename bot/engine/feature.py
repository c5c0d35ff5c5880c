"""What a feature offers: its commands, buttons and forms, and what it does when things happen or are due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.chat import (
    AccountId,
    Chat,
    Command,
    CommandHelp,
    Event,
    Place,
    Press,
    Reacted,
    Ref,
    Reply,
    Shortcut,
    Submit,
)
from bot.store.session import Store, Work

OnCommand = Callable[[Work, Command], Awaitable[Reply]]
OnPress = Callable[[Work, Press], Awaitable[Reply]]
OnSubmit = Callable[[Work, Submit], Awaitable[Reply]]
Drawn = Callable[[Store, Any], Awaitable[Reply]]
"""Answers an act in transactions of its own: it reads, draws while none is open, and writes last, if at all."""
OnEvent = Callable[[Work, Any], Awaitable[bool]]
"""Handles an event; True when no later feature should see it."""
Complete = Callable[[Work, str, AccountId, Place], Awaitable[tuple[str, ...]]]
Due = Callable[[Work], Awaitable[int]]
"""Does at most one batch of what is due and says how much that was; called until it says 0."""
Soonest = Callable[[Work], Awaitable[datetime | None]]
"""Tells when people next wait for something that is due: a tick comes then, however long the others are apart."""
Chore = Callable[[Store, Mapping[str, Chat]], Awaitable[None]]
"""Something to do now and then that asks a platform, and so cannot happen inside a transaction."""
Export = Callable[[Work, Any], Awaitable[list[dict[str, object]]]]
"""Tells all that a feature keeps about a person, as records ready for JSON, each with its `kind`."""
Forget = Callable[[Work, Any], Awaitable[None]]
"""Deletes all that a feature keeps about a person, and takes away every message that shows it."""
Expire = Callable[[Work, str, datetime], Awaitable[int]]
"""Deletes at most one batch of what people of a workspace wrote before a moment, and says how much that was."""
Minds = Callable[[Work], Awaitable[Collection[Place]]]
"""Tells the places in which a feature works: what people say there is kept to be handled, and nowhere else."""
Holds = Callable[[Work, Ref], Awaitable[bool]]
"""Tells whether a feature keeps something that came from a message, and so follows its edits and its removal."""
Reads = Callable[[Work, Reacted], Awaitable[bool]]
"""Tells whether a feature needs the words of the message that a reaction is on."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature as the composition root sees it."""

    name: str
    commands: tuple[CommandHelp, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    on_command: Mapping[str, OnCommand] = field(default_factory=dict)
    on_press: Mapping[str, OnPress] = field(default_factory=dict)
    """By the verb of the action."""
    on_submit: Mapping[str, OnSubmit] = field(default_factory=dict)
    """By the verb of the form's id, which is written as an action."""
    drawn: Mapping[str, Drawn] = field(default_factory=dict)
    """Commands by name, buttons and forms by verb; two deliveries of one act have to come to the same."""
    on_event: Mapping[type[Event], OnEvent] = field(default_factory=dict)
    complete: Mapping[str, Complete] = field(default_factory=dict)
    due: Mapping[str, Due] = field(default_factory=dict)
    soonest: Soonest | None = None
    chores: Mapping[str, Chore] = field(default_factory=dict)
    export: Export | None = None
    forget: Forget | None = None
    """Features forget in the opposite order of the one they are listed in."""
    expire: Expire | None = None
    minds: Minds | None = None
    holds: Holds | None = None
    reads: Reads | None = None
