"""A desk for the adapter's tests: it keeps what it is told, and answers as a small bot would."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.chat import (
    AccountId,
    Act,
    Ask,
    Button,
    Card,
    Command,
    CommandHelp,
    Done,
    Event,
    Fact,
    Field,
    Form,
    Option,
    Place,
    Press,
    Replace,
    Reply,
    Select,
    Shortcut,
    Show,
    Submit,
    Text,
    When,
    Wrong,
)

WELCOME = Card(
    title="Good morning, Ana",
    text=Text.parse(
        "I am **Outloud**. Once a day I ask what you are working on, and you answer in a minute or two.\n\n"
        "- what you *write* stands in your team's thread\n- small plans become *grains of sand*"
    ),
    facts=(Fact("Your time", Text.of("weekdays at 09:00")), Fact("Team", Text.of("#team-harbour"))),
    buttons=(
        Button("Check in now", "checkin.open", "primary"),
        Button("Not now", "checkin.later"),
        Button("Stop for good", "checkin.stop", "danger"),
    ),
    selects=(
        Select(
            "Ask me at", "checkin.hour", (Option("08:00", "8"), Option("09:00", "9")), chosen="9"
        ),
    ),
    footnote="Nobody sees whether you answer.",
)

CHECK_IN = Form(
    id="checkin:1",
    title="Check in for Friday",
    text=Text.parse("Three short questions. *Nothing today* is an answer too."),
    fields=(
        Field(
            "plan",
            "What one thing are you trying to move today?",
            kind="long",
            hint="One line for each grain.",
            counted=140,
        ),
        Field(
            "grain",
            "Write to the pilots about the berth plan",
            kind="choice",
            options=(
                Option("still open", "open"),
                Option("done", "done"),
                Option("adjusted", "adjusted"),
            ),
            value="open",
        ),
        Field(
            "learned",
            "What did you learn?",
            kind="long",
            optional=True,
            limit=200,
            when=When("grain", ("done", "adjusted")),
        ),
        Field(
            "topics",
            "Topics",
            kind="choices",
            options=(Option("reliability", "reliability"), Option("tools", "tools")),
            optional=True,
        ),
        Field("hours", "Hours it took", kind="number", optional=True),
        Field("until", "Away until", kind="date", optional=True),
        Field("at", "Ask me at", kind="time", value="09:00", optional=True),
        Field(
            "zone",
            "Time zone",
            kind="suggest",
            options=(Option("Lisbon", "Europe/Lisbon"), Option("Kolkata", "Asia/Kolkata")),
            optional=True,
        ),
    ),
    submit="Narrate",
)


class RecordingDesk:
    """Keeps every event once by its key, and every act; answers from a short script."""

    commands = (
        CommandHelp("checkin", "opens today's form", "[skip|snooze 30m|away until DATE]"),
        CommandHelp("grain", "drops a grain", "TEXT"),
        CommandHelp("digest", "the digest, to you alone", "[week|month]"),
        CommandHelp("outloud", "help for what you may do"),
    )
    shortcuts = (
        Shortcut("Mark as lesson", "lesson.mark"),
        Shortcut("Keep as grain", "grain.keep"),
    )

    def __init__(self) -> None:
        self.events: dict[str, Event] = {}
        self.acts: list[Act] = []
        self.answers: dict[str, Reply] = {}
        self.on_event: Callable[[Event], Awaitable[None]] | None = None

    async def minds(self, place: Place, message: str = "") -> bool:
        return True

    async def record(self, key: str, event: Event) -> bool:
        if key in self.events:
            return False
        self.events[key] = event
        if self.on_event is not None:
            await self.on_event(event)
        return True

    async def answer(self, act: Act) -> Reply:
        self.acts.append(act)
        match act:
            case Command(name=name):
                return self.answers.get(f"/{name}", self._command(act))
            case Press(action=action):
                return self.answers.get(action, self._press(act))
            case Submit(form=form):
                return self.answers.get(form, self._submit(act))

    async def complete(self, name: str, words: str, by: AccountId, place: Place) -> tuple[str, ...]:
        offered = {"checkin": ("skip", "snooze 30m", "away until", "back"), "grain": ("list",)}
        return tuple(one for one in offered.get(name, ()) if one.startswith(words))

    def _command(self, act: Command) -> Reply:
        if act.name == "checkin":
            return Ask(CHECK_IN)
        if act.name == "grain":
            return Show(Card(title="A grain is dropped", text=Text.of(act.words)))
        if act.name == "digest":
            return Show(
                Card(
                    title="This week",
                    text=Text.of("Nothing is posted yet."),
                    buttons=(Button("Post", "digest.post", "primary"),),
                )
            )
        return Show(Card(text=Text.of(f"There is no /{act.name}. Did you mean /outloud?")))

    def _press(self, act: Press) -> Reply:
        if act.action == "checkin.open":
            return Ask(CHECK_IN)
        if act.action == "checkin.later":
            return Replace(Card(text=Text.of("Until later, then.")))
        if act.action == "digest.post":
            return Replace(Card(text=Text.of("Posted to #cop-reliability.")))
        if act.action == "lesson.mark":
            return Show(Card(text=Text.of("Marked. I ask its author in private.")))
        return Done()

    def _submit(self, act: Submit) -> Reply:
        if not act.final:
            return Done()
        if not act.values.get("plan", "").strip():
            return Wrong({"plan": "Write at least one thing, or press Nothing today."})
        return Show(Card(text=Text.of("Thank you. It stands in #team-harbour.")))
