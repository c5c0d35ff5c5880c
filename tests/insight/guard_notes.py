"""Ordinary work notes of many trades and languages, put together from parts by a seed."""

from __future__ import annotations

import base64
import json
import random
import re
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "samples"
_PARTS = (
    *("Order", "Queue", "Page", "Reader", "Invoice", "Route", "Parser"),
    *("Factory", "Http", "Xml", "Night", "Export", "Local", "Cache"),
)
_BLANK = re.compile(r"\{([a-z]+\d*)(?::(\d+))?\}")


def lines(name: str) -> list[Any]:
    """The samples of one kind, as they are written in their file."""
    written = (SAMPLES / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in written.splitlines() if line.strip()]


def notes(count: int, seed: int) -> Iterator[str]:
    """So many notes, of each trade as many; every third is two notes long."""
    dice = random.Random(seed)
    grammars = lines("notes")
    for number in range(count):
        parts = grammars[number % len(grammars)]["parts"]
        words = _note(parts, dice)
        if number % 3 == 2:
            words += "\n" + _note(dice.choice(grammars)["parts"], dice)
        yield words


def _note(parts: list[list[str]], dice: random.Random) -> str:
    said = [dice.choice(options) for options in parts]
    joined = said[0]
    for part in said[1:]:
        joined += (
            part if part[:1] in (".", ",", ";", " ", "!", "。", "、", "（", "") else f" {part}"
        )
    return _BLANK.sub(lambda blank: _filled(blank[1], dice, int(blank[2] or 0)), joined)


def _hex(dice: random.Random, size: int) -> str:
    return "".join(dice.choice("0123456789abcdef") for _ in range(size))


def _digits(dice: random.Random, size: int) -> str:
    return str(dice.randint(10 ** (size - 1), 10**size - 1))


def _uuid(dice: random.Random) -> str:
    return "-".join(_hex(dice, size) for size in (8, 4, 4, 4, 12))


def _b64(dice: random.Random, size: int) -> str:
    return base64.b64encode(dice.randbytes(size)).decode()[:size].replace("=", "A")


def _camel(dice: random.Random) -> str:
    return "".join(dice.sample(_PARTS, dice.randint(2, 4)))


def _path(dice: random.Random) -> str:
    return dice.choice(
        [
            f"src/shop/{_camel(dice)}.py",
            f"/var/log/shop/{_digits(dice, 4)}.log",
            f"docs/notes/2026-0{dice.randint(1, 9)}/readme.md",
            f"~/plans/v{dice.randint(1, 9)}/final_{dice.randint(1, 99)}.pdf",
            f"C:\\Plans\\{_camel(dice)}\\{_digits(dice, 3)}.dwg",
            f"assets/{_hex(dice, 8)}.chunk.js",
        ]
    )


def _url(dice: random.Random) -> str:
    return dice.choice(
        [
            f"https://example.org/{_camel(dice)}/{_digits(dice, 5)}",
            f"https://docs.example.com/en/{dice.randint(1, 9)}.0/guide?page={_digits(dice, 2)}#top",
            f"https://example.net/watch?v={_b64(dice, 11).replace('/', '_').replace('+', '-')}",
            f"https://github.com/example/shop/commit/{_hex(dice, 40)}",
            f"https://example.com/d/{_uuid(dice)}/edit?utm_source=chat&utm_campaign=spring%20fair",
            f"https://de.wikipedia.org/wiki/Br%C3%BCcke_{dice.randint(1, 99)}",
        ]
    )


def _date(dice: random.Random) -> str:
    return f"{dice.randint(2019, 2027)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"


_FILLED: dict[str, Callable[[random.Random], str]] = {
    "hash": lambda dice: _hex(dice, 40),
    "hash64": lambda dice: _hex(dice, 64),
    "short": lambda dice: _hex(dice, dice.randint(7, 10)),
    "digest": lambda dice: f"shop@sha256:{_hex(dice, 64)}",
    "sri": lambda dice: f"sha384-{_b64(dice, 64)}",
    "uuid": _uuid,
    "hex6": lambda dice: _hex(dice, 6),
    "hex2": lambda dice: _hex(dice, 2),
    "semver": lambda dice: (
        f"{dice.choice(['', 'v'])}{dice.randint(0, 20)}.{dice.randint(0, 30)}.{dice.randint(0, 40)}"
        + dice.choice(["", "", "-rc.1", f"+build.{_digits(dice, 4)}", ".dev3"])
    ),
    "date": _date,
    "dedate": lambda dice: (
        f"{dice.randint(1, 28):02}.{dice.randint(1, 12):02}.{dice.randint(2019, 2027)}"
    ),
    "stamp": lambda dice: (
        f"{_date(dice)}T{dice.randint(0, 23):02}:{dice.randint(0, 59):02}:{dice.randint(0, 59):02}Z"
    ),
    "time": lambda dice: f"{dice.randint(0, 23)}:{dice.randint(0, 59):02}",
    "ticket": lambda dice: (
        dice.choice(["OPS", "WEB", "QA", "PLAN", "SHOP"]) + f"-{_digits(dice, 4)}"
    ),
    "number": lambda dice: _digits(dice, dice.randint(3, 5)),
    "small": lambda dice: str(dice.randint(1, 48)),
    "dec": lambda dice: f"{dice.randint(1, 400)}.{dice.randint(0, 99)}",
    "money": lambda dice: f"{dice.randint(1, 99)}.{_digits(dice, 3)},{dice.randint(10, 99)}",
    "bp": lambda dice: f"{dice.randint(100, 180)}/{dice.randint(60, 100)}",
    "serial": lambda dice: _digits(dice, 9),
    "serial7": lambda dice: _digits(dice, 7),
    "ean": lambda dice: "40" + _digits(dice, 11),
    "upnum16": lambda dice: "".join(
        dice.choice(string.ascii_uppercase + string.digits) for _ in range(16)
    ),
    "lab": lambda dice: f"{dice.choice(string.ascii_uppercase)}{dice.randint(1, 96)}",
    "camel": _camel,
    "path": _path,
    "url": _url,
    "b64word": lambda dice: base64.b64encode(_camel(dice).encode()).decode(),
    "pkg": lambda dice: dice.choice(
        ["redis", "starlette", "react", "left-pad", "@shop/cart", "numpy", "postgres"]
    ),
}


def _filled(what: str, dice: random.Random, size: int) -> str:
    return _b64(dice, size) if what == "b64" else _FILLED[what](dice)
