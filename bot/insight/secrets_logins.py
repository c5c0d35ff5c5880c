"""Passwords and logins in words: behind a name, in addresses, in commands, in files of programs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.insight.secrets_known import Credential
from bot.insight.secrets_values import is_blank, is_password

# -- Addresses and connection strings -------------------------------------------------------------

_ADDRESS = re.compile(
    r"://(?P<user>[^\s/:@\"'<>`]{0,80}):(?P<value>[^\s/@\"'<>`]{1,200}+(?=@)|[^\s@\"'<>`]{1,200}+(?=@[\w.-]{1,99}[:/]))"
    r"@(?=[\w\[*-])"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,24}$")
_DATABASES_LISTED = (
    "postgres postgresql mysql mariadb mongodb redis rediss amqp amqps mssql sqlserver oracle db2 "
    "clickhouse cockroachdb cassandra couchdb couchbase neo4j bolt ldap ldaps snowflake"
)
_DATABASES = frozenset(_DATABASES_LISTED.split())
_CONNECTION = re.compile(r"(?:password|passwd|pwd)\s{0,3}=\s{0,3}(?P<value>[^\s;&\"'<>]{4,200})")
_NETRC = re.compile(
    r"(?:machine\s{1,9}\S{1,120}|default)\s{1,9}login\s{1,9}\S{1,120}\s{1,9}password\s{1,9}(?P<value>\S{1,200})"
)
_PGPASS = re.compile(
    r"[ \t]{0,9}[\w.*-]{1,120}:(?:\d{2,5}|\*):[\w.*-]{1,80}:[\w.*@-]{1,80}:(?P<value>\S{4,200})[ \t]{0,9}"
)


def logins(words: str, low: str) -> Iterator[Credential]:
    """Logins in addresses, connection strings, commands and the files of programs."""
    if "://" in words:
        for found in _ADDRESS.finditer(words):
            scheme = _SCHEME.search(words, max(0, found.start() - 25), found.start())
            if scheme and not is_blank(found["value"]):
                database = scheme[0].lower().split("+")[0] in _DATABASES
                label = "a database address" if database else "an address"
                name = "database-login" if database else "login-in-address"
                yield Credential(name, f"{label} with a password in it", *found.span("value"))
    if "login" in low:
        for found in _NETRC.finditer(words):
            if not is_blank(found["value"]):
                yield Credential("netrc", "a login from a .netrc file", *found.span("value"))
    start = 0
    for line in words.split("\n"):
        entry = _PGPASS.fullmatch(line) if line.count(":") >= 4 else None
        if entry and not is_blank(entry["value"]) and not entry["value"].isdigit():
            value, end = entry.span("value")
            label = "a login from a .pgpass file"
            yield Credential("pgpass", label, start + value, start + end)
        start += len(line) + 1
    for found in _CONNECTION.finditer(low) if "=" in low else ():
        # One setting among others, as connection strings and addresses list them.
        listed = low[max(0, found.start() - 3) : found.start()].rstrip()[-1:] in tuple(";?&")
        if listed and not is_blank(words[slice(*found.span("value"))]):
            label = "a connection with a password in it"
            yield Credential("connection", label, *found.span("value"))
    yield from _commands(words, low)


# -- Commands and markup --------------------------------------------------------------------------

_COMMANDS = (
    ("sshpass", re.compile(r"sshpass\s+-p\s{0,3}[\"']?(?P<value>[^\s\"']{4,120})")),
    ("mysql", re.compile(r"mysql\w*\s[^\n]{0,80}?(?<=\s)-p(?P<value>[^\s\"'-][^\s\"']{3,120})")),
    ("curl", re.compile(
        r"curl\s[^\n]{0,120}?(?<=\s)(?:-u|--user)[\s=]{1,3}[\"']?"
        r"[^\s:\"']{1,80}:(?P<value>[^\s\"']{4,120})"
    )),
    ("--pass", re.compile(r"--pass(?:word|wd)?[= ]{1,2}[\"']?(?P<value>[^\s\"'-][^\s\"']{3,120})")),
    ("identified", re.compile(r"identified\s+(?:with\s+\w+\s+)?by\s+[\"'](?P<value>[^\"'\n]{4,120})[\"']")),
    ("<", re.compile(r"<(?:password|passwd|secret|token|apikey|api-key)>\s{0,9}(?P<value>[^<>\s]{6,200})\s{0,9}</")),
)  # fmt: skip


def _commands(words: str, low: str) -> Iterator[Credential]:
    for anchor, pattern in _COMMANDS:
        if anchor not in low:
            continue
        for found in pattern.finditer(low):
            start, end = found.span("value")
            value = words[start:end]
            wordy = value.isalpha() and (value.islower() or value.isupper() or value.istitle())
            if not is_blank(value) and not wordy:
                yield Credential("command", "a command with a password in it", start, end)


# -- Passwords behind a name ----------------------------------------------------------------------

_NAMES = (
    r"(?:password|passwd|passphrase|passcode|pwd|passwort|kennwort|zugangscode|contrase(?:ñ|n)a"
    r"|clave(?<![a-zñ]clave)|senha|palavra[ -]passe|mots? de passe|mdp|wachtwoord|parola|has(?:ł|l)o"
    r"|l(?:ö|o)senord|adgangskode|salasana|jelsz(?:ó|o)|heslo|şifre|пароль|パスワード|密码|密碼"
    r"|비밀번호|รหัสผ่าน)"
)
_SIGN = (
    r"(?P<sign>=>|:=|==?|[:：→|]|->|\b(?:is|was|now|ist|war|lautet|jetzt|neu|es|est|é|foi|era|to|auf)\b"
    r"|は|是|คือ)"
)
_PASSWORD = re.compile(
    rf"(?:{_NAMES}[\w.-]{{0,20}}|pass(?<![a-z]pass)(?==|: ?\S)|pw(?<![a-z]pw)(?=[=:]| is| ist))[\"'`*_]{{0,3}}"
    r"(?:\s{1,3}(?:for|für|fuer|pour|para|von|vom|of|on|de|to|zum|zur|do|da|del|du|am|im)"
    r"(?:\s\w[\w.-]{0,24}){1,3}?)?"
    r"(?:\s{0,3}\([^()\n]{1,30}\))?"
    rf"\s{{0,3}}{_SIGN}(?:\s+(?:now|jetzt|ahora|agora|maintenant|still|noch))?[:：]?"
    r"\s{0,3}(?P<quote>[\"'`“„«「]?)(?P<value>[^\s\"'`“”„«»」\u0e00-\uffef]{4,120})"
)
_PAIR = re.compile(
    r"(?:log-?in|credentials?|zugangsdaten|anmeldung|zugang|acceso|acesso|identifiants?|account|wi-?fi|wlan)"
    r"(?:\s\w{1,16}){0,2}\s{0,2}[:=]\s{0,2}[\"'`]?(?P<user>[\w.@+-]{2,60})\s{0,2}[/:|,]\s{0,2}"
    r"(?P<value>[^\s\"'`\u0e00-\uffef]{6,80})"
)
_CODE = re.compile(
    r"(?:pin(?<![a-z]pin)|(?:door|gate|alarm|entry|lock) ?code|(?:t(?:ü|ue)r|alarm|tor|zugangs?)-?code"
    r"|c(?:ó|o)digo (?:da|de la|de) (?:porta|puerta|alarma|alarme)|code (?:de la|d.) ?(?:porte|entr(?:é|e)e|alarme))"
    r"(?:\s(?:for|für|of|de|da|do|pour|para|zum|zur)(?:\s\w{1,20}){1,3}?)?"
    r"\s{0,2}(?:[:=]|\b(?:is|ist|es|est|é|lautet)\b)\s{0,2}(?P<value>[#*]?\d{4,8}[#*]?)(?![\w-])"
)


def passwords(words: str, low: str) -> Iterator[Credential]:
    """Passwords behind the word for it, in many languages; where a person must judge, not `sure`."""
    for found in _PASSWORD.finditer(low):
        start, end = found.span("value")
        value = words[start:end].rstrip(".,;:!?)]}") if not found["quote"] else words[start:end]
        strong = not found["sign"].isalpha() or found["sign"] in ("は", "是", "คือ")
        if not value or is_blank(value):
            continue
        whole = words[start:end].rstrip(".,;:)]}") if not found["quote"] else value
        if is_password(value, strong=strong):
            yield Credential("password", "a password", start, start + len(whole))
        elif (
            strong
            and len(value) > 4
            and value.isalpha()
            and _is_alone(words, start + len(value), bool(found["quote"]))
        ):
            yield Credential("password", "a password", start, start + len(value), sure=False)
    for found in _PAIR.finditer(low):
        start, end = found.span("value")
        value = words[start:end].rstrip(".,;:)]}")
        if is_password(value, strong=False) and not is_blank(value) and not value.isdigit():
            yield Credential("password", "a login with its password", start, start + len(value))
    for found in _CODE.finditer(low):
        yield Credential("code", "a code that opens something", *found.span("value"), sure=False)


def _is_alone(words: str, end: int, quoted: bool) -> bool:
    rest = words[end : end + 3]
    return quoted or not rest.strip() or rest.lstrip(" .")[:1] in ("", "\n")
