"""Lessons, where they may go, what people say of them, and every step anybody took with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, Json


def _lesson() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "lesson_id"], ["lesson.workspace_id", "lesson.id"], ondelete="CASCADE"
    )


def _person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "person_id"], ["person.workspace_id", "person.id"], ondelete="CASCADE"
    )


class Lesson(Base):
    """Something learned, from its mark on; one message, entry or grain is one lesson."""

    __tablename__ = "lesson"
    __table_args__ = (
        _person(),
        UniqueConstraint("workspace_id", "number"),
        UniqueConstraint("workspace_id", "origin_place", "origin_message"),
        Index("ix_lesson_person", "workspace_id", "person_id"),
        Index("ix_lesson_ask", "state", "ask_at"),
        Index("ix_lesson_review", "state", "review_at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    """What people call it; never given twice in a workspace."""
    person_id: Mapped[int | None]
    """Its author; none after they asked to be forgotten and left it without their name."""
    channel_id: Mapped[str]
    """The team channel it comes from."""
    origin_place: Mapped[str]
    """The channel of the message, or `entry`, `grain` or `typed`."""
    origin_message: Mapped[str]
    origin_thread: Mapped[str] = mapped_column(default="")
    """The thread in which that message is answered."""
    said: Mapped[str] = mapped_column(Text)
    """The origin's words as they stand now, as Markdown."""
    state: Mapped[str] = mapped_column(default="marked")
    wording: Mapped[dict[str, str]] = mapped_column(default=dict)
    """What was agreed: `when`, `do`, `because` and the `quote` under them, as Markdown."""
    attribution: Mapped[str] = mapped_column(default="named")
    """`named`, `team` or `unnamed`."""
    topics: Mapped[list[str]] = mapped_column(default=list)
    news: Mapped[str] = mapped_column(Text, default="")
    """What its author was told last."""
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """A wording on its way to its author's yes; empty when there is none."""
    confirmed: Mapped[list[str]] = mapped_column(default=list)
    """Fingerprints of the findings that the author looked at and wants to keep."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was retired."""
    turn: Mapped[int] = mapped_column(default=0)
    """How often its author was written to: each time in a new message that takes the last one's place."""
    marked_at: Mapped[datetime]
    ask_at: Mapped[datetime | None]
    """When the author is asked; none when that is done."""
    asked_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    review_at: Mapped[datetime | None]
    """When somebody is asked whether it is still true."""
    echoes: Mapped[bool] = mapped_column(default=True)
    """Whether what is replied under its copies comes back; its author decides."""


class LessonText(Base):
    """The words of a lesson as they are searched."""

    __tablename__ = "lesson_text"
    __table_args__ = (_lesson(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(Text)


class LessonCount(Base):
    """The last number given to a lesson of a workspace."""

    __tablename__ = "lesson_count"
    __table_args__ = (ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"]),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class LessonMark(Base):
    """Somebody who marked something as a lesson."""

    __tablename__ = "lesson_mark"
    __table_args__ = (
        _lesson(),
        _person(),
        Index("ix_lesson_mark_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class LessonItem(Base):
    """A lesson and one channel it may go to, which may be in another workspace: one copy at most."""

    __tablename__ = "lesson_item"
    __table_args__ = (
        _lesson(),
        UniqueConstraint("workspace_id", "lesson_id", "to_workspace", "to_channel"),
        Index("ix_lesson_item_there", "to_workspace", "id"),
        Index("ix_lesson_item_to", "to_workspace", "to_channel", "state"),
        Index("ix_lesson_item_since", "state", "since"),
        Index("ix_lesson_item_refused", "refused_at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int]
    to_workspace: Mapped[str]
    to_channel: Mapped[str]
    ring: Mapped[str]
    """`community` or `network`."""
    via: Mapped[str] = mapped_column(default="")
    """The place of the community that offered it to this network; empty when it comes from its team."""
    state: Mapped[str] = mapped_column(default="waiting")
    since: Mapped[datetime]
    """When it came into this state."""
    wording: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Its own words here; empty when it has the lesson's."""
    proposal: Mapped[dict[str, str]] = mapped_column(default=dict)
    """A wording by a curator that waits for the author's yes."""
    word: Mapped[str] = mapped_column(Text, default="")
    """What a curator asked or said last, as Markdown."""
    answer: Mapped[str] = mapped_column(Text, default="")
    """What the author answered last."""
    joined: Mapped[int | None]
    """The id of the other lesson's item here, whose copy tells this one's origin, too."""
    by_id: Mapped[int | None]
    """The curator, of the workspace it goes to, who dealt with it last."""
    told: Mapped[list[int]] = mapped_column(Json, default=list)
    """Whom of that workspace it was shown to, to be checked."""
    told_at: Mapped[datetime | None]
    relayed_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    """When people were told that the channel does not take the copy as it should stand."""


class LessonVote(Base):
    """The yes of a member, where a community has no curator."""

    __tablename__ = "lesson_vote"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "item_id"],
            ["lesson_item.workspace_id", "lesson_item.id"],
            ondelete="CASCADE",
        ),
        Index("ix_lesson_vote_person", "by_workspace", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True)
    by_workspace: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class LessonUse(Base):
    """What one person made of a lesson, on whichever copy they said so; the last word counts."""

    __tablename__ = "lesson_use"
    __table_args__ = (_lesson(), Index("ix_lesson_use_person", "by_workspace", "person_id"))

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    by_workspace: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[str]
    """`saw`, `tried`, `worked`, `failed` or `changed`."""
    to_channel: Mapped[str]
    """The channel of the copy, in the person's workspace."""
    at: Mapped[datetime]


class LessonStep(Base):
    """One step of a lesson's life: who took it, when, and what was before, so that it can be taken back."""

    __tablename__ = "lesson_step"
    __table_args__ = (_lesson(), Index("ix_lesson_step_person", "by_workspace", "person_id"))

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    """Sorts by age."""
    at: Mapped[datetime]
    by_workspace: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None]
    """Who took it; none for the bot, and for somebody who was forgotten."""
    deed: Mapped[str]
    to: Mapped[str] = mapped_column(default="")
    """The place of the channel it is about; empty for the lesson itself."""
    word: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What it changed, as it was; empty when it cannot be taken back."""
    undone: Mapped[bool] = mapped_column(default=False)


class LessonRound(Base):
    """When somebody was last shown lessons to check, and reminded of those that wait."""

    __tablename__ = "lesson_round"
    __table_args__ = (_person(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    told_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class LessonPause(Base):
    """A route that carried too much and rests."""

    __tablename__ = "lesson_pause"
    __table_args__ = (ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"]),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    from_place: Mapped[str] = mapped_column(primary_key=True)
    to_place: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]


class LessonEcho(Base):
    """One message at a lesson's origin, with what was replied under its copies within an hour."""

    __tablename__ = "lesson_echo"
    __table_args__ = (
        _lesson(),
        Index("ix_lesson_echo_lesson", "workspace_id", "lesson_id", "id"),
        Index("ix_lesson_echo_tell", "tell_at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int]
    begun_at: Mapped[datetime]
    tell_at: Mapped[datetime | None]
    """When its author is told in private; none once that is done."""


class LessonReply(Base):
    """What somebody replied under a copy, as it stands at the lesson's origin."""

    __tablename__ = "lesson_reply"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "echo_id"],
            ["lesson_echo.workspace_id", "lesson_echo.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("workspace_id", "echo_id", "place", "message"),
        Index("ix_lesson_reply_message", "place", "message"),
        Index("ix_lesson_reply_person", "by_workspace", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    echo_id: Mapped[int]
    by_workspace: Mapped[str]
    person_id: Mapped[int]
    place: Mapped[str]
    """The channel of the message, without its thread."""
    thread: Mapped[str]
    message: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    """As Markdown, without what must not leave."""
    at: Mapped[datetime]


class LessonChoice(Base):
    """What somebody chose about what comes to them, and goes from them, around lessons."""

    __tablename__ = "lesson_choice"
    __table_args__ = (_person(),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    hears: Mapped[bool] = mapped_column(default=True)
    """Whether replies under copies of their lessons come back."""
    carried: Mapped[bool] = mapped_column(default=True)
    """Whether their own replies go back to the team that a lesson is from."""
    tips: Mapped[bool] = mapped_column(default=True)
    """Whether they hear of lessons that somebody thinks are for them."""


class LessonChannel(Base):
    """What the curators of a channel chose; whoever relays into it takes this row first."""

    __tablename__ = "lesson_channel"
    __table_args__ = (ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"]),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    echoes: Mapped[bool] = mapped_column(default=True)
    """Whether replies under copies go back to the teams."""


class LessonTip(Base):
    """Somebody who was thought of as a reader of a lesson: once ever for each lesson and person."""

    __tablename__ = "lesson_tip"
    __table_args__ = (
        _lesson(),
        Index("ix_lesson_tip_person", "to_workspace", "person_id"),
        Index("ix_lesson_tip_state", "state", "at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    to_workspace: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int]
    """The copy in whose channel they are."""
    by_id: Mapped[int | None]
    """Who thought of them, of the same workspace; none once they were forgotten."""
    at: Mapped[datetime]
    """When they are thought of, or may hear of it at last."""
    state: Mapped[str] = mapped_column(default="waiting")
    """`waiting` for a good time, `told`, or `over`."""
    told_at: Mapped[datetime | None]


class LessonStory(Base):
    """What happened when somebody tried a lesson: asked for once, and read by others after their yes."""

    __tablename__ = "lesson_story"
    __table_args__ = (
        _lesson(),
        Index("ix_lesson_story_person", "by_workspace", "person_id"),
        Index("ix_lesson_story_ask", "ask_at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)
    by_workspace: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int]
    item_id: Mapped[int]
    """The copy on which they said that they tried it."""
    ask_at: Mapped[datetime | None]
    """When they are asked; none before they tried it, and once that is done."""
    asked_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(Text, default="")
    """Their story, as Markdown."""
    named: Mapped[bool] = mapped_column(default=True)
    confirmed: Mapped[list[str]] = mapped_column(default=list)
    """Fingerprints of the findings that they looked at and want to keep."""
    over: Mapped[bool] = mapped_column(default=False)
    """Whether they would rather not tell."""
    shared_at: Mapped[datetime | None]
    """When they said yes; none while it is theirs alone."""


class LessonFeed(Base):
    """A lesson in the feed of a network, from its first day there on; what is gone leaves its id and a time."""

    __tablename__ = "lesson_feed"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id"], ["workspace.workspace_id"]),
        Index("ix_lesson_feed_changed", "workspace_id", "channel_id", "changed_at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    """Of the network."""
    item_id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[str]
    mark: Mapped[str]
    """Differs when what the feed says of it does; empty once it is gone."""
    published_at: Mapped[datetime]
    changed_at: Mapped[datetime]
