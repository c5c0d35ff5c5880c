"""Keys encrypt and sign; they come from the environment, or from a file made on the first start."""

from __future__ import annotations

import stat
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.keys import secret_keys
from bot.settings import Settings, SettingsError

KEY = urlsafe_b64encode(b"k" * 32).decode()
OLDER = urlsafe_b64encode(b"o" * 32).decode()


def test_the_environment_gives_them_newest_first(tmp_path: Path) -> None:
    settings = Settings.read({"OUTLOUD_SECRET_KEYS": f"{KEY}, {OLDER}"})
    assert secret_keys(settings, tmp_path / "var") == (KEY, OLDER)
    assert not (tmp_path / "var").exists()


def test_the_first_start_makes_one_that_only_its_owner_can_read(tmp_path: Path) -> None:
    (key,) = secret_keys(Settings.read({}), tmp_path / "var")
    assert Fernet(key).decrypt(Fernet(key).encrypt(b"word")) == b"word"
    (path,) = (tmp_path / "var").iterdir()
    assert path.name == "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_later_starts_use_the_same(tmp_path: Path) -> None:
    assert secret_keys(Settings.read({}), tmp_path) == secret_keys(Settings.read({}), tmp_path)


def test_starts_at_the_same_moment_agree_on_one(tmp_path: Path) -> None:
    settings = Settings.read({})
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: secret_keys(settings, tmp_path), range(64)))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_a_file_may_hold_several_lines(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text(f"{KEY}\n{OLDER}\n")
    assert secret_keys(Settings.read({}), tmp_path) == (KEY, OLDER)


@pytest.mark.parametrize("content", ["", "short", "ключ"])
def test_a_damaged_file_is_told_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(content)
    with pytest.raises(SettingsError, match="is damaged") as refusal:
        secret_keys(Settings.read({}), tmp_path)
    assert str(path) in str(refusal.value)
    assert path.read_text() == content


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    with pytest.raises(SettingsError, match="set OUTLOUD_SECRET_KEYS"):
        secret_keys(Settings.read({}), tmp_path / "var")
