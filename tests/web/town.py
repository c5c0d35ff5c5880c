"""The people and channels that the adapter's tests live in."""

from __future__ import annotations

from adapters.web import LocalChannel, LocalPerson

PEOPLE = (
    LocalPerson("ana", "Ana", "Europe/Lisbon"),
    LocalPerson("ben", "Ben", "America/New_York"),
    LocalPerson("chi", "Chi", "Asia/Kolkata"),
    LocalPerson("dee", "Dee", "Australia/Lord_Howe", is_admin=True),
)
CHANNELS = (
    LocalChannel("team-harbour", "Moving the harbour's berth plan", ("ana", "ben", "dee")),
    LocalChannel("team-orchard", "Growing the orchard", ("chi", "dee")),
    LocalChannel("cop-reliability", "What keeps things running"),
    LocalChannel("commons", "For everybody"),
)
