"""What the guard finds and what it stops for nothing, on the labelled samples beside this file.

Run with ``python -m tests.insight.guarding``.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from bot.chat import Block, Span, Text
from bot.insight.guard import Finding, Known, read
from tests.insight.guard_minting import Minted, mint
from tests.insight.guard_notes import lines, notes

KNOWN = Known(
    terms=(
        "Project Falcon",
        "Projekt Blauwal",
        "Cosecha",
        "Brise marine",
        "Baleia Azul",
        "ARC",
        "Haus Nordlicht",
    ),
    members=(
        "Ana Brook",
        "Ben",
        "Chiara Frost",
        "Dee Núñez",
        "Rose Ana",
        "Will Ben",
        "Mark Chi",
        "Grace Dee",
    ),
    channels=("deals-2026", "leads", "board_room"),
    domains=("acme.example",),
)
SHAPES = (
    "plain", "quoted", "line", "code", "block", "link", "percent", "label", "file", "zero-width",
    "wrapped", "wrapped block", "quote", "list", "headline", "bold", "full stop", "json",
)  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """A text with one credential in it."""

    kind: str
    shape: str
    text: Text
    value: str


def credentials(each: int, seed: int) -> Iterator[Labelled]:
    """So many texts for every kind of credential, in all shapes and languages by turns."""
    sentences = [line["words"] for line in lines("sentences")]
    for line in lines("credentials"):
        dice = random.Random(f"{seed} {line['kind']}")
        shapes = line.get("shapes", SHAPES)
        for number in range(each):
            made = mint(line["made"][number % len(line["made"])], dice)
            shape = shapes[(number + number // len(line["made"])) % len(shapes)]
            words = dice.choice(sentences)
            yield Labelled(line["kind"], shape, shaped(shape, words, made, dice), made.value)


def shaped(shape: str, sentence: str, made: Minted, dice: random.Random) -> Text:
    """The sentence with the credential in it, in the shape that a person gives it by accident or habit."""
    value = made.written
    if shape == "plain":
        return Text.of(*sentence.replace("{value}", value).split("\n"))
    if shape == "quoted":
        marks = dice.choice(['""', "''", "“”", "„“", "«»", "「」"])
        return Text.of(sentence.replace("{value}", marks[0] + value + marks[1]))
    if shape == "line":
        return Text((Block((Span(f"{sentence.split('{value}')[0]}\n{value}\nDone."),)),))
    if shape in ("code", "label", "bold"):
        before, after = sentence.split("{value}")
        span = Span(value, code=shape == "code", bold=shape == "bold")
        span = Span(value, href="https://example.org/x") if shape == "label" else span
        return Text((Block((Span(before), span, Span(after))),))
    if shape in ("block", "wrapped block"):
        value = _wrapped(made, dice, 3) if shape == "wrapped block" else value
        code = (
            f"# {dice.choice(['settings', 'notes', 'local'])}\nretries = 3\n{value}\ntimeout = 20"
        )
        return Text((Block((Span(code),), "code"),))
    if shape in ("link", "percent"):
        safe = quote(value, safe="" if shape == "percent" else ":/?&=@+$;,%{}\"'«»")
        address = value if value.startswith("http") else f"https://example.org/open?q={safe}"
        return Text((Block((Span("see "), Span("this page", href=address), Span("."))),))
    if shape == "file":
        return Text.of(f"log-{value}.txt" if "\n" not in value else value)
    if shape == "zero-width":
        middle = value.index(made.value) + len(made.value) // 2
        hidden = dice.choice(["\u200b", "\u2060", "\ufeff", "\u00ad", "\u200d"])
        return Text.of(
            *sentence.replace("{value}", value[:middle] + hidden + value[middle:]).split("\n")
        )
    if shape == "wrapped":
        return Text((Block((Span(sentence.replace("{value}", _wrapped(made, dice, 2))),)),))
    if shape in ("quote", "list", "headline"):
        kind = {"quote": "quote", "list": "bullet", "headline": "heading"}[shape]
        return Text(
            (Block((Span("Note"),)), Block((Span(sentence.replace("{value}", value)),), kind))
        )  # type: ignore[arg-type]
    if shape == "full stop":
        return Text.of(f"I left it at {value}.", "Nothing else.")
    return Text((Block((Span('{"name": "x", "value": "%s", "n": 1}' % value),), "code"),))  # noqa: UP031


def _wrapped(made: Minted, dice: random.Random, parts: int) -> str:
    start = made.written.index(made.value)
    size = len(made.value)
    cuts = sorted({start + size * n // parts for n in range(1, parts)})
    written = made.written
    for cut in reversed(cuts):
        written = written[:cut] + dice.choice(["\n", "\n", " \n  "]) + written[cut:]
    return written


def covering(labelled: Labelled) -> Finding | None:
    """The finding that stops the text because of its credential; None when it would leave."""
    value = _bare(labelled.value)
    for finding in read(labelled.text, KNOWN):
        words = _bare(finding.words)
        if finding.blocks and (
            value in words or (words in value and len(words) * 5 >= len(value) * 4)
        ):
            return finding
    return None


def _bare(words: str) -> str:
    joined = re.sub(r"[\s\u200b\u2060\ufeff\u00ad\u200d\\]", "", words)
    return unquote(unquote(joined)).replace(" ", "")


def second_opinion(text: Text) -> bool:
    """Whether detect-secrets, with all its plugins as they come, sees anything in this text."""
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    hrefs = [span.href for block in text.blocks for span in block.spans if span.href]
    written = "\n".join(["\n".join("".join(s.text for s in b.spans) for b in text.blocks), *hrefs])
    with tempfile.TemporaryDirectory() as folder, default_settings():
        file = Path(folder) / "note.txt"
        file.write_text(written, encoding="utf-8")
        return any(True for _ in scan_file(str(file)))


def long_note(size: int, seed: int) -> Text:
    """Ordinary notes of so many characters, one behind the other."""
    words = ""
    for note in notes(size, seed):
        if len(words := f"{words}{note}\n") >= size:
            break
    return Text.parse(words[:size])


def spent(text: Text, known: Known = KNOWN, times: int = 7) -> float:
    """The seconds of processor time that the guard needs for a text, at best."""
    needed = []
    for _ in range(times):
        begun = time.process_time()
        read(text, known)
        needed.append(time.process_time() - begun)
    return min(needed)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=6)
    options.add_argument("--each", type=int, default=54, help="texts for each kind")
    options.add_argument("--notes", type=int, default=6000)
    options.add_argument("--show", action="store_true", help="print what was missed or stopped")
    options.add_argument("--alone", action="store_true", help="without the second opinion")
    asked = options.parse_args()
    print_recall(asked)
    print_ordinary(asked)
    seconds = spent(long_note(40_000, asked.seed))
    print(f"a text of 40,000 characters: {seconds * 1000:.0f} ms of processor time, at best of 7")


def print_recall(asked: argparse.Namespace) -> None:
    found, named, seen, total = (Counter[str]() for _ in range(4))
    for labelled in credentials(asked.each, asked.seed):
        finding = covering(labelled)
        total[labelled.kind] += 1
        found[labelled.kind] += finding is not None
        named[labelled.kind] += finding is not None and finding.kind == labelled.kind
        seen[labelled.kind] += not asked.alone and second_opinion(labelled.text)
        if asked.show and not finding:
            print(f"missed {labelled.kind} ({labelled.shape}): {labelled.text.plain()!r}")
    row = "{:20} {:>6} {:>7} {:>9} {:>15}"
    print(row.format("kind", "texts", "recall", "named so", "detect-secrets"))
    for kind in [*total, ""]:
        counts = [sum(c[k] for k in total if kind in ("", k)) for c in (total, found, named, seen)]
        shares = (f"{count / counts[0]:.4f}" for count in counts[1:])
        print(row.format(kind or f"{len(total)} kinds", counts[0], *shares))


def print_ordinary(asked: argparse.Namespace) -> None:
    stopped = questioned = flagged = 0
    kinds = Counter[str]()
    for note in notes(asked.notes, asked.seed):
        text = Text.parse(note)
        findings = read(text, KNOWN)
        stopped += any(finding.blocks for finding in findings)
        questioned += any(not finding.blocks for finding in findings)
        flagged += not asked.alone and second_opinion(text)
        kinds.update(finding.kind for finding in findings)
        if asked.show and findings:
            print(f"found {[finding.words for finding in findings]}: {text.plain()!r}")
    per = 1000 / asked.notes
    print(f"in {asked.notes} ordinary notes, per 1,000:")
    print(f"  {stopped * per:.2f} stopped and {questioned * per:.2f} questioned; {dict(kinds)}")
    if not asked.alone:
        print(f"  {flagged * per:.2f} flagged by detect-secrets")


if __name__ == "__main__":
    main()
