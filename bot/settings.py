"""Settings: what the environment asks for, read once, checked whole, explained in plain words."""

from __future__ import annotations

import base64
import binascii
import difflib
import importlib.metadata
import ipaddress
import os
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AliasGenerator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PLATFORMS: Final = ("local", "slack", "discord")

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
_LISTEN_EVERYWHERE: Final = ("0.0.0.0", "::")
_FOR_OTHERS: Final = ("OUTLOUD_TEST_", "OUTLOUD_REQUIRE")


class SettingsError(Exception):
    """Settings that Outloud cannot start with: one sentence for each."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


# What one setting must be by itself. A ValueError has the advice that follows the description.


def _database(text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("") from None
    driver, rest = _DRIVERS.get(url.get_backend_name()), text.partition("://")[2]
    if driver is None:
        raise ValueError("")
    if driver != url.drivername:
        raise ValueError(f"Write {_masked(f'{driver}://{rest}')}.")
    if driver == "sqlite+aiosqlite" and url.host:
        raise ValueError(f"A path follows three slashes: {driver}:///{rest}.")
    return text


def _platforms(value: object) -> object:
    if not isinstance(value, str):
        return value
    names = tuple(dict.fromkeys(name.strip().lower() for name in value.split(",") if name.strip()))
    if not names:
        raise ValueError("")
    known = PLATFORMS if set(names) <= set(PLATFORMS) else (*PLATFORMS, *_other_platforms())
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise ValueError(
                f"There is no platform '{name}'" + (f": did you mean '{near[0]}'?" if near else ".")
            )
    return names


def _other_platforms() -> tuple[str, ...]:
    """Tell which platforms other installed packages add."""
    return tuple(entry.name for entry in importlib.metadata.entry_points(group="outloud.adapters"))


def _url(*schemes: str, end: str = "") -> AfterValidator:
    def check(url: str | None) -> str | None:
        if url is not None and not (_is_url(url, *schemes) and url.endswith(end)):
            raise ValueError("")
        return url

    return AfterValidator(check)


def _base(url: str) -> str:
    return url.rstrip("/")


def _is_url(url: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _smtp(url: SecretStr | None) -> SecretStr | None:
    if url is not None and not _is_url(url.get_secret_value(), "smtp", "smtps"):
        raise ValueError("")
    return url


def _keys(text: SecretStr | None) -> SecretStr | None:
    if text is not None:
        split_keys(text.get_secret_value())
    return text


def split_keys(text: str) -> tuple[str, ...]:
    """The keys of a list; raises ValueError with the place of one that is none."""
    keys = tuple(key for key in re.split(r"[\s,]+", text) if key)
    for place, key in enumerate(keys, start=1):
        try:
            long_enough = len(base64.urlsafe_b64decode(key)) == 32
        except (binascii.Error, ValueError):
            long_enough = False
        if not long_enough:
            raise ValueError(f"Key {place} of {len(keys)} is not such a key.")
    if not keys:
        raise ValueError("There is no key in it.")
    return keys


def _local_address(known: dict[str, Any]) -> str:
    host = known["http_host"]
    if host in _LISTEN_EVERYWHERE:
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{known['http_port']}"


def _variable(field: str) -> str:
    name = field.upper()
    return name if name.startswith(("SLACK_", "DISCORD_")) else f"OUTLOUD_{name}"


class Settings(BaseSettings):
    """What an operator decided; each field is read from the environment variable of its name."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        populate_by_name=True,
        alias_generator=AliasGenerator(validation_alias=_variable),
    )

    # Kept out of the repr, because the URL may carry a password.
    database_url: Annotated[str, AfterValidator(_database)] = Field(
        "sqlite+aiosqlite:///var/outloud.db",
        description="sqlite+aiosqlite:///PATH or postgresql+asyncpg://USER:PASSWORD@HOST/NAME",
        repr=False,
    )
    platforms: Annotated[tuple[str, ...], BeforeValidator(_platforms)] = Field(
        ("local",), description="a comma list of local, slack and discord"
    )
    http_host: str = Field(
        "127.0.0.1",
        pattern=r"^[\w.:-]+$",
        description="the host name or address to listen on, such as 127.0.0.1",
    )
    http_port: int = Field(8040, ge=1, le=65535, description="a port number from 1 to 65535")
    public_url: Annotated[str, _url("http", "https"), AfterValidator(_base)] = Field(
        default_factory=_local_address,
        description="the http:// or https:// address at which people reach Outloud",
    )
    secret_keys: Annotated[SecretStr | None, AfterValidator(_keys)] = Field(
        None, description="a comma list of keys, newest first, each 32 bytes in URL-safe base64"
    )
    tick_seconds: float = Field(
        5.0, gt=0, le=3600, description="a number of seconds above 0 and up to 3600"
    )
    log: Literal["console", "json"] = Field("console", description="console or json")
    slack_bot_token: SecretStr | None = Field(
        None, description="the bot token of the Slack app (xoxb-...)"
    )
    slack_app_token: SecretStr | None = Field(
        None, description="the app-level token of the Slack app (xapp-...)"
    )
    slack_signing_secret: SecretStr | None = Field(
        None, description="the signing secret of the Slack app"
    )
    slack_client_id: str | None = Field(None, description="the client ID of the Slack app")
    slack_client_secret: SecretStr | None = Field(
        None, description="the client secret of the Slack app"
    )
    slack_api_url: Annotated[str | None, _url("http", "https", end="/api/")] = Field(
        None, description="an http:// or https:// address that ends in /api/"
    )
    discord_token: SecretStr | None = Field(
        None, description="the bot token of the Discord application"
    )
    discord_api_url: Annotated[str | None, _url("http", "https", end="/v10")] = Field(
        None, description="an http:// or https:// address that ends in /v10"
    )
    discord_gateway_url: Annotated[str | None, _url("ws", "wss")] = Field(
        None, description="a ws:// or wss:// address"
    )
    smtp_url: Annotated[SecretStr | None, AfterValidator(_smtp)] = Field(
        None, description="smtp://USER:PASSWORD@HOST:PORT, or smtps:// for TLS from the start"
    )

    @classmethod
    def read(
        cls, environ: Mapping[str, str] | None = None, *, ignoring: Collection[str] = ()
    ) -> Self:
        """Read the environment, or raise one `SettingsError` that tells everything wrong with it.

        Each setting may be given as NAME or as NAME_FILE, a file that holds the value; one that is
        empty counts as not given. A command that can do without some settings names them in `ignoring`.
        """
        found = os.environ if environ is None else environ
        given, origins, wrong = _gather(
            {name: value for name, value in found.items() if name not in ignoring}
        )
        settings = None
        try:
            settings = cls(**given)  # type: ignore[arg-type]
        except ValidationError as problem:
            wrong += _explain(problem, given, origins)
        wrong += _at_odds(given)
        if settings is None or wrong:
            raise SettingsError(dict.fromkeys(wrong))
        return settings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from `read` alone, which knows of files and of misspelt names as well."""
        return (init_settings,)


_FIELDS: Final = {_variable(name): field for name, field in Settings.model_fields.items()}
_SECRETS: Final = frozenset(
    name for name, field in _FIELDS.items() if SecretStr in get_args(field.annotation)
)


def _gather(environ: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Collect the values given, the files that some came from, and what is wrong so far."""
    given: dict[str, str] = {}
    origins: dict[str, str] = {}
    wrong = _misspelt(environ)
    for name in _FIELDS:
        value, path = environ.get(name, "").strip(), environ.get(f"{name}_FILE", "").strip()
        if value and path:
            wrong.append(f"{name} and {name}_FILE are both set: keep one of them.")
        elif path:
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
                origins[name] = path
            except (OSError, UnicodeDecodeError) as problem:
                reason = getattr(problem, "strerror", None) or "it is not text in UTF-8"
                wrong.append(f"{name}_FILE is '{path}', which cannot be read: {reason}.")
            else:
                if not value:
                    wrong.append(f"{name}_FILE is '{path}', which is empty.")
        if value:
            given[name] = value
    return given, origins, wrong


def _misspelt(environ: Mapping[str, str]) -> list[str]:
    known = {*_FIELDS, *(f"{name}_FILE" for name in _FIELDS)}
    wrong = []
    for name in sorted(environ):
        if not name.startswith("OUTLOUD_") or name in known or name.startswith(_FOR_OTHERS):
            continue
        # Without what all names share, or everything would look near.
        ours = {full.removeprefix("OUTLOUD_"): full for full in known if full[0] == "O"}
        near = difflib.get_close_matches(name.removeprefix("OUTLOUD_"), sorted(ours), 1)
        others = ", ".join(sorted(_FIELDS))
        guess = f"did you mean {ours[near[0]]}?" if near else f"it has {others}."
        wrong.append(f"{name} is not a setting of Outloud: {guess}")
    return wrong


def _explain(
    problem: ValidationError, given: Mapping[str, str], origins: Mapping[str, str]
) -> list[str]:
    wrong = []
    for error in problem.errors(include_url=False):
        name = str(error["loc"][0])
        if name not in given:
            continue  # Its default is made of a setting that is wrong itself, and told.
        origin = f" (from {origins[name]})" if name in origins else ""
        advice = error.get("ctx", {}).get("error", "")
        sentence = f"{name} is {_shown(name, given[name])}{origin}: it should be "
        wrong.append(f"{sentence}{_FIELDS[name].description}. {advice}".rstrip())
    return wrong


def _at_odds(given: Mapping[str, str]) -> list[str]:
    """Tell which settings are fine alone and wrong together."""
    wrong = []
    named = given.get("OUTLOUD_PLATFORMS", "local")
    platforms = [name.strip().lower() for name in named.split(",")]
    host = given.get("OUTLOUD_HTTP_HOST", "127.0.0.1")
    if "local" in platforms and not _is_loopback(host):
        wrong.append(
            f"OUTLOUD_HTTP_HOST is '{host}' while OUTLOUD_PLATFORMS has local: it should be "
            "127.0.0.1, or local should go, because the local chat has no log-in."
        )
    if "slack" in platforms:
        wrong += _slack_at_odds(given)
    if "discord" in platforms and "DISCORD_TOKEN" not in given:
        wrong.append(
            "DISCORD_TOKEN is not set while OUTLOUD_PLATFORMS has discord: "
            f"it should be {_FIELDS['DISCORD_TOKEN'].description}."
        )
    return wrong


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _slack_at_odds(given: Mapping[str, str]) -> list[str]:
    wrong = [
        f"{name} is {_shown(name, given[name])}, which looks like the other Slack token: "
        f"it should be {_FIELDS[name].description}."
        for name, other in (("SLACK_BOT_TOKEN", "xapp-"), ("SLACK_APP_TOKEN", "xoxb-"))
        if given.get(name, "").startswith(other)
    ]
    ways = (
        ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
        ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"),
        ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"),
    )
    if not any(set(way) <= given.keys() for way in ways):
        present = sorted({name for way in ways for name in way} & given.keys())
        wrong.append(
            f"OUTLOUD_PLATFORMS has slack, and of Slack's settings {', '.join(present) or 'none'} "
            f"{'is' if len(present) < 2 else 'are'} set. It should be SLACK_BOT_TOKEN with "
            "SLACK_APP_TOKEN (Socket Mode), SLACK_BOT_TOKEN with SLACK_SIGNING_SECRET (HTTP), or "
            "SLACK_CLIENT_ID with SLACK_CLIENT_SECRET and SLACK_SIGNING_SECRET (many workspaces)."
        )
    return wrong


def _shown(name: str, value: str) -> str:
    return "'***'" if name in _SECRETS else f"'{_masked(value)}'"


def _masked(url: str) -> str:
    """Blank the passwords of a URL, however badly it is written."""
    url = re.sub(r"(://[^:/?#@]*:).*@", r"\1***@", url)
    return re.sub(r"(?i)([?&][^=&]*passw[^=&]*=)[^&]*", r"\1***", url)
