"""Keys that look real and are none, made from a seed, so that no such key stands in a file.

What is in braces is minted: `{hex:32}` is 32 hexadecimal digits. What stands between « and » is the
credential; without these signs all of it is.
"""

from __future__ import annotations

import base64
import json
import random
import re
import string
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

_ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "digit": string.digits,
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "b32": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "upnum": string.ascii_uppercase + string.digits,
    "lownum": string.ascii_lowercase + string.digits,
    "b62": string.ascii_letters + string.digits,
    "alpha": string.ascii_letters,
    "b64": string.ascii_letters + string.digits + "+/",
    "url64": string.ascii_letters + string.digits + "-_",
}
_BLANK = re.compile(r"\{(\w+)(?::([\w-]+))?\}")
_MARKED = re.compile(r"«(.*?)»", re.DOTALL)


@dataclass(frozen=True)
class Minted:
    """A credential with what stands around it."""

    written: str
    value: str


def mint(template: str, dice: random.Random) -> Minted:
    written = _BLANK.sub(lambda blank: _minted(blank[1], blank[2] or "", dice), template)
    found = _MARKED.search(written)
    return Minted(_MARKED.sub(r"\1", written), found[1] if found else written)


def _minted(what: str, size: str, dice: random.Random) -> str:
    if what in _ALPHABETS:
        low, _, high = size.partition("-")
        return _signs(what, dice.randint(int(low), int(high or low)), dice)
    return _MADE[what](dice)


def _signs(alphabet: str, size: int, dice: random.Random) -> str:
    # At both ends a letter or digit, so that a sample in a sentence ends where it seems to end.
    edge = [sign for sign in _ALPHABETS[alphabet] if sign.isalnum()]
    inner = [dice.choice(_ALPHABETS[alphabet]) for _ in range(size - 2)]
    return "".join([dice.choice(edge), *inner, dice.choice(edge)][:size])


def _base62(number: int) -> str:
    # The order of digits of GitHub's checksums.
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    written = ""
    while number:
        number, rest = divmod(number, 62)
        written = digits[rest] + written
    return written.rjust(6, "0")


def _checked(dice: random.Random) -> str:
    body = _signs("b62", 30, dice)
    return body + _base62(zlib.crc32(body.encode()))


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _web_token(dice: random.Random) -> str:
    header = {"alg": dice.choice(["HS256", "RS256", "ES256", "EdDSA"]), "typ": "JWT"}
    if dice.random() < 0.4:
        header["kid"] = _signs("hex", 16, dice)
    body = {"sub": _signs("digit", 10, dice), "iat": dice.randint(1_600_000_000, 1_800_000_000)}
    if dice.random() < 0.5:
        body |= {"scope": "read write", "aud": "https://api.example.org"}
    parts = [_url64(json.dumps(part, separators=(",", ":")).encode()) for part in (header, body)]
    return ".".join([*parts, _url64(dice.randbytes(dice.choice([32, 64, 256])))])


def _lines(dice: random.Random, size: int) -> list[str]:
    body = base64.b64encode(dice.randbytes(size)).decode()
    return [body[index : index + 64] for index in range(0, len(body), 64)]


def _pem(dice: random.Random) -> str:
    kind = dice.choice(["RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "PRIVATE KEY"])
    lines = [f"-----BEGIN {kind}-----", *_lines(dice, 160), f"-----END {kind}-----"]
    if dice.random() < 0.3:
        kind = "PGP PRIVATE KEY BLOCK"
        head = [f"-----BEGIN {kind}-----", "Version: GnuPG v2", ""]
        lines = [*head, *_lines(dice, 200), f"={_signs('b62', 4, dice)}", f"-----END {kind}-----"]
    return "\n".join(lines)


def _service_account(dice: random.Random) -> str:
    inner = "\\n".join(
        ["-----BEGIN PRIVATE KEY-----", *_lines(dice, 200), "-----END PRIVATE KEY-----"]
    )
    return inner + "\\n"


def _discord(dice: random.Random) -> str:
    account = _url64(str(dice.randint(10**17, 10**18)).encode())
    return f"{account}.{_signs('url64', 6, dice)}.{_signs('url64', dice.choice([27, 38]), dice)}"


def _uuid(dice: random.Random) -> str:
    return "-".join(_signs("hex", size, dice) for size in (8, 4, 4, 4, 12))


def _password(dice: random.Random) -> str:
    word = dice.choice(
        ["Harbour", "winter", "Kettle", "Brücke", "velero", "Fahrrad", "maison", "Lantern"]
    )
    made: list[Callable[[], str]] = [
        lambda: f"{word}{dice.randint(10, 9999)}{dice.choice('!?#$%&')}",
        lambda: (
            word.replace("e", "3").replace("i", "1")
            + dice.choice("!$#@")
            + str(dice.randint(1, 99))
        ),
        lambda: _signs("b62", dice.randint(8, 20), dice) + str(dice.randint(1, 9)),
        lambda: (
            "".join(
                dice.choice(string.ascii_letters + string.digits + "!$%&+=?^~") for _ in range(14)
            )
            + "7a"
        ),
        lambda: f"{word}{dice.choice('!#+')}{_signs('digit', 4, dice)}",
        lambda: f"{_signs('lower', 4, dice)}-{_signs('b62', 4, dice)}-{_signs('digit', 3, dice)}x",
        lambda: _signs("digit", 8, dice),
    ]
    return dice.choice(made)()


def _login(dice: random.Random) -> str:
    return dice.choice(["admin", "deploy", "ana", "root", "svc_backup", "reports"])


def _signature(dice: random.Random) -> str:
    return quote(base64.b64encode(dice.randbytes(32)).decode(), safe="")


_MADE: dict[str, Callable[[random.Random], str]] = {
    "github": _checked,
    "jwt": _web_token,
    "pem": _pem,
    "account": _service_account,
    "discord": _discord,
    "uuid": _uuid,
    "password": _password,
    "login": _login,
    "signature": _signature,
    "basic": lambda dice: base64.b64encode(f"{_login(dice)}:{_password(dice)}".encode()).decode(),
    "key64": lambda dice: base64.b64encode(dice.randbytes(64)).decode(),
    "key32": lambda dice: base64.b64encode(dice.randbytes(32)).decode(),
    "org": lambda dice: _url64(
        json.dumps(
            {"iat": dice.randint(10**9, 2 * 10**9), "url": "https://sentry.io", "org": "acme"}
        ).encode()
    ),
}
