"""The keys that sign and encrypt: given by a setting, or made at the first start."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
from pathlib import Path

from bot.settings import Settings, SettingsError, split_keys


def secret_keys(settings: Settings, directory: Path = Path("var")) -> tuple[str, ...]:
    """Give the keys for encryption and signing, newest first; the first start makes one.

    The file appears whole or not at all, and of several processes that start together one makes it.
    """
    if settings.secret_keys is not None:
        return split_keys(settings.secret_keys.get_secret_value())
    path = directory / "secret.key"
    try:
        if not path.exists():
            _make_key(path)
        return split_keys(path.read_text(encoding="ascii"))
    except OSError as problem:
        advice = "make its folder writable, or set OUTLOUD_SECRET_KEYS"
        raise SettingsError([f"'{path}' cannot be used: {problem.strerror}; {advice}."]) from None
    except ValueError as problem:
        # What was encrypted with a lost key cannot be read again, so it is never replaced.
        advice = "put the file back from a backup, or set OUTLOUD_SECRET_KEYS"
        raise SettingsError([f"'{path}' is damaged. {problem} To mend it, {advice}."]) from None


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
