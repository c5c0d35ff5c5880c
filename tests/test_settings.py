from __future__ import annotations

from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings, SettingsError

KEY = urlsafe_b64encode(b"k" * 32).decode()
OLDER = urlsafe_b64encode(b"o" * 32).decode()


def refused(**environ: str) -> tuple[str, ...]:
    """Read settings that must be refused, and give the sentences."""
    with pytest.raises(SettingsError) as refusal:
        Settings.read(environ)
    assert str(refusal.value).splitlines() == list(refusal.value.sentences)
    return refusal.value.sentences


def test_an_empty_environment_is_a_local_chat_on_sqlite() -> None:
    """Whoever sets nothing gets the local chat on this machine."""
    settings = Settings.read({})
    assert settings.database_url == "sqlite+aiosqlite:///var/outloud.db"
    assert settings.platforms == ("local",)
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8040)
    assert settings.public_url == "http://127.0.0.1:8040"
    assert settings.tick_seconds == 5
    assert settings.log == "console"
    given = {"database_url", "platforms", "http_host", "http_port", "public_url", "tick_seconds"}
    unset = set(Settings.model_fields) - given - {"log"}
    assert {name: getattr(settings, name) for name in unset} == dict.fromkeys(unset)


def test_every_setting_is_read_from_its_variable() -> None:
    """Each documented name sets the field of that name."""
    settings = Settings.read(
        {
            "OUTLOUD_DATABASE_URL": "postgresql+asyncpg://u:p@db/outloud",
            "OUTLOUD_PLATFORMS": " Slack, discord,slack ",
            "OUTLOUD_HTTP_HOST": "0.0.0.0",
            "OUTLOUD_HTTP_PORT": "9000",
            "OUTLOUD_PUBLIC_URL": "https://outloud.example.org",
            "OUTLOUD_SECRET_KEYS": f"{KEY},{OLDER}",
            "OUTLOUD_TICK_SECONDS": "0.5",
            "OUTLOUD_LOG": "json",
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "SLACK_SIGNING_SECRET": "signing",
            "SLACK_CLIENT_ID": "client",
            "SLACK_CLIENT_SECRET": "hush",
            "SLACK_API_URL": "http://127.0.0.1:1/api/",
            "DISCORD_TOKEN": "discord",
            "DISCORD_API_URL": "http://127.0.0.1:2/api/v10",
            "DISCORD_GATEWAY_URL": "ws://127.0.0.1:3",
            "OUTLOUD_SMTP_URL": "smtp://user:pass@mail:25",
        }
    )
    assert settings.platforms == ("slack", "discord")
    assert settings.http_port == 9000
    assert settings.public_url == "https://outloud.example.org"
    assert settings.tick_seconds == 0.5
    assert settings.slack_api_url == "http://127.0.0.1:1/api/"
    assert settings.discord_gateway_url == "ws://127.0.0.1:3"
    assert settings.smtp_url is not None
    assert settings.smtp_url.get_secret_value() == "smtp://user:pass@mail:25"
    assert None not in settings.model_dump().values()


def test_settings_cannot_be_changed() -> None:
    """What was decided at the start holds until the end."""
    with pytest.raises(ValidationError):
        Settings.read({}).http_port = 1  # type: ignore[misc]


def test_secrets_are_not_shown() -> None:
    """Neither repr nor str of the settings has a token or a password in it."""
    settings = Settings.read(
        {
            "OUTLOUD_DATABASE_URL": "postgresql+asyncpg://u:hush@db/outloud",
            "OUTLOUD_PLATFORMS": "slack,discord",
            "OUTLOUD_SECRET_KEYS": KEY,
            "OUTLOUD_SMTP_URL": "smtp://user:hush@mail",
            "SLACK_BOT_TOKEN": "hush",
            "SLACK_APP_TOKEN": "hush",
            "SLACK_SIGNING_SECRET": "hush",
            "SLACK_CLIENT_SECRET": "hush",
            "DISCORD_TOKEN": "hush",
        }
    )
    assert "hush" not in f"{settings!r} {settings}"
    assert KEY not in f"{settings!r} {settings}"


def test_an_empty_variable_is_not_set() -> None:
    """Compose files pass on variables that nobody set; they count for nothing."""
    assert Settings.read({"OUTLOUD_HTTP_PORT": "", "SLACK_BOT_TOKEN": " "}) == Settings.read({})


class TestFiles:
    """Each setting may be named as a file that holds it."""

    def test_the_value_is_what_the_file_holds_without_its_line_end(self, tmp_path: Path) -> None:
        token = tmp_path / "token"
        token.write_text("  abc\n")
        settings = Settings.read({"OUTLOUD_PLATFORMS": "discord", "DISCORD_TOKEN_FILE": str(token)})
        assert settings.discord_token is not None
        assert settings.discord_token.get_secret_value() == "abc"

    def test_a_wrong_value_is_told_with_its_file(self, tmp_path: Path) -> None:
        port = tmp_path / "port"
        port.write_text("high")
        assert refused(OUTLOUD_HTTP_PORT_FILE=str(port)) == (
            f"OUTLOUD_HTTP_PORT is 'high' (from {port}): it should be a port number from 1 to 65535.",
        )

    def test_a_file_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "none"
        assert refused(OUTLOUD_LOG_FILE=str(path)) == (
            f"OUTLOUD_LOG_FILE is '{path}', which cannot be read: No such file or directory.",
        )

    def test_a_file_that_is_empty_or_no_text_is_told(self, tmp_path: Path) -> None:
        empty, picture = tmp_path / "empty", tmp_path / "picture"
        empty.touch()
        picture.write_bytes(b"\x89PNG\xff")
        assert refused(OUTLOUD_LOG_FILE=str(empty), OUTLOUD_HTTP_PORT_FILE=str(picture)) == (
            f"OUTLOUD_HTTP_PORT_FILE is '{picture}', which cannot be read: it is not text in UTF-8.",
            f"OUTLOUD_LOG_FILE is '{empty}', which is empty.",
        )

    def test_both_at_once_is_told(self, tmp_path: Path) -> None:
        assert refused(OUTLOUD_LOG="json", OUTLOUD_LOG_FILE=str(tmp_path)) == (
            "OUTLOUD_LOG and OUTLOUD_LOG_FILE are both set: keep one of them.",
        )


PORT = "it should be a port number from 1 to 65535."
DATABASE = "sqlite+aiosqlite:///PATH or postgresql+asyncpg://USER:PASSWORD@HOST/NAME."
PLATFORMS = "it should be a comma list of local, slack and discord."


@pytest.mark.parametrize(
    ("name", "value", "rest"),
    [
        ("OUTLOUD_HTTP_PORT", "http", PORT),
        ("OUTLOUD_HTTP_PORT", "0", PORT),
        ("OUTLOUD_HTTP_PORT", "65536", PORT),
        ("OUTLOUD_HTTP_PORT", "80.5", PORT),
        ("OUTLOUD_PLATFORMS", ",", PLATFORMS),
        (
            "OUTLOUD_PLATFORMS",
            "slak",
            f"{PLATFORMS} There is no platform 'slak': did you mean 'slack'?",
        ),
        ("OUTLOUD_PLATFORMS", "local,irc", f"{PLATFORMS} There is no platform 'irc'."),
        (
            "OUTLOUD_DATABASE_URL",
            "postgresql://db/outloud",
            f"it should be {DATABASE} Write postgresql+asyncpg://db/outloud.",
        ),
        (
            "OUTLOUD_DATABASE_URL",
            "postgres://db/outloud",
            f"it should be {DATABASE} Write postgresql+asyncpg://db/outloud.",
        ),
        (
            "OUTLOUD_DATABASE_URL",
            "sqlite:///var/outloud.db",
            f"it should be {DATABASE} Write sqlite+aiosqlite:///var/outloud.db.",
        ),
        (
            "OUTLOUD_DATABASE_URL",
            "sqlite+aiosqlite://var/outloud.db",
            (
                f"it should be {DATABASE} "
                "A path follows three slashes: sqlite+aiosqlite:///var/outloud.db."
            ),
        ),
        ("OUTLOUD_DATABASE_URL", "mysql+aiomysql://db/outloud", f"it should be {DATABASE}"),
        ("OUTLOUD_DATABASE_URL", "postgresql+asyncpg://db:port/x", f"it should be {DATABASE}"),
        ("OUTLOUD_DATABASE_URL", "outloud.db", f"it should be {DATABASE}"),
        (
            "OUTLOUD_TICK_SECONDS",
            "nan",
            "it should be a number of seconds above 0 and up to 3600.",
        ),
        (
            "OUTLOUD_TICK_SECONDS",
            "-5",
            "it should be a number of seconds above 0 and up to 3600.",
        ),
        ("OUTLOUD_LOG", "xml", "it should be console or json."),
        (
            "OUTLOUD_PUBLIC_URL",
            "outloud.example.org",
            "it should be the http:// or https:// address at which people reach Outloud.",
        ),
        (
            "SLACK_API_URL",
            "https://slack.test/api",
            "it should be an http:// or https:// address that ends in /api/.",
        ),
        (
            "DISCORD_API_URL",
            "https://discord.test/api/v9",
            "it should be an http:// or https:// address that ends in /v10.",
        ),
        ("DISCORD_GATEWAY_URL", "https://gateway.test", "it should be a ws:// or wss:// address."),
    ],
)
def test_a_wrong_value_is_told_with_what_it_should_be(name: str, value: str, rest: str) -> None:
    """The sentence has the name, the value, and what to write instead."""
    assert refused(**{name: value}) == (f"{name} is '{value}': {rest}",)


def test_a_host_is_no_url() -> None:
    """The address to listen on has no scheme and no path."""
    sentence, *_ = refused(OUTLOUD_HTTP_HOST="http://localhost")
    assert sentence == (
        "OUTLOUD_HTTP_HOST is 'http://localhost': "
        "it should be the host name or address to listen on, such as 127.0.0.1."
    )


def test_a_secret_that_is_wrong_is_told_without_showing_it() -> None:
    """A password or a token is not repeated on the screen."""
    sentences = refused(
        OUTLOUD_DATABASE_URL="postgresql://u:hush/@hush@db/x?password=hush",
        OUTLOUD_SMTP_URL="http://user:hush@mail",
        OUTLOUD_SECRET_KEYS="hush",
        OUTLOUD_PLATFORMS="slack",
        SLACK_BOT_TOKEN="xapp-hush",
    )
    assert len(sentences) == 5
    assert "hush" not in " ".join(sentences)
    assert "'postgresql://u:***@db/x?password=***'" in sentences[0]


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Nobody has to start Outloud once for each mistake."""
    assert len(refused(OUTLOUD_HTTP_PORT="x", OUTLOUD_LOG="x", OUTLOUD_PLATFORMS="discord")) == 3


class TestNames:
    """A name that is nearly one of ours is a mistake, not a setting that does nothing."""

    def test_the_nearest_name_is_told(self) -> None:
        assert refused(OUTLOUD_PLATFORM="slack") == (
            "OUTLOUD_PLATFORM is not a setting of Outloud: did you mean OUTLOUD_PLATFORMS?",
        )

    def test_without_a_near_one_all_are_told(self) -> None:
        (sentence,) = refused(OUTLOUD_XYZZY="1")
        assert sentence.startswith("OUTLOUD_XYZZY is not a setting of Outloud: it has DISCORD_")
        assert "OUTLOUD_TICK_SECONDS" in sentence

    def test_names_for_the_tests_and_of_other_programs_are_left_alone(self) -> None:
        Settings.read(
            {
                "OUTLOUD_TEST_POSTGRES": "x",
                "OUTLOUD_REQUIRE": "browser",
                "SLACK_TEAM": "x",
                "A": "1",
            }
        )


class TestTogether:
    """Settings that are fine alone can be wrong together."""

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
    def test_the_local_chat_is_served_on_this_machine(self, host: str) -> None:
        assert Settings.read({"OUTLOUD_HTTP_HOST": host}).http_host == host

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "outloud.example.org"])
    def test_the_local_chat_is_not_served_to_others(self, host: str) -> None:
        (sentence,) = refused(OUTLOUD_HTTP_HOST=host)
        assert sentence == (
            f"OUTLOUD_HTTP_HOST is '{host}' while OUTLOUD_PLATFORMS has local: it should be "
            "127.0.0.1, or local should go, because the local chat has no log-in."
        )

    @pytest.mark.parametrize(
        "names",
        [
            ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
            ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"),
            ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"),
        ],
    )
    def test_slack_has_three_ways_in(self, names: tuple[str, ...]) -> None:
        Settings.read({"OUTLOUD_PLATFORMS": "slack", **dict.fromkeys(names, "x")})

    @pytest.mark.parametrize(
        ("names", "told"),
        [
            ((), "none is set"),
            (("SLACK_BOT_TOKEN",), "SLACK_BOT_TOKEN is set"),
            (
                ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"),
                "SLACK_APP_TOKEN, SLACK_SIGNING_SECRET are set",
            ),
        ],
    )
    def test_slack_without_a_way_in_is_told(self, names: tuple[str, ...], told: str) -> None:
        (sentence,) = refused(OUTLOUD_PLATFORMS="slack", **dict.fromkeys(names, "x"))
        assert told in sentence
        assert "SLACK_BOT_TOKEN with SLACK_APP_TOKEN (Socket Mode)" in sentence

    def test_slack_tokens_in_each_others_place_are_told(self) -> None:
        first, second = refused(
            OUTLOUD_PLATFORMS="slack", SLACK_BOT_TOKEN="xapp-1", SLACK_APP_TOKEN="xoxb-1"
        )
        assert first.startswith("SLACK_BOT_TOKEN is '***', which looks like the other Slack token")
        assert second.startswith("SLACK_APP_TOKEN is '***', which looks like the other Slack token")

    def test_discord_needs_its_token(self) -> None:
        (sentence,) = refused(OUTLOUD_PLATFORMS="discord")
        assert sentence == (
            "DISCORD_TOKEN is not set while OUTLOUD_PLATFORMS has discord: "
            "it should be the bot token of the Discord application."
        )


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:9000"),
        ("::1", "http://[::1]:9000"),
        ("::", "http://127.0.0.1:9000"),
        ("bot.example.org", "http://bot.example.org:9000"),
    ],
)
def test_the_public_url_is_the_local_address_unless_set(host: str, address: str) -> None:
    """Links work on this machine before anybody thought of links."""
    settings = Settings.read(
        {
            "OUTLOUD_PLATFORMS": "discord",
            "DISCORD_TOKEN": "x",
            "OUTLOUD_HTTP_HOST": host,
            "OUTLOUD_HTTP_PORT": "9000",
        }
    )
    assert settings.public_url == address


def test_a_public_url_has_no_slash_at_its_end() -> None:
    """Paths are put behind it, and begin with theirs."""
    settings = Settings.read({"OUTLOUD_PUBLIC_URL": "https://example.org/outloud/"})
    assert settings.public_url == "https://example.org/outloud"


@pytest.mark.parametrize("keys", [",", "abc", f"{KEY},abc", "k" * 44])
def test_a_wrong_key_is_told_by_its_place(keys: str) -> None:
    (sentence,) = refused(OUTLOUD_SECRET_KEYS=keys)
    assert sentence.startswith("OUTLOUD_SECRET_KEYS is '***': it should be a comma list of keys")
