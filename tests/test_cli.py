"""The `outloud` command tells an operator in one sentence what is wrong, and its exit status says which kind it is."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import pytest

from tests.outloud import PATIENCE, ROOT, Outloud


@pytest.fixture
def outloud(tmp_path: Path) -> Outloud:
    return Outloud(tmp_path)


async def test_a_version_is_told_and_a_wrong_word_is_wrong_usage(outloud: Outloud) -> None:
    told = await outloud.command("--version")
    assert (told.status, told.out.split()[0]) == (0, "outloud")
    assert (await outloud.command("rum")).status == 2


async def test_a_wrong_setting_is_named_with_its_value_and_what_it_should_be(
    outloud: Outloud,
) -> None:
    ended = await outloud.command("run", OUTLOUD_HTTP_PORT="eight")
    assert ended.status == 2
    assert (
        ended.err == "OUTLOUD_HTTP_PORT is 'eight': it should be a port number from 1 to 65535.\n"
    )


async def test_a_port_that_is_taken_is_one_sentence(outloud: Outloud) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", outloud.port))
        door.listen()
        ended = await outloud.command("run")
    assert ended.status == 1
    assert f"127.0.0.1:{outloud.port} cannot be listened on" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite+aiosqlite:////proc/nowhere/outloud.db", "No such file or directory"),
        ("sqlite+aiosqlite:////tmp", "unable to open database file"),
        ("postgresql+asyncpg://nobody@127.0.0.1:1/none", "Connect call failed"),
    ],
)
async def test_a_database_that_cannot_be_used_is_one_sentence(
    outloud: Outloud, url: str, reason: str
) -> None:
    ended = await outloud.command("run", OUTLOUD_DATABASE_URL=url)
    assert ended.status == 1
    assert ended.err.startswith("The database cannot be used")
    assert reason in ended.err
    assert "OUTLOUD_DATABASE_URL" in ended.err
    assert "Traceback" not in ended.err


async def test_a_read_only_database_is_one_sentence(outloud: Outloud) -> None:
    assert (await outloud.command("migrate")).status == 0
    path = outloud.folder / "var" / "outloud.db"
    ended = await outloud.command(
        "run", OUTLOUD_DATABASE_URL=f"sqlite+aiosqlite:///file:{path}?mode=ro&uri=true"
    )
    assert ended.status == 1
    assert "readonly" in ended.err
    assert "Traceback" not in ended.err


async def test_a_database_that_somebody_else_has_locked_is_one_sentence(outloud: Outloud) -> None:
    assert (await outloud.command("migrate")).status == 0
    holder = sqlite3.connect(outloud.folder / "var" / "outloud.db", isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        ended = await outloud.command("run")
    finally:
        holder.close()
    assert ended.status == 1
    assert "database is locked" in ended.err
    assert "Traceback" not in ended.err


async def test_a_database_without_its_schema_says_what_to_run(outloud: Outloud) -> None:
    for words in (("show-setup",), ("doctor",), ("apply", str(ROOT / "examples" / "setup.yaml"))):
        ended = await outloud.command(*words)
        assert ended.status == 1
        assert "run outloud migrate" in ended.out + ended.err


async def test_a_second_process_on_one_sqlite_file_is_refused(outloud: Outloud) -> None:
    await outloud.start()
    try:
        other = Outloud(outloud.folder)
        ended = await other.command("run")
    finally:
        assert await outloud.stop() == 0
    assert ended.status == 1
    assert "Another Outloud runs on" in ended.err


async def test_keys_are_made_at_the_first_start_and_a_damaged_file_is_one_sentence(
    outloud: Outloud,
) -> None:
    keys = outloud.folder / "var" / "secret.key"
    await outloud.start()
    assert await outloud.stop() == 0
    assert keys.stat().st_mode & 0o777 == 0o600
    keys.write_text("nonsense")
    ended = await outloud.command("run")
    assert ended.status == 2
    assert ended.err.startswith("'var/secret.key' is damaged.")
    assert "Traceback" not in ended.err


async def test_the_example_set_up_applies_and_the_second_time_changes_nothing(
    outloud: Outloud,
) -> None:
    example = str(ROOT / "examples" / "setup.yaml")
    assert (await outloud.command("migrate")).status == 0
    plan = await outloud.command("apply", example, "--dry-run")
    first = await outloud.command("apply", example)
    second = await outloud.command("apply", example)
    assert (plan.status, first.status, second.status) == (0, 0, 0)
    assert plan.out == first.out != ""
    assert second.out == "Nothing changes.\n"

    shown = await outloud.command("show-setup")
    (outloud.folder / "shown.yaml").write_text(shown.out)
    assert (await outloud.command("apply", "shown.yaml")).out == "Nothing changes.\n"
    doctor = await outloud.command("doctor")
    assert (doctor.status, doctor.err) == (0, "")


async def test_a_set_up_with_mistakes_is_refused_whole_with_file_line_and_reason(
    outloud: Outloud,
) -> None:
    assert (await outloud.command("migrate")).status == 0
    before = await outloud.command("show-setup")
    bad = outloud.folder / "bad.yaml"
    bad.write_text(
        "workspaces:\n"
        "  - platform: local\n"
        "    id: local\n"
        "    channels:\n"
        '      - {id: a, ring: team, rythm: {at: "09:00"}}\n'
        '      - {id: b, ring: team, rhythm: {at: "25:00"}}\n'
    )
    ended = await outloud.command("apply", str(bad))
    assert ended.status == 1
    assert f"{bad}, line 5: " in ended.err
    assert "rhythm" in ended.err
    assert f"{bad}, line 6: " in ended.err
    assert "25:00" in ended.err
    assert (await outloud.command("show-setup")).out == before.out


async def test_a_file_that_is_not_there_is_one_sentence(outloud: Outloud) -> None:
    ended = await outloud.command("apply", "nowhere.yaml")
    assert (ended.status, ended.err) == (
        1,
        "nowhere.yaml cannot be read: No such file or directory.\n",
    )


async def test_health_readiness_and_metrics_are_served(outloud: Outloud) -> None:
    import httpx

    await outloud.start()
    async with httpx.AsyncClient(base_url=outloud.address, timeout=PATIENCE) as client:
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})
        assert "outloud_sends_total" in (await client.get("/metrics")).text
    assert await outloud.stop() == 0
