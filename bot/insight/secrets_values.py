"""Whether a value looks like something kept secret: generated, chosen as a password, or only a blank."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

_DATED = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[.:]\d\d[.:]\d\d")
_PATH = re.compile(
    r"(?:~|\.{1,2})?/[\w.-]+(?:/[\w./-]*)?|[\w-]+(?:/[\w.-]+)+\.\w{1,5}|[A-Za-z]:\\.*"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WORDS = re.compile(r"[A-Za-z]{1,14}|[A-Za-z]{0,3}\d{1,4}")
_VARIABLE = re.compile(
    r"\$(?:(?:[A-Z_][A-Z0-9_]*|[a-z][a-z0-9_]*|[a-z]+(?:[A-Z][a-z]+)+)$|[{(])|<"
    r"|\{\{?[\w. -]+\}|%[A-Z_]+%|%\(|\[[a-z ]+\]?$|\.\.\.|…|\*+$"
    r"|(?:os|process|env|config|settings|self|this|vault|secrets)[.:(\[]"
)
_BLANK = re.compile(
    r"\w\(|\$\{|\{\{|<\w|\byour[-_]|\bmy[-_]|example$|placeholder|redacted|changeme|\bxxx+|\*{4}"
)
_YOURS = re.compile(r"(?:^|[-_.{])(?:your|insert|example)(?:[-_]|[a-z])")
_BLANKS_LISTED = (
    "password passwort secret changeme change_me none null nil true false pass pw pwd user string str "
    "text example foo bar redacted hidden masked required optional optional? username token"
)
_BLANKS = frozenset(_BLANKS_LISTED.split())
_ENTRY = re.compile(
    r"(?:[A-Za-z]+[-_/.])+(?:v?\d{1,4}|[A-Za-z]+)|[A-Z]{2,8}-\d{1,6}|v\d+(?:\.\d+)*(?:[-.]?[a-z]{1,5}\.?\d*)?"
)
"""Names that people give to things: shop-db-2, OPS-4711, v2.1."""


def varied(value: str) -> bool:
    """Whether a value has the variety of something generated, and is no sample or blank to fill in."""
    if value.endswith("EXAMPLE") or _YOURS.search(value.lower()) or "<" in value:
        return False
    tail = value[-24:]
    return len(set(tail)) >= min(7, len(tail) // 2)


def is_blank(value: str) -> bool:
    """Whether a value only stands for one: a variable, a blank to fill in, stars."""
    low = value.lower()
    return bool(
        _VARIABLE.match(value)
        or re.fullmatch(r"(.)\1*|[*•x.X_-]+", value)
        or _BLANK.search(low)
        or low in _BLANKS
    )


def entropy(value: str) -> float:
    """Bits for each sign, by how often each occurs in the value itself."""
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts)


def looks_made(value: str) -> bool:
    """Whether a value looks generated rather than written: no words, path, date, address or blank."""
    if (
        len(value) < 16
        or "://" in value
        or value.startswith("--")
        or is_blank(value)
        or not varied(value)
    ):
        return False
    if not re.search(r"[A-Za-z]", value) or not re.search(r"\d", value):
        turns = _turns(re.sub(r"[^A-Za-z]", "", value)) > len(value) / 4
        # Names put together of words have a capital for every few small letters.
        capitals = sum(sign.isupper() for sign in value)
        return turns and entropy(value) > 3.5 and capitals * 3 > len(value)
    if _DATED.search(value) or _PATH.fullmatch(value):
        return False
    parts = [part for part in re.split(r"[-_./+:=@#]", value) if part]
    if len(parts) > 1 and all(_WORDS.fullmatch(part) and _is_wordy(part) for part in parts):
        return False
    return entropy(value) > (2.9 if re.fullmatch(r"[0-9A-Fa-f-]+", value) else 3.2)


def is_password(value: str, *, strong: bool) -> bool:
    """Whether a value behind the word password is one: signs of several classes, no date, path, word.

    It is `strong` when it stands behind a colon or an equals sign rather than behind "is".
    """
    if len(value) < 6 or "://" in value or _DATED.search(value):
        return False
    if _PATH.fullmatch(value) or _MAIL.fullmatch(value):
        return False
    if re.fullmatch(r"\d{1,4}[-–.]\d{1,4}|[\d.,]+[%€$h]?|\d+[-+]?[A-Za-z]{1,12}", value):
        return value.isdigit() or (strong and bool(re.fullmatch(r"\d{3,}[A-Za-z]{4,}", value)))
    letters, digits = bool(re.search(r"[^\W\d_]", value)), bool(re.search(r"\d", value))
    signs = bool(re.search(r"[^\w\s.,:;'’/()\-–]", value))
    if letters and digits:
        return not _ENTRY.fullmatch(value)
    if signs and (letters or digits):
        return not re.fullmatch(
            r"[A-Za-z]+[+&@#*?]|[+&@#*~][A-Za-z]+|[(]?\w+(?:[+&=→|]\w+)+[)]?", value
        )
    mixed = value != value.lower() and value != value.upper()
    return strong and letters and mixed and _turns(value) > max(4, len(value) / 3)


def _is_wordy(part: str) -> bool:
    return part.isdigit() or bool(re.search(r"[aeiouyAEIOUY]", part)) or len(part) < 5


def _turns(value: str) -> int:
    """How often a value changes between capitals, small letters and other signs."""
    return sum(_class(a) != _class(b) for a, b in pairwise(value))


def _class(sign: str) -> int:
    return 0 if sign.islower() else 1 if sign.isupper() else 2
