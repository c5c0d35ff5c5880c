"""A team that narrates, for tests of its digest."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.channels import desk as channels
from bot.chat import AccountId, Ask, Attachment, Card, Place, Replace, Reply, Show
from bot.checkins.bank import BANK
from bot.checkins.rules import Question, RhythmPlan
from tests.house import House

STORY = next(f"bank.{one.key}" for one in BANK if one.tag == "story")
PLAN = RhythmPlan(
    questions=(
        Question("plan", "What are you trying to move?", role="plan"),
        Question("learned", "What surprised you?", role="learned", optional=True),
        Question(STORY, "Tell a story", optional=True),
    )
)
EVENING = "2026-11-20T18:00:00+00:00"
"""A Friday."""


def card_of(reply: Reply) -> Card:
    assert isinstance(reply, Show | Replace), reply
    return reply.card


@dataclass
class Team:
    """Ana and Ben in #harbour, which Chi curates; Dee is an admin and not in it."""

    house: House
    story = STORY
    people: dict[str, AccountId] = field(default_factory=dict)

    @classmethod
    async def of(cls, house: House) -> Team:
        team = cls(house)
        house.at(EVENING)
        for name in ("ana", "ben", "chi"):
            team.people[name] = await house.person(name)
        team.people["dee"] = await house.person("dee", admin=True)
        team.place = await house.channel(
            "harbour", "team", *[team.people[name] for name in ("ana", "ben", "chi")], plan=PLAN
        )
        async with house.work() as work:
            chi = await house.who(team.people["chi"])
            await channels.set_roles(work, chi.workspace_id, "harbour", "curator", [chi.id])
        return team

    def __post_init__(self) -> None:
        self.place: Place = self.house.chat.channel("harbour")

    async def narrate(self, name: str, plan: str, learned: str = "", **more: str) -> None:
        """Somebody fills in the form of today."""
        who = self.people[name]
        asked = await self.house.chat.command(who, self.place, "/checkin")
        assert isinstance(asked, Ask), asked
        answers = {"answer.plan": plan, "answer.learned": learned}
        answers |= {f"answer.{key}": words for key, words in more.items()}
        await self.house.chat.submit(who, asked.form, answers, place=self.place)
        await self.house.settle()

    async def command(self, name: str, typed: str, place: Place | None = None) -> Card:
        reply = await self.house.chat.command(self.people[name], place or self.place, typed)
        await self.house.settle()
        return card_of(reply)

    async def press(self, name: str, on: Card, label: str) -> Card:
        reply = await self.house.chat.press(self.people[name], on, label)
        await self.house.settle()
        return card_of(reply)

    async def take_along(self, name: str, on: Card, label: str) -> str:
        """Somebody takes a digest along as a file: what is in it."""
        await self.press(name, on, label)
        file = self.file(name)
        assert file is not None
        return file.data.decode()

    def file(self, name: str) -> Attachment | None:
        """The file in somebody's last message from the bot."""
        return self.house.seen(self.people[name].direct)[-1].file

    def posted(self) -> list[Card]:
        """The digests that stand in the channel."""
        return [one for one in self.house.seen(self.place) if one.title.startswith("#harbour")]
