"""The prompt bank: our questions for working out loud, and which of them is asked on a day."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

TAGS = ("seek", "sense", "share", "plan", "now", "show", "story")
ROLES = ("plan", "learned", "stuck")
FOCUSES = ("weavers", "learners", "influence")
STAGES = ("relating", "solving", "steering")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question, and whom it suits."""

    key: str
    ask: str
    tag: str
    role: str = ""
    """What the answer is: ``plan``, ``learned``, ``stuck``, or nothing in particular."""
    focus: frozenset[str] = frozenset()
    """The kinds of community it suits; empty for any."""
    stage: frozenset[str] = frozenset()
    """The stages of a community it suits; empty for any."""

    def suits(self, focus: str, stage: str) -> bool:
        """Whether it suits a community of this focus and stage; an empty one is not known yet."""
        return (not focus or not self.focus or focus in self.focus) and (
            not stage or not self.stage or stage in self.stage
        )


# A line is: key | question | role, focus and stage, each where it has one.
_QUESTIONS = MappingProxyType(
    {
        "seek": """
            know-how    | What would you like to learn from somebody here?
            unanswered  | Which question have you carried around without an answer?  | stuck
            second-eyes | Which piece of your work could use a second pair of eyes?
            missing     | What is missing for your next step?                        | stuck
            solved-it   | Who might have solved this before you?
            example     | What kind of example would help you most?
            opinion     | Where would another opinion help you decide?
            trick       | Which tool or trick are you looking for?
            dead-end    | Where do you look first when you are lost, and what is not there?  | stuck
            understand  | Whose work would you like to understand better?            | weavers relating
            same-boat   | Who else may be wrestling with the same thing?             | weavers solving
            from-afar   | Which idea from outside would you like to test here?       | learners solving
            one-minute  | What would you ask for if those who decide gave you one minute?  | influence steering
        """,
        "sense": """
            otherwise   | What turned out differently from what you expected?        | learned
            repeated    | Which thing have you now seen happen more than once?
            behind-it   | What was behind the last thing that went wrong, do you think?  | learned
            keep        | What would you do in the same way next time?               | learned
            start-over  | What would you start differently if you could begin again? | learned
            thumb-rule  | Which rule of thumb served you well lately?                | learned
            assumption  | Which assumption of yours did not hold?                    | learned
            explain     | How would you explain your latest insight to someone new?  | learned
            early-sign  | Which early sign told you how something would go?          | learned
            hurdle      | What stood in your way, and how did you get past it?       | stuck
            connection  | Which two things that you saw lately belong together?
            other-ways  | How does your way of doing it differ from another team's?  | weavers relating
            small-test  | What did your latest small experiment tell you?            | learned learners solving
            drift       | Where do you see your field moving, and what tells you so? | influence steering
        """,
        "share": """
            shortcut    | Which shortcut do you wish you had known sooner?           | learned
            watch-out   | What should others watch out for before they do the same?  | learned
            thanks      | Who made your work easier lately, and how?
            signpost    | Which page, tool or person would you send a colleague to?
            handover    | What does the next person to touch this need to know?
            tiny-tip    | What is the smallest useful tip you can give?              | learned
            question    | Which good question did somebody ask you lately?
            worth-it    | What did you read or hear that deserves more readers?
            slip        | Which slip of yours could spare others the same one?       | learned
            quarter     | What could you help somebody with for fifteen minutes?     | weavers relating
            two-people  | Which two people should hear of each other, and why?       | weavers relating
            recipe      | Which steps would let others repeat what worked for you?   | learned learners solving
            carry-on    | Which finding of yours is worth carrying beyond your team? | learned influence steering
        """,
        "plan": """
            good-day    | Which small step would make this a good day?
            next-break  | What would you like to have finished before your next break?
            little-push | Which piece of work deserves a little push from you?
            may-fail    | What will you try out, even though it may not work?
            wrap-up     | Which half-finished thing could you bring to an end?
            favour      | What will you do that makes somebody else's work easier?
            slice       | Which big task can you cut down to one step?
            first-thing | What comes first when you get going?
            in-view     | What will you put where others can see it?
            find-out    | What would you like to find out before the week is over?
            talk-to     | Whom will you talk to, and what about?                     | weavers relating
            check       | Which quick check would show that you are on the right track?  | learners solving
            borrow      | Which way of working will you borrow the next time it fits?  | learners solving
            shared-aim  | Which step of yours brings your shared aim closer?         | influence steering
        """,
        "now": """
            in-front    | What is open in front of you, and what is it for?
            torn        | Which two options are you torn between?
            waiting     | What are you waiting for, and from whom?                   | stuck
            puzzle      | Which puzzle follows you around at the moment?
            guessing    | Which part of your work feels like guessing?               | stuck
            slower      | What takes longer than you thought it would?               | stuck
            new-view    | What did you change your mind about lately?                | learned
            attention   | What gets most of your attention these days?
            easier      | What turned out easier than you feared?                    | learned
            how-far     | How far have you come, and what tells you?
            together    | Who are you working with, and on what?                     | weavers relating
            running     | Which try-out of yours is still running, and how does it look?  | learners solving
            many-teams  | What slows down more teams than just yours?                | stuck influence steering
        """,
        "show": """
            draft       | Which rough draft could others have a look at?
            snapshot    | What would a photo of your work show at this moment?
            look-here   | Where can somebody see what you are working on?
            week-ago    | What looks different from a week ago?
            knot        | Which knot did you untie, and how?                         | learned
            detour      | Where did you take a detour, and what did it get you?      | learned
            figure      | Which figure from your work would surprise people?
            workbench   | What lies on your workbench, real or on screen?
            loose-end   | Which loose end would you show to somebody you trust?
            tipped-it   | Which decision did you take, and what tipped it?           | learned
            makeshift   | Which makeshift fix is holding things together?            | stuck
            visitor     | Which part of your work would you show a visitor first?    | weavers relating
            set-up      | How did you set up the thing you are trying out?           | learners solving
            see-self    | Which result of yours can others check for themselves?     | influence steering
        """,
        "story": """
            turn        | Which moment gave your work a turn, and what caused it?    | learned
            remember    | Which moment of this week will you still know next month?
            hint        | How did a hint from somebody change what you did?          | learned
            pleased     | Which small thing are you quietly pleased with?
            smile       | What made you smile at work lately?
            taken-over  | What became of the last idea you took over from others?    | learned
            possible    | What is possible now that was not a month ago?
            teacher     | Who taught you something without noticing?
            beginning   | How did the thing you are working on begin?
            near-miss   | What nearly went wrong, and what saved it?                 | learned
            rely-on     | How did you get to know somebody you now rely on?          | weavers relating
            good-fail   | Which try-out failed in a useful way, and what was the use?  | learned learners solving
            ripple      | Where did something you started carry on without you?      | influence steering
        """,
    }
)


def _read(tag: str, lines: str) -> Iterator[Prompt]:
    for line in lines.strip().splitlines():
        key, ask, *marks = (part.strip() for part in line.split("|"))
        words = frozenset(" ".join(marks).split())
        role = next((role for role in ROLES if role in words), "plan" if tag == "plan" else "")
        yield Prompt(
            f"{tag}.{key}", ask, tag, role, words & frozenset(FOCUSES), words & frozenset(STAGES)
        )


BANK = tuple(prompt for tag in TAGS for prompt in _read(tag, _QUESTIONS[tag]))


def pick(
    day: date,
    seat: int | str,
    *,
    tags: Collection[str] = TAGS,
    focus: str = "",
    stage: str = "",
    asked_lately: Collection[str] = (),
    own: tuple[Prompt, ...] = (),
    hidden: Collection[str] = (),
) -> Prompt:
    """The prompt for a day and a seat, such as a person or a question of a rhythm: each has its own order.

    None in `asked_lately`, oldest first, comes back while another is left, and then the one asked
    longest ago. A team's `own` prompt takes the place of ours with its key, and a `hidden` one is never
    asked. Where nothing fits, the focus and stage are let go first, then the tags. Raises ValueError
    when every prompt is hidden.
    """
    mine = {prompt.key for prompt in own}
    known = [*own, *(prompt for prompt in BANK if prompt.key not in mine)]
    open_ = [prompt for prompt in known if prompt.key not in hidden]
    if not open_:
        raise ValueError(f"All {len(known)} prompts are hidden: show at least one again.")
    tagged = [prompt for prompt in open_ if prompt.tag in tags]
    fitting = [prompt for prompt in tagged if prompt.suits(focus, stage)] or tagged or open_
    asked = {key: number for number, key in enumerate(asked_lately)}
    fresh = [prompt for prompt in fitting if prompt.key not in asked]
    if not fresh:
        return min(fitting, key=lambda prompt: asked[prompt.key])
    start = zlib.crc32(f"{seat}/".encode())
    fresh.sort(key=lambda prompt: (zlib.crc32(prompt.key.encode(), start), prompt.key))
    return fresh[day.toordinal() % len(fresh)]
