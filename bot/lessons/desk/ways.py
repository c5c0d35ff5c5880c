"""Where a lesson may go: the channels that routes lead to, and who can read them."""

from __future__ import annotations

from bot.channels import desk as channels
from bot.channels.desk import Channel
from bot.chat import Place
from bot.lessons.tables import Lesson, LessonItem
from bot.lessons.words.view import Audience
from bot.people import desk as people
from bot.people.desk import Person
from bot.store.session import Work


async def ways_from(work: Work, place: Place, ring: str) -> list[channels.Way]:
    """The routes to channels of a ring that a lesson may take from here now."""
    return [
        way
        for way in await channels.routes_from(work, place)
        if await _is_passable(work, way, ring)
    ]


async def _is_passable(work: Work, way: channels.Way, ring: str) -> bool:
    """Whether a route ends in a channel of a ring; one into another workspace counts only while both are linked."""
    end = await channels.find(work, way.end)
    if end is None or end.ring != ring:
        return False
    here, there = way.start.workspace_id, way.end.workspace_id
    return here == there or await people.are_linked(work, here, there)


async def is_open(work: Work, lesson: Lesson, item: LessonItem) -> bool:
    """Whether a lesson may still go where an item says: the route and the channel are set up."""
    start = Place.parse(item.via) if item.via else place_of(lesson.workspace_id, lesson.channel_id)
    end = place_of(item.to_workspace, item.to_channel)
    found = [way for way in await channels.routes_from(work, start) if way.end == end]
    return any([await _is_passable(work, way, item.ring) for way in found])


async def audience(work: Work, place: Place) -> Audience:
    """Who can read a channel, as an author is told before the yes."""
    channel = await channels.find(work, place)
    if channel is None:
        return Audience(place.channel, place.platform)
    members = await channels.members(work, channel)
    return Audience(channel.name, place.platform, channel.ring, len(members))


async def curators(work: Work, place: Place) -> list[Person]:
    """Who curates a channel now."""
    found = await channels.roles(work, place.workspace_id, place.channel)
    return [person for _, role, person in found if role == "curator" and person.present]


async def channel_name(work: Work, place: Place) -> str:
    """What people call a channel; its id when it is not set up any more."""
    channel = await channels.find(work, place)
    return channel.name if channel else place.channel


async def team_at(work: Work, person: Person, place: Place) -> Channel | None:
    """The team that a lesson typed here comes from: this one, else the author's."""
    teams = await channels.of_person(work, person, "team")
    here = next((one for one in teams if one.id == place.channel), None)
    return here or next(iter(teams), None)


async def humans(work: Work, workspace_id: str, person_id: int) -> frozenset[people.PersonKey]:
    """Everybody who is the same human as this person, by workspace and id."""
    key = (workspace_id, person_id)
    others = (await people.linked_to(work, [key])).get(key, ())
    return frozenset({key, *others})


def place_of(workspace_id: str, channel_id: str) -> Place:
    platform, _, workspace = workspace_id.partition(":")
    return Place(platform, workspace, channel_id)
