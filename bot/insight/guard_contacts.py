"""Ways to reach somebody or something in words: mail, phones, inner hosts, cards and accounts."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Contact:
    """Characters `start` to `end` are a way to reach somebody or something."""

    kind: str
    start: int
    end: int


def contacts(
    words: str, *, domains: tuple[str, ...], allowed: tuple[str, ...], regions: tuple[str, ...]
) -> Iterator[Contact]:
    """All ways to reach somebody in these words, without the hosts that are allowed."""
    yield from _mails(words)
    yield from _phones(words, regions)
    yield from _hosts(words, domains, allowed)
    yield from _cards(words)
    yield from _accounts(words)


# -- Mail -----------------------------------------------------------------------------------------

_AT_HOST = re.compile(r"@(?:[^\W_](?:[\w-]{0,60}[^\W_])?\.){1,6}[^\W\d_]{2,24}(?![\w-])")
_LOCAL = re.compile(r"[^\W_](?:[\w.+'-]{0,62}[\w+-])?$")
_DOT = r"(?:\.|\s?[\[({](?:dot|punkt|punto|ponto|point)[\])}]\s?)"
_SPELLED = re.compile(
    rf"[\[({{](?:at|ät|arroba)[\])}}]\s?[\w-]{{1,60}}(?:{_DOT}[\w-]{{1,60}}){{0,4}}{_DOT}[^\W\d_]{{2,24}}",
    re.IGNORECASE,
)


def _mails(words: str) -> Iterator[Contact]:
    for pattern in (_AT_HOST, _SPELLED):
        for host in pattern.finditer(words):
            at = host.start() - (
                pattern is _SPELLED and words[host.start() - 1 : host.start()] == " "
            )
            run = re.split(r"[^\w.+'-]", words[max(0, at - 64) : at])[-1].lstrip(".+'-_")
            local = _LOCAL.match(run)
            start = at - len(run)
            if local and not _is_no_mail(words, start, host.end()):
                yield Contact("mail", start, host.end())


def _is_no_mail(words: str, start: int, end: int) -> bool:
    # The account of a repository's server is nobody's address.
    git = words[start : start + 4].lower() == "git@"
    return git and (words[end : end + 1] in (":", "/") or words[max(0, start - 3) : start] == "://")


# -- Phones ---------------------------------------------------------------------------------------

_ABROAD = re.compile(
    r"(?:\+(?<![\w+.=/-]\+)|00(?<![\w+.=/-]00))[1-9](?:[ ()./\-\u2010-\u2015]{0,3}\d){6,14}(?![\w-])"
)
_AT_HOME = re.compile(
    r"(?:\((?<![\w+.=/#-]\()0?\d{2,5}\)|0(?<![\w+.=/#-]0)\d{1,5}|\d(?<![\w+.=/#-]\d)\d\d)"
    r"(?:[ ./\-\u2010-\u2015]{0,3}\d){5,9}(?![\w-]|[.,]\d)"
)
_CALLED = re.compile(
    r"(?:\btel\b|telefon|phone|\bmobil|\bcell\b|handy|\bcall(?:ing)? |\bring |\bfax\b|\bdial|whatsapp"
    r"|\bruf|anruf|\bnummer\b|hotline|durchwahl|ll[aá]m|tel[eé]f|m[oó]vil|celular|\bligar?\b|appel|joindre"
    r"|num[eé]ro|\bsms\b|text me|reach me|電話|携帯|โทร)[^\n]{0,28}$",
    re.IGNORECASE,
)
_PARENS = re.compile(r"\(0?\d{2,5}\)[ \-]?\d{3,4}[ \-]\d{2,}")
_AMERICAN = re.compile(r"\d{3}-\d{3}-\d{4}")


def _phones(words: str, regions: tuple[str, ...]) -> Iterator[Contact]:
    for found in _ABROAD.finditer(words):
        digits = re.sub(r"[^\d+]", "", found[0])
        if _is_number("+" + digits[2:] if digits.startswith("00") else digits, ""):
            yield Contact("phone", *found.span())
    for found in _AT_HOME.finditer(words):
        called = _CALLED.search(words, max(0, found.start() - 48), found.start())
        plain = _PARENS.fullmatch(found[0]) or _AMERICAN.fullmatch(found[0])
        if (called or plain) and any(_is_number(found[0], region) for region in regions):
            yield Contact("phone", *found.span())


@lru_cache(maxsize=2_000)
def _is_number(written: str, region: str) -> bool:
    # Thirty milliseconds that a start need not wait for.
    import phonenumbers

    try:
        number = phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


# -- Hosts and addresses that mean something inside only ------------------------------------------

_INNER = re.compile(
    r"\.(?:local|internal|corp|lan|intra|intranet|localdomain|home\.arpa|private)(?![\w(=-]|\.\w)",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"(?<![\w.@-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){0,5}[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$",
    re.IGNORECASE,
)
_CODE_LISTED = (
    "self this threading env settings config app base cls module package docker-compose compose java "
    "std crate super pub window hooks thread task values secrets appsettings application"
)
_CODE = frozenset(_CODE_LISTED.split())
_IN_URL = re.compile(r"://(?:[^\s/@]{1,80}@)?([a-z][a-z0-9-]{0,62})(?=[:/?#\s]|$)", re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?|s?ftp|ssh|wss?|smb|nfs|rdp|vnc|ldaps?)$", re.IGNORECASE)
_WITH_PORT = re.compile(r":(\d{4,5})(?![\w:.-]|,\d)")
_BEFORE_PORT = re.compile(r"(?<![\w./:@#$%&+=-])[a-z][a-z0-9-]{1,62}$")
_NO_HOSTS_LISTED = (
    "localhost host hostname domain server path example rsa dsa key bits port line lines ticket issue "
    "pr room order invoice no nr id year page ref case build version budget total count step seit anno "
    "año ano since until in from to bis raum zimmer rechnung note batch lot charge pid uid gid size "
    "limit timeout max min default code error"
)
_NO_HOSTS = frozenset(_NO_HOSTS_LISTED.split())
_FOUR = re.compile(r"\d(?<![\w.:/-]\d)\d{0,2}(?:\.\d{1,3}){3}(?![\w]|\.\d)(?:/\d{1,2}\b)?")
_FOUR_IN_URL = re.compile(r"[/@:]\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_SIX = re.compile(
    r"f(?<![\w:.]f)(?:[cd][0-9a-f]{2}|e[89ab][0-9a-f]):[0-9a-f:]{2,40}(?![\w])", re.IGNORECASE
)
_NUMBERED = re.compile(
    r"(?:\bv|version\s|ver\.?\s|release\s|build\s|section\s|§\s?|kapitel\s|oid\s)$", re.IGNORECASE
)
_INNER_NETS = tuple(
    ipaddress.ip_network(net)
    for net in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
        *("fc00::/7", "fe80::/10"),
    )
)  # RFC 1918, 3927, 6598, 4193, 4291


def _hosts(words: str, domains: tuple[str, ...], allowed: tuple[str, ...]) -> Iterator[Contact]:
    for found in _INNER.finditer(words):
        labels = _LABELS.search(words, max(0, found.start() - 120), found.start())
        if labels and labels[0].lower() not in _CODE:
            host = words[labels.start() : found.end()]
            if not _is_under(host, allowed):
                yield Contact("host", labels.start(), found.end())
    if "://" in words:
        for found in _IN_URL.finditer(words):
            scheme = _SCHEME.search(words, max(0, found.start() - 6), found.start())
            host = found[1].lower()
            if scheme and host not in _NO_HOSTS and not _is_under(host, allowed):
                yield Contact("host", *found.span(1))
    for found in _WITH_PORT.finditer(words):
        before = _BEFORE_PORT.search(words, max(0, found.start() - 64), found.start())
        port = int(found[1])
        # A year behind a colon is a year.
        if not before or not 1024 <= port < 65536 or 1900 <= port <= 2100:
            continue
        if before[0] not in _NO_HOSTS and not _is_under(before[0], allowed):
            yield Contact("host", before.start(), found.end())
    for domain in domains:
        pattern = re.compile(
            rf"(?<![\w@-])(?:[a-z0-9-]{{1,63}}\.){{0,6}}{re.escape(domain)}(?![\w-]|\.\w)",
            re.IGNORECASE,
        )
        if domain.lower() in words.lower():
            for found in pattern.finditer(words):
                if not _is_under(found[0], allowed):
                    yield Contact("host", *found.span())
    yield from _addresses(words, allowed)


def _is_under(host: str, hosts: tuple[str, ...]) -> bool:
    host = host.lower()
    return any(host == one.lower() or host.endswith("." + one.lower()) for one in hosts)


def _addresses(words: str, allowed: tuple[str, ...]) -> Iterator[Contact]:
    for pattern in (_FOUR, _FOUR_IN_URL, _SIX):
        for found in pattern.finditer(words):
            start = found.start() + (pattern is _FOUR_IN_URL)
            written = words[start : found.end()].split("/")[0]
            try:
                address = ipaddress.ip_address(written)
            except ValueError:
                continue
            numbered = _NUMBERED.search(words, max(0, found.start() - 12), found.start())
            inner = any(address in net for net in _INNER_NETS if net.version == address.version)
            if inner and not numbered and written not in allowed:
                yield Contact("host", start, found.end())


# -- Cards and accounts ---------------------------------------------------------------------------

_CARD = re.compile(r"[2-6](?<![\w.,+/#-][2-6])(?:[ \u00a0-]?\d){11,18}(?![\w]|[-.,]\d)")
# ISO/IEC 7812: who issues which first digits, and how long those numbers are.
_ISSUERS = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11,16}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
)
_IBAN = re.compile(r"[A-Z](?<![A-Z0-9][A-Z])[A-Z]\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30}(?![A-Za-z0-9])")
# The registry of ISO 13616: how long the account numbers of each country are.
_REGISTRY = (
    "AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24 "
    "DE:22 DK:18 DO:28 EE:20 EG:29 ES:24 FI:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27 GT:28 "
    "HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 "
    "LV:21 MC:27 MD:24 ME:22 MK:19 MR:27 MT:31 MU:30 NL:18 NO:15 PK:24 PL:28 PS:29 PT:25 QA:29 "
    "RO:24 RS:22 SA:24 SC:31 SE:24 SI:19 SK:24 SM:27 ST:25 SV:28 TL:23 TN:24 TR:26 UA:29 VA:22 "
    "VG:24 XK:20"
)
_LENGTHS = {pair[:2]: int(pair[3:]) for pair in _REGISTRY.split()}


def _cards(words: str) -> Iterator[Contact]:
    for found in _CARD.finditer(words):
        digits = re.sub(r"\D", "", found[0])
        groups = [len(group) for group in re.split(r"\D", found[0])]
        if _ISSUERS.fullmatch(digits) and _is_grouped(groups) and _luhn(digits):
            yield Contact("card", *found.span())


def _is_grouped(groups: list[int]) -> bool:
    return len(groups) == 1 or groups in ([4, 6, 5], [4, 6, 4]) or set(groups[:-1]) == {4}


def _luhn(digits: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        twice = int(digit) * (1 + index % 2)
        total += twice // 10 + twice % 10
    return total % 10 == 0 and len(set(digits)) > 1


def _accounts(words: str) -> Iterator[Contact]:
    for found in _IBAN.finditer(words):
        signs = [index for index, sign in enumerate(found[0]) if sign.isalnum()]
        length = _LENGTHS.get(found[0][:2], 0)
        if not length or len(signs) < length:
            continue
        end = signs[length - 1] + 1
        number = "".join(found[0][index] for index in signs[:length])
        turned = number[4:] + number[:4]
        if int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1:
            yield Contact("account", found.start(), found.start() + end)
